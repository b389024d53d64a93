#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Routers, hosts and the links between them: they come up, change while they run, and go.
. "$(dirname "$0")/../lib/netns.sh"

# lab.yaml: two networks, a router between them, a host on each.
two_networks()
{
	need bridge veth nft
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  lan: {addresses: [10.1.0.254/24]}
	  dmz: {}
	routers:
	  route1:
	    interfaces:
	      lan: {addresses: [10.1.0.1/24, "fd00:1::1/64"]}
	      inside: {network: dmz, addresses: [10.2.0.1/24, "fd00:2::1/64"]}
	hosts:
	  h1: {network: lan, addresses: [10.1.0.10/24, "fd00:1::10/64"], routes: [{to: default, via: 10.1.0.1}, {to: default, via: "fd00:1::1"}]}
	  h2: {network: dmz, addresses: [10.2.0.10/24, "fd00:2::10/64"], routes: [{to: default, via: 10.2.0.1}, {to: default, via: "fd00:2::1"}]}
	EOF
}

# pings NS ADDRESS: within a moment, since carriers take one to be noticed.
pings()
{
	wait_for 5 on "$1" ping -c 1 -W 1 "$2"
}

no_ping()
{
	refused on "$1" ping -c 1 -W 1 "$2"
}

# All that is there of netd: namespaces, links, their files.
traces()
{
	ip netns list | awk '{print $1}'
	find /etc/netns /run/netns /run/netd -mindepth 1 ! -name lock ! -name namespace ! -name networks ! -name topologies ! -name stuck ! -path "*/previous*"
	ip -o link show | awk -F'[:@]' '{print $2}'
}

nothing_left()
{
	same "$T_DIR/before" "$T_DIR/after"
	eq " lo" "$(traces)"
	nft list tables | grep -q netd && fail "a table is left" || :
}

# The indexes of all links of a namespace, to see what was made anew.
indexes()
{
	ip -n "$1" -o link show | awk -F'[:@]' '{print $1 $2}'
}

comes_and_goes()
{
	two_networks
	snapshot before
	fails 3 netdctl plan lab.yaml
	match '\+ namespace route1' "$out"
	match '\+ address 10.2.0.1/24 on inside in route1' "$out"
	match '\+ route default via 10.1.0.1 dev eth0 in h1' "$out"
	snapshot after
	nothing_left
	ok netdctl apply lab.yaml
	eq "h1 h2 route1" "$(ip netns list | awk '{print $1}' | sort | xargs)"
	pings h1 10.2.0.10
	pings h2 fd00:1::10
	pings host 10.1.0.1
	on host ping -c 1 -W 1 10.1.0.10
	eq 1 "$(on route1 cat /proc/sys/net/ipv4/ip_forward)"
	eq 0 "$(on h1 cat /proc/sys/net/ipv4/ip_forward)"
	eq "" "$(on route1 nft list tables)" "a router without rules"
	ok netdctl plan lab.yaml
	match 'nothing to do' "$out$err"
	ok netdctl apply lab.yaml
	match 'nothing to do' "$out$err"
	ok netdctl destroy lab
	snapshot after
	nothing_left
}

plan_as_json()
{
	two_networks
	fails 3 netdctl plan --json lab.yaml
	eq "route1" "$(jq -r '.[] | select(.text == "address 10.1.0.1/24 on lan in route1") | .namespace' <<<"$out")"
	eq "null" "$(jq -r '.[] | select(.text | startswith("bridge lan mac")) | .namespace' <<<"$out")"
}

# A host that forwards, and filters strictly, has children that do not.
settings_are_not_inherited()
{
	two_networks
	echo 1 >/proc/sys/net/ipv4/ip_forward
	echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter
	ok netdctl apply lab.yaml
	eq 0 "$(on h1 cat /proc/sys/net/ipv4/ip_forward)"
	eq 2 "$(on route1 cat /proc/sys/net/ipv4/conf/inside/rp_filter)"
	eq 0 "$(on route1 cat /proc/sys/net/ipv6/conf/inside/accept_ra)"
	on route1 sh -c 'echo 0 >/proc/sys/net/ipv4/conf/all/forwarding
		echo 1 >/proc/sys/net/ipv4/conf/inside/rp_filter'
	fails 3 netdctl plan lab.yaml
	match 'net/ipv4/conf/all/forwarding = 1 in route1' "$out"
	match '~ veth inside rp_filter 2 .*in route1' "$out"
	ok netdctl apply lab.yaml
	pings h1 10.2.0.10
}

