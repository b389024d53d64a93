#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Changes on trial: confirmed, or taken back whoever dies on the way.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

RECORD=/run/netd/unconfirmed.yaml

# lab runs as lab.yaml has it; changed.yaml is another one.  `before` is the state.
start()
{
	world
	lab
	netdctl apply -q lab.yaml
	named_state >before
}

# The pid of the process that waits; fails if there is not exactly one.
watchdog()
{
	local pids=() p

	for p in /proc/[0-9]*; do
		! grep -qs '^netd-watchdog$' "$p/comm" || pids+=("${p#/proc/}")
	done
	[ "${#pids[@]}" = 1 ] && echo "${pids[0]}"
}

no_watchdog()
{
	! grep -qs '^netd-watchdog$' /proc/[0-9]*/comm
}

is_back()
{
	[ ! -e "$RECORD" ] && [ ! -e /run/netd/pending.yaml ] && is_as_before named_state
}

is_changed()
{
	netdctl plan -q changed.yaml
}

# What others write meanwhile has no new file in it.
configuration()
{
	find /etc/netd -type f -exec sha256sum {} +
}

is_confirmed()
{
	start
	ok netdctl apply changed.yaml --confirm 60s
	match 'netdctl confirm lab' "$err"
	is_changed
	eq "" "$(configuration)"
	ok netdctl status --json
	jq -e '.[] | select(.topology == "lab") | .unconfirmed > 50 and .unconfirmed <= 60' \
		<<<"$out"
	ok netdctl status
	match 'lab waits to be confirmed: [0-9]+ s are left' "$out"
	# from elsewhere
	ok setsid -w env -i "PATH=$PATH" netdctl confirm
	match 'lab: confirmed' "$err"
	[ ! -e "$RECORD" ]
	wait_for 5 no_watchdog
	is_changed
	jq -e '.[] | select(.topology == "lab") | .unconfirmed == null' \
		<<<"$(netdctl status --json)"
	fails 2 netdctl confirm
	match 'nothing waits to be confirmed' "$err"
	# what was before is still known
	netdctl rollback lab
	is_back
}

# Where nothing is to do nothing waits.
nothing_to_do()
{
	start
	netdctl apply lab.yaml --confirm 60s
	[ ! -e "$RECORD" ]
	wait_for 5 no_watchdog
}

is_late()
{
	local pid session

	start
	netdctl apply -q changed.yaml --confirm 2s
	is_changed
	pid=$(watchdog)
	session=$(ps -o sid= -p "$pid")
	[ "$((session))" != "$(($(ps -o sid= -p $$)))" ]
	[ "$((session))" != "$pid" ] || fail "it leads a session, and could get a terminal"
	eq / "$(readlink "/proc/$pid/cwd")"
	# its leash, /dev/null twice, lock, inotify, signals, timer, state directory
	find "/proc/$pid/fd" -type l -printf '%l\n' | sort >fds
	no_match "$T_DIR|/dev/(pts|tty)|pipe:" "$(<fds)"
	match 'netdctl watchdog' "$(tr '\0' ' ' <"/proc/$pid/cmdline")"
	wait_for 10 is_back
	wait_for 5 no_watchdog
	fails 2 netdctl confirm lab
	match 'lab was rolled back at .*: it was not confirmed in time' "$err"
	ok netdctl status
	match 'not confirmed in time' "$out"
	netdctl apply -q changed.yaml
}

# What did not run before is gone.
is_late_and_new()
{
	world
	lab
	state >before
	netdctl apply -q lab.yaml --confirm 1s
	wait_for 10 eval '[ ! -e "$RECORD" ] && [ ! -e /run/netd/pending.yaml ]'
	wait_for 5 no_watchdog
	is_as_before state
	[ ! -e /run/netd/topologies/lab.yaml ]
	# a state directory that is named from here
	netdctl --state-dir here/state apply -q lab.yaml --confirm 1s
	[ -e here/state/unconfirmed.yaml ]
	wait_for 10 test ! -e here/state/unconfirmed.yaml
	wait_for 5 no_watchdog
	is_as_before state
}

# The numbers of the messages to the kernel by which that command changes something, from
# one before to one behind.
changing_messages()
{
	trace -o strace \
		-e trace=sendmsg,renameat "$@"
	awk '/^sendmsg/ { n++ }
		/"pending.yaml"\) = 0/ { begun = 1 }
		begun { print n }' strace | sort -nu
}

