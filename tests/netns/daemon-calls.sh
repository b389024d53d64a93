#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# netd's calls: by its socket and by the system bus, as root and as somebody else; netdctl
# says and does the same whoever runs the verb.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/daemon.sh"
. "$T_LIB/bus.sh"

cat >lab.yaml <<'EOF'
name: lab
networks:
  mybr0:
    mode: nat
    addresses: [10.1.0.1/24]
    forwards: [{listen: "172.16.5.40:8080", to: "10.1.0.50:80"}]
    ports: {tap0: {type: tap}}
  dmz: {}
EOF

start()
{
	need bridge veth nft nft_nat tun
	outside eth0 172.16.5.40/24 172.16.5.1/24
	daemon_start
}

# Every call, and what it gives.
by_busctl()
{
	need command:busctl
	start
	ok call Plan 'ssa{sv}' "$(<lab.yaml)" lab.yaml 0
	match '"outcome" s "untouched" "name" s "lab" "changes" u [0-9]+ "plan" s "\+ bridge' "$out"
	ok call Apply 'ssa{sv}' "$(<lab.yaml)" lab.yaml 1 format s json
	match '"outcome" s "done" "name" s "lab" "changes" u [0-9]+ "plan" s "\[' "$out"
	ok call Apply 'ssa{sv}' "$(<lab.yaml)" lab.yaml 0
	match '"changes" u 0' "$out"
	ok call List ss networks ""
	match '^aa\{sv\} 2 ' "$out"
	match '"addresses" as 1 "10.1.0.1/24" "ports" x 1' "$out"
	match '"autostart" b false' "$out"
	ok call List ss ports mybr0
	match '^aa\{sv\} 1 .*"port" s "tap0"' "$out"
	ok call List ss forwards ""
	match '"listen" s "172.16.5.40:8080"' "$out"
	ok call Show 'ssa{sv}' networks "" 0
	match 'NETWORK +TOPOLOGY' "$out"
	ok call Leases s ""
	eq 'aa{sv} 0' "$out"
	ok call Status 'a{sv}' 0
	match 'in effect' "$out"
	ok call Apply 'ssa{sv}' '{name: lab, networks: {mybr0: {}}}' lab.yaml 1 confirm u 60
	fails 1 call Destroy 'sa{sv}' lab 0
	match 'waits to be confirmed' "$err"
	ok call Confirm 'sa{sv}' "" 0
	match '"name" s "lab"' "$out"
	ok call Rollback 'sa{sv}' lab 0
	match '"plan" s "[+~] ' "$out"
	ip address del 10.1.0.1/24 dev mybr0
	ok call Repair 'sa{sv}' lab 0
	ok call PlanDestroy 'sa{sv}' lab 0
	match '"plan" s "' "$out"
	ok call Destroy 'sa{sv}' lab 0
	match '"outcome" s "done"' "$out"
	[ ! -e /sys/class/net/mybr0 ]
	ok busctl --address="unix:path=$DAEMON_SOCKET" introspect org.netd1 /org/netd1
	match 'Rollback' "$out"
	busctl --address="unix:path=$DAEMON_SOCKET" --xml-interface introspect org.netd1 \
		/org/netd1 | sed -n '/org.netd1.Manager/,/<\/interface>/p' >served.xml
	[ "$(grep -c '<method' served.xml)" -ge 11 ]
	diff served.xml <("$NETD_BUILD/netd/netd" --introspect |
		sed -n '/org.netd1.Manager/,/<\/interface>/p')
	daemon_stop
}

# Mistakes have their code, place and words.
mistakes()
{
	need command:busctl
	start
	fails 1 call Apply 'ssa{sv}' 'networks: {a: {mod: nat}}' x.yaml 0
	match 'x.yaml:1:16: error: unknown key "mod"' "$err"
	fails 1 call List ss nonsense ""
	match 'nonsense' "$err"
	fails 1 call Destroy 'sa{sv}' lab 1 nonsense s x
	match 'there is no option "nonsense"' "$err"
	fails 1 call Destroy 'sa{sv}' lab 1 confirm s x
	match 'option "confirm" is of type u' "$err"
	fails 1 call Destroy s lab
	match 'Invalid arguments|signature' "$err"
	fails 1 call Apply 'ssa{sv}' "$(<lab.yaml)" lab.yaml 1 confirm u 999999999
	match 'cannot be on trial' "$err"
	fails 1 call Nonsense
	if command -v dbus-send >/dev/null; then
		fails 1 dbus-send --peer="unix:path=$DAEMON_SOCKET" --print-reply /org/netd1 \
			org.netd1.Manager.Leases string:nobody
		match 'org.netd1.Error.ENOENT' "$err"
	fi
	daemon_stop
}

