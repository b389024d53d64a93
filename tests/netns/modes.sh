#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The mode of a network changes under connections: those end which the new mode would not
# admit, and no others; and what is refused is answered.
. "$(dirname "$0")/../lib/netns.sh"

# lab MODE: the network's mode; two guests, an outside that has routes to them.
lab()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  net0: {mode: $1, addresses: [10.1.0.254/24, "fd00:1::ff/64"]}
	  other: {mode: nat, addresses: [10.2.0.254/24, "fd00:2::ff/64"]}
	EOF
	ok netdctl apply lab.yaml
}

world()
{
	need bridge veth nft nft_nat ipv6
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	ip -n outside route add 10.0.0.0/8 via 172.16.5.40
	ip -n outside route add fd00::/16 via 2001:db8:5::40
	lab routed
	guest_ns a net0 10.1.0.1/24 10.1.0.254 fd00:1::1/64 fd00:1::ff
	guest_ns b net0 10.1.0.2/24 10.1.0.254 fd00:1::2/64 fd00:1::ff
	guest_ns o other 10.2.0.1/24 10.2.0.254 fd00:2::1/64 fd00:2::ff
	for name in a b; do
		serve "$name" tcp 0.0.0.0 7
		serve "$name" udp 0.0.0.0 7
	done >/dev/null
	serve a tcp fd00:1::1 7 >/dev/null
	serve outside tcp "$T_INTERNET4" 7 >/dev/null
	serve outside udp "$T_INTERNET4" 7 >/dev/null
	serve outside tcp "$T_INTERNET6" 7 >/dev/null
	serve host tcp 172.16.5.40 7 >/dev/null
	serve host tcp 10.1.0.254 7 >/dev/null
}

# Who opens it, and where to; and the modes that admit it.
FLOWS='
in       outside tcp 10.1.0.1    routed open
in-udp   outside udp 10.1.0.1    routed open
in6      outside tcp fd00:1::1   routed open
from-nat o       tcp 10.1.0.1    routed open
out      a       tcp 203.0.113.1 routed open nat
out-udp  a       udp 203.0.113.1 routed open nat
out6     a       tcp 2001:db8:ffff::1 routed open nat
to-host  a       tcp 172.16.5.40 routed open nat
gateway  a       tcp 10.1.0.254  routed open nat isolated
of-host  host    tcp 10.1.0.1    routed open nat isolated
of-host-udp host udp 10.1.0.1    routed open nat isolated
within   a       udp 10.1.0.2    routed open nat isolated
'

# A source NAT that goes takes what it translated with it; of UDP, nobody notices.
expected()
{
	case "$2 $3 $1" in
	"nat routed "out | "nat routed "out6 | "nat open "out | "nat open "out6) echo ends ;;
	*) [[ " ${*:4} " == *" $3 "* ]] && echo "goes on" || echo ends ;;
	esac
}

# change OLD NEW: every flow that OLD admits is there when the mode becomes NEW.
change()
{
	local name from protocol to modes said

	echo "# $1 -> $2"
	while read -r name from protocol to modes; do
		[[ " $modes " != *" $1 "* ]] || flow_start "$name" "$from" "$protocol" "$to" 7
	done < <(grep . <<<"$FLOWS")
	sleep 0.3
	lab "$2"
	sleep 0.5
	while read -r name from protocol to modes; do
		[[ " $modes " != *" $1 "* ]] || flow_end "$name"
	done < <(grep . <<<"$FLOWS")
	while read -r name from protocol to modes; do
		[[ " $modes " == *" $1 "* ]] || continue
		said=$(flow_said "$name")
		[[ $said =~ ^sent\ ([0-9]+)\ answered\ ([0-9]+)\ gap\ [0-9]+(.*)$ ]]
		if [ $((BASH_REMATCH[1] - BASH_REMATCH[2])) -le 0 ] && [ -z "${BASH_REMATCH[3]}" ]; then
			said="goes on"
		else
			[ "${BASH_REMATCH[2]}" -gt 0 ] || fail "$name never worked in mode $1: $said"
			said=ends
		fi
		# shellcheck disable=SC2086
		eq "$(expected "$name" "$1" "$2" $modes)" "$said" "flow $name, $1 to $2"
	done < <(grep . <<<"$FLOWS")
}

# Each pair, in both directions.
every_pair()
{
	local mode old=routed

	world
	for mode in nat routed isolated routed open nat open isolated nat isolated open routed; do
		change "$old" "$mode"
		old=$mode
	done
}

# Connections from before do not come back to life, either.
not_revived()
{
	world
	flow_start in outside tcp 10.1.0.1 7
	flow_start in-udp outside udp 10.1.0.1 7
	sleep 0.3
	lab isolated
	lab nat
	sleep 0.5
	ends "in"
	ends in-udp
}

# refused NS ADDRESS: an ICMP error comes at once, and connect() fails.
refused_to()
{
	match 'filtered|prohibited' "$(on "$1" ping -n -c 1 -W 1 "$2" || :)"
	! said=$(ask "$1" tcp "$2" 80 2>&1) || fail "$1 is answered by $2"
	match 'No route to host|Permission denied' "$said"
}

# With forwarding of the host off and on, by br_netfilter or not, with a guest's own route.
answered()
{
	local address frames

	world
	lab isolated
	# one in a second is enough for a guest, not for a test
	echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
	echo 0 >/proc/sys/net/ipv6/icmp/ratelimit
	for frames in 0 1; do
		bridged_frames $frames
		for address in "$T_INTERNET4" "$T_INTERNET6" 172.16.5.1 172.16.5.40 2001:db8:5::40 \
			10.2.0.1 10.2.0.254 fd00:2::1; do
			refused_to a "$address"
		done
		refused_to o 10.1.0.1
		refused_to o fd00:1::1
		refused_to outside 10.1.0.1
		refused_to outside fd00:1::1
		# guests among themselves, also in a subnet that the host has nothing of
		ip -n a address replace 192.0.2.1/24 dev eth0
		ip -n b address replace 192.0.2.2/24 dev eth0
		pings a 192.0.2.2
		pings a 10.1.0.2
		pings a fd00:1::2
		pings a 10.1.0.254
		pings a fd00:1::ff
	done
	bridged_frames 0
	# nobody else gets errors for what he did not send
	on outside timeout 2 tcpdump -Z root -n -i eth0 -c 1 icmp >heard 2>/dev/null &
	sleep 0.5
	on a ping -n -c 2 -i 0.2 -W 1 -I 192.0.2.1 172.16.5.1 >/dev/null || :
	ip -n a address add 172.16.5.1/32 dev lo
	on a ping -n -c 2 -i 0.2 -W 1 -I 172.16.5.1 203.0.113.1 >/dev/null || :
	wait
	eq "" "$(<heard)"
	echo 1 >/proc/sys/net/ipv4/ip_forward
	echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
	refused_to a "$T_INTERNET4"
	refused_to a "$T_INTERNET6"
}

t_fresh "each pair of modes, with connections of all kinds" every_pair
t_fresh "connections do not outlive a mode that refuses them" not_revived
t_fresh "what an isolated network sends off its bridge is answered" answered
t_done
