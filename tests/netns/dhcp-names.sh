#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Names that a guest gives itself: those that others rely on are refused, by DHCP and by
# DHCPv6; the guest has its address all the same.
. "$(dirname "$0")/../lib/netns.sh"

need bridge veth ipv6 command:dnsmasq command:busybox command:dhclient

# lab [DOMAIN]
lab()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan:
	    addresses: [10.1.0.1/24, "fd00:1::1/64"]
	    dhcp: true
	    dns: {domain: ${1:-lab.test}, records: {gw: 10.1.0.1, "www.${1:-lab.test}": 10.1.0.9}}
	    machines:
	      web: {mac: "52:54:00:00:00:01", address: 10.1.0.50}
	      byname: {address: 10.1.0.60}
	routers:
	  r1: {interfaces: {lan: {addresses: [10.1.0.2/24]}}}
	  bare: {interfaces: {lan: {}}}
	EOF
	netdctl apply lab.yaml
	netdctl plan -q lab.yaml
	guest_ns --mac 52:54:00:00:00:66 evil lan -
}

# calls_itself NAME: the guest asks with that name, by both; nothing leads to it.
calls_itself()
{
	local four six said name names=("$1" "$domain")

	# "lab.test" means host "lab" of a domain that is not this one's
	[ "$1" = "$domain" ] || names+=("${1%%.*}" "${1%%.*}.$domain")
	dhcp_ns evil eth0 -x "hostname:$1"
	four=$(told evil 4 ip)
	echo "send fqdn.fqdn \"$1.\"; send fqdn.encoded on;" >"$T_DIR/dhclient-evil.conf"
	on evil ip -6 address flush dev eth0 scope global
	dhcp6_ns evil
	six=$(told evil 6 new_ip6_address)
	match '^10\.1\.0\.' "$four"
	match '^fd00:1::' "$six"
	for name in "${names[@]}"; do
		for type in a aaaa; do
			said=$(on evil busybox nslookup "-type=$type" "$name" 10.1.0.1 2>&1 || :)
			no_match "Address: $four\$|Address: $six\$" "$said"
		done
	done
	on evil busybox udhcpc -f -q -n -i eth0 -r "$four" -R -s /bin/true >/dev/null 2>&1 || :
}

refused_names()
{
	local name domain=lab.test

	lab
	for name in wpad WPAD wpad.lab.test isatap localhost _gateway web Web gw r1 bare www \
		web.lab.test lab.test "$(uname -n)"; do
		calls_itself "$name"
	done
	# what is not refused is told, by both
	dhcp_ns evil eth0 -x hostname:nice
	resolves evil nice.lab.test "$(told evil 4 ip)" 10.1.0.1
	resolves evil web.lab.test 10.1.0.50 10.1.0.1
	resolves evil r1 10.1.0.2 10.1.0.1
}

the_domain_itself()
{
	local domain=lab

	lab lab
	calls_itself lab
	calls_itself lab.lab
}

# A machine gets its name and address whatever it calls itself; one without a MAC by its name.
machines()
{
	lab
	dhcp_ns evil
	guest_ns --mac 52:54:00:00:00:01 web lan -
	dhcp_ns web eth0 -x hostname:wpad
	eq 10.1.0.50 "$(told web 4 ip)"
	resolves evil web.lab.test 10.1.0.50 10.1.0.1
	guest_ns --mac 52:54:00:00:00:02 byname lan -
	dhcp_ns byname eth0 -x hostname:byname
	eq 10.1.0.60 "$(told byname 4 ip)"
	resolves evil byname.lab.test 10.1.0.60 10.1.0.1
	# a router's name leads to no address of the router's
	dhcp_ns evil eth0 -x hostname:r1
	[ "$(told evil 4 ip)" != 10.1.0.2 ] || fail "the router's address"
}

# A machine may be called like the host; one without a MAC is the guest that says so.
like_the_host()
{
	local host

	host=$(uname -n)
	host=${host%%.*}
	lab
	dhcp_ns evil
	sed -i "s/    machines:/&\n      $host: {address: 10.1.0.61}/" lab.yaml
	netdctl apply lab.yaml
	guest_ns --mac 52:54:00:00:00:03 like lan -
	dhcp_ns like eth0 -x "hostname:$host"
	eq 10.1.0.61 "$(told like 4 ip)"
	resolves evil "$host.lab.test" 10.1.0.61 10.1.0.1
	# when the machine is gone, guests may not take the name
	sed -i "/^      $host:/d" lab.yaml
	netdctl apply lab.yaml
	eq "$host,set:refused" "$(</run/netd/dhcp/lan/host)"
}

# Machines and names that are added while it runs.
added()
{
	local pid domain=lab.test

	lab
	pid=$(</run/netd/dhcp/lan/pid)
	sed -i 's/records: {/&new: 10.1.0.77, /; s/    machines:/&\n      late: {mac: "52:54:00:00:00:03"}/' lab.yaml
	netdctl apply lab.yaml
	eq "$pid" "$(</run/netd/dhcp/lan/pid)"
	calls_itself new
	calls_itself late
}

t_fresh "names that others rely on are refused, by DHCP and DHCPv6" refused_names
t_fresh "the domain itself is refused" the_domain_itself
t_fresh "machines have their names whatever they call themselves" machines
t_fresh "a machine without a MAC may have the host's name" like_the_host
t_fresh "names that come while it runs are refused, too" added
t_done
