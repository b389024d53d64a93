#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# DHCP and DNS served from inside a router.
. "$(dirname "$0")/../lib/netns.sh"

world()
{
	need bridge veth nft nft_nat command:dnsmasq command:busybox
	outside eth0 172.16.5.40/24 172.16.5.1/24
	outside_dns
}

# file [LINE…]: lab.yaml: a router between an inner network and one behind NAT.
file()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  wan: {mode: nat, addresses: [10.9.0.1/24]}
	  lan:
	    machines: {web: {mac: "52:54:00:00:00:01", address: 10.1.0.50}}
	routers:
	  route1:
	    interfaces:
	      lan: {addresses: [10.1.0.1/24, "fd00:1::1/64"], dhcp: true, dns: {domain: lab.test}}
	      wan: {addresses: [10.9.0.2/24]}
	    routes: [{to: default, via: 10.9.0.1}]
	    nat: {out: wan}
	EOF
	[ $# = 0 ] || printf '    %s\n' "$@" >>lab.yaml
}

pid()
{
	cat /run/netd/dhcp/route1.lan/pid
}

gone()
{
	! kill -0 "$1" 2>/dev/null
}

served()
{
	world
	file
	netdctl apply lab.yaml
	netdctl plan -q lab.yaml
	eq "$(stat -L -c %i /run/netns/route1)" "$(stat -L -c %i "/proc/$(pid)/ns/net")"
	guest_ns --mac 52:54:00:00:00:01 web lan -
	dhcp_ns web
	eq "10.1.0.50
10.1.0.1
10.1.0.1
lab.test" "$(told web 4 ip router dns domain)"
	pings web "$T_INTERNET4"
	resolves web web.lab.test 10.1.0.50
	resolves web route1.lab.test 10.1.0.1
	# by the host's own server, since the router has none
	resolves web www.example.net "$T_INTERNET4"
	# it advertises itself, and is a router to its neighbours
	wait_for 20 learned
	pings web fd00:1::1
	ip -n web -6 neigh flush dev eth0
	on web ping -6 -q -c 1 -W 1 "$(ip -n web -6 route show default | awk '{ print $3; exit }')%eth0"
	learned || fail "the default route is gone"
	# the host serves nobody there
	eq "" "$(ss -Hlnu 'sport = :67')"
}

learned()
{
	[[ $(ip -n web -6 route show default) == *"via fe80"* ]] &&
		[[ $(ip -n web -6 -o address show dev eth0) == *" fd00:1:"* ]]
}

# With `dns:` it asks those; a change there is a reload.
servers()
{
	local before

	served
	before=$(pid)
	file "dns: [172.16.5.98]" # from the host's file to its own
	out=$(netdctl plan lab.yaml || :)
	match '~ dhcp route1.lan restart' "$out"
	netdctl apply lab.yaml
	netdctl plan -q lab.yaml
	gone "$before"
	before=$(pid)
	file "dns: [172.16.5.99]"
	out=$(netdctl plan lab.yaml || :)
	match '~ dhcp route1.lan reload' "$out"
	netdctl apply lab.yaml
	netdctl plan -q lab.yaml
	eq "$before" "$(pid)"
	eq "nameserver 172.16.5.99" "$(cat /run/netd/dhcp/route1.lan/resolv)"
	wait_for 5 unknown
	resolves web web.lab.test 10.1.0.50
	file "dns: [172.16.5.1]"
	netdctl apply lab.yaml
	wait_for 5 resolves web www.example.net "$T_INTERNET4"
}

# Without, it asks whom the host asks, also when that changes.
servers_of_the_host()
{
	local before

	served
	before=$(pid)
	echo "nameserver 172.16.5.99" >/etc/resolv.conf.new
	mv /etc/resolv.conf.new /etc/resolv.conf
	wait_for 10 unknown
	echo "nameserver 172.16.5.1" >/etc/resolv.conf
	wait_for 10 resolves web www.example.net "$T_INTERNET4"
	eq "$before" "$(pid)"
	# a local one, and the list behind it
	mkdir -p /run/systemd/resolve
	echo "nameserver 172.16.5.1" >/run/systemd/resolve/resolv.conf
	echo "nameserver 127.0.0.53" >/etc/resolv.conf
	kill "$before"
	wait_for 5 gone "$before"
	netdctl apply lab.yaml
	match '=/run/systemd/resolve/resolv.conf' "$(tr '\0' '\n' <"/proc/$(pid)/cmdline")"
	resolves web www.example.net "$T_INTERNET4"
	echo "nameserver 172.16.5.99" >/run/systemd/resolve/resolv.conf
	wait_for 10 unknown
}

unknown()
{
	! on web timeout 2 busybox nslookup -type=a www.example.net
}

# A namespace that was taken away takes its server along at the next apply.
remade()
{
	local before

	served
	before=$(pid)
	ip netns del route1
	fails 3 netdctl plan lab.yaml
	match 'dhcp route1.lan' "$out"
	netdctl apply lab.yaml
	gone "$before" || fail "the old dnsmasq still runs"
	eq "$(stat -L -c %i /run/netns/route1)" "$(stat -L -c %i "/proc/$(pid)/ns/net")"
	dhcp_ns web
	resolves web web.lab.test 10.1.0.50
	# the router goes, the network stays
	before=$(pid)
	sed -i '/^routers:/,$d' lab.yaml
	netdctl apply lab.yaml
	gone "$before" || fail "dnsmasq still runs"
	eq "leases stopped" "$(find /run/netd/dhcp -type f -printf '%f\n' | sort | xargs)"
	no_dhcp_ns web
}

destroyed()
{
	local before

	world
	snapshot before
	file
	netdctl apply lab.yaml
	before=$(pid)
	netdctl destroy lab
	gone "$before" || fail "dnsmasq still runs"
	eq "" "$(find /run/netd -path '*dhcp*')$(find /run/netns -name "*route1*")"
	snapshot after
	same before after
}

t_fresh "a guest gets all from the router" served
t_fresh "its name servers are the router's own" servers
t_fresh "or the host's, as they change" servers_of_the_host
t_fresh "a namespace made anew, a router taken out" remade
t_fresh "destroy leaves nothing" destroyed
t_done
