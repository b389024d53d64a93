#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The firewall alone: what its ruleset lets through, translates and refuses.
. "$(dirname "$0")/../lib/netns.sh"

RULESET=$NETD_BUILD/tests/netns/ruleset

bridge()
{
	local address

	ip link add "$1" type bridge
	echo 0 >"/proc/sys/net/ipv6/conf/$1/accept_dad"
	ip link set "$1" up
	for address in "${@:2}"; do
		ip address add "$address" dev "$1"
	done
}

# bridge_netfilter 0|1: whether bridged frames pass the inet hooks, where that is built in.
bridge_netfilter()
{
	local file

	for file in /proc/sys/net/bridge/bridge-nf-call-ip*tables; do
		[ ! -e "$file" ] || echo "$1" >"$file"
	done
}

# A host that forwards everything, with the bridges of `topology`, and guests.
world()
{
	bridge_netfilter 0
	need bridge veth nft
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	ip address add 172.16.5.41/24 dev eth0
	ip address add 172.16.5.70/24 dev eth0
	ip address add 2001:db8:5::70/64 dev eth0 nodad preferred_lft 0
	bridge nat0 10.1.0.254/24 fd00:1::ff/64
	bridge nat1 10.2.0.254/24 fd00:2::ff/64
	bridge iso0 10.3.0.254/24 fd00:3::ff/64
	bridge rout0 10.4.0.254/24 fd00:4::ff/64
	guest_ns a nat0 10.1.0.1/24 10.1.0.254 fd00:1::1/64 fd00:1::ff
	guest_ns b nat0 10.1.0.2/24 10.1.0.254 fd00:1::2/64 fd00:1::ff
	guest_ns c nat1 10.2.0.1/24 10.2.0.254 fd00:2::1/64 fd00:2::ff
	guest_ns i iso0 10.3.0.1/24 10.3.0.254 fd00:3::1/64 fd00:3::ff
	guest_ns j iso0 10.3.0.2/24 10.3.0.254 fd00:3::2/64 fd00:3::ff
	guest_ns r rout0 10.4.0.1/24 10.4.0.254 fd00:4::1/64 fd00:4::ff
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

topology()
{
	local none='{}'
	local nat0=${NAT0:-$none}

	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  nat0:
	    mode: nat
	    addresses: [10.1.0.254/24, "fd00:1::ff/64"]
	    nat: $nat0
	    machines:
	      a: {mac: "52:54:00:00:00:01", address: [10.1.0.1, "fd00:1::1"]}
	      b: {mac: "52:54:00:00:00:02", address: [10.1.0.2, "fd00:1::2"]}
	    forwards:
	      - {listen: "172.16.5.40:8080", to: "${WEB:-a:80}"}
	      - {listen: "172.16.5.40:5300", to: "${DNS:-a:53}", protocol: udp}
	      - {listen: "172.16.5.40:9000-9009", to: "b:9100-9109", protocol: udp}
	      - {listen: "[2001:db8:5::40]:8080", to: "a:80"}
	      - {listen: 172.16.5.70, to: b}
	      - {listen: "2001:db8:5::70", to: b}
	  nat1: {mode: nat, addresses: [10.2.0.254/24, "fd00:2::ff/64"], nat: {out: eth0}}
	  iso0: {addresses: [10.3.0.254/24, "fd00:3::ff/64"]}
	  rout0: {mode: routed, addresses: [10.4.0.254/24, "fd00:4::ff/64"]}
	EOF
}

lab()
{
	world
	topology
	"$RULESET" lab.yaml >/dev/null
	{
	serve a tcp 0.0.0.0 80
	serve a tcp fd00:1::1 80
	serve a udp 0.0.0.0 53
	serve b udp 0.0.0.0 9100-9109
	serve b udp 0.0.0.0 53
	serve b tcp 0.0.0.0 80
	serve b tcp fd00:1::2 80
	serve outside tcp 0.0.0.0 80
	serve outside udp 0.0.0.0 53
	serve outside tcp 2001:db8:5::1 80
	} >/dev/null
}

# seen FIELD NS PROTOCOL ADDRESS PORT [OPTION…]: 1-2 what the server is, 3-4 the peer.
seen()
{
	ask "${@:2}" | cut -d' ' -f"$1"
}

# between LOW HIGH NUMBER
between()
{
	[ "$3" -ge "$1" ] && [ "$3" -le "$2" ] || fail "$3 is not in $1-$2"
}

round_trip()
{
	need nft
	topology
	NAT0='{source: 172.16.5.40-172.16.5.43, ports: 2000-3000}' topology
	snapshot before
	"$RULESET" lab.yaml >/dev/null
	nft list ruleset >listed
	match 'table inet netd' "$(<listed)"
	{ echo 'flush ruleset'; cat listed; } | nft -f -
	nft list ruleset | diff listed -
	eq "" "$("$RULESET" lab.yaml)" "after nft -f"
	"$RULESET" lab.yaml destroy >/dev/null
	snapshot after
	same before after
}

foreign_stays()
{
	need nft
	topology
	sed 's/^name:.*/name: other/; s/nat0/o0/; s/nat1/o1/; s/iso0/o2/; s/rout0/o3/
		s/172.16.5/172.16.6/; s/2001:db8:5/2001:db8:6/; s/10\.\([1-4]\)/11.\1/g
		s/fd00/fd01/g' lab.yaml >other.yaml
	nft 'add table inet mine; add chain inet mine c; add rule inet mine c accept'
	nft list ruleset >foreign
	"$RULESET" lab.yaml >/dev/null
	nft list ruleset >one
	"$RULESET" other.yaml >/dev/null
	"$RULESET" other.yaml destroy >/dev/null
	nft list ruleset | diff <(sort one) <(sort)
	fails 1 "$RULESET" <(cat lab.yaml) destroy
	sed 's/^name:.*/name: thief/' lab.yaml >thief.yaml
	fails 1 "$RULESET" thief.yaml
	match "which 'lab/nat0.*' holds" "$err"
	nft list ruleset | diff one -
	"$RULESET" lab.yaml destroy >/dev/null
	nft list ruleset | diff foreign -
}

# Each is what somebody might do to the table by hand; all is as before afterwards.
repaired()
{
	local change

	need nft
	NAT0='{source: 172.16.5.40}' topology
	"$RULESET" lab.yaml >/dev/null
	nft list ruleset >listed
	for change in 'flush ruleset' 'flush chain inet netd to-nat' \
		'insert rule inet netd closed accept' 'delete element inet netd from { "iso0" }' \
		'flush map inet netd forward4' 'flush chain inet netd nat-nat0' \
		'add rule inet netd nat-nat0 accept' 'add chain inet netd x' \
		'chain inet netd forward { policy drop; }'; do
		nft "$change"
		refused diff listed <(nft list ruleset)
		"$RULESET" lab.yaml >/dev/null
		diff <(sort listed) <(nft list ruleset | sort) || fail "after $change"
	done
	nft 'replace rule inet netd nat-nat0 handle' \
		"$(nft -a list chain inet netd nat-nat0 |
			sed -n '/l4proto tcp snat/s/.*handle //p') meta l4proto tcp snat ip to 172.16.5.99:1-2"
	"$RULESET" lab.yaml >/dev/null
	diff <(sort listed) <(nft list ruleset | sort)
}