# The command gets SIGNAL at each message to the kernel of those.
command_is_killed()
{
	local signal=$1 n messages killed=0 told=0

	start
	messages=$(changing_messages netdctl apply -q changed.yaml --confirm 60s)
	netdctl rollback -q
	[ "$(wc -w <<<"$messages")" -gt 8 ] || fail "only at $messages"
	for n in $messages; do
		# without -f: the watchdog is to live
		trace -o strace \
			-e trace=sendmsg -e "inject=sendmsg:signal=$signal:when=$n" \
			netdctl apply -q changed.yaml --confirm 60s || :
		if grep -q "killed by SIG$signal" strace; then
			killed=$((killed + 1))
		else # there may be one less than before
			netdctl rollback -q
		fi
		# no need to wait: the process knows that the change is incomplete
		wait_for 10 is_back
		wait_for 5 no_watchdog
		if grep -q "killed by SIG$signal" strace && [ -e /run/netd/reverted ]; then
			match 'the command ended before it was done' "$(netdctl status)"
			told=$((told + 1))
		fi
	done
	[ "$killed" -gt 8 ] || fail "killed only $killed times"
	[ "$told" -gt 8 ] || fail "told only $told times"
	echo "killed $killed times, at $messages"
}

# A terminal that goes takes its foreground with it.
terminal_dies()
{
	local pid

	start
	script -qec 'netdctl apply -q changed.yaml --confirm 3s; kill -HUP 0' /dev/null \
		</dev/null >/dev/null 2>&1 || :
	pid=$(watchdog)
	kill -HUP "$pid"
	kill -INT "$pid"
	is_changed
	wait_for 10 is_back
}

watchdog_is_killed()
{
	start
	netdctl apply -q changed.yaml --confirm 2s
	kill -KILL "$(watchdog)"
	wait_for 5 no_watchdog
	ok netdctl status
	match 'the process that would roll it back is gone' "$out"
	sleep 2.2
	is_changed
	# the next one that changes something
	ok netdctl network create other
	netdctl network delete other
	is_back

	# before the deadline, it gets a new one
	netdctl apply -q changed.yaml --confirm 4s
	kill -KILL "$(watchdog)"
	wait_for 5 no_watchdog
	ok netdctl recover
	watchdog
	is_changed
	wait_for 10 is_back

	# while the change is made
	trace -o strace \
		-e trace=sendmsg -e "inject=sendmsg:delay_enter=2s:when=27" \
		netdctl apply -q changed.yaml --confirm 5s &
	wait_for 10 test -e /run/netd/pending.yaml
	kill -KILL "$(watchdog)"
	wait "$!"
	watchdog
	is_changed
	wait_for 15 is_back

	# asked to end, it takes the change back first
	netdctl apply -q changed.yaml --confirm 60s
	kill -TERM "$(watchdog)"
	wait_for 10 is_back
}

# The command has the lock, and does not go on: what was to be is taken back all the same.
command_is_stopped()
{
	start
	trace -o strace \
		-e trace=sendmsg -e "inject=sendmsg:signal=STOP:when=27" \
		netdctl apply -q changed.yaml --confirm 1s 2>/dev/null &
	wait_for 10 grep -qs 'stopped by SIGSTOP' strace
	[ -e /run/netd/pending.yaml ]
	wait_for 20 is_back
	wait_for 5 no_watchdog
	match 'not confirmed in time' "$(netdctl status)"
	wait
}

# The command cannot take back what failed; its watchdog tries again.
way_back_fails()
{
	start
	fails 4 trace -o strace \
		-e trace=sendmsg -e "inject=sendmsg:error=EPERM:when=27+" \
		netdctl apply changed.yaml --confirm 60s
	match 'not rolled back' "$err"
	wait_for 10 is_back
	wait_for 5 no_watchdog
	match 'lab was rolled back' "$(netdctl status)"
}

# Nobody reads what it prints.
output_is_stuck()
{
	start
	mkfifo full
	exec 5<>full
	head -c 65536 /dev/zero >&5
	netdctl --json apply changed.yaml --confirm 2s >&5 2>/dev/null &
	wait_for 10 is_changed
	wait_for 20 is_back
	wait_for 5 no_watchdog
	kill %1 2>/dev/null || :
	# a confirmation is not in its way
	netdctl --json apply changed.yaml --confirm 60s >&5 2>/dev/null &
	wait_for 10 is_changed
	ok netdctl --lock-wait 10 confirm
	is_changed
	kill %2
}

