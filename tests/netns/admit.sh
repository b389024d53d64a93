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

# own NS [RULES]: table own with chain i, which drops the rest, and an owner that lives as
# long as the test: nft in interactive mode, which reads descriptor 7.
own()
{
	mkfifo commands
	on "$1" nft -i <commands >/dev/null 2>&1 &
	exec 7>commands
	echo "add table inet own { flags owner; chain i { type filter hook input priority 0; policy drop; ${2:-}}; }" >&7
	wait_for 5 on "$1" nft list table inet own
	case $(on "$1" nft list table inet own) in *"flags owner"*) ;; *) t_skip "no owned tables in this kernel" ;; esac
}

owned()
{
	local said

	world
	own host
	eq "" "$("$RULESET" lab.yaml | grep 'rule inet own')"
	no_match netd "$(nft list table inet own)"
	"$RULESET" lab.yaml destroy >/dev/null
	ip link del lan
	sed -i 's/dhcp: true/dns: {forwarders: none}/; s/10\.1\./10.2./; s/fd00:1:/fd00:2:/' lab.yaml
	if command -v dnsmasq >/dev/null; then
		said=$(netdctl apply lab.yaml 2>&1)
		match 'note: chain inet own i \(hook input, priority 0\) drops, by its policy: DNS from network lan;' "$said"
		match 'accept udp dport 53, tcp dport 53, icmpv6 type nd-neighbor-solicit, .* from interface lan' "$said"
		netdctl plan -q lab.yaml 2>/dev/null
		match 'chain inet own i .* drops' "$(netdctl status 2>&1)"
	fi
	exec 7>&-
}

# Others' rules about what comes in are asked for only where something is served.
costs_nothing()
{
	need nft command:strace
	topology
	nft 'table inet f { chain i { type filter hook input priority 0; policy drop; }; }'
	no_leak_search # it uses ptrace itself
	strace -o with -e trace=sendmsg "$RULESET" lab.yaml >/dev/null
	match netd: "$(nft list table inet f)"
	"$RULESET" lab.yaml destroy >/dev/null
	sed -i '/dhcp/d; s/, "fd.*64"//' lab.yaml
	strace -o without -e trace=sendmsg "$RULESET" lab.yaml >/dev/null
	no_match netd: "$(nft list table inet f)"
	# twice, before and after the commit: the rules of one chain, its table, and all
	# rules and sets of that
	eq 8 "$(($(grep -c sendmsg with) - $(grep -c sendmsg without)))"
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

# A network that serves, and a guest that has asked for nothing yet.
serving()
{
	need bridge veth nft nft_nat command:dnsmasq command:busybox
	bridged_frames 0
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan:
	    mode: isolated
	    addresses: [10.1.0.1/24, "fd00:1::1/64"]
	    dhcp: {range: [10.1.0.50-10.1.0.60, "fd00:1::1000-fd00:1::1fff"]}
	    dns: {records: {gw: 10.1.0.1}}
	EOF
}

# What status says of others' chains, and what it tells to do about them.
said()
{
	netdctl status 2>/dev/null | grep -A1 '^note: lab: chain' || :
}

told_to_do()
{
	said | grep '^ ' | grep -o '`[^`]*`' | tr -d '`'
}

gets_all()
{
	[ -e /run/netns/g ] || guest_ns g lan -
	dhcp_ns g
	resolves g gw 10.1.0.1
	dhcp6_ns g
	eq "" "$(said)" "notes"
	netdctl plan -q lab.yaml
}

# fixed_as_told TEXT: a guest gets nothing, status says TEXT and what helps.
fixed_as_told()
{
	match "$1" "$(netdctl apply lab.yaml 2>&1)"
	match "$1" "$(said)"
	guest_ns g lan -
	no_dhcp_ns g
	told_to_do >commands
	cat commands
	bash -eu commands
	gets_all
}

# firewalld's shape, by somebody else: a jump that never comes back.
dispatch()
{
	serving
	nft -f - <<-'EOF'
	table inet walls {
		chain rest { tcp dport 22 accept; meta l4proto ipv6-icmp accept; reject with icmpx admin-prohibited; }
		chain zones { iifname "eth0" goto rest; goto rest; }
		chain in {
			type filter hook input priority 10;
			ct state { established, related } accept
			ct state invalid drop
			jump zones
			reject with icmpx admin-prohibited
		}
	}
	EOF
	fixed_as_told 'note: .*chain inet walls in \(hook input, priority 10\) drops, by its rule with handle [0-9]+ in chain rest: DHCP from network lan \(IPv4\); DNS from network lan; DNS by TCP from network lan; DHCPv6 from network lan \(IPv6\)'
	eq 4 "$(grep -c '^nft insert rule inet walls in iifname "lan" [a-z]* dport [0-9]* accept$' commands)"
}

# firewalld writes its own tables anew: nothing is put into them.
firewalld()
{
	serving
	nft -f - <<-'EOF'
	table inet firewalld {
		chain filter_IN_public_allow { tcp dport 22 accept; ip6 daddr fe80::/64 udp dport 546 accept; }
		chain filter_IN_public {
			jump filter_IN_public_allow
			meta l4proto { icmp, ipv6-icmp } accept
			reject with icmpx admin-prohibited
		}
		chain filter_INPUT_ZONES { goto filter_IN_public; }
		chain filter_INPUT {
			type filter hook input priority 10;
			ct state { established, related } accept
			ct status dnat accept
			iifname "lo" accept
			ct state invalid drop
			jump filter_INPUT_ZONES
			reject with icmpx admin-prohibited
		}
	}
	EOF
	nft -a list table inet firewalld >before
	netdctl apply lab.yaml
	nft -a list table inet firewalld | diff before -
	eq 'firewall-cmd --permanent --new-zone=n-lan
firewall-cmd --permanent --zone=n-lan --change-interface=lan
firewall-cmd --permanent --zone=n-lan --add-service=dhcp
firewall-cmd --permanent --zone=n-lan --add-service=dns
firewall-cmd --permanent --zone=n-lan --add-service=dhcpv6
firewall-cmd --reload' "$(told_to_do)"
	# as it makes them then, but for DNS
	nft -f - <<-'EOF'
	table inet firewalld {
		chain filter_IN_n-lan {
			udp dport { 67, 547 } accept
			meta l4proto { icmp, ipv6-icmp } accept
			reject with icmpx admin-prohibited
		}
	}
	insert rule inet firewalld filter_INPUT_ZONES iifname "lan" goto filter_IN_n-lan
	EOF
	eq 'firewall-cmd --permanent --zone=n-lan --change-interface=lan
firewall-cmd --permanent --zone=n-lan --add-service=dns
firewall-cmd --reload' "$(told_to_do)"
	nft insert rule inet firewalld filter_IN_n-lan meta l4proto '{ tcp, udp }' th dport 53 accept
	gets_all
	nft 'table inet firewalld_policy_drop {
		chain raw_prerouting { type filter hook prerouting priority -291; policy drop; }
		chain raw_output { type filter hook output priority -291; policy drop; }
	}'
	no_dhcp_ns g
	netdctl plan -q lab.yaml
	eq 'firewall-cmd --panic-off' "$(told_to_do)"
	match 'raw_output .* answers to DHCP' "$(said)"
}

