#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Forwards: who reaches what by which address, and what a change does to flows.
. "$(dirname "$0")/../lib/netns.sh"

# Whether the host sends bridged frames through its IP filters (br_netfilter).
BRIDGED_FRAMES=0

# Machines a and b of network nat0, c of nat1; nobody outside knows their subnets.
world()
{
	need bridge veth nft nft_nat
	bridged_frames $BRIDGED_FRAMES
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
}

machines()
{
	guest_ns a nat0 10.1.0.1/24 10.1.0.254 fd00:1::1/64 fd00:1::ff
	guest_ns b nat0 10.1.0.2/24 10.1.0.254 fd00:1::2/64 fd00:1::ff
	guest_ns c nat1 10.2.0.1/24 10.2.0.254 fd00:2::1/64 fd00:2::ff
}

# lab [FORWARD…]: of nat0.
lab()
{
	local forward

	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  nat1: {mode: nat, addresses: [10.2.0.254/24, "fd00:2::ff/64"]}
	  nat0:
	    mode: nat
	    addresses: [10.1.0.254/24, "fd00:1::ff/64"]
	    machines:
	      a: {mac: "52:54:00:00:00:01", address: [10.1.0.1, "fd00:1::1"]}
	      b: {mac: "52:54:00:00:00:02", address: [10.1.0.2, "fd00:1::2"]}
	    forwards:
	EOF
	for forward; do
		echo "      - {$forward}" >>lab.yaml
	done
	netdctl apply lab.yaml
}

# reaches NS PROTOCOL ADDRESS PORT LOCAL [OPTION…]: it is answered by the server that has
# the address and port LOCAL ("10.1.0.1 80"); $peer is as whom that one sees NS.
reaches()
{
	local said

	said=$(ask "${@:1:4}" "${@:6}") || fail "$1: no answer from $3 $4"
	eq "$5" "$(cut -d' ' -f1,2 <<<"$said")" "who answers $1 for $3 $4"
	peer=$(cut -d' ' -f3 <<<"$said")
}

whole_address()
{
	local a4=172.16.5.70 a6=2001:db8:5::70 ns

	world
	snapshot before
	lab "listen: $a4, to: a, on: eth0" "listen: '$a6', to: a, on: eth0"
	match "inet $a4/32" "$(ip -o address show dev eth0)"
	match "inet6 $a6/128" "$(ip -o address show dev eth0)"
	machines
	serve a tcp 10.1.0.1 80-81 >/dev/null
	serve a udp 10.1.0.1 53 >/dev/null
	serve a tcp fd00:1::1 80 >/dev/null
	serve a udp fd00:1::1 53 >/dev/null
	for ns in outside b c host; do
		reaches "$ns" tcp $a4 80 "10.1.0.1 80"
		reaches "$ns" tcp $a4 81 "10.1.0.1 81"
		reaches "$ns" udp $a4 53 "10.1.0.1 53"
		reaches "$ns" tcp $a6 80 "fd00:1::1 80"
		reaches "$ns" udp $a6 53 "fd00:1::1 53"
		pings "$ns" $a4
		pings "$ns" $a6
	done
	# the guest sees who it is: outside by its address, neighbours as the bridge
	reaches outside tcp $a4 80 "10.1.0.1 80"
	eq 172.16.5.1 "$peer"
	reaches outside tcp $a6 80 "fd00:1::1 80"
	eq 2001:db8:5::1 "$peer"
	if [ $BRIDGED_FRAMES = 0 ]; then
		reaches b tcp $a4 80 "10.1.0.1 80"
		eq 10.1.0.254 "$peer"
		# the guest reaches itself by its own address, too
		reaches a tcp $a4 80 "10.1.0.1 80"
		reaches a udp $a6 53 "fd00:1::1 53"
	fi
	# the host itself stays reachable by its own
	serve host tcp 172.16.5.40 22 >/dev/null
	reaches outside tcp 172.16.5.40 22 "172.16.5.40 22"
	guest_gone a b c
	netdctl destroy lab
	snapshot after
	same before after
}

# A machine with an address of its own is behind the NAT like the others.
machine_reaches_out()
{
	world
	lab "listen: 172.16.5.70, to: a, on: eth0"
	machines
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	match '172.16.5.(40|70) [0-9]+$' "$(ask a tcp "$T_INTERNET4" 80)"
	match '172.16.5.40 [0-9]+$' "$(ask b tcp "$T_INTERNET4" 80)"
}

