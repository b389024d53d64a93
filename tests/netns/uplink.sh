#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The host's only NIC becomes a port of a bridge: nothing that runs over it notices.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

# What is measured on the way is told where the results are.
{ : >&3; } 2>/dev/null || exec 3>&1

# eth0 is the host's only NIC.  It holds something of each kind.
world()
{
	need bridge veth nft
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
}

rich()
{
	on outside ip address add 172.16.5.2/24 dev eth0
	on outside ip address add 172.16.5.3/24 dev eth0
	ip address add 172.16.5.41/24 dev eth0
	ip address add 172.16.5.42/32 dev eth0 label eth0:web
	ip address add 10.6.0.1 peer 10.6.0.2/32 dev eth0 metric 50
	ip address add 10.7.0.1/24 dev eth0 noprefixroute valid_lft 4000 preferred_lft 3000
	ip address add 2001:db8:5::41/64 dev eth0 nodad
	ip address add fd07::1/64 dev eth0 nodad noprefixroute valid_lft 4000 preferred_lft 0
	ip route replace default via 172.16.5.1 dev eth0 proto dhcp metric 100 src 172.16.5.40
	ip route del default via 172.16.5.1 dev eth0 metric 0 2>/dev/null || :
	ip route add default via 172.16.5.2 dev eth0 metric 200
	ip route add 10.8.0.0/16 via 172.16.5.3 dev eth0 mtu 1400 advmss 1300 realms 5/6 \
		initcwnd 12 proto 77
	ip route add 10.9.0.0/16 dev eth0 scope link
	ip route add 10.10.0.0/16 via 10.9.0.1 dev eth0
	ip route add 10.11.0.0/16 via 192.0.2.7 dev eth0 onlink
	ip route add 10.12.0.0/16 nexthop via 172.16.5.2 dev eth0 weight 3 \
		nexthop via 172.16.5.3 dev eth0 weight 1
	ip route add 10.13.0.0/16 tos 0x10 via 172.16.5.1 dev eth0
	ip route add default via 172.16.5.1 dev eth0 table 100
	ip route add 172.16.5.0/24 dev eth0 table 100 src 172.16.5.41
	ip route add blackhole 10.66.0.0/16
	ip route add unreachable 10.67.0.0/16 table 100
	ip route add throw 10.68.0.0/16 table 100
	ip rule add from 172.16.5.41 table 100 priority 50
	ip rule add iif eth0 table 100 priority 60
	ip rule add oif eth0 fwmark 7/0xff lookup 100 priority 61
	ip rule add from 10.99.0.0/16 iif eth0 ipproto tcp dport 25 blackhole priority 62
	ip -6 route replace default via 2001:db8:5::1 dev eth0 metric 300 pref high proto ra
	ip -6 route del default via 2001:db8:5::1 dev eth0 metric 1024
	ip -6 route add 2001:db8:8::/48 via 2001:db8:5::2 dev eth0 mtu 1350 metric 9
	ip -6 route add 2001:db8:9::/48 nexthop via 2001:db8:5::2 dev eth0 weight 2 \
		nexthop via 2001:db8:5::3 dev eth0
	ip -6 route add 2001:db8:a::/48 dev eth0 table 200
	ip -6 route add default via fe80::1 dev eth0 table 200
	ip -6 rule add iif eth0 lookup 200 priority 70
	ip neighbour add 172.16.5.9 lladdr 02:00:00:00:00:09 dev eth0 nud permanent
	ip neighbour add 2001:db8:5::9 lladdr 02:00:00:00:00:09 dev eth0 nud permanent
	echo 1 >/proc/sys/net/ipv4/conf/eth0/rp_filter
	echo 2 >/proc/sys/net/ipv4/conf/eth0/arp_ignore
	echo 5 >/proc/sys/net/ipv6/conf/eth0/dad_transmits
}

br0()
{
	cat >br0.yaml <<-EOF
	name: lab
	networks:
	  br0: {mode: bridged, uplink: eth0${1:-}}
	EOF
}

