#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is started at boot: all that can be, whatever cannot; and networks of other files
# than default.yaml by their names.
. "$(dirname "$0")/../lib/netns.sh"

# define NAME: a definition, from standard input.
define()
{
	cat >"/etc/netd/$1.yaml"
}

# lan and dmz can be started; wan needs eth7, and r1 needs wan.
lab()
{
	need bridge veth
	define lab <<-'EOF'
	networks:
	  lan: {autostart: true, addresses: [10.1.0.254/24]}
	  wan: {autostart: true, mode: bridged, uplink: eth7}
	  dmz: {autostart: true, addresses: [10.2.0.254/24]}
	  extra: {}
	routers:
	  r1: {interfaces: {lan: {addresses: [10.1.0.1/24]}, wan: {}}}
	  r2: {interfaces: {lan: {addresses: [10.1.0.2/24]}, dmz: {addresses: [10.2.0.2/24]}}}
	  r3: {interfaces: {extra: {}}}
	EOF
}

start()
{
	netdctl network start --autostart "$@"
}

# running: names of the networks, routers and hosts that run.
running()
{
	{
		netdctl network list --json 2>/dev/null |
			jq -r '.[] | select(.state != "stopped") | .network'
		for kind in routers hosts; do
			netdctl show "$kind" --json 2>/dev/null |
				jq -r '.[] | select(.state != "stopped") | .router // .host'
		done
	} | sort | paste -sd ' '
}

nic_comes_later()
{
	local index

	lab
	define other <<<'networks: {z0: {autostart: true}}'
	fails 1 start
	match 'lab.yaml:3:.* error: network wan is not started: .*eth7' "$err"
	match 'error: router r1 is not started: network wan is not' "$err"
	no_match 'r3|extra' "$err"
	no_match '(lan|dmz|r2|z0) is not started' "$err"
	match 'lab: started' "$err"
	match 'other: started' "$err"
	eq "dmz lan r2 z0" "$(running)"
	index=$(<"/sys/class/net/lan/ifindex")
	ok netdctl status
	match 'note: lab: network wan could not be started, and does not run: .*eth7' "$out"
	match 'note: lab: router r1 .* does not run, since network wan does not' "$out"
	netdctl status --json | jq -e '.[] | select(.topology == "lab") | .notes | length == 2'
	# what was changed while it ran is not taken back by another try
	ip link add p0 type veth peer name p1
	ok netdctl port add lan p0
	fails 1 start
	eq "dmz lan r2 z0" "$(running)"
	ip link add eth7 type veth peer name far7
	ip address add 192.0.2.5/24 dev eth7
	ip link set eth7 up
	ip link set far7 up
	ok netdctl status
	match 'wan could not be started, and does not run' "$out"
	# what somebody stopped meanwhile stays stopped
	ok netdctl network stop z0
	ok start --again
	eq "dmz lan r1 r2 wan" "$(running)"
	[ ! -e /run/netd/unstarted ]
	eq "$index" "$(<"/sys/class/net/lan/ifindex")"
	match p0 "$(netdctl port list lan)"
	match '192.0.2.5/24' "$(ip address show dev wan)"
	ok netdctl status
	no_match 'could not be started' "$out"
	ok start
	match 'lab: nothing to do' "$err"
	# nothing of it is anything else than what apply makes
	netdctl port remove -q lan p0
	netdctl network start -q extra
	ok netdctl plan /etc/netd/lab.yaml
}

# Bridges and namespaces of others, a port that is not there.  A subnet that somebody else
# has by now is a note only.
conflicts()
{
	need bridge veth
	outside eth0 172.16.5.40/24 172.16.5.1/24
	ip address add 10.3.0.1/24 dev eth0
	ip link add taken type bridge
	ip netns add r1
	define default <<-'EOF'
	networks:
	  a0: {autostart: true, addresses: [10.1.0.254/24]}
	  subnet: {autostart: true, addresses: [10.3.0.254/24]}
	  b0: {autostart: true, addresses: [10.2.0.254/24]}
	  port: {autostart: true, ports: {p9: {}}}
	  taken: {autostart: true}
	  c0: {autostart: true, mode: nat, addresses: [10.4.0.254/24]}
	routers:
	  r1: {interfaces: {a0: {}}}
	  r2: {interfaces: {a0: {}, b0: {}}}
	EOF
	fails 1 start
	match 'network port is not started: .*p9' "$err"
	match 'network taken is not started: ' "$err"
	match 'router r1 is not started: ' "$err"
	eq 3 "$(grep -c 'is not started' <<<"$err")" "$err"
	eq 3 "$(tail -n +2 /run/netd/unstarted | wc -l)"
	fails 2 netdctl network start --again
	fails 2 netdctl network start --autostart a0
	eq "a0 b0 c0 r2 subnet" "$(running)"
	fails 1 start --json
	jq -e '.errors | length == 3 and all(.message | test("is not started"))' <<<"$err"
	ip netns delete r1
	ip link add p9 type veth peer name q9
	ip link delete taken
	ok start
	eq "a0 b0 c0 port r1 r2 subnet taken" "$(running)"
}