# ufw's own rules behind those of its user; its user's stand.
ufw()
{
	need iptables
	serving
	local tool six=
	for tool in iptables-nft ip6tables-nft; do
		"$tool-restore" <<-EOF
		*filter
		:INPUT DROP [0:0]
		:ufw$six-before-input - [0:0]
		:ufw$six-after-input - [0:0]
		:ufw$six-user-input - [0:0]
		:ufw$six-skip-to-policy-input - [0:0]
		-A INPUT -j ufw$six-before-input
		-A INPUT -j ufw$six-after-input
		-A ufw$six-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
		-A ufw$six-before-input -p udp -m udp --dport 546 -j ACCEPT
		-A ufw$six-before-input -j ufw$six-user-input
		-A ufw$six-after-input -p udp -m udp --dport 67 -j ufw$six-skip-to-policy-input
		-A ufw$six-after-input -p udp -m udp --dport 547 -j ufw$six-skip-to-policy-input
		-A ufw$six-skip-to-policy-input -j DROP
		COMMIT
		EOF
		six=6
	done
	netdctl apply lab.yaml
	gets_all
	iptables-nft -A ufw-user-input -i lan -p udp --dport 67 -j DROP
	no_dhcp_ns g
	netdctl plan -q lab.yaml
	match 'chain ip filter INPUT .* in chain ufw-user-input: DHCP from network lan' "$(said)"
	eq 'ufw prepend allow in on lan to any port 67 proto udp
ufw allow in on lan to any port 67 proto udp' "$(told_to_do)"
}

# Rules about what is served, in front of where ours go; policies without any.
by_name()
{
	need iptables
	serving
	iptables-nft -A INPUT -p udp --dport 67 -j DROP
	ip6tables-nft -A INPUT -i lan -p udp --dport 547 -j REJECT
	ip6tables-nft -P INPUT DROP
	fixed_as_told 'chain ip filter INPUT \(hook input, priority 0\) drops, by its rule with handle [0-9]+: DHCP from network lan'
	eq 'iptables -I INPUT -i lan -p udp --dport 67 -j ACCEPT
ip6tables -I INPUT -i lan -p udp --dport 547 -j ACCEPT' "$(<commands)"
}