# What eth0 holds, or the bridge in its place.
held()
{
	{
		ip -o address show dev "$1"
		ip -4 route show table all
		ip -6 route show table all
		ip rule show
		ip -6 rule show
		ip neighbour show nud permanent
	} | sed -E "s/\b$1\b/NIC/g; s/^[0-9]+: //; s/(valid|preferred)_lft [0-9]+sec/\1_lft limited/g
		s/(expires) [0-9]+sec/\1 limited/" |
		grep -v -e "dev eth0 " -e 'dev eth0$' | sort
}

moves_and_comes_back()
{
	world
	rich
	br0
	snapshot before
	held eth0 >held.before
	ok netdctl apply br0.yaml
	held br0 >held.bridged
	same held.before held.bridged
	eq br0 "$(basename "$(readlink /sys/class/net/eth0/master)")"
	eq "$(cat /sys/class/net/eth0/address)" "$(cat /sys/class/net/br0/address)"
	match 'eth0 +br0 .* topology$' "$(netdctl port list)"
	eq "" "$(ip -o address show dev eth0)"
	eq "" "$(ip route show table all dev eth0; ip -6 route show table all dev eth0)"
	eq 2 "$(cat /proc/sys/net/ipv4/conf/br0/arp_ignore)"
	eq 1 "$(cat /proc/sys/net/ipv4/conf/br0/rp_filter)"
	pings host 172.16.5.1
	pings host 2001:db8:5::1
	pings outside 172.16.5.41
	pings outside 2001:db8:5::41
	ok netdctl plan br0.yaml
	eq "" "$out"
	ok netdctl apply br0.yaml
	match 'nothing to do' "$err"
	ok netdctl destroy lab
	snapshot after
	same before after
	pings host 172.16.5.1
	eq "" "$(find /run/netd -type f ! -name lock ! -path '*/previous/*')"
}

by_one_line()
{
	world
	rich
	snapshot before
	held eth0 >held.before
	ok netdctl network create br0 --uplink eth0
	held br0 >held.bridged
	same held.before held.bridged
	match 'uplink: eth0' "$(netdctl export)"
	match '^br0 +default +bridged +up' "$(netdctl network list | tail -n 1)"
	ok netdctl network delete br0
	snapshot after
	same before after
}

# The flows that must not notice; their worst waits are told.
STALL=$NETD_BUILD/tests/lib/stall

flows_start()
{
	local name

	on outside "$STALL" serve 172.16.5.1 7 >/dev/null
	on outside "$STALL" serve 2001:db8:5::1 7 >/dev/null
	for name in ping bulk; do
		"$STALL" $name 172.16.5.1 7 "$T_DIR/$name-4" >"$T_DIR/$name-4.pid"
		"$STALL" $name 2001:db8:5::1 7 "$T_DIR/$name-6" >"$T_DIR/$name-6.pid"
	done
}

# flows_end: each was answered in full, and without an error.
flows_end()
{
	local flow said

	for flow in ping-4 ping-6 bulk-4 bulk-6; do
		kill -TERM "$(<"$flow.pid")"
		wait_for 10 test -s "$flow"
		said=$(<"$flow")
		match '^sent ([0-9]+) answered ([0-9]+) worst ([0-9]+)$' "$said"
		eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answered of $flow"
		[ "${BASH_REMATCH[1]}" -gt 100 ] || fail "$flow did next to nothing: $said"
		echo "$flow: ${BASH_REMATCH[1]} sent, worst wait ${BASH_REMATCH[3]} us"
	done | tee flows >&2
}

nothing_notices()
{
	world
	br0
	flows_start
	sleep 0.3
	for _ in 1 2 3; do
		ok netdctl apply br0.yaml
		sleep 0.3
		ok netdctl apply br0.yaml
		ok netdctl destroy lab
		sleep 0.3
	done
	flows_end
	sed 's/^/# /' flows >&3
}

