#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Routers, hosts and machines by one line, and what list and show say of them, against
# what the kernel has.
. "$(dirname "$0")/../lib/netns.sh"

# A router between two networks, a host behind it.
small_lab()
{
	netdctl network create lan --address 10.1.0.254/24
	netdctl network create wan --address 10.2.0.254/24
	netdctl router create r1 -i lan=10.1.0.1/24 -i up:wan=10.2.0.1/24,fd00:2::1/64 \
		--route default=10.2.0.254 --route 10.9.0.0/16=blackhole --nat up \
		--dns 9.9.9.9 --search lab.test
	netdctl host create h1 -i lan=10.1.0.10/24 --route default=10.1.0.1
}

# states KIND: "NAME STATE" of each, sorted.
states()
{
	netdctl show "$1" --json | jq -r '.[] | "\(.router // .host) \(.state)"' | sort |
		paste -sd ,
}

created()
{
	small_lab
	eq "r1 up" "$(states routers)"
	eq "h1 up" "$(states hosts)"
	pings h1 10.1.0.1
	pings h1 10.2.0.254
	match 'nameserver 9.9.9.9' "$(</etc/netns/r1/resolv.conf)"
	match 'search lab.test' "$(</etc/netns/r1/resolv.conf)"
	# the definition says the same, and there is nothing to do
	ok netdctl plan /etc/netd/default.yaml
	eq '["lan","up"]' "$(netdctl export --json | jq -c '.routers.r1.interfaces | keys')"
	eq lan "$(netdctl export --json | jq -r '.hosts.h1.network')"
	ok netdctl host delete h1
	fails 2 netdctl host delete h1
	match 'there is no host h1' "$err"
	fails 2 netdctl host delete r1
	match 'r1 is a router' "$err"
	eq "" "$(states hosts)"
	ok netdctl router delete r1
	eq "" "$(ip netns list)"
	eq "" "$(ip -o link show master lan)"
	eq "" "$(ls /etc/netns)"
	netdctl network delete lan
	netdctl network delete wan
	eq "" "$(ls /etc/netd)"
}

many_forms()
{
	netdctl network create a --address 10.1.0.254/24
	netdctl network create b
	netdctl network create c
	netdctl router create r1 -i a=10.1.0.1/24 -i b=10.2.0.1/24 -i c=10.3.0.1/24 \
		--nat a --nat-source 10.1.0.1 --nat-ports 2000-2999 --isolate
	netdctl router create r2 -i b=10.2.0.2/24 -i c=10.3.0.2/24 --allow b=c
	netdctl host create h1 -i x:b=10.2.0.10/24 -i y:c
	netdctl export --json >exported.json
	eq '{"out":"a","ports":"2000-2999","source":"10.1.0.1"}' \
		"$(jq -cS .routers.r1.nat exported.json)"
	eq true "$(jq .routers.r1.isolate exported.json)"
	eq '[{"from":"b","to":"c"}]' "$(jq -c .routers.r2.allow exported.json)"
	eq '["x","y"]' "$(jq -c '.hosts.h1.interfaces | keys' exported.json)"
	eq "h1 up" "$(states hosts)"
}

refused()
{
	netdctl network create lan --address 10.1.0.254/24
	fails 2 netdctl router create r1 -i nowhere=10.9.0.1/24
	match 'nowhere' "$err"
	fails 2 netdctl router create r1 -i lan=10.1.0.300/24
	fails 2 netdctl router create r1 -i lan=10.1.0.254/24
	fails 2 netdctl router create 'a b' -i lan
	fails 2 netdctl host create h1 -i lan=10.1.0.9/24 --route default=10.8.0.1
	fails 2 netdctl host create h1 -i 'lan: {mode: nat}, "x'
	netdctl router create r1 -i lan=10.1.0.1/24
	fails 2 netdctl router create r1 -i lan=10.1.0.2/24
	match 'there is a router r1 already' "$err"
	fails 2 netdctl host create r1 -i lan=10.1.0.2/24
	# a network that is needed stays
	fails 2 netdctl network delete lan
	match 'lan' "$err"
	eq "r1 up" "$(states routers)"
	ip netns add taken
	fails 2 netdctl host create taken -i lan=10.1.0.3/24
	eq "" "$(states hosts)"
	eq '["r1"]' "$(netdctl export --json | jq -c '.routers | keys')"
}

