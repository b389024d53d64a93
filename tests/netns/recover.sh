#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is killed on the way is undone by the next command.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

# What comes after the kill ($after) must bring back the state of before, and say so.
recovered()
{
	local status=0 pending=

	[ ! -e /run/netd/pending.yaml ] || pending=yes
	case $after in
	recover) netdctl recover 2>said ;;
	apply) netdctl apply lab.yaml 2>said && netdctl destroy -q lab ;;
	destroy) # what was killed before its first op is not there
		netdctl destroy lab 2>said || status=$?
		[ "$status" = 0 ] || [ "$status" = 2 ]
		;;
	other) netdctl apply other.yaml 2>said && netdctl destroy -q other ;;
	esac
	[ -z "$pending" ] || match '^lab: a change that was cut short' "$(<said)"
	# killed behind the last op: it is there
	if [ -e /run/netd/topologies/lab.yaml ]; then
		netdctl plan -q lab.yaml
		netdctl destroy -q lab
	fi
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
	is_as_before state
}

apply_is_killed()
{
	local after=$1 call

	world
	lab
	echo 'networks: {other0: {}}' | cat <(echo 'name: other') - >other.yaml
	state >before
	snapshot full.before
	for call in "${@:2}"; do
		sweep "$call" signal=KILL recovered netdctl apply lab.yaml
	done
	snapshot full.after
	same full.before full.after
}

change_recovered()
{
	netdctl recover -q
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
	if grep -q 'iso1' /run/netd/topologies/lab.yaml; then
		netdctl plan -q changed.yaml # killed behind the last op
		netdctl apply -q lab.yaml
	fi
	netdctl plan -q lab.yaml
	is_as_before named_state
}

change_is_killed()
{
	local call

	world
	lab
	netdctl apply lab.yaml
	named_state >before
	for call; do
		sweep "$call" signal=KILL change_recovered netdctl apply changed.yaml
	done
}

# A recovery that is killed is recovered from.
recovery_is_killed()
{
	local n

	world
	lab
	state >before
	for n in 2 4 6 8 10 12; do
		traced -e trace=sendmsg -e "inject=sendmsg:signal=KILL:when=$((n + 4))" \
			netdctl apply -q lab.yaml || :
		traced -e trace=sendmsg -e "inject=sendmsg:signal=KILL:when=$n" \
			netdctl recover -q || :
		after=recover recovered
	done
}

# So many ports that they are deleted by group.
destroy_is_killed()
{
	local i

	world
	printf '%s\n' 'name: lab' 'networks:' '  nat0:' '    ports:' >lab.yaml
	for ((i = 0; i < 12; i++)); do
		echo "      tap$i: {type: tap}" >>lab.yaml
	done
	netdctl apply lab.yaml
	named_state >before
	sweep sendmsg signal=KILL destroy_recovered netdctl destroy lab
}

destroy_recovered()
{
	netdctl recover -q
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
	[ -e /run/netd/topologies/lab.yaml ] || netdctl apply -q lab.yaml
	netdctl plan -q lab.yaml
	is_as_before named_state
}

# kept COMMAND…: netdctl is killed at its last change of names, and all of it is kept.
kept()
{
	local last

	traced -e trace=renameat netdctl "$@" -q
	last=$(grep -c renameat strace)
	"$undo"
	traced -e trace=renameat -e "inject=renameat:signal=KILL:when=$last" netdctl "$@" -q || :
	[ -e /run/netd/pending.yaml ] || fail "nothing is pending"
	ok netdctl recover
	match '^lab: a change that was cut short had all been done, and is kept$' "$err"
	[ ! -e /run/netd/pending.yaml ] && [ ! -e /run/netd/target.yaml ] || fail "a file is left"
}

# What was killed behind its last op is done, and needs not be undone.
all_was_done()
{
	world
	lab
	undo="netdctl_destroy"
	snapshot before
	kept apply lab.yaml
	match '^lab .* in effect' "$(netdctl status | tail -n +2)"
	ok netdctl plan lab.yaml
	undo="netdctl_lab"
	kept apply changed.yaml
	ok netdctl plan changed.yaml
	undo="netdctl_changed"
	kept destroy lab
	snapshot after
	same before after
}

# Killed behind the point where nothing is pending any more: nothing of it stays.
nothing_stays()
{
	local n last

	world
	lab
	netdctl apply lab.yaml
	traced -e trace=fsync netdctl destroy lab -q
	last=$(grep -c fsync strace)
	for ((n = last - 3; n <= last; n++)); do
		netdctl apply -q lab.yaml
		traced -e trace=fsync -e "inject=fsync:signal=KILL:when=$n" netdctl destroy lab -q || :
		ok netdctl recover
		eq "" "$(find /run/netd -name 'target*' -o -name 'pending*')" "what is left at fsync $n"
	done
}

netdctl_destroy() { netdctl destroy -q lab; }
netdctl_lab() { netdctl apply -q lab.yaml; }
netdctl_changed() { netdctl apply -q changed.yaml; }

t_fresh "what was all done is kept" all_was_done
t_fresh "nothing stays of what was over" nothing_stays
t_fresh "apply is killed, then recovered" apply_is_killed recover sendmsg write
t_fresh "apply is killed, then applied" apply_is_killed apply sendmsg
t_fresh "apply is killed, then destroyed" apply_is_killed destroy sendmsg renameat
t_fresh "apply is killed, then another is applied" apply_is_killed other sendmsg
t_fresh "a change is killed" change_is_killed sendmsg write
t_fresh "destroy of many ports is killed" destroy_is_killed
t_fresh "a recovery is killed" recovery_is_killed
t_done
