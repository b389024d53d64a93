#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What netd changed, and what others have come to rely on since: it is not taken away from
# them (lib/plan/reliance.c).  tests/guest/host.sh runs this on a kernel before 6.17, too.
. "$(dirname "$0")/../lib/netns.sh"

NAT='mode: nat, addresses: [10.1.0.254/24, "fd00:1::ff/64"]'

# lab NETWORK…: topology lab of these networks, applied.
lab()
{
	printf '%s\n' 'name: lab' 'networks:' "$@" >lab.yaml
	ok netdctl apply lab.yaml
}

# world [CASE]: the host has eth7, and the Internet behind it.
world()
{
	need bridge veth nft nft_nat ipv6
	outside eth7 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
}

sysctl_is()
{
	eq "$2" "$(cat "/proc/sys/net/$1")" "$1"
}

# IPv6 has a switch for each interface: Linux 6.17.
by_interface()
{
	[ -e /proc/sys/net/ipv6/conf/all/force_forwarding ]
}

# docker [6]: as dockerd, podman and libvirtd do it when they start; c is its guest.
docker()
{
	echo 1 >/proc/sys/net/ipv4/ip_forward
	ip link add docker0 type bridge
	ip address add 172.17.0.1/16 dev docker0
	ip link set docker0 up
	nft 'table ip docker; add chain ip docker nat { type nat hook postrouting priority 100; }
		add rule ip docker nat ip saddr 172.17.0.0/16 oifname != "docker0" masquerade'
	guest_ns c docker0 172.17.0.2/16 172.17.0.1
	[ "${1:-4}" = 6 ] || return 0
	echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
	ip address add fd00:d0c::1/64 dev docker0 nodad
	nft 'table ip6 docker; add chain ip6 docker nat { type nat hook postrouting priority 100; }
		add rule ip6 docker nat ip6 saddr fd00:d0c::/64 oifname != "docker0" masquerade'
	ip -n c address add fd00:d0c::2/64 dev eth0 nodad
	ip -n c -6 route add default via fd00:d0c::1
}

gets_out4()
{
	match ' 172.16.5.40 [0-9]+$' "$(ask c tcp "$T_INTERNET4" 80)"
}

gets_out6()
{
	match ' 2001:db8:5::40 [0-9]+$' "$(ask c tcp "$T_INTERNET6" 80)"
}

# Somebody makes the host a router after netd did: it stays one.
router_since()
{
	world
	lab "  nat0: {$NAT}"
	docker
	gets_out4
	fails 0 netdctl plan lab.yaml
	ok netdctl apply lab.yaml
	printf '%s\n' 'name: two' 'networks: {nat1: {mode: nat, addresses: [10.2.0.254/24]}}' >two.yaml
	ok netdctl apply two.yaml
	ok netdctl destroy lab
	gets_out4
	ok netdctl destroy two
	gets_out4
	sysctl_is ipv4/conf/eth7/forwarding 1
	sysctl_is ipv4/conf/default/forwarding 1
	sysctl_is ipv4/ip_forward 1
	# what comes now is a router's, too
	ip link add eth9 type veth peer name eth10
	sysctl_is ipv4/conf/eth9/forwarding 1
}

# A router all along, with one interface left out by its admin.
router_before()
{
	need bridge veth nft nft_nat ipv6
	ip link add eth7 type veth peer name eth8
	ip link set eth7 up
	ip link set eth8 up
	echo 1 >/proc/sys/net/ipv4/ip_forward
	echo 0 >/proc/sys/net/ipv4/conf/eth8/forwarding
	snapshot before
	lab "  nat0: {$NAT}"
	sysctl_is ipv4/conf/eth8/forwarding 1
	ok netdctl destroy lab
	snapshot after
	same before after
}

