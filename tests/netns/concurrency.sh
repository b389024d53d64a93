#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Many at once: applies, destroys, edits, hooks and readers, with different topologies and
# with the same; what is waited for, how long, and what is said meanwhile.
#
# Theory of operation.  A worker is a loop until the time is over.  Each of its commands
# must end with one of the exit codes, or words, that are right for it whatever the others
# do; anything else is written to $T_DIR/bad, with its output.  The storm's length can be
# set: NETD_STORM=60 tests/netns/concurrency.sh
. "$(dirname "$0")/../lib/netns.sh"

STORM=${NETD_STORM:-4}
HOOKS=$NETD_BUILD/cli/hooks
TAKE_TAP=$NETD_BUILD/tests/lib/take-tap

# topology NAME NETWORK SUBNET [OTHER]: a file $T_DIR/NAME.yaml; with OTHER another address.
topology()
{
	cat >"$T_DIR/$1.yaml" <<EOF
name: ${1%-*}
networks:
  $2:
    mode: nat
    addresses: [$3.1/24]
    machines: {web: {mac: "52:54:00:00:00:01", address: $3.50}}
    forwards: [{listen: "172.16.5.1:$4", to: "web:80"}]
  $2i: {addresses: [${3%.*}.200.1/24]}
EOF
}

# pair_of NAME NAME NETWORKS: two files; each %s is the topology's name.
pair_of()
{
	local name

	for name in "$1" "$2"; do
		printf 'name: %s\nnetworks: %s\n' "$name" "${3//%s/$name}" >"$T_DIR/$name.yaml"
	done
}

world()
{
	need bridge tun veth nft_nat
	outside wan0 172.16.5.1/24 172.16.5.254/24
	echo "allow all" >/etc/qemu/bridge.conf
	ln -s "$HOOKS/qemu-ifup" /etc/qemu-ifup-base0
	ln -s "$HOOKS/qemu-ifup" /etc/qemu-ifdown-base0
	ln -s "$HOOKS/qemu-ifup" /etc/qemu-ifup-d0
	topology base base0 10.20.0 8000
	topology a a0 10.21.0 8001
	topology b b0 10.22.0 8002
	topology c c0 10.23.0 8003
	topology d-1 d0 10.24.0 8004
	topology d-2 d0 10.25.0 8005
	topology e same0 10.26.0 8006
	topology f same0 10.27.0 8007
	# what two topologies each want: a bridge, a subnet, a router's name
	pair_of g h '{%s0: {bridge: shared0, addresses: [10.140.0.1/24]}}'
	pair_of i j '{%s0: {addresses: [10.141.0.1/24]}}'
	pair_of k l '{%s0: {}}
routers: {shared: {interfaces: {%s0: {addresses: [10.142.0.1/24]}}}}'
	cat >"$T_DIR/r.yaml" <<'EOF'
name: r
networks:
  r0: {addresses: [10.28.0.1/24]}
  r1: {}
routers:
  gate: {interfaces: {r0: {addresses: [10.28.0.2/24]}, r1: {addresses: [10.29.0.1/24]}}}
hosts:
  end: {network: r1, addresses: [10.29.0.2/24], routes: [{to: default, via: 10.29.0.1}]}
EOF
}

# tell COMMAND STATUS OUTPUT: a thing that must not be.
tell()
{
	printf '%s: exit status %s: %s\n' "$1" "$2" "$3" >>"$T_DIR/bad"
}

# must CODES REGEX COMMAND…: its exit code is one of them, "0 2"; if it is not 0, what it
# printed matches.
must()
{
	local codes=$1 regex=$2 status=0 text

	shift 2
	text=$("$@" 2>&1) || status=$?
	case " $codes " in
	*" $status "*) ;;
	*)
		tell "$*" "$status" "$text"
		return
		;;
	esac
	[ "$status" = 0 ] || [[ $text =~ $regex ]] || tell "$*" "$status" "$text"
}

# storm NAME COMMAND…: a worker.
storm()
{
	local name=$1 end=$((${EPOCHREALTIME/./} + STORM * 1000000)) n=0

	shift
	(
		{ set +x; } 2>/dev/null
		while [ "${EPOCHREALTIME/./}" -lt "$end" ]; do
			n=$((n + 1))
			"$@" "$n"
		done
		echo "$n" >"$T_DIR/rounds.$name"
	) &
	workers+=($!)
}