routes_of_each_kind()
{
	need bridge veth nft
	cat >lab.yaml <<-'EOF'
	name: lab
	networks: {lan: {}, wan: {}}
	routers:
	  r:
	    interfaces:
	      lan: {addresses: [10.1.0.1/24, 10.1.0.2/24, "fd00:1::1/64"]}
	      wan: {addresses: [10.2.0.1/24, "fd00:2::1/64"]}
	    routes:
	      - {to: default, via: 10.2.0.9, metric: 100}
	      - {to: default, via: 10.1.0.9, dev: lan, metric: 200, source: 10.1.0.2}
	      - {to: 10.3.0.0/16, via: 192.0.2.1, dev: wan, onlink: true}
	      - {to: 10.4.0.0/16, dev: wan}
	      - {to: 10.5.0.0/16, type: blackhole}
	      - {to: 10.6.0.0/16, type: unreachable}
	      - {to: 10.7.0.0/16, type: prohibit, metric: 7}
	      - {to: default, via: "fd00:2::9"}
	      - {to: "fd00:3::/64", via: "fd00:2::9", metric: 50}
	      - {to: "fd00:4::/64", via: "fe80::1", dev: wan}
	      - {to: "fd00:5::/64", type: blackhole}
	      - {to: "fd00:6::/64", via: "fd00:9::1", dev: wan, onlink: true}
	EOF
	ok netdctl apply lab.yaml
	eq "blackhole 10.5.0.0/16
default via 10.1.0.9 dev lan src 10.1.0.2 metric 200
default via 10.2.0.9 dev wan metric 100
prohibit 10.7.0.0/16 metric 7
unreachable 10.6.0.0/16
10.3.0.0/16 via 192.0.2.1 dev wan onlink
10.4.0.0/16 dev wan scope link" "$(ip -n r route show proto 110 | sed 's/ *$//' | LC_ALL=C sort | grep -v '^[0-9]'; ip -n r route show proto 110 | sed 's/ *$//' | grep '^[0-9]' | sort)"
	eq 5 "$(ip -n r -6 route show proto 110 | wc -l)"
	ok netdctl plan lab.yaml
	# each changes or goes; what stays is not touched
	ip -n r route show proto 110 10.4.0.0/16 >kept
	sed -i -e 's/via: 10.2.0.9, metric: 100/via: 10.2.0.8, metric: 100/' -e 's/, source: 10.1.0.2//' \
		-e '/10.5.0.0/s/blackhole/unreachable/' -e '/10.6.0.0/d' \
		-e '/fd00:5/s/type: blackhole/via: "fd00:1::9"/' -e '/fd00:3/s/metric: 50/metric: 51/' lab.yaml
	fails 3 netdctl plan lab.yaml
	no_match '10\.4\.0\.0' "$out"
	match '\+ route unreachable 10.5.0.0/16 in r' "$out"
	match '- route unreachable 10.6.0.0/16 in r' "$out"
	ok netdctl apply lab.yaml
	eq "$(<kept)" "$(ip -n r route show proto 110 10.4.0.0/16)"
	eq "default via 10.1.0.9 dev lan metric 200
default via 10.2.0.8 dev wan metric 100" "$(ip -n r route show proto 110 default | sed 's/ *$//' | sort)"
	match 'via fd00:1::9' "$(ip -n r -6 route show fd00:5::/64)"
	match 'metric 51' "$(ip -n r -6 route show fd00:3::/64)"
	no_match 'metric 50' "$(ip -n r -6 route show fd00:3::/64)"
	ok netdctl plan lab.yaml
	# by hand
	ip -n r route del 10.4.0.0/16
	ip -n r route add 10.99.0.0/16 dev wan
	ok netdctl apply lab.yaml
	match 'wan' "$(ip -n r route show 10.4.0.0/16)"
	match 'wan' "$(ip -n r route show 10.99.0.0/16)" # not ours
	ok netdctl plan lab.yaml
}

