#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# S3 and its IPv6 twin: guests reach outside by source NAT, and by it only.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/guest/guest.sh"
. "$T_ROOT/tests/guest/admin.sh"

need_guests
need bridge tun veth nft nft_nat

ADDRESSES='addresses: [10.1.0.254/24, "fd00:1::ff/64"]'

# lab SETTINGS: of mybr0.
lab()
{
	printf '%s\n' 'name: lab' 'networks:' "  mybr0: {$ADDRESSES, $1}" >lab.yaml
	netdctl apply lab.yaml
}

host()
{
	local n

	bridged_frames 0
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	for n in "$T_INTERNET4" "$T_INTERNET6"; do
		serve outside tcp "$n" 80 >/dev/null
		serve outside udp "$n" 53 >/dev/null
	done
	hooks mybr0
	snapshot before
	lab 'mode: routed'
	boot a mybr0 1 '10.1.0.1/24 fd00:1::1/64 via 10.1.0.254 fd00:1::ff'
	boot b mybr0 2 '10.1.0.2/24 fd00:1::2/64 via 10.1.0.254 fd00:1::ff'
	booted a b
}

in_range()
{
	{ [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; } || fail "$1 is not in $2-$3"
}

# seen_as GUEST ADDRESS PROTOCOL [OPTION…]: the Internet, of the family of ADDRESS, sees the
# guest as ADDRESS; $port is the port that it sees.
seen_as()
{
	local guest=$1 address=$2 protocol=$3 to=$T_INTERNET4 at=80 said

	[[ $address != *:* ]] || to=$T_INTERNET6
	[ "$protocol" = tcp ] || at=53
	said=$(ask "$guest" "$protocol" "$to" "$at" "${@:4}") ||
		fail "$guest: no answer from $to by $protocol: $said"
	read -r _ _ said port <<<"$said"
	eq "$address" "$said" "the source that $to sees"
}

# sources FIRST LAST ADDRESS…: as which outside sees guest a, with ports from FIRST to LAST.
sources()
{
	local first=$1 last=$2 address protocol

	shift 2
	for address; do
		for protocol in tcp udp; do
			seen_as a "$address" "$protocol"
			in_range "$port" "$first" "$last"
			seen_as a "$address" "$protocol" --port $((first + 50))
			eq $((first + 50)) "$port" "a source port that is free"
			# a low port does not come out low
			seen_as a "$address" "$protocol" --port 600
			in_range "$port" "$first" "$last"
		done
	done
}

# Outside has no route back: it answers nobody that it sees as 10.1.0.1.
without_nat()
{
	no_answer a tcp "$T_INTERNET4" 80
	no_answer a udp "$T_INTERNET4" 53
	no_answer a tcp "$T_INTERNET6" 80
	no_ping a "$T_INTERNET4"
	no_ping a "$T_INTERNET6"
	pings a 172.16.5.40
	pings a 2001:db8:5::40
	# with a route it would: nothing else is missing
	ip -n outside route add 10.1.0.0/24 via 172.16.5.40
	ip -n outside route add fd00:1::/64 via 2001:db8:5::40
	seen_as a 10.1.0.1 tcp
	seen_as a fd00:1::1 udp
	ip -n outside route del 10.1.0.0/24
	ip -n outside route del fd00:1::/64
}

masquerade()
{
	lab 'mode: nat'
	sources 1024 65535 172.16.5.40 2001:db8:5::40
	pings a "$T_INTERNET4"
	pings b "$T_INTERNET6"
	# two guests, one source port
	seen_as a 172.16.5.40 udp --port 5000
	seen_as b 172.16.5.40 udp --port 5000
	in_range "$port" 1024 65535
	[ "$port" != 5000 ] || fail "both guests have port 5000 outside"
	eq 0 "$(cat /proc/sys/net/ipv4/ip_forward)" "ip_forward"
}

# Between guests, and between them and the host, nothing is translated.
inside()
{
	serve b tcp 10.1.0.2 80 >/dev/null
	serve b udp fd00:1::2 53 >/dev/null
	serve host tcp 10.1.0.254 8000 >/dev/null
	eq "10.1.0.2 80 10.1.0.1 4000" "$(ask a tcp 10.1.0.2 80 --port 4000)"
	eq "fd00:1::2 53 fd00:1::1 4000" "$(ask a udp fd00:1::2 53 --port 4000)"
	eq "10.1.0.254 8000 10.1.0.1 4000" "$(ask a tcp 10.1.0.254 8000 --port 4000)"
	eq "10.1.0.2 80 10.1.0.254 4000" "$(ask host tcp 10.1.0.2 80 --port 4000)"
}

# An address of the host's own; no other interface is named.
fixed_source()
{
	lab 'mode: nat, nat: {source: [172.16.5.40, "2001:db8:5::40"]}'
	sources 1024 65535 172.16.5.40 2001:db8:5::40
}

# One that netd adds to eth0, and a range of ports.
fixed_source_added()
{
	lab 'mode: nat, nat: {source: [172.16.5.41, "2001:db8:5::41"], on: eth0, ports: 2000-2999}'
	match '172.16.5.41/32' "$(ip -o address show dev eth0)"
	sources 2000 2999 172.16.5.41 2001:db8:5::41
	pings b "$T_INTERNET4"
	pings b "$T_INTERNET6"
}

pool()
{
	local i said

	lab 'mode: nat, nat: {source: [172.16.5.60-172.16.5.63, "2001:db8:5::60-2001:db8:5::63"], on: eth0}'
	no_match 172.16.5.41 "$(ip -o address show dev eth0)"
	for ((i = 2; i < 10; i++)); do
		echo "ip addr add 10.1.0.1$i/24 dev eth0; ip addr add fd00:1::1$i/64 dev eth0"
		echo "/host/peer ask tcp $T_INTERNET4 80 --from 10.1.0.1$i"
		echo "/host/peer ask udp $T_INTERNET6 53 --from fd00:1::1$i"
	done | paste -sd ';' >questions
	guest_run a "$(<questions)" 60 | awk '{ print $3, $4 }' >seen
	eq 16 "$(wc -l <seen)" "answers"
	said=$(awk '$2 < 1024' seen)
	eq "" "$said" "ports below 1024"
	said=$(grep -vE '^(172\.16\.5\.6[0-3]|2001:db8:5::6[0-3]) ' seen || :)
	eq "" "$said" "sources outside of the pool"
	[ "$(awk '/^172/ { print $1 }' seen | sort -u | wc -l)" -ge 2 ] || fail "one IPv4 source only"
	[ "$(awk '/^2001/ { print $1 }' seen | sort -u | wc -l)" -ge 2 ] || fail "one IPv6 source only"
}

# Who is outside and has a route does not get in.
no_way_in()
{
	serve a tcp 10.1.0.1 80 >/dev/null
	eq "10.1.0.1 80" "$(ask host tcp 10.1.0.1 80 | cut -d' ' -f1,2)"
	ip -n outside route add 10.1.0.0/24 via 172.16.5.40
	ip -n outside route add fd00:1::/64 via 2001:db8:5::40
	no_answer outside tcp 10.1.0.1 80
	no_ping outside 10.1.0.1
	no_ping outside fd00:1::1
}

all_is_given_back()
{
	guest_kill a
	guest_kill b
	wait_for 5 eval '! ip link show dev a-1 && ! ip link show dev b-2'
	netdctl destroy lab
	snapshot after
	same before after
}

t_case "routed, and two guests on the network" host
t_case "without NAT outside does not answer" without_nat
t_case "masquerade" masquerade
t_case "inside nothing is translated" inside
t_case "a fixed source" fixed_source
t_case "a fixed source that eth0 gets, and its ports" fixed_source_added
t_case "a pool of sources" pool
t_case "no way in" no_way_in
t_case "all is given back" all_is_given_back
t_done
