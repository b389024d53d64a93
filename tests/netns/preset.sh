#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Ready-made networks: what they are, where they go if that is taken, and what of them the
# options change.
. "$(dirname "$0")/../lib/netns.sh"

need command:dnsmasq

# has NETWORK: its mode, bridge and address, on one line.
has()
{
	netdctl show networks "$1" --json |
		jq -r '.[] | "\(.mode) \(.bridge) \(.addresses | join(" "))"'
}

libvirt()
{
	ok netdctl network create default --preset libvirt
	no_match note: "$err"
	eq "nat virbr0 192.168.122.1/24" "$(has default)"
	eq '[{"addr":"192.168.122.1/24"}]' "$(ip -j -4 address show virbr0 |
		jq -c '[.[0].addr_info[] | {addr: "\(.local)/\(.prefixlen)"}]')"
	match 'dhcp: true' "$(</etc/netd/default.yaml)"
	fails 2 netdctl network create default --preset libvirt
	match 'network default exists already' "$err"
	ok netdctl network delete default
	eq "" "$(ip -o link show type bridge)"
}

# subnet_goes_to ADDRESS REASON: the next one of the preset.
subnet_goes_to()
{
	ok netdctl network create n1 --preset libvirt
	eq "$1" "$(netdctl show networks n1 --json | jq -r '.[0].addresses[]')"
	match "note: .*192.168.122.1/24.* taken .*$2.* $1" "$err"
	netdctl network delete n1
}

taken_subnet()
{
	ip link add other type veth peer name far
	ip link set other up
	ip link set far up
	ip address add 192.168.122.77/24 dev other
	subnet_goes_to 192.168.123.1/24 '192.168.122.77/24 on other'
	ip address add 192.168.123.5/30 dev far
	subnet_goes_to 192.168.124.1/24 '192.168.122.77/24 on other'
	ip address del 192.168.122.77/24 dev other
	ip route add 192.168.122.128/25 dev other
	subnet_goes_to 192.168.124.1/24 'a route to 192.168.122.128/25'
	ip route del 192.168.122.128/25 dev other
	# a network that is only defined is to start later
	netdctl network create lan --address 192.168.122.9/28 --no-start
	subnet_goes_to 192.168.124.1/24 'network lan of topology default'
	netdctl network delete lan
	for ((i = 122; i < 256; i++)); do
		echo "route add 192.168.$i.0/24 dev other"
	done | ip -batch -
	fails 2 netdctl network create n1 --preset libvirt
	match 'no free subnet' "$err"
	match -- '--address' "$err"
	eq "" "$(has n1)"
}

taken_bridge()
{
	ip link add virbr0 type bridge
	ok netdctl network create n1 --preset libvirt
	match 'note: not virbr0.* virbr1' "$err"
	eq "nat virbr1 192.168.122.1/24" "$(has n1)"
	ok netdctl network create n2 --preset libvirt
	eq "nat virbr2 192.168.123.1/24" "$(has n2)"
	ok netdctl network create n3 --preset libvirt --no-start
	ok netdctl network create n4 --preset libvirt -q
	eq "" "$err"
	eq "nat virbr4 192.168.125.1/24" "$(has n4)"
}

options_come_first()
{
	ok netdctl network create n1 --preset libvirt --address 10.1.0.1/24 --bridge br1 \
		--mode routed --domain lab.test
	eq "routed br1 10.1.0.1/24" "$(has n1)"
	match 'domain: lab.test' "$(</etc/netd/default.yaml)"
	ok netdctl network create n2 --preset libvirt --no-dhcp
	eq "nat virbr0 192.168.122.1/24" "$(has n2)"
	eq null "$(netdctl export --json | jq '.networks.n2.dhcp | if . == false then null else . end')"
	ok netdctl network create n3 --preset libvirt --dhcp-range 192.168.123.100-192.168.123.110
	match '192.168.123.100-192.168.123.110' "$(</etc/netd/default.yaml)"
}

hostonly()
{
	ok netdctl network create vbox --preset hostonly
	eq "isolated vbox 192.168.56.1/24" "$(has vbox)"
	eq true "$(netdctl export --json | jq .networks.vbox.dhcp)"
}

unknown()
{
	fails 2 netdctl network create n1 --preset libvrt
	match 'no preset "libvrt"; there are libvirt and hostonly' "$err"
	eq "" "$(ls /etc/netd)"
}

t_fresh "libvirt's" libvirt
t_fresh "a subnet that is taken" taken_subnet
t_fresh "a bridge's name that is taken" taken_bridge
t_fresh "options come first" options_come_first
t_fresh "host-only" hostonly
t_fresh "unknown ones" unknown
t_done
