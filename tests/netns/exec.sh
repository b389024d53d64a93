#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# netdctl router exec and host exec: the command's network, files, environment,
# descriptors, signals and exit status.
. "$(dirname "$0")/../lib/netns.sh"

netdctl network create lan --address 10.1.0.1/24 2>/dev/null
netdctl router create r1 -i lan=10.1.0.2/24 --dns 9.9.9.9 2>/dev/null
netdctl host create h1 -i lan=10.1.0.10/24 --route default=10.1.0.2 2>/dev/null

network()
{
	eq 10.1.0.2/24 "$(netdctl router exec r1 -- ip -j address show lan |
		jq -r '.[0].addr_info[] | select(.family == "inet") | "\(.local)/\(.prefixlen)"')"
	ok netdctl host exec h1 -- ping -n -q -c 1 -W 2 10.1.0.1
	ok netdctl host exec h1 ping -n -q -c 1 -W 2 10.1.0.2
	# with and without "--", options behind it are the command's
	eq "-q --json" "$(netdctl host exec h1 echo -q --json)"
	eq "-q -- --json" "$(netdctl host exec h1 -- echo -q -- --json)"
	eq "-- x" "$(netdctl host exec h1 printf '%s %s\n' -- x)"
}

sysfs()
{
	eq "lan lo" "$(netdctl router exec r1 -- ls /sys/class/net | sort | paste -sd ' ')"
	# the caller's own does not change
	[ -e /sys/class/net/lan ]
	[ ! -e /sys/class/net/eth0 ]
	eq "eth0 lo" "$(netdctl host exec h1 -- ls /sys/class/net | sort | paste -sd ' ')"
}

files_of_etc()
{
	local before

	before=$(cat /etc/resolv.conf 2>/dev/null || :)
	match 'nameserver 9\.9\.9\.9' "$(netdctl router exec r1 -- cat /etc/resolv.conf)"
	mkdir -p /etc/netns/h1
	echo "10.1.0.77 here" >/etc/netns/h1/hosts
	match '10\.1\.0\.77 +here' "$(netdctl host exec h1 -- getent hosts here)"
	match '^root:' "$(netdctl host exec h1 -- cat /etc/passwd)"
	eq "$before" "$(cat /etc/resolv.conf 2>/dev/null || :)"
	no_match 10.1.0.77 "$(</etc/hosts)"
}

# A file that /etc does not have, or a link in it that leads nowhere.
new_files_of_etc()
{
	need overlayfs
	mkdir -p /etc/netns/h1
	echo "only here" >/etc/netns/h1/of-the-node
	rm -f /etc/resolv.conf
	ln -s /nowhere/resolv.conf /etc/resolv.conf
	echo "nameserver 10.1.0.1" >/etc/netns/h1/resolv.conf
	eq "only here" "$(netdctl host exec h1 -- cat /etc/of-the-node)"
	eq "nameserver 10.1.0.1" "$(netdctl host exec h1 -- cat /etc/resolv.conf)"
	[ ! -e /etc/of-the-node ]
	eq /nowhere/resolv.conf "$(readlink /etc/resolv.conf)"
}

environment()
{
	eq "HOME=/root LANG=C.UTF-8 LC_TIME=C LOGNAME=me NETD_NODE=r1 PATH=$PATH SHELL=/bin/sh TERM=dumb USER=me" \
		"$(env -i "PATH=$PATH" HOME=/root LANG=C.UTF-8 LC_TIME=C LOGNAME=me USER=me \
			SHELL=/bin/sh TERM=dumb SECRET=1 LD_NOTHING=1 NETD_STATE_DIR=/run/netd \
			http_proxy=http://127.0.0.1 netdctl router exec r1 env | sort | paste -sd ' ')"
	eq "NETD_NODE=h1 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
		"$(env -i "$(command -v netdctl)" host exec h1 env | sort | paste -sd ' ')"
}

descriptors()
{
	exec 5</etc/passwd 6>"$T_DIR/six"
	# ls has one for the directory, too
	eq "0 1 2 3" "$(netdctl host exec h1 -- ls /proc/self/fd | paste -sd ' ')"
	exec 5<&- 6>&-
}

working_directory()
{
	mkdir -p "$T_DIR/place"
	cd "$T_DIR/place" || return
	eq "$T_DIR/place" "$(netdctl host exec h1 pwd)"
}