# Nodes run when all their networks do.
with_its_networks()
{
	small_lab
	ok netdctl network stop wan
	eq "r1 stopped" "$(states routers)"
	eq "h1 up" "$(states hosts)"
	ok netdctl network stop lan
	eq "h1 stopped" "$(states hosts)"
	eq "" "$(ip netns list)"
	ok netdctl network start lan
	eq "r1 stopped" "$(states routers)"
	eq "h1 up" "$(states hosts)"
	ok netdctl network start wan
	eq "r1 up" "$(states routers)"
	pings h1 10.2.0.254
	netdctl network stop lan wan
	netdctl router create r2 -i lan=10.1.0.3/24
	eq "r1 stopped,r2 stopped" "$(states routers)"
	netdctl network autostart lan
	netdctl network start --autostart
	eq "r1 stopped,r2 up" "$(states routers)"
}

# Neither what runs nor the definition loses a network that something is plugged into.
network_in_use()
{
	small_lab
	for i in runs stopped; do
		cp /etc/netd/default.yaml before
		fails 2 netdctl network delete lan
		match 'error: network lan: router r1 is plugged into it' "$err"
		match 'netdctl router delete r1. first' "$err"
		match 'error: network lan: host h1 is plugged into it' "$err"
		cmp before /etc/netd/default.yaml
		[ "$i" = stopped ] || netdctl network stop lan wan
	done
	netdctl router delete r1
	netdctl host delete h1
	ok netdctl network delete lan
	ok netdctl network delete wan
}

# shown NAME FILTER: of `router show`.
shown()
{
	netdctl router show "$1" --json | jq -c ".[0] | $2"
}

agrees_with_the_kernel()
{
	small_lab
	pings h1 10.2.0.254
	eq '"up"' "$(shown r1 .state)"
	eq 'true' "$(shown r1 .forwards_ipv4)"
	eq '"up"' "$(shown r1 .nat)"
	# addresses
	eq "$(ip -n r1 -j address show dev up | jq -c '[.[0].addr_info[] |
		"\(.local)/\(.prefixlen)"] | sort')" \
		"$(shown r1 '.interfaces[] | select(.interface == "up") | .addresses | sort')"
	# MAC, MTU, network, port
	eq "$(ip -n r1 -j link show dev lan | jq -c '.[0] | [.address, .mtu]')" \
		"$(shown r1 '.interfaces[] | select(.interface == "lan") | [.mac, .mtu]')"
	eq '["wan","r1-up"]' "$(shown r1 '.interfaces[] | select(.interface == "up") | [.network, .port]')"
	# these ports are no hook's
	eq '["h1-eth0 topology","r1-lan topology","r1-up topology"]' \
		"$(netdctl show ports --json | jq -c 'map("\(.port) \(.from)") | sort')"
	# counters, while nothing is sent
	ip link set r1-lan down
	ip link set r1-up down
	eq "$(ip -n r1 -j -s link show dev lan | jq -c '.[0].stats64 | [.rx.bytes, .tx.bytes, .rx.packets, .tx.packets]')" \
		"$(shown r1 '.interfaces[] | select(.interface == "lan") |
			[.rx_bytes, .tx_bytes, .rx_packets, .tx_packets]')"
	eq '"no carrier"' "$(shown r1 '.interfaces[] | select(.interface == "lan") | .state')"
	[ "$(shown r1 '.interfaces[] | select(.interface == "lan") | .rx_bytes')" -gt 0 ]
	eq "$(ip -n r1 -j -s link | jq '[.[] | select(.ifname != "lo") | .stats64.rx.bytes] | add')" \
		"$(netdctl router list --json | jq '.[0].rx_bytes')"
	# routes
	eq "$(ip -n r1 -j -4 route | jq -c '[.[] | [(if .dst == "default" then "0.0.0.0/0" else .dst end),
		.gateway, .dev, .type // "unicast"]] | sort')" \
		"$(shown r1 '[.routes[] | select(.to | contains(":") | not) |
			[.to, .via, .interface, .type]] | sort')"
	# text has the same
	ok netdctl router show
	match 'router r1 of topology default: ' "$out"
	match 'source NAT out by up' "$out"
	match '10.9.0.0/16 .* blackhole +netd' "$out"
	match 'default +10.2.0.254 +up ' "$out"
	ok netdctl host show h1
	match 'eth0 +[a-z ]+ lan ' "$out"
	no_match 'forwards' "$out"
}

