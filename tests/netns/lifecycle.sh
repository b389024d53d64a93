#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A topology's life: plan, apply, apply again, change, export, destroy.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

world()
{
	need bridge veth nft
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
}

# lab.yaml; FORWARDS and MYBR0 are further lines of the first network.
lab()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  mybr0:
	    mode: nat
	    addresses: [10.1.0.254/16, "fd00:10:1::1/64"]
	    ${MYBR0:-mtu: 1500}
	    machines:
	      web: {mac: "52:54:00:00:00:01", address: 10.1.0.50}
	    forwards:
	      - {listen: 172.16.5.70, to: web, on: eth0}
	      - {listen: "172.16.5.40:8080", to: "web:80"}
	      ${FORWARDS:-}
	  dmz: {addresses: [10.2.0.254/24]}
	EOF
}

# Things of other people, which must stay as they are.
foreign()
{
	ip link add foreign0 type bridge
	ip link set foreign0 addrgenmode none
	ip link set foreign0 up
	ip address add 10.77.0.1/24 dev foreign0
	ip address add 172.16.5.99/24 dev eth0
	ip route add 10.88.0.0/16 via 172.16.5.1
	ip route add 10.89.0.0/16 via 172.16.5.1 table 100
	ip rule add from 10.88.0.0/16 table 100
	ip link add v0 type veth peer name v1
	ip link set v0 master foreign0
	ip link set v1 alias "a netd:fake/alias"
	nft 'add table inet other; add chain inet other in { type filter hook input priority 5; }
		add rule inet other in tcp dport 9999 counter drop; add table ip nat'
	echo 1 >/proc/sys/net/ipv4/conf/v1/forwarding
}

# What `plan --destroy` says is what `destroy` does.
plan_of_destroy()
{
	local planned

	world
	lab
	fails 2 netdctl plan --destroy lab
	match 'topology lab is not running' "$err"
	ok netdctl apply lab.yaml
	snapshot before
	fails 3 netdctl plan --destroy lab
	match '- bridge mybr0' "$out"
	planned=$out
	fails 3 netdctl plan --destroy lab.yaml
	eq "$planned" "$out"
	fails 3 netdctl plan --destroy --json lab
	planned=$out
	snapshot after
	same before after
	ok netdctl destroy --json lab
	eq "$planned" "$out"
	fails 2 netdctl plan --destroy lab
}

# Every file of the state and configuration directories: name, inode, times.
files()
{
	find /run/netd /etc/netd ! -name lock -printf '%p %i %m %s %T@ %C@\n' | sort
}

plan_touches_nothing()
{
	world
	lab
	snapshot before
	fails 3 netdctl plan lab.yaml
	match '\+ bridge mybr0 ' "$out"
	match '\+ address 10.1.0.254/16 on mybr0' "$out"
	fails 3 netdctl plan --json lab.yaml
	jq -e 'map(select(.kind == "bridge" and .action == "add")) | length == 2' <<<"$out"
	snapshot after
	same before after
	eq "" "$(ls /run/netd)"
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	eq "" "$out"
	ok netdctl plan --json lab.yaml
	eq 0 "$(jq length <<<"$out")"
}

# What a process asks of the kernel is read off its system calls.
apply_again_writes_nothing()
{
	world
	need command:strace
	lab
	netdctl apply lab.yaml
	guest_ns web mybr0 10.1.0.50/16 10.1.0.254
	snapshot before
	files >files.before
	ip monitor all >monitor.ip &
	nft monitor >monitor.nft &
	sleep 0.2
	ok traced -e trace=network,file,desc netdctl apply lab.yaml
	match 'nothing to do' "$err"
	sleep 0.2
	kill %1 %2
	eq "" "$(grep -E 'send(to|msg)\(' strace | grep -E '(RTM|NFT_MSG)_(NEW|DEL|SET)' || :)" \
		"change requests"
	eq "" "$(grep -E 'O_(WRONLY|RDWR)' strace | grep -v -e '"lock"' -e '/dev/null' -e ENOENT || :)" \
		"files that are opened for writing"
	eq "" "$(grep -E '^[0-9]+ +(rename|unlink|mkdir|symlink|link)' strace |
		grep -v -e EEXIST || :)" "directory entries"
	eq "" "$(cat monitor.ip)" "ip monitor"
	eq "" "$(grep -v '^# new generation' monitor.nft || :)" "nft monitor"
	snapshot after
	same before after
	files >files.after
	same files.before files.after
}