# Who lives from router advertisements goes on to do so, on the bridge and again on the
# NIC: addresses and default route keep their lifetimes, and are renewed.
router_advertisements()
{
	need bridge veth nft command:dnsmasq
	outside eth0 172.16.5.40/24 172.16.5.1/24
	ip -n outside address add 2001:db8:6::1/64 dev eth0 nodad
	on outside dnsmasq --conf-file=/dev/null --user=root --pid-file --port=0 \
		--interface=eth0 --bind-interfaces --enable-ra --ra-param=eth0,4,1800 \
		--dhcp-range=2001:db8:6::,ra-only
	wait_for 10 has_ra eth0
	br0
	ok netdctl apply br0.yaml
	has_ra br0
	eq "" "$(ip -6 route show dev eth0)"
	pings host 2001:db8:6::1
	pings host "$T_INTERNET6"
	wait_for 15 kernel_knows br0 # the next one has come
	has_ra br0
	pings host "$T_INTERNET6"
	ok netdctl plan br0.yaml
	ok netdctl destroy lab
	has_ra eth0
	pings host "$T_INTERNET6"
	wait_for 15 kernel_knows eth0
	pings host "$T_INTERNET6"
}

has_ra()
{
	local routes addresses

	routes=$(ip -6 route show default dev "$1")
	addresses=$(ip -6 -o address show dev "$1" dynamic)
	[[ $routes =~ 'proto ra '.*expires && $addresses =~ 'inet6 2001:db8:6:' ]]
}

# The kernel itself has a default route there, which is not the one that was moved; and it
# has come to the prefixes, which are for ever.
kernel_knows()
{
	[[ $(ip -6 -o address show dev "$1" dynamic) =~ 'valid_lft forever' ]] &&
		[ "$(ip -6 route show default dev "$1" | sed -n 's/.*expires \([0-9]*\)sec.*/\1/p' | sort -n | tail -n 1)" -ge 1797 ]
}

# Nobody confirms: all is as before, and the flows go on.  Then somebody does.
change_on_trial()
{
	world
	br0
	snapshot before
	flows_start
	sleep 0.3
	ok netdctl apply br0.yaml --confirm 2s
	match 'master br0' "$(ip link show eth0)"
	wait_for 10 test ! -e /run/netd/unconfirmed.yaml
	wait_for 10 test ! -e /sys/class/net/br0
	wait_for 10 test ! -e /run/netd/pending.yaml
	snapshot after
	same before after
	ok netdctl apply br0.yaml --confirm 60s
	ok netdctl confirm
	ok netdctl plan br0.yaml
	ok netdctl rollback lab
	flows_end
	sed 's/^/# on trial: /' flows >&3
	snapshot after
	same before after
}

# Whoever has the bridge gives it to the NIC again: what came since, too.
what_came_since_goes_back()
{
	world
	br0 ', addresses: [10.50.0.1/24, "fd50::1/64"]'
	ok netdctl apply br0.yaml
	echo 1 >/proc/sys/net/ipv4/conf/br0/promote_secondaries
	ip address add 172.16.5.77/24 dev br0
	ip route add 10.20.0.0/16 via 172.16.5.1 dev br0
	ip address del 172.16.5.40/24 dev br0
	ip -6 route add 2001:db8:77::/48 via 2001:db8:5::1 dev br0
	ip rule add iif br0 lookup 100 priority 90
	eq 1 "$(ip -o address show dev br0 | grep -c 10.50.0.1)"
	ok netdctl plan br0.yaml
	ok netdctl destroy lab
	match '172.16.5.77/24' "$(ip -o address show dev eth0)"
	eq 0 "$(ip -o address show | grep -c -e 172.16.5.40 -e 10.50.0 -e fd50:)"
	match 'via 172.16.5.1 dev eth0' "$(ip route show 10.20.0.0/16)"
	match 'dev eth0' "$(ip -6 route show 2001:db8:77::/48)"
	match 'iif eth0' "$(ip rule show priority 90)"
	pings host 172.16.5.1
}

# A client that gives the NIC its address again: the next apply moves that, too.
drift_is_mended()
{
	world
	br0
	ok netdctl apply br0.yaml
	ip address add 172.16.5.78/24 dev eth0
	fails 3 netdctl plan br0.yaml
	match 'uplink eth0 joins br0' "$out"
	ok netdctl apply br0.yaml
	match '172.16.5.78/24' "$(ip -o address show dev br0)"
	eq "" "$(ip -o address show dev eth0)"
	ok netdctl plan br0.yaml
	ip link set eth0 nomaster
	ok netdctl apply br0.yaml
	pings host 172.16.5.1
	ok netdctl destroy lab
	pings host 172.16.5.1
}