exit_status()
{
	ok netdctl host exec h1 true
	fails 1 netdctl host exec h1 false
	fails 42 netdctl router exec r1 -- bash -c 'exit 42'
	fails 127 netdctl host exec h1 no-such-command
	match 'no-such-command: No such file' "$err"
	fails 126 netdctl host exec h1 /etc/passwd
	match '/etc/passwd: Permission denied' "$err"
	fails 126 netdctl host exec h1 /
}

# The command is the process that was started: nothing stands between.
signals()
{
	local pid signal status

	for signal in TERM INT QUIT HUP USR1; do
		# a background job of a shell without job control ignores INT and QUIT
		env --default-signal netdctl host exec h1 -- bash -c '
			trap "echo $1 >got; exit 7" "$1"
			touch ready
			while :; do sleep 0.05; done' - "$signal" &
		pid=$!
		wait_for 5 test -e ready
		kill -s "$signal" "$pid"
		status=0
		wait "$pid" || status=$?
		eq "7 $signal" "$status $(<got)"
		rm -f ready got
	done
	netdctl host exec h1 -- sleep 60 &
	pid=$!
	wait_for 5 grep -q '^sleep' "/proc/$pid/comm"
	kill -KILL "$pid"
	status=0
	wait "$pid" || status=$?
	eq 137 "$status"
}

input_and_output()
{
	eq hello "$(echo hello | netdctl host exec h1 cat)"
	fails 3 netdctl host exec h1 -- bash -c 'echo out; echo err >&2; exit 3'
	eq "out err" "$out $err"
}

# The shell that is asked for, else sh; it knows where it is.
shell()
{
	eq "h1 10.1.0.10/24" "$(echo 'echo $NETD_NODE $(ip -j -4 address show eth0 |
		jq -r ".[0].addr_info[0] | .local + \"/\" + (.prefixlen | tostring)")' |
		env SHELL=/bin/bash netdctl host exec h1)"
	eq "sh r1" "$(echo 'echo $(basename $0) $debian_chroot' | env -u SHELL netdctl router exec r1)"
	need command:script
	match 'h1 here' "$(env SHELL=/bin/bash script -qec 'netdctl host exec h1' /dev/null \
		<<<$'echo $debian_chroot here\nexit\n')"
}

capture()
{
	need command:tcpdump
	netdctl router exec r1 -- tcpdump -c 1 -nl -i lan icmp >seen 2>listening &
	wait_for 5 grep -q 'listening on lan' listening
	netdctl host exec h1 -- ping -n -q -c 2 -i 0.2 -W 1 10.1.0.2
	wait $!
	match '10.1.0.10 > 10.1.0.2: ICMP echo request' "$(<seen)"
}

unknown()
{
	fails 2 netdctl router exec r2 -- true
	match 'there is no router r2' "$err"
	match 'did you mean "r1"' "$err"
	fails 2 netdctl host exec nothing-like-it true
	match 'there is no host nothing-like-it' "$err"
	match 'there are: h1' "$err"
	fails 2 netdctl host exec r1 true
	match 'r1 is a router, not a host' "$err"
	fails 2 netdctl router exec
	fails 2 netdctl router exec --json
	# other namespaces are not netd's
	ip netns add foreign
	fails 2 netdctl host exec foreign true
}

# One of that name that is not netd's is not entered; one that is gone is told of.
not_ours()
{
	umount /run/netns/h1
	rm /run/netns/h1
	fails 2 netdctl host exec h1 true
	match 'h1' "$err"
	match 'apply' "$err"
	ip netns add h1
	fails 1 netdctl host exec h1 true
	match 'namespace h1 is not that of topology default' "$err"
	eq foreign "$(netdctl host list --json | jq -r '.[0].state')"
	ip netns del h1
	eq missing "$(netdctl host list --json | jq -r '.[0].state')"
}

not_root()
{
	need command:setpriv users
	fails 1 other_user netdctl host exec h1 true
	match 'root' "$err"
}

t_case "the node's network" network
t_case "its sysfs" sysfs
t_case "its files of /etc" files_of_etc
t_case "files that /etc has not" new_files_of_etc
t_case "a clean environment" environment
t_case "no other descriptors" descriptors
t_case "the working directory" working_directory
t_case "exit status" exit_status
t_case "signals" signals
t_case "input and output" input_and_output
t_case "a shell" shell
t_case "tcpdump" capture
t_case "unknown names" unknown
t_fresh "a namespace that is not netd's" not_ours
t_case "who is not root" not_root
t_done
