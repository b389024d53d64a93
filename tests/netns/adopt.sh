#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Bridges that netd did not make: adopted without touching a packet, used, and given back.
. "$(dirname "$0")/../lib/netns.sh"

# br9 as an admin makes one by hand, with guests a and b, and a tap.
by_hand()
{
	need bridge veth nft tun
	outside eth0 172.16.5.40/24 172.16.5.1/24
	# with a delay the kernel tells of each port again when it is over, whatever STP says
	ip link add br9 type bridge forward_delay 0
	ip link set br9 mtu 1400 up
	ip address add 10.9.0.1/24 dev br9
	ip address add fd00:9::1/64 dev br9 nodad
	ip route add 10.99.0.0/16 via 10.9.0.2
	ip route add 10.98.0.0/16 dev br9 metric 5 proto static
	guest_ns a br9 10.9.0.2/24 10.9.0.1 fd00:9::2/64 fd00:9::1
	guest_ns b br9 10.9.0.3/24 10.9.0.1 fd00:9::3/64 fd00:9::1
	ip link set br9 mtu 1400
	ip tuntap add t9 mode tap
	ip link set t9 master br9 up
	wait_for 5 t_carrier br9
	snapshot before
}

# All that is said about links, addresses, routes and nftables from now on.
listen()
{
	ip monitor link address route rule >"$T_DIR/heard" 2>&1 &
	echo $! >"$T_DIR/listener"
	nft monitor >>"$T_DIR/heard" 2>&1 &
	echo $! >>"$T_DIR/listener"
	sleep 0.5
}

heard()
{
	local pid

	sleep 0.5
	while read -r pid; do
		kill "$pid"
		wait "$pid" 2>/dev/null || :
	done <"$T_DIR/listener"
	cat "$T_DIR/heard"
}

gone()
{
	ok netdctl network delete lan
	snapshot after
	same before after
	ok netdctl status
	match 'no topology' "$out"
}

adopted()
{
	by_hand
	serve b tcp 10.9.0.3 7 >/dev/null
	flow_start inside a tcp 10.9.0.3 7
	ok netdctl adopt br9 --print
	eq '["10.9.0.1/24","fd00:9::1/64"] ["10.98.0.0/16","10.99.0.0/16"] ["t9","v-a","v-b"]' \
		"$(netdctl adopt br9 --print --json | jq -rc '.networks.br9 |
			"\(.addresses) \(.routes | map(.to)) \(.ports | keys)"')"
	listen
	ok netdctl adopt br9 lan
	match 'lan: adopted, nothing to change' "$err"
	eq "" "$(heard)" "what adopting did to the kernel"
	snapshot adopted
	same before adopted
	match 'lan +default +bridged +up +br9 +10.9.0.1/24 fd00:9::1/64 +3 ' "$(netdctl show)"
	match 'default [ 0-9]* in effect' "$(netdctl status)"
	match 'v-a +lan +veth +up [ 0-9a-f:]* topology' "$(netdctl port list lan)"
	# again, and by the file that it gives
	netdctl export >file.yaml
	ok netdctl apply file.yaml
	match 'nothing to do' "$err"
	match '^sent ([0-9]+) answered ([0-9]+) gap' "$(flow_stop inside)"
	eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answers between two guests"
	listen
	ok netdctl network delete lan
	eq "" "$(heard)" "what letting go did to the kernel"
	snapshot after
	same before after
}

# The file that is printed gives the same.
by_file()
{
	by_hand
	netdctl adopt br9 --print >br9.yaml
	ok netdctl plan br9.yaml
	eq "" "$out"
	ok netdctl apply br9.yaml
	snapshot applied
	same before applied
	ok netdctl destroy br9
	snapshot after
	same before after
}

