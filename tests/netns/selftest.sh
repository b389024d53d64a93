#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The test library itself: isolation, assertions, topology, traffic, snapshots.
. "$(dirname "$0")/../lib/netns.sh"

isolated()
{
	eq "lo" "$(ls /sys/class/net)"
	eq "" "$(ip netns list)"
	eq "" "$(ls /etc/netd)"
	eq "" "$(ls /run/netd)"
	touch /etc/qemu-ifup-x /etc/netd/x /run/netd/x
	refused touch /etc/hostname
}

assertions()
{
	refused bash -c '. "$0/tap.sh"; T_LIB=$0 eq 1 2' "$T_LIB"
	fails 3 bash -c 'echo text; echo problem >&2; exit 3'
	eq text "$out"
	match '^prob.em$' "$err"
	refused eval '(fails 2 true)'
	refused eval '(match ^a b)'
	refused eval '(T_PATIENCE=1 wait_for 1 false)'
	wait_for 1 true
}

skips()
{
	(t_skip "for a test") || eq 77 $?
	need command:bash
	refused feature command:no-such-command
}

outside_world()
{
	need veth
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	pings host 172.16.5.1
	pings host "$T_INTERNET4"
	pings host "$T_INTERNET6"
	pings outside 172.16.5.40
	refused on outside ip route get 10.1.0.1
	ip address add 10.9.9.9/32 dev lo
	on host ping -q -c 1 -W 1 -I 10.9.9.9 172.16.5.1 >"$T_DIR/ping" || :
	match '100% packet loss' "$(<"$T_DIR/ping")"
}

guests_on_a_bridge()
{
	need bridge veth
	echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
	ip link add br0 type bridge
	ip link set br0 up
	ip address add 10.1.0.254/16 dev br0
	guest_ns --mac 52:54:00:00:00:01 a br0 10.1.0.1/16 10.1.0.254 fd00::1/64
	guest_ns b br0 10.1.0.2/16 - fd00::2/64
	pings a 10.1.0.2
	pings a 10.1.0.254
	pings b fd00::1
	no_ping a 10.1.0.77
	match 52:54:00:00:00:01 "$(ip -n a link show eth0)"
}

asking()
{
	local to

	need bridge veth
	guests_on_a_bridge
	for to in 10.1.0.1 fd00::1; do
		serve a tcp "$to" 80 >/dev/null
		serve a udp "$to" 53 >/dev/null
		eq "$to 80" "$(ask b tcp "$to" 80 | cut -d' ' -f1,2)"
		eq "$to 53" "$(ask b udp "$to" 53 --port 4000 | cut -d' ' -f1,2)"
	done
	eq "10.1.0.1 53 10.1.0.2 4000" "$(ask b udp 10.1.0.1 53 --port 4000)"
	serve a udp 0.0.0.0 9000-9009 >/dev/null
	ip -n a address add 10.1.0.3/16 dev eth0
	eq "10.1.0.3 9009" "$(ask b udp 10.1.0.3 9009 | cut -d' ' -f1,2)"
	no_answer b tcp 10.1.0.1 81
	no_answer b udp 10.1.0.77 53
}

asking_sctp()
{
	need sctp
	guests_on_a_bridge
	serve a sctp 10.1.0.1 99 >/dev/null
	eq "10.1.0.1 99" "$(ask b sctp 10.1.0.1 99 | cut -d' ' -f1,2)"
}

flows()
{
	local protocol sent answered gap

	need bridge veth
	guests_on_a_bridge
	for protocol in tcp udp; do
		serve a $protocol 10.1.0.1 7 >/dev/null
		flow_start $protocol b $protocol 10.1.0.1 7
		sleep 0.5
		read -r _ sent _ answered _ gap < <(flow_stop $protocol)
		eq "$sent" "$answered" "$protocol echoes"
		[ "$sent" -gt 20 ]
		[ "$gap" -lt 200 ]
	done
	serve a udp 10.1.0.1 8 >/dev/null
	flow_start broken b udp 10.1.0.1 8
	ip link set v-a down
	sleep 0.3
	ip link set v-a up
	read -r _ sent _ answered _ gap < <(flow_stop broken)
	[ "$answered" -lt "$sent" ]
}

snapshots()
{
	need bridge nft
	outside eth0 172.16.5.40/24 172.16.5.1/24
	snapshot before
	ip link add br0 type bridge
	ip link set br0 up
	nft add table inet t
	snapshot during
	refused eval '(same before during)'
	ip link del br0
	nft delete table inet t
	snapshot after
	same before after
	echo 1 >/proc/sys/net/ipv4/conf/eth0/forwarding
	snapshot after
	refused eval '(same before after)'
}

# By a dnsmasq of the test's own.
dhcp_clients()
{
	need bridge veth command:dnsmasq command:dhclient
	ip link add br0 type bridge
	ip link set br0 up
	ip address add 10.1.0.254/24 dev br0
	ip address add fd00:1::1/64 dev br0 nodad
	guest_ns --mac 52:54:00:00:00:01 a br0 -
	no_dhcp_ns a
	dnsmasq --conf-file=/dev/null --pid-file --user=root --interface=br0 --bind-interfaces \
		--except-interface=lo --no-resolv --no-hosts --domain=lab.test --dhcp-authoritative \
		--dhcp-leasefile="$T_DIR/leases" --dhcp-range=10.1.0.20,10.1.0.99 \
		--dhcp-host=52:54:00:00:00:01,a,10.1.0.50,[fd00:1::50] --host-record=there.lab.test,10.9.9.9 \
		--dhcp-range=fd00:1::1000,fd00:1::1fff,64
	dhcp_ns a
	dhcp6_ns a
	eq "10.1.0.50
10.1.0.254" "$(told a 4 ip router)"
	eq fd00:1::50 "$(told a 6 new_ip6_address)"
	pings a 10.1.0.254
	pings host 10.1.0.50
	resolves a there 10.9.9.9
	refused eval '(resolves a nowhere 10.9.9.9)'
	match 'via 10.1.0.254' "$(ip -n a route show default)"
	match 'lab.test' "$(cat /etc/netns/a/resolv.conf)"
}

nothing_left()
{
	local before

	before=$(ls /run /run/netns /etc | sort)
	NETD_TEST_ONLY='' NETD_TEST_DEPTH=2 "${T_UNSHARE[@]}" bash -c '. "$0/netns.sh"
		ip netns add left; ip link add left type bridge; touch /etc/netd/left
		sleep 1000 & kill -KILL $$' "$T_LIB" || :
	eq "$before" "$(ls /run /run/netns /etc | sort)"
	refused ip link show left
	refused pgrep -f 'sleep 1000'
}

t_case "a case sees an empty host" isolated
t_fresh "a fresh case as well" isolated
t_case "assertions" assertions
t_case "features and skips" skips
t_case "nothing is left of a test that was killed" nothing_left
t_fresh "the outside has no way back" outside_world
t_fresh "namespaces as guests" guests_on_a_bridge
t_fresh "a server tells what it sees" asking
t_fresh "the same over SCTP" asking_sctp
t_fresh "a long flow counts its losses" flows
t_fresh "clients of DHCP" dhcp_clients
t_fresh "snapshots" snapshots
t_done
