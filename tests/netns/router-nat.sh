#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The firewall of routers: source NAT by the way out, forwards, what passes between networks.
. "$(dirname "$0")/../lib/netns.sh"

RULESET=$NETD_BUILD/tests/netns/ruleset

# joined NS IF BRIDGE ADDRESS…: an interface in the namespace, plugged into the bridge.
joined()
{
	local address

	ip link add "$1-$2" type veth peer name "$2" netns "$1"
	ip link set dev "$1-$2" master "$3" up
	ip -n "$1" link set dev "$2" up
	for address in "${@:4}"; do
		ip -n "$1" address add "$address" dev "$2"
	done
}

# router NAME LAN DMZ LAST: as `topology` has it; LAST is that of its outside address.
router()
{
	t_namespace "$1"
	on "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	joined "$1" lan "$2" 10.1.0.1/24 fd00:1::1/64
	joined "$1" dmz "$3" 10.2.0.1/24 fd00:2::1/64
	joined "$1" up wan "172.16.5.$4/24" "2001:db8:5::$4/64"
}

# A LAN outside, a router with two networks behind it, guests; all by hand.
world()
{
	local name

	need bridge veth nft
	for name in wan lan dmz; do
		ip link add "$name" type bridge
		ip link set "$name" up
	done
	guest_ns outside wan 172.16.5.1/24 - 2001:db8:5::1/64
	router r1 lan dmz 40
	ip -n r1 address add 172.16.5.41/24 dev up
	ip -n r1 address add 172.16.5.70/24 dev up
	ip -n r1 address add 2001:db8:5::70/64 dev up preferred_lft 0
	guest_ns a lan 10.1.0.10/24 10.1.0.1 fd00:1::10/64 fd00:1::1
	guest_ns b lan 10.1.0.11/24 10.1.0.1 fd00:1::11/64 fd00:1::1
	guest_ns d dmz 10.2.0.10/24 10.2.0.1 fd00:2::10/64 fd00:2::1
	for name in a b d; do
		serve "$name" tcp 0.0.0.0 80
		serve "$name" udp 0.0.0.0 53
	done >/dev/null
	serve a tcp fd00:1::10 80 >/dev/null
	serve d tcp fd00:2::10 80 >/dev/null
	serve outside tcp 0.0.0.0 80 >/dev/null
	serve outside udp 0.0.0.0 53 >/dev/null
	serve outside tcp 2001:db8:5::1 80 >/dev/null
}

# topology [NAME [ROUTER [LAST]]]; POLICY, NAT, WEB, DNS change the router.
topology()
{
	local last=${3:-40}

	cat >"${1:-lab}.yaml" <<-EOF
	name: ${1:-lab}
	networks:
	  ${4:-}wan: {}
	  ${4:-}lan: {machines: {a: {mac: "52:54:00:00:00:01", address: [10.1.0.10, "fd00:1::10"]},
	    b: {mac: "52:54:00:00:00:02", address: [10.1.0.11, "fd00:1::11"]}}}
	  ${4:-}dmz: {machines: {d: {mac: "52:54:00:00:00:03", address: [10.2.0.10, "fd00:2::10"]}}}
	routers:
	  ${2:-r1}:
	    interfaces:
	      lan: {network: ${4:-}lan, addresses: [10.1.0.1/24, "fd00:1::1/64"]}
	      dmz: {network: ${4:-}dmz, addresses: [10.2.0.1/24, "fd00:2::1/64"]}
	      up: {network: ${4:-}wan, addresses: [172.16.5.$last/24, "2001:db8:5::$last/64"]}
	EOF
	[ -z "${NAT-{out: up\}}" ] || echo "    nat: ${NAT-{out: up\}}" >>"${1:-lab}.yaml"
	[ -z "${POLICY:-}" ] || echo "    $POLICY" >>"${1:-lab}.yaml"
	[ -n "${FORWARDS-yes}" ] || return 0
	cat >>"${1:-lab}.yaml" <<-EOF
	    forwards:
	      - {listen: "172.16.5.$last:8080", to: "${WEB:-a:80}"}
	      - {listen: "172.16.5.$last:5300", to: "${DNS:-a:53}", protocol: udp}
	      - {listen: "[2001:db8:5::$last]:8080", to: "[fd00:1::10]:80"}
	      - {listen: 172.16.5.70, to: d, on: up}
	      - {listen: "2001:db8:5::70", to: d, on: up}
	EOF
}

lab()
{
	world
	topology
	on r1 "$RULESET" lab.yaml r1 >/dev/null
}