# ports PROTOCOL: single ports, ranges, shifted ranges, by both families.
ports()
{
	local p=$1 ns to guests

	[ "$p" != sctp ] || need sctp
	world
	lab "listen: '172.16.5.40:8080', to: 'a:80', protocol: $p" \
		"listen: '172.16.5.40:8081', to: a, protocol: $p" \
		"listen: '172.16.5.40:9000-9009', to: b, protocol: $p" \
		"listen: '172.16.5.40:9100-9109', to: 'b:7000-7009', protocol: $p" \
		"listen: '[2001:db8:5::40]:8080', to: 'a:80', protocol: $p" \
		"listen: '[2001:db8:5::40]:9100-9109', to: 'b:7000-7009', protocol: $p"
	machines
	for to in 10.1.0.1 fd00:1::1; do
		serve a "$p" $to 80 >/dev/null
		serve a "$p" $to 8081 >/dev/null
	done
	for to in 10.1.0.2 fd00:1::2; do
		serve b "$p" $to 9000-9010 >/dev/null
		serve b "$p" $to 7000-7010 >/dev/null
	done
	guests="a b c"
	# a bridge that filters frames translates them itself, and sends none back to its port
	[ $BRIDGED_FRAMES = 0 ] || guests="c"
	for ns in outside host $guests; do
		reaches $ns "$p" 172.16.5.40 8080 "10.1.0.1 80"
		reaches $ns "$p" 172.16.5.40 8081 "10.1.0.1 8081"
		reaches $ns "$p" 172.16.5.40 9000 "10.1.0.2 9000"
		reaches $ns "$p" 172.16.5.40 9009 "10.1.0.2 9009"
		reaches $ns "$p" 172.16.5.40 9100 "10.1.0.2 7000"
		reaches $ns "$p" 172.16.5.40 9109 "10.1.0.2 7009"
		reaches $ns "$p" 2001:db8:5::40 8080 "fd00:1::1 80"
		reaches $ns "$p" 2001:db8:5::40 9105 "fd00:1::2 7005"
	done
	reaches outside "$p" 172.16.5.40 9001 "10.1.0.2 9001"
	eq 172.16.5.1 "$peer"
	for to in 8079 8082 8999 9010 9099 9110 7000; do
		no_answer outside "$p" 172.16.5.40 $to --timeout 200
	done
	case $p in
	tcp) no_answer outside udp 172.16.5.40 8080 --timeout 200 ;;
	udp) no_answer outside tcp 172.16.5.40 8080 --timeout 200 ;;
	esac
}

# Single ports of an address that is given away whole, to another machine.
ports_before_the_whole()
{
	world
	lab "listen: 172.16.5.70, to: a, on: eth0" "listen: '172.16.5.70:53', to: b, protocol: [tcp, udp]"
	machines
	serve a tcp 10.1.0.1 53-54 >/dev/null
	serve b tcp 10.1.0.2 53-54 >/dev/null
	serve b udp 10.1.0.2 53 >/dev/null
	reaches outside tcp 172.16.5.70 53 "10.1.0.2 53"
	reaches outside udp 172.16.5.70 53 "10.1.0.2 53"
	reaches outside tcp 172.16.5.70 54 "10.1.0.1 54"
}

# A whole address may be the source of its machine's network, and a forward may be to an
# address that no machine has.
to_an_address()
{
	world
	lab "listen: '172.16.5.40:8080', to: '10.1.0.2:80'"
	machines
	serve b tcp 10.1.0.2 80 >/dev/null
	reaches outside tcp 172.16.5.40 8080 "10.1.0.2 80"
}

# UDP flows that exist follow at once.
changed_forward_moves_flows()
{
	local ns

	world
	lab "listen: '172.16.5.40:5300', to: 'a:53', protocol: udp"
	machines
	serve a udp 10.1.0.1 53 >/dev/null
	serve b udp 10.1.0.2 53 >/dev/null
	serve b udp 10.1.0.2 7 >/dev/null
	flow_start other a udp 10.1.0.2 7
	for ns in outside host c; do
		reaches $ns udp 172.16.5.40 5300 "10.1.0.1 53" --port 4000
	done
	lab "listen: '172.16.5.40:5300', to: 'b:53', protocol: udp"
	for ns in outside host c; do
		reaches $ns udp 172.16.5.40 5300 "10.1.0.2 53" --port 4000
	done
	match '^sent ([0-9]+) answered ([0-9]+) ' "$(flow_stop other)"
	eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answered datagrams of another flow"
}

# A flow to the host's own port before there is a forward follows when there is one.
new_forward_takes_flows()
{
	world
	lab
	machines
	serve a udp 10.1.0.1 53 >/dev/null
	no_answer outside udp 172.16.5.40 5300 --port 4000 --timeout 100
	lab "listen: '172.16.5.40:5300', to: 'a:53', protocol: udp"
	reaches outside udp 172.16.5.40 5300 "10.1.0.1 53" --port 4000
}

