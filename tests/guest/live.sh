#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# S12: a network changes under running guests; what a change does not concern notices nothing.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/guest/guest.sh"
. "$T_ROOT/tests/guest/admin.sh"

need_guests
need bridge tun veth nft nft_nat

# lab: lab.yaml of these, applied.
MODE='mode: nat'
MTU=1500
ADDRESSES='10.1.0.254/24, "fd00:1::ff/64"'
FORWARDS=()

lab()
{
	local forward

	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  mybr0:
	    $MODE
	    mtu: $MTU
	    addresses: [$ADDRESSES]
	    forwards:
	      - {listen: "172.16.5.40:8080", to: "10.1.0.2:80"}
	      - {listen: "[2001:db8:5::40]:5300", to: "[fd00:1::2]:53", protocol: udp}
	EOF
	for forward in "${FORWARDS[@]}"; do
		echo "      - {$forward}" >>lab.yaml
	done
	echo '  side: {mode: nat, addresses: [10.2.0.254/24]}' >>lab.yaml
	netdctl apply lab.yaml
}

host()
{
	bridged_frames 0
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	serve outside udp "$T_INTERNET4" 53 >/dev/null
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
	hooks mybr0 side
	snapshot before
	lab
	boot a mybr0 1 '10.1.0.1/24 fd00:1::1/64 via 10.1.0.254 fd00:1::ff'
	boot b mybr0 2 '10.1.0.2/24 fd00:1::2/64 via 10.1.0.254 fd00:1::ff'
	boot c side 3 '10.2.0.3/24 via 10.2.0.254'
	booted a b c
	guest_run b '/host/peer serve tcp 0.0.0.0 80; /host/peer serve udp :: 53;
		/host/peer serve udp 0.0.0.0 7' >/dev/null
}

# A flow of each kind: between guests, out by NAT, in by a forward, another network's.
declare -A FLOWS=(
	[between]="a udp 10.1.0.2 7"
	[out]="a udp $T_INTERNET4 53"
	[out6]="b tcp $T_INTERNET6 80"
	[in]="outside tcp 172.16.5.40 8080"
	[in6]="outside udp 2001:db8:5::40 5300"
	[side]="c udp $T_INTERNET4 53"
)

# while_flowing CHANGE FLOW…: runs the change amidst these flows; none may lose anything,
# and each has to be longer than the change.
while_flowing()
{
	local change=$1 name link

	shift
	link=$(ip -j link show | jq -c '[.[] | select(.master) | [.ifindex, .ifname, .master]]')
	for name; do
		# shellcheck disable=SC2086 # words
		flow_start "$name" ${FLOWS[$name]}
	done
	"$change"
	for name; do
		match '^sent ([0-9]+) answered ([0-9]+) gap ([0-9]+)$' "$(flow_stop "$name")"
		[ "${BASH_REMATCH[1]}" -ge 10 ] || fail "flow $name was too short"
		eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answers of flow $name"
	done
	eq "$link" "$(ip -j link show | jq -c '[.[] | select(.master) | [.ifindex, .ifname, .master]]')" \
		"what is plugged in"
}

mtu()
{
	MTU=1400 lab
	eq "1400 1400 1400" "$(cd /sys/class/net && cat mybr0/mtu a-1/mtu b-2/mtu | paste -sd ' ')"
	ping -n -q -c 1 -W 2 -M "do" -s 1372 10.1.0.1
	refused ping -n -q -c 1 -W 2 -M "do" -s 1373 10.1.0.1
	MTU=1500 lab
	ping -n -q -c 1 -W 2 -M "do" -s 1472 10.1.0.1
}

forwards()
{
	FORWARDS=("listen: '172.16.5.40:2222', to: '10.1.0.1:22'" "listen: 172.16.5.70, to: 10.1.0.1, on: eth0")
	guest_run a '/host/peer serve tcp 0.0.0.0 22' >/dev/null
	lab
	eq "10.1.0.1 22" "$(ask outside tcp 172.16.5.40 2222 | cut -d' ' -f1,2)"
	eq "10.1.0.1 22" "$(ask outside tcp 172.16.5.70 22 | cut -d' ' -f1,2)"
	FORWARDS=("listen: '172.16.5.40:2223', to: '10.1.0.1:22'")
	lab
	no_answer outside tcp 172.16.5.40 2222
	no_answer outside tcp 172.16.5.70 22
	eq "10.1.0.1 22" "$(ask outside tcp 172.16.5.40 2223 | cut -d' ' -f1,2)"
	FORWARDS=()
	lab
	no_answer outside tcp 172.16.5.40 2223
}

addresses()
{
	local more="$ADDRESSES, 10.8.0.254/24, 'fd00:8::ff/64'"

	ADDRESSES=$more lab
	on a ip addr add 10.8.0.1/24 dev eth0
	on a ip addr add fd00:8::1/64 dev eth0
	pings host 10.8.0.1
	pings a fd00:8::ff
	pings b 10.1.0.254
	lab
	no_ping a 10.8.0.254
	on a ip addr del 10.8.0.1/24 dev eth0
	on a ip addr del fd00:8::1/64 dev eth0
}

