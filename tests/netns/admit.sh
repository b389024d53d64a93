#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# DHCP and DNS where somebody else's input chain drops: what is put into it, and taken out.
. "$(dirname "$0")/../lib/netns.sh"

RULESET=$NETD_BUILD/tests/netns/ruleset

# A host with a guest, and what would be served: 67, 53, 547 and, to be refused, 80.
world()
{
	need bridge veth nft
	ip link add lan type bridge
	echo 0 >/proc/sys/net/ipv6/conf/lan/accept_dad
	ip link set lan up
	ip address add 10.1.0.254/24 dev lan
	ip address add fd00:1::ff/64 dev lan
	guest_ns g lan 10.1.0.1/24 10.1.0.254 fd00:1::1/64 fd00:1::ff
	serve host udp 0.0.0.0 67 >/dev/null
	serve host udp 10.1.0.254 53 >/dev/null
	serve host tcp 10.1.0.254 53 >/dev/null
	serve host udp fd00:1::ff 547 >/dev/null
	serve host tcp 10.1.0.254 80 >/dev/null
	topology
}

topology()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan:
	    mode: ${MODE:-nat}
	    addresses: [10.1.0.254/24, "fd00:1::ff/64"]
	    dhcp: true
	EOF
}

served()
{
	eq 10.1.0.254 "$(ask g udp 10.1.0.254 67 | cut -d' ' -f1)" "DHCP"
	eq 10.1.0.254 "$(ask g udp 10.1.0.254 53 | cut -d' ' -f1)" "DNS"
	eq 10.1.0.254 "$(ask g tcp 10.1.0.254 53 | cut -d' ' -f1)" "DNS by TCP"
	eq fd00:1::ff "$(ask g udp fd00:1::ff 547 | cut -d' ' -f1)" "DHCPv6"
	no_answer g tcp 10.1.0.254 80
}

not_served()
{
	no_answer g udp 10.1.0.254 67
	no_answer g tcp 10.1.0.254 53
}

# around LIST-COMMAND: applied and destroyed, the list is as before, and served meanwhile.
around()
{
	"$@" >before
	not_served
	"$RULESET" lab.yaml >applied
	served
	eq "" "$("$RULESET" lab.yaml)" "a second time"
	"$RULESET" lab.yaml destroy >/dev/null
	"$@" | diff before -
	not_served
}

list_others()
{
	nft list ruleset
}

policy_drop()
{
	world
	nft 'table inet filter {
		chain input {
			type filter hook input priority 0; policy drop;
			iifname "lo" accept
			ct state established accept comment "the admin'"'"'s"
			tcp dport 22 accept
		}
		chain forward { type filter hook forward priority 0; policy accept; }
		chain other { tcp dport 80 drop; }
	}'
	around nft -a list table inet filter
	eq 7 "$(grep -c '^add rule inet filter input iifname "lan" .* accept comment "netd:lab/lan ' \
		applied)" "rules"
}

last_rule_drops()
{
	world
	nft 'table inet fw {
		chain in {
			type filter hook input priority 10;
			ct state invalid drop
			ct state established accept
			counter reject with icmpx admin-prohibited
		}
	}'
	# counters count; and the handle is part of what must stay
	around eval 'nft -a list table inet fw | sed "s/packets [0-9]* bytes [0-9]*//"'
	match 'insert rule inet fw in handle ' "$(<applied)"
}

# A chain that logs and drops, as people have it; and one that only looks like it.
jumps()
{
	world
	nft 'table inet fw {
		chain looks { meta mark 5 accept; drop; }
		chain logdrop { limit rate 1/second log prefix "no: "; counter; drop; }
		chain service { tcp dport 22 accept; }
		chain in {
			type filter hook input priority 10;
			ct state established accept
			jump service
			counter jump logdrop
		}
	}'
	around eval 'nft -a list table inet fw | sed "s/packets [0-9]* bytes [0-9]*//"'
	eq 7 "$(grep -c "^insert rule inet fw in handle $(nft -a list chain inet fw in |
		sed -n 's/.*jump logdrop # handle //p') " applied)"
	nft 'flush chain inet fw in; add rule inet fw in jump looks'
	refused grep 'rule inet fw' <("$RULESET" lab.yaml)
	nft 'flush chain inet fw in; add rule inet fw in ip saddr 10.1.0.1 goto logdrop'
	refused grep 'rule inet fw' <("$RULESET" lab.yaml)
	nft 'add rule inet fw in goto logdrop'
	match 'insert rule inet fw in' "$("$RULESET" lab.yaml)"
	nft 'insert rule inet fw in jump logdrop'
	eq 7 "$("$RULESET" lab.yaml | grep -c 'delete rule inet fw in')"
	eq "" "$("$RULESET" lab.yaml)"
}