come_and_go()
{
	must 0 '' netdctl apply "$T_DIR/$1.yaml"
	must 0 '' netdctl destroy "$1"
}

# The same topology, by several: changed one way and the other, and taken away.
change()
{
	must 0 '' netdctl apply "$T_DIR/d-$((1 + $1 % 2)).yaml"
}

# Nobody has it, if the other was quicker.
take_away()
{
	must "0 2" 'topology d is not running' netdctl destroy d
	sleep 0.05
}

# rival NAME REGEX: two topologies want the same; one has it, the other is told.
rival()
{
	must "0 2" "$2" netdctl apply "$T_DIR/$1.yaml"
	must "0 2" "topology $1 is not running" netdctl destroy "$1"
}

# A guest of a network that nobody touches notices nothing: no failure, and no waiting.
guest()
{
	local start took

	ip tuntap add dev "vm$1" mode tap
	start=${EPOCHREALTIME/./}
	must 0 '' at_once /etc/qemu-ifup-base0 "vm$1"
	took=$((${EPOCHREALTIME/./} - start))
	[ "$took" -lt "$(<"$T_DIR/longest")" ] || echo "$took" >"$T_DIR/longest"
	[ -e "/sys/class/net/base0/brif/vm$1" ] || tell "vm$1" 0 "it is not in base0"
	must 0 '' /etc/qemu-ifdown-base0 "vm$1"
	ip link del "vm$1"
}

guest_by_helper()
{
	must 0 '' "$TAKE_TAP" '[ -e /sys/class/net/base0/brif/$TAP ]' \
		"$HOOKS/netd-bridge-helper" --br=base0 --fd=@
}

# Into a network that comes and goes: in, or a word that it does not run.
guest_of_d()
{
	must "0 1" 'network d0 is not running|there is no bridge d0|vanished meanwhile' \
		"$TAKE_TAP" true "$HOOKS/netd-bridge-helper" --br=d0 --fd=@
}

reader()
{
	must "0 3" '' netdctl plan "$T_DIR/a.yaml"
	must 0 '' netdctl status
	must 0 '' netdctl --json show
	must "0 2" 'topology d is not running' netdctl export d
}

editor()
{
	must 0 '' netdctl network create "ed$1" --address "10.$((30 + $1 % 100)).0.1/24"
	must 0 '' netdctl network delete "ed$1"
}

nothing_is_left()
{
	local name

	for name in a b c d e f g h i j k l r base default; do
		must "0 2" 'is not running' netdctl destroy "$name"
	done
	[ ! -s "$T_DIR/bad" ] || fail "$(head -c 4000 "$T_DIR/bad")"
	eq "" "$(find /run/netd ! -path '*/previous/*' \( -name '*.yaml*' -o -name '*:new' -o -path '*/networks/*' -o -name claims \))"
	eq outside "$(ls /run/netns)" "namespaces"
	snapshot "$T_DIR/after"
	same "$T_DIR/before" "$T_DIR/after"
}

all_at_once()
{
	local workers=() name

	need command:strace
	world
	snapshot "$T_DIR/before"
	netdctl apply "$T_DIR/base.yaml"
	echo 0 >"$T_DIR/longest"
	for name in a b c r; do
		storm "$name" come_and_go "$name"
	done
	storm change1 change
	storm change2 change
	storm take_away take_away
	for name in e f; do
		storm "rival-$name" rival "$name" 'network same0i? runs already, in topology [ef]'
	done
	for name in g h; do
		storm "rival-$name" rival "$name" 'bridge shared0: the name belongs to [gh]/[gh]0'
	done
	for name in i j; do
		storm "rival-$name" rival "$name" 'overlaps|10.141.0'
	done
	for name in k l; do
		storm "rival-$name" rival "$name" 'router shared runs already, in topology [kl]'
	done
	storm guest guest
	storm helper guest_by_helper
	storm guest_of_d guest_of_d
	storm reader reader
	storm editor editor
	wait_workers
	[ ! -s "$T_DIR/bad" ] || fail "$(head -c 4000 "$T_DIR/bad")"
	echo "rounds: $(cd "$T_DIR" && grep . rounds.* | tr '\n' ' '); longest hook $(<"$T_DIR/longest") us"
	for name in a b c r change1 change2 take_away rival-{e,f,g,h,i,j,k,l} guest helper \
		reader editor; do
		[ "$(<"$T_DIR/rounds.$name")" -ge 1 ] || fail "$name never got a turn"
	done
	# What is applied now is there, all of it.
	for name in a b c d-1 e r; do
		ok netdctl apply "$T_DIR/$name.yaml"
	done
	for name in base a b c d-1 e r; do
		ok netdctl plan "$T_DIR/$name.yaml"
		eq "" "$out" "what is left to do for $name"
	done
	ok netdctl recover
	match 'nothing to recover' "$err"
	nothing_is_left
}

