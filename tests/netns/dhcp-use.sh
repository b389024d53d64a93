#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# DHCP gives every guest an address, and none that somebody else uses.
. "$(dirname "$0")/../lib/netns.sh"

need bridge veth command:dnsmasq command:busybox

MANY=$NETD_BUILD/tests/lib/dhcp-many

# Network lan of 10.1.0.1/24 with DHCP.
lab()
{
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  lan:
	    addresses: [10.1.0.1/24]
	    dhcp: {range: 10.1.0.100-10.1.0.150}
	EOF
	netdctl apply -q lab.yaml
}

# More than dnsmasq's own limit of 1,000, by both.
more_than_a_thousand()
{
	need ipv6
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  lan: {addresses: [10.1.0.1/20, "fd00:1::1/64"], dhcp: {range: 10.1.8.0-10.1.12.255}}
	EOF
	netdctl apply -q lab.yaml
	guest_ns many lan 10.1.1.1/20 - fd00:1::5/64
	eq 1050 "$(on many "$MANY" eth0 4 1050)"
	eq 100 "$(on many "$MANY" eth0 6 100)"
	wait_for 5 eval '[ "$(netdctl leases --json | jq length)" = 1150 ]'
	# a range that shrinks does not keep the server from starting
	sed -i 's/range: [^}]*/range: 10.1.8.0-10.1.8.9/' lab.yaml
	netdctl apply -q lab.yaml
	eq '"up"' "$(netdctl show services --json | jq -c '.[0].state')"
}

# Clones of one disk say the same client identifier.
clones()
{
	local name

	lab
	for name in a b c; do
		guest_ns "$name" lan -
		dhcp_ns "$name" eth0 -x "0x3d:ff0102030405060708"
	done
	eq 3 "$(for name in a b c; do told $name 4 ip; done | sort -u | wc -l)"
	eq 3 "$(netdctl leases --json | jq length)"
}

# What `on:` puts on an interface of a router, and on the bridge, nobody is given.
added_addresses()
{
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  lan: {addresses: [10.1.0.1/24], dhcp: {range: 10.1.0.100-10.1.0.104}}
	  dmz: {addresses: [10.2.0.254/24]}
	  inner: {mode: routed, addresses: [10.4.0.1/24], forwards: [{listen: 10.1.0.103, to: 10.4.0.9, on: lan}]}
	routers:
	  r1:
	    interfaces: {lan: {addresses: [10.1.0.2/24]}, dmz: {addresses: [10.2.0.1/24]}}
	    nat: {out: lan, source: 10.1.0.100-10.1.0.101, on: lan}
	    forwards: [{listen: 10.1.0.104, to: 10.2.0.9, on: lan}]
	EOF
	netdctl apply -q lab.yaml
	guest_ns a lan -
	dhcp_ns a
	eq 10.1.0.102 "$(told a 4 ip)"
	guest_ns b lan -
	no_dhcp_ns b
	# a forward that goes leaves its address to guests, at once
	sed -i '/listen: 10.1.0.104/d' lab.yaml
	netdctl apply -q lab.yaml
	dhcp_ns b
}

# taken_by NS ADDRESS: nobody else gets it, though NS is silent.
taken_by()
{
	guest_ns "x$1" lan -
	dhcp_ns "x$1" eth0 -r "$2"
	[ "$(told "x$1" 4 ip)" != "$2" ] || fail "$2 is given out twice"
	guest_gone "x$1"
}

# What guests have stays theirs while the network is away.
kept()
{
	local ip

	lab
	guest_ns a lan -
	dhcp_ns a
	ip=$(told a 4 ip)
	netdctl destroy lab
	netdctl apply -q lab.yaml
	ip link set v-a master lan up
	taken_by a "$ip"
	eq "[\"$ip\"]" "$(netdctl leases --json | jq -c 'map(select(.host == "a") | .address)')"
	sed -i 's/dhcp: .*/dhcp: false/' lab.yaml
	netdctl apply -q lab.yaml
	lab
	taken_by a "$ip"
	# a topology that is somebody else's does not inherit them
	netdctl destroy lab
	sed -i 's/name: lab/name: other/' lab.yaml
	netdctl apply -q lab.yaml
	eq '[]' "$(netdctl leases --json | jq -c .)"
}

