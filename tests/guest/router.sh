#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# S6 and S7, and their IPv6 twins: guests on both sides of a virtual router.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/guest/guest.sh"
. "$T_ROOT/tests/guest/admin.sh"

need_guests
need bridge tun veth nft nft_nat command:dnsmasq command:tcpdump

# lab [SETTING…]: lab.yaml with these in route1, applied.  The guest on mybr0 has its
# addresses, and the way to the other side, from the host; that on dmz from the router.
lab()
{
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  mybr0:
	    mode: nat
	    addresses: [10.1.0.254/16, "fd00:1::ff/64"]
	    machines:
	      a: {mac: "52:54:00:00:00:01", address: [10.1.0.50, "fd00:1::50"]}
	    dhcp:
	      range: 10.1.1.1-10.1.1.100
	      routes: [{to: 10.2.0.0/24, via: 10.1.0.1}]
	    dns: {domain: lab.test}
	  dmz:
	    machines:
	      b: {mac: "52:54:00:00:00:02", address: [10.2.0.10, "fd00:2::10"]}
	routers:
	  route1:
	    interfaces:
	      mybr0: {addresses: [10.1.0.1/16, "fd00:1::1/64"]}
	      dmz: {addresses: [10.2.0.1/24, "fd00:2::1/64"], dhcp: true}
	    routes: [{to: default, via: 10.1.0.254}, {to: default, via: "fd00:1::ff"}]
	EOF
	printf '    %s\n' "$@" >>lab.yaml
	netdctl apply lab.yaml
}

host()
{
	bridged_frames 0
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
	hooks mybr0 dmz
	snapshot before
	lab
	match '(^|'$'\n'')route1( |$)' "$(ip netns list)"
	boot a mybr0 1 dhcp
	boot b dmz 2 dhcp
	booted a b
	guest_run a '/host/peer serve tcp 0.0.0.0 80 && /host/peer serve tcp :: 81' >/dev/null
	guest_run b '/host/peer serve tcp 0.0.0.0 80 && /host/peer serve tcp :: 81' >/dev/null
}

told_by_both()
{
	match '^10.1.0.50/16' "$(guest_run a 'has eth0')"
	match 'via 10.1.0.254' "$(guest_run a 'has eth0')"
	match '10.2.0.0/24 via 10.1.0.1 ' "$(guest_run a 'ip route')"
	match '^10.2.0.10/24' "$(guest_run b 'has eth0')"
	match 'via 10.2.0.1' "$(guest_run b 'has eth0')"
	# by router advertisement
	guest_run b 'wait_for 20 eval "ip -6 route | grep -q ^default.via"'
	guest_run b 'ip -6 addr show eth0' | grep -q 'inet6 fd00:2:'
	guest_run a 'ip -6 addr add fd00:1::50/64 dev eth0; ip -6 route add fd00:2::/64 via fd00:1::1'
	guest_run b 'ip -6 addr add fd00:2::10/64 dev eth0'
}

through_the_router()
{
	eq "10.2.0.10 80 10.1.0.50 4000" "$(ask a tcp 10.2.0.10 80 --port 4000)"
	eq "10.1.0.50 80 10.2.0.10 4000" "$(ask b tcp 10.1.0.50 80 --port 4000)"
	eq "fd00:2::10 81 fd00:1::50 4000" "$(ask a tcp fd00:2::10 81 --port 4000)"
	eq "fd00:1::50 81 fd00:2::10 4000" "$(ask b tcp fd00:1::50 81 --port 4000)"
	match 'ttl=63 ' "$(guest_run a 'ping -c 1 -W 2 10.2.0.10')"
	pings a 10.2.0.1
	pings b 10.1.0.1
	match 'route1' "$(netdctl router list)"
}

# What an admin does in a router.
commands_in_the_router()
{
	local status=0

	ok netdctl router exec route1 -- bash -c 'ip -o -4 address; exit 0'
	match 'dmz +inet 10.2.0.1/24' "$out"
	fails 7 netdctl router exec route1 -- bash -c 'exit 7'
	netdctl router exec route1 -- tcpdump -Z root -n -c 1 -i dmz icmp >capture 2>capture.err &
	wait_for 10 grep -q 'listening on dmz' capture.err
	pings a 10.2.0.10
	wait $! || status=$?
	eq 0 $status
	match 'IP 10.1.0.50 > 10.2.0.10: ICMP echo request' "$(<capture)"
	ok netdctl router exec route1 -- ping -n -c 1 -W 2 10.2.0.10
	ok ip netns exec route1 ping -n -c 1 -W 2 10.1.0.50
}

# The host has no route to dmz: without NAT in the router, outside is out of reach there.
nat_of_the_router()
{
	no_answer b tcp "$T_INTERNET4" 80
	lab 'nat: {out: mybr0}' \
		'forwards: [{listen: "10.1.0.1:8080", to: "b:80"}, {listen: "[fd00:1::1]:8080", to: "b:81"}]'
	match '^[^ ]* 80 172.16.5.40 [0-9]+$' "$(ask b tcp "$T_INTERNET4" 80 --port 600)"
	match '^[^ ]* 80 2001:db8:5::40 [0-9]+$' "$(ask b tcp "$T_INTERNET6" 80)"
	match '^10.1.0.50 80 10.1.0.1 ' "$(ask b tcp 10.1.0.50 80)"
	eq "10.2.0.10 80 10.1.0.50 4100" "$(ask a tcp 10.1.0.1 8080 --port 4100)"
	eq "fd00:2::10 81 fd00:1::50 4100" "$(ask a tcp fd00:1::1 8080 --port 4100)"
	# in by a forward only
	no_answer a tcp 10.2.0.10 80
	no_answer a tcp fd00:2::10 81
	no_ping a 10.2.0.10
	fails 0 netdctl plan lab.yaml
}

# A flow through the router lives through a change that does not concern it.
changed_live()
{
	flow_start through a tcp 10.1.0.1 8080
	lab 'nat: {out: mybr0}' 'forwards:' '  - {listen: "10.1.0.1:8080", to: "b:80"}' \
		'  - {listen: "10.1.0.1:8081", to: "b:80"}'
	eq "10.2.0.10 80" "$(ask a tcp 10.1.0.1 8081 | cut -d' ' -f1,2)"
	no_answer a tcp fd00:1::1 8080
	match '^sent ([0-9]+) answered ([0-9]+) ' "$(flow_stop through)"
	[ "${BASH_REMATCH[1]}" -ge 10 ] || fail "the flow was too short"
	eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answers"
}

all_is_given_back()
{
	guest_kill a
	guest_kill b
	wait_for 5 eval '! ip link show dev a-1 && ! ip link show dev b-2'
	ok netdctl destroy lab
	eq "outside" "$(ip netns list | cut -d' ' -f1)"
	snapshot after
	same before after
}

t_case "a router between two networks, a guest on each" host
t_case "each has its address from its side" told_by_both
t_case "they reach each other through it" through_the_router
t_case "commands in the router" commands_in_the_router
t_case "NAT out of one network, forwards into the other" nat_of_the_router
t_case "a flow lives through a change" changed_live
t_case "all is given back" all_is_given_back
t_done
