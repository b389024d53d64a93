#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# MTUs below 1,280, on which the kernel has no IPv6: by file, by verb, by hand.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/inject.sh"

world()
{
	need bridge tun veth nft
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
}

# lab [MTU [IPV6]]: one of each kind of link; IPV6: an address, or "".
lab()
{
	cat <<-EOF
	name: lab
	networks:
	  net0:
	    mode: nat
	    mtu: ${1:-1500}
	    addresses: [10.1.0.254/24${2:+, \"$2\"}]
	    ports: {tap0: {type: tap}, v0: {type: veth, peer: v1}}
	routers:
	  r1: {interfaces: {net0: {addresses: [10.1.0.1/24${2:+, \"fd00:1::1/64\"}]}}}
	hosts:
	  h1: {network: net0, addresses: [10.1.0.2/24], routes: [{to: default, via: 10.1.0.254}]}
	links:
	  x: {mtu: ${1:-1500}, ends: {r1: {addresses: [10.7.0.1/30]}, h1: {addresses: [10.7.0.2/30]}}}
	EOF
}

# State of the host and the nodes; what a bridge says of a port's state moves.
state()
{
	local ns

	snapshot "$1.host"
	for ns in r1 h1; do
		ip netns exec "$ns" true && snapshot "$1.$ns" "$ns"
	done
	# a port forwards nothing: it has what conf/default has when its settings come
	cat "$1".* | grep -v -e '"state": "' -e '"tentative"' -e '/\(tap0\|v[0-9]\|[rh]1-[a-z0-9]*\)/force_forwarding:' >"$1"
}

# t_settled, in each namespace.
all_settled()
{
	local ns

	t_settled || return 1
	for ns in r1 h1; do
		ip netns exec "$ns" bash -c "$(declare -f t_settled); t_settled" || return 1
	done
}

# Link-local addresses come back by themselves, and are probed.
no_probing()
{
	local ns

	for ns in host "$@"; do
		on "$ns" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad
			echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'
	done
}

by_file()
{
	local link

	world
	snapshot before
	lab 1000 >lab.yaml
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	for link in net0 tap0 v0 v1 r1-net0 h1-eth0; do
		eq 1000 "$(<"/sys/class/net/$link/mtu")" "$link"
		[ ! -e "/proc/sys/net/ipv6/conf/$link" ] || fail "$link has IPv6"
	done
	pings r1 10.1.0.2
	pings h1 10.7.0.1
	pings h1 "$T_INTERNET4"
	ok netdctl destroy lab
	snapshot after
	same before after
}

# changed FROM TO: the one over the other is what the other alone is, and back.
changed()
{
	ok netdctl apply to.yaml
	named to.alone
	ok netdctl destroy lab
	ok netdctl apply from.yaml
	named from.alone
	ok netdctl apply to.yaml
	ok netdctl plan to.yaml
	named to.over
	same to.alone to.over
	ok netdctl apply from.yaml
	ok netdctl plan from.yaml
	named from.over
	same from.alone from.over
}

named()
{
	state "$1.full"
	sed -E 's/"(if)?index": [0-9]+,?//; s/@if[0-9]+//; s/"link_index": [0-9]+,?//
		/"(address|link_local|designated_bridge|root_port|link_netnsid)": /d' "$1.full" |
		grep -v -e '"fe80' -e /interface_identifier -e 'fe80::' >"$1"
}

changes()
{
	world
	no_probing
	lab 1500 fd00:1::fe/64 >from.yaml
	lab 1000 >to.yaml
	changed
}

by_verb()
{
	world
	no_probing
	ok netdctl network create net0 --mode nat --address 10.1.0.254/24
	ok netdctl port add net0 tap0 --tap
	ok netdctl port add net0 v0 --veth v1
	snapshot before
	ok netdctl network set net0 --mtu 600
	eq 600 "$(<"/sys/class/net/tap0/mtu")"
	fails 2 netdctl network set net0 --address 10.1.0.254/24 --address fd00:1::fe/64
	match "MTU 600 is too small for IPv6" "$err"
	ok netdctl network set net0 --mtu 1500
	ok netdctl plan /etc/netd/default.yaml
	grep -v '"state": ' before >was
	snapshot after
	grep -v '"state": ' after >is
	diff was is | grep -v -e '^[0-9-]' -e fe80 -e link_local >differs || :
	no_match 'tap0|v0' "$(<differs)"
	eq "" "$(ip -6 -o address show tap0; ip -6 -o address show v0)"
}

# by_hand NS LINK: somebody makes its MTU small; apply brings all back.
by_hand()
{
	local ns=$1 link=$2

	on "$ns" ip link set "$link" mtu 700
	fails 3 netdctl plan lab.yaml
	match "$link mtu (1500|1400).*now mtu 700" "$out"
	ok netdctl status
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	state after
	same before after
	on "$ns" ip link set "$link" mtu 1279
}

each_by_hand()
{
	world
	lab 1400 fd00:1::fe/64 >lab.yaml
	snapshot clean
	no_probing
	ok netdctl apply lab.yaml
	no_probing r1 h1
	t_warm_kernel
	ok netdctl apply lab.yaml
	wait_for 5 all_settled
	state before
	by_hand host net0
	by_hand host tap0
	by_hand host v0
	by_hand host r1-net0
	by_hand r1 net0
	by_hand r1 x
	by_hand h1 x
	by_hand h1 eth0
	# and all of them at once are no obstacle to the end of it
	ok netdctl destroy lab
	eq "" "$(ip -o link show type bridge)"
}

# A tap of a guest goes from a small network to one with IPv6.
hooks()
{
	local net

	world
	ok netdctl network create small --address 10.1.0.254/24 --mtu 1000
	ok netdctl network create large --address 10.2.0.254/24 --address fd00:2::1/64
	for net in small large; do
		ln -s "$NETD_BUILD/cli/hooks/qemu-ifup" "/etc/qemu-ifup-$net"
		ln -s "$NETD_BUILD/cli/hooks/qemu-ifup" "/etc/qemu-ifdown-$net"
	done
	ip tuntap add vm mode tap
	ok /etc/qemu-ifup-small vm
	match 'mtu 1000 .*master small.*' "$(ip -o link show vm)"
	ok netdctl plan /etc/netd/default.yaml
	ok /etc/qemu-ifdown-small vm
	ok /etc/qemu-ifup-large vm
	match 'UP.*mtu 1500 .*master large.*' "$(ip -o link show vm)"
	eq none "$(ip -d -j link show vm | jq -r '.[0].inet6_addr_gen_mode')"
	ip link set vm mtu 900
	ok netdctl apply /etc/netd/default.yaml
	match 'UP.*mtu 1500 ' "$(ip -o link show vm)"
	eq none "$(ip -d -j link show vm | jq -r '.[0].inet6_addr_gen_mode')"
	eq "" "$(ip -6 -o address show dev vm)"
}

# refuses PLACE REASON: the topology on standard input.
refuses()
{
	cat >lab.yaml
	fails 2 netdctl plan lab.yaml
	match "lab.yaml:$1: error: $2" "$err"
	fails 2 netdctl apply lab.yaml
	eq "" "$(ip -o link show group 1852142692)"
}

refused_by_plan()
{
	world
	refuses 3:15 "MTU 1279 is too small for IPv6" <<-'EOF'
	name: lab
	networks:
	  net0: {mtu: 1279, addresses: ["fd00:1::1/64"]}
	EOF
	refuses 5:44 'address fd00:1::1/64: the MTU of net0 is 1000' <<-'EOF'
	name: lab
	networks:
	  net0: {mtu: 1000}
	routers:
	  route1: {interfaces: {net0: {addresses: ["fd00:1::1/64"]}}}
	EOF
	refuses 5:35 'address fd00:1::2/64: the MTU of eth0 is 1000' <<-'EOF'
	name: lab
	networks:
	  net0: {mtu: 1000}
	hosts:
	  h1: {network: net0, addresses: ["fd00:1::2/64"]}
	EOF
	refuses 4:41 'address fd00:2::1/64: the MTU of x is 900' <<-'EOF'
	name: lab
	routers: {r1: {}, r2: {}}
	links:
	  x: {mtu: 900, ends: {r1: {addresses: ["fd00:2::1/64"]}, r2: {addresses: ["fd00:2::2/64"]}}}
	EOF
	refuses 3:43 'eth0 would lose its address 2001:db8:5::40/64' <<-'EOF'
	name: lab
	networks:
	  br0: {mode: bridged, uplink: eth0, mtu: 1000}
	EOF
	ip link add bx type bridge
	ip link set bx mtu 1100
	refuses 3:36 'address fd00:1::1/64: the MTU of bx is 1100' <<-'EOF'
	name: lab
	networks:
	  bx: {existing: true, addresses: ["fd00:1::1/64"]}
	EOF
	ip link set eth0 mtu 1000
	refuses 3:50 'address fd00:1::1/64: the MTU of br0 is 1000, as that of eth0' <<-'EOF'
	name: lab
	networks:
	  br0: {mode: bridged, uplink: eth0, addresses: ["fd00:1::1/64"]}
	EOF
	refuses 6:25 'address 2001:db8:5::70/128: the MTU of eth0 is 1000' <<-'EOF'
	name: lab
	networks:
	  net0:
	    mode: nat
	    addresses: ["fd00:1::1/64"]
	    forwards: [{listen: "2001:db8:5::70", to: "fd00:1::5", on: eth0}]
	EOF
}

# What the admin gave a bridge of ours is not lost by a change.
others_addresses()
{
	world
	ok netdctl network create net0 --address 10.1.0.254/24 --mtu 1400
	echo 0 >/proc/sys/net/ipv6/conf/net0/disable_ipv6
	ip address add fd00:9::1/64 dev net0 nodad
	fails 2 netdctl network set net0 --mtu 1000
	match 'net0 would lose its address fd00:9::1/64' "$err"
	eq 1400 "$(<"/sys/class/net/net0/mtu")"
	match 'mtu: 1400' "$(<"/etc/netd/default.yaml")"
}

# A change either way that fails at any op leaves what was.
failing_changes()
{
	local from=$1 to=$2 n

	ok netdctl apply "$from"
	wait_for 5 t_settled
	named before
	for ((n = 1; ; n++)); do
		FAULTS=op-fail:$n FAULTS_LOG=log "$T_INJECT" apply "$to" >out 2>&1 || :
		grep -q '^hit ' log || break
		match 'rolled back: everything is as it was' "$(<out)"
		named after
		same before after
	done
	[ "$n" -gt 5 ] || fail "only $n ops"
}

fails_half_way()
{
	world
	no_probing
	lab 1500 fd00:1::fe/64 >large.yaml
	lab 1000 >small.yaml
	failing_changes large.yaml small.yaml
	failing_changes small.yaml large.yaml
}

# uplink MTU: bridged; "" is the NIC's.
uplink()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks: {br0: {mode: bridged, uplink: eth0${1:+, mtu: $1}}}
	EOF
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	pings host "$T_INTERNET4"
}

down()
{
	ok netdctl destroy lab
	match 'inet 172.16.5.40/24' "$(ip -o -4 address show eth0)"
	pings host "$T_INTERNET4"
}

uplinks()
{
	world
	ip link set eth0 mtu 1000
	snapshot small
	uplink ""
	down
	snapshot after
	same small after
	# larger by the file, larger by hand, smaller by hand
	uplink 1500
	down
	uplink ""
	ip link set eth0 mtu 1500
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	[ -n "$(ip -6 -o address show dev br0)" ] || fail "no IPv6 on the bridge"
	ip link set br0 mtu 900
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	down
	eq 1000 "$(<"/sys/class/net/eth0/mtu")"
	# the NIC has IPv6, but no address but the kernel's own
	ip link set eth0 mtu 1500
	uplink 1000
	down
	eq 1500 "$(<"/sys/class/net/eth0/mtu")"
}

uplink_keeps_ipv6()
{
	world
	uplink 1400
	ip link set eth0 mtu 1000
	fails 3 netdctl plan lab.yaml
	ok netdctl apply lab.yaml
	ip link set eth0 mtu 1000
	down
	match 2001:db8:5::40/64 "$(ip -6 address show eth0)"
	ping -6 -c 1 -W 5 "$T_INTERNET6"
}

# IPv6 was off on the NIC, and came back with its MTU.
uplink_gets_ipv6()
{
	world
	echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
	uplink 1400
	ip link set eth0 mtu 1000
	ip link set eth0 mtu 1400
	wait_for 5 eval '[ -n "$(ip -6 -o address show dev eth0)" ]'
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	ip address add 2001:db8:5::40/64 dev br0 nodad
	down
	match 2001:db8:5::40/64 "$(ip -6 address show eth0)"
}

# The outside's MTU becomes small, and large again, under a network that forwards IPv6.
outside_changes()
{
	world
	lab 1500 fd00:1::fe/64 >lab.yaml
	ok netdctl apply lab.yaml
	ip link set eth0 mtu 1000
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	ip link set eth0 mtu 1500
	ip address add 2001:db8:5::40/64 dev eth0 nodad
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	ip link set eth0 mtu 1000
	ok netdctl destroy lab
	eq "" "$(ip -o link show type bridge)"
}

t_fresh "a network with nodes and cables, by file" by_file
t_fresh "from IPv6 to a small MTU and back" changes
t_fresh "network set --mtu" by_verb
t_fresh "each link, by hand" each_by_hand
t_fresh "a guest's tap, by the hooks" hooks
t_fresh "IPv6 on what is too small is refused" refused_by_plan
t_fresh "a change takes no address of others" others_addresses
t_fresh "changes that fail half-way" fails_half_way
t_fresh "uplinks" uplinks
t_fresh "an uplink keeps its IPv6 addresses" uplink_keeps_ipv6
t_fresh "an uplink gets IPv6 by its MTU" uplink_gets_ipv6
t_fresh "an interface outside" outside_changes
t_done
