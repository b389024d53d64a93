#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Who has which address: leases, show machines, show services and status, with real
# clients, against what these were given.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/dhcp.sh"

need command:dnsmasq command:busybox

ready_made()
{
	netdctl network create default --preset libvirt --domain lab.test \
		--machine web=52:54:00:00:00:01,192.168.122.50 --machine db=52:54:00:00:00:02
}

# lease FILTER: of all, as jq has it.
lease()
{
	netdctl leases --json | jq -c "$1"
}

listed()
{
	local left

	ready_made
	eq '[]' "$(lease .)"
	ok netdctl leases
	eq "" "$out"
	guest_ns --mac 52:54:00:00:00:01 g1 virbr0 -
	guest_ns --mac 52:54:00:00:00:09 g2 virbr0 -
	dhcp_ns g1
	dhcp_ns g2
	eq "192.168.122.50" "$(told g1 4 ip)"
	eq '["192.168.122.50","52:54:00:00:00:01","default"]' \
		"$(lease '.[] | select(.machine == "web") | [.address, .mac, .network]')"
	eq "\"$(told g2 4 ip)\"" "$(lease '.[] | select(.mac == "52:54:00:00:00:09") | .address')"
	eq '[null,"g2"]' "$(lease '.[] | select(.mac == "52:54:00:00:00:09") | [.machine, .name]')"
	left=$(lease '.[0].seconds_left')
	[ "$left" -gt 3500 ] && [ "$left" -le 3600 ]
	ok netdctl leases default
	match 'default +web +192.168.122.50 +52:54:00:00:00:01 +(1h|59m)' "$out"
	eq 3 "$(wc -l <<<"$out")"
	# machines: what is reserved, what is leased, what was chosen
	eq '["192.168.122.50"]' "$(netdctl show machines --json | jq -c '.[] | select(.machine == "web") | .leased')"
	eq '[[],true,1]' "$(netdctl show machines --json |
		jq -c '.[] | select(.machine == "db") | [.leased, .chosen, (.addresses | length)]')"
	fails 2 netdctl leases nowhere
	match 'nowhere' "$err"
}

waited_for()
{
	local chosen

	ready_made
	fails 1 netdctl leases --wait db --timeout 1
	match 'db .*1 s' "$err"
	guest_ns --mac 52:54:00:00:00:02 g1 virbr0 -
	netdctl leases --wait db --timeout 20 --json >waited &
	sleep 0.2
	dhcp_ns g1
	wait $!
	chosen=$(netdctl machine list --json | jq -r '.[] | select(.machine == "db") | .addresses[0]')
	eq "$chosen" "$(told g1 4 ip)"
	eq "[\"$chosen\"]" "$(jq -c 'map(.address)' waited)"
	ok netdctl leases --wait db
	match "$chosen" "$out"
	for words in "--timeout 5" "--wait db --timeout -1" "--wait db --timeout soon" \
		"--wait db default" "--wait"; do
		# shellcheck disable=SC2086 # words
		fails 2 netdctl leases $words
	done
}

# Of a machine, its MAC counts, whatever others call themselves; whatever its case.
believed()
{
	ready_made
	netdctl network create other --address 10.9.0.1/24 --dhcp --domain other.test
	guest_ns g1 virbr0 -
	guest_ns g2 other -
	dhcp_ns g1 eth0 -x hostname:web
	dhcp_ns g2 eth0 -x hostname:WEB
	fails 1 netdctl leases --wait web --timeout 0
	fails 1 netdctl leases --wait Web --timeout 0
	dhcp_ns g2 eth0 -x hostname:nobody
	ok netdctl leases --wait Nobody --timeout 0
	match "$(told g2 4 ip)" "$out"
	guest_ns --mac 52:54:00:00:00:01 g3 virbr0 -
	dhcp_ns g3 eth0 -x hostname:else
	ok netdctl leases --wait WEB --timeout 0 --json
	eq '["192.168.122.50"]' "$(jq -c 'map(.address)' <<<"$out")"
	fails 2 netdctl machine add default WEB 52:54:00:00:00:77
	match 'machine "WEB" has the name of machine "web"' "$err"
}