# Somebody deletes the bridge: its addresses are gone with it, but not lost.
bridge_is_deleted()
{
	world
	rich
	br0
	snapshot before
	ok netdctl apply br0.yaml
	ip link del br0
	ok netdctl destroy lab
	snapshot after
	same before after
}

# is_back IF: the NIC has everything, and the host goes out by it.
is_back()
{
	eq "" "$(ip -o link show type bridge)"
	match '172.16.5.40/24' "$(ip -o address show dev "$1")"
	match "^default via 172.16.5.1 dev $1 *\$" "$(ip route show default)"
	pings host 172.16.5.1
	pings host 2001:db8:5::1
}

# The NIC gets another name while it is a port, and another MAC later: it is the same.
renamed()
{
	world
	br0
	ok netdctl apply br0.yaml
	ip link set eth0 name lan0
	ok netdctl plan br0.yaml
	eq "" "$out"
	ok netdctl destroy lab
	is_back lan0
	eq "" "$(find /run/netd/uplinks -type f)"
	# The watchdog's way, and a name that it had beside.
	ip link set lan0 name eth0
	ip link property add dev eth0 altname enp1s0
	ok netdctl apply br0.yaml --confirm 2s
	ip link set eth0 name lan0
	wait_for 10 test ! -e /sys/class/net/br0
	wait_for 10 test ! -e /run/netd/pending.yaml
	is_back lan0
	# By one line; and the file says the new name.
	ip link set lan0 name eth0
	ok netdctl network create br0 --uplink eth0
	ip link set eth0 name lan0
	ok netdctl network delete br0
	is_back lan0
	ip link set lan0 name eth0
	ok netdctl apply br0.yaml
	ip link set eth0 name lan0
	sed -i s/eth0/lan0/ br0.yaml
	ok netdctl apply br0.yaml
	pings host 172.16.5.1
	ok netdctl rollback lab
	pings host 172.16.5.1
	ok netdctl destroy lab
	is_back lan0
	eq "" "$(find /run/netd/uplinks -type f)"
}

# The NIC is pulled: its bridge keeps what it had, whatever is asked for.
unplugged()
{
	local before

	world
	br0
	ok netdctl apply br0.yaml
	ok netdctl network create iso0
	before=$(ip address show dev br0 | sed 's/state [A-Z]*//; s/,LOWER_UP//; s/NO-CARRIER,//'; ip route show dev br0 | sed 's/ linkdown//')
	ip link delete eth0
	ok netdctl apply br0.yaml
	match 'note: uplink eth0 is not there: br0 keeps what it has' "$err"
	fails 1 netdctl destroy lab
	match 'the NIC is not there, so what it held stays on br0' "$err"
	eq "$before" "$(ip address show dev br0 | sed 's/state [A-Z]*//; s/,LOWER_UP//; s/NO-CARRIER,//'; ip route show dev br0 | sed 's/ linkdown//')"
	ok netdctl network delete iso0 # others go on
	fails 4 netdctl destroy lab --force
	match 'lab: released' "$err"
	match '172.16.5.40/24' "$(ip -o address show dev br0)"
}

