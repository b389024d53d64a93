#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Interfaces and addresses that come after the apply: they forward without another command,
# and are given back.  Duplicate address detection is on, as on real hosts.
. "$(dirname "$0")/../lib/netns.sh"

NAT='mode: nat, addresses: [10.1.0.254/24, "fd00:1::ff/64"]'

# lab NETWORK…: topology lab of these networks, applied.
lab()
{
	printf '%s\n' 'name: lab' 'networks:' "$@" >lab.yaml
	ok netdctl apply lab.yaml
}

# beyond NS: a namespace with the Internet behind it, and one end of a pair in itself
# only: the host's comes later.
beyond()
{
	t_namespace "$1"
	ip -n "$1" address add "$T_INTERNET4/32" dev lo
	ip -n "$1" address add "$T_INTERNET6/128" dev lo nodad
	serve "$1" tcp "$T_INTERNET4" 80 >/dev/null
	serve "$1" tcp "$T_INTERNET6" 80 >/dev/null
}

# join NS IF: makes the pair; the host's end has no address.
join()
{
	ip link add "$2" type veth peer name eth0 netns "$1"
	ip -n "$1" link set eth0 up
	ip -n "$1" address add 172.16.5.1/24 dev eth0
	ip -n "$1" address add 2001:db8:5::1/64 dev eth0 nodad
	ip link set "$2" up
}

probed()
{
	[[ $(ip -6 address show dev "$1") != *tentative* ]]
}

# address IF: as DHCP or a dialler gives it.
address()
{
	ip address add 172.16.5.40/24 dev "$1"
	ip address add 2001:db8:5::40/64 dev "$1"
	ip route add default via 172.16.5.1 dev "$1"
	wait_for 5 probed "$1"
	ip -6 route add default via 2001:db8:5::1 dev "$1"
}

guest()
{
	guest_ns a nat0 10.1.0.1/24 10.1.0.254 fd00:1::1/64 fd00:1::ff
}

gets_out()
{
	match ' 172.16.5.40 [0-9]+$' "$(ask a tcp "$T_INTERNET4" 80)"
	match ' 2001:db8:5::40 [0-9]+$' "$(ask a tcp "$T_INTERNET6" 80)"
}

sysctl_is()
{
	eq "$2" "$(cat "/proc/sys/net/$1")" "$1"
}

# settled: there is nothing to do.
settled()
{
	fails 0 netdctl plan lab.yaml
	eq "" "$out"
}

needs()
{
	need bridge veth nft nft_nat ipv6
}

# IPv6 has a switch for each interface: Linux 6.17.
by_interface()
{
	[ -e /proc/sys/net/ipv6/conf/all/force_forwarding ]
}

late_interface()
{
	needs
	beyond outside
	lab "  nat0: {$NAT}"
	guest
	join outside late0
	address late0
	gets_out
	settled
	# it comes again, with another index and the same name
	ip link del late0
	join outside late0
	address late0
	gets_out
	settled
	sysctl_is ipv4/ip_forward 0
	! by_interface || sysctl_is ipv6/conf/all/forwarding 0
	ok netdctl destroy lab
	sysctl_is ipv6/conf/all/forwarding 0
	sysctl_is ipv6/conf/late0/accept_ra 1
	sysctl_is ipv4/conf/late0/forwarding 0
	sysctl_is ipv4/conf/default/forwarding 0
	! by_interface ||
		sysctl_is ipv6/conf/late0/force_forwarding 0
	no_answer a tcp "$T_INTERNET4" 80
}

late_address()
{
	needs
	beyond outside
	join outside eth7
	lab "  nat0: {$NAT}"
	settled
	guest
	address eth7
	gets_out
	settled
}

by_dhcp()
{
	needs
	need command:dnsmasq command:busybox
	beyond outside
	join outside eth7
	on outside dnsmasq --conf-file=/dev/null --user=root --group= --port=0 --interface=eth0 \
		--bind-dynamic --dhcp-range=172.16.5.40,172.16.5.40 --pid-file \
		--dhcp-leasefile="$T_DIR/leases"
	lab '  nat0: {mode: nat, addresses: [10.1.0.254/24]}'
	guest
	dhcp_ns host eth7
	match ' 172.16.5.40 [0-9]+$' "$(ask a tcp "$T_INTERNET4" 80)"
	settled
}

moved_in()
{
	needs
	beyond outside
	t_namespace elsewhere
	join outside usb0
	ip link set usb0 netns elsewhere
	lab "  nat0: {$NAT}"
	guest
	ip -n elsewhere link set usb0 netns 1
	ip link set usb0 up
	address usb0
	gets_out
	settled
}

# `nat: {out: …}` of a VPN that is not there yet, that goes, and that comes back.
late_way_out()
{
	needs
	beyond outside
	beyond other
	join other eth7
	lab "  nat0: {$NAT, nat: {out: ppp0}}"
	match 'note: network nat0 has no way out until the interface ppp0 comes' "$err"
	settled
	guest
	no_answer a tcp "$T_INTERNET4" 80
	for _ in once again; do
		join outside ppp0
		address ppp0
		gets_out
		settled
		ip link del ppp0
	done
	sysctl_is ipv4/conf/eth7/forwarding 0
}

