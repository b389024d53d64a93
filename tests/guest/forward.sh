#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# S4 and its IPv6 twin: addresses and ports of the host are guests'.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/guest/guest.sh"
. "$T_ROOT/tests/guest/admin.sh"

need_guests
need bridge tun veth nft nft_nat command:tcpdump

ADDRESS4=172.16.5.70
ADDRESS6=2001:db8:5::70

# lab UDP-GUEST: lab.yaml, with port 5300 going to that guest.
lab()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  mybr0:
	    mode: nat
	    addresses: [10.1.0.254/24, "fd00:1::ff/64"]
	    machines:
	      a: {mac: "52:54:00:00:00:01", address: [10.1.0.1, "fd00:1::1"]}
	      b: {mac: "52:54:00:00:00:02", address: [10.1.0.2, "fd00:1::2"]}
	    forwards:
	      - {listen: $ADDRESS4, to: a, on: eth0}
	      - {listen: "$ADDRESS6", to: a, on: eth0}
	      - {listen: "172.16.5.40:8080", to: "b:80", protocol: [tcp, udp]}
	      - {listen: "172.16.5.40:9000-9009", to: b, protocol: [tcp, udp]}
	      - {listen: "172.16.5.40:9100-9109", to: "b:7000-7009", protocol: [tcp, udp]}
	      - {listen: "172.16.5.40:5300", to: "$1:53", protocol: udp}
	      - {listen: "[2001:db8:5::40]:8080", to: "b:80", protocol: [tcp, udp]}
	      - {listen: "[2001:db8:5::40]:9000-9009", to: b, protocol: [tcp, udp]}
	      - {listen: "[2001:db8:5::40]:9100-9109", to: "b:7000-7009", protocol: [tcp, udp]}
	      - {listen: "[2001:db8:5::40]:5300", to: "$1:53", protocol: udp}
	  other: {mode: nat, addresses: [10.2.0.254/24, "fd00:2::ff/64"]}
	EOF
	netdctl apply lab.yaml
}

host()
{
	local guest

	bridged_frames 0
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	hooks mybr0 other
	snapshot before
	lab a
	match "inet $ADDRESS4/32" "$(ip -o address show dev eth0)"
	match "inet6 $ADDRESS6/128" "$(ip -o address show dev eth0)"
	boot a mybr0 1 '10.1.0.1/24 fd00:1::1/64 via 10.1.0.254 fd00:1::ff'
	boot b mybr0 2 '10.1.0.2/24 fd00:1::2/64 via 10.1.0.254 fd00:1::ff'
	boot c other 3 '10.2.0.3/24 fd00:2::3/64 via 10.2.0.254 fd00:2::ff'
	booted a b c
	servers a 10.1.0.1 fd00:1::1 22 53
	servers b 10.1.0.2 fd00:1::2 53 80 7000-7010 9000-9010
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
}

# servers GUEST ADDRESS4 ADDRESS6 PORT…: both protocols, both families.
servers()
{
	local guest=$1 addresses=("$2" "$3") address port protocol

	shift 3
	for port; do
		for protocol in tcp udp; do
			for address in "${addresses[@]}"; do
				echo "/host/peer serve $protocol $address $port >/dev/null"
			done
		done
	done | paste -sd ';' >servers
	guest_run "$guest" "$(<servers)"
}

# reaches NS PROTOCOL ADDRESS PORT SERVER [OPTION…]: it is answered by the server that has
# the address and port SERVER ("10.1.0.1 80"); $peer is as whom that one sees NS.
reaches()
{
	local said

	said=$(ask "${@:1:4}" "${@:6}") || fail "$1: no answer from $2 $3 $4: $said"
	eq "$5" "$(cut -d' ' -f1,2 <<<"$said")" "who answers $1 for $2 $3 $4"
	peer=$(cut -d' ' -f3 <<<"$said")
}

# The guest that has the address, in each family, for who is in the namespace $1.
whole()
{
	local ns=$1 protocol

	for protocol in tcp udp; do
		reaches "$ns" $protocol $ADDRESS4 22 "10.1.0.1 22"
		reaches "$ns" $protocol $ADDRESS6 22 "fd00:1::1 22"
	done
	pings "$ns" $ADDRESS4
	pings "$ns" $ADDRESS6
}

# Answers reach a connected socket, so they come from the address that was asked; a capture
# shows it, and that no guest's own address leaves the host.
whole_from_outside()
{
	ip netns exec outside tcpdump -Z root -U -n -p -i eth0 -w capture 'tcp or udp' 2>capture.err &
	wait_for 10 grep -q 'listening on' capture.err
	whole outside
	eq 2001:db8:5::1 "$peer"
	reaches outside tcp $ADDRESS4 53 "10.1.0.1 53"
	eq 172.16.5.1 "$peer"
	wait_for 10 captured "$ADDRESS4.53 > 172.16.5.1"
	kill $!
	wait $! || :
	eq "" "$(tcpdump -n -r capture 'net 10.1.0.0/24 or net fd00::/16' 2>/dev/null)"
	match "$ADDRESS4.22 > 172.16.5.1" "$(tcpdump -n -r capture "src $ADDRESS4" 2>/dev/null)"
	match "$ADDRESS6.22 > 2001:db8:5::1" "$(tcpdump -n -r capture "src $ADDRESS6" 2>/dev/null)"
}