# plugged_again [ADDRESS]: as another interface of the same name and MAC.
plugged_again()
{
	local mac far

	mac=$(cat /sys/class/net/br0/address)
	far=$(ip -n outside -j link show eth0 | jq -r ".[0].address")
	ip link delete eth0
	ip netns delete outside
	t_namespace outside
	ip link add eth0 address "$mac" type veth peer name eth0 netns outside
	ip -n outside link set eth0 address "$far" up
	ip -n outside address add 172.16.5.1/24 dev eth0
	ip link set eth0 up
	[ $# = 0 ] || ip address add "$1" dev eth0
}

# It comes back with an address of another place: that counts, not what was saved.
came_back()
{
	world
	br0
	ok netdctl apply br0.yaml
	plugged_again 192.0.2.7/24
	ok netdctl destroy lab
	match 'note: uplink eth0 was unplugged and has addresses of its own now' "$err"
	eq "192.0.2.7/24" "$(ip -4 -o address show dev eth0 | awk '{ print $4 }')"
	eq "" "$(ip route show default)"
	# What was saved is never used for the next one.
	ok netdctl apply br0.yaml
	eq "192.0.2.7/24" "$(ip -4 -o address show dev br0 | awk '{ print $4 }')"
	ip link delete br0
	ok netdctl destroy lab
	eq "192.0.2.7/24" "$(ip -4 -o address show dev eth0 | awk '{ print $4 }')"
	[ -e /run/netd/uplinks/eth0.bad-1 ] || fail "what was saved is lost"
}

# It comes back with nothing: the bridge takes it again, and gives it what it has.
came_back_bare()
{
	world
	br0
	ok netdctl apply br0.yaml
	plugged_again
	ok netdctl apply br0.yaml
	pings host 172.16.5.1
	ok netdctl plan br0.yaml
	eq "" "$out"
	plugged_again
	ok netdctl destroy lab
	match '172.16.5.40/24' "$(ip -o address show dev eth0)"
	pings host 172.16.5.1
}

changes_of_the_bridge()
{
	world
	ip link add nic1 type veth peer name far1
	ip link set far1 up
	ip link set nic1 up
	br0
	snapshot before
	ok netdctl apply br0.yaml
	# another bridge
	sed 's/br0:/br1:/' br0.yaml >br1.yaml
	ok netdctl apply br1.yaml
	match '172.16.5.40/24' "$(ip -o address show dev br1)"
	fails 1 ip link show br0
	pings host 172.16.5.1
	# another NIC
	sed 's/eth0/nic1/' br1.yaml >nic1.yaml
	ok netdctl apply nic1.yaml
	match '172.16.5.40/24' "$(ip -o address show dev eth0)"
	eq br1 "$(basename "$(readlink /sys/class/net/nic1/master)")"
	pings host 172.16.5.1
	# another MTU, and a network that leaves by the bridge
	ip link set nic1 down
	cat >>nic1.yaml <<-'EOF'
	  nat0: {mode: nat, addresses: [10.1.0.1/24], nat: {out: br1}}
	EOF
	sed -i 's/uplink: nic1/uplink: eth0, mtu: 1400/' nic1.yaml
	ok netdctl apply nic1.yaml
	eq "1400 1400" "$(cat /sys/class/net/{br1,eth0}/mtu | xargs)"
	guest_ns g nat0 10.1.0.9/24 10.1.0.1
	pings g 172.16.5.1
	guest_gone g
	# the same, one after the other
	cp nic1.yaml both.yaml
	sed -i /nat0/d nic1.yaml
	ok netdctl apply nic1.yaml
	ok netdctl apply both.yaml
	guest_ns g nat0 10.1.0.9/24 10.1.0.1
	pings g 172.16.5.1
	ok netdctl plan both.yaml
	guest_gone g
	ip link set nic1 up
	ok netdctl destroy lab
	snapshot after
	same before after
}

# What was killed, or failed, on the way is as before, or done.
faults_world()
{
	world
	need command:strace
	ip address add 172.16.5.41/24 dev eth0
	ip route replace default via 172.16.5.1 dev eth0 metric 100 src 172.16.5.41
	ip route del default via 172.16.5.1 dev eth0 metric 0 2>/dev/null || :
	ip route add default via 172.16.5.1 dev eth0 table 100
	ip rule add iif eth0 table 100 priority 60
	ip neighbour add 172.16.5.9 lladdr 02:00:00:00:00:09 dev eth0 nud permanent
	br0
}

# The whole state by names; what the kernel does later (carriers) is left out.
uplink_state()
{
	state
	ip rule show
	ip -6 rule show
	ip neighbour show nud permanent
	grep . /proc/sys/net/ipv[46]/conf/eth0/{rp_filter,addr_gen_mode,disable_ipv6,accept_dad} 2>/dev/null
}

uplink_undone_or_done()
{
	case $1 in
	0)
		netdctl plan -q br0.yaml
		netdctl destroy -q lab
		;;
	1) match 'error: ' "$(<out)" ;;
	*) fail "exit status $1" ;;
	esac
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
	is_as_before uplink_state
}

apply_fails()
{
	local call

	faults_world
	uplink_state >before
	for call; do
		sweep "$call" error=EIO uplink_undone_or_done netdctl apply br0.yaml
	done
	sed 's/^/# apply fails: /' swept >&3
	eq "" "$(find /run/netd -type f ! -name lock ! -path '*/previous/*')"
}

