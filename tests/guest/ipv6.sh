#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# S14: guests that have nothing but IPv6, by router advertisements and DHCPv6.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/guest/guest.sh"
. "$T_ROOT/tests/guest/admin.sh"

need_guests
need bridge tun veth nft nft_nat ipv6 command:dnsmasq command:dhclient

# A ULA behind NAT66, a routed prefix (of which outside knows), and a router's.
lab()
{
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  ula:
	    mode: nat
	    addresses: ["fd00:1::1/64"]
	    dhcp: true
	    dns: {domain: lab.test}
	    machines:
	      web: {mac: "52:54:00:00:00:01", address: "fd00:1::50"}
	    forwards:
	      - {listen: "2001:db8:5::70", to: web, on: eth0}
	      - {listen: "[2001:db8:5::40]:8080", to: "web:80"}
	      - {listen: "[2001:db8:5::40]:9000-9009", to: "web:7000-7009", protocol: udp}
	  pub:
	    mode: routed
	    addresses: ["2001:db8:77::1/64"]
	    dhcp: true
	  far: {}
	routers:
	  route6:
	    interfaces:
	      ula: {addresses: ["fd00:1::2/64"]}
	      far: {addresses: ["fd00:3::1/64"], dhcp: true}
	    routes: [{to: default, via: "fd00:1::1"}]
	    nat: {out: ula}
	EOF
	netdctl apply lab.yaml
}

# guest6 NAME NETWORK N: a guest that asks by DHCPv6 and listens to advertisements.
guest6()
{
	guest_program "$1" dhclient
	boot "$1" "$2" "$3" dhcp6
}

host()
{
	bridged_frames 0
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	outside_dns
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
	serve outside udp "$T_INTERNET6" 5000 >/dev/null
	ip -n outside route add 2001:db8:77::/64 via 2001:db8:5::40
	hooks ula pub far
	snapshot before
	lab
	guest6 web ula 1
	guest6 pub pub 2
	guest6 far far 3
	booted web pub far
	for guest in web pub far; do
		guest_run $guest 'wait_for 20 eval "ip -6 route | grep -q ^default.via"'
		guest_run $guest '/host/peer serve tcp :: 80; /host/peer serve udp :: 7000-7009' >/dev/null
	done
}

# global GUEST: its addresses, but the link's own.
global()
{
	guest_run "$1" 'has eth0' | sed -n 's,/[0-9]*$,,p' | grep -v '^via'
}

addresses()
{
	match 'fd00:1::50' "$(global web)"
	match 'fd00:1::5054:ff:fe00:1' "$(global web)" # autoconfigured
	match 'dns fd00:1::1' "$(guest_run web 'has eth0')"
	match '2001:db8:77::1[0-9a-f]{3}' "$(global pub)"
	match '2001:db8:77:0?:5054:ff:fe00:2' "$(global pub)"
	match 'fd00:3::1[0-9a-f]{3}' "$(global far)"
	match 'via fe80:' "$(guest_run far 'has eth0')"
	eq fd00:1::50 "$(netdctl leases ula --json | jq -r '.[] | select(.name == "web").address')"
	match '2001:db8:77::1[0-9a-f]{3}' "$(netdctl leases pub)"
	match 'fd00:3::1[0-9a-f]{3}' "$(netdctl leases far)"
}

names()
{
	match 'fd00:1::50' "$(guest_run web 'nslookup -type=aaaa web.lab.test')"
	match "$T_INTERNET6" "$(guest_run web 'nslookup -type=aaaa www.example.net')"
	match "$T_INTERNET6" "$(guest_run pub 'nslookup -type=aaaa www.example.net')"
	match "$T_INTERNET6" "$(guest_run far 'nslookup -type=aaaa www.example.net')"
}

# seen GUEST PROTOCOL PORT ADDRESS: outside sees the guest as ADDRESS.
seen()
{
	local said

	said=$(ask "$1" "$2" "$T_INTERNET6" "$3") || fail "$1: no answer by $2: $said"
	match "^[^ ]+ $3 $4 [0-9]{4,5}\$" "$said"
}

outwards()
{
	seen web tcp 80 '2001:db8:5::(40|70)'
	seen web udp 5000 '2001:db8:5::(40|70)'
	seen pub tcp 80 '2001:db8:77:[0-9a-f:]+'
	seen pub udp 5000 '2001:db8:77:[0-9a-f:]+'
	seen far tcp 80 2001:db8:5::40
	seen far udp 5000 2001:db8:5::40
	pings web "$T_INTERNET6"
	pings pub "$T_INTERNET6"
	pings far "$T_INTERNET6"
}

inwards()
{
	local pub

	eq "fd00:1::50 80" "$(ask outside tcp 2001:db8:5::70 80 | cut -d' ' -f1,2)"
	eq "fd00:1::50 80" "$(ask outside tcp 2001:db8:5::40 8080 | cut -d' ' -f1,2)"
	eq "fd00:1::50 7004" "$(ask outside udp 2001:db8:5::40 9004 | cut -d' ' -f1,2)"
	eq "fd00:1::50 80" "$(ask host tcp 2001:db8:5::70 80 | cut -d' ' -f1,2)"
	eq "fd00:1::50 80" "$(ask pub tcp 2001:db8:5::70 80 | cut -d' ' -f1,2)"
	pub=$(global pub | grep -m 1 -o '2001:db8:77::1[0-9a-f]*')
	eq "$pub 80 2001:db8:5::1" "$(ask outside tcp "$pub" 80 | cut -d' ' -f1-3)"
	# the private ones, even by a route
	ip -n outside route add fd00:1::/64 via 2001:db8:5::40
	no_answer outside tcp fd00:1::50 80
	no_ping outside fd00:1::50
	ip -n outside route del fd00:1::/64
}

all_is_given_back()
{
	local guest

	for guest in web pub far; do
		guest_kill $guest
	done
	wait_for 5 eval '! ip link show dev web-1 && ! ip link show dev pub-2 && ! ip link show dev far-3'
	ok netdctl destroy lab
	snapshot after
	same before after
}

t_case "three networks, a guest on each" host
t_case "addresses, gateways and DNS" addresses
t_case "names" names
t_case "outwards: NAT66, routed, through a router" outwards
t_case "inwards: forwards, routed, nothing else" inwards
t_case "all is given back" all_is_given_back
t_done
