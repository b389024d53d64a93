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

# take NS ADDRESS: somebody's DNS server, into the file `taker` its process.
take()
{
	rm -f "$T_DIR/taker"
	on "$1" dnsmasq --conf-file=/dev/null --no-resolv --no-hosts --user=root --group= \
		--listen-address="$2" --bind-interfaces --except-interface=lo --pid-file="$T_DIR/taker"
	wait_for 5 test -s "$T_DIR/taker"
}

# The DNS server of take() ends, and removes its file.
let_go()
{
	local pid

	pid=$(<"$T_DIR/taker")
	kill "$pid"
	wait_for 5 eval "! kill -0 $pid 2>/dev/null"
}

# end_of NETWORK: its dnsmasq is killed.
end_of()
{
	local pid

	pid=$(<"/run/netd/dhcp/$1/pid")
	kill -KILL "$pid"
	wait_for 5 eval "! kill -0 $pid 2>/dev/null"
}

# Somebody has the port of one that died: said, and refused before anything is touched.
port_is_taken()
{
	lab
	sed 's|net0: {|&mtu: 1400, |' lab.yaml >changed.yaml
	end_of net0
	take host 10.1.0.254
	for file in lab.yaml changed.yaml; do
		fails 2 netdctl apply "$file"
		match "dhcp net0: port 53 \(DNS\) of 10.1.0.254 is taken by dnsmasq \(process $(<taker)\)" "$err"
		match 'have it listen on other addresses only' "$err"
	done
	eq 1500 "$(<"/sys/class/net/net0/mtu")"
	match 'in conflict with the host' "$(netdctl status)"
	match 'port 53 .* is taken by dnsmasq' "$(netdctl status)"
	let_go
	ok netdctl apply changed.yaml
	ok netdctl plan changed.yaml
}

# In a router that is seen only when it is started; what was dead before stays so.
dead_before()
{
	lab
	sed 's|net0: {|&mtu: 1400, |' lab.yaml >changed.yaml
	end_of r1.net1
	take r1 10.2.0.1
	fails 1 netdctl apply changed.yaml
	match 'dhcp r1.net1: port 53 .* of 10.2.0.1 is taken' "$err"
	match 'rolled back: everything is as it was before' "$err"
	eq 1500 "$(<"/sys/class/net/net0/mtu")"
	match 'note: lab: dhcp r1.net1: dnsmasq is not running' "$(netdctl status)"
	no_match 'stuck' "$(netdctl status)"
	let_go
	ok netdctl apply changed.yaml
	ok netdctl plan changed.yaml
}

# The program is being upgraded: what runs is not ended for one that cannot start.
program_is_broken()
{
	local before program

	lab
	before=$(processes)
	for program in /usr/sbin/dnsmasq /usr/bin/dnsmasq; do
		[ ! -f "$program" ] || mount --bind /bin/false "$program"
	done
	sed 's|net1: {}|net1: {}\n  net2: {}|' lab.yaml >without.yaml
	sed 's|dhcp: true|dhcp: {lease: 2h}|' lab.yaml >changed.yaml
	ok netdctl apply without.yaml
	fails 1 netdctl apply changed.yaml
	match 'dhcp net0: /usr/s?bin/dnsmasq cannot be run' "$err"
	eq "$before" "$(processes)"
	end_of net0
	fails 1 netdctl apply lab.yaml
	match 'cannot be run' "$err"
	match 'cannot be run' "$(netdctl status)"
	[ -e /sys/class/net/net2 ] || fail "something was done"
	umount /usr/sbin/dnsmasq 2>/dev/null || umount /usr/bin/dnsmasq
	ok netdctl apply changed.yaml
	ok netdctl plan changed.yaml
	ok netdctl destroy lab
}

t_fresh "the port of one that died is taken" port_is_taken
t_fresh "one that was dead before" dead_before
t_fresh "the program cannot be run" program_is_broken
t_fresh "root that may not look into processes" without_ptrace
t_fresh "root that does not see others' processes" with_hidden_processes
t_fresh "by users" by_users
t_done