uplink_recovered()
{
	netdctl recover -q
	if [ -e /run/netd/topologies/lab.yaml ]; then # killed behind the last op
		netdctl plan -q br0.yaml
		netdctl destroy -q lab
	fi
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
	is_as_before uplink_state
	eq "" "$(find /run/netd -type f ! -name lock ! -name '*.new' ! -path '*/previous/*')"
}

apply_is_killed()
{
	local call

	faults_world
	uplink_state >before
	for call; do
		sweep "$call" signal=KILL uplink_recovered netdctl apply br0.yaml
	done
	sed 's/^/# apply is killed: /' swept >&3
}

# named_uplink_state: with the bridge, which may be another of that name.
named_uplink_state()
{
	named_state
	ip rule show
	ip -6 rule show
	ip neighbour show nud permanent
	grep . /proc/sys/net/ipv[46]/conf/{br0,eth0}/{rp_filter,addr_gen_mode,disable_ipv6,accept_dad} 2>/dev/null
}

destroy_undone_or_done()
{
	netdctl recover -q
	[ -e /run/netd/topologies/lab.yaml ] || netdctl apply -q br0.yaml
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
	netdctl plan -q br0.yaml
	is_as_before named_uplink_state
}

destroy_fails()
{
	local fault=$1 call

	faults_world
	netdctl apply br0.yaml
	named_uplink_state >before
	for call in "${@:2}"; do
		sweep "$call" "$fault" destroy_undone_or_done netdctl destroy lab
	done
	sed "s/^/# destroy, $fault: /" swept >&3
	netdctl destroy lab
}

# refused REGEX [HINT]: nothing is touched.
refused()
{
	snapshot before
	fails 2 netdctl apply br0.yaml
	match "$1" "$err"
	[ -z "${2:-}" ] || match "$2" "$err"
	match 'br0.yaml:3:[0-9]+: error' "$err"
	snapshot after
	same before after
}

# as COMMAND-LINE [ARGUMENT…]: a process that calls itself so.
as()
{
	(exec -a "$1" bash -c 'read -r <>/dev/ptmx' "${@:2}") &
	pid=$!
	wait_for 5 grep -qF "${1%% *}" "/proc/$pid/cmdline"
}

# A client is known however its command line looks, and serves all NICs if it names none.
clients()
{
	local pid

	as udhcpc -i eth0
	refused 'a DHCP client runs on it \(udhcpc, process' "\`kill $pid\`.* start it on br0"
	kill "$pid"
	for name in 'dhcpcd: eth0 [ip4] [ip6]' 'dhcpcd: [BPF ARP] eth0 172.16.5.40'; do
		as "$name"
		refused 'a DHCP client runs on it \(dhcpcd' 'allowinterfaces br0'
		kill "$pid"
	done
	ip address add 172.16.5.77/24 dev eth0 valid_lft 600 preferred_lft 600
	for name in 'dhcpcd: [manager] [ip4] [ip6]' /sbin/dhclient; do
		as "$name" -nw
		refused 'a DHCP client runs on it' 'start it on br0'
		kill "$pid"
	done
	ip address del 172.16.5.77/24 dev eth0
	for name in 'dhcpcd: lo [ip4]' 'dhcpcd: [manager] [ip4] [ip6]' dhclientele; do
		as "$name"
		ok netdctl apply br0.yaml
		ok netdctl destroy lab
		kill "$pid"
	done
}

# A client of a name that netd does not know has its port, on the NIC or its address.
unknown_clients()
{
	local at pid

	[ -n "$(command -v socat)" ] || return 0
	ip address add fd00:5::77/64 dev eth0 nodad
	for at in UDP-RECV:68,so-bindtodevice=eth0 UDP-RECV:68,bind=172.16.5.40 \
		"UDP6-RECV:546,bind=[fd00:5::77]"; do
		socat -u "$at" /dev/null &
		pid=$!
		wait_for 5 listens socat
		refused "a DHCP client runs on it \\(socat, process $pid\\)" "\`kill -KILL $pid\`"
		kill "$pid"
		wait "$pid" || :
	done
	ip address del fd00:5::77/64 dev eth0
	for at in UDP-RECV:68 UDP-RECV:68,bind=127.0.0.1 UDP-RECV:67,bind=172.16.5.40; do
		socat -u "$at" /dev/null &
		pid=$!
		wait_for 5 listens socat
		ok netdctl apply br0.yaml
		ok netdctl destroy lab
		kill "$pid"
		wait "$pid" || :
	done
}

