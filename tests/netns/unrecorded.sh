#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What runs without a record: its file was damaged, or /run/netd was removed.
. "$(dirname "$0")/../lib/netns.sh"

RUNNING=/run/netd/topologies

# lab.yaml, which is applied, with the host's NIC eth1 as an uplink and a port of somebody
# else's; changed.yaml: a change of each kind of object.
lab()
{
	need bridge veth nft tun command:dnsmasq command:strace command:jq
	outside eth0 172.16.5.40/24 172.16.5.1/24
	ip netns add far
	ip link add eth1 type veth peer name wire netns far
	ip -n far link set wire up
	ip -n far address add 192.168.7.1/24 dev wire
	ip link set eth1 up
	ip address add 192.168.7.2/24 dev eth1
	ip route add 10.77.0.0/16 via 192.168.7.1
	wait_for 5 t_carrier eth1
	cat >lab.yaml <<-'YAML'
	name: lab
	networks:
	  nat0:
	    mode: nat
	    addresses: [10.1.0.254/24]
	    dhcp: {range: 10.1.0.50-10.1.0.99}
	    ports: {tap0: {type: tap}, veth1: {type: veth, peer: veth2}}
	    forwards: [{listen: "172.16.5.40:80", to: 10.1.0.50}]
	  dmz: {}
	  br0: {mode: bridged, uplink: eth1}
	routers:
	  r1:
	    interfaces:
	      nat0: {addresses: [10.1.0.1/24]}
	      dmz: {addresses: [10.2.0.1/24], dhcp: {range: 10.2.0.50-10.2.0.60}}
	hosts:
	  h1: {network: nat0, addresses: [10.1.0.10/24]}
	YAML
	sed 's/254/253/; s/tap0/tap1/; s/  h1:/  h2:/; s/0.10\/24/0.11\/24/; s/:80"/:81"/
		s/  dmz: {}/  dmz: {mtu: 1400}/' lab.yaml >changed.yaml
	netdctl apply -q lab.yaml
	ip link add theirs type veth peer name guest
	ip link set theirs master nat0 up
	shot >before
}

# The ways to lose the record.
damaged() { sed -i '$d' "$RUNNING/lab.yaml"; fails 1 netdctl plan lab.yaml; netdctl -q recover || :; }
removed() { rm "$RUNNING/lab.yaml"; }
all_removed() { rm -rf /run/netd; }

# What runs, by names.
shot()
{
	{
		ip -o -d link show
		ip -o address show
		ip -4 route show
		for name in r1 h1; do
			ip -n "$name" -o address show
			ip -n "$name" route show
		done
		nft list ruleset
		ls /run/netns
		cat /proc/sys/net/ipv4/conf/eth0/forwarding
		pgrep -xa dnsmasq | sed 's/^[0-9]* //; s/ .*--dhcp-leasefile/ /'
	} | sed -E 's/^[0-9]+: //; s/@[^:]*:/:/; s/link-netnsid [0-9]+//
		s/(bridge_id|root_id|designated_[a-z]+|port_(id|no)|group_address) [^ ]+//g
		s/(gc_timer|hello_timer|tcn_timer|topology_change_timer) +[0-9.]+//g
		/^(tap|veth|h1-|r1-)/s/ether [^ ]+//; s/fdb_n_learned [0-9]+//
		s/<[^>]*>//; s/state [A-Za-z]+//g; s/qdisc [a-z]+//; s/ linkdown//' |
		grep -v -e fe80: -e ff00::/8 -e permaddr | sort
}

is_as_before()
{
	shot >now
	diff -U 0 before now | cut -c 1-300 || fail "not as it was (- before, + after)"
	on h1 ping -qc1 -W2 10.1.0.1
	ping -qc1 -W2 192.168.7.1
}

# A change fails in the kernel, at some of its points.
fails_on_the_way()
{
	local lose=$1 n failed=0

	lab
	for n in 30 41 46 48 53 58 64 71 80; do
		"$lose"
		trace -o strace -e trace=sendmsg -e inject=sendmsg:error=EPERM:when="$n" \
			netdctl apply changed.yaml >out 2>&1 && status=0 || status=$?
		if [ "$status" != 0 ]; then
			eq 1 "$status"
			no_match 'everything is as it was' "$(<out)"
			is_as_before
		fi
		if grep -q 'what ran is still there' out; then
			match 'note: there is no record of what runs of topology lab' "$(head -1 out)"
			failed=$((failed + 1))
		fi
		ok netdctl apply -q lab.yaml
		ok netdctl plan -q lab.yaml
	done
	[ "$failed" -ge 2 ] || fail "only $failed failed behind the first op"
	is_as_before
}

