#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the admin sets by hand on netd's objects: the file's is mended, the rest stays.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/inject.sh"

lab()
{
	need bridge tun veth nft
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  net0:
	    mode: nat
	    addresses: [10.1.0.254/24, "fd00:1::fe/64"]
	    routes: [{to: 10.77.0.0/16, via: 10.1.0.1}]
	    ports: {tap0: {type: tap}, v0: {type: veth, peer: v1}, w0: {type: veth, peer: w1, namespace: other}}
	  stp0: {stp: true}
	routers:
	  r1:
	    interfaces: {net0: {addresses: [10.1.0.1/24]}}
	    routes: [{to: default, via: 10.1.0.254}]
	hosts:
	  h1: {network: net0, addresses: [10.1.0.2/24]}
	links:
	  x: {ends: {r1: {addresses: [10.7.0.1/30]}, h1: {addresses: [10.7.0.2/30]}}}
	EOF
	t_namespace other
	# a change that touches each of them
	sed -e 's|10.7.0.1/30|10.7.0.5/29|; s|10.7.0.2/30|10.7.0.6/29|; s|10.77.|10.78.|' \
		-e 's|mode: nat|mode: routed|; s|\(stp0:.*\)true|\1false|' lab.yaml >changed.yaml
	ok netdctl apply lab.yaml
}

bridge_option()
{
	echo "ip -d -j link show $1 | jq '.[0].linkinfo.info_data.$2'"
}

port_option()
{
	echo "ip -d -j link show $1 | jq '.[0].linkinfo.info_slave_data.$2'"
}

setting()
{
	echo "cat /proc/sys/net/$1"
}

# What netd does not set: where, how to set it, how to read it.
others()
{
	local port

	cat <<-EOF
	host|ip link set net0 type bridge group_fwd_mask 0x4000|$(bridge_option net0 group_fwd_mask)
	host|ip link set net0 type bridge ageing_time 12300|$(bridge_option net0 ageing_time)
	host|ip link set net0 type bridge priority 100|$(bridge_option net0 priority)
	host|ip link set net0 type bridge mcast_querier 1|$(bridge_option net0 mcast_querier)
	host|ip link set net0 type bridge mcast_router 2|$(bridge_option net0 mcast_router)
	host|ip link set net0 txqueuelen 77|cat /sys/class/net/net0/tx_queue_len
	host|ip link property add dev net0 altname lan-of-the-lab|ip -d link show net0 | grep altname
	host|ip address add 10.99.0.1/24 dev net0|ip -o address show to 10.99.0.1
	host|ip address add fd00:99::1/64 dev net0 nodad|ip -o address show to fd00:99::1
	host|ip route add 10.98.0.0/16 via 10.1.0.9|ip route show 10.98.0.0/16
	host|ip route add 10.97.0.0/16 dev net0 metric 5|ip route show 10.97.0.0/16
	host|ip -6 route add fd00:98::/64 via fd00:1::9|ip -6 route show fd00:98::/64
	host|ip neighbour add 10.1.0.200 lladdr 52:54:00:00:00:09 dev net0|ip neighbour show 10.1.0.200
	host|sysctl -q net.ipv4.conf.net0.log_martians=1|$(setting ipv4/conf/net0/log_martians)
	host|sysctl -q net.ipv4.conf.net0.proxy_arp=1|$(setting ipv4/conf/net0/proxy_arp)
	host|sysctl -q net.ipv6.conf.net0.proxy_ndp=1|$(setting ipv6/conf/net0/proxy_ndp)
	r1|sysctl -q net.ipv4.conf.all.log_martians=1|$(setting ipv4/conf/all/log_martians)
	r1|sysctl -q net.ipv4.conf.x.arp_announce=2|$(setting ipv4/conf/x/arp_announce)
	r1|ip address add 10.96.0.1/24 dev net0|ip -o address show to 10.96.0.1
	r1|ip route add 10.95.0.0/16 via 10.1.0.9|ip route show 10.95.0.0/16
	r1|ip link add br9 type bridge; ip link set x master br9|ip -j link show x | jq '.[0].master'
	h1|ip link set eth0 txqueuelen 55|cat /sys/class/net/eth0/tx_queue_len
	EOF
	for port in tap0 v0 r1-net0; do
		cat <<-EOF
		host|ip link set $port type bridge_slave learning off|$(port_option $port learning)
		host|ip link set $port type bridge_slave flood off|$(port_option $port flood)
		host|ip link set $port type bridge_slave mcast_flood off|$(port_option $port mcast_flood)
		host|ip link set $port type bridge_slave isolated on|$(port_option $port isolated)
		host|ip link set $port type bridge_slave hairpin on|$(port_option $port hairpin)
		host|ip link set $port type bridge_slave guard on|$(port_option $port guard)
		host|ip link set $port type bridge_slave neigh_suppress on|$(port_option $port neigh_suppress)
		host|ip link set $port type bridge_slave cost 77|$(port_option $port cost)
		host|ip link set $port addrgenmode eui64|ip -d -j link show $port | jq '.[].inet6_addr_gen_mode'
		EOF
	done
}

