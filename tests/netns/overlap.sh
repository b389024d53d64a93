#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the host reaches otherwise, beside the subnets of its networks: a longer prefix
# wins, so only what is as long, or longer, is in the way.
. "$(dirname "$0")/../lib/netns.sh"

world()
{
	need bridge veth nft nft_nat ipv6
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
	printf '%s\n' 'name: lab' 'networks:' \
		'  lan: {mode: nat, addresses: [10.1.0.254/24, "fd00:1::ff/64"]}' >lab.yaml
}

# works: a guest of the network reaches the outside, and is reached by the host.
works()
{
	guest_ns a lan 10.1.0.1/24 10.1.0.254 fd00:1::1/64 fd00:1::ff
	pings host 10.1.0.1
	pings host fd00:1::1
	match ' 172.16.5.40 [0-9]+$' "$(ask a tcp "$T_INTERNET4" 80)"
	match ' 2001:db8:5::40 [0-9]+$' "$(ask a tcp "$T_INTERNET6" 80)"
	guest_gone a
}

refused()
{
	snapshot before
	fails 2 netdctl plan lab.yaml
	fails 2 netdctl apply lab.yaml
	match "$1" "$err"
	match 'lab.yaml:3:[0-9]+: error' "$err"
	match 'overlaps: true' "$err"
	snapshot after
	same before after
}

# The routes of an OpenVPN, of an office, of an ISP; and those that refuse.
wider()
{
	local route

	world
	while read -r route; do
		# shellcheck disable=SC2086 # words
		ip $route
	done <<-'EOF'
	route add 0.0.0.0/1 via 172.16.5.1
	route add 128.0.0.0/1 via 172.16.5.1
	route add 10.0.0.0/8 via 172.16.5.1
	route add 10.1.0.0/23 via 172.16.5.1
	route add blackhole 10.0.0.0/9
	route add unreachable 10.1.0.0/16
	route add prohibit 10.0.0.0/10
	-6 route add 2000::/3 via 2001:db8:5::1
	-6 route add fc00::/7 via 2001:db8:5::1
	-6 route add unreachable fd00::/8
	-6 route add ::/1 via 2001:db8:5::1
	route add 10.1.0.0/24 via 172.16.5.1 table 100
	-6 route add fd00:1::/64 via 2001:db8:5::1 table 100
	EOF
	ok netdctl apply lab.yaml
	[[ $err != *note:* ]] || fail "$err"
	works
	fails 0 netdctl plan lab.yaml
	ok netdctl destroy lab
}

# The host's own LAN is a /8: machines there that have our addresses are out of reach.
on_link()
{
	world
	ip link add eth7 type veth peer name far
	ip link set eth7 up
	ip address add 10.200.0.1/8 dev eth7
	ok netdctl apply lab.yaml
	match 'note: subnet 10.1.0.0/24 is a part of 10.200.0.1/8 on eth7' "$err"
	works
	fails 0 netdctl plan lab.yaml
}

equal_or_inside()
{
	local add what

	world
	while IFS='|' read -r add what; do
		# shellcheck disable=SC2086 # words
		ip $add
		refused "overlaps $what"
		# shellcheck disable=SC2086
		ip ${add/ add / del }
	done <<-'EOF'
	route add 10.1.0.0/24 via 172.16.5.1|the route 10.1.0.0/24 on eth0
	route add 10.1.0.128/25 via 172.16.5.1|the route 10.1.0.128/25 on eth0
	route add 10.1.0.7/32 dev eth0|the route 10.1.0.7/32 on eth0
	route add blackhole 10.1.0.0/24|the route 10.1.0.0/24 on this host
	route add unreachable 10.1.0.64/26|the route 10.1.0.64/26 on this host
	route add prohibit 10.1.0.3|the route 10.1.0.3/32 on this host
	-6 route add fd00:1::/64 via 2001:db8:5::1|the route fd00:1::/64 on eth0
	-6 route add fd00:1::80/121 via 2001:db8:5::1|the route fd00:1::80/121 on eth0
	-6 route add blackhole fd00:1::/96|the route fd00:1::/96 on this host
	address add 10.1.0.9/8 dev eth0|the address 10.1.0.9/8 on eth0
	address add 10.1.0.9/32 dev eth0|the address 10.1.0.9/32 on eth0
	route add 198.51.100.0/24 via 10.1.0.77 dev eth0 onlink|the gateway 10.1.0.77 of the route 198.51.100.0/24 on eth0
	EOF
}

