#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Isolated networks: their ports see each other and the bridge's own addresses.
. "$(dirname "$0")/../lib/netns.sh"

world()
{
	need bridge veth nft
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	serve outside udp "$T_INTERNET4" 53 >/dev/null
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  iso0: {addresses: [10.1.0.254/24, "fd00:1::ff/64"]}
	  iso1: {addresses: [10.2.0.254/24, "fd00:2::ff/64"]}
	  bare0: {}
	  nat0: {mode: nat, addresses: [10.3.0.254/24, "fd00:3::ff/64"]}
	  rout0: {mode: routed, addresses: [10.4.0.254/24]}
	EOF
	netdctl apply lab.yaml
	guest_ns a iso0 10.1.0.1/24 10.1.0.254 fd00:1::1/64 fd00:1::ff
	guest_ns b iso0 10.1.0.2/24 10.1.0.254 fd00:1::2/64 fd00:1::ff
	guest_ns c iso1 10.2.0.1/24 10.2.0.254 fd00:2::1/64 fd00:2::ff
	guest_ns n nat0 10.3.0.1/24 10.3.0.254 fd00:3::1/64 fd00:3::ff
	guest_ns r rout0 10.4.0.1/24 10.4.0.254
}

inside()
{
	world
	pings a 10.1.0.2
	pings a fd00:1::2
	pings a 10.1.0.254
	pings a fd00:1::ff
	pings host 10.1.0.1
	pings host fd00:1::1
	serve host tcp 10.1.0.254 80 >/dev/null
	eq "10.1.0.254 80 10.1.0.1 4000" "$(ask a tcp 10.1.0.254 80 --port 4000)"
	serve a udp 10.1.0.1 53 >/dev/null
	eq "10.1.0.1 53 10.1.0.254 4000" "$(ask host udp 10.1.0.1 53 --port 4000)"
}

# Also where the host itself forwards everything for other reasons.
not_out()
{
	local ns

	world
	echo 1 >/proc/sys/net/ipv4/ip_forward
	echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
	ip -n outside route add 10.1.0.0/24 via 172.16.5.40
	ip -n outside route add fd00:1::/64 via 2001:db8:5::40
	serve c tcp 10.2.0.1 80 >/dev/null
	serve n tcp 10.3.0.1 80 >/dev/null
	serve r tcp 10.4.0.1 80 >/dev/null
	no_ping a "$T_INTERNET4"
	no_ping a "$T_INTERNET6"
	no_answer a tcp "$T_INTERNET4" 80
	no_answer a udp "$T_INTERNET4" 53
	no_answer a tcp 10.2.0.1 80
	no_answer a tcp 10.3.0.1 80
	no_answer a tcp 10.4.0.1 80
	no_ping a fd00:2::1
	no_ping a fd00:3::1
	# nor in
	serve a tcp 10.1.0.1 80 >/dev/null
	serve a tcp fd00:1::1 80 >/dev/null
	for ns in c n r outside; do
		no_answer "$ns" tcp 10.1.0.1 80
	done
	no_answer outside tcp fd00:1::1 80
}

# The host's other addresses are not the network's.
not_the_host()
{
	world
	serve host tcp 172.16.5.40 80 >/dev/null
	serve host tcp 10.2.0.254 80 >/dev/null
	serve host udp 0.0.0.0 53 >/dev/null
	no_answer a tcp 172.16.5.40 80
	no_answer a tcp 10.2.0.254 80
	no_answer a udp 172.16.5.40 53
	no_ping a 172.16.5.40
	no_ping a 2001:db8:5::40
	no_ping a fd00:2::ff
	eq "10.1.0.254 53" "$(ask a udp 10.1.0.254 53 | cut -d' ' -f1,2)"
}

# A bridge without addresses carries its guests' frames, and the host is not there.
without_addresses()
{
	world
	guest_ns x bare0 10.9.0.1/24 - fd00:9::1/64
	guest_ns y bare0 10.9.0.2/24 - fd00:9::2/64
	pings x 10.9.0.2
	pings x fd00:9::2
	eq "" "$(ip -o address show dev bare0)"
	# a guest that uses a host's subnet does not get hold of the host
	ip -n x address add 172.16.5.1/24 dev eth0
	no_ping x 172.16.5.40
}

# The rules of a network that goes stay for those that remain.
others_stay_closed()
{
	world
	sed -i '/iso1/d; /bare0/d' lab.yaml
	guest_gone c
	netdctl apply lab.yaml
	no_answer a tcp "$T_INTERNET4" 80
	pings a 10.1.0.2
	sed -i 's/iso0: {/iso0: {mode: nat, /' lab.yaml
	netdctl apply lab.yaml
	ask a tcp "$T_INTERNET4" 80
	sed -i 's/iso0: {mode: nat, /iso0: {/' lab.yaml
	netdctl apply lab.yaml
	no_answer a tcp "$T_INTERNET4" 80
}

t_fresh "inside: ports, the bridge's addresses" inside
t_fresh "not out, not in, not to other networks" not_out
t_fresh "not to other addresses of the host" not_the_host
t_fresh "a bridge without addresses" without_addresses
t_fresh "opened and closed live" others_stay_closed
t_done
