#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Guests that were plugged in stay plugged in, whatever becomes of their network's bridge.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

HELPER=$NETD_BUILD/cli/hooks/netd-bridge-helper
TAKE_TAP=$NETD_BUILD/tests/lib/take-tap

# lab.yaml with networks lan (bridge br-lan) and dmz; guests a and b in lan, c in dmz.
world()
{
	need bridge veth tun
	lab >lab.yaml
	ok netdctl apply lab.yaml
	guest_ns a br-lan 10.1.0.1/24
	guest_ns b br-lan 10.1.0.2/24
	guest_ns c dmz 10.2.0.3/24
}

# lab [KEY…]: the file; keys are lan's.
lab()
{
	local key

	printf '%s\n' 'name: lab' 'networks:' '  dmz: {addresses: [10.2.0.254/24]}' \
		'  lan:' '    addresses: [10.1.0.254/24]'
	[[ $* == *bridge:* ]] || echo '    bridge: br-lan'
	for key; do
		echo "    $key"
	done
}

# hold NETWORK: a tap in it, in the hands of a process that is nobody's child; $tap, $holder.
hold()
{
	echo 'allow all' >/etc/qemu/bridge.conf
	rm -f "$T_DIR/tap"
	setsid "$TAKE_TAP" "echo \$TAP >$T_DIR/tap; exec sleep 1000" \
		"$HELPER" --br="$1" --fd=@ >/dev/null 2>&1 &
	wait_for 5 [ -s "$T_DIR/tap" ]
	tap=$(<"$T_DIR/tap")
	holder=$(pgrep -nx sleep)
}

master_of()
{
	ip -j link show dev "$1" | jq -r '.[0].master // "none"'
}

# in_bridge BRIDGE PORT…
in_bridge()
{
	local port

	for port in "${@:2}"; do
		eq "$1" "$(master_of "$port")" "master of $port"
	done
}

# reach GUEST ADDRESS
reach()
{
	ok ip netns exec "$1" ping -n -q -c 1 -W 5 "$2"
}

nobody_waits()
{
	[ ! -e /run/netd/unplugged ] || fail "$(cat /run/netd/unplugged)"
}

stop_and_start()
{
	local index

	need bridge veth tun
	ok netdctl network create lan --address 10.1.0.254/24 --mtu 1400
	ok netdctl network create dmz
	guest_ns a lan 10.1.0.1/24
	hold lan
	index=$(<"/sys/class/net/$tap/ifindex")
	ok netdctl network stop lan
	match "note: network lan goes, and (v-a, $tap|$tap, v-a) are plugged in: no network until" "$err"
	in_bridge none "$tap" v-a
	# a stop of another one, a second stop and the like forget nobody
	ok netdctl network stop dmz
	no_match 'plugged in' "$err"
	ok netdctl network start dmz
	no_match 'port' "$err"
	ok netdctl network set lan --mtu 1300
	ok netdctl network start lan
	in_bridge lan "$tap" v-a
	eq "$index" "$(<"/sys/class/net/$tap/ifindex")"
	eq 1300 "$(<"/sys/class/net/$tap/mtu")"
	reach a 10.1.0.254
	nobody_waits
	eq 2 "$(netdctl network list --json lan | jq '.[0].ports')"
	ok netdctl network start lan
	match 'nothing to do' "$err"
}

destroy_and_apply()
{
	world
	hold br-lan
	fails 3 netdctl plan - <<<'{name: lab, networks: {dmz: {addresses: [10.2.0.254/24]}}}'
	match 'note: network lan goes, and .*v-a.* are plugged in' "$err"
	no_match 'v-c' "$err"
	ok netdctl destroy lab
	match 'note: network dmz goes, and v-c is plugged in' "$err"
	# who left meanwhile is not missed
	kill "$holder"
	wait_for 5 [ ! -e "/sys/class/net/$tap" ]
	fails 3 netdctl plan lab.yaml
	match '~ port v-a joins br-lan' "$out"
	match '~ port v-c joins dmz' "$out"
	no_match "$tap" "$out"
	ok netdctl apply lab.yaml
	in_bridge br-lan v-a v-b
	in_bridge dmz v-c
	reach a 10.1.0.2
	reach c 10.2.0.254
	nobody_waits
	fails 0 netdctl plan lab.yaml
}