# seen FIELD NS PROTOCOL ADDRESS PORT [OPTION…]: 1-2 what the server is, 3-4 the peer.
seen()
{
	ask "${@:2}" | cut -d' ' -f"$1"
}

# between LOW HIGH NUMBER
between()
{
	[ "$3" -ge "$1" ] && [ "$3" -le "$2" ] || fail "$3 is not in $1-$2"
}

masquerade()
{
	lab
	eq 172.16.5.40 "$(seen 3 a tcp 172.16.5.1 80)"
	eq 172.16.5.40 "$(seen 3 d tcp 172.16.5.1 80)"
	between 1024 65535 "$(seen 4 a udp 172.16.5.1 53 --port 53)"
	eq 2001:db8:5::40 "$(seen 3 a tcp 2001:db8:5::1 80)"
	pings a 172.16.5.1
	pings a 2001:db8:5::1
	eq 10.1.0.10 "$(seen 3 a tcp 10.2.0.10 80)" "between networks nothing is changed"
	eq fd00:1::10 "$(seen 3 a tcp fd00:2::10 80)"
	eq 10.1.0.10 "$(seen 3 a tcp 10.1.0.11 80)"
	# the router's own traffic keeps its source and port
	eq "172.16.5.41 1000" "$(seen 3-4 r1 tcp 172.16.5.1 80 --from 172.16.5.41 --port 1000)"
}

outside_is_kept_out()
{
	lab
	ip -n outside route add 10.0.0.0/8 via 172.16.5.40
	ip -n outside -6 route add fd00::/16 via 2001:db8:5::40
	no_ping outside 10.1.0.10
	no_ping outside fd00:2::10
	no_answer outside tcp 10.2.0.10 80
	no_answer outside tcp fd00:1::10 80
	pings outside 172.16.5.40
	# an ICMP error, not silence
	match 'filtered|prohibited' "$(on outside ping -n -c 1 -W 1 10.1.0.10 || :)"
}

fixed_source_and_pool()
{
	NAT='{out: up, source: 172.16.5.41, ports: 2000-3000}' lab
	eq 172.16.5.41 "$(seen 3 a tcp 172.16.5.1 80)"
	between 2000 3000 "$(seen 4 d tcp 172.16.5.1 80)"
	eq 2001:db8:5::40 "$(seen 3 a tcp 2001:db8:5::1 80)"
	eq 172.16.5.41 "$(seen 3 a udp 172.16.5.1 53 --port 4000)"
	eq 172.16.5.41 "$(seen 3 d udp 172.16.5.1 53 --port 4000)"
	NAT='{out: up, source: 172.16.5.40-172.16.5.41}' topology
	no_match forgotten "$(on r1 "$RULESET" lab.yaml r1)" "both are possible still"
	eq 172.16.5.41 "$(seen 3 a udp 172.16.5.1 53 --port 4000)"
	NAT='{out: up, source: 172.16.5.70}' topology
	match 'forgotten' "$(on r1 "$RULESET" lab.yaml r1)"
	eq 172.16.5.70 "$(seen 3 a udp 172.16.5.1 53 --port 4000)"
	eq 172.16.5.70 "$(seen 3 d udp 172.16.5.1 53 --port 4000)"
	NAT='{out: up}' topology
	match 'forgotten 2' "$(on r1 "$RULESET" lab.yaml r1)"
	eq 172.16.5.40 "$(seen 3 a udp 172.16.5.1 53 --port 4000)"
}

pool_is_persistent()
{
	local first

	NAT='{out: up, source: 172.16.5.40-172.16.5.41}' lab
	first=$(seen 3 a tcp 172.16.5.1 80)
	match '172.16.5.4[01]' "$first"
	for _ in 1 2 3; do
		eq "$first" "$(seen 3 a tcp 172.16.5.1 80)"
	done
}

# What a policy that is narrower does not admit ends, whoever answers; the rest goes on.
narrowed()
{
	POLICY='allow: [{from: lan, to: dmz}, {from: dmz, to: lan}, {from: up, to: dmz}]' lab
	ip -n outside route add 10.0.0.0/8 via 172.16.5.40
	flow_start there a tcp 10.2.0.10 80
	flow_start there-udp b udp 10.2.0.10 53
	flow_start back d tcp 10.1.0.10 80
	flow_start back-udp d udp 10.1.0.11 53
	flow_start "in" outside tcp 10.2.0.10 80
	flow_start forward outside tcp 172.16.5.40 8080
	sleep 0.3
	POLICY='allow: [{from: lan, to: dmz}]' topology
	on r1 "$RULESET" lab.yaml r1 >/dev/null
	sleep 0.3
	ends back
	ends back-udp
	ends "in"
	POLICY='isolate: true' topology
	on r1 "$RULESET" lab.yaml r1 >/dev/null
	ends there
	ends there-udp
	goes_on forward
}