# Everything that the change does not name is the same object afterwards.
change_is_only_the_difference()
{
	local before

	world
	lab
	netdctl apply lab.yaml
	guest_ns a mybr0 10.1.0.1/16 10.1.0.254
	guest_ns b mybr0 10.1.0.2/16 10.1.0.254
	before=$(ip -j link show | jq -c 'map([.ifindex, .ifname, .address, .master])')
	serve b udp 10.1.0.2 7 >/dev/null
	flow_start ab a udp 10.1.0.2 7
	FORWARDS='- {listen: "172.16.5.40:9090", to: "web:81", protocol: udp}' lab
	fails 3 netdctl plan lab.yaml
	eq 1 "$(grep -c '^[+~-]' <<<"$out")" "changes"
	match 'forward4 \{ 172.16.5.40 \. udp \. 9090' "$out"
	ok netdctl apply lab.yaml
	MYBR0='mtu: 1400' FORWARDS='- {listen: "172.16.5.40:9091", to: web}' lab
	ok netdctl apply lab.yaml
	eq 1400 "$(cat /sys/class/net/mybr0/mtu)"
	lab
	ok netdctl apply lab.yaml
	eq "$before" "$(ip -j link show | jq -c 'map([.ifindex, .ifname, .address, .master])')"
	match '^sent ([0-9]+) answered ([0-9]+) ' "$(flow_stop ab)"
	eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answered datagrams"
	netdctl destroy lab
}