# Nothing to list is not the same as a name that nothing bears.
names_of_nothing()
{
	small_lab
	for i in "network list" "port list" "machine list" "forward list" "router list" \
		"host list" "show services"; do
		fails 2 netdctl $i lann
		match 'there is nothing called "lann"' "$err"
		match 'did you mean "lan"' "$err"
		fails 2 netdctl $i somewhere --json
		eq '"there is nothing called \"somewhere\""' "$(jq '.errors[0].message' <<<"$err")"
	done
	ok netdctl machine list lan
	ok netdctl forward list r1
	ok netdctl network stop lan wan
	ok netdctl port list lan
	eq "" "$out"
}

# What was done to it behind netd's back.
drift()
{
	small_lab
	ip -n r1 link set dev up down
	eq "r1 incomplete" "$(states routers)"
	ip -n r1 link del dev up
	eq '"missing"' "$(shown r1 '.interfaces[] | select(.interface == "up") | .state')"
	eq "r1 incomplete" "$(states routers)"
	ok netdctl apply /etc/netd/default.yaml
	eq "r1 up" "$(states routers)"
	ip netns del r1
	eq "r1 missing" "$(states routers)"
	ok netdctl router show r1
	match 'r1 of topology default: missing' "$out"
}

links_between_nodes()
{
	cat >lab.yaml <<-'EOF'
		name: lab
		routers:
		  r1: {}
		  r2: {}
		links:
		  p2p: {mtu: 9000, ends: {r1: {addresses: [10.9.0.1/30]}, r2: {interface: up0, addresses: [10.9.0.2/30]}}}
	EOF
	ok netdctl apply lab.yaml
	eq '["p2p",null,9000]' "$(shown r2 '.interfaces[] | select(.interface == "up0") | [.link, .network, .mtu]')"
	eq "r1 up,r2 up" "$(states routers)"
}

forwards()
{
	netdctl network create lan
	cat >lab.yaml <<-'EOF'
		name: lab
		networks:
		  wan: {addresses: [172.31.0.1/24]}
		  in: {machines: {web: {mac: "52:54:00:00:00:01", address: 10.1.0.50}}}
		routers:
		  r1:
		    interfaces: {in: {addresses: [10.1.0.1/24]}, up: {network: wan, addresses: [172.31.0.2/24]}}
		    nat: {out: up}
		    forwards: [{listen: "172.31.0.2:8080", to: "web:80"}]
	EOF
	ok netdctl apply lab.yaml
	eq '[null,"r1","172.31.0.2:8080","10.1.0.50:80","web"]' \
		"$(netdctl show forwards --json | jq -c '.[] | [.network, .router, .listen, .to, .machine]')"
	eq '["172.31.0.2:8080",["tcp"],"10.1.0.50:80"]' \
		"$(shown r1 '.forwards[0] | [.listen, .protocol, .to]')"
	eq 1 "$(netdctl router list --json | jq '.[0].forwards')"
}

# from_outside PORT: what h2, on the network outside of r1, is told by it.
from_outside()
{
	ask h2 tcp 10.2.0.1 "$1" | cut -d ' ' -f 1,2
}

