#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The disk fills up in the middle of a change: undoing and destroying need no room on it.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

FAULTS_PROGRAM=$NETD_BUILD/tests/fault/netdctl-faults
no_leak_search

# A NIC that becomes an uplink, with addresses and routes of its own; settings of eth0, in
# which another topology has a share; DHCP if there is dnsmasq.
start()
{
	world
	ip link add eth1 type veth peer name wire netns outside
	echo 0 >/proc/sys/net/ipv6/conf/eth1/accept_dad
	ip -n outside link set wire up
	ip link set eth1 up
	ip address add 192.168.7.2/24 dev eth1
	ip route add 10.77.0.0/16 via 192.168.7.1 metric 7
	wait_for 5 t_carrier eth1
	cat >lab.yaml <<-'YAML'
	name: lab
	networks:
	  br1: {mode: bridged, uplink: eth1}
	  nat0: {mode: nat, addresses: [10.1.0.254/24], ports: {tap0: {type: tap}}}
	YAML
	cat >other.yaml <<-'YAML'
	name: other
	networks: {nat9: {mode: nat, addresses: [10.9.0.254/24]}}
	YAML
	# the same without the uplink, and another port
	sed 's/br1: .*/iso1: {}/; s/tap0/tap1/' lab.yaml >changed.yaml
	mount -t tmpfs -o size=512k,mode=755 tmpfs /run/netd
	netdctl apply -q other.yaml
	named_state >before
}

# Whatever becomes free is taken at once.
fill()
{
	{ set +x; } 2>/dev/null
	until "$@"; do sleep 0.01; done
	while [ ! -e stop ]; do
		head -c 64k /dev/zero >>/run/netd/ballast 2>/dev/null || sleep 0.01
	done
}

full()
{
	rm -f stop
	fill "$@" &
	filler=$!
}

is_full()
{
	! head -c 4096 /dev/zero 2>/dev/null >/run/netd/probe
}

emptied()
{
	touch stop
	wait "$filler"
	rm -f /run/netd/ballast /run/netd/probe
}

# with_fault FAULT COMMAND…: slowly, so that the disk can fill up on the way.
with_fault()
{
	# without -f: dnsmasq is to live
	FAULTS=$1 FAULTS_LOG=log strace -o strace -e trace=sendmsg -e inject=sendmsg:delay_enter=15000 \
		"$FAULTS_PROGRAM" "${@:2}"
}

is_as_before_in()
{
	named_state >now
	diff -U 0 "$1" now | cut -c 1-300 || fail "the state differs (- $1, + now)"
}

nothing_is_left()
{
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
	[ -z "$(find /run/netd/stuck -type f)" ] || fail "it is stuck"
}

# count_ops COMMAND…: how many ops the change has, into $ops.
count_ops()
{
	FAULTS='' FAULTS_LOG=totals "$FAULTS_PROGRAM" "$@" -q
	ops=$(awk '$2 == "op" { print $3 }' totals)
	[ "$ops" -gt 5 ] || fail "few ops"
}

apply_is_undone()
{
	local ops filler

	start
	count_ops apply lab.yaml
	netdctl destroy -q lab
	full test -e /sys/class/net/br1
	fails 1 with_fault "op-fail:$ops" apply lab.yaml
	match 'kernel: injected' "$err"
	wait_for 5 is_full
	nothing_is_left
	is_as_before_in before
	emptied
	# killed there, and recovered by the next
	full test -e /sys/class/net/br1
	with_fault "op-kill:$ops" apply lab.yaml || :
	[ -e /run/netd/pending.yaml ]
	wait_for 5 is_full
	ok netdctl recover
	nothing_is_left
	is_as_before_in before
	emptied
	ok netdctl apply lab.yaml
}

change_is_undone()
{
	local ops filler

	start
	netdctl apply -q lab.yaml
	named_state >lab
	count_ops apply changed.yaml
	netdctl apply -q lab.yaml
	full test -e /sys/class/net/iso1
	fails 1 with_fault "op-fail:$ops" apply changed.yaml
	wait_for 5 is_full
	nothing_is_left
	is_as_before_in lab
	emptied
	netdctl plan -q lab.yaml
	full test -e /sys/class/net/iso1
	with_fault "op-kill:$ops" apply changed.yaml || :
	wait_for 5 is_full
	ok netdctl recover
	is_as_before_in lab
	emptied
}

