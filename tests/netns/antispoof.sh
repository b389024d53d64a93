#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What guests send under addresses that are not their network's.
. "$(dirname "$0")/../lib/netns.sh"

FOREIGN4=192.0.2.9
FOREIGN6=2001:db8:9::9

world()
{
	local name number=0

	need bridge veth nft nft_nat ipv6
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	cat >lab.yaml <<-'EOF'
	name: default
	networks:
	  nat0: {mode: nat, addresses: [10.1.0.254/24, "fd00:1::ff/64"], nat: {out: eth0}}
	  rout0: {mode: routed, addresses: [10.2.0.254/24, 10.22.0.254/24, "fd00:2::ff/64"],
	    routes: [{to: 10.9.0.0/24, via: 10.2.0.1}, {to: "fd00:9::/64", via: "fd00:2::1"}]}
	  open0: {mode: open, addresses: [10.3.0.254/24, "fd00:3::ff/64"]}
	  iso0: {addresses: [10.4.0.254/24, "fd00:4::ff/64"]}
	EOF
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	netdctl export default >/etc/netd/default.yaml
	for name in nat rout open iso; do
		number=$((number + 1))
		guest_ns $name ${name}0 10.$number.0.1/24 10.$number.0.254 \
			fd00:$number::1/64 fd00:$number::ff
	done
	ip -n outside route add 10.2.0.0/16 via 172.16.5.40
	serve outside udp "$T_INTERNET4" 53 >/dev/null
	# what came through, behind netd's own chains
	nft -f - <<-'EOF'
	table inet seen {
		set passed4 { type ifname . ipv4_addr; flags dynamic; size 1000; }
		set passed6 { type ifname . ipv6_addr; flags dynamic; size 1000; }
		chain forward {
			type filter hook forward priority 10
			add @passed4 { iifname . ip saddr }
			add @passed6 { iifname . ip6 saddr }
		}
		chain input {
			type filter hook input priority 10
			add @passed4 { iifname . ip saddr }
			add @passed6 { iifname . ip6 saddr }
		}
	}
	EOF
}

# sent GUEST SOURCE TARGET: whether the host lets it pass; the guest has that source.
sent()
{
	local bits=32 family=4

	[[ $2 != *:* ]] || bits=128 family=6
	on "$1" ip address replace "$2/$bits" dev lo
	nft flush set inet seen passed$family
	on "$1" ping -n -q -c 3 -i 0.05 -W 0.2 -I "$2" "$3" >/dev/null 2>&1 || :
	nft list set inet seen passed$family | grep -qE "\"${1}0\" \\. $2([, ]|$)"
}

passes()
{
	wait_for 5 sent "$@"
}

dropped()
{
	! sent "$@" || fail "$* passes"
}

elsewhere()
{
	local guest own

	world
	for guest in nat rout open; do
		for own in "$FOREIGN4" 10.4.0.1 172.16.5.1 8.8.8.8; do
			dropped $guest "$own" "$T_INTERNET4"
			dropped $guest "$own" 172.16.5.40
		done
		dropped $guest "$FOREIGN6" "$T_INTERNET6"
		dropped $guest fd00:4::1 2001:db8:5::40
	done
	for own in "$FOREIGN4" 10.1.0.1 172.16.5.1; do
		dropped iso "$own" 10.4.0.254
	done
	dropped iso "$FOREIGN6" fd00:4::ff
	dropped iso fd00:2::1 fd00:4::ff
}

# Its own subnets, all of them, and what routes lead to by it; link-local addresses.
own_addresses()
{
	local guest

	world
	passes nat 10.1.0.77 "$T_INTERNET4"
	passes nat fd00:1::77 "$T_INTERNET6"
	passes rout 10.2.0.77 "$T_INTERNET4"
	passes rout 10.22.0.77 "$T_INTERNET4"
	passes rout 10.9.0.5 "$T_INTERNET4"
	passes rout 10.9.0.5 172.16.5.40
	passes rout fd00:9::5 "$T_INTERNET6"
	passes open fd00:3::77 "$T_INTERNET6"
	passes iso 10.4.0.77 10.4.0.254
	passes iso fd00:4::77 fd00:4::ff
	# a route that somebody adds counts at once
	dropped open 10.99.0.1 "$T_INTERNET4"
	ip route add 10.99.0.0/24 via 10.3.0.1 dev open0
	passes open 10.99.0.1 "$T_INTERNET4"
	for guest in nat rout open iso; do
		pings $guest "$(ip -j -6 address show dev ${guest}0 scope link |
			jq -r '.[].addr_info[]?.local | values')%eth0"
	done
	eq "172.16.5.40" "$(ask nat udp "$T_INTERNET4" 53 | cut -d' ' -f3)"
	eq "10.2.0.1" "$(ask rout udp "$T_INTERNET4" 53 | cut -d' ' -f3)"
}

# An answer in another network's flow, from a guest that knows its ports.
flows_of_others()
{
	world
	eq "172.16.5.40 4000" "$(ask nat udp "$T_INTERNET4" 53 --port 4000 | cut -d' ' -f3,4)"
	on rout ip address add "$T_INTERNET4/32" dev lo
	nft flush set inet seen passed4
	ask rout udp 172.16.5.40 4000 --from "$T_INTERNET4" --port 53 --timeout 300 >/dev/null 2>&1 || :
	no_match "\"rout0\" . $T_INTERNET4" "$(nft list set inet seen passed4)"
	ask nat udp "$T_INTERNET4" 53 --port 4000 >/dev/null
}

# What stays within a network is not looked at, with br_netfilter neither.
within()
{
	local frames

	world
	guest_ns other iso0 192.0.2.2/24 - 2001:db8:9::2/64
	ip -n iso address add 192.0.2.1/24 dev eth0
	ip -n iso address add 2001:db8:9::1/64 dev eth0 nodad
	for frames in 0 1; do
		bridged_frames $frames
		pings iso 192.0.2.2
		pings iso 2001:db8:9::2
	done
	bridged_frames 0
}

switched_off()
{
	world
	ok netdctl network set rout0 --antispoof off
	match 'antispoof: false' "$(netdctl export default)"
	ok netdctl network set iso0 --antispoof off
	passes rout "$FOREIGN4" "$T_INTERNET4"
	passes rout "$FOREIGN6" 2001:db8:5::40
	passes iso "$FOREIGN4" 10.4.0.254
	dropped open "$FOREIGN4" "$T_INTERNET4"
	ok netdctl network set rout0 --antispoof on
	dropped rout "$FOREIGN4" "$T_INTERNET4"
	ok netdctl network set nat0 --antispoof off
	passes nat "$FOREIGN4" "$T_INTERNET4"
	netdctl destroy default
	no_match netd "$(nft list ruleset)"
}

# A client whose address is not the network's any more is heard, and told so.
old_lease()
{
	need command:dnsmasq
	world
	sed -i 's/mode: routed/mode: routed, dhcp: true/' lab.yaml
	ok netdctl apply lab.yaml
	dhcp_ns rout
	match '^10\.2\.0\.' "$(told rout 4 ip)"
}

t_fresh "addresses of elsewhere: to others, and to the host" elsewhere
t_fresh "the network's own, and what is behind its guests" own_addresses
t_fresh "flows of others" flows_of_others
t_fresh "within the network" within
t_fresh "antispoof: false" switched_off
t_fresh "DHCP" old_lease
t_done