# One file is nothing to another: neither one with mistakes, nor one that wants the same.
files()
{
	need bridge
	define a <<<'networks: {a0: {autostart: true}, both: {autostart: true}}'
	define b <<<'networks: {b0: {autostart: true, mode: wrong}}'
	define c <<<'networks: {c0: {autostart: true}, both: {autostart: true}}'
	define d <<<'networks: {d0: {}}'
	fails 1 start
	match 'b.yaml:1:.*wrong' "$err"
	match 'network both is not started: .*topology a' "$err"
	eq 1 "$(grep -c "error:.*wrong" <<<"$err")"
	eq "a0 both c0" "$(running)"
	ok netdctl status
	match 'note: b.yaml cannot be started: .*wrong' "$out"
	match 'note: c: network both could not be started, and does not run: ' "$out"
	no_match 'd0' "$out"
	# nothing of it runs
	ok netdctl destroy c
	netdctl status --json | jq -e '.[] | select(.topology == "c") |
		.state == "not started" and (.notes | length == 1)'
}

# What fails in the kernel, not before: each message of it once.
kernel_refuses()
{
	local n failed=0

	need bridge command:strace
	. "$T_LIB/faults.sh"
	define default <<<'networks: {a0: {autostart: true}, b0: {autostart: true}, c0: {autostart: true}}'
	for n in 12 16 20 24 28 32; do
		status=0
		traced -e trace=sendmsg -e "inject=sendmsg:error=ENOBUFS:when=$n" \
			netdctl network start --autostart >said 2>&1 || status=$?
		[ "$status" = 0 ] || failed=$((failed + 1))
		# one message is one message: the next try of the same run gets through
		[ "$status" -le 1 ] || fail "$n: $(<said)"
		[ "$status" = 1 ] || eq "a0 b0 c0" "$(running)"
		netdctl destroy -q default
	done
	[ "$failed" -lt 4 ]
}

# Routers, hosts and links without any network.
nodes_only()
{
	need bridge veth
	define nodes <<-'EOF'
	autostart: true
	routers:
	  a: {}
	hosts:
	  b: {}
	links:
	  ab: {ends: {a: {addresses: [10.5.0.1/24]}, b: {addresses: [10.5.0.2/24]}}}
	EOF
	define unmarked <<<'routers: {c: {}}'
	ok start
	match 'nodes: started' "$err"
	eq "a b" "$(running)"
	ok netdctl host exec b -- ping -n -q -c 1 -W 5 10.5.0.1
	ok netdctl plan /etc/netd/nodes.yaml
	match '^autostart: true' "$(netdctl export nodes | grep autostart)"
	ok start
	match 'nodes: nothing to do' "$err"
}

# All of a file, whatever its networks say.
all_of_a_file()
{
	need bridge
	define default <<<'{autostart: true, networks: {a0: {}, b0: {autostart: false}}}'
	ok start
	eq "a0 b0" "$(running)"
	netdctl network list --json | jq -e 'all(.autostart)'
	ok netdctl network autostart --off a0
	match 'all of default.yaml is marked' "$err"
	match '^autostart: true' "$(grep ^autostart /etc/netd/default.yaml)"
}

# A few among many do not cost a change each.
many()
{
	local i

	need bridge
	{
		echo networks:
		for i in {1..60}; do
			echo "  n$i: {autostart: true}"
		done
		echo '  wan: {autostart: true, mode: bridged, uplink: eth7}'
	} | define default
	fails 1 netdctl network start --autostart
	eq 60 "$(netdctl network list --json | jq '[.[] | select(.state == "up" or .state == "down")] | length')"
	[ "$(grep -c 'started, ' <<<"$err")" -lt 10 ]
}

by_name()
{
	need bridge veth
	lab
	define other <<<'networks: {z0: {}, dmz: {}}'
	ok netdctl network start extra
	eq "extra r3" "$(running)"
	fails 2 netdctl network start dmz
	match 'network dmz is in lab.yaml and in other.yaml' "$err"
	eq "extra r3" "$(running)"
	fails 2 netdctl network start nowhere
	fails 2 netdctl network start --confirm 60s lan z0
	match 'one topology at a time' "$err"
	ok netdctl network start lan z0
	eq "extra lan r3 z0" "$(running)"
	ok netdctl network stop extra z0
	eq "lan" "$(running)"
	ok netdctl network create mine
	ok netdctl network stop mine lan
	eq "" "$(running)"
	ok netdctl network start --confirm 60s --probe none lan
	ok netdctl rollback
	eq "" "$(running)"
	# default.yaml comes first
	ok netdctl network create --no-start dmz --address 10.7.0.1/24
	ok netdctl network start dmz
	match 10.7.0.1 "$(ip address show dev dmz)"
	# a running one of a file that is not in /etc/netd
	ok netdctl apply - <<<'{name: mem, networks: {m0: {}}}'
	ok netdctl network stop m0
	fails 2 netdctl network stop m0
	# files are not written over
	cp /etc/netd/lab.yaml before.yaml
	for verb in "delete lan" "set lan --mtu 1400" "autostart lan"; do
		fails 2 netdctl network $verb
		match 'network lan is in lab.yaml of the configuration: change it there' "$err"
	done
	cmp before.yaml /etc/netd/lab.yaml
}

# While another change is on trial nothing is started, and that is said once.
on_trial()
{
	need bridge veth
	lab
	ok netdctl network create --confirm 60s --probe none mine
	fails 1 start
	eq 1 "$(grep -c 'waits to be confirmed' <<<"$err")" "$err"
	ok netdctl confirm
	fails 1 start
	eq "dmz lan mine r2" "$(running)"
}

t_fresh "a NIC that comes later" nic_comes_later
t_fresh "things of others in the way" conflicts
t_fresh "one file is nothing to another" files
t_fresh "what the kernel refuses" kernel_refuses
t_fresh "routers, hosts and links only" nodes_only
t_fresh "all of a file" all_of_a_file
t_fresh "a few among many" many
t_fresh "by name, of any file" by_name
t_fresh "while a change is on trial" on_trial
t_done
