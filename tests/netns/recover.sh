#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is killed on the way is undone by the next command.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

# What comes after the kill ($after), and must bring back the state of before.
recovered()
{
	local status=0

	case $after in
	recover) netdctl recover -q ;;
	apply) netdctl apply -q lab.yaml && netdctl destroy -q lab ;;
	destroy) # what was killed before its first op is not there
		netdctl destroy -q lab 2>/dev/null || status=$?
		[ "$status" = 0 ] || [ "$status" = 2 ]
		;;
	other) netdctl apply -q other.yaml && netdctl destroy -q other ;;
	esac
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

t_fresh "apply is killed, then recovered" apply_is_killed recover sendmsg write
t_fresh "apply is killed, then applied" apply_is_killed apply sendmsg
t_fresh "apply is killed, then destroyed" apply_is_killed destroy sendmsg renameat
t_fresh "apply is killed, then another is applied" apply_is_killed other sendmsg
t_fresh "a change is killed" change_is_killed sendmsg write
t_fresh "destroy of many ports is killed" destroy_is_killed
t_fresh "a recovery is killed" recovery_is_killed
t_done