# What the host sends back.
answers()
{
	serving
	nft 'table inet f { chain o { type filter hook output priority -5; policy drop; ct state established accept; }; }'
	fixed_as_told 'chain inet f o \(hook output, priority -5\) drops, by its policy: answers to DHCP from network lan \(IPv4\); answers to DHCPv6'
	eq 'nft insert rule inet f o oifname "lan" accept' "$(<commands)"
}

before_routing()
{
	serving
	nft 'table inet f { chain p { type filter hook prerouting priority -310; iifname "lan" meta l4proto { tcp, udp } drop; }; }'
	fixed_as_told 'chain inet f p \(hook prerouting, priority -310\) drops, by its rule with handle [0-9]+: DHCP'
}

frames()
{
	need nft_bridge
	serving
	nft 'table bridge f { chain i { type filter hook input priority 0; policy drop; ether type arp accept; }; }'
	netdctl apply lab.yaml
	guest_ns g lan -
	no_dhcp_ns g
	match 'chain bridge f i \(hook input, priority 0\) drops, by its policy: DHCP from network lan' "$(said)"
	match 'nft insert rule bridge f i meta ibrname "lan" udp dport 67 accept' "$(told_to_do)"
}

# Rules that nf_tables does not show: a policy, a rule behind a jump, an answer.
legacy()
{
	need iptables_legacy
	serving
	iptables-legacy -P INPUT DROP
	iptables-legacy -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
	iptables-legacy -A INPUT -p udp -m udp --dport 5353 -j ACCEPT
	ip6tables-legacy -N guests
	ip6tables-legacy -A INPUT -i lan+
	ip6tables-legacy -A INPUT -s fe80::/10 -p tcp -j RETURN
	ip6tables-legacy -A INPUT ! -i eth0 -g guests
	ip6tables-legacy -A guests -p ipv6-icmp -m icmp6 --icmpv6-type neighbour-solicitation -j ACCEPT
	ip6tables-legacy -A guests -p ipv6-icmp -m icmp6 --icmpv6-type neighbour-advertisement -j ACCEPT
	ip6tables-legacy -A guests -p udp --dport 53 -j ACCEPT
	ip6tables-legacy -A guests -j REJECT
	iptables-legacy-save >before
	fixed_as_told 'note: .*chain iptables-legacy filter INPUT \(hook input, priority 0\) drops, by its policy: DHCP from network lan; DNS from network lan; DNS by TCP from network lan
.*
.*chain ip6tables-legacy filter INPUT \(hook input, priority 0\) drops, by its rule number 4 in chain guests: DNS by TCP from network lan; DHCPv6 from network lan; router solicitations from network lan'
	eq 'iptables-legacy -I INPUT -i lan -p udp --dport 67 -j ACCEPT
iptables-legacy -I INPUT -i lan -p udp --dport 53 -j ACCEPT
iptables-legacy -I INPUT -i lan -p tcp --dport 53 -j ACCEPT
ip6tables-legacy -I INPUT -i lan -p tcp --dport 53 -j ACCEPT
ip6tables-legacy -I INPUT -i lan -p udp --dport 547 -j ACCEPT
ip6tables-legacy -I INPUT -i lan -p icmpv6 --icmpv6-type 133 -j ACCEPT' "$(<commands)"
	iptables-legacy -A OUTPUT -o lan -p udp --sport 53 -j DROP
	match 'chain iptables-legacy filter OUTPUT .* by its rule number 1: answers to DNS from' "$(said)"
	told_to_do >commands
	bash -eu commands
	gets_all
	# a table of its own by that name is another one
	iptables-legacy -t raw -A PREROUTING -i lan -p udp -j DROP
	nft 'table ip raw { chain PREROUTING { type filter hook prerouting priority -300; }; }'
	match 'chain iptables-legacy raw PREROUTING .* by its rule number 1: DHCP' "$(said)"
	told_to_do >commands
	match '^iptables-legacy -t raw -I PREROUTING -i lan -p udp --dport 67 -j ACCEPT' "$(<commands)"
	bash -eu commands
	gets_all
}