# The IPv4 source of those who go out; who does not go out by it is not concerned.
source_address()
{
	eq "172.16.5.40 4000" "$(ask b udp "$T_INTERNET4" 53 --port 4000 | cut -d' ' -f3-)"
	MODE=$'mode: nat\n    nat: {source: 172.16.5.41, on: eth0}' lab
	eq "172.16.5.41 4000" "$(ask b udp "$T_INTERNET4" 53 --port 4000 | cut -d' ' -f3-)"
	eq "172.16.5.40 4100" "$(ask c udp "$T_INTERNET4" 53 --port 4100 | cut -d' ' -f3-)"
	lab
	eq "172.16.5.40 4000" "$(ask b udp "$T_INTERNET4" 53 --port 4000 | cut -d' ' -f3-)"
}

# Concerns all that go out of the network.
source_ports()
{
	MODE=$'mode: nat\n    nat: {ports: 3000-3999}' lab
	match '^172.16.5.40 3[0-9]{3}$' \
		"$(ask b udp "$T_INTERNET4" 53 --port 4000 | cut -d' ' -f3-)"
	match '^2001:db8:5::40 3[0-9]{3}$' \
		"$(ask b tcp "$T_INTERNET6" 80 --port 4000 | cut -d' ' -f3-)"
	lab
	eq "172.16.5.40 4200" "$(ask b udp "$T_INTERNET4" 53 --port 4200 | cut -d' ' -f3-)"
}

mode()
{
	MODE='mode: routed' lab
	no_answer b udp "$T_INTERNET4" 53
	pings b 10.1.0.254
	lab
	eq 172.16.5.40 "$(ask b udp "$T_INTERNET4" 53 | cut -d' ' -f3)"
}

# A network of another topology comes and goes, and comes and goes.
other_networks()
{
	netdctl network create other --mode nat --address 10.9.0.254/24 --address fd00:9::ff/64
	netdctl network stop other
	netdctl network start other
	netdctl forward add other 172.16.5.40:2224 10.9.0.1:22
	netdctl network delete other
}

again()
{
	lab
	fails 0 netdctl plan lab.yaml
	netdctl apply lab.yaml
}

# What somebody broke is repaired with the guests in place.
repaired()
{
	ip address del 10.1.0.254/24 dev mybr0
	nft delete table inet netd
	fails 3 netdctl plan lab.yaml
	netdctl apply lab.yaml
	pings a 10.1.0.254
	eq 172.16.5.40 "$(ask a udp "$T_INTERNET4" 53 | cut -d' ' -f3)"
}

# A file that is refused changes nothing.
refused_file()
{
	sed 's/mode: nat/mode: nta/' lab.yaml >bad.yaml
	fails 2 netdctl apply bad.yaml
	sed 's/10.2.0.254/10.1.0.253/' lab.yaml >bad.yaml
	fails 2 netdctl apply bad.yaml
}

# Running guests are plugged in again when their network comes back, with their addresses
# and whatever they serve; another name of its bridge they do not lose it by.
comes_back()
{
	local index

	index=$(</sys/class/net/a-1/ifindex)
	ok netdctl apply - <<<'{name: lab, networks: {side: {mode: nat, addresses: [10.2.0.254/24]}}}'
	match 'network mybr0 goes, and a-1, b-2 are plugged in' "$err"
	no_ping a 10.1.0.254
	lab
	are_reached
	netdctl destroy lab
	lab
	are_reached
	MODE=$'mode: nat\n    bridge: br-new' lab
	eq "a-1 b-2" "$(ports_of mybr0 | paste -sd ' ')"
	eq br-new "$(ip -j link show dev a-1 | jq -r '.[0].master')"
	are_reached
	lab
	eq mybr0 "$(ip -j link show dev b-2 | jq -r '.[0].master')"
	are_reached
	eq "$index" "$(</sys/class/net/a-1/ifindex)"
}

are_reached()
{
	pings a 10.1.0.254
	pings a 10.1.0.2
	pings b fd00:1::ff
	pings c 10.2.0.254
	eq "10.1.0.2 80" "$(ask outside tcp 172.16.5.40 8080 | cut -d' ' -f1,2)"
	eq 172.16.5.40 "$(ask a udp "$T_INTERNET4" 53 | cut -d' ' -f3)"
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

ALL="between out out6 in in6 side"
INSIDE="between in in6 side"

# shellcheck disable=SC2086 # words
{
	t_case "two networks, three guests" host
	t_case "applied again" while_flowing again $ALL
	t_case "the MTU" while_flowing mtu $ALL
	t_case "forwards" while_flowing forwards $ALL
	t_case "addresses" while_flowing addresses $ALL
	t_case "the source of NAT" while_flowing source_address $INSIDE out6
	t_case "the source ports of NAT" while_flowing source_ports $INSIDE
	t_case "the mode" while_flowing mode between side
	t_case "other networks" while_flowing other_networks $ALL
	t_case "a file that is refused" while_flowing refused_file $ALL
	# without its table nothing is translated: only what stays inside must not suffer
	t_case "repaired" while_flowing repaired between
	t_case "their network goes, and comes back" comes_back
	t_case "all is given back" all_is_given_back
}
t_done
