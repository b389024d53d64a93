#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Source NAT, routed and open networks: who reaches whom, and as whom.
. "$(dirname "$0")/../lib/netns.sh"

world()
{
	need bridge veth nft nft_nat
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	serve outside udp "$T_INTERNET4" 53 >/dev/null
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
	serve outside udp "$T_INTERNET6" 53 >/dev/null
}

# lab NETWORK-SETTINGS…: topology lab of one line per network; applied.
lab()
{
	printf '%s\n' 'name: lab' 'networks:' >lab.yaml
	printf '  %s\n' "$@" >>lab.yaml
	netdctl apply lab.yaml
}

NAT0='addresses: [10.1.0.254/24, "fd00:1::ff/64"]'
guest()
{
	guest_ns "$1" "$2" "10.$3.$4/24" "10.${3%.*}.0.254" "fd00:${3%.*}::$4/64" "fd00:${3%.*}::ff"
}

# seen_as NS ADDRESS PROTOCOL [OPTION…]: the Internet, of the family of ADDRESS, sees NS
# as ADDRESS; $port is the port that it sees.
seen_as()
{
	local ns=$1 address=$2 protocol=$3 to=$T_INTERNET4 at=80 said

	[[ $address != *:* ]] || to=$T_INTERNET6
	[ "$protocol" = tcp ] || at=53
	said=$(ask "$ns" "$protocol" "$to" "$at" "${@:4}")
	read -r _ _ said port <<<"$said"
	eq "$address" "$said" "the source that $to sees"
}

