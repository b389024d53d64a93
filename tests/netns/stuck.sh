#!/bin/bash
# shellcheck disable=SC2034 # faults.sh reads RUNS_MAX and RUNS_STEP
# SPDX-License-Identifier: GPL-2.0-or-later
# A topology that can go neither forward nor back is stuck by itself.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

FAULTS_PROGRAM=$NETD_BUILD/tests/fault/netdctl-faults
no_leak_search

# Somebody deletes the namespace of a far end, and eth0's settings cannot be written, as in
# a container: what is destroyed can neither go nor come back.
locked()
{
	local family

	for family in ipv4 ipv6; do
		mount --bind /proc/sys/net/$family/conf/eth0 /proc/sys/net/$family/conf/eth0
		mount -o remount,bind,ro /proc/sys/net/$family/conf/eth0
	done
	ip netns del far
	wait_for 5 test ! -e /sys/class/net/veth0 # the kernel takes its time
}

unlocked()
{
	umount /proc/sys/net/ipv4/conf/eth0
	umount /proc/sys/net/ipv6/conf/eth0
	ip netns add far
}

# lab runs; so do others, which no fault of this kind concerns.
start()
{
	world
	lab
	cat >other.yaml <<-'YAML'
	name: other
	networks: {other0: {ports: {tap8: {type: tap}}}}
	YAML
	netdctl apply -q other.yaml
	netdctl network create -q first
	named_state >nothing
	netdctl apply -q lab.yaml
	named_state >before
}

# get_stuck: a destroy that fails, and cannot be undone.
get_stuck()
{
	locked
	fails 4 netdctl destroy lab
	match 'sysctl net/ipv[46]/conf/eth0/[a-z_]*forwarding = 0, as before: /proc/sys is read-only here' "$err"
	match 'not rolled back: topology lab is stuck half-way; others are not' "$err"
	is_stuck
}

is_stuck()
{
	[ -e /run/netd/stuck/lab.yaml ] || fail "it is not stuck"
	no_third_state
}

no_third_state()
{
	if [ -e /run/netd/pending.yaml ] || [ -e /run/netd/target.yaml ]; then
		fail "a change is pending"
	fi
}

# What ran runs again, and nothing is known of it any more.
is_cured()
{
	[ -z "$(find /run/netd/stuck -type f)" ] || fail "it is stuck"
	no_third_state
	is_as_before named_state
	match $'\nlab [^\n]* in effect' "$(netdctl status)"
}

# status says what is left, in whose words, and what to do.
is_told()
{
	start
	get_stuck
	match 'veth0.*far' "$err"
	ok netdctl status
	match $'\nlab [^\n]* stuck\n' "$out"
	match 'lab is stuck: it could not return to what it was before a change' "$out"
	match $'\n  ! [^\n]*veth0[^\n]*far' "$out"
	match 'netdctl destroy lab' "$out"
	match $'\nother [^\n]* in effect\n' "$out"
	ok netdctl status --json
	jq -e '.[] | select(.topology == "lab") | .state == "stuck" and
		(.differences[0] | test("veth0.*far"))' <<<"$out"
	ok netdctl show topologies
	match $'\nlab [^\n]* stuck\n' "$out"
	# what it is to return to
	ok netdctl export lab
	match nat0 "$out"
}

# Whatever others do, they do not hear of it.
others_go_on()
{
	start
	get_stuck
	sed 's/tap8/tap9/' other.yaml >changed-other.yaml
	ok netdctl apply changed-other.yaml
	[ -e /sys/class/net/tap9 ]
	ok netdctl rollback other
	ok netdctl apply changed-other.yaml --confirm 60s
	ok netdctl confirm other
	ok netdctl apply other.yaml --confirm 60s
	ok netdctl rollback
	ok netdctl network create second
	ok netdctl network set second --autostart
	ok netdctl port add second t0 --tap
	ip tuntap add guest mode tap
	ln -s "$NETD_BUILD/cli/hooks/qemu-ifup" /etc/qemu-ifup-second
	ok /etc/qemu-ifup-second guest
	ip link del guest
	ok netdctl network stop second
	ok netdctl network start --autostart
	ok netdctl network delete second
	ok netdctl destroy other
	ok netdctl apply other.yaml
	ok netdctl plan other.yaml
	is_stuck
	fails 4 netdctl recover
	unlocked
	ok netdctl recover
	match '^lab: a change that was cut short, or not confirmed, was undone$' "$err"
	is_cured
}

