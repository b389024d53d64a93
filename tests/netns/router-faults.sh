#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Routers and hosts: what fails or is killed on the way leaves all as it was.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"
# shellcheck disable=SC2034 # sweep reads them
RUNS_MAX=250 RUNS_STEP=9

# lab.yaml, and changed.yaml with a change of each kind.
nodes()
{
	need bridge veth nft command:strace
	cat >lab.yaml <<-'EOF'
	name: lab
	networks: {lan: {}}
	routers:
	  r: {interfaces: {lan: {addresses: [10.1.0.1/24]}}, routes: [{to: 10.8.0.0/16, via: 10.1.0.9}], nat: {out: p2p}}
	hosts:
	  h: {network: lan, addresses: [10.1.0.10/24], dns: [10.1.0.9]}
	links:
	  p2p: {ends: {r: {addresses: [10.9.0.1/30]}, h: {addresses: [10.9.0.2/30]}}}
	EOF
	cat >changed.yaml <<-'EOF'
	name: lab
	networks: {lan: {}}
	routers:
	  r: {interfaces: {lan: {addresses: [10.1.0.2/24]}}, routes: [{to: 10.8.0.0/16, via: 10.1.0.8}, {to: 10.7.0.0/16, type: blackhole}]}
	hosts:
	  new: {network: lan, addresses: [10.1.0.11/24], dns: [10.1.0.9]}
	links:
	  p2p: {ends: {r: {interface: other, addresses: [10.9.0.1/30]}, new: {addresses: [10.9.0.2/30]}}}
	EOF
}

# One namespace, by names only.
space_state()
{
	ip netns exec "$1" sh -c 'ip -o -d link show; ip -o address show; ip -4 route show table all
		ip -6 route show table all; nft list ruleset
		grep . /proc/sys/net/ipv[46]/conf/*/forwarding /proc/sys/net/ipv4/conf/*/rp_filter' |
		sed -E "s/^/$1 /; s/ [0-9]+: / /; s/@[^:]*:/:/; s/link-netnsid [0-9]+|link-netns [a-z]+//
			s/<[^>]*[<,]UP[,>][^>]*>/<up>/; s/<[A-Z_,-]*>/<down>/; s/ (state [A-Za-z]+|linkdown|qdisc [a-z_]+)//g" |
		grep -v -e fe80: -e ff00::/8 -e permaddr
}

all_state()
{
	local name

	named_state
	find /run/netns /etc/netns -mindepth 1 -printf '%p %y %s\n' | sort
	cat /etc/netns/*/resolv.conf 2>/dev/null || :
	for name in $(ip netns list | awk '{print $1}' | sort); do
		space_state "$name" | sort
	done
}

nothing_is_pending()
{
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
}

# A veth's host end has a MAC of its own each time.
mac_free()
{
	all_state | sed -E '/^(r|h|new)-/s/ether [^ ]+//'
}

# after_apply STATUS: with nothing there before.
after_apply()
{
	case $1 in
	0)
		netdctl plan -q lab.yaml
		netdctl destroy -q lab
		;;
	1) match 'error: ' "$(<out)" ;;
	*) fail "exit status $1" ;;
	esac
	nothing_is_pending
	is_as_before mac_free
}

apply_fails()
{
	local call

	nodes
	mac_free >before
	for call; do
		sweep "$call" error=EIO after_apply netdctl apply lab.yaml
	done
	cat swept
}

after_change()
{
	case $1 in
	0)
		netdctl plan -q changed.yaml
		netdctl apply -q lab.yaml
		;;
	1) match 'error: ' "$(<out)" ;;
	*) fail "exit status $1" ;;
	esac
	nothing_is_pending
	netdctl plan -q lab.yaml
	is_as_before mac_free
}

change_fails()
{
	local call

	nodes
	netdctl apply lab.yaml
	mac_free >before
	for call; do
		sweep "$call" error=EIO after_change netdctl apply changed.yaml
	done
	cat swept
}

after_destroy()
{
	case $1 in
	0) netdctl apply -q lab.yaml ;;
	1) match 'error: ' "$(<out)" ;;
	*) fail "exit status $1" ;;
	esac
	nothing_is_pending
	netdctl plan -q lab.yaml
	is_as_before mac_free
}

destroy_fails()
{
	local call

	nodes
	netdctl apply lab.yaml
	mac_free >before
	for call; do
		sweep "$call" error=EIO after_destroy netdctl destroy lab
	done
	cat swept
}

# after_kill: whatever was under way, recovering brings back what was before.
after_kill()
{
	netdctl recover -q
	if [ -e /run/netd/topologies/lab.yaml ]; then # behind the last op
		netdctl plan -q lab.yaml
		netdctl destroy -q lab
	fi
	nothing_is_pending
	is_as_before mac_free
}

apply_is_killed()
{
	local call

	nodes
	mac_free >before
	for call; do
		sweep "$call" signal=KILL after_kill netdctl apply lab.yaml
	done
	cat swept
}

after_killed_change()
{
	netdctl recover -q
	nothing_is_pending
	[ ! -e /run/netns/new ] || netdctl apply -q lab.yaml
	netdctl plan -q lab.yaml
	is_as_before mac_free
}

change_is_killed()
{
	local call

	nodes
	netdctl apply lab.yaml
	mac_free >before
	for call; do
		sweep "$call" signal=KILL after_killed_change netdctl apply changed.yaml
	done
	cat swept
}

after_killed_destroy()
{
	netdctl recover -q
	nothing_is_pending
	[ -e /run/netns/h ] || netdctl apply -q lab.yaml
	netdctl plan -q lab.yaml
	is_as_before mac_free
}

destroy_is_killed()
{
	local call

	nodes
	netdctl apply lab.yaml
	mac_free >before
	for call; do
		sweep "$call" signal=KILL after_killed_destroy netdctl destroy lab
	done
	cat swept
}

t_fresh "apply fails: netlink" apply_fails sendmsg
t_fresh "apply fails: namespaces and files" apply_fails mount unshare linkat rename mkdir socket
t_fresh "a change fails: netlink" change_fails sendmsg
t_fresh "a change fails: namespaces and files" change_fails mount umount2 unlink unshare rename
t_fresh "destroy fails" destroy_fails sendmsg umount2 unlink
t_fresh "apply is killed" apply_is_killed sendmsg mount linkat unshare setns rename
t_fresh "a change is killed" change_is_killed sendmsg umount2 unlink rename
t_fresh "destroy is killed" destroy_is_killed sendmsg umount2 unlink
t_done