# A forward on an address that nobody has yet, in a network that leaves by another way.
late_listener()
{
	needs
	beyond outside
	t_namespace wan
	join outside eth0
	address eth0
	ip link add eth7 type veth peer name eth0 netns wan
	ip link set eth7 up
	ip -n wan link set eth0 up
	ip -n wan address add 192.0.2.1/24 dev eth0
	lab "  nat0: {$NAT, nat: {out: eth0}, forwards: [{listen: \"192.0.2.9:8080\", to: \"10.1.0.1:80\"}]}"
	settled
	guest
	serve a tcp 10.1.0.1 80 >/dev/null
	ip address add 192.0.2.9/24 dev eth7
	match '^10.1.0.1 80 192.0.2.1 ' "$(ask wan tcp 192.0.2.9 8080)"
	gets_out
	settled
}

# What an uplink's bridge gets by DHCP, beside a NAT network in the same file.
late_address_on_a_bridge()
{
	needs
	beyond outside
	join outside eth7
	lab "  nat0: {$NAT}" '  lan: {mode: bridged, uplink: eth7}'
	settled
	guest
	address lan
	gets_out
	settled
	# the NIC goes back, with what it has now
	lab "  nat0: {$NAT}"
	settled
	gets_out
	lab "  nat0: {$NAT}" '  lan: {mode: bridged, uplink: eth7}'
	settled
	gets_out
	lab '  lan: {mode: bridged, uplink: eth7}'
	settled
	sysctl_is ipv4/conf/lan/forwarding 0
	ok netdctl destroy lab
	sysctl_is ipv4/conf/eth7/forwarding 0
}

# The same with an address of the bridge's own.
bridge_with_an_address()
{
	needs
	beyond outside
	join outside eth7
	lab "  nat0: {$NAT}" \
		'  lan: {mode: bridged, uplink: eth7, addresses: [172.16.5.40/24, "2001:db8:5::40/64"]}'
	settled
	ip route add default via 172.16.5.1
	ip -6 route add default via 2001:db8:5::1
	guest
	gets_out
	settled
}

# Two topologies: the last one gives back what came between them.
two_topologies()
{
	needs
	beyond outside
	lab "  nat0: {$NAT}"
	join outside late0
	printf '%s\n' 'name: two' 'networks:' \
		'  nat1: {mode: nat, addresses: [10.2.0.254/24, "fd00:2::ff/64"]}' >two.yaml
	ok netdctl apply two.yaml
	ip link add late1 type bridge
	ok netdctl destroy two
	guest
	address late0
	gets_out
	settled
	ok netdctl destroy lab
	sysctl_is ipv4/conf/late0/forwarding 0
	sysctl_is ipv4/conf/late1/forwarding 0
	sysctl_is ipv4/conf/default/forwarding 0
}

# Settings that were there before stay, those of interfaces that netd had no use for, too.
settings_of_others()
{
	local out

	needs
	for out in "$NAT" "$NAT, nat: {out: eth7}"; do
		ip link add eth7 type veth peer name eth8
		ip link set eth7 up
		ip link set eth8 up
		echo 1 >/proc/sys/net/ipv4/conf/eth8/forwarding
		wait_for 5 t_settled
		snapshot before
		lab "  nat0: {$out}"
		settled
		lab "  nat0: {$out}" '  nat1: {mode: nat, addresses: [10.2.0.254/24]}'
		ok netdctl destroy lab
		snapshot after
		same before after
		ip link del eth7
	done
}

# A router's own namespace: an interface that is moved there later.
late_in_a_router()
{
	needs
	printf '%s\n' 'name: lab' 'networks: {n0: {}}' 'routers:' \
		'  r0: {interfaces: {n0: {addresses: [10.1.0.254/24, "fd00:1::ff/64"]}}}' >lab.yaml
	ok netdctl apply lab.yaml
	guest_ns a n0 10.1.0.1/24 10.1.0.254 fd00:1::1/64 fd00:1::ff
	t_namespace b
	ip link add late0 type veth peer name eth0 netns b
	ip link set late0 netns r0
	ip -n r0 address add 10.9.0.1/24 dev late0
	ip -n r0 address add fd00:9::1/64 dev late0 nodad
	ip -n r0 link set late0 up
	ip -n b link set eth0 up
	ip -n b address add 10.9.0.2/24 dev eth0
	ip -n b address add fd00:9::2/64 dev eth0 nodad
	ip -n b route add default via 10.9.0.1
	ip -n b -6 route add default via fd00:9::1
	pings a 10.9.0.2
	pings a fd00:9::2
	pings b 10.1.0.1
	fails 0 netdctl plan lab.yaml
}

# An interface that is too small for IPv6, and grows.
grows()
{
	needs
	beyond outside
	join outside eth7
	ip link set eth7 mtu 1000
	lab "  nat0: {$NAT}"
	settled
	guest
	ip link set eth7 mtu 1500
	address eth7
	gets_out
	settled
}

t_fresh "an interface that comes later" late_interface
t_fresh "an address that comes later" late_address
t_fresh "an address by DHCP" by_dhcp
t_fresh "an interface from another namespace" moved_in
t_fresh "a way out that is not there yet" late_way_out
t_fresh "a forward's address that comes later" late_listener
t_fresh "an address on an uplink's bridge, later" late_address_on_a_bridge
t_fresh "an uplink's bridge with an address of its own" bridge_with_an_address
t_fresh "two topologies" two_topologies
t_fresh "settings that others made" settings_of_others
t_fresh "in a router's namespace" late_in_a_router
t_fresh "an interface that grows" grows
t_done
