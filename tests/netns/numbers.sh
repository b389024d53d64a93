#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# S13: what is shown of ports, networks and leases is what the kernel and the guests have.
. "$(dirname "$0")/../lib/netns.sh"

need bridge veth nft nft_nat command:dnsmasq

world()
{
	outside eth0 172.16.5.40/24 172.16.5.1/24
	serve outside udp "$T_INTERNET4" 5000 >/dev/null
	cat >lab.yaml <<-'EOT'
	name: lab
	networks:
	  lan:
	    bridge: br-lan
	    mode: nat
	    addresses: [10.1.0.1/24]
	    dhcp: {lease: 10m}
	    machines: {c: {mac: "52:54:00:00:00:0c", address: 10.1.0.200}}
	  side: {addresses: [10.2.0.1/24], dhcp: {lease: infinite}}
	routers:
	  r1: {interfaces: {lan: {addresses: [10.1.0.250/24]}, side: {addresses: [10.2.0.250/24]}}}
	EOT
	ok netdctl apply lab.yaml
	guest_ns a br-lan -
	guest_ns b br-lan -
	guest_ns --mac 52:54:00:00:00:0c c br-lan -
	guest_ns d side -
	for ns in a b c d; do
		dhcp_ns $ns
	done
}

# kernel LINK: its counters, as `show ports` names them.
kernel()
{
	ip -s -j link show "$1" | jq -c '.[0] | {rx_bytes: .stats64.rx.bytes, tx_bytes:
		.stats64.tx.bytes, rx_packets: .stats64.rx.packets, tx_packets: .stats64.tx.packets}'
}

# shown KIND NAME-KEY NAME: the same of netdctl.
shown()
{
	netdctl show "$1" --json | jq -c --arg key "$2" --arg name "$3" '.[] |
		select(.[$key] == $name) | {rx_bytes, tx_bytes, rx_packets, tx_packets} |
		with_entries(select(.value != null))'
}

# agree KIND KEY NAME LINK: while nothing moves, both say the same.
agree()
{
	local had="" is

	for _ in 1 2 3 4 5; do
		is=$(kernel "$4")
		[ "$is" = "$had" ] && break
		had=$is
		said=$(shown "$1" "$2" "$3")
	done
	[ -n "$said" ] || fail "$1 $3 is not shown"
	eq "$(jq -c --argjson said "$said" 'with_entries(select(.key | in($said)))' <<<"$is")" \
		"$said" "counters of $3"
}

ports()
{
	local before after port

	before=$(shown ports port v-a | jq .rx_packets)
	on a ping -q -i 0.01 -c 50 -s 1000 10.1.0.200 >/dev/null
	after=$(shown ports port v-a | jq .rx_packets)
	[ $((after - before)) -ge 50 ] || fail "$before, then $after packets"
	[ $((after - before)) -le 60 ] || fail "$before, then $after packets"
	for port in v-a v-b v-c; do
		agree ports port $port $port
	done
	agree networks network lan br-lan
	agree networks network side side
	# which ports are where
	eq "$(ip -j link show master br-lan | jq -r '.[].ifname' | sort)" \
		"$(netdctl show ports lan --json | jq -r '.[].port' | sort)"
	eq "$(ip -j link show master side | jq -r '.[].ifname' | sort)" \
		"$(netdctl port list side --json | jq -r '.[].port' | sort)"
	eq "$(ip -j link show master br-lan | jq length)" \
		"$(netdctl show networks --json | jq '.[] | select(.network == "lan").ports')"
}

# The text has the same numbers as the JSON, for a port that is quiet now.
text_is_json()
{
	local json text

	json=$(shown ports port v-b | jq -r '[.rx_packets, .tx_packets] | join(" ")')
	text=$(netdctl show ports | awk '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		$1 == "v-b" { print $at["RX-PACKETS"], $at["TX-PACKETS"] }')
	eq "$json" "$text"
}

# lease NETWORK NS: what `leases` has for the MAC of the namespace.
lease()
{
	local mac

	mac=$(ip -n "$2" -j link show eth0 | jq -r '.[0].address')
	netdctl leases "$1" --json | jq -c --arg mac "$mac" '.[] | select(.mac == $mac)'
}

leases()
{
	local ns left

	for ns in a b c; do
		eq "$(told $ns 4 ip)" "$(lease lan $ns | jq -r .address)"
		eq "$(ip -n $ns -j -4 address show dev eth0 | jq -r '.[].addr_info[0].local')" \
			"$(lease lan $ns | jq -r .address)"
		eq lan "$(lease lan $ns | jq -r .network)"
		eq "$ns" "$(lease lan $ns | jq -r .name)"
		left=$(lease lan $ns | jq -r .seconds_left)
		{ [ "$left" -gt 500 ] && [ "$left" -le 600 ]; } || fail "$left s are left"
		match "$(told $ns 4 ip) " "$(netdctl leases lan)"
	done
	eq 10.1.0.200 "$(lease lan c | jq -r .address)"
	eq "" "$(lease lan d)"
	eq "$(told d 4 ip)" "$(lease side d | jq -r .address)"
	eq 4 "$(netdctl leases --json | jq length)" "leases of all networks"
	eq 3 "$(netdctl leases lan --json | jq length)" "leases of lan"
	refused netdctl leases nowhere
}

# What a router has, in its namespace.
router()
{
	local said

	said=$(netdctl router show r1 --json)
	for address in $(ip -n r1 -j -4 address show scope global | jq -r '.[].addr_info[] | "\(.local)/\(.prefixlen)"'); do
		match "\"$address\"" "$said"
	done
	match "$(ip -n r1 -j link show lan | jq -r '.[0].address')" "$said"
}

t_case "two networks, a router and four clients" world
t_case "ports and counters" ports
t_case "text and JSON" text_is_json
t_case "leases" leases
t_case "a router" router
t_done
