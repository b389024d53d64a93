#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where forwards of the host listen: what they take from the host, and addresses that are none.
. "$(dirname "$0")/../lib/netns.sh"

# lab FORWARD…
lab()
{
	printf '%s\n' 'name: default' 'networks:' '  net0:' '    mode: nat' \
		'    addresses: [10.1.0.254/24, "fd00:1::ff/64"]' '    forwards:' >default.yaml
	[ $# = 0 ] || printf '      - {%s}\n' "$@" >>default.yaml
}

world()
{
	need bridge veth nft nft_nat
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	lab
	ok netdctl apply default.yaml
	netdctl export default >/etc/netd/default.yaml
	guest_ns a net0 10.1.0.1/24 10.1.0.254 fd00:1::1/64 fd00:1::ff
	serve host tcp 0.0.0.0 22 >/dev/null
	serve host udp 172.16.5.40 53 >/dev/null
	serve a tcp 0.0.0.0 22 >/dev/null
}

# notes WORDS FORWARD…: plan and apply say it, and once it is there nobody does; back again.
notes()
{
	local words=$1

	lab "${@:2}"
	fails 3 netdctl plan default.yaml
	match "$words" "$out$err"
	ok netdctl apply default.yaml
	match "$words" "$out$err"
	ok netdctl apply default.yaml
	no_match 'note:' "$out$err"
	ok netdctl plan default.yaml
	no_match 'note:' "$out$err"
	lab
	ok netdctl apply default.yaml
}

no_notes()
{
	lab "$@"
	ok netdctl apply default.yaml
	no_match 'note:' "$out$err"
	lab
	ok netdctl apply default.yaml
}

the_only_address()
{
	local words='172.16.5.40 will go to the forward.*only IPv4 address of eth0.*--confirm 60s'

	world
	notes "$words" 'listen: 172.16.5.40, to: 10.1.0.1'
	notes "$words" 'listen: 172.16.5.40, to: 10.1.0.1, on: eth0'
	notes 'only IPv6 address of eth0' 'listen: "2001:db8:5::40", to: "fd00:1::1"'
	no_notes 'listen: 172.16.5.70, to: 10.1.0.1, on: eth0'
	no_notes 'listen: "172.16.5.40:8080", to: "10.1.0.1:80"'
	ip address add 172.16.5.41/24 dev eth0
	no_notes 'listen: 172.16.5.41, to: 10.1.0.1'
	ok netdctl forward add net0 172.16.5.41 10.1.0.1
	no_match 'note:' "$out$err"
	ip address del 172.16.5.41/24 dev eth0
	ok netdctl forward add net0 172.16.5.40 10.1.0.1
	match "$words" "$out$err"
}

ports_of_the_host()
{
	local words='port 22 of 172.16.5.40 will go to the forward: the host itself serves'

	world
	notes "tcp $words" 'listen: "172.16.5.40:22", to: "10.1.0.1:22"'
	notes "tcp $words" 'listen: "172.16.5.40:20-30", to: 10.1.0.1'
	notes 'udp port 53' 'listen: "172.16.5.40:53", to: "10.1.0.1:53", protocol: [tcp, udp]'
	no_notes 'listen: "172.16.5.40:53", to: "10.1.0.1:53"'
	no_notes 'listen: "[2001:db8:5::40]:22", to: "[fd00:1::1]:22"'
	no_notes 'listen: "172.16.5.70:22", to: "10.1.0.1:22", on: eth0'
	ok netdctl forward add net0 172.16.5.40:22 10.1.0.1:22
	match "tcp $words" "$out$err"
	ok netdctl forward add net0 172.16.5.40:2222 10.1.0.1:22
	no_match 'note:' "$out$err"
	eq "10.1.0.1 22" "$(ask outside tcp 172.16.5.40 2222 | cut -d' ' -f1,2)"
}

# A socket of all IPv6 addresses does not serve IPv4 if it says so.
every_address()
{
	world
	serve host tcp :: 8022 >/dev/null
	notes 'tcp port 8022 of 2001:db8:5::40' 'listen: "[2001:db8:5::40]:8022", to: "[fd00:1::1]:22"'
	no_notes 'listen: "172.16.5.40:8022", to: "10.1.0.1:22"'
}

# It is said, and the address may come later.
nobody()
{
	world
	notes 'no interface has the address 172.16.5.77' 'listen: "172.16.5.77:80", to: "10.1.0.1:22"'
	notes 'no interface has the address 198.51.100.7' 'listen: 198.51.100.7, to: 10.1.0.1'
	ok netdctl forward add net0 172.16.5.78:80 10.1.0.1:22
	match 'no interface has the address 172.16.5.78' "$out$err"
	ip address add 172.16.5.78/24 dev eth0
	eq "10.1.0.1 22" "$(ask outside tcp 172.16.5.78 80 | cut -d' ' -f1,2)"
}

# refused WORDS FORWARD…: with its place, and nothing is touched.
refused_at()
{
	local words=$1

	lab "${@:2}"
	snapshot before
	fails 2 netdctl apply default.yaml
	match "default.yaml:[0-9]+:[0-9]+: error: listen address $words" "$err"
	snapshot after
	same before after
}

edges()
{
	local address

	world
	refused_at '172.16.5.255 is the broadcast address' 'listen: "172.16.5.255:80", to: "10.1.0.1:80"'
	refused_at '172.16.5.0 is the address of the subnet itself' 'listen: 172.16.5.0, to: 10.1.0.1'
	refused_at '172.16.5.255 is' 'listen: 172.16.5.255, to: 10.1.0.1, on: eth0'
	refused_at '10.1.0.255 is' 'listen: "10.1.0.255:80", to: "10.1.0.1:80"'
	for address in 224.0.0.1 0.0.0.0 255.255.255.255 ::; do
		lab "listen: \"$address\", to: 10.1.0.1"
		fails 2 netdctl plan default.yaml
		match "listen address $address is" "$err"
	done
	fails 2 netdctl forward add net0 172.16.5.255:80 10.1.0.1:80
	match 'listen address 172.16.5.255 is the broadcast address' "$err"
	refused_at '172.16.5.1 is a gateway of this host' 'listen: 172.16.5.1, to: 10.1.0.1, on: eth0'
	refused_at '2001:db8:5::1 is a gateway' 'listen: "2001:db8:5::1", to: "fd00:1::1", on: eth0'
	# two of a pair have no broadcast address
	ip address add 192.0.2.8/31 dev eth0
	no_notes 'listen: 192.0.2.9, to: 10.1.0.1, on: eth0'
	lab
	sed -i 's/mode: nat/mode: nat\n    nat: {source: 172.16.5.250-172.16.6.3, on: eth0}/' default.yaml
	fails 2 netdctl plan default.yaml
	match 'NAT source 172.16.5.255 is the broadcast address' "$err"
}

# The gateway answers the host's own echo, but nobody gets in any more.
on_trial()
{
	world
	lab 'listen: 172.16.5.40, to: 10.1.0.1'
	fails 1 netdctl apply default.yaml --confirm 60s
	match 'all that arrives at 172.16.5.40 goes to a forward.*--probe none' "$err"
	match 'rolled back' "$out$err"
	serve host tcp 172.16.5.40 2200 >/dev/null
	ask outside tcp 172.16.5.40 2200 >/dev/null
	ok netdctl apply default.yaml --confirm 60s --probe none
	no_answer outside tcp 172.16.5.40 2200
	ok netdctl rollback
	ask outside tcp 172.16.5.40 2200 >/dev/null
	ok netdctl forward add net0 172.16.5.40:8080 10.1.0.1:22 --confirm 60s
	ok netdctl confirm
}

t_fresh "the only address of an interface" the_only_address
t_fresh "ports that the host itself serves" ports_of_the_host
t_fresh "ports that it serves on every address" every_address
t_fresh "addresses that nobody has" nobody
t_fresh "addresses that nobody can have" edges
t_fresh "on trial: the probe knows that nobody gets in" on_trial
t_done
