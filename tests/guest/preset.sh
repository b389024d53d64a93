#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# S8: the ready-made NAT network, with DHCP and DNS, on a host that lets nothing in.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/guest/guest.sh"
. "$T_ROOT/tests/guest/admin.sh"

need_guests
need bridge tun veth nft nft_nat iptables command:dnsmasq command:tcpdump

SUBNET=192.168.122
BRIDGE=virbr0

# A firewall as admins have it: what is not asked for is dropped.
strict_nft()
{
	nft -f - <<-'EOF'
	table inet filter {
		chain input {
			type filter hook input priority filter; policy drop;
			ct state established,related accept
			iifname "lo" accept
			icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } iifname "eth0" accept
		}
	}
	EOF
}

strict_iptables()
{
	iptables -P INPUT DROP
	iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
	iptables -A INPUT -i lo -j ACCEPT
	iptables -A INPUT -j REJECT
}

host()
{
	bridged_frames 0
	outside eth0 172.16.5.40/24 172.16.5.1/24
	outside_dns
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	serve outside udp "$T_INTERNET4" 5000 >/dev/null
	hooks default
	strict_nft
	snapshot before
}

created()
{
	ok netdctl network create default --preset libvirt
	match "inet $SUBNET.1/24" "$(ip -o address show dev $BRIDGE)"
	eq "default nat $BRIDGE $SUBNET.1/24" "$(netdctl show networks default --json |
		jq -r '.[] | [.network, .mode, .bridge, .addresses[0]] | join(" ")')"
	eq "" "$(netdctl leases default --json | jq -r '.[].address')"
	ok netdctl status
	eq 0 "$(cat /proc/sys/net/ipv4/ip_forward)" "ip_forward"
}

# lease NAME: the address that `leases` has for it.
lease()
{
	netdctl leases default --json | jq -r --arg name "$1" '.[] | select(.name == $name).address'
}

guests_come()
{
	local waiter

	netdctl leases --wait a --timeout 120 >waited 2>&1 &
	waiter=$!
	boot a default 1 dhcp
	boot b default 2 dhcp
	booted a b
	wait $waiter || fail "leases --wait: $(<waited)"
	match "^$SUBNET\.[0-9]+\$" "$(lease a)"
	match "$(lease a)" "$(<waited)"
	match "52:54:00:00:00:01" "$(netdctl leases)"
	has_its_lease a
	has_its_lease b
	[ "$(lease a)" != "$(lease b)" ] || fail "two guests have one address"
}

# has_its_lease GUEST: an address of the range, gateway and DNS; as netd says.
has_its_lease()
{
	match "^$SUBNET\.([0-9]+)/24
via $SUBNET\.1
(search .*
)?dns $SUBNET\.1\$" "$(guest_run "$1" 'has eth0')"
	{ [ "${BASH_REMATCH[1]}" -ge 2 ] && [ "${BASH_REMATCH[1]}" -le 254 ]; } ||
		fail "$1 has $SUBNET.${BASH_REMATCH[1]}"
	eq "$SUBNET.${BASH_REMATCH[1]}" "$(lease "$1")" "the lease of $1"
}

names()
{
	resolves a b "$(lease b)"
	resolves b a "$(lease a)"
	resolves a www.example.net "$T_INTERNET4"
	refused guest_run a "nslookup -type=a nobody.example.net"
	pings a b
	match "name = b" "$(guest_run a "nslookup $(lease b)")"
	# what is local is not asked outside
	! grep -E 'query\[[A-Z]*\] (a|b) ' "$T_DIR/dns-outside" || fail "asked outside"
}

# seen GUEST OPTION…: as whom outside sees it: $address, $port.
seen()
{
	local said

	said=$(ask "$1" tcp www.example.net 80 "${@:2}") || fail "$1: no answer: $said"
	read -r _ _ address port <<<"$said"
}

reach_outside()
{
	local guest

	for guest in a b; do
		seen $guest --port 600
		eq 172.16.5.40 "$address"
		[ "$port" -ge 1024 ] || fail "port $port"
		seen $guest --port 5000
		eq 172.16.5.40 "$address"
		pings $guest "$T_INTERNET4"
	done
}

# captured TEXT: tcpdump has written it.
captured()
{
	tcpdump -n -e -r capture 2>/dev/null | grep -qE "$1"
}