masquerade()
{
	lab
	eq 172.16.5.40 "$(seen 3 a tcp 172.16.5.1 80)"
	between 1024 65535 "$(seen 4 a tcp 172.16.5.1 80 --port 1000)"
	between 1024 65535 "$(seen 4 a udp 172.16.5.1 53 --port 53)"
	eq 2001:db8:5::40 "$(seen 3 a tcp 2001:db8:5::1 80)"
	pings a 172.16.5.1
	pings a "$T_INTERNET6"
	pings a 10.1.0.2
	eq 10.1.0.2 "$(seen 3 b udp 10.1.0.1 53)"
}

fixed_source()
{
	NAT0='{source: 172.16.5.41, ports: 2000-3000}' lab
	eq 172.16.5.41 "$(seen 3 a tcp 172.16.5.1 80)"
	between 2000 3000 "$(seen 4 a tcp 172.16.5.1 80)"
	between 2000 3000 "$(seen 4 a udp 172.16.5.1 53)"
	pings a 172.16.5.1
	eq 2001:db8:5::40 "$(seen 3 a tcp 2001:db8:5::1 80)"
	between 2000 3000 "$(seen 4 a tcp 2001:db8:5::1 80)"
}

pool()
{
	NAT0='{source: 172.16.5.40-172.16.5.41}' lab
	eq 172.16.5.41 "$(seen 3 a tcp 172.16.5.1 80)"
	for _ in 1 2 3; do
		eq 172.16.5.40 "$(seen 3 b tcp 172.16.5.1 80)"
	done
}