# In a part of the file at a time.
by_parts()
{
	world
	ok netdctl destroy lab
	ok netdctl apply - <<<'{name: lab, networks: {dmz: {addresses: [10.2.0.254/24]}}}'
	in_bridge dmz v-c
	in_bridge none v-a v-b
	ok netdctl apply lab.yaml
	in_bridge br-lan v-a v-b
	# as a change by the file, and back by a rollback
	ok netdctl apply - <<<'{name: lab, networks: {dmz: {addresses: [10.2.0.254/24]}}}'
	match 'network lan goes' "$err"
	ok netdctl rollback lab
	in_bridge br-lan v-a v-b
	nobody_waits
}

bridge_is_renamed()
{
	local index

	world
	hold br-lan
	index=$(<"/sys/class/net/$tap/ifindex")
	lab 'bridge: br-new' 'mtu: 1400' >new.yaml
	fails 3 netdctl plan new.yaml
	match "~ port $tap mtu 1400 joins br-new" "$out"
	no_match 'no network' "$err"
	ok netdctl apply new.yaml
	no_match 'no network' "$err"
	in_bridge br-new "$tap" v-a v-b
	eq "$index" "$(<"/sys/class/net/$tap/ifindex")"
	eq 1400 "$(<"/sys/class/net/$tap/mtu")"
	reach a 10.1.0.2
	reach a 10.1.0.254
	nobody_waits
	ok netdctl rollback lab
	in_bridge br-lan "$tap" v-a v-b
	ok netdctl apply --confirm 60s --probe none new.yaml
	in_bridge br-new "$tap"
	ok netdctl rollback
	in_bridge br-lan "$tap" v-a v-b
	nobody_waits
}

by_one_line()
{
	need bridge veth
	ok netdctl network create lan --address 10.1.0.254/24
	guest_ns a lan 10.1.0.1/24
	ok netdctl network set lan --bridge br7
	in_bridge br7 v-a
	reach a 10.1.0.254
	ok netdctl network delete lan
	match 'network lan goes, and v-a is plugged in' "$err"
	ok netdctl network create lan --address 10.1.0.254/24
	in_bridge lan v-a
}

# Each network has the other one's bridge then; its guests must not be the other's.
bridges_are_swapped()
{
	world
	sed -e 's/bridge: br-lan/bridge: dmz/; s/dmz: {/&bridge: br-lan, /' lab.yaml >new.yaml
	ok netdctl apply new.yaml
	in_bridge dmz v-a v-b
	in_bridge br-lan v-c
	reach a 10.1.0.254
	reach c 10.2.0.254
}

elsewhere()
{
	world
	ip tuntap add t0 mode tap
	ip link set t0 master br-lan up
	ok netdctl destroy lab
	ip link add stranger type bridge
	ip link set v-a master stranger
	ip link delete t0
	ip tuntap add t0 mode tap # another one by now
	fails 3 netdctl plan lab.yaml
	match 'note: port v-a was plugged into br-lan, and stays in stranger now' "$err"
	ok netdctl apply lab.yaml
	match 'note: port v-a was plugged into br-lan, and stays in stranger now' "$err"
	in_bridge stranger v-a
	in_bridge none t0
	in_bridge br-lan v-b
	nobody_waits
	# within the topology, too: who was moved by hand is meant to be there
	ok netdctl apply - <<<'{name: lab, networks: {dmz: {addresses: [10.2.0.254/24]}}}'
	ip link set v-b master dmz
	ok netdctl apply lab.yaml
	match 'note: port v-b was plugged into br-lan, and stays in dmz now' "$err"
	in_bridge dmz v-b
}

other_topology()
{
	world
	ok netdctl destroy lab
	sed 's/^name: lab/name: other/' lab.yaml >other.yaml
	ok netdctl apply other.yaml
	match 'note: port v-a is not plugged in: it was in network lan of topology lab' "$err"
	match 'netdctl port add lan v-a' "$err"
	in_bridge none v-a v-b
	ok netdctl destroy other
	ok netdctl apply lab.yaml
	in_bridge br-lan v-a v-b
}