# A connection between hosts, which the changes do not concern, runs through all of them.
changes_live()
{
	two_networks
	ok netdctl apply lab.yaml
	pings h1 10.2.0.10
	indexes h1 >h1.before
	ip -n route1 -o link show inside >inside.before
	# an interface and a host more; an address changes; MTU and MAC
	sed -i -e '/inside:/a\      more: {network: dmz2, addresses: [10.3.0.1/24]}' \
		-e 's/^  dmz: {}/&\n  dmz2: {mtu: 1400}/' \
		-e 's/10.1.0.254/10.1.0.253/' \
		-e 's/^  h2:.*/&\n  h3: {network: dmz2, addresses: [10.3.0.10\/24], mac: "52:54:00:00:00:33", routes: [{to: default, via: 10.3.0.1}]}/' lab.yaml
	ok netdctl apply lab.yaml
	pings h3 10.2.0.10
	pings h3 10.1.0.10
	same h1.before <(indexes h1)
	eq "$(<inside.before)" "$(ip -n route1 -o link show inside)"
	match 'mtu 1400' "$(ip -n route1 link show more)"
	match 'mtu 1400' "$(ip link show route1-more)"
	match '52:54:00:00:00:33.*mtu 1400|mtu 1400.*52:54:00:00:00:33' "$(ip -n h3 -o link show eth0)"
	ok netdctl plan lab.yaml
	# an address of the router changes: the same subnet, then the length
	sed -i 's/10.2.0.1\/24, /10.2.0.2\/24, /; s/via: 10.2.0.1}/via: 10.2.0.2}/' lab.yaml
	ok netdctl apply lab.yaml
	pings h3 10.2.0.10
	eq "10.2.0.2/24" "$(ip -n route1 -4 -o address show inside | awk '{print $4}')"
	sed -i 's/10.2.0.2\/24, /10.2.0.2\/25, /' lab.yaml
	ok netdctl apply lab.yaml
	eq "10.2.0.2/25" "$(ip -n route1 -4 -o address show inside | awk '{print $4}')"
	ok netdctl plan lab.yaml
	# the interface moves to another network, another one has a new name
	sed -i -e 's/more: {network: dmz2/more: {network: dmz3/; s/inside: {network/inner: {network/' \
		-e '/h3:/d; s/^  dmz2: .*/  dmz3: {}/' lab.yaml
	ok netdctl apply lab.yaml
	match 'master dmz3' "$(ip link show route1-more)"
	refused ip link show route1-inside
	refused ip netns exec h3 true
	on h2 ip neigh flush all # the gateway has another interface, so another MAC
	pings h2 10.1.0.10
	ok netdctl plan lab.yaml
	# a host goes, the router becomes a host
	sed -i -e '/h2:/d' lab.yaml
	ok netdctl apply lab.yaml
	refused ip link show h2-eth0
	sed -i -e '/^routers:/d; s/^hosts:/&/' lab.yaml
	sed -n '/route1:/,/more:/p' lab.yaml >block
	sed -i '/route1:/,/more:/d' lab.yaml
	cat block >>lab.yaml
	ok netdctl apply lab.yaml
	eq 0 "$(on route1 cat /proc/sys/net/ipv4/ip_forward)"
	ok netdctl plan lab.yaml
	ok netdctl destroy lab
	eq " lo" "$(traces)"
}

cables()
{
	need veth
	cat >lab.yaml <<-'EOF'
	name: lab
	routers:
	  r1: {interfaces: {}, routes: [{to: 10.9.2.0/30, via: 10.9.1.2}]}
	  r2: {interfaces: {}}
	hosts:
	  far: {interfaces: {}, routes: [{to: default, via: 10.9.2.1}]}
	links:
	  p12: {mtu: 9000, ends: {r1: {addresses: [10.9.1.1/30, "fd00:9::1/64"]}, r2: {interface: up0, addresses: [10.9.1.2/30, "fd00:9::2/64"]}}}
	  p2f: {ends: {r2: {interface: down0, addresses: [10.9.2.1/30]}, far: {interface: eth0, mac: "52:54:00:00:00:09", addresses: [10.9.2.2/30]}}}
	EOF
	snapshot before
	ok netdctl apply lab.yaml
	pings r1 10.9.2.2
	pings r1 fd00:9::2
	match 'mtu 9000' "$(ip -n r1 link show p12)"
	match 'mtu 9000' "$(ip -n r2 link show up0)"
	match '52:54:00:00:00:09' "$(ip -n far link show eth0)"
	eq " lo" "$(ip -o link show | awk -F'[:@]' '{print $2}')" "the host has no end of them"
	ok netdctl plan lab.yaml
	# turned round: the same pair
	indexes r1 >r1.before
	sed -i 's/\(ends: {\)\(r1: {[^}]*}\), \(r2: {[^}]*}\)/\1\3, \2/' lab.yaml
	ok netdctl apply lab.yaml
	same r1.before <(indexes r1)
	# one end moves to a new interface: the pair is made anew
	sed -i 's/interface: up0/interface: up1/' lab.yaml
	ok netdctl apply lab.yaml
	refused ip -n r2 link show up0
	pings r1 10.9.2.2
	# a cable less: what is left of it goes with its node, too
	sed -i '/p2f/d; /far:/d; /^hosts:/d' lab.yaml
	ok netdctl apply lab.yaml
	refused ip -n r2 link show down0
	ok netdctl plan lab.yaml
	ok netdctl destroy lab
	snapshot after
	nothing_left
}