# each FUNCTION TABLE: with each row's three.
each()
{
	local what=$1 where how look

	while IFS='|' read -r where how look; do
		"$what" "$where" "$how" "$look"
	done <<<"$($2)"
}

values=()
set_it()
{
	local before

	before=$(on "$1" sh -c "$3" || :)
	on "$1" sh -c "$2"
	values+=("$(on "$1" sh -c "$3" || :)")
	[ "$before" != "${values[-1]}" ] || fail "$2 had no effect: $before"
}

stays()
{
	eq "${values[at++]}" "$(on "$1" sh -c "$3" || :)" "in $1, $2, after $when"
}

# all_stay WHEN
all_stay()
{
	{ set +x; } 2>/dev/null
	when=$1 at=0
	each stays others
	set -x
}

stays_as_set()
{
	local n

	lab
	each set_it others
	ok netdctl plan lab.yaml
	match 'in effect' "$(netdctl status)"
	ok netdctl apply lab.yaml
	all_stay "apply"
	for ((n = 1; ; n++)); do
		FAULTS=op-fail:$n FAULTS_LOG=log "$T_INJECT" apply changed.yaml >out 2>&1 || :
		grep -q '^hit ' log || break
		match 'rolled back: everything is as it was' "$(<out)"
	done
	all_stay "changes that failed, and the one that did not"
	ok netdctl apply lab.yaml
	all_stay "the way back"
	ok netdctl plan lab.yaml
	ok netdctl destroy lab
	eq "" "$(ip -o link show type bridge)"
}

# What netd sets.
own()
{
	local link

	cat <<-'EOF'
	host|ip link set net0 type bridge stp_state 1|
	host|ip link set stp0 type bridge forward_delay 400|
	host|ip link set stp0 type bridge stp_state 0|
	host|ip link set net0 type bridge mcast_snooping 1|
	host|ip link set net0 address 52:54:00:12:34:56|
	host|sysctl -q net.ipv4.conf.net0.rp_filter=1|
	host|sysctl -q net.ipv4.conf.net0.promote_secondaries=0|
	host|sysctl -q net.ipv4.conf.net0.forwarding=0|
	host|sysctl -q net.ipv4.conf.eth0.forwarding=0|
	host|sysctl -q net.ipv6.conf.net0.disable_ipv6=1|
	host|sysctl -q net.ipv6.conf.net0.accept_ra=2|
	host|sysctl -q net.ipv6.conf.stp0.disable_ipv6=0|
	host|ip address del 10.1.0.254/24 dev net0|
	host|ip address del fd00:1::fe/64 dev net0|
	host|ip route del 10.77.0.0/16|
	host|ip link set tap0 nomaster|
	host|ip link set v0 nomaster|
	host|ip link set r1-net0 master stp0|
	host|ip link delete tap0|
	host|ip link set tap0 name tapx|
	host|ip link set v0 name vx|
	host|ip link set v0 netns other|
	host|ip link set w0 name wx|
	host|ip link set w0 netns other name w2|
	host|ip link set r1-net0 name foo|
	host|ip link set r1-net0 netns other|
	host|ip link set net0 name foo|
	host|ip link delete r1-net0|
	host|ip link delete net0|
	r1|ip link set lo down|
	r1|sysctl -q net.ipv4.conf.all.forwarding=0|
	r1|sysctl -q net.ipv6.conf.net0.accept_ra=1|
	r1|sysctl -q net.ipv4.conf.x.rp_filter=1|
	r1|ip address flush dev x|
	r1|ip route replace default via 10.1.0.7|
	r1|ip route del default|
	r1|ip link set net0 address 52:54:00:12:34:57|
	h1|ip link delete x|
	h1|ip link set x name foo|
	h1|ip link set x netns other|
	h1|ip link set eth0 name eth1|
	h1|ip link set eth0 down|
	EOF
	for link in net0 tap0 v0 r1-net0; do
		cat <<-EOF
		host|ip link set $link down|
		host|ip link set $link mtu 1300|
		host|ip link set $link alias "of the admin's"|
		EOF
	done
}