kept_by_one_line_commands()
{
	local ip

	netdctl network create lan --address 10.1.0.1/24 --dhcp
	guest_ns a lan -
	dhcp_ns a
	ip=$(told a 4 ip)
	netdctl network stop lan
	netdctl network start lan
	ip link set v-a master lan up
	taken_by a "$ip"
	# on trial, and taken back
	netdctl network stop lan --confirm 60s --probe none
	netdctl rollback
	ip link set v-a master lan up
	taken_by a "$ip"
	netdctl network stop lan
	netdctl network delete lan
	eq "" "$(find /run/netd -path '*dhcp*')"
	netdctl network create lan --address 10.1.0.1/24 --dhcp
	guest_gone a
	guest_ns b lan -
	dhcp_ns b eth0 -r "$ip"
	eq "$ip" "$(told b 4 ip)"
	netdctl network delete lan
	eq "" "$(find /run/netd -path '*dhcp*')"
}

# A lease that has ended is nobody's: what it kept goes with the next change.
ended()
{
	lab
	guest_ns a lan -
	dhcp_ns a
	netdctl destroy lab
	[ -e /run/netd/dhcp/lan/leases ] || fail "forgotten"
	sed -i -E 's/^[0-9]+ /1000 /' /run/netd/dhcp/lan/leases
	netdctl network create else
	eq "" "$(find /run/netd -path '*dhcp*')"
}

# file MAC
machine_lab()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan:
	    addresses: [10.1.0.1/24, "fd00:1::1/64"]
	    dhcp: true
	    machines: {web: {mac: "$1", address: [10.1.0.50, "fd00:1::50"]}, db: {mac: "52:54:00:00:00:0b"}}
	EOF
	netdctl apply -q lab.yaml
}

# ms COMMAND…: how long it takes.
ms()
{
	local before

	before=$(date +%s%N)
	"$@"
	echo $((($(date +%s%N) - before) / 1000000))
}

# What a guest has set by hand is given to nobody, though that guest is silent, and whether
# another one asks for it or it is the last but one.  Nobody waits for long.
by_hand()
{
	local i took before

	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  lan: {addresses: [10.1.0.1/24], dhcp: {range: 10.1.0.100-10.1.0.103}}
	EOF
	netdctl apply -q lab.yaml
	netdctl plan -q lab.yaml
	guest_ns first lan -
	took=$(ms dhcp_ns first)
	[ "$took" -lt 1000 ] || fail "the first guest waited for $took ms"
	netdctl lease release lan first >/dev/null
	guest_gone first
	for i in 100 101 103; do
		guest_ns "hand$i" lan "10.1.0.$i/24"
		ip -n "hand$i" -4 neigh flush all
	done
	# even if it drops pings
	on hand101 sh -c 'echo 1 >/proc/sys/net/ipv4/icmp_echo_ignore_all'
	guest_ns a lan -
	before=$(</run/netd/dhcp/lan/pid)
	dhcp_ns a eth0 -r 10.1.0.101
	eq 10.1.0.102 "$(told a 4 ip)"
	guest_ns b lan -
	no_dhcp_ns b
	# who has it has it, also by DHCP
	ip -n hand100 addr flush dev eth0
	dhcp_ns hand100
	eq 10.1.0.100 "$(told hand100 4 ip)"
	# renewing does not wait, and what somebody uses is found out after a restart, too
	took=$(ms dhcp_ns a eth0 -r 10.1.0.102)
	[ "$took" -lt 1000 ] || fail "renewing took $took ms"
	eq "$before" "$(</run/netd/dhcp/lan/pid)"
	netdctl lease release lan a >/dev/null
	guest_gone a
	dhcp_ns b
	eq 10.1.0.102 "$(told b 4 ip)"
	# nothing is left of it
	netdctl destroy lab
	eq "" "$(nft list tables)"
	eq "" "$(pgrep -f 'netdctl guard' || :)"
}