listens()
{
	ss -u -n -l -p | grep -q "$1"
}

refusals()
{
	local index

	world
	br0
	index=$(cat /sys/class/net/eth0/ifindex)
	sed -i s/eth0/nic9/ br0.yaml
	refused 'uplink nic9: there is no such interface'
	sed -i s/nic9/lo/ br0.yaml
	refused 'a loopback interface cannot be a port'
	ip link add other type bridge
	sed -i 's/uplink: lo/uplink: other/' br0.yaml
	refused 'a bridge cannot be a port of a bridge'
	br0
	ip link set eth0 master other
	refused 'it is a port of other already' 'ip link set eth0 nomaster'
	ip link set eth0 nomaster
	ip link set eth0 arp off
	refused 'only Ethernet'
	ip link set eth0 arp on
	if ip link add mac0 link eth0 type macvlan 2>/dev/null; then
		refused 'the macvlan mac0 stands upon it' 'anew upon br0'
		ip link del mac0
	fi
	ip nexthop add id 7 via 172.16.5.1 dev eth0
	ip route add 10.30.0.0/16 nhid 7
	refused 'route 10.30.0.0/16.* nexthop object' 'replace it'
	ip route del 10.30.0.0/16
	ip nexthop del id 7
	mkdir -p /run/systemd/netif/links /run/NetworkManager/devices
	echo ADMIN_STATE=configured >"/run/systemd/netif/links/$index"
	refused 'systemd-networkd manages it' 'netdctl adopt --autostart br0'
	echo ADMIN_STATE=unmanaged >"/run/systemd/netif/links/$index"
	printf '[device]\nmanaged=true\n' >"/run/NetworkManager/devices/$index"
	refused 'NetworkManager manages it' 'nmcli connection up br0-eth0'
	rm "/run/NetworkManager/devices/$index"
	clients
	unknown_clients
	cat >br0.yaml <<-'EOF'
	name: lab
	networks:
	  br0: {mode: bridged, uplink: eth0}
	  lan: {mode: nat, addresses: [10.1.0.1/24], nat: {out: eth0}}
	EOF
	fails 2 netdctl apply br0.yaml
	match '"out": eth0 is the uplink of network "br0"' "$err"
	match 'out: br0' "$err"
	printf 'name: b\nnetworks: {lan: {mode: nat, addresses: [10.1.0.1/24], nat: {out: eth0}}}\n' >b.yaml
	ok netdctl apply b.yaml
	br0
	refused 'topology b leaves by it' 'by br0'
	ok netdctl destroy b
	ip address add 172.16.5.50/24 dev eth0 valid_lft 1000 preferred_lft 1000
	br0 ', stp: true'
	fails 3 netdctl plan br0.yaml
	match '172.16.5.50/24 of eth0 has a lifetime' "$err"
	match 'with stp, eth0 is silent' "$err"
}

# Rules of somebody else's that would not match any more.
others_rules()
{
	world
	br0
	nft 'add table inet mine; add chain inet mine in; add rule inet mine in iifname veth0 accept;
		add rule inet mine in iifname eth00 accept comment "eth0 "'
	fails 3 netdctl plan br0.yaml
	eq "" "$err"
	nft add rule inet mine in iifname eth0 tcp dport 22 accept
	fails 3 netdctl plan br0.yaml
	match 'chain in of table mine names eth0: .* comes by br0' "$err"
	nft flush chain inet mine in
	nft add rule inet mine in iifname '{ veth0, eth0 }' accept
	fails 3 netdctl plan br0.yaml
	match 'table mine names eth0' "$err"
	nft delete table inet mine
	iptables-nft -A INPUT -i eth0 -j ACCEPT
	fails 3 netdctl plan br0.yaml
	match 'chain INPUT of table filter names eth0' "$err"
	ok netdctl apply br0.yaml
	ok netdctl plan br0.yaml
	eq 0 "$(grep -c names <<<"$err" || :)"
}