# A network behind another router: its flows are NATed by the way out, and forgotten, too.
behind_another_router()
{
	lab
	ip link add far type bridge
	ip link set far up
	t_namespace r9
	on r9 sysctl -qw net.ipv4.ip_forward=1
	joined r9 far far 10.9.0.1/24
	joined r9 lan lan 10.1.0.9/24
	ip -n r9 route add default via 10.1.0.1
	ip -n r1 route add 10.9.0.0/24 via 10.1.0.9
	guest_ns f far 10.9.0.2/24 10.9.0.1
	eq 172.16.5.40 "$(seen 3 f udp 172.16.5.1 53 --port 4000)"
	eq 172.16.5.1 "$(seen 3 outside udp 172.16.5.40 5300 --port 4000)"
	NAT='{out: up, source: 172.16.5.41}' topology
	match 'forgotten 1' "$(on r1 "$RULESET" lab.yaml r1)"
	eq 172.16.5.41 "$(seen 3 f udp 172.16.5.1 53 --port 4000)"
}

forwards()
{
	lab
	eq "10.1.0.10 80 172.16.5.1" "$(seen 1-3 outside tcp 172.16.5.40 8080)"
	eq "10.1.0.10 53 172.16.5.1" "$(seen 1-3 outside udp 172.16.5.40 5300)"
	eq "fd00:1::10 80 2001:db8:5::1" "$(seen 1-3 outside tcp 2001:db8:5::40 8080)"
	eq "10.2.0.10 80 172.16.5.1" "$(seen 1-3 outside tcp 172.16.5.70 80)"
	eq "fd00:2::10 80 2001:db8:5::1" "$(seen 1-3 outside tcp 2001:db8:5::70 80)"
	no_answer outside tcp 172.16.5.40 8081
	# its own network, another one, and the router itself
	eq "10.1.0.10 80 10.1.0.1" "$(seen 1-3 b tcp 172.16.5.40 8080)"
	eq "10.1.0.10 80 10.1.0.1" "$(seen 1-3 a tcp 172.16.5.40 8080)"
	eq "10.1.0.10 80 10.2.0.10" "$(seen 1-3 d tcp 172.16.5.40 8080)"
	eq "10.1.0.10 80 10.1.0.1" "$(seen 1-3 r1 tcp 172.16.5.40 8080)"
	eq "fd00:1::10 80 fd00:1::1" "$(seen 1-3 b tcp 2001:db8:5::40 8080)"
}

changed_forward()
{
	lab
	eq 10.1.0.10 "$(seen 1 outside udp 172.16.5.40 5300 --port 4000)"
	WEB=b:80 topology
	no_match forgotten "$(on r1 "$RULESET" lab.yaml r1)"
	DNS=b:53 topology
	match 'forgotten' "$(on r1 "$RULESET" lab.yaml r1)"
	eq 10.1.0.11 "$(seen 1 outside udp 172.16.5.40 5300 --port 4000)"
	FORWARDS='' topology
	match 'forgotten 1' "$(on r1 "$RULESET" lab.yaml r1)"
	no_answer outside udp 172.16.5.40 5300 --port 4000
}

isolated()
{
	POLICY='isolate: true' lab
	no_ping a 10.2.0.10
	no_ping d fd00:1::10
	no_answer d tcp 10.1.0.10 80
	eq 172.16.5.40 "$(seen 3 a tcp 172.16.5.1 80)"
	eq "10.1.0.10 80 172.16.5.1" "$(seen 1-3 outside tcp 172.16.5.40 8080)"
	eq "10.1.0.10 80 10.2.0.10" "$(seen 1-3 d tcp 172.16.5.40 8080)" "a forward is meant"
	pings a 10.2.0.1
	eq 10.1.0.11 "$(seen 1 a tcp 10.1.0.11 80)"
}