legacy_in_a_router()
{
	need iptables_legacy
	router
	on r1 iptables-legacy -P INPUT DROP
	on r1 iptables-legacy -A INPUT -p tcp --dport 22 -j ACCEPT
	eq "" "$(iptables-legacy-save | grep -v '^#')"
	fixed_as_told 'chain iptables-legacy filter INPUT \(hook input, priority 0\) in router r1 drops, by its policy: DHCP from interface lan'
	match '^netdctl router exec r1 -- iptables-legacy -I INPUT -i lan -p udp --dport 67 -j ACCEPT
' "$(<commands)"
}

# What may pass, or is about others, is not spoken of.
quiet()
{
	serving
	nft -f - <<-'EOF'
	table inet f {
		set bad { type ipv4_addr; flags dynamic, timeout; timeout 1m; }
		chain i {
			type filter hook input priority 0; policy accept;
			iifname "eth0" drop
			ip saddr @bad drop
			udp dport 67 limit rate over 100/second drop
			udp dport 5353 drop
			iifname != "lan" udp dport { 53, 67 } drop
			icmpv6 type nd-redirect drop
			fib saddr . iif oif missing meta mark 5 drop
		}
		chain o { type filter hook output priority 0; policy accept; icmpv6 type nd-redirect drop; }
	}
	EOF
	netdctl apply lab.yaml
	gets_all
}

# Nothing of IPv6 goes without neighbour discovery, whatever is served.
discovery()
{
	need bridge veth nft nft_nat
	bridged_frames 0
	cat >lab.yaml <<-EOF
	name: lab
	networks: {lan: {addresses: ["fd00:1::1/64"]}}
	EOF
	nft 'table inet f {
		chain i {
			type filter hook input priority 0; policy drop;
			ct state established,related accept
			ct status dnat accept
			icmpv6 type { echo-request, echo-reply } accept
		}
		chain o { type filter hook output priority 0; policy accept; ct state invalid drop; }
	}'
	nft list ruleset >before
	netdctl apply lab.yaml
	eq 'netd:lab/lan ns netd:lab/lan na' "$(nft list table inet f | grep -o 'netd:[^"]*' | xargs)"
	guest_ns g lan - - fd00:1::2/64
	pings g fd00:1::1
	pings host fd00:1::2
	eq "" "$(said)"
	# behind a drop of others, and as an answer
	nft insert rule inet f i meta l4proto ipv6-icmp icmpv6 type '!=' echo-request drop
	nft insert rule inet f i ct state vmap '{ established : accept, related : accept, invalid : drop }'
	ip -n g -6 neigh flush dev eth0
	no_pings g fd00:1::1
	match 'chain inet f i .* drops, by its rule with handle [0-9]+: neighbor solicitations from network lan; neighbor advertisements from network lan' "$(said)"
	told_to_do >commands
	eq 'nft insert rule inet f i iifname "lan" icmpv6 type nd-neighbor-solicit accept
nft insert rule inet f i iifname "lan" icmpv6 type nd-neighbor-advert accept' "$(<commands)"
	bash -eu commands
	wait_for 10 on g ping -c 1 -W 1 fd00:1::1
	nft add rule inet f o oifname '"lan"' icmpv6 type nd-neighbor-advert reject
	ip -n g -6 neigh flush dev eth0
	no_pings g fd00:1::1
	match 'chain inet f o .*: answers to neighbor solicitations from network lan$' "$(said | head -n 1)"
	told_to_do >commands
	bash -eu commands
	wait_for 10 on g ping -c 1 -W 1 fd00:1::1
	eq "" "$(said)"
	nft delete table inet f
	nft -f before
	netdctl apply lab.yaml
	netdctl plan -q lab.yaml
	netdctl destroy lab
	nft list ruleset | diff before -
	# nothing of that where there is no IPv6
	sed -i 's/"fd00.*64"/10.1.0.1\/24/' lab.yaml
	netdctl apply lab.yaml
	no_match netd: "$(nft list table inet f)"
}

no_pings()
{
	refused on "$1" ping -c 1 -W 2 "$2"
}

# A router that serves; a guest of its network.
router()
{
	need bridge veth nft nft_nat command:dnsmasq command:busybox
	cat >lab.yaml <<-EOF
	name: lab
	networks: {lan: {}, wan: {mode: nat, addresses: [10.9.0.1/24]}}
	routers:
	  r1:
	    interfaces:
	      lan:
	        addresses: [10.1.0.1/24, "fd00:1::1/64"]
	        dhcp: {range: [10.1.0.50-10.1.0.60, "fd00:1::1000-fd00:1::1fff"]}
	        dns: {records: {gw: 10.1.0.1}}
	      wan: {addresses: [10.9.0.2/24]}
	    routes: [{to: default, via: 10.9.0.1}]
	    nat: {out: wan}
	EOF
	netdctl apply lab.yaml
}

