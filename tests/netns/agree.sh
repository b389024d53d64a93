#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What was rolled back does not come back by itself: what runs and its definition agree, or
# netdctl says so.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

DEFINITION=/etc/netd/default.yaml

start()
{
	world
	netdctl network create -q first --mode nat --address 10.7.0.1/24
	netdctl network create -q second --address 10.8.0.1/24
	netdctl forward add -q first 172.16.5.40:80 10.7.0.5
}

# What runs is what is defined.
agree()
{
	eq "$(<$DEFINITION)" "$(netdctl export)"
}

mtu()
{
	cat "/sys/class/net/$1/mtu"
}

settings_stay_rolled_back()
{
	start
	cp $DEFINITION before
	netdctl network set -q first --mtu 1400
	cp $DEFINITION after
	ok netdctl rollback default
	no_match note: "$err"
	eq 1500 "$(mtu first)"
	eq "$(<before)" "$(<$DEFINITION)"
	agree
	# the next command about it, and about another
	ok netdctl port add first t0 --tap
	no_match note: "$err"
	eq 1500 "$(mtu first)"
	ok netdctl port remove first t0
	ok netdctl network set second --mtu 1300
	eq 1500 "$(mtu first)"
	# and there again
	netdctl network set -q first --mtu 1400
	netdctl rollback -q default
	netdctl rollback -q default
	eq 1400 "$(mtu first)"
	agree
}

# Ports, machines, forwards, mode: each kind of edit.
every_edit_is_rolled_back()
{
	local edit

	start
	cp $DEFINITION before
	for edit in 'port add second t1 --tap' 'machine add first web 52:54:00:00:00:01 10.7.0.9' \
		'forward add first 172.16.5.40:81 10.7.0.9' 'forward remove first 172.16.5.40:80' \
		'network set second --mode nat --address fd00:8::1/64' 'network delete second' \
		'network autostart second' 'router create r1 -i first=10.7.0.2/24' \
		'host create h1 -i second=10.8.0.3/24'; do
		# shellcheck disable=SC2086
		ok netdctl $edit
		! cmp -s before $DEFINITION || fail "$edit changes nothing"
		ok netdctl rollback default
		no_match note: "$err"
		eq "$(<before)" "$(<$DEFINITION)" "$edit"
		agree
		# nothing of it comes along with the next
		netdctl network stop -q second
		netdctl network start -q second
		agree
	done
}

# What was created or started may have been defined before: it stays, and that is said.
new_networks_stay_defined()
{
	start
	netdctl network create -q third --address 10.9.0.1/24
	ok netdctl rollback default
	match 'note: network third stays defined, stopped' "$err"
	match 'netdctl network delete third' "$err"
	[ ! -e /sys/class/net/third ]
	ok netdctl port add first t0 --tap
	[ ! -e /sys/class/net/third ]
	ok netdctl network start third
	ok netdctl rollback default
	ok netdctl network delete third
	agree
}

# An edit by hand is nobody's to take back; that it runs not is said, and when it will.
edits_by_hand_stay()
{
	start
	netdctl network set -q first --mtu 1400
	sed -i 's/1400/1450/; 1i # my networks' $DEFINITION
	cp $DEFINITION mine
	ok netdctl rollback default
	match 'note: network first runs otherwise than its definition has it' "$err"
	eq "$(<mine)" "$(<$DEFINITION)"
	eq 1500 "$(mtu first)"
	ok netdctl port add first t0 --tap
	match 'note: first runs otherwise than its definition has it; this command goes by the definition' "$err"
	eq 1450 "$(mtu first)"
	ok netdctl rollback default
	eq 1500 "$(mtu first)"
	# one that cannot be read, or written
	netdctl network set -q first --mtu 1400
	echo '  nonsense: [' >>$DEFINITION
	cp $DEFINITION mine
	ok netdctl rollback default
	match 'the definition /etc/netd/default.yaml is as it was' "$err"
	eq "$(<mine)" "$(<$DEFINITION)"
}