# Ports of the file come and go with the file.
declared()
{
	need bridge veth
	ip link add p0 type veth peer name p1
	lab 'ports: {p0: {}}' >with.yaml
	lab >without.yaml
	ok netdctl apply with.yaml
	in_bridge br-lan p0
	ok netdctl destroy lab
	no_match 'plugged in' "$err"
	nobody_waits
	ok netdctl apply without.yaml
	in_bridge none p0
	ok netdctl apply with.yaml
	sed 's/br-lan/br-new/' without.yaml >new.yaml
	ok netdctl apply new.yaml
	in_bridge none p0
}

on_trial()
{
	world
	ok netdctl network create n0
	ip link set v-c master n0
	ok netdctl network stop --confirm 60s --probe none n0
	in_bridge none v-c
	ok netdctl rollback
	in_bridge n0 v-c
	nobody_waits
	ok netdctl network stop --confirm 60s --probe none n0
	ok netdctl confirm
	ok netdctl network start --confirm 60s --probe none n0
	in_bridge n0 v-c
	ok netdctl rollback # it waits again
	in_bridge none v-c
	ok netdctl network start n0
	in_bridge n0 v-c
	nobody_waits
}

# A port that the kernel does not take fails nothing.
refused_by_the_kernel()
{
	world
	ok netdctl destroy lab
	ip link add link v-a name m0 type macvlan 2>/dev/null || t_skip "no macvlan"
	ip link set m0 up
	ok netdctl apply lab.yaml
	match 'note: port v-a is not plugged into br-lan: ' "$err"
	in_bridge br-lan v-b
	in_bridge none v-a
}

# killed CALLS COMMAND…: at each of them: what the next command makes of it, and a start
# behind that, has all guests in their networks.
killed()
{
	local calls=$1 n status after hit=0

	shift
	world
	need command:strace
	lab 'bridge: br-new' >new.yaml
	ok netdctl network create n0
	ip link set v-c master n0
	[ "$3" != start ] || ok netdctl network stop n0
	for ((n = 1; n < 60; n += 2)); do
		status=0
		traced -e "trace=$calls" -e "inject=$calls:signal=KILL:when=$n" \
			"$@" >/dev/null 2>&1 || status=$?
		after=recover
		[ $((n % 4)) = 1 ] || after="network start n0"
		netdctl $after -q
		netdctl network start -q n0
		netdctl apply -q lab.yaml
		in_bridge n0 v-c
		in_bridge br-lan v-a v-b
		[ ! -e /run/netd/unplugged ] || fail "waiting after $n: $(cat /run/netd/unplugged)"
		[ "$status" != 0 ] || break
		hit=$((hit + 1))
		[ "$3" != start ] || netdctl network stop -q n0
	done
	[ "$hit" -gt 1 ]
	[ "$status" = 0 ]
}

damaged()
{
	world
	ok netdctl destroy lab
	truncate -s -2 /run/netd/unplugged
	fails 1 netdctl apply lab.yaml
	match 'unplugged' "$err"
	ok netdctl apply lab.yaml
	in_bridge none v-a
}

t_fresh "stop and start" stop_and_start
t_fresh "destroy and apply" destroy_and_apply
t_fresh "a part of the file at a time" by_parts
t_fresh "a bridge gets another name" bridge_is_renamed
t_fresh "one-line verbs" by_one_line
t_fresh "two networks swap their bridges" bridges_are_swapped
t_fresh "ports that are elsewhere by now" elsewhere
t_fresh "another topology with that network" other_topology
t_fresh "ports of the file" declared
t_fresh "on trial" on_trial
t_fresh "a port that the kernel refuses" refused_by_the_kernel
t_fresh "killed while stopping" killed sendmsg netdctl network stop n0
t_fresh "killed while the stop is settled" killed /^rename netdctl network stop n0
t_fresh "killed while starting" killed sendmsg netdctl network start n0
t_fresh "killed while a bridge gets another name" killed sendmsg netdctl apply new.yaml
t_fresh "a damaged record" damaged
t_done