# It becomes a NAT network with a forward while guests run, and back.
becomes_nat()
{
	by_hand
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	serve a tcp 10.9.0.2 80 >/dev/null
	serve b tcp 10.9.0.3 7 >/dev/null
	no_answer a tcp "$T_INTERNET4" 80
	flow_start inside a tcp 10.9.0.3 7
	netdctl adopt br9 lan
	ok netdctl network set lan --mode nat
	match "^172.16.5.40 " "$(ask a tcp "$T_INTERNET4" 80 | cut -d' ' -f3-)"
	ok netdctl forward add lan 172.16.5.40:8080 10.9.0.2:80
	match '^10.9.0.2 80 172.16.5.1 ' "$(ask outside tcp 172.16.5.40 8080)"
	match 'default [ 0-9]* in effect' "$(netdctl status)"
	ok netdctl forward remove lan 172.16.5.40:8080
	no_answer outside tcp 172.16.5.40 8080
	ok netdctl network set lan --mode isolated
	no_answer a tcp "$T_INTERNET4" 80
	match '^sent ([0-9]+) answered ([0-9]+) gap' "$(flow_stop inside)"
	eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answers between two guests"
	gone
}

# Ports of ours join it at its MTU, and leave; what was in it stays.
more_ports()
{
	by_hand
	netdctl adopt br9 lan
	ip link add x9 type veth peer name y9
	ip link set x9 up # a link that was up once has another queue
	ip link set x9 down
	snapshot before
	mac=$(cat /sys/class/net/br9/address)
	ok netdctl port add lan vm9 --tap
	ok netdctl port add lan vx9 --veth vy9
	match '^fe:' "$(cat /sys/class/net/vm9/address)"
	match '^fe:' "$(cat /sys/class/net/vx9/address)"
	eq "$mac" "$(cat /sys/class/net/br9/address)"
	ok netdctl port add lan x9
	eq "1400 1400" "$(cat /sys/class/net/vm9/mtu /sys/class/net/x9/mtu | xargs)"
	eq "1400" "$(cat /sys/class/net/br9/mtu)"
	eq br9 "$(basename "$(readlink /sys/class/net/x9/master)")"
	ok netdctl port remove lan x9
	[ ! -e /sys/class/net/x9/master ] || fail "x9 is a port still"
	eq 1500 "$(cat /sys/class/net/x9/mtu)"
	ok netdctl port add lan x9
	match 'default [ 0-9]* in effect' "$(netdctl status)"
	gone
}

# A router and DHCP on it.
served()
{
	by_hand
	netdctl adopt br9 --print | sed '/routes:/,$d' >br9.yaml
	cat >>br9.yaml <<-'EOF'
	    dhcp: {range: 10.9.0.100-10.9.0.110}
	routers:
	  r9: {interfaces: {br9: {addresses: [10.9.0.9/24]}}}
	EOF
	ok netdctl apply br9.yaml
	eq 1400 "$(on r9 cat /sys/class/net/br9/mtu 2>/dev/null || on r9 ip -j link show br9 | jq '.[0].mtu')"
	pings a 10.9.0.9
	pings host 10.9.0.9
	guest_ns c br9 -
	dhcp_ns c
	ok netdctl leases br9
	match '10.9.0.1[01][0-9]' "$out"
	guest_gone c
	ok netdctl destroy br9
	snapshot after
	same before after
}

hooked()
{
	by_hand
	netdctl adopt br9 lan
	ln -s "$NETD_BUILD/cli/hooks/qemu-ifup" /etc/qemu-ifup-lan
	ip tuntap add vm1 mode tap
	ok /etc/qemu-ifup-lan vm1
	eq "br9 1400" "$(basename "$(readlink /sys/class/net/vm1/master)") $(cat /sys/class/net/vm1/mtu)"
	match 'vm1 +lan +tap .* hook$' "$(netdctl port list lan)"
	# libvirt makes a guest's tap and puts it into the bridge by itself
	ip tuntap add vnet0 mode tap
	ip link set vnet0 master br9 up
	match 'vnet0 +lan +tap .* other$' "$(netdctl port list lan)"
	eq other "$(netdctl port list lan --json | jq -r '.[] | select(.port == "vnet0") | .from')"
	ok netdctl plan - <<<"$(netdctl export)"
	ip link del vm1
	ip link del vnet0
	gone
}

# What somebody else looks after is left out.
not_static()
{
	by_hand
	ip address add 10.9.0.77/24 dev br9 valid_lft 1000 preferred_lft 1000
	ip route add 10.97.0.0/16 via 10.9.0.2 proto dhcp
	ip route add 10.96.0.0/16 via 10.9.0.2 table 100
	text=$(netdctl adopt br9 --print)
	no_match '10.9.0.77|10.97|10.96' "$text"
	ok netdctl adopt br9 lan
	netdctl network delete lan
	match '10.9.0.77' "$(ip address show dev br9)"
	match '10.97' "$(ip route)"
}

