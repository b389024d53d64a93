#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# DHCP gives every guest an address, and none that somebody else uses.
. "$(dirname "$0")/../lib/netns.sh"

need bridge veth command:dnsmasq command:busybox

MANY=$NETD_BUILD/tests/lib/dhcp-many

# Network lan of 10.1.0.1/24 with DHCP.
lab()
{
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  lan:
	    addresses: [10.1.0.1/24]
	    dhcp: {range: 10.1.0.100-10.1.0.150}
	EOF
	netdctl apply -q lab.yaml
}

# More than dnsmasq's own limit of 1,000, by both.
more_than_a_thousand()
{
	need ipv6
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  lan: {addresses: [10.1.0.1/20, "fd00:1::1/64"], dhcp: {range: 10.1.8.0-10.1.12.255}}
	EOF
	netdctl apply -q lab.yaml
	guest_ns many lan 10.1.1.1/20 - fd00:1::5/64
	eq 1050 "$(on many "$MANY" eth0 4 1050)"
	eq 100 "$(on many "$MANY" eth0 6 100)"
	wait_for 5 eval '[ "$(netdctl leases --json | jq length)" = 1150 ]'
	# a range that shrinks does not keep the server from starting
	sed -i 's/range: [^}]*/range: 10.1.8.0-10.1.8.9/' lab.yaml
	netdctl apply -q lab.yaml
	eq '"up"' "$(netdctl show services --json | jq -c '.[0].state')"
}

# Clones of one disk say the same client identifier.
clones()
{
	local name

	lab
	for name in a b c; do
		guest_ns "$name" lan -
		dhcp_ns "$name" eth0 -x "0x3d:ff0102030405060708"
	done
	eq 3 "$(for name in a b c; do told $name 4 ip; done | sort -u | wc -l)"
	eq 3 "$(netdctl leases --json | jq length)"
}

# What `on:` puts on an interface of a router, and on the bridge, nobody is given.
added_addresses()
{
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  lan: {addresses: [10.1.0.1/24], dhcp: {range: 10.1.0.100-10.1.0.104}}
	  dmz: {addresses: [10.2.0.254/24]}
	  inner: {mode: routed, addresses: [10.4.0.1/24], forwards: [{listen: 10.1.0.103, to: 10.4.0.9, on: lan}]}
	routers:
	  r1:
	    interfaces: {lan: {addresses: [10.1.0.2/24]}, dmz: {addresses: [10.2.0.1/24]}}
	    nat: {out: lan, source: 10.1.0.100-10.1.0.101, on: lan}
	    forwards: [{listen: 10.1.0.104, to: 10.2.0.9, on: lan}]
	EOF
	netdctl apply -q lab.yaml
	guest_ns a lan -
	dhcp_ns a
	eq 10.1.0.102 "$(told a 4 ip)"
	guest_ns b lan -
	no_dhcp_ns b
	# a forward that goes leaves its address to guests, at once
	sed -i '/listen: 10.1.0.104/d' lab.yaml
	netdctl apply -q lab.yaml
	dhcp_ns b
}

# taken_by NS ADDRESS: nobody else gets it, though NS is silent.
taken_by()
{
	guest_ns "x$1" lan -
	dhcp_ns "x$1" eth0 -r "$2"
	[ "$(told "x$1" 4 ip)" != "$2" ] || fail "$2 is given out twice"
	guest_gone "x$1"
}

# What guests have stays theirs while the network is away.
kept()
{
	local ip

	lab
	guest_ns a lan -
	dhcp_ns a
	ip=$(told a 4 ip)
	netdctl destroy lab
	netdctl apply -q lab.yaml
	ip link set v-a master lan up
	taken_by a "$ip"
	eq "[\"$ip\"]" "$(netdctl leases --json | jq -c 'map(select(.host == "a") | .address)')"
	sed -i 's/dhcp: .*/dhcp: false/' lab.yaml
	netdctl apply -q lab.yaml
	lab
	taken_by a "$ip"
	# a topology that is somebody else's does not inherit them
	netdctl destroy lab
	sed -i 's/name: lab/name: other/' lab.yaml
	netdctl apply -q lab.yaml
	eq '[]' "$(netdctl leases --json | jq -c .)"
}

kept_by_one_line_commands()
{
	local ip

	netdctl network create lan --address 10.1.0.1/24 --dhcp
	guest_ns a lan -
	dhcp_ns a
	ip=$(told a 4 ip)
	netdctl network stop lan
	netdctl network start lan
	ip link set v-a master lan up
	taken_by a "$ip"
	# on trial, and taken back
	netdctl network stop lan --confirm 60s --probe none
	netdctl rollback
	ip link set v-a master lan up
	taken_by a "$ip"
	netdctl network stop lan
	netdctl network delete lan
	eq "" "$(find /run/netd -path '*dhcp*')"
	netdctl network create lan --address 10.1.0.1/24 --dhcp
	guest_ns b lan -
	dhcp_ns b eth0 -r "$ip"
	eq "$ip" "$(told b 4 ip)"
	netdctl network delete lan
	eq "" "$(find /run/netd -path '*dhcp*')"
}

