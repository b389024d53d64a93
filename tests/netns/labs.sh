#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# S7: two labs with one and the same subnet, side by side behind routers of their own.
. "$(dirname "$0")/../lib/netns.sh"

need bridge veth nft nft_nat ipv6 command:dnsmasq

# lab NAME N: NAME.yaml, applied.  Inside, all labs look the same; N tells the way out.
lab()
{
	cat >"$1.yaml" <<-EOF
	name: $1
	networks:
	  $1-up:
	    mode: nat
	    addresses: [10.10$2.0.1/24, "fd00:10$2::1/64"]
	    forwards:
	      - {listen: "172.16.5.40:800$2", to: "10.10$2.0.2:80"}
	      - {listen: "[2001:db8:5::40]:800$2", to: "[fd00:10$2::2]:80"}
	  $1-in: {}
	routers:
	  $1-r:
	    interfaces:
	      in: {network: $1-in, addresses: [10.9.0.1/24, "fd00:9::1/64"], dhcp: true}
	      up: {network: $1-up, addresses: [10.10$2.0.2/24, "fd00:10$2::2/64"]}
	    routes: [{to: default, via: 10.10$2.0.1}, {to: default, via: "fd00:10$2::1"}]
	    nat: {out: up}
	    forwards:
	      - {listen: "10.10$2.0.2:80", to: "10.9.0.10:8$2"}
	      - {listen: "[fd00:10$2::2]:80", to: "[fd00:9::10]:8$2"}
	hosts:
	  $1-h:
	    network: $1-in
	    addresses: [10.9.0.10/24, "fd00:9::10/64"]
	    routes: [{to: default, via: 10.9.0.1}, {to: default, via: "fd00:9::1"}]
	  $1-$2: {network: $1-in, addresses: [10.9.0.2$2/24, "fd00:9::2$2/64"]}
	EOF
	ok netdctl apply "$1.yaml"
}

world()
{
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
	snapshot before
	lab red 1
	lab blue 2
	serve red-h tcp 10.9.0.10 81 >/dev/null
	serve red-h tcp fd00:9::10 81 >/dev/null
	serve blue-h tcp 10.9.0.10 82 >/dev/null
	serve blue-h tcp fd00:9::10 82 >/dev/null
	fails 0 netdctl plan red.yaml
	fails 0 netdctl plan blue.yaml
}

# From outside, each host is seen as the real host, and has the address of its twin.
both_reach_outside()
{
	local host

	for host in red-h blue-h; do
		match "^$T_INTERNET4 80 172.16.5.40 [0-9]+\$" "$(ask $host tcp "$T_INTERNET4" 80)"
		match "^$T_INTERNET6 80 2001:db8:5::40 [0-9]+\$" "$(ask $host tcp "$T_INTERNET6" 80)"
		pings $host 10.9.0.1
		pings $host "$T_INTERNET4"
		pings $host "$T_INTERNET6"
	done
	# with one source port: the answers still come to who asked
	match ' 172.16.5.40 ' "$(ask red-h tcp "$T_INTERNET4" 80 --port 4000)"
	match ' 172.16.5.40 ' "$(ask blue-h tcp "$T_INTERNET4" 80 --port 4000)"
}

outside_reaches_both()
{
	eq "10.9.0.10 81" "$(ask outside tcp 172.16.5.40 8001 | cut -d' ' -f1,2)"
	eq "10.9.0.10 82" "$(ask outside tcp 172.16.5.40 8002 | cut -d' ' -f1,2)"
	eq "fd00:9::10 81" "$(ask outside tcp 2001:db8:5::40 8001 | cut -d' ' -f1,2)"
	eq "fd00:9::10 82" "$(ask outside tcp 2001:db8:5::40 8002 | cut -d' ' -f1,2)"
}

# An address that is only in the other lab is nowhere, and the other's router is closed.
neither_sees_the_other()
{
	pings red-h 10.9.0.21
	pings blue-h fd00:9::22
	no_ping red-h 10.9.0.22
	no_ping blue-h fd00:9::21
	no_ping red-h 10.102.0.2
	no_ping blue-h fd00:101::2
	no_answer red-h tcp 10.102.0.2 80 --timeout 300
	no_answer blue-h tcp fd00:101::2 80 --timeout 300
	no_ping host 10.9.0.10
}

# Each lab's DHCP serves its own; a lease in one is nothing to the other.
clients()
{
	local lab

	for lab in red blue; do
		guest_ns --mac 52:54:00:00:00:01 $lab-g $lab-in -
		dhcp_ns $lab-g
		eq 10.9.0.1 "$(told $lab-g 4 router)"
		pings $lab-g 10.9.0.10
		match ' 172.16.5.40 ' "$(ask $lab-g tcp "$T_INTERNET4" 80)"
	done
	pings red-g 10.9.0.21
	no_ping red-g 10.9.0.22
	guest_gone red-g blue-g
}

# One goes, the other notices nothing; it comes again.
one_goes()
{
	flow_start out blue-h tcp "$T_INTERNET4" 80
	flow_start in outside tcp 172.16.5.40 8002
	ok netdctl destroy red
	no_answer outside tcp 172.16.5.40 8001 --timeout 300
	lab red 1
	for name in out in; do
		match '^sent ([0-9]+) answered ([0-9]+) ' "$(flow_stop $name)"
		[ "${BASH_REMATCH[1]}" -ge 10 ] || fail "flow $name was too short"
		eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answers of flow $name"
	done
	pings red-h "$T_INTERNET4"
}

all_is_given_back()
{
	ok netdctl destroy blue
	ok netdctl destroy red
	eq outside "$(ip netns list | cut -d' ' -f1)"
	refused pgrep dnsmasq
	snapshot after
	same before after
}

t_case "two labs with one subnet" world
t_case "both reach outside" both_reach_outside
t_case "outside reaches both" outside_reaches_both
t_case "neither sees the other" neither_sees_the_other
t_case "each has its own DHCP" clients
t_case "one goes and comes" one_goes
t_case "all is given back" all_is_given_back
t_done
