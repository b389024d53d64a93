#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# S9: isolated networks with DHCP: addresses and names, and no way out.
. "$(dirname "$0")/../lib/netns.sh"

need bridge veth nft nft_nat ipv6 command:dnsmasq

world()
{
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	outside_dns
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
	cat >lab.yaml <<-'EOT'
	name: lab
	networks:
	  iso1:
	    addresses: [10.8.1.1/24, "fd00:81::1/64"]
	    dhcp: true
	    dns: {domain: one.test}
	    machines: {c: {mac: "52:54:00:00:00:0c", address: 10.8.1.200}}
	  iso2: {addresses: [10.8.2.1/24, "fd00:82::1/64"], dhcp: true, dns: {domain: two.test}}
	  nat3: {mode: nat, addresses: [10.8.3.1/24, "fd00:83::1/64"], dhcp: true, dns: {domain: three.test}}
	EOT
	snapshot before
	ok netdctl apply lab.yaml
	fails 0 netdctl plan lab.yaml
	guest_ns a iso1 -
	guest_ns b iso2 -
	guest_ns --mac 52:54:00:00:00:0c c iso1 -
	guest_ns d nat3 -
}

addresses()
{
	local ns

	for ns in a b c d; do
		dhcp_ns $ns
	done
	match '^10\.8\.1\.[0-9]+$' "$(told a 4 ip)"
	match '^10\.8\.2\.[0-9]+$' "$(told b 4 ip)"
	eq 10.8.1.200 "$(told c 4 ip)"
	pings a 10.8.1.200
	pings a 10.8.1.1
	pings host 10.8.1.200
}

# autoconfigured NS PREFIX
autoconfigured()
{
	ip -n "$1" -6 -o address show dev eth0 scope global | grep -q " $2"
}

# Neither DHCP nor an advertisement names a gateway; where there is one, both do.
no_gateway()
{
	local ns

	for ns in a b c; do
		eq "" "$(told $ns 4 router staticroutes)"
	done
	wait_for 10 autoconfigured a fd00:81:
	wait_for 10 autoconfigured b fd00:82:
	wait_for 10 autoconfigured d fd00:83:
	for ns in a b c; do
		eq "" "$(ip -n $ns route show default)"
		eq "" "$(ip -n $ns -6 route show default)"
	done
	eq 10.8.3.1 "$(told d 4 router)"
	match '^default via fe80:' "$(ip -n d -6 route show default)"
}

# Names of the own network, and of no other.
names()
{
	resolves a c.one.test 10.8.1.200
	resolves a c 10.8.1.200
	eq one.test "$(told a 4 domain)"
	refused eval '(resolves a www.example.net "$T_INTERNET4")'
	refused eval '(resolves b c.one.test 10.8.1.200)'
	! grep -q 'query' "$T_DIR/dns-outside" || fail "asked outside: $(<"$T_DIR/dns-outside")"
	resolves d www.example.net "$T_INTERNET4"
}

# With a route of their own making, too.
no_way_out()
{
	local b4 b6 ns address

	b4=$(told b 4 ip)
	b6=$(ip -n b -6 -j address show dev eth0 scope global | jq -r '.[].addr_info[0].local')
	for ns in a c; do
		ip -n $ns route add default via 10.8.1.1
		ip -n $ns -6 route add default via fd00:81::1
	done
	ip -n b route add default via 10.8.2.1
	ip -n b -6 route add default via fd00:82::1
	serve b tcp "$b4" 80 >/dev/null
	serve b tcp "$b6" 80 >/dev/null
	eq "$b4 80" "$(ask host tcp "$b4" 80 | cut -d' ' -f1,2)"
	for address in "$b4" "$b6" "$T_INTERNET4" "$T_INTERNET6" 172.16.5.1; do
		no_ping a "$address"
		no_answer a tcp "$address" 80 --timeout 300
	done
	# the host's other addresses, and the DNS that it serves there
	for address in 10.8.2.1 fd00:82::1 10.8.3.1 172.16.5.40 2001:db8:5::40; do
		no_ping a "$address"
		refused eval '(resolves a d.three.test 10.8.3.2 $address)'
	done
	match ' 172.16.5.40 [0-9]+$' "$(ask d tcp "$T_INTERNET4" 80)"
	no_answer d tcp "$b4" 80 --timeout 300
}

all_is_given_back()
{
	guest_gone a b c d
	ok netdctl destroy lab
	refused eval 'pgrep -a dnsmasq | grep netd'
	snapshot after
	same before after
}

t_case "two isolated networks, and one with NAT beside them" world
t_case "addresses by DHCP" addresses
t_case "no gateway" no_gateway
t_case "names" names
t_case "no way out, nor to each other" no_way_out
t_case "all is given back" all_is_given_back
t_done