forwards()
{
	lab
	eq "10.1.0.1 80 172.16.5.1" "$(seen 1-3 outside tcp 172.16.5.40 8080)"
	eq "10.1.0.1 53 172.16.5.1" "$(seen 1-3 outside udp 172.16.5.40 5300)"
	eq "10.1.0.2 9109" "$(seen 1-2 outside udp 172.16.5.40 9009)"
	eq "10.1.0.2 80 172.16.5.1" "$(seen 1-3 outside tcp 172.16.5.70 80)"
	eq "fd00:1::1 80 2001:db8:5::1" "$(seen 1-3 outside tcp 2001:db8:5::40 8080)"
	eq "fd00:1::2 80 2001:db8:5::1" "$(seen 1-3 outside tcp 2001:db8:5::70 80)"
	pings outside 172.16.5.70
	no_answer outside tcp 172.16.5.40 8081
}

sctp()
{
	need sctp
	lab
	sed -i '/8080.*a:80/s/}$/, protocol: [tcp, sctp]}/' lab.yaml
	"$RULESET" lab.yaml
	serve a sctp 10.1.0.1 80 >/dev/null
	serve outside sctp 172.16.5.1 80 >/dev/null
	eq "10.1.0.1 80 172.16.5.1" "$(seen 1-3 outside sctp 172.16.5.40 8080)"
	eq 172.16.5.40 "$(seen 3 a sctp 172.16.5.1 80)"
}

hairpin_and_host()
{
	lab
	eq "10.1.0.1 80 10.1.0.254" "$(seen 1-3 b tcp 172.16.5.40 8080)"
	eq "10.1.0.1 80 10.1.0.254" "$(seen 1-3 a tcp 172.16.5.40 8080)"
	eq "fd00:1::1 80 fd00:1::ff" "$(seen 1-3 b tcp 2001:db8:5::40 8080)"
	eq "10.1.0.1 80 10.1.0.254" "$(seen 1-3 host tcp 172.16.5.40 8080)"
	eq "10.1.0.2 80 10.1.0.254" "$(seen 1-3 host tcp 172.16.5.70 80)"
	eq "fd00:1::2 80 fd00:1::ff" "$(seen 1-3 host tcp 2001:db8:5::70 80)"
	eq "10.1.0.1 80 10.4.0.1" "$(seen 1-3 r tcp 172.16.5.40 8080)"
}

# The bridge itself does the DNAT here, and sees the reply, so no other source is needed.
hairpin_with_bridge_netfilter()
{
	lab
	[ -d /proc/sys/net/bridge ] || t_skip "no br_netfilter in this kernel"
	bridge_netfilter 1
	eq "10.1.0.1 80" "$(seen 1-2 b tcp 172.16.5.40 8080)"
	eq "fd00:1::1 80" "$(seen 1-2 b tcp 2001:db8:5::40 8080)"
	eq "10.1.0.1 53 10.1.0.2" "$(seen 1-3 b udp 10.1.0.1 53)"
	pings i 10.3.0.2
	no_ping i 10.1.0.1
	eq "10.1.0.1 80 172.16.5.1" "$(seen 1-3 outside tcp 172.16.5.40 8080)"
	eq 172.16.5.40 "$(seen 3 a tcp 172.16.5.1 80)"
}