# A machine that is added is known at once, and nobody else's lease is touched.
added_live()
{
	local pid

	ready_made
	pid=$(</run/netd/dhcp/default/pid)
	ok netdctl machine add default late 52:54:00:00:00:07 192.168.122.77
	eq "$pid" "$(</run/netd/dhcp/default/pid)"
	guest_ns --mac 52:54:00:00:00:07 g1 virbr0 -
	dhcp_ns g1
	eq 192.168.122.77 "$(told g1 4 ip)"
	resolves g1 late.lab.test 192.168.122.77
	ok netdctl machine remove default late
	eq '["web","db"]' "$(netdctl machine list --json | jq -c 'map(.machine)')"
}

# service FILTER
service()
{
	netdctl show services --json | jq -c "$1"
}

services()
{
	ready_made
	netdctl network create plain
	eq '[["default","default","virbr0","up",["dhcp","dns"],"lab.test"]]' \
		"$(service 'map([.service, .network, .interface, .state, .serves, .domain])')"
	eq '[]' "$(netdctl show services plain --json | jq -c .)"
	kill -KILL "$(</run/netd/dhcp/default/pid)"
	wait_for 5 eval '[ "$(service ".[0].state")" = "\"dead\"" ]'
	ok netdctl status
	match 'differs in 1 place' "$out"
	match 'note: default: .*dnsmasq is not running' "$out"
	match 'dnsmasq is not running' "$(netdctl status --json | jq -r '.[0].notes[0]')"
	fails 3 netdctl plan --json /etc/netd/default.yaml
	match 'dnsmasq is not running' "$(jq -r '.notes[0].message' <<<"$err")"
	fails 3 netdctl plan -q /etc/netd/default.yaml
	eq "" "$err"
	ok netdctl apply /etc/netd/default.yaml
	match 'note: .*dnsmasq is not running' "$err"
	eq '"up"' "$(service '.[0].state')"
	ok netdctl status
	match 'in effect' "$out"
	no_match 'dnsmasq' "$out"
}

from_a_router()
{
	cat >lab.yaml <<-'EOF'
		name: lab
		networks: {lan: {}}
		routers: {r1: {interfaces: {lan: {addresses: [10.1.0.1/24], dhcp: true, dns: {domain: r.test}}}}}
	EOF
	ok netdctl apply lab.yaml
	eq '[["r1.lan","lan","lan","up"]]' "$(service 'map([.service, .network, .interface, .state])')"
	guest_ns g1 lan -
	dhcp_ns g1
	eq "[[\"$(told g1 4 ip)\",\"lan\",\"r1.lan\"]]" "$(lease 'map([.address, .network, .service])')"
	eq 1 "$(service '.[0].leases')"
}

lost_namespace()
{
	netdctl network create lan
	netdctl router create r1 -i lan=10.1.0.1/24
	eq '[1,0,"in effect",[]]' "$(netdctl status --json | jq -c '.[0] | [.routers, .hosts, .state, .notes]')"
	ip netns del r1
	ok netdctl status
	match 'note: default: router r1 has lost its namespace' "$out"
	no_match 'in effect' "$out"
}

dhcp_options()
{
	ok netdctl network create n1 --address 10.1.0.1/24 --dhcp-range 10.1.0.100-10.1.0.110 \
		--domain n1.test --dns 10.9.9.9 --dns 10.9.9.8:5353
	netdctl export --json >exported.json
	eq '["10.1.0.100-10.1.0.110"]' "$(jq -c '.networks.n1.dhcp.range | if type == "array" then . else [.] end' exported.json)"
	eq '["n1.test",["10.9.9.9","10.9.9.8:5353"]]' "$(jq -c '.networks.n1.dns | [.domain, .forwarders]' exported.json)"
	guest_ns g1 n1 -
	dhcp_ns g1
	match '^10\.1\.0\.1(0[0-9]|10)$' "$(told g1 4 ip)"
	ok netdctl network set n1 --no-dhcp
	eq '[]' "$(netdctl show services --json | jq -c 'map(select(.serves | index("dhcp")))')"
	ok netdctl network create n2 --address 10.2.0.1/24 --dhcp --no-dns
	eq '[["dhcp"]]' "$(netdctl show services n2 --json | jq -c 'map(.serves)')"
}

t_fresh "listed" listed
t_fresh "waited for" waited_for
t_fresh "a machine is who has its MAC, not who calls itself so" believed
t_fresh "a machine is added live" added_live
t_fresh "services, and one that died" services
t_fresh "served from a router" from_a_router
t_fresh "a namespace that was lost" lost_namespace
t_fresh "options of network create" dhcp_options
t_done