removed_forward_ends_flows()
{
	world
	lab "listen: '172.16.5.40:8080', to: 'a:80'" "listen: '172.16.5.40:8081', to: 'b:80'" \
		"listen: '172.16.5.40:5300', to: 'a:53', protocol: udp"
	machines
	serve a tcp 10.1.0.1 80 >/dev/null
	serve b tcp 10.1.0.2 80 >/dev/null
	serve a udp 10.1.0.1 53 >/dev/null
	flow_start gone outside tcp 172.16.5.40 8080
	flow_start stays outside tcp 172.16.5.40 8081
	flow_start udp outside udp 172.16.5.40 5300
	sleep 0.2
	lab "listen: '172.16.5.40:8081', to: 'b:80'"
	if feature conntrack; then
		# what was on its way to a is answered all the same: a flow of a's own
		eq "" "$(conntrack -L 2>/dev/null | grep 'dst=172.16.5.40 .*src=10.1.0.1 ' || :)"
		match 'src=10.1.0.2 ' "$(conntrack -L 2>/dev/null)"
	fi
	sleep 1 # a loaded machine sends less in that time
	match '^sent ([0-9]+) answered ([0-9]+) ' "$(flow_stop stays)"
	eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answers of the forward that stays"
	out=$(flow_stop gone)
	no_match '^sent ([0-9]+) answered \1 ' "$out"
	match '^sent ([0-9]+) answered ([0-9]+) ' "$(flow_stop udp)"
	[ "${BASH_REMATCH[2]}" -le $((BASH_REMATCH[1] - 10)) ] || fail "the UDP flow goes on"
}

# One-liners do what the file does.
by_commands()
{
	world
	netdctl network create nat0 --mode nat --address 10.1.0.254/24 --address fd00:1::ff/64
	netdctl network create nat1 --mode nat --address 10.2.0.254/24
	machines
	serve a tcp 10.1.0.1 80 >/dev/null
	serve a udp 10.1.0.1 80 >/dev/null
	ok netdctl forward add nat0 172.16.5.40:8080 10.1.0.1:80 --protocol tcp,udp
	ok netdctl forward add nat0 172.16.5.70 10.1.0.1 --on eth0
	ok netdctl forward list nat0 --json
	eq 2 "$(jq length <<<"$out")"
	reaches outside tcp 172.16.5.40 8080 "10.1.0.1 80"
	reaches outside udp 172.16.5.40 8080 "10.1.0.1 80" --port 4000
	reaches outside tcp 172.16.5.70 80 "10.1.0.1 80"
	ok netdctl forward remove nat0 172.16.5.40:8080 --protocol udp
	reaches outside tcp 172.16.5.40 8080 "10.1.0.1 80"
	no_answer outside udp 172.16.5.40 8080 --port 4000 --timeout 200
	ok netdctl forward remove nat0 172.16.5.70
	no_match 172.16.5.70 "$(ip -o address show dev eth0)"
	fails 2 netdctl forward remove nat0 172.16.5.70
	match '172.16.5.70' "$err"
}

# states: "LISTEN STATE" of each forward.
states()
{
	netdctl show forwards --json | jq -r '.[] | .listen + " " + .state'
}

# What the kernel has is listed, not what was once put there.
listed_as_the_kernel_has_it()
{
	world
	lab "listen: '172.16.5.40:8080-8081', to: a, protocol: [tcp, udp]" \
		"listen: 172.16.5.70, to: a, on: eth0"
	eq $'172.16.5.40:8080-8081 up\n172.16.5.70 up' "$(states)"
	nft delete element inet netd forward4 '{ 172.16.5.40 . udp . 8081 }'
	eq $'172.16.5.40:8080-8081 missing\n172.16.5.70 up' "$(states)"
	nft delete element inet netd address4 '{ 172.16.5.70 }'
	nft add element inet netd address4 '{ 172.16.5.70 comment "lab/nat0 a" : 10.1.0.2 }'
	eq $'172.16.5.40:8080-8081 missing\n172.16.5.70 missing' "$(states)"
	netdctl repair
	eq $'172.16.5.40:8080-8081 up\n172.16.5.70 up' "$(states)"
	nft delete table inet netd
	eq $'172.16.5.40:8080-8081 missing\n172.16.5.70 missing' "$(states)"
	match 'STATE.*missing' "$(netdctl forward list nat0)"
}

with_bridged_frames()
{
	need br_netfilter
	BRIDGED_FRAMES=1
	"$@"
}

t_fresh "a whole address: outside, neighbours, other networks, the host" whole_address
t_fresh "a whole address, where bridged frames are filtered" with_bridged_frames whole_address
t_fresh "ports, where bridged frames are filtered" with_bridged_frames ports udp
t_fresh "what the machine starts" machine_reaches_out
t_fresh "ports, ranges, shifted ranges: tcp" ports tcp
t_fresh "ports, ranges, shifted ranges: udp" ports udp
t_fresh "ports, ranges, shifted ranges: sctp" ports sctp
t_fresh "a port of an address that is given away whole" ports_before_the_whole
t_fresh "to an address that no machine has" to_an_address
t_fresh "UDP flows follow a changed forward" changed_forward_moves_flows
t_fresh "UDP flows follow a new forward" new_forward_takes_flows
t_fresh "flows of a removed forward end, others go on" removed_forward_ends_flows
t_fresh "by commands" by_commands
t_fresh "listed as the kernel has it" listed_as_the_kernel_has_it
t_done