isolation()
{
	lab
	serve i tcp 0.0.0.0 80
	serve host tcp 0.0.0.0 81
	serve host tcp fd00:3::ff 81
	pings i 10.3.0.2
	pings i 10.3.0.254
	pings i fd00:3::ff
	pings host 10.3.0.1
	pings host fd00:3::1
	eq 10.3.0.254 "$(seen 1 i tcp 10.3.0.254 81)"
	eq fd00:3::ff "$(seen 1 i tcp fd00:3::ff 81)"
	eq 10.3.0.1 "$(seen 1 host tcp 10.3.0.1 80)"
	no_answer i tcp 172.16.5.40 81
	no_answer i tcp 10.1.0.254 81
	no_answer i tcp 172.16.5.40 8080
	no_ping i 172.16.5.1
	no_ping i 2001:db8:5::1
	no_ping i 10.1.0.1
	no_ping i 10.4.0.1
	no_ping a 10.3.0.1
	no_ping r 10.3.0.1
	ip -n outside route add 10.0.0.0/8 via 172.16.5.40
	no_ping outside 10.3.0.1
	no_ping outside 10.1.0.1
	pings outside 10.4.0.1
	eq "172.16.5.1 80 10.4.0.1" "$(seen 1-3 r tcp 172.16.5.1 80)"
}

between_networks()
{
	lab
	no_ping a 10.2.0.1
	no_ping c 10.1.0.1
	no_ping r 10.1.0.1
	no_ping c fd00:1::1
	pings a 10.4.0.1
	no_ping c 10.4.0.1
	pings c 172.16.5.1
	no_answer c tcp 172.16.5.70 80
}

changed_forward()
{
	lab
	eq 10.1.0.1 "$(seen 1 outside udp 172.16.5.40 5300 --port 4000)"
	WEB=b:80 topology
	no_match forgotten "$("$RULESET" lab.yaml)"
	eq 10.1.0.1 "$(seen 1 outside udp 172.16.5.40 5300 --port 4000)"
	DNS=b:53 topology
	match 'forgotten' "$("$RULESET" lab.yaml)"
	eq 10.1.0.2 "$(seen 1 outside udp 172.16.5.40 5300 --port 4000)"
	sed -i /5300/d lab.yaml
	match 'forgotten 1' "$("$RULESET" lab.yaml)"
	no_answer outside udp 172.16.5.40 5300 --port 4000
	topology
	"$RULESET" lab.yaml
	eq 10.1.0.1 "$(seen 1 outside udp 172.16.5.40 5300 --port 4000)"
}

changed_source()
{
	lab
	eq 172.16.5.40 "$(seen 3 a udp 172.16.5.1 53 --port 4000)"
	eq 172.16.5.40 "$(seen 3 c udp 172.16.5.1 53 --port 4000)"
	NAT0='{source: 172.16.5.41}' topology
	match 'forgotten 1' "$("$RULESET" lab.yaml)"
	eq 172.16.5.41 "$(seen 3 a udp 172.16.5.1 53 --port 4000)"
	NAT0='{source: 172.16.5.40-172.16.5.43}' topology
	no_match forgotten "$("$RULESET" lab.yaml)"
	eq 172.16.5.41 "$(seen 3 a udp 172.16.5.1 53 --port 4000)"
}

t_fresh "nft lists it, loads it again, and nothing is left after destroy" round_trip
t_fresh "other tables and topologies are left alone" foreign_stays
t_fresh "what was changed by hand is repaired" repaired
t_fresh "masquerade" masquerade
t_fresh "a fixed source and a range of ports" fixed_source
t_fresh "a pool of sources" pool
t_fresh "forwards from outside" forwards
t_fresh "the same for SCTP" sctp
t_fresh "forwards from the network itself and from the host" hairpin_and_host
t_fresh "the same where bridged frames pass the inet hooks" hairpin_with_bridge_netfilter
t_fresh "an isolated network" isolation
t_fresh "between networks" between_networks
t_fresh "flows follow a changed forward" changed_forward
t_fresh "flows follow a changed source" changed_source
t_done