# The guard of r1's network is killed, and has ended.
kill_guard()
{
	local pid

	pid=$(</run/netd/dhcp/r1.lan/guard)
	kill -KILL "$pid"
	wait_for 5 eval "! kill -0 $pid 2>/dev/null"
}

# In a router's namespace; and without it DHCP goes on.
by_hand_in_a_router()
{
	local said

	cat >lab.yaml <<-'EOF'
	name: lab
	networks: {lan: {}}
	routers: {r1: {interfaces: {lan: {addresses: [10.1.0.1/24], dhcp: {range: 10.1.0.100-10.1.0.101}}}}}
	EOF
	netdctl apply -q lab.yaml
	guest_ns hand lan 10.1.0.100/24
	guest_ns a lan -
	dhcp_ns a
	eq 10.1.0.101 "$(told a 4 ip)"
	ip netns exec r1 nft list tables | grep -q netd-dhcp-lan || fail "not on guard"
	kill_guard
	wait_for 5 eval '[ -z "$(ip netns exec r1 nft list tables)" ]'
	guest_gone a
	netdctl lease release lan a >/dev/null
	kill_guard
	guest_ns b lan -
	dhcp_ns b
	# it is missed, and comes back without what it does not need
	said=$(netdctl status 2>&1 || :)
	match "dhcp r1.lan: its guard is not running" "$said"
	match "start its guard" "$said"
	ok netdctl repair
	match "in effect" "$(netdctl status 2>&1)"
	eq "0000000000000000 1" "$(awk '/^(CapEff|NoNewPrivs)/{print $2}' \
		"/proc/$(</run/netd/dhcp/r1.lan/guard)/status" | xargs)"
	guest_gone b
	netdctl lease release lan b >/dev/null
	kill_guard
	# its own processes are no news
	netdctl apply -q lab.yaml
	guest_ns c lan -
	dhcp_ns c
	eq 10.1.0.101 "$(told c 4 ip)"
	# one that cannot be is said, and does no harm
	kill_guard
	echo -95 >/run/netd/dhcp/r1.lan/guard
	said=$(netdctl status 2>&1)
	match "in effect" "$said"
	match "its guard cannot run \(Operation not supported\)" "$said"
	ok netdctl destroy lab
	no_match 'guard|dnsmasq' "$err"
	eq "" "$(pgrep -f 'netdctl guard' || :)"
}

# machine_address NAME
machine_address()
{
	netdctl machine list --json | jq -r ".[] | select(.machine == \"$1\") | .addresses[0]"
}