# Definitions of others are files of the admin's.
files_stay()
{
	start
	printf '# mine\nname: lab\nnetworks:\n  lab0: {mtu: 1400}\n' >/etc/netd/lab.yaml
	cp /etc/netd/lab.yaml mine
	sed 's/1400/1300/' mine >other.yaml
	netdctl apply -q other.yaml
	netdctl apply -q /etc/netd/lab.yaml
	ok netdctl rollback lab
	match 'the definition /etc/netd/lab.yaml is as it was .*comes back when it is used' "$err"
	eq "$(<mine)" "$(</etc/netd/lab.yaml)"
	eq 1300 "$(mtu lab0)"
	ok netdctl rollback lab
	no_match 'is as it was' "$err"
}

# Whichever way a forward was added, it is the last change.
forwards_by_both_ways()
{
	local way n=0 runs

	start
	for way in --json -q; do
		cp $DEFINITION before
		netdctl forward add $way first 172.16.5.40:9$n 10.7.0.9 >/dev/null
		[ $way != -q ] || [ -e /run/netd/previous/default.line ] || fail "it took the long way"
		runs=$(netdctl export)
		ok netdctl rollback default
		eq "$(<before)" "$(netdctl export)" "$way"
		agree
		netdctl plan -q $DEFINITION
		ok netdctl rollback default
		eq "$runs" "$(netdctl export)" "$way, there again"
		agree
		n=$((n + 1))
	done
	# in front of the last network's, and two of them
	netdctl network set -q second --mode nat
	netdctl forward add -q second 172.16.5.40:95 10.8.0.9
	netdctl forward add -q first 172.16.5.40:96 10.7.0.9
	cp $DEFINITION before
	netdctl forward add -q first 172.16.5.40:97 10.7.0.9
	[ -e /run/netd/previous/default.line ] || fail "it took the long way"
	ok netdctl rollback default
	eq "$(<before)" "$(netdctl export)"
	agree
	# a line that fits again is not what was before
	netdctl forward add -q first 172.16.5.40:97 10.7.0.9
	netdctl export >with
	netdctl network set -q first --mtu 1400
	cp $DEFINITION changed
	netdctl apply -q with
	ok netdctl rollback default
	eq "$(<changed)" "$(netdctl export)"
}

# hit CALLS FAULT: a forward more by the short way, with each call of those hit; what was
# before is known, whether the forward is there or not.
hit()
{
	local n fault=$2 told=0

	for ((n = 1; n < 100; n++)); do
		netdctl apply -q older
		netdctl apply -q newer # older is what was before
		cp newer $DEFINITION
		traced -e "trace=$1" -e "inject=$1:$fault:when=$n" \
			netdctl forward add -q first 172.16.5.40:99 10.7.0.9 2>/dev/null || :
		grep -q -e INJECTED -e 'killed by SIGKILL' strace || break
		netdctl recover -q
		if netdctl export | grep -q 5.40:99; then
			netdctl rollback -q default
			eq "$(<newer)" "$(netdctl export)" "behind, at $1 $n"
		else
			netdctl rollback -q default
			eq "$(<older)" "$(netdctl export)" "in front, at $1 $n"
			told=$((told + 1))
		fi
	done
	[ "$n" -gt 1 ] && [ "$n" -lt 100 ] && [ "$told" -gt 0 ] || fail "hit $n times, $told in front"
}

what_was_before_is_known()
{
	start
	netdctl export >older
	netdctl network set -q second --mtu 1400
	netdctl export >newer
	hit renameat,unlinkat signal=KILL
	hit write,pwrite64 signal=KILL
	hit fsync signal=KILL
	hit write,pwrite64 error=ENOSPC
	hit renameat error=EIO
}

t_fresh "settings stay rolled back" settings_stay_rolled_back
t_fresh "every edit is rolled back" every_edit_is_rolled_back
t_fresh "new networks stay defined" new_networks_stay_defined
t_fresh "edits by hand stay" edits_by_hand_stay
t_fresh "files of the admin's stay" files_stay
t_fresh "forwards by both ways" forwards_by_both_ways
t_fresh "killed, or failed, on the short way" what_was_before_is_known
t_done