mended()
{
	on "$1" sh -c "$2"
	fails 3 netdctl plan lab.yaml
	match 'differs' "$(netdctl status)"
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
}

# After a change that fails it is as the file says, or as the hand left it.
survives_failure()
{
	on "$1" sh -c "$2"
	FAULTS=op-fail:4 FAULTS_LOG=log "$T_INJECT" apply changed.yaml >out 2>&1 || :
	grep -q '^hit ' log || fail "$2: nothing failed"
	match 'rolled back: everything is as it was' "$(<out)"
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
}

own_is_mended()
{
	lab
	each mended own
	ok netdctl destroy lab
}

own_beside_failures()
{
	lab
	each survives_failure own
	ok netdctl destroy lab
}

# All at once, and then the end: nothing of it stays.
own_and_destroy()
{
	snapshot before
	lab
	on host sysctl -q net.ipv4.conf.all.forwarding
	each set_any own
	ok netdctl destroy lab
	eq "" "$(ip -o link show type bridge)$(ip -o link show type tun)"
	[ ! -e /run/netns/r1 ] || fail "r1 is there"
}

set_any()
{
	on "$1" sh -c "$2" 2>/dev/null || :
}

# taken WHERE NAME: the name of a pair's far end is somebody else's by now.
taken()
{
	on "$1" ip link add "$2" type bridge
	fails 2 netdctl plan lab.yaml
	match "lab.yaml:7:[0-9]+: error: veth [vw]0: the name of its far end, $2, is taken by a bridge" "$err"
	fails 2 netdctl apply lab.yaml
	match "far end, $2, is taken.* remove that bridge" "$(netdctl status)"
	fails 2 netdctl apply changed.yaml
	on "$1" ip link delete "$2"
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
}

far_ends_taken()
{
	lab
	ip link delete v0
	taken host v1
	ip link delete w0
	taken other w1
	# it belongs to another pair of netd's: a far end may have any name
	ip link delete v0
	ip -n other link set w1 netns 1
	ip link set w1 name v1
	fails 2 netdctl plan lab.yaml
	match 'veth v0: the name of its far end, v1, is taken by a veth' "$err"
	ip link set v1 name w9
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	ip link add v7 type veth peer name v8
	ip link delete w0
	ip -n other link add w1 type veth peer name w8
	fails 2 netdctl apply lab.yaml
	ok netdctl destroy lab
	eq "v7 v8 " "$(ip -j link show type veth | jq -r '.[].ifname' | grep '^v' | sort | tr '\n' ' ')"
}

t_fresh "what the file does not mention stays" stays_as_set
t_fresh "what netd set is mended" own_is_mended
t_fresh "what netd set, and a change that fails" own_beside_failures
t_fresh "what netd set, and the end of it" own_and_destroy
t_fresh "the name of a far end is taken" far_ends_taken
t_done