# A machine without an address is not given one that a running guest has, whether by a
# lease or by hand; its name and forwards lead to the machine, and it keeps what it got.
chosen_beside_guests()
{
	local chosen first

	file()
	{
		cat >lab.yaml <<-EOF
		name: lab
		networks:
		  lan:
		    mode: nat
		    addresses: [10.1.0.1/24]
		    dhcp: {range: 10.1.0.100-10.1.0.${2:-103}}
		    forwards: [{listen: "10.9.9.9:80", to: "web:80", on: up0}]
		    machines: {${1:-}web: {mac: "52:54:00:00:00:01"}}
		EOF
	}
	ip link add up0 type veth peer name up1
	file
	netdctl apply -q lab.yaml
	first=$(machine_address web)
	sed -i '/forwards\|machines/d' lab.yaml
	netdctl apply -q lab.yaml
	# two guests by DHCP, one of which has what the names would give
	guest_ns a lan -
	dhcp_ns a eth0 -r "$first"
	eq "$first" "$(told a 4 ip)"
	guest_ns b lan -
	dhcp_ns b
	# and one by hand, which the host has heard of
	for chosen in 100 101 102 103; do
		chosen=10.1.0.$chosen
		[[ $chosen != "$first" && $chosen != "$(told b 4 ip)" ]] && break
	done
	guest_ns hand lan "$chosen/24"
	pings hand 10.1.0.1
	file
	netdctl plan -q lab.yaml && fail "nothing to do"
	netdctl apply -q lab.yaml
	chosen=$(machine_address web)
	no_match " $chosen " " $first $(told b 4 ip) $(ip -n hand -4 -o addr show dev eth0 | awk '{ sub("/.*", "", $4); print $4 }') "
	netdctl plan -q lab.yaml
	guest_ns --mac 52:54:00:00:00:01 web lan -
	dhcp_ns web
	eq "$chosen" "$(told web 4 ip)"
	resolves b web "$chosen" 10.1.0.1
	match "$chosen" "$(nft list map inet netd forward4)"
	# whatever comes and goes, also where the file would now give something else
	netdctl lease release lan "$first" >/dev/null
	netdctl plan -q lab.yaml
	eq "$chosen" "$(machine_address web)"
	file "other: {mac: \"52:54:00:00:00:09\"}, " 120
	netdctl apply -q lab.yaml
	eq "$chosen" "$(machine_address web)"
	netdctl plan -q lab.yaml
	netdctl rollback -q lab
	eq "$chosen" "$(machine_address web)"
	netdctl export lab >exported.yaml
	netdctl plan -q exported.yaml
	# a machine keeps what its guest has leased already
	chosen=$(told b 4 ip)
	file "b: {mac: \"$(on b cat /sys/class/net/eth0/address)\"}, "
	netdctl apply -q lab.yaml
	eq "$chosen" "$(machine_address b)"
	netdctl destroy lab
	netdctl apply -q lab.yaml
	eq "$chosen" "$(machine_address b)"
}

# By the one-line commands, and on trial.
chosen_by_commands()
{
	local first

	netdctl network create lan --mode nat --address 10.1.0.1/24 --dhcp-range 10.1.0.100-10.1.0.101
	netdctl machine add lan web 52:54:00:00:00:01
	first=$(machine_address web)
	netdctl machine remove lan web
	guest_ns a lan -
	dhcp_ns a eth0 -r "$first"
	netdctl machine add lan web 52:54:00:00:00:01
	[ "$(machine_address web)" != "$first" ] || fail "$first is a's"
	first=$(machine_address web)
	guest_gone a
	netdctl lease release lan a >/dev/null
	netdctl forward add lan 10.1.0.1:8080 web:80
	match "$first" "$(nft list map inet netd forward4)"
	netdctl network set lan --mtu 1400 --confirm 60s --probe none
	netdctl rollback
	eq "$first" "$(machine_address web)"
	netdctl plan -q /etc/netd/default.yaml
	netdctl network stop lan
	netdctl network start lan
	fails 2 netdctl machine add lan more 52:54:00:00:00:02 10.1.0.1
	guest_ns b lan -
	dhcp_ns b
	fails 2 netdctl machine add lan more 52:54:00:00:00:02
	match 'no address is left for machine "more"' "$err"
}

# A machine's new MAC has its address at once, by both; others keep theirs.
new_mac()
{
	local others

	need ipv6 command:dhclient
	machine_lab 52:54:00:00:00:01
	guest_ns --mac 52:54:00:00:00:01 old lan -
	guest_ns --mac 52:54:00:00:00:02 new lan -
	guest_ns other lan -
	dhcp_ns old
	dhcp6_ns old
	dhcp_ns other
	dhcp6_ns other
	eq "10.1.0.50 fd00:1::50" "$(told old 4 ip) $(told old 6 new_ip6_address)"
	others=$(grep -c " other\| $(told other 4 ip) \| $(told other 6 new_ip6_address) " /run/netd/dhcp/lan/leases)
	ip link set v-old down
	machine_lab 52:54:00:00:00:02
	netdctl plan -q lab.yaml
	eq "$others" "$(grep -c " other\| $(told other 4 ip) \| $(told other 6 new_ip6_address) " /run/netd/dhcp/lan/leases)"
	dhcp_ns new
	dhcp6_ns new
	eq "10.1.0.50 fd00:1::50" "$(told new 4 ip) $(told new 6 new_ip6_address)"
	# a guest that has by chance what a new machine is to have
	others=$(told other 4 ip)
	netdctl destroy lab
	sed -i "s/machines: {/&late: {mac: \"52:54:00:00:00:0d\", address: $others}, /" lab.yaml
	netdctl apply -q lab.yaml
	guest_ns --mac 52:54:00:00:00:0d late lan -
	dhcp_ns late
	eq "$others" "$(told late 4 ip)"
}