# Whoever rolls back is killed at each message to the kernel.
rollback_is_killed()
{
	local n messages

	start
	netdctl apply -q changed.yaml --confirm 60s
	messages=$(changing_messages netdctl rollback lab)
	[ "$(wc -w <<<"$messages")" -gt 16 ] || fail "only at $messages"
	for n in $messages; do
		netdctl apply -q changed.yaml --confirm 60s
		traced -e trace=sendmsg -e "inject=sendmsg:signal=KILL:when=$n" \
			netdctl rollback lab || :
		ok netdctl recover
		if [ -e "$RECORD" ]; then # it did not come that far
			netdctl rollback lab
		fi
		is_back
		wait_for 5 no_watchdog
	done
}

others_wait()
{
	local command

	start
	echo 'networks: {other0: {}}' | cat <(echo 'name: other') - >other.yaml
	netdctl apply -q changed.yaml --confirm 60s
	for command in 'apply lab.yaml' 'apply other.yaml' 'apply changed.yaml --confirm 9s' \
		'destroy lab' 'network create more' 'forward add nat0 172.16.5.40:99 10.1.0.9'; do
		# shellcheck disable=SC2086
		fails 1 netdctl $command
		match 'lab waits to be confirmed' "$err"
		match 'netdctl rollback lab' "$err"
	done
	is_changed
	fails 2 netdctl confirm other
	match 'topology lab' "$err"
	fails 2 netdctl rollback other
	ok netdctl rollback
	is_back
	wait_for 5 no_watchdog
	netdctl apply -q other.yaml
}

rollback_is_undone_by_itself()
{
	world
	lab
	fails 2 netdctl rollback lab
	match 'nothing is kept' "$err"
	fails 2 netdctl rollback ../../etc/passwd
	netdctl apply -q lab.yaml
	named_state >before
	netdctl apply -q changed.yaml
	netdctl rollback lab
	is_as_before named_state
	netdctl rollback lab
	is_changed
	netdctl rollback lab
	netdctl destroy -q lab
	netdctl rollback lab
	is_as_before named_state
	fails 2 netdctl rollback
}

# A one-line command: its definition is kept when it is confirmed, and not before.
one_line()
{
	local command

	world
	lab
	netdctl network create -q first --mode nat --address 10.7.0.1/24
	cp /etc/netd/default.yaml first.yaml
	named_state >before
	netdctl export >runs.yaml
	for command in 'network create second --address 10.8.0.1/24' \
		'network set first --mtu 1400' 'network stop first' 'network delete first' \
		'forward add first 172.16.5.40:99 10.7.0.9' 'port add first t0 --tap' \
		'router create r1 -i first=10.7.0.2/24' 'host create h1 -i first=10.7.0.3/24'; do
		# shellcheck disable=SC2086
		ok netdctl $command --confirm 60s
		match 'default: rolled back in 60 s, unless you confirm it: `netdctl confirm default`' "$err"
		[ -e "$RECORD" ]
		eq "$(<first.yaml)" "$(</etc/netd/default.yaml)" "$command: kept too early"
		netdctl rollback -q
		[ ! -e "$RECORD" ]
		netdctl plan -q runs.yaml
		eq "$(<runs.yaml)" "$(netdctl export)" "$command: runs"
		eq "$(<first.yaml)" "$(</etc/netd/default.yaml)" "$command: kept"
		wait_for 5 no_watchdog
	done
	netdctl network delete -q first
	netdctl network create -q first --mode nat --address 10.7.0.1/24
	# nobody says anything
	netdctl network delete -q first --confirm 1s
	wait_for 10 is_back
	eq "$(<first.yaml)" "$(</etc/netd/default.yaml)"
	wait_for 5 no_watchdog
	# what is only defined is a change, too
	netdctl network set -q first --mtu 1400 --confirm 60s
	fails 1 netdctl network create later --no-start
	match 'default waits to be confirmed' "$err"
	fails 1 netdctl network autostart first
	ok netdctl confirm
	[ ! -e "$RECORD" ]
	match 'mtu: 1400' "$(</etc/netd/default.yaml)"
	wait_for 5 no_watchdog
	netdctl network start -q first
	eq 1400 "$(cat /sys/class/net/first/mtu)"
	# the last one of all: no definition is left
	netdctl network delete -q first --confirm 60s
	[ -e /etc/netd/default.yaml ]
	netdctl confirm -q
	[ ! -e /etc/netd/default.yaml ]
}

