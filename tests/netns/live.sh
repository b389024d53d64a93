#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Networks by one-liners: the same as by file, and changed while guests run.
. "$(dirname "$0")/../lib/netns.sh"

world()
{
	need bridge veth nft
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
}

# The kernel's state without numbers that count up.
named()
{
	snapshot "$1.full"
	sed -E 's/"(if)?index": [0-9]+,?//' "$1.full" >"$1"
}

commands_are_the_file()
{
	world
	ok netdctl network create net0 --mode nat --address 10.1.0.254/24 --address fd00:1::ff/64 \
		--mac 52:54:00:aa:bb:cc --mtu 1450 --nat-source 172.16.5.41 --nat-on eth0 \
		--nat-ports 2000-3000
	ok netdctl network create iso0 --address 10.2.0.254/24 --bridge br-iso --stp on --autostart
	ok netdctl network create open0 --mode open --address 10.3.0.254/24
	ok netdctl port add net0 tap0 --tap --vnet-hdr
	ok netdctl forward add net0 172.16.5.40:8080 10.1.0.1:80
	ok netdctl forward add net0 '172.16.5.40:9000-9009' 10.1.0.1:7000-7009 --protocol tcp,udp
	ok netdctl forward add net0 172.16.5.70 10.1.0.2 --on eth0
	named by-commands
	netdctl export default >exported.yaml
	cat >default.yaml <<-'EOF'
	name: default
	networks:
	  net0:
	    mode: nat
	    addresses: [10.1.0.254/24, "fd00:1::ff/64"]
	    mac: "52:54:00:aa:bb:cc"
	    mtu: 1450
	    nat: {source: 172.16.5.41, on: eth0, ports: 2000-3000}
	    ports: {tap0: {type: tap, vnet_hdr: true}}
	    forwards:
	      - {listen: "172.16.5.40:8080", to: "10.1.0.1:80"}
	      - {listen: "172.16.5.40:9000-9009", to: "10.1.0.1:7000-7009", protocol: [tcp, udp]}
	      - {listen: 172.16.5.70, to: 10.1.0.2, on: eth0}
	  iso0: {addresses: [10.2.0.254/24], bridge: br-iso, stp: true, autostart: true}
	  open0: {mode: open, addresses: [10.3.0.254/24]}
	EOF
	ok netdctl plan default.yaml
	ok netdctl network stop net0 iso0 open0
	eq "" "$(ip -o link show type bridge)"
	ok netdctl apply default.yaml
	named by-file
	# a tap made anew has another MAC, and may not be forwarding yet
	mac='/"(address|link_local)": "[0-9a-f:]{17}"/d; /"state": "(forwarding|disabled)"/d'
	sed -i -E "$mac" by-commands by-file
	# a port forwards nothing, nor a bridge without IPv6 what is IPv6: they have what
	# conf/default had when they were made
	sed -i -E '/ipv[46]\/conf\/tap0\/(force_)?forwarding/d
		/ipv6\/conf\/(br-iso|open0)\/force_forwarding/d' by-commands by-file
	same by-commands by-file
	ok netdctl export default
	eq "$(<exported.yaml)" "$out"
}

life_of_a_network()
{
	world
	snapshot before
	ok netdctl network create net0 --mode nat --address 10.1.0.254/24 --no-start
	match 'net0 .*stopped' "$(netdctl network list)"
	eq "" "$(ip -o link show type bridge)"
	ok netdctl network start net0
	match 'net0 .*up' "$(netdctl network list)"
	fails 2 netdctl network create net0
	match 'net0' "$err"
	ok netdctl network autostart net0
	eq true "$(netdctl network list --json | jq '.[0].autostart')"
	ok netdctl network stop net0
	match 'net0 .*stopped' "$(netdctl network list)"
	snapshot after
	same before after
	ok netdctl network start --autostart
	match 'net0 .*up' "$(netdctl network list)"
	ok netdctl network autostart net0 --off
	ok netdctl network stop net0
	ok netdctl network start --autostart
	match 'net0 .*stopped' "$(netdctl network list)"
	ok netdctl network set net0 --address 10.9.0.254/24
	ok netdctl network start net0
	match 10.9.0.254/24 "$(ip -o address show dev net0)"
	ok netdctl network delete net0
	eq '[]' "$(netdctl network list --json | jq -c .)"
	snapshot after
	same before after
	fails 2 netdctl network start net0
	match 'net0' "$err"
}

# The interfaces but net1, each with its index and its bridge.
plugged()
{
	ip -j link show | jq -c 'map(select(.ifname != "net1") |
		[.ifindex, .ifname, .address, .master])'
}