in_range()
{
	{ [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; } || fail "$1 is not in $2-$3"
}

masquerade()
{
	local address protocol

	world
	lab "nat0: {mode: nat, $NAT0}"
	guest a nat0 1.0 1
	eq 0 "$(cat /proc/sys/net/ipv4/ip_forward)" "ip_forward"
	for address in 172.16.5.40 2001:db8:5::40; do
		for protocol in tcp udp; do
			seen_as a "$address" "$protocol"
			in_range "$port" 1024 65535
			seen_as a "$address" "$protocol" --port 4321
			eq 4321 "$port" "a source port that is free"
			# a low port must not come out low
			seen_as a "$address" "$protocol" --port 600
			in_range "$port" 1024 65535
		done
	done
	pings a "$T_INTERNET4"
	pings a "$T_INTERNET6"
}

# The host and the guests see each other under their own addresses.
inside_is_not_translated()
{
	world
	lab "nat0: {mode: nat, $NAT0}"
	guest a nat0 1.0 1
	guest b nat0 1.0 2
	serve b tcp 10.1.0.2 80 >/dev/null
	serve b udp fd00:1::2 53 >/dev/null
	serve host tcp 10.1.0.254 22 >/dev/null
	eq "10.1.0.2 80 10.1.0.1 4000" "$(ask a tcp 10.1.0.2 80 --port 4000)"
	eq "fd00:1::2 53 fd00:1::1 500" "$(ask a udp fd00:1::2 53 --port 500)"
	eq "10.1.0.2 80 10.1.0.254 400" "$(ask host tcp 10.1.0.2 80 --port 400)"
	eq "10.1.0.254 22 10.1.0.1 300" "$(ask a tcp 10.1.0.254 22 --port 300)"
	pings host 10.1.0.1
	pings host fd00:1::2
	pings a 172.16.5.40
}

fixed_source()
{
	local address protocol

	world
	snapshot before
	lab "nat0: {mode: nat, $NAT0, nat: {source: [172.16.5.41, '2001:db8:5::41'], ports: 2000-2099, on: eth0}}"
	match '172.16.5.41/32' "$(ip -o address show dev eth0)"
	guest a nat0 1.0 1
	for address in 172.16.5.41 2001:db8:5::41; do
		for protocol in tcp udp; do
			seen_as a "$address" "$protocol"
			in_range "$port" 2000 2099
			seen_as a "$address" "$protocol" --port 2050
			seen_as a "$address" "$protocol" --port 9
			in_range "$port" 2000 2099
		done
	done
	# the host's own traffic keeps its address
	seen_as host 172.16.5.40 tcp
	guest_gone a
	netdctl destroy lab
	snapshot after
	same before after
}

# An admin's own address may be the source; it stays when netd goes.
source_that_is_there()
{
	world
	ip address add 172.16.5.41/24 dev eth0
	snapshot before
	lab "nat0: {mode: nat, $NAT0, nat: {source: 172.16.5.41, on: eth0}}"
	guest a nat0 1.0 1
	seen_as a 172.16.5.41 tcp
	guest_gone a
	netdctl destroy lab
	snapshot after
	same before after
}

pool_of_sources()
{
	local i used

	world
	lab "nat0: {mode: nat, $NAT0, nat: {source: [172.16.5.60-172.16.5.63, '2001:db8:5::60-2001:db8:5::63'], ports: 5000-5999, on: eth0}}"
	for i in 60 61 62 63; do
		match "172.16.5.$i/32" "$(ip -o address show dev eth0)"
	done
	guest a nat0 1.0 1
	for ((i = 2; i < 18; i++)); do
		ip -n a address add "10.1.0.$i/24" dev eth0
		ip -n a address add "fd00:1::$(printf %x "$i")/64" dev eth0 nodad
		ask a tcp "$T_INTERNET4" 80 --from "10.1.0.$i"
		ask a udp "$T_INTERNET6" 53 --from "fd00:1::$(printf %x "$i")"
	done | awk '{print $3, $4}' >seen
	eq 32 "$(wc -l <seen)"
	used=$(awk '$2 < 5000 || $2 > 5999' seen)
	eq "" "$used" "ports outside of 5000-5999"
	used=$(grep -vE '^(172\.16\.5\.6[0-3]|2001:db8:5::6[0-3]) ' seen || :)
	eq "" "$used" "sources outside of the pool"
	[ "$(awk '/^172/ {print $1}' seen | sort -u | wc -l)" -ge 2 ] || fail "one IPv4 source only"
	[ "$(awk '/^2001/ {print $1}' seen | sort -u | wc -l)" -ge 2 ] || fail "one IPv6 source only"
}

# `out:` is the only way out, though there is a route by another.
one_way_out()
{
	world
	outside --name wan eth1 172.17.5.40/24 172.17.5.1/24 2001:db8:6::40/64 2001:db8:6::1/64
	ip route replace default via 172.16.5.1 dev eth0
	ip -6 route replace default via 2001:db8:5::1 dev eth0
	serve wan tcp 172.17.5.1 80 >/dev/null
	serve wan tcp 2001:db8:6::1 80 >/dev/null
	lab "nat0: {mode: nat, $NAT0, nat: {out: eth0}}" \
		'nat1: {mode: nat, addresses: [10.2.0.254/24, "fd00:2::ff/64"]}'
	guest a nat0 1.0 1
	guest c nat1 2.0 1
	seen_as a 172.16.5.40 tcp
	seen_as a 2001:db8:5::40 tcp
	eq "172.17.5.40" "$(ask c tcp 172.17.5.1 80 | cut -d' ' -f3)"
	eq "2001:db8:6::40" "$(ask c tcp 2001:db8:6::1 80 | cut -d' ' -f3)"
	refuses_at_once a 172.17.5.1 80
	no_answer a tcp 172.17.5.1 80
	refuses_at_once a 2001:db8:6::1 80
	no_answer a tcp 2001:db8:6::1 80
	eq 0 "$(cat /proc/sys/net/ipv4/ip_forward)" "ip_forward"
	# another way out: what leaves by the old one ends, what others send does not
	flow_start old a tcp "$T_INTERNET4" 80
	flow_start old6 a udp "$T_INTERNET6" 53
	flow_start other c tcp "$T_INTERNET4" 80
	sleep 0.3
	lab "nat0: {mode: nat, $NAT0, nat: {out: eth1}}" \
		'nat1: {mode: nat, addresses: [10.2.0.254/24, "fd00:2::ff/64"]}'
	eq "172.17.5.40" "$(ask a tcp 172.17.5.1 80 | cut -d' ' -f3)"
	ends old
	ends old6
	goes_on other
}

# refuses_at_once NS ADDRESS PORT: an ICMP error says so; no waiting.  By UDP: a TCP
# connect that is still in the system call ignores the error.
refuses_at_once()
{
	local said

	! said=$(ask "$1" udp "$2" "$3" 2>&1) || fail "$1 is answered by $2: $said"
	match 'No route to host|Permission denied|Connection refused|Network is unreachable' "$said"
}

# Who is outside and knows a route gets in by forwards only.
no_way_in()
{
	world
	ip -n outside route add 10.1.0.0/24 via 172.16.5.40
	ip -n outside route add fd00:1::/64 via 2001:db8:5::40
	lab "nat0: {mode: nat, $NAT0, forwards: [{listen: '172.16.5.40:8080', to: '10.1.0.1:80'}, {listen: '[2001:db8:5::40]:8080', to: '[fd00:1::1]:80'}]}"
	guest a nat0 1.0 1
	serve a tcp 10.1.0.1 80 >/dev/null
	serve a tcp fd00:1::1 80 >/dev/null
	serve a udp 10.1.0.1 53 >/dev/null
	serve a udp fd00:1::1 53 >/dev/null
	refuses_at_once outside 10.1.0.1 53
	refuses_at_once outside fd00:1::1 53
	no_answer outside tcp 10.1.0.1 80
	no_answer outside tcp fd00:1::1 80
	no_ping outside 10.1.0.1
	no_ping outside fd00:1::1
	eq "10.1.0.1 80" "$(ask outside tcp 172.16.5.40 8080 | cut -d' ' -f1,2)"
	eq "fd00:1::1 80" "$(ask outside tcp 2001:db8:5::40 8080 | cut -d' ' -f1,2)"
}

# Neighbours behind one host: each gets out, neither gets into the other.
two_networks()
{
	world
	lab "nat0: {mode: nat, $NAT0}" \
		'nat1: {mode: nat, addresses: [10.2.0.254/24, "fd00:2::ff/64"], nat: {source: 172.16.5.41, on: eth0}}'
	guest a nat0 1.0 1
	guest c nat1 2.0 1
	serve a tcp 10.1.0.1 80 >/dev/null
	serve c tcp 10.2.0.1 80 >/dev/null
	seen_as a 172.16.5.40 tcp
	seen_as c 172.16.5.41 tcp
	seen_as c 2001:db8:5::40 udp
	refuses_at_once a 10.2.0.1 80
	no_answer a tcp 10.2.0.1 80
	refuses_at_once c 10.1.0.1 80
	no_answer c tcp 10.1.0.1 80
	no_ping a fd00:2::1
}

# unchanged_addresses MODE: addresses stay what they are, both ways; without a route back there is no
# answer.
unchanged_addresses()
{
	world
	lab "rout0: {mode: $1, $NAT0}"
	guest a rout0 1.0 1
	serve a tcp 10.1.0.1 80 >/dev/null
	serve a udp fd00:1::1 53 >/dev/null
	no_answer a tcp "$T_INTERNET4" 80
	no_answer a tcp "$T_INTERNET6" 80
	ip -n outside route add 10.1.0.0/24 via 172.16.5.40
	ip -n outside route add fd00:1::/64 via 2001:db8:5::40
	seen_as a 10.1.0.1 tcp --port 1000
	eq 1000 "$port"
	seen_as a fd00:1::1 udp --port 1000
	eq 1000 "$port"
	eq "10.1.0.1 80 172.16.5.1 77" "$(ask outside tcp 10.1.0.1 80 --from 172.16.5.1 --port 77)"
	eq "fd00:1::1 53 2001:db8:5::1 77" \
		"$(ask outside udp fd00:1::1 53 --from 2001:db8:5::1 --port 77)"
	pings outside 10.1.0.1
}

# An open network is in no map of ours but that of the bridges.
open_has_no_rules()
{
	world
	lab "open0: {mode: open, antispoof: false, $NAT0}"
	no_match '"open0" comment "lab/open0" :' "$(nft list ruleset | grep -v bridges)"
	# else sources are looked at, and nothing else is
	lab "open0: {mode: open, $NAT0}"
	eq "jump own
jump own" "$(nft list ruleset | grep -o '"open0" comment "lab/open0" : .*' | grep -o 'jump [a-z-]*')"
}

# What NAT mode switched on outside is given back, and only what it switched.
forwarding_is_given_back()
{
	world
	echo 1 >/proc/sys/net/ipv4/ip_forward
	echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
	snapshot before
	lab "nat0: {mode: nat, $NAT0}"
	guest a nat0 1.0 1
	seen_as a 172.16.5.40 tcp
	seen_as a 2001:db8:5::40 tcp
	guest_gone a
	netdctl destroy lab
	snapshot after
	same before after
}

# S12: the source of NAT changes while guests run.
live_change()
{
	world
	lab "nat0: {mode: nat, $NAT0}"
	guest a nat0 1.0 1
	guest b nat0 1.0 2
	serve b udp 10.1.0.2 7 >/dev/null
	flow_start ab a udp 10.1.0.2 7
	flow_start out a udp "$T_INTERNET4" 53
	seen_as a 172.16.5.40 udp --port 4000 --timeout 5000
	# the flow may have asked for a new source a moment before eth0 had it: ARP asks again
	lab "nat0: {mode: nat, $NAT0, nat: {source: 172.16.5.41, on: eth0, ports: 3000-3999}}"
	seen_as a 172.16.5.41 udp --port 4000 --timeout 5000
	in_range "$port" 3000 3999
	lab "nat0: {mode: nat, $NAT0, nat: {source: 172.16.5.42, on: eth0}}"
	no_match 172.16.5.41 "$(ip -o address show dev eth0)"
	seen_as a 172.16.5.42 udp --port 4000 --timeout 5000
	lab "nat0: {mode: nat, $NAT0}"
	seen_as a 172.16.5.40 udp --port 4000 --timeout 5000
	match '^sent ([0-9]+) answered ([0-9]+) ' "$(flow_stop ab)"
	eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answered datagrams between guests"
	out=$(flow_stop out)
	match '^sent ([0-9]+) answered ([0-9]+) ' "$out"
	in_range "$((BASH_REMATCH[1] - BASH_REMATCH[2]))" 0 5
}

t_fresh "masquerade, IPv4 and IPv6, ports of 1024 and up" masquerade
t_fresh "inside the network nothing is translated" inside_is_not_translated
t_fresh "a fixed source and its ports, added to and given back by eth0" fixed_source
t_fresh "a source that the host has already" source_that_is_there
t_fresh "a pool of sources" pool_of_sources
t_fresh "one way out" one_way_out
t_fresh "no way in but forwards" no_way_in
t_fresh "two NAT networks" two_networks
t_fresh "routed" unchanged_addresses routed
t_fresh "open" unchanged_addresses open
t_fresh "open has no rules" open_has_no_rules
t_fresh "forwarding that was on stays on" forwarding_is_given_back
t_fresh "the source of NAT changes under running guests" live_change
t_done