# By the socket, others look; they cannot keep netd from its end, nor crowd out root.
other_users()
{
	local clients=() _

	need command:setpriv users command:socat
	start
	ok netdctl apply -q lab.yaml
	export NETD_DAEMON=socket
	ok other_user netdctl show networks
	match mybr0 "$out"
	ok other_user netdctl plan lab.yaml
	fails 1 other_user netdctl destroy lab
	match 'destroy: only root may, by this socket' "$err"
	daemon_says "user $T_OTHER is refused to destroy: only root may"
	ok netdctl show
	for _ in $(seq 70); do
		other_user socat -u "UNIX-CONNECT:$DAEMON_SOCKET" - &
		clients+=($!)
	done
	sleep 1
	ok netdctl show
	printf '\0AUTH EXTERNAL 30\r\nBEGIN\r\nl\1\0\1garbage' | other_user timeout 2 socat - "UNIX-CONNECT:$DAEMON_SOCKET" || :
	ok netdctl status
	daemon_stop
	kill "${clients[@]}" 2>/dev/null || :
}

# Who listens hears of a repair, by the socket and by the bus.
signals()
{
	need command:gdbus command:busctl command:dbus-daemon
	bus_start
	start
	daemon_says 'org.netd1 is on the system bus'
	ok netdctl apply -q lab.yaml
	gdbus monitor --address "unix:path=$DAEMON_SOCKET" --dest org.netd1 \
		--object-path /org/netd1 >by.socket &
	busctl --address="unix:path=$BUS_SOCKET" --json=short \
		--match="type='signal',interface='org.netd1.Manager'" monitor >by.bus &
	sleep 1
	ip address del 10.1.0.1/24 dev mybr0
	wait_for 10 grep -q "Repaired ('lab', uint32 1, '+ address 10.1.0.1/24 on mybr0', '')" by.socket
	wait_for 10 grep -q '"member":"Repaired".*"data":\["lab",1,"+ address' by.bus
	nft flush ruleset
	wait_for 10 grep -Eq "Repaired \('lab', uint32 1, '~ firewall.*', 'nft \(pid [0-9]+\)'\)" by.socket
	daemon_stop
}

# netd is killed in the middle of a change: whoever asked is told, and the next netd takes
# up what is left.
killed()
{
	local name

	start
	{
		echo 'networks:'
		for name in $(seq 200); do
			echo "  k$name: {addresses: [10.60.$name.1/24]}"
		done
	} >many.yaml
	NETD_DAEMON=socket netdctl apply many.yaml 2>told &
	wait_for 5 test -e /run/netd/pending.yaml
	kill -KILL "$DAEMON"
	fails 1 wait $!
	match 'the daemon ended before it answered' "$(<told)"
	wait "$DAEMON" || :
	[ -e /run/netd/pending.yaml ]
	daemon_start
	daemon_says 'many: a change that was cut short was undone'
	eq "" "$(ip -brief link show type bridge)"
	daemon_stop
}

# One that calls and never reads: its answers are not kept, and others are served.
never_reads()
{
	local before after client

	need command:socat
	start
	ok netdctl apply -q lab.yaml
	{
		printf '\0AUTH EXTERNAL 30\r\nBEGIN\r\n'
		# org.freedesktop.DBus.Peer.Ping, by the specification's "Message Format"
		printf 'l\1\0\1\0\0\0\0\1\0\0\0\112\0\0\0\1\1o\0\12\0\0\0/org/netd1\0\0\0\0\0\0\3\1s\0\4\0\0\0Ping\0\0\0\0\2\1s\0\31\0\0\0org.freedesktop.DBus.Peer\0\0\0\0\0\0\0' >ping
		for _ in 1 2 3 4 5 6; do
			cat ping ping ping ping ping ping ping ping ping ping >pings
			mv pings ping
			[ "$(stat -c %s ping)" -lt 5000000 ] || break
		done
		cat ping
	} >flood
	rss() { awk '/^VmRSS/ { print $2 }' "/proc/$DAEMON/status"; }
	before=$(rss)
	{ cat flood; sleep 4; } | socat -u - "UNIX-CONNECT:$DAEMON_SOCKET" &
	client=$!
	sleep 2
	NETD_DAEMON=socket ok netdctl show
	after=$(rss)
	sanitized || [ $((after - before)) -lt 8000 ] || fail "from $before to $after kB"
	kill "$client" 2>/dev/null || :
	daemon_stop
}

#
# The system bus
#

on_bus()
{
	need command:dbus-daemon command:setpriv users file:"$NETD_BUILD/tests/lib/polkit"
	bus_start
	polkit_start
	start
	daemon_says 'org.netd1 is on the system bus'
	export NETD_DAEMON=bus
}

polkit_decides()
{
	on_bus
	ok netdctl apply lab.yaml
	match 'lab: applied' "$err"
	eq "" "$(polkit_asked)" "questions about root"
	rule status yes
	rule destroy password
	rule apply no
	ok other_user netdctl show
	match mybr0 "$out"
	fails 1 other_user netdctl destroy lab
	match "destroy: this needs an administrator's password" "$err"
	fails 1 other_user netdctl apply lab.yaml
	match 'apply: polkit does not allow it' "$err"
	fails 1 other_user netdctl confirm
	match 'confirm: polkit does not allow it' "$err"
	match 'org.netd1.destroy topology=lab' "$(polkit_asked)"
	rule destroy yes
	ok other_user netdctl destroy lab
	match 'lab: destroyed' "$err"
	[ ! -e /sys/class/net/mybr0 ]
	daemon_says "user $T_OTHER is refused to apply: polkit does not allow it"
	daemon_says "user $T_OTHER asked to destroy lab"
	daemon_stop
}