# What somebody takes apart is put together again.
torn_pairs()
{
	two_networks
	cat >>lab.yaml <<-'EOF'
	links:
	  p2p: {ends: {route1: {addresses: [10.9.0.1/30]}, h1: {interface: up0, addresses: [10.9.0.2/30]}}}
	EOF
	ok netdctl apply lab.yaml
	t_namespace elsewhere
	ip -n h1 link set eth0 down
	ip -n h1 link set eth0 name renamed
	ip -n h2 link set eth0 netns elsewhere
	ip -n route1 link del p2p
	fails 3 netdctl plan lab.yaml
	match '- veth h1-eth0' "$out"
	match '\+ veth h1-eth0 to eth0 in namespace h1' "$out"
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	pings h1 10.2.0.10
	pings h1 10.9.0.1
	refused ip -n h1 link show renamed
	refused ip -n elsewhere link show eth0
	# only the host's end is gone
	ip link del h1-eth0
	wait_for 5 eval '! ip -n h1 link show eth0 2>/dev/null'
	ok netdctl apply lab.yaml
	pings h1 10.2.0.10
	# joined to something else: the names are right, the pair is not
	ip link del h1-eth0
	wait_for 5 eval '! ip -n h1 link show eth0 2>/dev/null'
	ip link add h1-eth0 group 0x6e657464 type veth peer name x0
	ip -n h1 link add eth0 group 0x6e657464 type veth peer name x1
	ok netdctl apply lab.yaml
	pings h1 10.2.0.10
	refused ip link show x0
	# a namespace was removed, and lives on with a process
	ip netns exec h1 sleep 60 &
	sleeper=$!
	wait_for 5 test /proc/$sleeper/ns/net -ef /run/netns/h1
	ip netns delete h1
	ok netdctl apply lab.yaml
	pings h1 10.2.0.10
	kill "$sleeper"
	# removed and made again by somebody: not ours
	ip netns delete h2
	ip netns add h2
	fails 2 netdctl plan lab.yaml
	match 'host h2: the namespace h2 exists already' "$err"
	ip netns delete h2
	ok netdctl apply lab.yaml
	ip netns delete elsewhere
	ok netdctl destroy lab
	eq " lo" "$(traces)"
}

foreign_names()
{
	two_networks
	snapshot before
	ip netns add h1
	fails 2 netdctl apply lab.yaml
	match 'lab.yaml:[0-9]+:[0-9]+.*host h1: the namespace h1 exists already' "$err"
	match 'ip netns delete h1' "$err"
	eq h1 "$(ip netns list | awk '{print $1}')"
	ip netns delete h1
	# a link to a process's, as some make for containers; others' are no hindrance
	ln -s /proc/self/ns/net /run/netns/h1
	ln -s /nowhere /run/netns/container
	touch /run/netns/mnt
	mount --bind /proc/self/ns/uts /run/netns/mnt
	fails 2 netdctl apply lab.yaml
	match 'host h1: the namespace h1 exists already' "$err"
	rm /run/netns/h1
	ok netdctl apply lab.yaml
	ok netdctl destroy lab
	umount /run/netns/mnt
	rm /run/netns/mnt /run/netns/container
	# a name that is left of a dead one is taken over
	touch /run/netns/h1
	ip link add h2-eth0 type bridge
	fails 2 netdctl apply lab.yaml
	match 'h2-eth0: the name is taken by a bridge' "$err"
	ip link del h2-eth0
	ok netdctl apply lab.yaml
	pings h1 10.2.0.10
	# another topology's name
	cat >other.yaml <<-'EOF'
	name: other
	networks: {oth: {}}
	hosts: {h1: {network: oth, addresses: [10.1.0.10/24]}}
	EOF
	fails 2 netdctl apply other.yaml
	match 'host h1 runs already, in topology lab' "$err"
	ok netdctl destroy lab
	snapshot after
	nothing_left
}