# By one line, while it runs; "h1" serves.
forwards_by_one_line()
{
	small_lab
	netdctl host create h2 -i wan=10.2.0.9/24
	netdctl machine add lan web 52:54:00:00:00:09 10.1.0.50
	serve h1 tcp 10.1.0.10 80-90
	inode=$(stat -L -c %i /run/netns/r1)
	ok netdctl forward add r1 10.2.0.1:8080 10.1.0.10:80
	eq "10.1.0.10 80" "$(from_outside 8080)"
	ok netdctl forward add r1 10.2.0.1:8081-8083 10.1.0.10:81-83
	eq "10.1.0.10 83" "$(from_outside 8083)"
	eq '["10.2.0.1:8080","10.2.0.1:8081-8083"]' \
		"$(netdctl forward list r1 --json | jq -c 'map(.listen)')"
	fails 2 netdctl forward add r1 10.2.0.1:8080 10.1.0.10:81
	match 'already forwarded' "$err"
	fails 2 netdctl forward add r1 10.2.0.1:8090 wbe:81
	match 'did you mean "web"' "$err"
	fails 2 netdctl forward add h1 10.1.0.10:1 10.1.0.50:81
	match 'a host does not forward' "$err"
	fails 2 netdctl forward add r2 10.2.0.1:8090 web:81
	ok netdctl forward add r1 10.2.0.1:8090 web:80
	fails 2 netdctl machine remove lan web
	match 'error: router r1 forwards port 8090 of 10.2.0.1 to machine web' "$err"
	fails 2 netdctl forward remove r1 10.2.0.1:1
	match 'router r1 has no forward of 10.2.0.1:1' "$err"
	ok netdctl forward remove r1 10.2.0.1:8080
	no_answer h2 tcp 10.2.0.1 8080
	eq "10.1.0.10 82" "$(from_outside 8082)"
	eq "$inode" "$(stat -L -c %i /run/netns/r1)"
	ok netdctl plan /etc/netd/default.yaml
	# defined only
	netdctl network stop wan
	ok netdctl forward add r1 10.2.0.1:8085 10.1.0.10:85
	netdctl network start wan
	eq "10.1.0.10 85" "$(from_outside 8085)"
	# of a topology that came from a file
	netdctl router delete r1
	cat >lab.yaml <<-'EOF'
		networks: {in: {}}
		routers: {r7: {interfaces: {in: {addresses: [10.7.0.1/24]}}}}
	EOF
	netdctl apply lab.yaml
	ok netdctl forward add r7 10.7.0.1:80 10.7.0.9:80
	match 'lab came from a file' "$err"
	eq 1 "$(netdctl router list r7 --json | jq '.[0].forwards')"
	ok netdctl forward remove r7 10.7.0.1:80
	ok netdctl plan lab.yaml
}

machines()
{
	netdctl network create lan --mode nat --address 10.1.0.254/24
	ok netdctl machine add lan web 52:54:00:00:00:01 10.1.0.50
	ok netdctl machine add lan db 52:54:00:00:00:02
	eq '[["web","52:54:00:00:00:01",["10.1.0.50"]],["db","52:54:00:00:00:02",[]]]' \
		"$(netdctl machine list --json | jq -c 'map([.machine, .mac, .addresses])')"
	fails 2 netdctl machine add lan web 52:54:00:00:00:03
	match 'has a machine web already' "$err"
	fails 2 netdctl machine add lan other 52:54:00:00:00:01
	fails 2 netdctl machine add lan other 52:54:00:00:00:03 10.1.0.50
	fails 2 netdctl machine add lan other not-a-mac
	fails 2 netdctl machine add lan other 52:54:00:00:00:03 10.7.0.1
	fails 2 netdctl machine add nowhere web 52:54:00:00:00:03
	netdctl forward add lan 172.31.0.9:80 web
	fails 2 netdctl machine remove lan web
	match 'error: network lan forwards port 80 of 172.31.0.9 to machine web' "$err"
	netdctl forward remove lan 172.31.0.9:80
	ok netdctl machine remove lan web
	fails 2 netdctl machine remove lan web
	match 'has no machine web' "$err"
	eq '["db"]' "$(netdctl machine list lan --json | jq -c 'map(.machine)')"
	eq '["db"]' "$(jq -Rsc '[scan("db")]' /etc/netd/default.yaml)"
	# those of a network that came from a file, too
	printf 'name: lab\nnetworks: {dmz: {addresses: [10.3.0.1/24]}}\n' >lab.yaml
	netdctl apply lab.yaml
	ok netdctl machine add dmz www 52:54:00:00:00:09 10.3.0.9
	eq '["www"]' "$(netdctl machine list dmz --json | jq -c 'map(.machine)')"
}

t_fresh "create, list, delete" created
t_fresh "every option" many_forms
t_fresh "what is refused" refused
t_fresh "nodes go with their networks" with_its_networks
t_fresh "a network that is used is not deleted" network_in_use
t_fresh "show agrees with the kernel" agrees_with_the_kernel
t_fresh "what is not there is not listed" names_of_nothing
t_fresh "what was done behind netd's back" drift
t_fresh "links between nodes" links_between_nodes
t_fresh "forwards of a router" forwards
t_fresh "forwards of a router by one line" forwards_by_one_line
t_fresh "machines" machines
t_done