# Where nothing is to do, or nothing runs, nothing waits: it is kept at once.
one_line_at_once()
{
	world
	lab
	ok netdctl network create later --no-start --confirm 60s
	no_match 'rolled back in' "$err"
	netdctl network start -q later
	ok netdctl network set later --autostart --confirm 60s
	[ ! -e "$RECORD" ]
	match 'autostart: true' "$(</etc/netd/default.yaml)"
	wait_for 5 no_watchdog
	fails 2 netdctl network start --autostart --confirm 60s
	match 'goes with names' "$err"
	fails 2 netdctl network set later --mtu 1400 --probe none
	match 'goes with --confirm' "$err"
	fails 2 netdctl network set later --mtu 1400 --confirm 60x
	eq 1500 "$(cat /sys/class/net/later/mtu)"
}

# What cannot be written is not confirmed; whoever is killed confirming can do it again.
one_line_cannot_be_kept()
{
	local at

	world
	lab
	netdctl network create -q first
	named_state >before
	netdctl network set -q first --mtu 1400 --confirm 60s
	mount -t tmpfs -o ro tmpfs /etc/netd
	fails 1 netdctl confirm
	match '/etc/netd/default.yaml' "$err"
	[ -e "$RECORD" ]
	umount /etc/netd
	no_match 1400 "$(</etc/netd/default.yaml)"
	for at in 1 2 3 4; do
		traced -e trace=renameat,renameat2 -e "inject=all:signal=KILL:when=$at" \
			netdctl confirm -q && break || :
		[ ! -e "$RECORD" ] || netdctl confirm -q
		match 1400 "$(</etc/netd/default.yaml)"
		wait_for 5 no_watchdog
		netdctl network set -q first --mtu $((1400 - at)) --confirm 60s
		netdctl confirm -q
		netdctl network set -q first --mtu 1400 --confirm 60s
	done
	[ "$at" -gt 1 ] || fail "it was never killed"
}

destroyed_on_trial()
{
	start
	fails 2 netdctl destroy nothing --confirm 60s
	match 'nothing is not running' "$err"
	fails 2 netdctl destroy lab other --confirm 60s
	match 'one topology at a time' "$err"
	ok netdctl destroy lab --confirm 60s
	match 'lab: destroyed' "$err"
	match 'netdctl confirm lab' "$err"
	[ ! -e /sys/class/net/nat0 ]
	netdctl rollback -q
	is_back
	wait_for 5 no_watchdog
	netdctl destroy -q lab.yaml --confirm 1s
	wait_for 10 is_back
	wait_for 5 no_watchdog
	netdctl destroy -q lab --confirm 60s
	netdctl confirm -q
	[ ! -e /sys/class/net/nat0 ]
	fails 2 netdctl destroy lab
}

probe_fails()
{
	start
	# the probe of somebody who is not there
	fails 1 netdctl apply changed.yaml --confirm 60s --probe 172.16.5.99
	match '172.16.5.99 does not answer' "$err"
	match 'rolled back' "$err"
	is_back
	wait_for 5 no_watchdog
	fails 2 netdctl apply changed.yaml --confirm 60s --probe nobody
	fails 2 netdctl apply changed.yaml --probe 172.16.5.1
	fails 2 netdctl apply changed.yaml --confirm 0
	fails 2 netdctl apply changed.yaml --confirm 60x
	# those who are
	for who in 172.16.5.1 2001:db8:5::1 none; do
		netdctl apply -q changed.yaml --confirm 60s --probe "$who"
		netdctl rollback -q
		is_back
	done
}

# The gateway answers before, and does not behind the change.
gateway_is_asked()
{
	local n

	start
	# the host's own address is the network's now, and its gateway's answers are lost
	ip netns exec outside nft -f - <<-'EOF'
	table inet t {
		chain in {
			type filter hook input priority 0;
			icmp type echo-request numgen inc mod 1 0 limit rate over 1/hour burst 1 packets drop
			icmpv6 type echo-request drop
		}
	}
	EOF
	fails 1 netdctl apply changed.yaml --confirm 60s
	match '172.16.5.1 does not answer any more' "$err"
	is_back
	# one that never answered is not asked
	netdctl apply -q changed.yaml --confirm 60s
	netdctl confirm -q
	is_changed
}