# What stays inside keeps its source, low ports too, whether frames of the bridge pass the
# host's filters or not.
inside_is_not_translated()
{
	local bridged to a b

	a=$(lease a)
	b=$(lease b)
	guest_run b "/host/peer serve tcp $b 80 >/dev/null"
	for bridged in 0 1; do
		bridged_frames $bridged
		eq "$b 80 $a 600" "$(ask a tcp "$b" 80 --port 600)"
		eq "$b 80 $SUBNET.1 600" "$(ask host tcp "$b" 80 --port 600)"
		tcpdump -Z root -U -n -e -p -i b-2 -w capture udp port 700 2>capture.err &
		wait_for 10 grep -q 'listening on' capture.err
		guest_run a "ip route replace 224.0.0.0/4 dev eth0"
		for to in 224.0.0.251 $SUBNET.255; do
			refused ask a udp $to 700 --port 700 --timeout 100
			refused ask host udp $to 700 --port 700 --timeout 100
		done
		for to in 224.0.0.251 $SUBNET.255; do
			wait_for 10 captured " $a.700 > $to.700"
		done
		kill $!
		wait $! || :
		eq "" "$(tcpdump -n -r capture "not src host $a and not src host $SUBNET.1" 2>/dev/null)"
	done
	bridged_frames 0
}

# Who is outside and knows a route is told that it does not go.
no_way_in()
{
	local a

	a=$(lease a)
	guest_run a "/host/peer serve tcp $a 80 >/dev/null"
	eq "$a 80" "$(ask host tcp "$a" 80 | cut -d' ' -f1,2)"
	ip -n outside route add $SUBNET.0/24 via 172.16.5.40
	refused ask outside tcp "$a" 80
	match 'refused|unreachable|No route' "$(ask outside tcp "$a" 80 2>&1 || :)"
	match 'nreachable|filtered' "$(on outside ping -n -c 1 -W 1 "$a" || :)"
	# nor does the host answer DNS there
	no_answer outside udp 172.16.5.40 53
	no_answer outside udp $SUBNET.1 53
	ip -n outside route del $SUBNET.0/24
}

# The admin's own rules hold for all but what the network needs.
host_is_still_closed()
{
	serve host tcp 0.0.0.0 22 >/dev/null
	serve host udp $SUBNET.1 5000 >/dev/null
	no_answer a tcp $SUBNET.1 22
	no_answer a tcp 172.16.5.40 22
	no_answer a udp $SUBNET.1 5000
	no_answer outside tcp 172.16.5.40 22
}

# A machine by name, while the network runs: its address, and a forward to it.
machine()
{
	ok netdctl machine add default web 52:54:00:00:00:03 $SUBNET.200
	ok netdctl forward add default 172.16.5.40:8080 web:80
	boot web default 3 dhcp
	booted web
	has_its_lease web
	eq $SUBNET.200 "$(lease web)"
	resolves a web $SUBNET.200
	guest_run web '/host/peer serve tcp 0.0.0.0 80 >/dev/null'
	eq "$SUBNET.200 80 172.16.5.1" "$(ask outside tcp 172.16.5.40 8080 | cut -d' ' -f1-3)"
	guest_say web exit
	guest_wait web 30
}

# A guest that asks again has what it had.
again()
{
	local had

	had=$(lease b)
	guest_run b 'dhcp eth0'
	eq "$had" "$(lease b)"
	has_its_lease b
}

deleted()
{
	ok netdctl network delete default
	wait_for 5 eval '! ip link show dev $BRIDGE'
	refused pgrep -f "dnsmasq.*/run/netd"
	for guest in a b; do
		guest_kill $guest
	done
	wait_for 5 eval '! ip link show dev a-1 && ! ip link show dev b-2'
	snapshot after
	same before after
}

# The same where the firewall is iptables'.
with_iptables()
{
	nft delete table inet filter
	strict_iptables
	iptables-save | grep -v '^#' | sed 's/\[.*\]//' >iptables.before
	ok netdctl network create default --preset libvirt
	boot c default 4 dhcp
	booted c
	has_its_lease c
	resolves c www.example.net "$T_INTERNET4"
	seen c
	eq 172.16.5.40 "$address"
	no_answer c tcp $SUBNET.1 22
	guest_kill c
	ok netdctl network delete default
	iptables-save | grep -v '^#' | sed 's/\[.*\]//' >iptables.after
	same iptables.before iptables.after
}

t_case "a host that lets nothing in" host
t_case "the network" created
t_case "guests get address, gateway and DNS" guests_come
t_case "names, of guests and outside" names
t_case "they reach outside by NAT" reach_outside
t_case "what stays inside is not translated" inside_is_not_translated
t_case "outside does not get in" no_way_in
t_case "the host lets nothing else in" host_is_still_closed
t_case "a machine and a forward to it" machine
t_case "a guest asks again" again
t_case "all is given back" deleted
t_case "where the firewall is iptables'" with_iptables
t_done