# Each of these goes on from what the kernel has; a file that asks for what is not there is
# refused, and changes nothing.
next_change_cures()
{
	local command status

	start
	for command in 'recover' 'rollback lab' 'apply lab.yaml'; do
		get_stuck
		status=4
		[ "$command" != 'apply lab.yaml' ] || status=2
		# shellcheck disable=SC2086
		fails $status netdctl $command
		is_stuck
		unlocked
		# shellcheck disable=SC2086
		ok netdctl $command
		is_cured
	done
	# another one than it was
	get_stuck
	unlocked
	ok netdctl apply changed.yaml
	[ ! -e /run/netd/stuck/lab.yaml ]
	ok netdctl plan changed.yaml
	netdctl apply -q lab.yaml
	is_cured
	# on trial
	get_stuck
	unlocked
	ok netdctl apply changed.yaml --confirm 60s
	ok netdctl rollback
	is_cured
	# by one line
	get_stuck
	fails 2 netdctl port add nat0 tap7 --tap
	is_stuck
	unlocked
	ok netdctl port add nat0 tap7 --tap
	ok netdctl port remove nat0 tap7
	is_cured
	ok netdctl destroy lab
	is_as_before_in nothing
}

is_as_before_in()
{
	named_state >now
	diff -U 0 "$1" now | cut -c 1-300 || fail "the state differs (- $1, + now)"
}

# What can be removed is; what cannot is named.
destroy_ends()
{
	start
	get_stuck
	fails 4 netdctl destroy lab
	match 'conf/eth0/[a-z_]*forwarding = 0, as before' "$err"
	match 'not wholly destroyed: topology lab is stuck' "$err"
	[ ! -e /sys/class/net/nat0 ] && [ ! -e /sys/class/net/tap0 ]
	no_match 172.16.5.70 "$(ip address)"
	[ ! -e /run/netd/networks/nat0 ]
	ok netdctl status
	match $'\nlab +0 [^\n]* stuck\n' "$out"
	match 'it could not be removed wholly' "$out"
	is_stuck
	# nothing but that is left to do
	unlocked
	ok netdctl destroy lab
	is_as_before_in nothing
	[ ! -e /run/netd/claims ]
	fails 2 netdctl destroy lab
}

# The name is free, and what was known is kept as files.
force_lets_go()
{
	start
	get_stuck
	fails 2 netdctl destroy --force lab --confirm 60s
	fails 4 netdctl destroy --force lab
	match 'lab: released; what was known of it is kept in /run/netd/left-lab-1' "$err"
	match 'conf/eth0/[a-z_]*forwarding = 0, as before' "$err"
	no_match 'is stuck' "$err"
	no_third_state
	[ -z "$(find /run/netd/stuck -type f)" ] && [ ! -e /run/netd/claims ]
	match 'conf/eth0/forwarding' "$(</run/netd/left-lab-1/claims)"
	[ -e /run/netd/left-lab-1/stuck.yaml ]
	ok netdctl status
	no_match lab "$out"
	fails 2 netdctl destroy --force lab
	unlocked
	# somebody sees to it by hand
	echo 0 >/proc/sys/net/ipv4/conf/eth0/forwarding
	[ ! -e /proc/sys/net/ipv6/conf/eth0/force_forwarding ] ||
		echo 0 >/proc/sys/net/ipv6/conf/eth0/force_forwarding
	ok netdctl apply lab.yaml
	is_cured
	# one that is well is destroyed like any other, with the option, too
	ok netdctl destroy --force lab
	match '^lab: destroyed' "$err"
	is_as_before_in nothing
}