# A damaged file is said, and nothing is guessed.
damaged_file()
{
	local before damage

	world
	br0
	snapshot before
	ok netdctl apply br0.yaml
	cp /run/netd/uplinks/eth0 good
	before=$(held br0)
	for damage in 'head -c 300' "sed s/mtu.1500/mtu\\x201501/" 'head -c 0'; do
		$damage good >/run/netd/uplinks/eth0
		fails 1 netdctl destroy lab
		match '/run/netd/uplinks/eth0 cannot be used' "$err"
		match 'kept as /run/netd/uplinks/eth0.bad-' "$err"
		cp good /run/netd/uplinks/eth0
	done
	eq "$before" "$(held br0)"
	rm /run/netd/uplinks/eth0* # what is on the bridge tells enough
	ok netdctl destroy lab
	snapshot after
	same before after
}

forwards_on()
{
	cat "/proc/sys/net/ipv4/conf/$1/forwarding" "/proc/sys/net/ipv6/conf/$1/force_forwarding" \
		2>/dev/null | xargs
}

# The NIC forwarded for NAT; its bridge does if something still asks for it, or it did by
# itself.
forwarding_is_no_setting_of_the_nic()
{
	local own off on=1

	world
	[ ! -e /proc/sys/net/ipv6/conf/all/force_forwarding ] || on="1 1"
	for own in 0 1; do
		echo $own >/proc/sys/net/ipv4/conf/eth0/forwarding
		off=$(forwards_on eth0)
		snapshot before
		ok netdctl apply - <<<'{name: lab, networks: {nat0: {mode: nat, addresses: [10.1.0.254/24, "fd00:1::ff/64"]}}}'
		eq "$on" "$(forwards_on eth0)"
		ok netdctl apply - <<<'{name: lab, networks: {br0: {mode: bridged, uplink: eth0}}}'
		eq "$off" "$(forwards_on br0)"
		eq "$off" "$(forwards_on eth0)"
		ok netdctl destroy lab
		ok netdctl apply - <<<'{name: lab, networks: {nat0: {mode: nat, addresses: [10.1.0.254/24, "fd00:1::ff/64"]}}}'
		ok netdctl apply - <<<'{name: lab, networks: {br0: {mode: bridged, uplink: eth0},
			nat0: {mode: nat, addresses: [10.1.0.254/24, "fd00:1::ff/64"]}}}'
		eq "$on" "$(forwards_on br0)"
		ok netdctl apply - <<<'{name: lab, networks: {br0: {mode: bridged, uplink: eth0}}}'
		eq "$off" "$(forwards_on br0)"
		ok netdctl rollback lab
		eq "$on" "$(forwards_on br0)"
		ok netdctl destroy lab
		snapshot after
		same before after
	done
}

t_fresh "what netd set on the NIC is not its bridge's" forwarding_is_no_setting_of_the_nic
t_fresh "moves and comes back, by one line" by_one_line
t_fresh "eth0 becomes br0, and comes back" moves_and_comes_back
t_fresh "flows over it go on" nothing_notices
t_fresh "a host that lives from router advertisements" router_advertisements
t_fresh "a change on trial" change_on_trial
t_fresh "what came to the bridge since goes back, too" what_came_since_goes_back
t_fresh "what somebody gives the NIC moves, too" drift_is_mended
t_fresh "a bridge that somebody deletes" bridge_is_deleted
t_fresh "the NIC is renamed" renamed
t_fresh "the NIC is unplugged" unplugged
t_fresh "the NIC is back with another address" came_back
t_fresh "the NIC is back with nothing" came_back_bare
t_fresh "another bridge, another NIC, another MTU" changes_of_the_bridge
t_fresh "what cannot be bridged is refused" refusals
t_fresh "others' rules that name it are told" others_rules
t_fresh "a damaged file" damaged_file
t_fresh "apply fails" apply_fails sendmsg write
t_fresh "apply is killed" apply_is_killed sendmsg write renameat
t_fresh "destroy fails" destroy_fails error=EIO sendmsg
t_fresh "destroy is killed" destroy_fails signal=KILL sendmsg write
t_done