wait_workers()
{
	local pid

	for pid in "${workers[@]}"; do
		wait "$pid" || fail "a worker died"
	done
}

# Ten at once that each add to one file: nobody's line is lost.
nothing_is_lost()
{
	local workers=() i

	world
	snapshot "$T_DIR/before"
	netdctl network create base0 --mode nat --address 10.20.0.1/24
	for i in 0 1 2 3 4 5 6 7 8 9; do
		(
			for k in 0 1 2 3 4; do
				must 0 '' netdctl forward add base0 "172.16.5.1:$((9000 + i * 10 + k))" \
					"10.20.0.$((100 + i)):80"
			done
		) &
		workers+=($!)
	done
	wait_workers
	[ ! -s "$T_DIR/bad" ] || fail "$(head -c 4000 "$T_DIR/bad")"
	eq 50 "$(netdctl --json forward list | jq length)" "forwards that run"
	eq 50 "$(grep -c 'listen:' /etc/netd/default.yaml)" "forwards in the file"
	eq 50 "$(nft list map inet netd forward4 | grep -c 172.16.5.1)" "forwards in the kernel"
	ok netdctl network delete base0
	rm -f /etc/netd/default.yaml
	nothing_is_left
}

# slow SECONDS COMMAND…: in the background, each of its fsyncs takes so long.
slow()
{
	local delay=$1

	shift
	need command:strace
	# LeakSanitizer does not work under strace
	trace -qq -o "$T_DIR/trace.txt" -e trace=fsync -e "inject=fsync:delay_exit=${delay}s" "$@" \
		>"$T_DIR/slow.out" 2>&1 &
	slow=$!
}

is_pending()
{
	[ -e /run/netd/pending.yaml ]
}

waiting_is_told()
{
	local pid

	world
	slow 0.7 netdctl apply "$T_DIR/a.yaml"
	wait_for 5 grep -q netdctl /run/netd/lock
	pid=$(pgrep -x netdctl)
	fails 1 netdctl --lock-wait 0 apply "$T_DIR/b.yaml"
	eq "error: another netd is changing things: \`netdctl apply $T_DIR/a.yaml\` (pid $pid)
    waited 0 s for it; try again when it is done" "$err"
	fails 1 netdctl --lock-wait 1 destroy a
	match 'waited 1 s' "$err"
	no_match 'rolled back' "$err"
	fails 1 netdctl --lock-wait 0 forward add x 1.2.3.4:5 10.0.0.1:5
	match 'another netd is changing things' "$err"
	# Who only looks does not wait.
	ok timeout 2 netdctl status
	fails 3 timeout 2 netdctl plan "$T_DIR/c.yaml" --lock-wait 0
	ok netdctl apply "$T_DIR/b.yaml"
	match "^waiting for \`netdctl apply $T_DIR/a.yaml\` \(pid $pid\)…" "$err"
	eq 1 "$(grep -c waiting <<<"$err")"
	wait "$slow" || fail "$(<"$T_DIR/slow.out")"
	slow 0.5 netdctl destroy a
	wait_for 5 grep -q 'destroy a' /run/netd/lock
	ok netdctl -q destroy b
	eq "" "$err"
	wait "$slow" || fail "$(<"$T_DIR/slow.out")"
	for bad in '' x -1 1x 99999999999999999999; do
		fails 2 netdctl "--lock-wait=$bad" status
	done
}