# Guests of somebody's with IPv6, on any kernel: what they need stays.
router_since_ipv6()
{
	world
	sysctl_is ipv6/conf/all/forwarding 0
	lab "  nat0: {$NAT}"
	docker 6
	gets_out6
	ok netdctl destroy lab
	gets_out6
	gets_out4
	sysctl_is ipv6/conf/all/forwarding 1
}

# The same by commands; what is stopped lets go as what is destroyed.
stopped()
{
	world
	ok netdctl network create nat0 --mode nat --address 10.1.0.254/24 --address fd00:1::ff/64
	docker 6
	ok netdctl network stop nat0
	gets_out4
	gets_out6
	ok netdctl network start nat0
	ok netdctl network delete nat0
	gets_out4
	gets_out6
}

# The same where the kernel has a switch for each interface.
by_each_interface()
{
	world
	by_interface || t_skip "this kernel has one switch for IPv6"
	lab "  nat0: {$NAT}"
	echo 1 >/proc/sys/net/ipv6/conf/all/force_forwarding
	ok netdctl destroy lab
	sysctl_is ipv6/conf/eth7/force_forwarding 1
	sysctl_is ipv6/conf/default/force_forwarding 1
	echo 0 >/proc/sys/net/ipv6/conf/all/force_forwarding
	# a host that lives from advertisements, and is made a router beside netd's
	lab "  nat0: {$NAT, dhcp: true}"
	sysctl_is ipv6/conf/eth7/accept_ra 2
	echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
	ok netdctl destroy lab
	sysctl_is ipv6/conf/eth7/accept_ra 2
	sysctl_is ipv6/conf/all/forwarding 1
}

# Before Linux 6.17, netd's switch is everybody's: in doubt it stays, and that is said.
one_switch()
{
	world
	! by_interface || t_skip "this kernel has a switch for each interface"
	lab "  nat0: {$NAT}"
	sysctl_is ipv6/conf/eth7/accept_ra 2
	ok netdctl destroy lab
	no_match forwarding "$err"
	sysctl_is ipv6/conf/all/forwarding 0
	sysctl_is ipv6/conf/eth7/accept_ra 1
	# somebody's bridge has IPv6
	lab "  nat0: {$NAT}"
	docker 6
	ok netdctl destroy lab
	match 'note: .*net.ipv6.conf.all.forwarding stays 1: guests of the bridge docker0 may rely on it' "$err"
	match '`sysctl net.ipv6.conf.all.forwarding=0`' "$err"
	gets_out6
	sysctl_is ipv6/conf/all/forwarding 1
	sysctl_is ipv6/conf/eth7/accept_ra 2
	# what the note says gives it back, whole but for accept_ra, which does no harm
	echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
	sysctl_is ipv6/conf/eth7/forwarding 0
	# somebody has said so in a file: there is no doubt, and nothing to say
	guest_gone c
	ip link del docker0
	lab "  nat0: {$NAT}"
	mkdir -p /etc/sysctl.new
	cp -a /etc/sysctl.d/. /etc/sysctl.new 2>/dev/null || :
	rm -rf /etc/sysctl.d
	mv /etc/sysctl.new /etc/sysctl.d
	echo 'net.ipv6.conf.all.forwarding = 1' >/etc/sysctl.d/90-router.conf
	ok netdctl destroy lab
	no_match 'stays 1' "$err"
	sysctl_is ipv6/conf/all/forwarding 1
}

# An uplink: bridge and NIC are both a router's interfaces then.
uplink()
{
	world
	lab '  wan: {mode: bridged, uplink: eth7}' "  nat0: {$NAT}"
	docker 6
	gets_out4
	gets_out6
	lab "  nat0: {$NAT}"
	gets_out4
	gets_out6
	lab '  wan: {mode: bridged, uplink: eth7}' "  nat0: {$NAT}"
	gets_out4
	gets_out6
	ok netdctl destroy lab
	gets_out4
	gets_out6
	sysctl_is ipv4/conf/eth7/forwarding 1
	# the uplink alone
	ip link del docker0
	guest_gone c
	nft flush ruleset
	echo 0 >/proc/sys/net/ipv4/ip_forward
	echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
	lab '  wan: {mode: bridged, uplink: eth7}'
	docker 6
	gets_out4
	gets_out6
	ok netdctl destroy lab
	gets_out4
	gets_out6
}