# undisturbed COMMAND…: two guests of net0 talk, and one with the outside, while the
# command runs; nothing of theirs is lost, and they stay plugged in.
undisturbed()
{
	local before

	before=$(plugged)
	flow_start inside a udp 10.1.0.2 7
	flow_start stream a tcp 10.1.0.2 7
	flow_start six a udp fd00:1::2 7
	flow_start out b udp "$T_INTERNET4" 7
	on a ping -q -i 0.005 -c 60 10.1.0.2 >ping &
	ok "$@"
	wait
	for flow in inside stream six out; do
		match '^sent ([0-9]+) answered ([0-9]+) ' "$(flow_stop $flow)"
		eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answers of flow $flow, with $*"
	done
	match ' 0% packet loss' "$(<ping)"
	eq "$before" "$(plugged)"
}

changes_under_traffic()
{
	world
	netdctl network create net0 --mode nat --address 10.1.0.254/24 --address fd00:1::ff/64
	guest_ns a net0 10.1.0.1/24 10.1.0.254 fd00:1::1/64 fd00:1::ff
	guest_ns b net0 10.1.0.2/24 10.1.0.254 fd00:1::2/64 fd00:1::ff
	serve b udp 10.1.0.2 7 >/dev/null
	serve b tcp 10.1.0.2 7 >/dev/null
	serve b udp fd00:1::2 7 >/dev/null
	serve outside udp "$T_INTERNET4" 7 >/dev/null
	undisturbed netdctl network set net0 --mtu 1600
	eq 1600 "$(cat /sys/class/net/net0/mtu)"
	undisturbed netdctl network set net0 --mtu 1500
	undisturbed netdctl network set net0 --address 10.1.0.254/24 --address fd00:1::ff/64 --address 10.5.0.1/24
	undisturbed netdctl network set net0 --address 10.1.0.254/24 --address fd00:1::ff/64
	no_match 10.5.0.1 "$(ip -o address show dev net0)"
	undisturbed netdctl forward add net0 172.16.5.40:8080 10.1.0.1:80
	undisturbed netdctl forward add net0 172.16.5.70 10.1.0.1 --on eth0
	undisturbed netdctl forward remove net0 172.16.5.40:8080
	undisturbed netdctl forward remove net0 172.16.5.70
	undisturbed netdctl network create net1 --mode nat --address 10.2.0.254/24
	undisturbed netdctl network delete net1
}

# Between address changes of the gateway, guests keep talking to each other.
gateway_moves()
{
	world
	netdctl network create net0 --mode nat --address 10.1.0.254/24
	guest_ns a net0 10.1.0.1/24 10.1.0.254
	guest_ns b net0 10.1.0.2/24 10.1.0.254
	serve b udp 10.1.0.2 7 >/dev/null
	flow_start inside a udp 10.1.0.2 7
	ok netdctl network set net0 --address 10.1.0.253/24
	match 10.1.0.253/24 "$(ip -o address show dev net0)"
	no_match 10.1.0.254/24 "$(ip -o address show dev net0)"
	pings a 10.1.0.253
	ip -n a route replace default via 10.1.0.253
	pings a "$T_INTERNET4"
	ok netdctl network set net0 --mode isolated
	no_ping a "$T_INTERNET4"
	ok netdctl network set net0 --mode routed
	no_ping a "$T_INTERNET4"
	ip -n outside route add 10.1.0.0/24 via 172.16.5.40
	pings a "$T_INTERNET4"
	match '^sent ([0-9]+) answered ([0-9]+) ' "$(flow_stop inside)"
	eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answered datagrams"
}

# Writers wait for each other, and none undoes another's work.
many_writers()
{
	local i pids=()

	world
	need tun
	netdctl network create net0 --address 10.1.0.254/24
	netdctl network create net1 --mode nat --address 10.2.0.254/24
	for i in 1 2 3 4 5 6 7 8; do
		netdctl port add net0 "tap$i" --tap >"writer$i" 2>&1 &
		pids+=($!)
		netdctl forward add net1 "172.16.5.40:100$i" "10.2.0.$i:80" >"writer1$i" 2>&1 &
		pids+=($!)
	done
	wait "${pids[@]}"
	eq 8 "$(netdctl show ports --json | jq length)"
	eq 8 "$(netdctl export default | grep -c 'tap[0-9]: ')"
	eq 8 "$(netdctl forward list --json | jq length)"
	eq 8 "$(nft list map inet netd forward4 | grep -c '172.16.5.40')"
}