allowed()
{
	POLICY='allow: [{from: lan, to: dmz}]' lab
	eq "10.2.0.10 80 10.1.0.10" "$(seen 1-3 a tcp 10.2.0.10 80)"
	pings a fd00:2::10
	no_ping d 10.1.0.10
	no_answer d tcp fd00:1::10 80
	no_answer d tcp 172.16.5.1 80
	ip -n outside route add 10.0.0.0/8 via 172.16.5.40
	no_answer outside tcp 10.2.0.10 80
	POLICY='allow: [{from: up, to: dmz}]' topology
	on r1 "$RULESET" lab.yaml r1 >/dev/null
	eq "10.2.0.10 80 172.16.5.1" "$(seen 1-3 outside tcp 10.2.0.10 80)"
	no_answer outside tcp 10.1.0.10 80
	no_ping a 10.2.0.10
}

# What leaves by NAT is one of the pairs, too.
allowed_out()
{
	local address

	POLICY='allow: [{from: lan, to: up}]' lab
	eq 172.16.5.40 "$(seen 3 a tcp 172.16.5.1 80)"
	eq 2001:db8:5::40 "$(seen 3 a tcp 2001:db8:5::1 80)"
	pings a 172.16.5.1
	for address in 172.16.5.1 2001:db8:5::1; do
		no_ping d "$address"
		no_answer d tcp "$address" 80
	done
	no_answer d udp 172.16.5.1 53
	match 'filtered|prohibited' "$(on d ping -n -c 1 -W 1 172.16.5.1 || :)"
	no_ping a 10.2.0.10
	ip -n outside route add 10.0.0.0/8 via 172.16.5.40
	no_answer outside tcp 10.1.0.10 80
	# forwards pass, and so do their answers: from outside and from another network
	eq "10.2.0.10 80 172.16.5.1" "$(seen 1-3 outside tcp 172.16.5.70 80)"
	eq "fd00:2::10 80 2001:db8:5::1" "$(seen 1-3 outside tcp 2001:db8:5::70 80)"
	eq "10.1.0.10 80 10.2.0.10" "$(seen 1-3 d tcp 172.16.5.40 8080)"
	# the router itself is none of its networks
	eq 172.16.5.40 "$(seen 3 r1 tcp 172.16.5.1 80)"
	NAT='{out: up, source: 172.16.5.41}' POLICY='allow: [{from: dmz, to: up}]' topology
	on r1 "$RULESET" lab.yaml r1 >/dev/null
	eq 172.16.5.41 "$(seen 3 d tcp 172.16.5.1 80)"
	no_answer a tcp 172.16.5.1 80
	no_answer a tcp 2001:db8:5::1 80
}

isolated_without_nat()
{
	NAT='' FORWARDS='' POLICY='isolate: true' lab
	ip -n outside route add 10.0.0.0/8 via 172.16.5.40
	no_ping outside 10.1.0.10
	no_ping a 172.16.5.1
	no_ping a 10.2.0.10
	NAT='' FORWARDS='' POLICY='allow: [{from: lan, to: up}]' topology
	on r1 "$RULESET" lab.yaml r1 >/dev/null
	eq 10.1.0.10 "$(seen 3 a tcp 172.16.5.1 80)"
	no_ping outside 10.1.0.10
	no_ping d 172.16.5.1
}

no_rules_no_table()
{
	NAT='' FORWARDS='' lab
	eq "" "$(on r1 nft list ruleset)"
	pings a 10.2.0.10
	ip -n outside route add 10.0.0.0/8 via 172.16.5.40
	eq 10.1.0.10 "$(seen 3 a tcp 172.16.5.1 80)"
	topology
	on r1 "$RULESET" lab.yaml r1 >/dev/null
	on r1 nft list ruleset >listed
	{ echo 'flush ruleset'; cat listed; } | on r1 nft -f -
	on r1 nft list ruleset | diff listed -
	eq "" "$(on r1 "$RULESET" lab.yaml r1)" "after nft -f"
	NAT='{out: up, source: 172.16.5.40-172.16.5.44, ports: 1024-2000}' topology
	on r1 "$RULESET" lab.yaml r1 >/dev/null
	on r1 nft list ruleset >listed
	{ echo 'flush ruleset'; cat listed; } | on r1 nft -f -
	eq "" "$(on r1 "$RULESET" lab.yaml r1)" "after nft -f"
	NAT='' FORWARDS='' topology
	on r1 "$RULESET" lab.yaml r1 >/dev/null
	eq "" "$(on r1 nft list ruleset)"
}