# An op of the first apply fails, and one of the way back, twice.
first_apply()
{
	local n

	start
	netdctl destroy -q lab
	for n in 6 11 16 21 24; do
		fails 4 env FAULTS=op-fail:$n,op-fail:$((n + 1)),op-fail:$((n + 2)) \
			FAULTS_LOG=log "$FAULTS_PROGRAM" apply lab.yaml
		eq 3 "$(grep -c '^hit op' log)"
		is_stuck
		# one op failed, what does not need it was done; nothing is pending for others
		match 'kernel: injected' "$err"
		ok netdctl apply other.yaml
		if [ $n = 11 ]; then
			ok netdctl destroy lab
			match '^lab: destroyed, [0-9]* change' "$err"
		elif [ $n = 16 ]; then
			ok netdctl apply lab.yaml
			is_cured
			ok netdctl destroy lab
		elif [ $n = 21 ]; then
			fails 3 netdctl plan --destroy lab
			fails 2 netdctl repair lab
			match 'topology lab is stuck' "$err"
			ok netdctl destroy lab --confirm 60s
			ok netdctl confirm lab
			fails 2 netdctl destroy lab --confirm 60s
			match 'topology lab is not running' "$err"
		else
			ok netdctl recover
		fi
		[ ! -e /run/netd/stuck/lab.yaml ]
		is_as_before_in nothing
	done
}

# Killed on the way: it is stuck still, or pending, or over; $cure and $again make it so
# that it can be told, and make the next run.
killed_half_way()
{
	{ set +x; } 2>/dev/null
	netdctl recover -q || [ -e /run/netd/stuck/lab.yaml ] || fail "recover fails"
	no_third_state
	"$cure"
	netdctl recover -q
	[ -e /run/netd/topologies/lab.yaml ] || fail "it does not run"
	netdctl apply -q lab.yaml # far was deleted
	is_cured
	"$again"
}

get_stuck_and_cured()
{
	get_stuck
	unlocked
}

killed()
{
	local call again cure
	RUNS_MAX=300

	start
	for call in renameat unlinkat sendmsg; do
		RUNS_STEP=$([ "$call" = sendmsg ] && echo 29 || echo 9)
		cure=true again=get_stuck_and_cured
		"$again"
		sweep "$call" signal=KILL killed_half_way netdctl recover -q
		netdctl recover -q
		cure=unlocked again=locked
		"$again"
		sweep "$call" signal=KILL killed_half_way netdctl destroy -q lab
		"$cure"
		netdctl recover -q
	done
}

watchdog_is_through()
{
	[ ! -e /run/netd/stuck/lab.yaml ] && [ ! -e /run/netd/pending.yaml ]
}

# The watchdog cannot take a change back: nobody else waits for it, and it tries again.
watchdog_cannot()
{
	start
	sed '/veth0:/d' lab.yaml >less.yaml
	netdctl apply -q less.yaml --confirm 1s
	ip netns del far # it has the far end no more
	wait_for 10 test -e /run/netd/stuck/lab.yaml
	no_third_state
	[ ! -e /run/netd/unconfirmed.yaml ]
	match $'\nlab [^\n]* stuck\n' "$(netdctl status)"
	ok netdctl --lock-wait 1 network set first --mtu 1400
	ok netdctl --lock-wait 1 apply other.yaml
	fails 2 netdctl confirm lab
	netdctl network set -q first --mtu 1500
	ip netns add far
	wait_for 20 watchdog_is_through
	is_cured
	match 'lab was rolled back' "$(netdctl status)"
	# the command's own way back fails: its watchdog goes on
	fails 4 env FAULTS=op-fail:3,op-fail:4,op-fail:5 FAULTS_LOG=log \
		"$FAULTS_PROGRAM" apply changed.yaml --confirm 60s
	wait_for 20 watchdog_is_through
	is_cured
}

# Guests that were plugged into a bridge which could not come back are when it does.
guests_come_back()
{
	start
	ip tuntap add guest0 mode tap
	ip link set guest0 master iso0 up
	sed '/iso0/d' lab.yaml >less.yaml
	ip link add blocker type bridge
	fails 4 env FAULTS=op-fail:3,op-fail:4,op-fail:5 FAULTS_LOG=log \
		"$FAULTS_PROGRAM" destroy lab
	is_stuck
	ok netdctl recover
	eq iso0 "$(basename "$(readlink /sys/class/net/guest0/master)")"
}

t_fresh "status tells" is_told
t_fresh "others go on" others_go_on
t_fresh "the next change of it tries again" next_change_cures
t_fresh "destroy comes to an end" destroy_ends
t_fresh "destroy --force lets go" force_lets_go
t_fresh "the first apply, and its way back" first_apply
t_fresh "killed on the way in, and out" killed
t_fresh "a watchdog that cannot take it back" watchdog_cannot
t_fresh "guests come back" guests_come_back
t_done
