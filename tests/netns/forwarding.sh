#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What netd switches on so that the host forwards, and gives back.  Kernels before 6.17 have
# one switch for IPv6; tests/guest/host.sh runs this on such a one, too.
. "$(dirname "$0")/../lib/netns.sh"

NETWORK='mode: nat, addresses: [10.1.0.254/24, "fd00:1::ff/64"]'

# lab: topology lab of one network, applied.
lab()
{
	printf '%s\n' 'name: lab' 'networks:' "  nat0: {${1:-$NETWORK}}" >lab.yaml
	netdctl apply lab.yaml
}

# advertise PREFIX…: the router outside has an address in each, and advertises them.
advertise()
{
	local prefix ranges=()

	for prefix; do
		ranges+=("--dhcp-range=$prefix,ra-only,64,600")
		ip -n outside address replace "${prefix}1/64" dev eth0 nodad
	done
	[ ! -s "$T_DIR/dnsmasq.pid" ] || kill -KILL "$(<"$T_DIR/dnsmasq.pid")"
	ip netns exec outside dnsmasq --conf-file=/dev/null --user=root --group= --port=0 --interface=eth0 \
		--bind-dynamic --enable-ra "${ranges[@]}" --ra-param=eth0,4,600 \
		--pid-file="$T_DIR/dnsmasq.pid" --dhcp-leasefile="$T_DIR/leases"
	for prefix; do
		wait_for 30 advertised "$prefix"
	done
}

# A host whose IPv6 is what the router outside advertises.
world()
{
	need bridge veth nft nft_nat ipv6 command:dnsmasq
	outside eth0 172.16.5.40/24 172.16.5.1/24
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
	# else its neighbour advertisements say that it is no router
	on outside sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/forwarding'
	advertise 2001:db8:5::
}

# advertised [PREFIX]: the host has the default route, and an address of that prefix.
advertised()
{
	set -- "${1:-2001:db8:5::}"
	[[ $(ip -6 route show default) == *"dev eth0 proto ra"* ]] &&
		[[ $(ip -6 -o address show dev eth0) == *" ${1%:}"* ]]
}

sysctl_is()
{
	eq "$2" "$(cat "/proc/sys/net/$1")" "$1"
}

router_stays()
{
	world
	lab
	guest_ns a nat0 10.1.0.1/24 10.1.0.254 fd00:1::1/64 fd00:1::ff
	advertised || fail "the default route is gone"
	match ' 172.16.5.40 [0-9]+$' "$(ask a tcp "$T_INTERNET4" 80)"
	match ' 2001:db8:5:.* [0-9]+$' "$(ask a tcp "$T_INTERNET6" 80)"
	pings host "$T_INTERNET6"
	sysctl_is ipv4/ip_forward 0
	# it goes on to learn
	advertise 2001:db8:5:: 2001:db8:6::
	fails 0 netdctl plan lab.yaml
	guest_gone a
	netdctl destroy lab
	advertised || fail "the default route is gone"
	pings host "$T_INTERNET6"
	advertise 2001:db8:5:: 2001:db8:6:: 2001:db8:7::
	sysctl_is ipv6/conf/eth0/accept_ra 1
}

# Guests that come and go, by hooks, leave nothing to do.
guests_are_no_drift()
{
	need tun
	world
	lab
	ln -s "$NETD_BUILD/cli/hooks/qemu-ifup" /etc/qemu-ifup-nat0
	ip tuntap add dev tap0 mode tap
	ok /etc/qemu-ifup-nat0 tap0
	guest_ns a nat0 10.1.0.1/24 10.1.0.254 fd00:1::1/64 fd00:1::ff
	fails 0 netdctl plan lab.yaml
	guest_gone a
	ip link del tap0
	fails 0 netdctl plan lab.yaml
	# nor is what other people's guests have
	ip link add v0 type veth peer name v1
	ip link set v0 up
	fails 0 netdctl plan lab.yaml
}