# Without polkit everybody looks, and root does the rest.
no_polkit()
{
	on_bus
	polkit_stop
	ok netdctl apply lab.yaml
	ok other_user netdctl show
	ok other_user netdctl plan lab.yaml
	fails 1 other_user netdctl destroy lab
	match 'destroy: only root may, as polkit is not there to ask' "$err"
	daemon_stop
}

# One who is asked for a password, or a polkit that hangs, keeps nobody else waiting.
polkit_hangs()
{
	local pid

	on_bus
	kill -STOP "$POLKIT"
	other_user netdctl apply lab.yaml 2>refused &
	pid=$!
	sleep 0.3
	ok netdctl apply lab.yaml
	ok netdctl show
	kill -KILL "$POLKIT"
	fails 1 wait "$pid"
	match 'apply: polkit does not allow it' "$(<refused)"
	daemon_stop
}

# The bus is restarted, or comes after netd.
bus_comes_and_goes()
{
	need command:dbus-daemon
	start
	export NETD_DAEMON=bus
	fails 1 netdctl status
	match 'no daemon answers there' "$err"
	bus_start
	daemon_says 'org.netd1 is on the system bus'
	ok netdctl status
	bus_stop
	daemon_says 'the connection to the system bus ended'
	NETD_DAEMON=socket ok netdctl status
	bus_start
	wait_for 10 netdctl status
	daemon_stop
	fails 1 netdctl status
}

#
# netdctl: the same words
#

# say COMMAND…: its status and all that it printed, without what differs from run to run.
say()
{
	local status=0

	echo "== netdctl $*"
	"${AS[@]}" netdctl "$@" >say.out 2>say.err || status=$?
	sed -E 's/([0-9a-f]{2}:){5}[0-9a-f]{2}/MAC/g; s/(at|[0-9]+) s( are)? left/N s left/' say.out
	echo "-- $status"
	sed -E 's/([0-9a-f]{2}:){5}[0-9a-f]{2}/MAC/g' say.err
}

# Every verb that the daemon can run.
every_verb()
{
	local option

	say status
	say plan lab.yaml
	say plan --json lab.yaml
	say plan --color always bad.yaml
	say apply lab.yaml
	say apply lab.yaml
	say apply lab.yaml --json
	say plan lab.yaml
	for option in --quiet --json --color=always; do
		say status $option
		say show $option
		say apply bad.yaml $option
		say apply missing.yaml $option
		say apply taken.yaml $option
		say show nonsense $option
		say destroy nobody $option
		say plan changed.yaml $option
	done
	for option in ports forwards machines routers hosts services topologies; do
		say show "$option"
		say show "$option" --json
	done
	say show ports mybr0
	say network list
	say port list mybr0
	say forward list
	say apply changed.yaml --confirm 60s
	say apply lab.yaml
	say confirm nobody
	say confirm
	say confirm
	say rollback lab
	say rollback
	say rollback nobody
	say apply changed.yaml --confirm 60s
	say rollback
	say repair
	say repair nobody
	say plan --destroy lab
	say plan --destroy nobody
	say destroy lab taken --confirm 5s
	say destroy lab --json
	say destroy lab
	say destroy --force lab
}

write_files()
{
	sed 's/listen/lisen/; s|1/24|1|' lab.yaml >bad.yaml
	sed '/dmz/d' lab.yaml >changed.yaml
	echo '{name: taken, networks: {t0: {addresses: [172.16.5.9/24]}}}' >taken.yaml
	chmod 644 ./*.yaml
	chmod 755 .
}

same_words()
{
	on_bus
	write_files
	for action in status plan apply destroy confirm rollback repair; do
		rule "$action" yes
	done
	AS=()
	NETD_DAEMON=never every_verb >words.here
	NETD_DAEMON=bus every_verb >words.bus
	NETD_DAEMON=socket every_verb >words.socket
	AS=(other_user)
	unset NETD_DAEMON
	every_verb >words.user
	[ "$(grep -c '^==' words.here)" -gt 60 ]
	diff words.here words.bus
	diff words.here words.socket
	diff words.here words.user
	match 'org.netd1.rollback' "$(polkit_asked)"
	daemon_stop
}

# Who is not root and has no daemon: as ever.
no_daemon()
{
	need command:setpriv users
	fails 1 other_user netdctl apply lab.yaml
	match 'run as root' "$err"
}

t_fresh "every call, by the socket" by_busctl
t_fresh "mistakes" mistakes
t_fresh "other users, by the socket" other_users
t_fresh "signals" signals
t_fresh "netd is killed in the middle of a change" killed
t_fresh "one that never reads" never_reads
t_fresh "polkit decides, by the bus" polkit_decides
t_fresh "without polkit" no_polkit
t_fresh "a polkit that hangs" polkit_hangs
t_fresh "the bus comes and goes" bus_comes_and_goes
t_fresh "netdctl says the same whoever runs the verb" same_words
t_fresh "no daemon" no_daemon
t_done