# A change that is killed: whatever is there stays.
killed()
{
	local lose=$1

	lab
	"$lose"
	trace -o strace -e trace=sendmsg -e inject=sendmsg:signal=KILL:when=48 \
		netdctl apply changed.yaml >out 2>&1 && fail "it was not killed"
	ok netdctl recover
	ping -qc1 -W2 192.168.7.1
	eq br0 "$(cat /sys/class/net/eth1/master/uevent | sed -n 's/INTERFACE=//p')"
	match ' tap0:' "$(ip link show)"
	match r1 "$(ip netns list)"
	ok netdctl recover
	match 'nothing to recover' "$err"
	ok netdctl apply lab.yaml
	is_as_before
}

# status says what is there, and what to do; the file takes it over; destroy ends it all.
seen_and_removed()
{
	local lose=$1

	lab
	"$lose"
	ok netdctl status
	match 'lab .*no record' "$out"
	match 'bridge nat0' "$out"
	match 'namespace r1' "$out"
	match 'netdctl destroy lab' "$out"
	no_match 'goes, and' "$out"
	eq "no record" "$(netdctl status --json | jq -r '.[0].state')"
	match 'tap tap0' "$(netdctl status --json | jq -r '.[0].notes[0]')"
	fails 1 netdctl apply --confirm 60s changed.yaml
	match 'nothing could take this change back' "$err"
	is_as_before
	fails 2 netdctl confirm
	ok netdctl apply changed.yaml
	fails 2 netdctl rollback lab
	match 'nothing is kept' "$err"
	"${lose/damaged/removed}"
	ok netdctl destroy lab
	match 'eth1@.* 192.168.7.2/24' "$(ip -br address)"
	match 'via 192.168.7.1 dev eth1' "$(ip route)"
	ping -qc1 -W2 192.168.7.1
	wait_for 5 eth1_has_ipv6
	eq "" "$(ip -o link show group 0x6e657464)"
	eq "far outside" "$(ip netns list | sed 's/ .*//' | sort | tr '\n' ' ' | sed 's/ $//')"
	eq "" "$(pgrep -xa dnsmasq)"
	eq "" "$(nft list ruleset)"
}

eth1_has_ipv6()
{
	ip -6 address show dev eth1 | grep -q fe80:
}

# Guests go on to get addresses from a server whose files were lost.
orphan()
{
	need command:busybox
	lab
	all_removed
	ok netdctl apply lab.yaml
	eq 2 "$(pgrep -xc dnsmasq)"
	guest_ns g nat0
	dhcp_ns g
	match '^10\.1\.0\.' "$(told g 4 ip)"
	ok netdctl destroy lab
	eq "" "$(pgrep -xa dnsmasq)"
}

# The one-line commands know what runs by its definition.
one_line()
{
	local lose

	for lose in "rm $RUNNING/default.yaml" "rm -rf /run/netd"; do
		netdctl -q network create lan --address 10.8.0.1/24
		netdctl -q port add lan vm1 --tap
		netdctl -q network create dmz
		netdctl -q network stop dmz
		$lose
		ok netdctl port add lan vm2 --tap
		match 'lan .*up' "$(netdctl network list)"
		match 'dmz .*stopped' "$(netdctl network list)"
		match ' vm1:' "$(ip link show)"
		match ' vm2:' "$(ip link show)"
		$lose
		ok netdctl network create new
		match ' lan:' "$(ip link show)"
		$lose
		mv /etc/netd/default.yaml elsewhere.yaml
		fails 1 netdctl network create another
		match 'no record of what runs' "$err"
		match ' vm2:' "$(ip link show)"
		mv elsewhere.yaml /etc/netd/default.yaml
		ok netdctl network delete lan
		ok netdctl network delete new
		ok netdctl network delete dmz
		eq "" "$(ip -o link show group 0x6e657464)"
	done
}

# The claim of an uplink alone is lost: its bridge says whose it is.
claims_lost()
{
	lab
	rm /run/netd/claims
	ok netdctl destroy lab
	match 'eth1@.* 192.168.7.2/24' "$(ip -br address)"
	ping -qc1 -W2 192.168.7.1
}

for how in damaged removed all_removed; do
	t_fresh "$how, and a change fails" fails_on_the_way "$how"
	t_fresh "$how: status, --confirm, destroy" seen_and_removed "$how"
done
t_fresh "removed, and a change is killed" killed removed
t_fresh "all removed, and a change is killed" killed all_removed
t_fresh "a dnsmasq whose files are gone" orphan
t_fresh "one-line commands" one_line
t_fresh "the claims are lost" claims_lost
t_done