# A lease that has ended is nobody's: what it kept goes with the next change.
ended()
{
	lab
	guest_ns a lan -
	dhcp_ns a
	netdctl destroy lab
	[ -e /run/netd/dhcp/lan/leases ] || fail "forgotten"
	sed -i -E 's/^[0-9]+ /1000 /' /run/netd/dhcp/lan/leases
	netdctl network create else
	eq "" "$(find /run/netd -path '*dhcp*')"
}

# file MAC
machine_lab()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan:
	    addresses: [10.1.0.1/24, "fd00:1::1/64"]
	    dhcp: true
	    machines: {web: {mac: "$1", address: [10.1.0.50, "fd00:1::50"]}, db: {mac: "52:54:00:00:00:0b"}}
	EOF
	netdctl apply -q lab.yaml
}

# A machine's new MAC has its address at once, by both; others keep theirs.
new_mac()
{
	local others

	need ipv6 command:dhclient
	machine_lab 52:54:00:00:00:01
	guest_ns --mac 52:54:00:00:00:01 old lan -
	guest_ns --mac 52:54:00:00:00:02 new lan -
	guest_ns other lan -
	dhcp_ns old
	dhcp6_ns old
	dhcp_ns other
	dhcp6_ns other
	eq "10.1.0.50 fd00:1::50" "$(told old 4 ip) $(told old 6 new_ip6_address)"
	others=$(grep -c " other\| $(told other 4 ip) \| $(told other 6 new_ip6_address) " /run/netd/dhcp/lan/leases)
	ip link set v-old down
	machine_lab 52:54:00:00:00:02
	netdctl plan -q lab.yaml
	eq "$others" "$(grep -c " other\| $(told other 4 ip) \| $(told other 6 new_ip6_address) " /run/netd/dhcp/lan/leases)"
	dhcp_ns new
	dhcp6_ns new
	eq "10.1.0.50 fd00:1::50" "$(told new 4 ip) $(told new 6 new_ip6_address)"
	# a guest that has by chance what a new machine is to have
	others=$(told other 4 ip)
	netdctl destroy lab
	sed -i "s/machines: {/&late: {mac: \"52:54:00:00:00:0d\", address: $others}, /" lab.yaml
	netdctl apply -q lab.yaml
	guest_ns --mac 52:54:00:00:00:0d late lan -
	dhcp_ns late
	eq "$others" "$(told late 4 ip)"
}

released()
{
	local ip pid

	need ipv6 command:dhclient
	machine_lab 52:54:00:00:00:01
	for name in a b c; do
		guest_ns "$name" lan -
		dhcp_ns "$name"
	done
	dhcp6_ns c
	ip=$(told a 4 ip)
	ok netdctl lease release lan "$ip"
	match "lan +a +$ip +" "$out"
	eq 3 "$(netdctl leases --json | jq length)"
	guest_ns --mac 52:54:00:00:00:77 d lan -
	dhcp_ns d eth0 -r "$ip"
	eq "$ip" "$(told d 4 ip)"
	ok netdctl lease release lan "$(on b cat /sys/class/net/eth0/address)" --json
	eq "[\"$(told b 4 ip)\"]" "$(jq -c 'map(.address)' <<<"$out")"
	# by name, of both families
	ok netdctl lease release lan C --json
	match "$(told c 4 ip)" "$out"
	eq '["d"]' "$(netdctl leases --json | jq -c 'map(.host | values)')"
	fails 2 netdctl lease release lan nobody
	match 'nobody has a lease of "nobody" on network lan' "$err"
	fails 2 netdctl lease release lam d
	match 'network lam is not running' "$err"
	# names and addresses are served on
	dhcp_ns a
	ok netdctl plan -q lab.yaml
	# one that does not run
	pid=$(</run/netd/dhcp/lan/pid)
	kill -KILL "$pid"
	wait_for 5 test ! -e "/proc/$pid"
	ok netdctl lease release lan d
	eq '["a"]' "$(netdctl leases --json | jq -c 'map(.host | values)')"
}

released_in_a_router()
{
	local ip before

	cat >lab.yaml <<-'EOF'
	name: lab
	networks: {lan: {}}
	routers: {r1: {dns: [9.9.9.9], interfaces: {lan: {addresses: [10.1.0.1/24], dhcp: true}}}}
	EOF
	netdctl apply -q lab.yaml
	before=$(tr '\0' ' ' <"/proc/$(</run/netd/dhcp/r1.lan/pid)/cmdline")
	guest_ns a lan -
	dhcp_ns a
	ip=$(told a 4 ip)
	ok netdctl lease release lan a
	eq "$before" "$(tr '\0' ' ' <"/proc/$(</run/netd/dhcp/r1.lan/pid)/cmdline")"
	ok netdctl plan -q lab.yaml
	guest_ns b lan -
	dhcp_ns b eth0 -r "$ip"
	eq "$ip" "$(told b 4 ip)"
}

t_fresh "more than 1,000 guests have an address each" more_than_a_thousand
t_fresh "clones with one client identifier have an address each" clones
t_fresh "addresses that on: adds are given to nobody" added_addresses
t_fresh "leases are kept by destroy and apply, and while DHCP is off" kept
t_fresh "leases are kept by network stop and start, not by delete" kept_by_one_line_commands
t_fresh "leases that have ended are not kept" ended
t_fresh "a machine's new MAC has its address at once" new_mac
t_fresh "leases are released by address, MAC and name" released
t_fresh "leases are released in a router" released_in_a_router
t_done
