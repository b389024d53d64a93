#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# S1, S2: two guests on a network of their own; then the host joins them.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/guest/guest.sh"
. "$T_ROOT/tests/guest/admin.sh"

need_guests
need bridge tun veth nft

# The host's other addresses: outside, and on a second network.
host()
{
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	hooks mybr0
	snapshot before
	ok netdctl network create mybr0
	ok netdctl network create dmz --address 10.2.0.254/24
	guest_program a ip
	GUEST_MB=128 boot a mybr0 1 '10.1.0.1/16 fd00:1::1/64'
	boot b mybr0 2 '10.1.0.2/16 fd00:1::2/64'
	booted a b
	eq "a-1
b-2" "$(ports_of mybr0)"
	eq mybr0 "$(ip -j link show dev a-1 | jq -r '.[0].master')"
}

see_each_other()
{
	pings a 10.1.0.2
	pings b 10.1.0.1
	pings a fd00:1::2
	serve b tcp 10.1.0.2 80 >/dev/null
	eq "10.1.0.2 80 10.1.0.1 4000" "$(ask a tcp 10.1.0.2 80 --port 4000)"
}

# Whatever the guest tries: it takes all addresses for neighbours, then the bridge for its
# gateway, whose MAC it knows.
reach_nothing_else()
{
	local mac to rx

	mac=$(cat /sys/class/net/mybr0/address)
	serve host tcp 172.16.5.40 22 >/dev/null
	serve host udp 172.16.5.40 53 >/dev/null
	on a /host/ip route add default dev eth0
	for to in 172.16.5.40 10.2.0.254 172.16.5.1 "$T_INTERNET4"; do
		no_ping a $to
	done
	on a /host/ip route replace default via 10.1.0.254 dev eth0
	on a /host/ip neigh replace 10.1.0.254 lladdr "$mac" dev eth0
	on a /host/ip -6 route add default via fd00:1::ff dev eth0
	on a /host/ip neigh replace fd00:1::ff lladdr "$mac" dev eth0
	rx=$(cat /sys/class/net/mybr0/statistics/rx_packets)
	for to in 172.16.5.40 10.2.0.254 172.16.5.1 "$T_INTERNET4" 2001:db8:5::40 2001:db8:5::1; do
		no_ping a $to
	done
	no_answer a tcp 172.16.5.40 22
	no_answer a udp 172.16.5.40 53
	rx=$(($(cat /sys/class/net/mybr0/statistics/rx_packets) - rx))
	[ $rx -ge 8 ] || fail "only $rx of the guest's packets came as far as the host"
	ip -n outside route add 10.1.0.0/16 via 172.16.5.40
	ip -n outside route add fd00:1::/64 via 2001:db8:5::40
	no_ping outside 10.1.0.1
	no_ping outside fd00:1::1
	on a /host/ip route del default
	on a /host/ip -6 route del default
	on a /host/ip neigh del 10.1.0.254 dev eth0
	on a /host/ip neigh del fd00:1::ff dev eth0
	ip -n outside route del 10.1.0.0/16
	ip -n outside route del fd00:1::/64
}

host_joins()
{
	ok netdctl network set mybr0 --address 10.1.0.254/16 --address fd00:1::ff/64
	eq "a-1
b-2" "$(ports_of mybr0)"
	pings a 10.1.0.254
	pings b fd00:1::ff
	pings host 10.1.0.1
	pings host 10.1.0.2
	pings host fd00:1::1
	serve host tcp 10.1.0.254 8000 >/dev/null
	eq "10.1.0.254 8000 10.1.0.2 4000" "$(ask b tcp 10.1.0.254 8000 --port 4000)"
	pings a 10.1.0.2
	eq "10.1.0.2 80 10.1.0.1 4001" "$(ask a tcp 10.1.0.2 80 --port 4001)"
}

# The host is not their way to anywhere.
isolated_still()
{
	local to

	on a /host/ip route add default via 10.1.0.254
	on a /host/ip -6 route add default via fd00:1::ff
	for to in 172.16.5.40 10.2.0.254 172.16.5.1 "$T_INTERNET4" 2001:db8:5::40 2001:db8:5::1; do
		no_ping a $to
	done
	no_answer a tcp 172.16.5.40 22
	no_answer a udp 172.16.5.40 53
	eq 0 "$(cat /proc/sys/net/ipv4/ip_forward)" "ip_forward"
}

no_link()
{
	! ip link show dev "$1"
}

ends()
{
	guest_say a exit
	guest_wait a 30
	eq 0 "$(cat "$T_DIR/guest-a/exit")"
	eq "" "$(guest_errors a)"
	wait_for 5 no_link a-1
	eq b-2 "$(ports_of mybr0)"
	guest_kill b
	eq 137 "$(cat "$T_DIR/guest-b/exit")"
	wait_for 5 no_link b-2
	eq "" "$(ports_of mybr0)"
	ok netdctl network delete mybr0
	ok netdctl network delete dmz
	snapshot after
	same before after
}

# QEMU says in one line what is wrong, and stops before the guest runs.
wrong_network()
{
	hooks typo
	boot c typo 3 10.1.0.3/16
	guest_wait c 20
	eq 1 "$(cat "$T_DIR/guest-c/exit")"
	match '^qemu-ifup: network typo is not running; [^'$'\n'']*netdctl network start typo' \
		"$(guest_errors c)"
	match 'network script /etc/qemu-ifup-typo failed' "$(guest_errors c)"
	eq 2 "$(guest_errors c | wc -l)" "lines: netd's and QEMU's"
	wait_for 5 no_link c-3
	# defined, but not started
	ok netdctl network create idle --no-start
	ln -s "$NETD_BUILD/cli/hooks/qemu-ifup" /etc/qemu-ifup-idle
	boot d idle 4 10.1.0.3/16
	guest_wait d 20
	match 'qemu-ifup: network idle is not running; ' "$(guest_errors d)"
}

t_case "two guests, each by its hook" host
t_case "they see each other" see_each_other
t_case "and nothing else" reach_nothing_else
t_case "the host joins them" host_joins
t_case "and is their way to nowhere" isolated_still
t_case "one exits, one is killed: nothing is left" ends
t_case "QEMU stops with one line for a wrong network" wrong_network
t_done