# captured TEXT: tcpdump has written that much.
captured()
{
	tcpdump -n -r capture 2>/dev/null | grep -qF "$1"
}

# The host keeps its own address; the guest with an address goes out by NAT as the others.
host_and_guest_keep_theirs()
{
	serve host tcp 172.16.5.40 22 >/dev/null
	reaches outside tcp 172.16.5.40 22 "172.16.5.40 22"
	match ' 172.16.5.(40|70) [0-9]+$' "$(ask a tcp "$T_INTERNET4" 80)"
	match ' 2001:db8:5::(40|70) [0-9]+$' "$(ask a tcp "$T_INTERNET6" 80)"
	match ' 172.16.5.40 [0-9]+$' "$(ask b tcp "$T_INTERNET4" 80)"
}

# ports_from NS: single, range, shifted range.
ports_from()
{
	local ns=$1 protocol

	for protocol in tcp udp; do
		reaches "$ns" $protocol 172.16.5.40 8080 "10.1.0.2 80"
		reaches "$ns" $protocol 172.16.5.40 9000 "10.1.0.2 9000"
		reaches "$ns" $protocol 172.16.5.40 9009 "10.1.0.2 9009"
		reaches "$ns" $protocol 172.16.5.40 9100 "10.1.0.2 7000"
		reaches "$ns" $protocol 172.16.5.40 9109 "10.1.0.2 7009"
		reaches "$ns" $protocol 2001:db8:5::40 8080 "fd00:1::2 80"
		reaches "$ns" $protocol 2001:db8:5::40 9005 "fd00:1::2 9005"
		reaches "$ns" $protocol 2001:db8:5::40 9105 "fd00:1::2 7005"
	done
}

ports_from_outside()
{
	local port

	ports_from outside
	eq 2001:db8:5::1 "$peer"
	for port in 80 8081 8999 9010 9099 9110 7000; do
		no_answer outside tcp 172.16.5.40 $port --timeout 300
	done
}

hairpin()
{
	whole b
	ports_from a
	# the guest itself, by the address that is its own
	reaches a tcp $ADDRESS4 22 "10.1.0.1 22"
	reaches b udp 2001:db8:5::40 8080 "fd00:1::2 80"
}

from_the_other_network()
{
	whole c
	ports_from c
}

from_the_host()
{
	whole host
	ports_from host
}

# A change of the file while the guests run and the flows are there.
flows_follow()
{
	local ns

	for ns in outside host c; do
		reaches $ns udp 172.16.5.40 5300 "10.1.0.1 53" --port 4000
		reaches $ns udp 2001:db8:5::40 5300 "fd00:1::1 53" --port 4000
	done
	flow_start follows outside udp 172.16.5.40 5300
	flow_start other outside tcp 172.16.5.40 8080
	lab b
	for ns in outside host c; do
		reaches $ns udp 172.16.5.40 5300 "10.1.0.2 53" --port 4000
		reaches $ns udp 2001:db8:5::40 5300 "fd00:1::2 53" --port 4000
	done
	match '^sent ([0-9]+) answered ([0-9]+) gap ([0-9]+)$' "$(flow_stop follows)"
	[ "${BASH_REMATCH[2]}" -ge $((BASH_REMATCH[1] - 10)) ] ||
		fail "of ${BASH_REMATCH[1]} datagrams ${BASH_REMATCH[2]} were answered"
	match '^sent ([0-9]+) answered ([0-9]+) gap ([0-9]+)$' "$(flow_stop other)"
	eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answers in a connection that is not concerned"
}

all_is_given_back()
{
	local guest

	for guest in a b c; do
		guest_kill $guest
	done
	wait_for 5 eval '! ip link show dev a-1 && ! ip link show dev b-2 && ! ip link show dev c-3'
	netdctl destroy lab
	snapshot after
	same before after
}

t_case "two networks, three guests with servers" host
t_case "outside reaches the guest that has an address" whole_from_outside
t_case "the host keeps its own address" host_and_guest_keep_theirs
t_case "outside reaches ports, ranges, shifted ranges" ports_from_outside
t_case "neighbours reach each other by them" hairpin
t_case "guests of another network do" from_the_other_network
t_case "the host itself does" from_the_host
t_case "flows follow a changed forward" flows_follow
t_case "all is given back" all_is_given_back
t_done