# A boot leaves nothing of /run, and nothing of the kernel's: only /etc is the same.
boot_is_a_rollback()
{
	start
	netdctl network create -q kept
	configuration >etc
	netdctl apply -q changed.yaml --confirm 60s
	configuration | diff etc -
	# a state directory that outlives the boot: its clock begins anew, too
	kill -KILL "$(watchdog)"
	wait_for 5 no_watchdog
	echo 00000000-0000-0000-0000-000000000000 >boot
	mount --bind boot /proc/sys/kernel/random/boot_id
	# after a boot nobody has set anything: what netd had set before is not given back
	echo 0 | tee /proc/sys/net/ipv[46]/conf/p0/{forwarding,force_forwarding} >/dev/null 2>&1 || :
	match 'lab waits to be confirmed: 0 s are left' "$(netdctl status)"
	netdctl recover
	match 'the host was booted' "$(netdctl status)"
	umount /proc/sys/kernel/random/boot_id
	netdctl network delete -q kept
	is_back
}

# A guest's tap is in no file: it comes back to the bridge that is made anew.
guests_come_back()
{
	local how

	need tun
	start
	ip tuntap add guest0 mode tap
	ip link set guest0 master iso0 up
	ip tuntap add guest1 mode tap
	ip link set guest1 master iso0 up
	for how in rollback late killed; do
		# iso0 goes with it
		netdctl apply -q changed.yaml --confirm 60s
		[ ! -e /sys/class/net/iso0 ]
		[ ! -e /sys/class/net/guest0/master ]
		case $how in
		rollback) netdctl rollback -q ;;
		late) kill -TERM "$(watchdog)" ;;
		killed) # while it rolls back: the next one knows it, too
			traced -e trace=sendmsg -e 'inject=sendmsg:signal=KILL:when=23' \
				netdctl rollback -q || :
			[ -e /run/netd/pending.yaml ]
			netdctl recover
			;;
		esac
		wait_for 10 test -e /sys/class/net/guest0/master
		wait_for 10 test ! -e /run/netd/pending.yaml
		wait_for 5 no_watchdog
		eq iso0 "$(basename "$(readlink /sys/class/net/guest0/master)")"
		eq iso0 "$(basename "$(readlink /sys/class/net/guest1/master)")"
	done
	# one that went elsewhere, and one that is another by now, are left alone
	netdctl apply -q changed.yaml --confirm 60s
	ip link add stranger type bridge
	ip link set guest0 master stranger
	ip link delete guest1
	ip tuntap add guest1 mode tap
	netdctl rollback -q
	eq stranger "$(basename "$(readlink /sys/class/net/guest0/master)")"
	[ ! -e /sys/class/net/guest1/master ]
}

t_fresh "confirmed from another session" is_confirmed
t_fresh "nothing to do" nothing_to_do
t_fresh "not confirmed in time" is_late
t_fresh "not confirmed in time, and new" is_late_and_new
t_fresh "the command is killed" command_is_killed KILL
t_fresh "the command is told to end" command_is_killed TERM
t_fresh "the command's terminal goes" command_is_killed HUP
t_fresh "the command is stopped" command_is_stopped
t_fresh "the way back fails" way_back_fails
t_fresh "nobody reads what the command prints" output_is_stuck
t_fresh "the terminal dies" terminal_dies
t_fresh "the watchdog is killed" watchdog_is_killed
t_fresh "the rollback is killed" rollback_is_killed
t_fresh "others wait" others_wait
t_fresh "rollback, and back again" rollback_is_undone_by_itself
t_fresh "a probe" probe_fails
t_fresh "the gateway is asked" gateway_is_asked
t_fresh "guests come back" guests_come_back
t_fresh "a boot is a rollback" boot_is_a_rollback
t_fresh "one-line commands" one_line
t_fresh "one-line commands with nothing to wait for" one_line_at_once
t_fresh "a definition that cannot be kept" one_line_cannot_be_kept
t_fresh "destroyed on trial" destroyed_on_trial
t_done
