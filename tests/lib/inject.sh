# SPDX-License-Identifier: GPL-2.0-or-later
# Faults by the program netdctl-faults (tests/fault/inject.c).  Sourced behind
# everything.sh.

T_INJECT=$NETD_BUILD/tests/fault/netdctl-faults
no_leak_search

# The counter that a kind of fault goes by.
declare -A T_EVENTS=(
	[op-fail]=op [op-kill]=op [op-kill-behind]=op
	[message-refused]=message [message-kill]=message [message-lost]=message
	[message-overrun]=message [send-interrupted]=send [receive-interrupted]=receive
	[alloc]=alloc
)

# count_points: how many events of each kind the change has, into the file `totals`.
count_points()
{
	FAULTS='' FAULTS_LOG=totals "$T_INJECT" "${change[@]}" -q
	back
	grep -q '^total op [1-9]' totals || fail "nothing was counted"
}

# inject FAULT:N
inject()
{
	t_point=$1
	T_STATUS=0
	FAULTS=$1 FAULTS_LOG=log timeout -k 5 60 "$T_INJECT" "${change[@]}" >out 2>&1 ||
		T_STATUS=$?
	{ set +x; } 2>/dev/null
}

# reached FAULT N TOTAL: how often memory is asked for depends a little on what the kernel is
# about; the last of those that were counted may not come, and then nothing fails.
reached()
{
	! grep -q '^hit ' log || return 0
	[ "$1" = alloc ] && [ "$2" -gt $(($3 * 99 / 100)) ] && [ "$T_STATUS" = 0 ] ||
		fail "$t_point was not reached"
}

# judge_often KIND CHANGE: memory fails at thousands of points, most of them in front of the
# first op.  So of those that say that all is as before, many are looked at together.
T_UNSEEN=0
judge_often()
{
	if [ "$1:$T_STATUS" = alloc:1 ] && [ $((++T_UNSEEN)) -lt 30 ]; then
		[ ! -e /run/netd/pending.yaml ] || wrong "$2" "a change is pending"
		return 0
	fi
	T_UNSEEN=0
	judge "$2"
}

# injected CHANGE COUNT FAULT…: COUNT points of each kind of fault, in everything.
injected()
{
	everything
	inject_points "$@"
}

# inject_points CHANGE COUNT FAULT…: the same of what lab.yaml and changed.yaml say.
inject_points()
{
	local what=$1 count=$2 kind n total

	images
	[ "$what" != first ] || snapshot full.before
	prepare "$what"
	count_points
	for kind in "${@:3}"; do
		total=$(awk -v e="${T_EVENTS[$kind]}" '$2 == e { print $3 }' totals)
		T_POINTS[$kind]=0
		for n in $(sample "$total" "$count"); do
			inject "$kind:$n"
			reached "$kind" "$n" "$total"
			judge_often "$kind" "$what"
			T_POINTS[$kind]=$((T_POINTS[$kind] + 1))
		done
		T_UNSEEN=0
		T_STATUS=1
		judge "$what"
	done
	if [ "$what" = first ]; then
		snapshot full.after
		same full.before full.after
	fi
	told_points "$what"
}