# A bridge of somebody's that a network was on: its settings are his.
bridge_of_others()
{
	need bridge veth nft nft_nat ipv6
	ip link add br9 type bridge
	ip link set br9 up
	echo 1 >/proc/sys/net/ipv4/conf/br9/rp_filter
	lab '  nat0: {mode: nat, bridge: br9, existing: true, addresses: [10.1.0.254/24]}'
	sysctl_is ipv4/conf/br9/rp_filter 2
	sysctl_is ipv4/conf/br9/forwarding 1
	ok netdctl destroy lab
	sysctl_is ipv4/conf/br9/rp_filter 1
	sysctl_is ipv4/conf/br9/forwarding 0
	lab '  nat0: {mode: nat, bridge: br9, existing: true, addresses: [10.1.0.254/24]}'
	echo 1 >/proc/sys/net/ipv4/ip_forward
	ok netdctl destroy lab
	sysctl_is ipv4/conf/br9/rp_filter 1
	sysctl_is ipv4/conf/br9/forwarding 1
}

# port_file [KEY: VALUE]: a network with interface eth9 of the host's in it.
port_file()
{
	printf '%s\n' 'name: lab' 'networks:' "  lan: {${1:+$1, }ports: {eth9: {}}}" >lab.yaml
}

# An interface that was down, and has an address of somebody's now.
port_with_an_address()
{
	need bridge veth
	ip link add eth9 type veth peer name eth10
	port_file
	ok netdctl apply lab.yaml
	ok netdctl destroy lab
	eq DOWN "$(ip -j link show eth9 | jq -r .[0].operstate)"
	ok netdctl apply lab.yaml
	ip address add 192.0.2.1/24 dev eth9
	ok netdctl destroy lab
	match 'note: .*eth9 stays up: it has an address' "$err"
	match '`ip link set eth9 down`' "$err"
	match '[<,]UP[,>]' "$(ip link show eth9)"
}

# A VLAN stands upon it, and has the MTU that netd gave it.
port_with_a_vlan()
{
	need bridge veth vlan
	ip link add eth9 type veth peer name eth10
	port_file 'mtu: 9000'
	ok netdctl apply lab.yaml
	ip link add link eth9 name eth9.5 type vlan id 5
	ip link set eth9.5 up
	eq 9000 "$(cat /sys/class/net/eth9.5/mtu)"
	ok netdctl destroy lab
	match 'note: .*eth9 keeps MTU 9000: eth9.5 stands upon it and has MTU 9000' "$err"
	match 'note: .*eth9 stays up: eth9.5 stands upon it' "$err"
	eq 9000 "$(cat /sys/class/net/eth9.5/mtu)"
	match '[<,]UP[,>]' "$(ip link show eth9)"
	ip link del eth9.5
	# one that gets along with what was before
	ip link set eth9 mtu 1500 down
	ok netdctl apply lab.yaml
	ip link add link eth9 name eth9.5 mtu 1500 type vlan id 5
	ok netdctl destroy lab
	eq 1500 "$(cat /sys/class/net/eth9/mtu)"
}

t_fresh "somebody makes the host a router since" router_since
t_fresh "a router before" router_before
t_fresh "IPv6, a router since" router_since_ipv6
t_fresh "a network that is stopped" stopped
t_fresh "IPv6, a switch for each interface" by_each_interface
t_fresh "IPv6, one switch" one_switch
t_fresh "an uplink" uplink
t_fresh "a bridge of somebody's" bridge_of_others
t_fresh "an interface with an address" port_with_an_address
t_fresh "an interface with a VLAN" port_with_a_vlan
t_done