# The record is lost: what is there bears its mark.
without_record()
{
	two_networks
	sed -i 's/h1: {network: lan,/& dns: [10.1.0.9],/' lab.yaml
	snapshot before
	ok netdctl apply lab.yaml
	ip netns add stranger
	rm /run/netd/topologies/lab.yaml
	ok netdctl destroy lab
	eq stranger "$(ip netns list | awk '{print $1}')"
	ok netdctl apply lab.yaml
	rm /run/netd/topologies/lab.yaml
	sed -i '/h1:/d' lab.yaml
	ok netdctl apply lab.yaml # a host less
	eq "h2 route1 stranger" "$(ip netns list | awk '{print $1}' | sort | xargs)"
	ip netns delete stranger
	ok netdctl destroy lab
	snapshot after
	nothing_left
	# after a reboot: nothing but a file in /etc
	mkdir -p /etc/netns/h1
	printf '# netd lab/h1\nnameserver 10.1.0.9\n' >/etc/netns/h1/resolv.conf
	ok netdctl destroy lab
	eq " lo" "$(traces)"
}

resolv_files()
{
	two_networks
	sed -i 's/h1: {network: lan,/& dns: [10.1.0.9, "fd00:1::9"], search: lab.test,/' lab.yaml
	mkdir -p /etc/netns/h2
	echo 'nameserver 192.0.2.1' >/etc/netns/h2/resolv.conf # nobody asked for another
	ok netdctl apply lab.yaml
	eq "# netd lab/h1
nameserver 10.1.0.9
nameserver fd00:1::9
search lab.test" "$(</etc/netns/h1/resolv.conf)"
	eq 'nameserver 192.0.2.1' "$(</etc/netns/h2/resolv.conf)"
	eq 'search lab.test' "$(ip netns exec h1 grep search /etc/resolv.conf)"
	ok netdctl plan lab.yaml
	echo spoiled >>/etc/netns/h1/resolv.conf
	fails 3 netdctl plan lab.yaml
	match '~ resolv.conf of h1' "$out"
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	sed 's/h2: {network: dmz,/& dns: [10.1.0.9],/' lab.yaml >bad.yaml
	fails 2 netdctl apply bad.yaml
	match 'netd did not write /etc/netns/h2/resolv.conf' "$err"
	sed -i 's/ dns: .*search: lab.test,//' lab.yaml
	ok netdctl apply lab.yaml
	[ ! -e /etc/netns/h1 ]
	ok netdctl destroy lab
	eq 'nameserver 192.0.2.1' "$(</etc/netns/h2/resolv.conf)"
}

# Two labs with the same subnets, and a process that keeps one of their namespaces.
side_by_side()
{
	need bridge veth nft
	for lab in a b; do
		cat >$lab.yaml <<-EOF
		name: $lab
		networks: {${lab}lan: {}, ${lab}dmz: {}}
		routers:
		  ${lab}r:
		    interfaces:
		      ${lab}lan: {addresses: [10.1.0.1/24]}
		      ${lab}dmz: {addresses: [10.2.0.1/24]}
		hosts:
		  ${lab}1: {network: ${lab}lan, addresses: [10.1.0.10/24], routes: [{to: default, via: 10.1.0.1}]}
		  ${lab}2: {network: ${lab}dmz, addresses: [10.2.0.10/24], routes: [{to: default, via: 10.2.0.1}]}
		EOF
	done
	ok netdctl apply a.yaml
	pings a1 10.2.0.10
	ok netdctl apply b.yaml
	pings b1 10.2.0.10
	# each sees its own
	mac=$(ip -n a2 -j link show eth0 | jq -r '.[0].address')
	ip -n a2 address add 192.0.2.1/32 dev lo
	ip -n ar route add 192.0.2.1/32 via 10.2.0.10
	pings a1 192.0.2.1
	no_ping b1 192.0.2.1
	no_match "$mac" "$(ip -n br neigh)"
	ok netdctl plan a.yaml
	ok netdctl plan b.yaml
	ok netdctl destroy a
	pings b1 10.2.0.10
	ok netdctl destroy b
	eq " lo" "$(traces)"
}

t_fresh "a router and two hosts come and go" comes_and_goes
t_fresh "the plan as JSON names the namespace" plan_as_json
t_fresh "a host's settings are not its nodes'" settings_are_not_inherited
t_fresh "routes of each kind" routes_of_each_kind
t_fresh "changes while it runs" changes_live
t_fresh "links without a bridge" cables
t_fresh "torn pairs are made anew" torn_pairs
t_fresh "names that are taken" foreign_names
t_fresh "without a record" without_record
t_fresh "resolv.conf" resolv_files
t_fresh "two labs with the same subnets" side_by_side
t_done