# Destroying takes no more than what was reserved when it was applied.
destroy_needs_none()
{
	local ops filler

	start
	netdctl apply -q lab.yaml
	named_state >lab
	count_ops destroy lab
	netdctl apply -q lab.yaml
	full true
	wait_for 5 is_full
	fails 1 env FAULTS="op-fail:$ops" FAULTS_LOG=log "$FAULTS_PROGRAM" destroy lab
	nothing_is_left
	is_as_before_in lab
	FAULTS="op-kill:$ops" FAULTS_LOG=log "$FAULTS_PROGRAM" destroy lab || :
	ok netdctl recover
	nothing_is_left
	is_as_before_in lab
	# what needs room does not begin
	fails 1 netdctl apply changed.yaml
	match 'No space left' "$err"
	is_as_before_in lab
	ok netdctl destroy lab
	wait_for 5 is_full
	nothing_is_left
	is_as_before_in before
	ok netdctl destroy other
	emptied
	[ ! -e /run/netd/reserve ] && [ ! -e /run/netd/claims ]
}

# A change that nobody confirms.
trial_is_taken_back()
{
	local filler

	start
	ok netdctl apply lab.yaml --confirm 3s
	full true
	wait_for 5 is_full
	wait_for 20 test ! -e /sys/class/net/br1
	wait_for 20 test ! -e /run/netd/pending.yaml
	is_as_before_in before
	[ ! -e /run/netd/unconfirmed.yaml ]
	nothing_is_left
	emptied
}

# DHCP servers that were stopped start again; what they left free is taken meanwhile.
services_come_back()
{
	local ops

	need command:dnsmasq
	start
	sed -i 's/addresses: \[10.1.0.254\/24\]/&, dhcp: true/' lab.yaml
	netdctl apply -q lab.yaml
	count_ops destroy lab
	netdctl apply -q lab.yaml
	(
		{ set +x; } 2>/dev/null
		until [ ! -e /run/netd/dhcp/nat0/config ]; do sleep 0.01; done
		head -c 1m /dev/zero >/run/netd/ballast 2>/dev/null
	) &
	fails 1 with_fault "op-fail:$ops" destroy lab
	wait "$!" || :
	nothing_is_left
	match $'\nlab [^\n]* in effect' "$(netdctl status)"
}

# Killed while it is removed.
reserve_goes()
{
	[ "$1" = 0 ] || ok netdctl recover
	[ ! -e /run/netd/topologies/lab.yaml ] || ok netdctl destroy lab
	netdctl recover
	[ ! -e /run/netd/reserve ] || fail "left: $(ls /run/netd/reserve)"
	netdctl apply -q lab.yaml
}

reserve_is_removed()
{
	start
	netdctl destroy -q other
	netdctl apply -q lab.yaml
	# shellcheck disable=SC2034 # for sweep
	RUNS_STEP=1
	sweep unlinkat signal=KILL reserve_goes netdctl destroy lab
}

# What a killed netd began to write, and what was put aside, is nobody's to give back.
strays_need_none()
{
	start
	netdctl apply -q lab.yaml
	[ -e /run/netd/reserve ] || fail "nothing was reserved"
	cp /run/netd/uplinks/eth1 /run/netd/uplinks/eth1.new
	cp /run/netd/uplinks/eth1 /run/netd/uplinks/eth1.bad-1
	ok netdctl destroy lab
	ok netdctl destroy other
	[ ! -e /run/netd/reserve ] || fail "left: $(ls /run/netd/reserve)"
	[ -e /run/netd/uplinks/eth1.bad-1 ] || fail "what was put aside is gone"
}

t_fresh "an apply is undone" apply_is_undone
t_fresh "a change is undone" change_is_undone
t_fresh "destroy needs no room" destroy_needs_none
t_fresh "a trial is taken back" trial_is_taken_back
t_fresh "services come back" services_come_back
t_fresh "what was reserved goes, whoever is killed" reserve_is_removed
t_fresh "for stray files nothing is reserved" strays_need_none
t_done
