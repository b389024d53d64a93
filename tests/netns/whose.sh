#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whose it is: marks that were changed by hand, and records that are lost.
. "$(dirname "$0")/../lib/netns.sh"

lab()
{
	cat >lab.yaml <<-'YAML'
	name: lab
	networks:
	  lan:
	    addresses: [10.1.0.254/24]
	    ports: {vm1: {type: tap}, v1: {type: veth, peer: v2}}
	  dmz: {bridge: br-dmz}
	routers:
	  r1: {interfaces: {lan: {addresses: [10.1.0.1/24]}, dmz: {addresses: [10.2.0.1/24]}}}
	hosts:
	  h1: {network: lan, addresses: [10.1.0.10/24]}
	YAML
}

# no_trace: nothing of lab is left, in no namespace.
no_trace()
{
	eq "" "$(ip -o link show | grep -E ' (lan|br-dmz|vm1|v1|v2|lan-[a-z0-9]*)[:@]')"
	eq "" "$(ip netns list)"
}

port_of()
{
	ip -o link show master "$2" | sed -n "s/^[0-9]*: \($1[^:@]*\).*/\1/p"
}

# One of the three marks is gone from each link: they are known all the same.
groups_changed()
{
	local link

	lab
	netdctl apply -q lab.yaml
	for link in lan br-dmz vm1 v1 "$(ip -o link show master br-dmz | sed 's/^[0-9]*: \([^:@]*\).*/\1/')"; do
		ip link set "$link" group 7
	done
	on r1 ip link set lo group default
	on r1 ip link set lan group 9
	on h1 ip link set lo group 9
}

aliases_changed()
{
	local link

	lab
	netdctl apply -q lab.yaml
	for link in lan br-dmz vm1 v1; do
		ip link set "$link" alias "the admin's"
	done
	on r1 ip link set lo alias ""
	on r1 ip link set lan alias ""
	on h1 ip link set lo alias "h"
}

mended()
{
	"$1"
	fails 3 netdctl plan lab.yaml
	match 'bridge lan' "$out"
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	match 'group 1852142692' "$(ip -d link show lan)"
	match 'alias netd:lab/lan' "$(ip link show vm1)"
	match 'alias netd:lab/r1' "$(on r1 ip link show lo)"
	on h1 ping -qc1 -W2 10.1.0.1
	ok netdctl router exec r1 true
}

destroyed()
{
	"$1"
	ok netdctl router exec r1 true
	ok netdctl destroy lab
	no_trace
}

# A change, and what fails on the way.
changed()
{
	"$1"
	cat >lab.yaml <<-'YAML'
	name: lab
	networks: {lan: {addresses: [10.1.0.253/24]}}
	YAML
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	eq "" "$(ip -o link show | grep -E ' (br-dmz|vm1|v1|v2)[:@]')"
	eq "" "$(ip netns list)"
}

one_line()
{
	ok netdctl network create net0 --address 10.9.0.1/24
	ok netdctl port add net0 vm7 --tap
	ip link set net0 group default
	ip link set vm7 group default
	match net0 "$(netdctl network list)"
	ok netdctl network stop net0
	eq "" "$(ip -o link show | grep -E ' (net0|vm7)[:@]')"
	ok netdctl network start net0
	ip link set net0 alias ""
	ip link set vm7 group 3
	ok netdctl network delete net0
	eq "" "$(ip -o link show | grep -E ' (net0|vm7)[:@]')"
}

# One mark alone, or somebody else's alias, is not enough.
one_mark()
{
	lab
	ip link add lan type bridge
	fails 2 netdctl apply lab.yaml
	ip link set lan alias netd:other/lan
	fails 2 netdctl apply lab.yaml
	match 'netd did not make' "$err"
	ip link del lan
	netdctl apply -q lab.yaml
	ip link set lan group 7 alias mine
	ok netdctl destroy lab
	match 'alias mine' "$(ip link show lan)"
}

for how in groups_changed aliases_changed; do
	for what in mended destroyed changed; do
		t_fresh "$how, then $what" "$what" "$how"
	done
done
t_fresh "the same, by one-line commands" one_line
t_fresh "one mark alone is not enough" one_mark
t_done