# Interfaces that forward, and one that ignores advertisements, before netd came.
settings_of_others()
{
	ip link add x0 type veth peer name x1
	ip link set x0 up
	ip link set x1 up
	# first of all, since it drops default routes
	echo 1 >/proc/sys/net/ipv6/conf/x0/forwarding
	world
	echo 1 >/proc/sys/net/ipv4/conf/x0/forwarding
	echo 0 >/proc/sys/net/ipv6/conf/x1/accept_ra
	wait_for 5 t_carrier x0
	snapshot before
	lab
	sysctl_is ipv6/conf/x0/forwarding 1
	sysctl_is ipv6/conf/x1/accept_ra 0
	fails 0 netdctl plan lab.yaml
	netdctl apply lab.yaml
	netdctl destroy lab
	advertised || fail "the default route is gone"
	snapshot after
	same before after
}

# The switches are one for all topologies; the last one gives them back.
two_topologies()
{
	world
	snapshot before
	lab
	printf '%s\n' 'name: two' 'networks:' \
		'  nat1: {mode: nat, addresses: [10.2.0.254/24, "fd00:2::ff/64"]}' >two.yaml
	netdctl apply two.yaml
	guest_ns c nat1 10.2.0.1/24 10.2.0.254 fd00:2::1/64 fd00:2::ff
	netdctl destroy lab
	match ' 2001:db8:5:.* [0-9]+$' "$(ask c tcp "$T_INTERNET6" 80)"
	match ' 172.16.5.40 [0-9]+$' "$(ask c tcp "$T_INTERNET4" 80)"
	advertised || fail "the default route is gone"
	guest_gone c
	netdctl destroy two
	snapshot after
	same before after
}

# A network that ceases to need IPv6 outside gives back that half.
without_ipv6()
{
	world
	lab 'mode: nat, addresses: [10.1.0.254/24]'
	snapshot before
	lab
	lab 'mode: nat, addresses: [10.1.0.254/24]'
	advertised || fail "the default route is gone"
	snapshot after
	# the bridge itself is netd's, and has IPv6 off
	sed -i '\,/conf/nat0/,d' before after
	same before after
}

# autoconfigured: guest a has an address of the network's prefix, and its default route.
autoconfigured()
{
	[[ $(ip -n a -6 -o address show dev eth0) == *" fd00:1:"* ]] &&
		[[ $(ip -n a -6 route show default) == "default via fe80:"* ]]
}

# It lives from advertisements itself, and sends them to its guests.
advertises_itself()
{
	local gateway

	world
	snapshot before
	ip -6 monitor route >routes &
	lab "$NETWORK, dhcp: true"
	guest_ns a nat0 -
	wait_for 15 autoconfigured
	dhcp_ns a
	match ' 172.16.5.40 [0-9]+$' "$(ask a tcp "$T_INTERNET4" 80)"
	match ' 2001:db8:5:.* [0-9]+$' "$(ask a tcp "$T_INTERNET6" 80)"
	# a neighbour advertisement has to say that it comes from a router
	gateway=$(ip -n a -6 -j route show default | jq -r '.[0].gateway')
	ip -n a neigh change "$gateway" dev eth0 router nud probe
	wait_for 5 eval '[[ $(ip -n a neigh show "$gateway" dev eth0) == *REACHABLE* ]]'
	autoconfigured || fail "the guest has lost its default route"
	pings host "$T_INTERNET6"
	fails 0 netdctl plan lab.yaml
	guest_gone a
	netdctl destroy lab
	advertised || fail "the default route is gone"
	kill $!
	! grep -E '^Deleted default .*dev eth0' routes || fail "the host lost its default route"
	snapshot after
	same before after
}

t_fresh "a host that lives from router advertisements" router_stays
t_fresh "one that sends them, too" advertises_itself
t_fresh "guests that come and go are no drift" guests_are_no_drift
t_fresh "settings that others made" settings_of_others
t_fresh "two topologies" two_topologies
t_fresh "IPv6 is needed no more" without_ipv6
t_done