# elapsed COMMAND…: $took is in milliseconds.
elapsed()
{
	local start=${EPOCHREALTIME/./}

	"$@"
	took=$(((${EPOCHREALTIME/./} - start) / 1000))
}

# at_once COMMAND…: its status, or 99 if it sleeps or waits for a lock.  (A clock would
# measure the machine.)
at_once()
{
	local status=0

	trace -f -o "$T_DIR/at_once.trace" \
		-e trace=nanosleep,clock_nanosleep,flock "$@" || status=$?
	! grep -E 'sleep\(|LOCK_(EX|SH)\)' "$T_DIR/at_once.trace" >&2 || return 99
	return $status
}

# patient COMMAND…: its status, or 99 if it does not pause for three seconds in all, by 10 ms
# each (cli/hooks/patience.c).
patient()
{
	local status=0

	trace -f -o "$T_DIR/patient.trace" \
		-e trace=nanosleep,clock_nanosleep "$@" || status=$?
	[ "$(grep -c 'tv_nsec=10000000}' "$T_DIR/patient.trace")" = 300 ] || return 99
	return $status
}

# One that has the lock and does nothing is no reason to wait for ever, nor for a hook to
# wait at all.
holder_is_stopped()
{
	local pid

	need command:strace
	world
	snapshot "$T_DIR/before"
	ok netdctl apply "$T_DIR/base.yaml"
	ip tuntap add dev vm1 mode tap
	ip tuntap add dev vm2 mode tap
	trace -o "$T_DIR/trace.txt" \
		-e trace=sendmsg -e inject=sendmsg:signal=STOP:when=27 \
		netdctl apply "$T_DIR/a.yaml" >/dev/null 2>&1 &
	wait_for 10 grep -q 'stopped by SIGSTOP' "$T_DIR/trace.txt"
	is_pending
	pid=$(pgrep -x netdctl)
	elapsed fails 1 netdctl --lock-wait 2 destroy base
	match "netdctl apply $T_DIR/a.yaml\` \(pid $pid\)" "$err"
	match 'waited 2 s' "$err"
	[ "$took" -ge 2000 ] || fail "it took $took ms"
	ok at_once /etc/qemu-ifup-base0 vm1
	[ -e /sys/class/net/base0/brif/vm1 ]
	# into a network that the other one would have made
	fails 1 patient env NETD_NETWORK=a0 "$HOOKS/qemu-ifup" vm2
	kill -KILL "$pid"
	wait || :
	ok netdctl destroy base
	match '^a: a change that was cut short' "$err"
	ip link delete vm1
	ip link delete vm2
	nothing_is_left
}

hooks_during_apply()
{
	world
	ok netdctl apply "$T_DIR/base.yaml"
	ip tuntap add dev vm1 mode tap
	ip tuntap add dev vm2 mode tap
	slow 0.5 netdctl apply "$T_DIR/d-1.yaml"
	wait_for 5 is_pending
	# Elsewhere: at once.
	ok /etc/qemu-ifup-base0 vm1
	is_pending || fail "it waited for the change, or the change was too quick"
	# Into the network that is being made: as soon as it is there.
	ok /etc/qemu-ifup-d0 vm2
	[ -e /sys/class/net/d0/brif/vm2 ]
	wait "$slow" || fail "$(<"$T_DIR/slow.out")"
	[ -e /sys/class/net/d0/brif/vm2 ]
	# One that does not come is not waited for when nothing is under way…
	fails 1 at_once env NETD_NETWORK=none "$HOOKS/qemu-ifup" vm1
	match 'network none is not running' "$err"
	# …and not for long when something is, or seems to be: a killed netd left this.
	printf 'name: d\nnetworks: {}\n' >/run/netd/pending.yaml
	fails 1 patient env NETD_NETWORK=none "$HOOKS/qemu-ifup" vm1
	match 'network none is not running' "$err"
}

t_fresh "many at once" all_at_once
t_fresh "nobody's change is lost" nothing_is_lost
t_fresh "who waits is told for whom" waiting_is_told
t_fresh "who has the lock is stopped" holder_is_stopped
t_fresh "hooks during an apply" hooks_during_apply
t_done