jumps_of_iptables()
{
	need iptables
	world
	iptables-nft -N LOGDROP
	iptables-nft -A LOGDROP -m limit --limit 1/s -j LOG --log-prefix "no: "
	iptables-nft -A LOGDROP -j DROP
	iptables-nft -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
	iptables-nft -A INPUT -j LOGDROP
	iptables-nft -S >before
	no_answer g udp 10.1.0.254 67
	"$RULESET" lab.yaml >/dev/null
	served
	"$RULESET" lab.yaml destroy >/dev/null
	iptables-nft -S | diff before -
}

two_chains()
{
	world
	nft 'table ip a { chain i { type filter hook input priority -5; policy drop; }; }
	     table ip6 b { chain i { type filter hook input priority -5; policy drop; }; }
	     table inet c { chain i { type filter hook input priority 5; drop; }; }
	     table inet d { chain i { type filter hook input priority 6; }; }
	     table inet e { chain o { type filter hook output priority 6; policy accept; }; }'
	around nft list ruleset
	no_match 'rule inet [de] ' "$(<applied)"
	refused grep -E 'rule ip a .*(icmpv6|547)|rule ip6 b .*dport 67' applied
}

of_iptables()
{
	local tool

	need iptables
	world
	for tool in iptables-nft ip6tables-nft; do
		"$tool" -P INPUT DROP
		"$tool" -A INPUT -i lo -j ACCEPT
		"$tool" -A INPUT -m conntrack --ctstate ESTABLISHED -m comment --comment "x y" -j ACCEPT
		"$tool" -A INPUT -j REJECT
	done
	both() { iptables-nft -S && iptables-nft-save && ip6tables-nft -S && ip6tables-nft-save; }
	around eval 'both | grep -v ^#'
	"$RULESET" lab.yaml >/dev/null
	both >listed
	match '-A INPUT -i lan -p udp -m udp --dport 67 -m comment --comment "netd:lab/lan dhcp" -j ACCEPT' \
		"$(<listed)"
	match '-A INPUT -i lan -p ipv6-icmp -m icmp6 --icmpv6-type 135 .* -j ACCEPT' "$(<listed)"
	iptables-nft -C INPUT -i lan -p udp -m udp --dport 53 -m comment \
		--comment "netd:lab/lan dns" -j ACCEPT
	iptables-nft-save | iptables-nft-restore
	served
	"$RULESET" lab.yaml >/dev/null
	served
}

flushed()
{
	world
	nft 'table inet f { chain i { type filter hook input priority 0; policy drop; }; }'
	"$RULESET" lab.yaml >/dev/null
	served
	nft flush chain inet f i
	no_answer g udp 10.1.0.254 67
	match 'add rule inet f i iifname "lan" udp dport 67' "$("$RULESET" lab.yaml)"
	served
	nft insert rule inet f i drop
	match 'insert rule inet f i handle' "$("$RULESET" lab.yaml)"
	served
	eq 7 "$(nft list chain inet f i | grep -c netd:)" "none is left behind the drop"
	nft 'delete table inet f'
	eq "" "$("$RULESET" lab.yaml)"
	nft 'table inet f { chain i { type filter hook input priority 0; policy drop; }; }'
	"$RULESET" lab.yaml >/dev/null
	nft 'chain inet f i { policy accept; }'
	match 'delete rule inet f i handle' "$("$RULESET" lab.yaml)"
	no_match netd: "$(nft list chain inet f i)"
}

edited()
{
	local handle

	world
	nft 'table inet f { chain i { type filter hook input priority 0; policy drop; }; }'
	"$RULESET" lab.yaml >/dev/null
	nft list chain inet f i >whole
	handle=$(nft -a list chain inet f i | sed -n '/dport 67/s/.*handle //p')
	nft "replace rule inet f i handle $handle accept comment \"netd:lab/lan dhcp\""
	nft add rule inet f i iifname '"x"' accept comment '"netd:lab/old dns"'
	nft add rule inet f i iifname '"x"' accept comment '"netd:other/old dns"'
	"$RULESET" lab.yaml >/dev/null
	diff <(sort whole) <(nft list chain inet f i | grep -v netd:other | sort)
	match netd:other "$(nft list chain inet f i)"
	sed -i 's/dhcp: true/dns: true/' lab.yaml
	"$RULESET" lab.yaml >/dev/null
	no_match 'dport (67|547)' "$(nft list chain inet f i)"
	match 'dport 53' "$(nft list chain inet f i)"
}