released()
{
	local ip pid

	need ipv6 command:dhclient
	machine_lab 52:54:00:00:00:01
	for name in a b c; do
		guest_ns "$name" lan -
		dhcp_ns "$name"
	done
	dhcp6_ns c
	ip=$(told a 4 ip)
	ok netdctl lease release lan "$ip"
	match "lan +a +$ip +" "$out"
	eq 3 "$(netdctl leases --json | jq length)"
	ip link set v-a down
	guest_ns --mac 52:54:00:00:00:77 d lan -
	dhcp_ns d eth0 -r "$ip"
	eq "$ip" "$(told d 4 ip)"
	ok netdctl lease release lan "$(on b cat /sys/class/net/eth0/address)" --json
	eq "[\"$(told b 4 ip)\"]" "$(jq -c 'map(.address)' <<<"$out")"
	# by name, of both families
	ok netdctl lease release lan C --json
	match "$(told c 4 ip)" "$out"
	eq '["d"]' "$(netdctl leases --json | jq -c 'map(.host | values)')"
	fails 2 netdctl lease release lan nobody
	match 'nobody has a lease of "nobody" on network lan' "$err"
	fails 2 netdctl lease release lam d
	match 'network lam is not running' "$err"
	# names and addresses are served on
	ip link set v-a up
	dhcp_ns a
	ok netdctl plan -q lab.yaml
	# one that does not run
	pid=$(</run/netd/dhcp/lan/pid)
	kill -KILL "$pid"
	wait_for 5 test ! -e "/proc/$pid"
	ok netdctl lease release lan d
	eq '["a"]' "$(netdctl leases --json | jq -c 'map(.host | values)')"
}

released_in_a_router()
{
	local ip before

	cat >lab.yaml <<-'EOF'
	name: lab
	networks: {lan: {}}
	routers: {r1: {dns: [9.9.9.9], interfaces: {lan: {addresses: [10.1.0.1/24], dhcp: true}}}}
	EOF
	netdctl apply -q lab.yaml
	before=$(tr '\0' ' ' <"/proc/$(</run/netd/dhcp/r1.lan/pid)/cmdline")
	guest_ns a lan -
	dhcp_ns a
	ip=$(told a 4 ip)
	ok netdctl lease release lan a
	eq "$before" "$(tr '\0' ' ' <"/proc/$(</run/netd/dhcp/r1.lan/pid)/cmdline")"
	ok netdctl plan -q lab.yaml
	guest_gone a
	guest_ns b lan -
	dhcp_ns b eth0 -r "$ip"
	eq "$ip" "$(told b 4 ip)"
}

t_fresh "more than 1,000 guests have an address each" more_than_a_thousand
t_fresh "clones with one client identifier have an address each" clones
t_fresh "addresses that on: adds are given to nobody" added_addresses
t_fresh "leases are kept by destroy and apply, and while DHCP is off" kept
t_fresh "leases are kept by network stop and start, not by delete" kept_by_one_line_commands
t_fresh "leases that have ended are not kept" ended
t_fresh "what a guest has set by hand is given to nobody" by_hand
t_fresh "the same in a router; DHCP goes on without the guard" by_hand_in_a_router
t_fresh "a machine is not given what a guest has, and keeps what it got" chosen_beside_guests
t_fresh "the same by one-line commands" chosen_by_commands
t_fresh "a machine's new MAC has its address at once" new_mac
t_fresh "leases are released by address, MAC and name" released
t_fresh "leases are released in a router" released_in_a_router
t_done
