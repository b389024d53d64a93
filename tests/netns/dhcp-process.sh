#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The process of a DHCP server: seen, hidden, or unable to start again.
. "$(dirname "$0")/../lib/netns.sh"

lab()
{
	need bridge veth nft
	[ "$(id -u)" = 0 ] && [ "$(wc -l </proc/self/uid_map)" = 1 ] || t_skip "needs root"
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  net0: {addresses: [10.1.0.254/24], dhcp: true}
	  net1: {}
	routers:
	  r1: {interfaces: {net1: {addresses: [10.2.0.1/24], dhcp: true}}}
	EOF
	ok netdctl apply lab.yaml
}

processes()
{
	local file

	for file in /run/netd/dhcp/*/pid; do
		[ ! -e "$file" ] || cat "$file"
	done
}

# as_in_a_container COMMAND [ARG…]: root without the right to look into others' processes.
as_in_a_container()
{
	setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace "$@"
}

as_user()
{
	setpriv --reuid=12345 --regid=12345 --clear-groups "$@"
}

# What cannot be looked into is not dead: it is left alone, changed, and ended.
looked_at()
{
	local before

	before=$(processes)
	ok as_in_a_container netdctl plan lab.yaml
	no_match "note" "$err"
	match 'in effect' "$(as_in_a_container netdctl status)"
	eq 'up up' "$(as_in_a_container netdctl show services --json | jq -r '[.[].state] | join(" ")')"
	ok as_in_a_container netdctl apply lab.yaml
	eq "$before" "$(processes)"
	sed 's/dhcp: true/dhcp: {lease: 2h}/' lab.yaml >changed.yaml
	ok as_in_a_container netdctl apply changed.yaml
	ok as_in_a_container netdctl plan changed.yaml
	[ "$before" != "$(processes)" ] || fail "not restarted"
	ok as_in_a_container netdctl apply lab.yaml
	# one that is dead is seen to be
	kill "$(</run/netd/dhcp/net0/pid)"
	wait_for 5 eval 'as_in_a_container netdctl status | grep -q "net0: dnsmasq is not running"'
	eq 'dead up' "$(as_in_a_container netdctl show services --json | jq -r '[.[].state] | join(" ")')"
	ok as_in_a_container netdctl apply lab.yaml
	ok as_in_a_container netdctl plan lab.yaml
	before=$(processes)
	ok as_in_a_container netdctl destroy lab
	for pid in $before; do
		[ ! -d "/proc/$pid" ] || fail "process $pid is still there"
	done
}

without_ptrace()
{
	lab
	looked_at
}

# The kernel tells whose a process is since Linux 6.13.
with_hidden_processes()
{
	lab
	case $(uname -r) in
	[0-5].* | 6.[0-9].* | 6.1[0-2].*) t_skip "needs Linux 6.13" ;;
	esac
	mount -o remount,hidepid=2 /proc
	looked_at
}

# Its files are not for users; what they can know of it is said.
by_users()
{
	lab
	eq 'up null up null' \
		"$(as_user netdctl show services --json | jq -r '[.[] | .state, .leases] | map(tostring) | join(" ")')"
	match 'net0 +lab +net0 +net0 +up .* -$' "$(as_user netdctl show services | sed -n 2p)"
	no_match 'dead|not running' "$(as_user netdctl status)"
	mount -o remount,hidepid=2 /proc
	eq 'unknown unknown' \
		"$(as_user netdctl show services --json | jq -r '[.[].state] | join(" ")')"
	no_match 'dead|not running' "$(as_user netdctl status)"
}

t_fresh "root that may not look into processes" without_ptrace
t_fresh "root that does not see others' processes" with_hidden_processes
t_fresh "by users" by_users
t_done