# Of the addresses of one subnet the first is the topology's, the others stay.
second_addresses()
{
	by_hand
	ip address add 10.9.0.77/24 dev br9
	ip -6 address add fd00:9::77/64 dev br9 nodad
	snapshot before
	ok netdctl adopt br9 lan
	eq 2 "$(netdctl export --json | jq '.networks.lan.addresses | length')"
	match 'default [ 0-9]* in effect' "$(netdctl status)"
	gone
}

# Drift: the bridge, an address, a port goes.
loses_things()
{
	by_hand
	netdctl adopt br9 lan
	ip address del fd00:9::1/64 dev br9
	match '\+ address fd00:9::1/64 on br9' "$(netdctl status)"
	ip link set v-b nomaster
	match '~ interface v-b mtu 1400 joins br9 \(now mtu 1500, in no bridge\)' "$(netdctl status)"
	netdctl export | netdctl apply -
	match 'default [ 0-9]* in effect' "$(netdctl status)"
	pings a 10.9.0.3
	ip link del br9
	match '! there is no bridge br9' "$(netdctl status)"
	fails 2 netdctl apply - <<<"$(netdctl export)"
	match 'existing: true' "$err"
	ok netdctl network delete lan
	eq "" "$(ip -br link show type bridge)"
	match 'no topology' "$(netdctl status)"
}

# WHAT|TO DO|the network's settings: refused, nothing is touched.
bad_files()
{
	local what todo settings

	by_hand
	ip link add br8 type bridge
	snapshot before
	while IFS='|' read -r what todo settings; do
		printf 'name: lab\nnetworks:\n  br9: %s\n' "$settings" >lab.yaml
		fails 2 netdctl apply lab.yaml
		match "lab.yaml:3:[0-9]+: error: $what" "$err"
		[ "$todo" = - ] || match "$todo" "$err"
	done <<-'EOF'
	there is no bridge br7|existing|{existing: true, bridge: br7}
	eth0 is no bridge|existing|{existing: true, bridge: eth0}
	.*does not change the "mtu"|leave "mtu" out|{existing: true, mtu: 1500}
	.*does not change the "mac"|leave "mac" out|{existing: true, mac: "52:54:00:00:00:09"}
	.*does not change the "stp"|leave "stp" out|{existing: true, stp: true}
	uplink eth0: it is not a port of the existing bridge br9|plug it in first|{existing: true, mode: bridged, uplink: eth0}
	bridge br9 has 10.9.0.1/24, not 10.9.0.1/16|-|{existing: true, addresses: [10.9.0.1/16]}
	subnet 172.16.5.0/24 overlaps the address|-|{existing: true, addresses: [172.16.5.9/24]}
	bridge br9: the name is taken by a bridge that netd did not make|-|{}
	unknown key "exsting"|did you mean "existing"|{exsting: true}
	EOF
	snapshot after
	same before after
	fails 2 netdctl adopt nosuch
	match 'there is no bridge nosuch' "$err"
	fails 2 netdctl adopt eth0
	match 'eth0 is no bridge' "$err"
	netdctl network create own
	fails 2 netdctl adopt own
	match "bridge own is netd's own, of default/own" "$err"
	netdctl adopt br9 lan
	fails 2 netdctl adopt br9 twice
	match 'br9' "$err"
	printf 'name: lab\nnetworks:\n  two: {existing: true, bridge: br9}\n' >lab.yaml
	fails 2 netdctl apply lab.yaml
	match 'bridge br9 is that of network lan in topology default' "$err"
}

t_fresh "adopted without touching a packet, and let go" adopted
t_fresh "by the file that is printed" by_file
t_fresh "becomes a NAT network while guests run" becomes_nat
t_fresh "more ports" more_ports
t_fresh "DHCP and a router on it" served
t_fresh "a hook plugs in" hooked
t_fresh "what is not static is left out" not_static
t_fresh "two addresses of a subnet" second_addresses
t_fresh "what it loses" loses_things
t_fresh "what is refused" bad_files
t_done