# Somebody's firewall inside it.
in_a_router()
{
	router
	guest_ns g lan -
	dhcp_ns g
	on r1 nft 'table inet f { chain i { type filter hook input priority 0; policy drop; ct state established accept; }; }'
	on r1 nft list table inet f >before
	no_dhcp_ns g
	fails 3 netdctl plan lab.yaml
	netdctl apply lab.yaml
	gets_all
	# the router stays, and serves no more; it still has an IPv6 address
	sed -i '/dhcp:/d; /dns:/d' lab.yaml
	netdctl apply lab.yaml
	eq 'netd:lab/r1 ns netd:lab/r1 na' "$(on r1 nft list table inet f | grep -o 'netd:[^"]*' | xargs)"
	netdctl plan -q lab.yaml
	# without rules of netd's, it is not looked at
	sed -i '/nat: {out/d' lab.yaml
	netdctl apply lab.yaml
	on r1 nft list table inet f | diff before -
}

# What is put there is not reached: a jump that never comes back, and DHCP itself.
stuck_in_a_router()
{
	router
	on r1 nft -f - <<-'EOF'
	table inet walls {
		chain rest { tcp dport 22 accept; meta l4proto ipv6-icmp accept; reject with icmpx admin-prohibited; }
		chain zones { iifname "wan" goto rest; goto rest; }
		chain in {
			type filter hook input priority 10;
			ct state { established, related } accept
			jump zones
			reject with icmpx admin-prohibited
		}
		chain out {
			type filter hook output priority -5;
			ct state established accept
			oifname "lan" udp sport { 67, 547 } drop
		}
	}
	EOF
	fixed_as_told 'note: .*chain inet walls in \(hook input, priority 10\) in router r1 drops, by its rule with handle [0-9]+ in chain rest: DHCP from interface lan \(IPv4\); DNS from interface lan; DNS by TCP from interface lan; DHCPv6 from interface lan \(IPv6\)'
	eq 4 "$(grep -c '^netdctl router exec r1 -- nft insert rule inet walls in iifname "lan" [a-z]* dport [0-9]* accept$' commands)"
	eq 'netdctl router exec r1 -- nft insert rule inet walls out oifname "lan" accept' "$(tail -n 1 commands)"
	netdctl router exec r1 -- nft flush ruleset
	# firewalld's own commands would change the host
	netdctl apply lab.yaml
	on r1 nft 'table inet firewalld { chain filter_INPUT { type filter hook input priority 10; ct state established accept; drop; }; }'
	match 'in router r1 drops' "$(said)"
	match 'let whoever made it accept udp dport 67, udp dport 53, .* from interface lan' "$(said)"
	eq "" "$(told_to_do)"
}

# Its rules let all pass that a guest needs; its policy does not matter then.
owned_in_a_router()
{
	router
	own r1 'ct state established accept; meta l4proto { icmp, ipv6-icmp } accept; iifname "lan" udp dport { 53, 67, 547 } accept; iifname "lan" tcp dport 53 accept; '
	no_match drops "$(netdctl apply lab.yaml 2>&1)"
	gets_all
	# it does for what is not
	echo 'flush chain inet own i' >&7
	echo 'add rule inet own i iifname "lan" udp dport { 67, 547 } accept' >&7
	echo 'add rule inet own i meta l4proto ipv6-icmp accept' >&7
	wait_for 5 eval '! on r1 nft list chain inet own i | grep -q established; on r1 nft list chain inet own i | grep -q icmp'
	match 'chain inet own i \(hook input, priority 0\) in router r1 drops, by its policy: DNS from interface lan; DNS by TCP from interface lan$' "$(said | head -n 1)"
	match 'its table can be changed by its owner only: let whoever made it accept udp dport 53, tcp dport 53 from interface lan' "$(said)"
	dhcp_ns g
	exec 7>&-
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
t_fresh "chains in a router that are not helped by that" stuck_in_a_router
t_fresh "a table in a router that has an owner" owned_in_a_router
t_fresh "neighbour discovery, where nothing is served" discovery
t_fresh "a jump that never comes back" dispatch
t_fresh "firewalld: its table is its own" firewalld
t_fresh "ufw: its own rules, and its user's" ufw
t_fresh "rules about DHCP itself" by_name
t_fresh "what the host answers" answers
t_fresh "before routing" before_routing
t_fresh "frames to the bridge" frames
t_fresh "iptables-legacy" legacy
t_fresh "iptables-legacy in a router" legacy_in_a_router
t_fresh "what may come in is not spoken of" quiet
t_fresh "nothing is asked about what comes in where nothing is served" costs_nothing
t_done