# destroyed EMPTY|FOREIGN: after apply and destroy the namespace is what it was.
destroy_leaves_no_trace()
{
	world
	[ "$1" = empty ] || foreign
	lab
	snapshot before
	netdctl apply lab.yaml
	FORWARDS='- {listen: "[2001:db8:5::40]:80", to: "[fd00:10:1::50]:80"}' lab
	netdctl apply lab.yaml
	match "$(printf 'table inet netd')" "$(nft list tables)"
	ok netdctl destroy lab
	snapshot after
	same before after
	eq "" "$(find /run/netd -type f ! -name lock ! -path "*/previous/*")"
	fails 2 netdctl destroy lab
	match 'lab is not running' "$err"
}

destroy_by_file()
{
	world
	lab
	snapshot before
	netdctl apply lab.yaml
	ok netdctl destroy ./lab.yaml
	snapshot after
	same before after
}

# A host that has lost its state directory still knows what is its own.
destroy_without_state()
{
	world
	ip address add 172.16.5.70/32 dev eth0
	lab
	snapshot before
	netdctl apply lab.yaml
	rm -rf /run/netd/*
	ok netdctl destroy lab
	eq "" "$(ip -o link show type bridge)"
	eq "" "$(nft list ruleset)"
	eq 0 "$(ip -o address show dev eth0 | grep -c 'proto 110' || :)"
}

export_is_the_topology()
{
	world
	lab
	FORWARDS='- {listen: "172.16.5.40:100-110", to: "web:200-210", protocol: [tcp, udp]}' lab
	netdctl apply lab.yaml
	netdctl export lab >exported.yaml
	ok netdctl plan exported.yaml
	snapshot there
	netdctl export lab --json >exported.json
	ok netdctl plan exported.json
	netdctl destroy lab
	ok netdctl apply exported.yaml
	netdctl export lab >again.yaml
	same exported.yaml again.yaml
	snapshot again
	# bridges made anew have other indexes
	sed -E 's/"(if)?index": [0-9]+,?//' there >there.named
	sed -E 's/"(if)?index": [0-9]+,?//' again >again.named
	same there.named again.named
	netdctl destroy lab
	ok netdctl apply exported.json
	netdctl destroy lab
	ok sh -c 'netdctl apply - <exported.yaml'
	netdctl export lab >again.yaml
	same exported.yaml again.yaml
}

other()
{
	cat >other.yaml <<-'EOF'
	name: other
	networks:
	  other0:
	    mode: nat
	    addresses: [10.3.0.254/24, "fd00:10:3::1/64"]
	    forwards:
	      - {listen: "172.16.5.70:99", to: "10.3.0.1:99", on: eth0}
	EOF
}

# Two topologies want the same address and sysctls outside; the last one gives them back.
two_share_the_outside()
{
	local first second

	world
	for first in lab other; do
		lab
		other
		second=$([ "$first" = lab ] && echo other || echo lab)
		snapshot before
		ok netdctl apply lab.yaml other.yaml
		guest_ns web mybr0 10.1.0.50/16 10.1.0.254
		guest_ns o other0 10.3.0.1/24 10.3.0.254
		serve web tcp 10.1.0.50 80 >/dev/null
		serve o tcp 10.3.0.1 99 >/dev/null
		eq "10.1.0.50 80" "$(ask outside tcp 172.16.5.40 8080 | cut -d' ' -f1,2)"
		eq "10.3.0.1 99" "$(ask outside tcp 172.16.5.70 99 | cut -d' ' -f1,2)"
		ok netdctl status --json
		eq '["in effect","in effect"]' "$(jq -c 'map(.state)' <<<"$out")"
		ok netdctl destroy "$first"
		ok netdctl plan "$second.yaml"
		case $second in
		lab) ask outside tcp 172.16.5.70 80 ;;
		other) ask outside tcp 172.16.5.70 99 ;;
		esac
		guest_gone web o
		ok netdctl destroy "$second"
		snapshot after
		same before after
	done
}

# What others put onto our bridge stays when we change it.
foreign_route_on_our_bridge()
{
	world
	lab
	netdctl apply lab.yaml
	ip route add 10.200.0.0/16 via 10.1.0.9 dev mybr0
	ip address add 10.99.0.1/24 dev mybr0
	ok netdctl plan lab.yaml
	MYBR0='mtu: 1450' FORWARDS='- {listen: "172.16.5.40:9091", to: web}' lab
	ok netdctl apply lab.yaml
	match '10.200.0.0/16 via 10.1.0.9' "$(ip route show dev mybr0)"
	match 'inet 10.99.0.1/24' "$(ip address show dev mybr0)"
	sed -i 's,10.1.0.254/16,10.1.0.253/16,' lab.yaml
	ok netdctl apply lab.yaml
	match '10.200.0.0/16 via 10.1.0.9' "$(ip route show dev mybr0)"
	match 'inet 10.1.0.253/16' "$(ip address show dev mybr0)"
	no_match 'inet 10.1.0.254/16' "$(ip address show dev mybr0)"
}

# differs LINE: status has it, as text and as JSON.
differs()
{
	local text

	text=$(netdctl status)
	grep -qxF "  $1" <<<"$text" || fail "status has no line \"$1\": $text"
	netdctl status --json | jq -e --arg line "$1" '.[0].differences | index($line)' >/dev/null ||
		fail "status --json has no \"$1\""
	grep -qxF "$1" < <(netdctl export lab | netdctl plan -) || fail "plan has no line \"$1\""
}

# What differs is told object by object, and who it was, where that left a trace.
drift_is_explained()
{
	local index

	world
	lab
	netdctl apply lab.yaml
	snapshot there
	eq '[]' "$(netdctl status --json | jq -c '.[0].differences')"
	# /etc is a tmpfs of links
	rm -rf /etc/sysctl.d /etc/nftables.conf
	mkdir /etc/sysctl.d

	ip link set mybr0 mtu 1400
	differs "~ bridge mybr0 mtu 1500 (now mtu 1400)"
	ok netdctl show differences mybr0 --json
	jq -e '. == [{topology: "lab", kind: "bridge", name: "mybr0", namespace: null,
		field: "mtu", wanted: "1500", found: "1400", by: null}]' <<<"$out"
	ok netdctl show differences
	match $'\nlab +bridge +mybr0 +- +mtu +1500 +1400 +-\n' "$out"$'\n'
	fails 2 netdctl show differences nobody
	index=$(cat /sys/class/net/mybr0/ifindex)
	mkdir -p /run/systemd/netif/links
	echo ADMIN_STATE=configured >"/run/systemd/netif/links/$index"
	differs "~ bridge mybr0 mtu 1500 (now mtu 1400; systemd-networkd manages it)"
	ip address del 10.1.0.254/16 dev mybr0
	differs "+ address 10.1.0.254/16 on mybr0 (systemd-networkd manages it)"
	rm -r /run/systemd/netif

	echo 0 >/proc/sys/net/ipv4/conf/eth0/forwarding
	differs "~ sysctl net/ipv4/conf/eth0/forwarding = 1 (now 0)"
	printf '# hardening\nnet.ipv4.ip_forward = 0\n' >/etc/sysctl.d/90-hard.conf
	differs "~ sysctl net/ipv4/conf/eth0/forwarding = 1 (now 0; /etc/sysctl.d/90-hard.conf:2 says so)"

	nft flush ruleset
	match '~ firewall table inet netd made, [0-9]+ entries in \(now gone\)' "$(netdctl status)"
	printf '#!/usr/sbin/nft -f\n# flush ruleset\n' >/etc/nftables.conf
	match '\(now gone\)' "$(netdctl status)"
	printf 'flush ruleset\n' >>/etc/nftables.conf
	match 'now gone; /etc/nftables.conf flushes all tables when loaded' "$(netdctl status)"

	match 'netdctl repair lab. makes it so again' "$(netdctl status)"
	ok netdctl repair lab
	snapshot repaired
	same there repaired
	match 'in effect' "$(netdctl status)"
	# nothing of it is said of a topology that does not run yet
	netdctl destroy lab
	no_match 'gone' "$(netdctl plan lab.yaml || :)"
}

# What others set, and netd does not need otherwise, is no difference.
others_settings()
{
	world
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  nat0: {mode: nat, addresses: [10.1.0.1/24]}
	  in0: {addresses: [10.2.0.1/24, "fd00:2::1/64"], ports: {tap0: {type: tap}}}
	  sw0: {}
	hosts: {h1: {network: sw0, addresses: [10.3.0.1/24]}}
	EOF
	ok netdctl apply lab.yaml
	# a host that others made a router, as Docker and libvirt do
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	[ ! -e /proc/sys/net/ipv6/conf/all/force_forwarding ] ||
		sysctl -qw net.ipv6.conf.all.force_forwarding=1
	# NetworkManager, when it starts
	ip link set tap0 addrgenmode eui64
	ip link set h1-eth0 addrgenmode eui64
	match 'lab .* in effect' "$(netdctl status)"
	ok netdctl plan lab.yaml
	eq 1 "$(cat /proc/sys/net/ipv4/conf/in0/forwarding)"
}

# Another bridge of the same name is not taken for ours, and not touched.
replaced_bridge()
{
	world
	lab
	netdctl apply lab.yaml
	ip link del mybr0
	ip link add mybr0 type bridge
	ip address add 192.0.2.1/24 dev mybr0
	snapshot replaced
	match 'in conflict with the host' "$(netdctl status)"
	match '! bridge mybr0: the name is taken by a bridge that netd did not make; remove that bridge' \
		"$(netdctl status)"
	fails 2 netdctl apply lab.yaml
	match 'mybr0: the name is taken' "$err"
	snapshot refused
	same replaced refused
	ok netdctl destroy lab
	match 'inet 192.0.2.1/24' "$(ip address show dev mybr0)"
}

# Drift is seen, told and repaired.
drift_is_repaired()
{
	world
	lab
	netdctl apply lab.yaml
	snapshot there
	ip address del 10.1.0.254/16 dev mybr0
	nft flush chain inet netd to-nat
	echo 0 >/proc/sys/net/ipv4/conf/eth0/forwarding
	ip link set mybr0 down
	fails 3 netdctl plan lab.yaml
	ok netdctl status --json
	no_match 'in effect' "$out"
	ok netdctl apply lab.yaml
	snapshot repaired
	same there repaired
	nft flush ruleset
	ok netdctl apply lab.yaml
	snapshot repaired
	same there repaired
	ip link del mybr0
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	netdctl destroy lab
}

# Every verb, with --json, prints what jq reads.
json_everywhere()
{
	local words

	world
	lab
	while read -r words; do
		# shellcheck disable=SC2086 # words
		netdctl $words --json >json
		jq -e . json >/dev/null || fail "netdctl $words --json printed
$(<json)"
	done <<-'EOF'
	apply lab.yaml
	apply lab.yaml
	plan lab.yaml
	status
	show
	show networks
	show ports
	show forwards
	show machines
	show topologies
	show networks mybr0
	export lab
	network list
	network create x0 --address 10.9.0.1/24
	port add x0 tap7 --tap
	port list
	port list x0
	forward list
	router create r1 --interface x0=10.9.0.2/24
	host create h1 --interface x0=10.9.0.3/24 --route default=10.9.0.2
	machine add x0 web 52:54:00:00:00:01 10.9.0.9
	machine list
	router list
	router show
	router show r1
	host list
	host show h1
	show routers
	show hosts
	show services
	status
	leases
	machine remove x0 web
	router delete r1
	host delete h1
	network stop x0
	network list x0
	network start x0
	network delete x0
	destroy lab
	status
	show ports
	EOF
	fails 2 netdctl apply --json /dev/null
	jq -e '.errors | length > 0' <<<"$err$out"
}

t_fresh "plan says what apply would do and touches nothing" plan_touches_nothing
t_fresh "plan --destroy says what destroy does" plan_of_destroy
t_fresh "apply again writes nothing" apply_again_writes_nothing
t_fresh "a changed file changes only the difference" change_is_only_the_difference
t_fresh "destroy leaves no trace" destroy_leaves_no_trace empty
t_fresh "destroy leaves no trace among others' things" destroy_leaves_no_trace foreign
t_fresh "destroy by file" destroy_by_file
t_fresh "destroy without the state directory" destroy_without_state
t_fresh "export, destroy, apply" export_is_the_topology
t_fresh "two topologies share an address and sysctls outside" two_share_the_outside
t_fresh "a foreign route and address on our bridge" foreign_route_on_our_bridge
t_fresh "drift is repaired" drift_is_repaired
t_fresh "drift is explained" drift_is_explained
t_fresh "what others set is no difference" others_settings
t_fresh "a bridge that was replaced is not ours" replaced_bridge
t_fresh "--json everywhere" json_everywhere
t_done