# It is meant: for one route to a guest's own subnet, say.
allowed()
{
	world
	ip route add 10.1.0.128/25 via 172.16.5.1
	ip route add blackhole 10.1.0.64/26
	sed -i 's/}/, overlaps: true}/' lab.yaml
	ok netdctl apply lab.yaml
	[[ $err != *note:* ]] || fail "$err"
	works
	match 'overlaps: true' "$(netdctl export lab)"
	# by a verb, too
	ok netdctl destroy lab
	fails 2 netdctl network create lan --mode nat --address 10.1.0.254/24
	ok netdctl network create lan --mode nat --address 10.1.0.254/24 --overlaps on
	match 'overlaps: true' "$(</etc/netd/default.yaml)"
	ok netdctl network stop lan
	ok netdctl network start lan
	ok netdctl network set lan --overlaps off --mtu 1400 # it runs
	match 'note: .*network lan: subnet 10.1.0.0/24 overlaps' "$err"
}

# A route that comes later: nothing that runs, or was defined, is refused for it.
since()
{
	world
	ok netdctl network create lan --mode nat --address 10.1.0.254/24 \
		--address fd00:1::ff/64 --autostart
	cp /etc/netd/default.yaml was.yaml
	ip route add 10.1.0.128/25 via 172.16.5.1
	ip -6 route add fd00:1::8000/113 via 2001:db8:5::1
	ok netdctl network set lan --mtu 1400
	match 'note: .*network lan: subnet 10.1.0.0/24 overlaps the route 10.1.0.128/25 on eth0' "$err"
	ok netdctl network set lan --bridge brlan
	ok netdctl network set lan --bridge lan
	ok netdctl forward add lan 172.16.5.40:8080 10.1.0.1:80
	works
	ok netdctl network stop lan
	ok netdctl network start lan
	match 'note: .*overlaps' "$err"
	works
	# boot: with an address of the host's, too
	ok netdctl destroy default
	ip address add 10.1.0.200/32 dev eth0
	ok netdctl network start --autostart
	match 'note: .*overlaps the address 10.1.0.200/32 on eth0' "$err"
	works
	# but what is new is compared
	fails 2 netdctl network create n1 --address 10.1.0.129/26
	fails 2 netdctl network set lan --address 10.1.0.254/23
	match 'overlaps the address 10.1.0.200/32' "$err"
}

# A bridge that is there already keeps its address when it is adopted.
adopted()
{
	world
	ip link add br7 type bridge
	ip link set br7 up
	ip address add 10.1.0.1/24 dev br7
	ip route add 10.1.0.128/25 via 172.16.5.1
	ok netdctl adopt br7
	match 'note: .*network br7: subnet 10.1.0.0/24 overlaps' "$err"
}

# Of netd's own networks the wider one is in the way, too.
anothers()
{
	world
	ok netdctl apply lab.yaml
	printf '%s\n' 'name: two' 'networks: {n: {addresses: [10.1.0.129/25]}}' >two.yaml
	fails 2 netdctl apply two.yaml
	match 'overlaps the address 10.1.0.254/24 on lan' "$err"
}

# A preset chooses what is free; and a part of a wider route, if nothing else is.
presets()
{
	world
	ip route add 0.0.0.0/1 via 172.16.5.1
	ip route add 128.0.0.0/1 via 172.16.5.1
	ip route add 192.168.0.0/16 via 172.16.5.1
	ok netdctl network create n1 --preset libvirt
	eq 192.168.122.1/24 "$(netdctl show networks n1 --json | jq -r '.[0].addresses[]')"
	ok netdctl network delete n1
	ip route add blackhole 192.168.122.0/24
	ok netdctl network create n1 --preset libvirt
	eq 192.168.123.1/24 "$(netdctl show networks n1 --json | jq -r '.[0].addresses[]')"
	ok netdctl network delete n1
	ip route del 0.0.0.0/1
	ip route del 128.0.0.0/1
	ip route del 192.168.0.0/16
	ip route add 192.168.122.0/23 via 172.16.5.1
	ok netdctl network create n1 --preset libvirt
	eq 192.168.124.1/24 "$(netdctl show networks n1 --json | jq -r '.[0].addresses[]')"
}

t_fresh "wider routes" wider
t_fresh "a wider subnet on a link" on_link
t_fresh "what is as long, or longer" equal_or_inside
t_fresh "it is meant" allowed
t_fresh "a route that came since" since
t_fresh "a bridge that is adopted" adopted
t_fresh "another topology's network" anothers
t_fresh "presets" presets
t_done