# An owner that lives as long as the test: nft in interactive mode.
owned()
{
	local said

	world
	mkfifo commands
	nft -i <commands >/dev/null 2>&1 &
	exec 7>commands
	echo 'add table inet own { flags owner; chain i { type filter hook input priority 0; policy drop; }; }' >&7
	wait_for 5 eval 'nft list tables | grep -q own'
	case $(nft list table inet own) in *"flags owner"*) ;; *) t_skip "no owned tables in this kernel" ;; esac
	said=$("$RULESET" lab.yaml)
	match 'note: chain inet own i drops what guests of lan ask' "$said"
	match 'note:' "$("$RULESET" lab.yaml)"
	no_match netd "$(nft list table inet own)"
	"$RULESET" lab.yaml destroy >/dev/null
	ip link del lan
	sed -i 's/dhcp: true/dns: {forwarders: none}/; s/10\.1\./10.2./; s/fd00:1:/fd00:2:/' lab.yaml
	if command -v dnsmasq >/dev/null; then
		match 'note: chain inet own i drops' "$(netdctl apply lab.yaml 2>&1)"
		netdctl plan -q lab.yaml 2>/dev/null
		match 'chain inet own i drops' "$(netdctl status 2>&1)"
	fi
	exec 7>&-
}

# Others' rules about what comes in are asked for only where something is served.
costs_nothing()
{
	need nft command:strace
	topology
	nft 'table inet f { chain i { type filter hook input priority 0; policy drop; }; }'
	export ASAN_OPTIONS=detect_leaks=0 # it uses ptrace itself
	strace -o with -e trace=sendmsg "$RULESET" lab.yaml >/dev/null
	match netd: "$(nft list table inet f)"
	"$RULESET" lab.yaml destroy >/dev/null
	sed -i /dhcp/d lab.yaml
	strace -o without -e trace=sendmsg "$RULESET" lab.yaml >/dev/null
	no_match netd: "$(nft list table inet f)"
	# twice, before and after the commit: the rules of one chain, and its table
	eq 4 "$(($(grep -c sendmsg with) - $(grep -c sendmsg without)))"
}

isolated()
{
	world
	MODE=isolated topology
	nft 'table inet f { chain i { type filter hook input priority 0; policy drop; }; }'
	"$RULESET" lab.yaml >/dev/null
	served
}

# S8's last clause: the host's own policy is drop for everything else.
by_netdctl()
{
	need bridge veth nft nft_nat command:dnsmasq command:busybox
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan:
	    mode: nat
	    addresses: [10.1.0.1/24, "fd00:1::1/64"]
	    dhcp: {range: [10.1.0.50-10.1.0.60, "fd00:1::1000-fd00:1::1fff"]}
	    dns: {records: {gw: 10.1.0.1}}
	EOF
	nft 'table inet filter {
		chain input {
			type filter hook input priority 0; policy drop;
			iifname "lo" accept
			ct state established,related accept
		}
	}'
	nft -a list ruleset >before
	match '7 accept rules into others. input chains' "$(netdctl plan lab.yaml || :)"
	netdctl apply lab.yaml
	netdctl plan -q lab.yaml
	guest_ns g lan -
	dhcp_ns g
	resolves g gw 10.1.0.1
	no_ping g 10.1.0.1
	dhcp6_ns g
	resolves g gw 10.1.0.1 fd00:1::1
	nft flush chain inet filter input
	fails 3 netdctl plan lab.yaml
	no_dhcp_ns g
	netdctl apply lab.yaml
	dhcp_ns g
	nft 'add rule inet filter input iifname "lo" accept
	     add rule inet filter input ct state established,related accept'
	netdctl destroy lab
	nft list ruleset | diff <(sed 's/ # handle.*//' before) -
}

# A router that serves, and somebody's firewall inside it.
in_a_router()
{
	need bridge veth nft command:dnsmasq command:busybox
	cat >lab.yaml <<-EOF
	name: lab
	networks: {lan: {}}
	routers:
	  r1:
	    interfaces:
	      lan: {addresses: [10.1.0.1/24], dhcp: {range: 10.1.0.50-10.1.0.60}, dns: true}
	EOF
	netdctl apply lab.yaml
	guest_ns g lan -
	dhcp_ns g
	on r1 nft 'table inet f { chain i { type filter hook input priority 0; policy drop; }; }'
	on r1 nft list table inet f >before
	no_dhcp_ns g
	fails 3 netdctl plan lab.yaml
	netdctl apply lab.yaml
	dhcp_ns g
	netdctl plan -q lab.yaml
	# the router stays, and serves no more
	sed -i 's/, dhcp: .*dns: true//' lab.yaml
	netdctl apply lab.yaml
	on r1 nft list table inet f | diff before -
}

t_fresh "a policy of drop" policy_drop
t_fresh "a last rule that drops" last_rule_drops
t_fresh "a last rule that goes to a chain that drops" jumps
t_fresh "the same of iptables" jumps_of_iptables
t_fresh "several chains, of all families" two_chains
t_fresh "iptables reads its table, and restores it, with our rules in it" of_iptables
t_fresh "flushed or changed chains" flushed
t_fresh "rules of ours that were edited, or are not needed" edited
t_fresh "a table that has an owner" owned
t_fresh "an isolated network" isolated
t_fresh "netdctl: guests get their addresses and names, and nothing is left" by_netdctl
t_fresh "the same in a router" in_a_router
t_fresh "nothing is asked about what comes in where nothing is served" costs_nothing
t_done