# S7: the same subnets twice, side by side.
two_labs()
{
	local name

	lab
	for name in 2lan 2dmz; do
		ip link add "$name" type bridge
		ip link set "$name" up
	done
	router r2 2lan 2dmz 50
	guest_ns a2 2lan 10.1.0.10/24 10.1.0.1 fd00:1::10/64 fd00:1::1
	guest_ns only2 2lan 10.1.0.99/24 10.1.0.1
	serve a2 tcp 0.0.0.0 80 >/dev/null
	topology lab2 r2 50 2
	sed -i '/5.70\|5::70/d' lab2.yaml
	on r2 "$RULESET" lab2.yaml r2 >/dev/null
	eq 172.16.5.40 "$(seen 3 a tcp 172.16.5.1 80)"
	eq 172.16.5.50 "$(seen 3 a2 tcp 172.16.5.1 80)"
	eq 2001:db8:5::50 "$(seen 3 a2 tcp 2001:db8:5::1 80)"
	pings a2 10.1.0.99
	no_ping a 10.1.0.99
	no_ping d 10.1.0.99
	no_ping r1 10.1.0.99
	no_ping a2 10.1.0.11
	eq "10.1.0.10 80 172.16.5.1" "$(seen 1-3 outside tcp 172.16.5.50 8080)"
	eq "10.1.0.10 80 172.16.5.40" "$(seen 1-3 a tcp 172.16.5.50 8080)" \
		"as everybody outside: by the forward, under the NAT's address"
	ip -n r2 route add 10.2.0.0/25 via 172.16.5.40
	no_answer a2 tcp 10.2.0.10 80
}

# both_labs [SOURCE [PORT]]: one file, two routers, the same subnet behind each.
both_labs()
{
	local last

	cat >both.yaml <<-EOF
	name: both
	networks: {wan: {}, lan1: {}, lan2: {}}
	routers:
	EOF
	for last in 1 2; do
		cat >>both.yaml <<-EOF
		  r$last:
		    interfaces:
		      lan: {network: lan$last, addresses: [10.1.0.1/24]}
		      up: {network: wan, addresses: [172.16.5.${last}0/24, 172.16.5.${last}1/24]}
		    nat: {out: up${1:-}}
		    forwards: [{listen: "172.16.5.${last}0:5300", to: "10.1.0.1${2:-0}:53", protocol: udp}]
		EOF
	done
}

# As `two_labs`, but all of it by netdctl; and flows follow what it changes.
by_netdctl()
{
	local lab

	need bridge veth nft
	both_labs
	netdctl apply both.yaml
	netdctl plan -q both.yaml
	guest_ns outside wan 172.16.5.1/24
	serve outside udp 0.0.0.0 53 >/dev/null
	for lab in 1 2; do
		guest_ns "a$lab" "lan$lab" 10.1.0.10/24 10.1.0.1
		guest_ns "b$lab" "lan$lab" 10.1.0.11/24 10.1.0.1
		serve "a$lab" udp 0.0.0.0 53 >/dev/null
		serve "b$lab" udp 0.0.0.0 53 >/dev/null
		match "172.16.5.${lab}[01]" "$(seen 3 "a$lab" udp 172.16.5.1 53 --port 4000)"
		eq 10.1.0.10 "$(seen 1 outside udp "172.16.5.${lab}0" 5300 --port 5000)"
	done
	ip -n a2 address add 10.1.0.99/24 dev eth0
	no_ping a1 10.1.0.99
	no_ping outside 10.1.0.10
	both_labs ", source: 172.16.5.11" 1
	sed -i '/^  r2:/,$s/5\.11}/5.21}/' both.yaml
	netdctl apply both.yaml
	for lab in 1 2; do
		eq "172.16.5.${lab}1" "$(seen 3 "a$lab" udp 172.16.5.1 53 --port 4000)"
		eq 10.1.0.11 "$(seen 1 outside udp "172.16.5.${lab}0" 5300 --port 5000)"
	done
	netdctl destroy both
	eq "" "$(ip netns list | grep '^r[12]' || :)"
}

t_fresh "netdctl: two labs, and flows that follow" by_netdctl
t_fresh "masquerade by the way out" masquerade
t_fresh "outside does not get in" outside_is_kept_out
t_fresh "a fixed source, ports, and a pool; flows follow" fixed_source_and_pool
t_fresh "a guest keeps its address of a pool" pool_is_persistent
t_fresh "networks behind another router" behind_another_router
t_fresh "forwards: from outside, inside, the router, and their own network" forwards
t_fresh "flows follow a changed forward" changed_forward
t_fresh "isolate" isolated
t_fresh "allow" allowed
t_fresh "allow, and what leaves by NAT" allowed_out
t_fresh "a narrower policy ends connections" narrowed
t_fresh "isolate and allow without NAT" isolated_without_nat
t_fresh "no rules, no table; nft lists and loads it" no_rules_no_table
t_fresh "two labs with the same subnets" two_labs
t_done
