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
	eq 1150 "$(netdctl leases --json | jq length)"
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

t_fresh "more than 1,000 guests have an address each" more_than_a_thousand
t_fresh "clones with one client identifier have an address each" clones
t_fresh "addresses that on: adds are given to nobody" added_addresses
t_done