# A definition that does not fit is not kept.
failed_change_is_not_kept()
{
	world
	netdctl network create net0 --address 10.1.0.254/24
	netdctl export default >before
	fails 2 netdctl network set net0 --address 172.16.5.200/24
	fails 2 netdctl network set net0 --mtu 20
	fails 2 netdctl network create net1 --address 10.1.0.253/24
	netdctl export default >after
	same before after
	ok netdctl network stop net0
	ok netdctl network start net0
	netdctl export default >after
	same before after
	match '10.1.0.254/24' "$(netdctl network list)"
	no_match 'net1' "$(netdctl network list)"
}

# What the options set is the kernel's and the file's default again, and nothing else.
options_are_unset()
{
	world
	ok netdctl network create net0 --mode nat --address 10.1.0.254/24
	named before
	cp /etc/netd/default.yaml before.yaml
	ok netdctl network set net0 --mtu 1400 --stp on --antispoof off --autostart \
		--nat-source 172.16.5.41 --nat-ports 2000-3000 --address 10.1.0.254/24 \
		--address 10.1.7.254/24 --route 10.9.0.0/16=10.1.0.9
	eq 1400 "$(cat /sys/class/net/net0/mtu)"
	eq 1 "$(cat /sys/class/net/net0/bridge/stp_state)"
	ok netdctl network set net0 --unset mtu,stp --unset antispoof --unset autostart \
		--unset nat-source --unset nat-ports,route --address 10.1.0.254/24
	eq "$(cat before.yaml)" "$(cat /etc/netd/default.yaml)"
	named after
	same before after
	fails 2 netdctl network set net0 --unset mtoo
	match 'no setting "mtoo"' "$err"
	fails 2 netdctl network set net0 --unset mtu --mtu 1400
	match 'contradict each other' "$err"
	fails 2 netdctl network set net0 --unset address
	match 'has no address' "$err"
	eq "$(cat before.yaml)" "$(cat /etc/netd/default.yaml)"
}

# passes GROUP: a frame of guest a to 01:80:c2:00:00:GROUP reaches guest b.
passes()
{
	local listener

	ip -n a neighbour replace 10.1.0.77 lladdr "01:80:c2:00:00:$1" dev eth0 nud permanent
	rm -f heard listening
	on b timeout 5 tcpdump -Z root --immediate-mode -l -n -i eth0 -c 1 ether dst "01:80:c2:00:00:$1" >heard 2>listening &
	listener=$!
	wait_for 5 grep -q 'listening on' listening
	for _ in 1 2 3; do
		on a ping -q -c 1 -W 0.2 10.1.0.77 >/dev/null || :
		[ ! -s heard ] || break
	done
	kill "$listener" 2>/dev/null || :
	wait "$listener" 2>/dev/null || :
	[ -s heard ]
}

link_local_groups()
{
	local mask=/sys/class/net/net0/bridge/group_fwd_mask

	command -v tcpdump >/dev/null || t_skip "no tcpdump"
	ok netdctl network create net0 --address 10.1.0.254/24
	guest_ns a net0 10.1.0.1/24
	guest_ns b net0 10.1.0.2/24
	! passes 0e || fail "LLDP passes without being asked for"
	ok netdctl network set net0 --group-fwd-mask 0x4000
	eq 0x4000 "$(cat $mask)"
	passes 0e || fail "LLDP does not pass"
	! passes 03 || fail "802.1X passes without being asked for"
	netdctl export default >lab.yaml
	ok netdctl plan lab.yaml
	echo 0 >$mask
	fails 3 netdctl plan lab.yaml
	ok netdctl repair
	eq 0x4000 "$(cat $mask)"
	# what netd set goes with the key, and with a change that is taken back
	ok netdctl network set net0 --unset group-fwd-mask
	eq 0x0 "$(cat $mask)"
	ok netdctl network set net0 --group-fwd-mask 65528
	eq 0xfff8 "$(cat $mask)"
	ok netdctl rollback default
	eq 0x0 "$(cat $mask)"
	# what somebody else set stays
	echo 0x8 >$mask
	ok netdctl network set net0 --mtu 1400
	eq 0x8 "$(cat $mask)"
	fails 2 netdctl network set net0 --group-fwd-mask 0x4004
	match 'never forwards bits 0 to 2: STP, pause frames and LACP' "$err"
	fails 2 netdctl network set net0 --group-fwd-mask lldp
	match 'must be a mask of bits' "$err"
}

t_fresh "one-liners are the same as the file" commands_are_the_file
t_fresh "options are unset" options_are_unset
t_fresh "groups that a bridge keeps to itself" link_local_groups
t_fresh "define, start, stop, autostart, set, delete" life_of_a_network
t_fresh "changes while guests talk" changes_under_traffic
t_fresh "another gateway, another mode" gateway_moves
t_fresh "many writers" many_writers
t_fresh "a change that fails is not kept" failed_change_is_not_kept
t_done
