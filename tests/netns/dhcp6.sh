#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# IPv6 by router advertisements and DHCPv6; a host that lives from advertisements itself.
. "$(dirname "$0")/../lib/netns.sh"

MAC_WEB=52:54:00:00:00:01

world()
{
	need bridge veth nft nft_nat ipv6 command:dnsmasq command:busybox command:dhclient
	outside eth0 172.16.5.40/24 172.16.5.1/24 "$@"
	outside_dns
}

# file MODE [DHCP [DNS]]: topology lab of one network with both families.
file()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan:
	    mode: $1
	    addresses: [10.1.0.1/24, "fd00:1::1/64"]
	    dhcp: ${2:-true}
	    dns: ${3:-"{domain: lab.test}"}
	    machines:
	      web: {mac: "$MAC_WEB", address: [10.1.0.50, "fd00:1::50"]}
	EOF
}

# guest NAME [MAC]: whose kernel listens to router advertisements.
guest()
{
	guest_ns --mac "${2:-52:54:00:00:01:0$((RANDOM % 10))}" "$1" lan -
	on "$1" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/accept_ra
		ip link set eth0 down
		ip link set eth0 up'
}

has()
{
	[[ $(on "$1" ip -6 -o "$2" show dev eth0) == *"$3"* ]]
}

address_of()
{
	on "$1" ip -6 -o address show dev eth0 scope global dynamic | awk '{ sub("/.*", "", $4); print $4; exit }'
}

# The prefix for autoconfiguration, the default route, the server for names.
advertised()
{
	world 2001:db8:5::40/64 2001:db8:5::1/64
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
	file nat
	netdctl apply lab.yaml
	netdctl plan -q lab.yaml
	guest a
	wait_for 20 has a address fd00:1::
	wait_for 5 has a route 'default via fe80'
	match ' 2001:db8:5::40 [0-9]+$' "$(ask a tcp "$T_INTERNET6" 80)"
	# it stays when the kernel has asked the router whether it is still there
	ip -n a -6 neigh flush dev eth0
	pings a fd00:1::1
	on a ping -6 -q -c 1 -W 1 "$(ip -n a -6 route show default | awk '{ print $3; exit }')%eth0"
	has a route 'default via fe80' || fail "the default route is gone"
	eq 1 "$(cat /proc/sys/net/ipv6/conf/lan/forwarding)"
	match ' 2001:db8:5::40 [0-9]+$' "$(ask a tcp "$T_INTERNET6" 80)"
}

stateful()
{
	world 2001:db8:5::40/64 2001:db8:5::1/64
	file nat '{slaac: false}'
	netdctl apply lab.yaml
	guest web "$MAC_WEB"
	wait_for 20 has web route 'default via fe80'
	dhcp6_ns web
	eq "fd00:1::50
fd00:1::1
lab.test." "$(told web 6 new_ip6_address new_dhcp6_name_servers new_dhcp6_domain_search)"
	# by DHCP only
	eq "" "$(address_of web)"
	guest b
	dhcp6_ns b
	match '^fd00:1::1[0-9a-f]{3}$' "$(told b 6 new_ip6_address)"
	resolves b web.lab.test fd00:1::50
	resolves b web.lab.test 10.1.0.50
	match 'web\.lab\.test' "$(on b busybox nslookup fd00:1::50)"
	match "$MAC_WEB" "$(cat /run/netd/dhcp/lan/leases)"
}

# No default route where nobody is to get out; the prefix is announced all the same.
isolated()
{
	world 2001:db8:5::40/64 2001:db8:5::1/64
	file isolated
	netdctl apply lab.yaml
	guest a
	wait_for 20 has a address fd00:1::
	dhcp6_ns a
	dhcp_ns a
	eq "" "$(ip -n a -6 route show default)"
	eq "" "$(ip -n a -4 route show default)"
	pings a fd00:1::1
	no_ping a 2001:db8:5::40
	! on a timeout 3 busybox nslookup -type=a www.example.net || fail "outside names"
}

silent()
{
	world 2001:db8:5::40/64 2001:db8:5::1/64
	file nat '{ra: false}'
	netdctl apply lab.yaml
	guest a
	dhcp6_ns a
	match '^fd00:1::1[0-9a-f]{3}$' "$(told a 6 new_ip6_address)"
	eq "" "$(ip -n a -6 route show default)"
}

# As in forwarding.sh: the host's own IPv6 is what the router outside advertises.
learned()
{
	[[ $(ip -6 route show default) == *"dev eth0 proto ra"* ]]
}

host_learns()
{
	world
	on outside sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/forwarding'
	on outside ip address add 2001:db8:5::1/64 dev eth0 nodad
	on outside dnsmasq --conf-file=/dev/null --user=root --group= --port=0 --interface=eth0 \
		--bind-dynamic --enable-ra --dhcp-range=2001:db8:5::,ra-only,64,600 \
		--ra-param=eth0,4,600 --pid-file="$T_DIR/ra.pid" --dhcp-leasefile="$T_DIR/ra.leases"
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
	wait_for 30 learned
	snapshot before
	file nat
	netdctl apply lab.yaml
	learned || fail "the host's default route is gone"
	netdctl plan -q lab.yaml
	guest a
	wait_for 20 has a route 'default via fe80'
	wait_for 20 has a address fd00:1::
	match ' 2001:db8:5:.* [0-9]+$' "$(ask a tcp "$T_INTERNET6" 80)"
	guest_gone a
	netdctl destroy lab
	learned || fail "the host's default route is gone after destroy"
	eq 1 "$(cat /proc/sys/net/ipv6/conf/eth0/accept_ra)"
	snapshot after
	same before after
}

t_fresh "SLAAC, default route, a router to its neighbours" advertised
t_fresh "DHCPv6: reserved by MAC, out of the range, with names" stateful
t_fresh "isolated: the prefix, but no way out" isolated
t_fresh "DHCPv6 without advertisements" silent
t_fresh "a host that lives from advertisements keeps its default route" host_learns
t_done
