#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Somebody else's chains that drop what passes: netd says which, and what to do about it.
. "$(dirname "$0")/../lib/netns.sh"

# world [MODE]: a network with two machines, and a forward to the first of them.
world()
{
	need bridge veth nft nft_nat
	bridged_frames "${FRAMES:-0}"
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	[ "${1:-nat}" = nat ] || ip -n outside route add 10.1.0.0/24 via 172.16.5.40
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan:
	    mode: ${1:-nat}
	    addresses: [10.1.0.254/24]
	    forwards: [{listen: "172.16.5.40:8080", to: "10.1.0.1:80"}]
	EOF
}

machines()
{
	guest_ns a lan 10.1.0.1/24 10.1.0.254
	guest_ns b lan 10.1.0.2/24 10.1.0.254
	serve a tcp 10.1.0.1 80 >/dev/null
}

# What the host's own commands say; all of them must say the same.
notes()
{
	local planned said json

	planned=$(netdctl plan lab.yaml 2>&1 >/dev/null | grep -E '^(note:|  )' || :)
	said=$(netdctl status 2>/dev/null | grep -A1 '^note: lab: ' |
		sed '/^--$/d; s/^note: lab: /note: /' || :)
	eq "$planned" "$said" "plan and status"
	json=$(netdctl status --json 2>/dev/null | grep -c '"chain ' || :)
	eq "$(grep -c '^note: ' <<<"$said")" "$json" "notes in JSON"
	printf '%s\n' "$said"
}

# What the notes tell to do, one command per line.
told_to_do()
{
	notes | grep '^ ' | grep -o '`[^`]*`' | tr -d '`'
}

# as_told: does it.
as_told()
{
	told_to_do >commands
	cat commands
	[ -s commands ] || fail "nothing was told"
	bash -eu commands
}

passes()
{
	eq 172.16.5.40 "$(ask a tcp "$T_INTERNET4" 80 | cut -d' ' -f3)" "to the outside"
	eq 10.1.0.1 "$(ask outside tcp 172.16.5.40 8080 | cut -d' ' -f1)" "the forward"
}

stuck()
{
	no_answer a tcp "$T_INTERNET4" 80
	no_answer outside tcp 172.16.5.40 8080
}

quiet()
{
	eq "" "$(notes)" "notes"
}

# rules: all but ours, and but for how much was counted.
rules()
{
	nft -a list ruleset | sed 's/packets [0-9]* bytes [0-9]*//' |
		sed '/^table inet netd {/,/^}/d'
}

# The table stays as it is while topologies come and go.
untouched()
{
	rules >before
	netdctl destroy lab >/dev/null 2>&1
	rules | diff before -
	netdctl apply lab.yaml >/dev/null 2>&1
	rules | diff before -
}

# stuck_until_told WHO: applies, is stuck and says who drops, does as told, and passes.
stuck_until_told()
{
	rules >empty
	match "note: $1" "$(netdctl apply lab.yaml 2>&1 >/dev/null)"
	rules | diff empty -
	machines
	stuck
	match "^note: $1" "$(notes)"
	as_told
	passes
	quiet
	netdctl plan -q lab.yaml
	rules >before
	netdctl destroy lab >/dev/null
	rules | diff before -
}

policy()
{
	world
	nft -f - <<-'EOF'
	table inet filter {
		chain forward { type filter hook forward priority 0; policy drop; }
	}
	EOF
	stuck_until_told 'chain inet filter forward \(hook forward, priority 0\) drops, by its policy: TCP from network lan to the outside; the forward tcp 172\.16\.5\.40:8080 to 10\.1\.0\.1:80'
	eq 'nft insert rule inet filter forward iifname "lan" accept
nft insert rule inet filter forward oifname "lan" accept' "$(<commands)"
}

# What others have of their own passes; the rest is refused by a rule far behind.
rule()
{
	world
	nft -f - <<-'EOF'
	table inet fw {
		set inside { type ifname; elements = { "wg0", "vmbr0" }; }
		set bad { type ipv4_addr; flags interval; elements = { 192.0.2.0/24, 198.51.100.7 }; }
		map zones { type ifname : verdict; elements = { "wg0" : jump vpn }; }
		chain vpn { oifname "eth0" counter accept; }
		chain rest { counter name "seen"; log prefix "no: "; reject with icmpx admin-prohibited comment "no transit"; }
		counter seen { }
		chain through {
			type filter hook forward priority 10; policy accept;
			ip saddr @bad drop
			ct state vmap { established : accept, related : accept, invalid : drop }
			iifname @inside accept
			iifname vmap @zones
			iifname . oifname { "wg0" . "eth0", "eth0" . "wg0" } accept
			meta l4proto { icmp, ipv6-icmp } accept
			udp dport 53 accept
			iifname != "eth0" ip saddr { 10.9.0.0/16, 192.168.0.0-192.168.3.255 } accept
			meta nfproto ipv6 accept
			goto rest
		}
	}
	EOF
	stuck_until_told 'chain inet fw through \(hook forward, priority 10\) drops, by its rule with handle [0-9]+ in chain rest \("no transit"\): TCP from network lan to the outside; the forward '
	no_match 'established' "$(<commands)"
}

# In iptables' words: into DOCKER-USER where Docker is, and by state where answers are
# all that is missing.
docker()
{
	need iptables
	FRAMES=1 world
	iptables-nft-restore <<-'EOF'
	*raw
	:PREROUTING ACCEPT [0:0]
	-A PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP
	COMMIT
	*filter
	:INPUT ACCEPT [0:0]
	:FORWARD DROP [0:0]
	:OUTPUT ACCEPT [0:0]
	:DOCKER - [0:0]
	:DOCKER-BRIDGE - [0:0]
	:DOCKER-CT - [0:0]
	:DOCKER-FORWARD - [0:0]
	:DOCKER-INTERNAL - [0:0]
	:DOCKER-USER - [0:0]
	-A FORWARD -j DOCKER-USER
	-A FORWARD -j DOCKER-FORWARD
	-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
	-A DOCKER ! -i docker0 -o docker0 -j DROP
	-A DOCKER-BRIDGE -o docker0 -j DOCKER
	-A DOCKER-CT -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	-A DOCKER-FORWARD -j DOCKER-CT
	-A DOCKER-FORWARD -j DOCKER-INTERNAL
	-A DOCKER-FORWARD -j DOCKER-BRIDGE
	-A DOCKER-FORWARD -i docker0 -j ACCEPT
	COMMIT
	EOF
	stuck_until_told 'chain ip filter FORWARD \(hook forward, priority 0\) drops, by its policy: (TCP between machines of network lan; )?TCP from network lan to the outside; the forward '
	eq 'iptables -I DOCKER-USER -i lan -j ACCEPT
iptables -I DOCKER-USER -o lan -j ACCEPT' "$(<commands)"
	iptables-nft -S >/dev/null
	sed -i /forwards/d lab.yaml
	iptables-nft -F DOCKER-USER
	netdctl apply lab.yaml 2>&1 | grep -F 'iptables -I DOCKER-USER -i lan -j ACCEPT'
	as_told
	match 'ctstate RELATED,ESTABLISHED' "$(<commands)"
	quiet
}

docker_before()
{
	need iptables
	world
	iptables-nft -P FORWARD DROP
	iptables-nft -N DOCKER-USER
	iptables-nft -A DOCKER-USER -j RETURN
	iptables-nft -A FORWARD -j DOCKER-USER
	iptables-nft -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	iptables-nft -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
	iptables-nft -A FORWARD -i docker0 -o docker0 -j ACCEPT
	stuck_until_told 'chain ip filter FORWARD .* by its policy: TCP from network lan'
	match DOCKER-USER "$(<commands)"
}

# br_netfilter: machines of one bridge do not reach each other either.
frames()
{
	need iptables br_netfilter
	FRAMES=1 world
	sed -i '/forwards/d; s/nat$/isolated/' lab.yaml
	iptables-nft -P FORWARD DROP
	netdctl apply lab.yaml
	machines
	no_answer b tcp 10.1.0.1 80
	eq 'note: chain ip filter FORWARD (hook forward, priority 0) drops, by its policy: TCP between machines of network lan' "$(notes | head -n 1)"
	as_told
	eq 'iptables -I FORWARD -i lan -o lan -j ACCEPT' "$(<commands)"
	eq 10.1.0.1 "$(ask b tcp 10.1.0.1 80 | cut -d' ' -f1)"
	quiet
	# before routing nobody knows the way out
	iptables-nft -t raw -A PREROUTING -i lan -j DROP
	no_answer b tcp 10.1.0.1 80
	as_told
	eq 'iptables -t raw -I PREROUTING -i lan -j ACCEPT' "$(<commands)"
	eq 10.1.0.1 "$(ask b tcp 10.1.0.1 80 | cut -d' ' -f1)"
	quiet
	iptables-nft -t mangle -A POSTROUTING -o lan -j DROP
	no_answer b tcp 10.1.0.1 80
	as_told
	eq 'iptables -t mangle -I POSTROUTING -o lan -j ACCEPT' "$(<commands)"
	eq 10.1.0.1 "$(ask b tcp 10.1.0.1 80 | cut -d' ' -f1)"
	quiet
	iptables-nft -t raw -F PREROUTING
	iptables-nft -t mangle -F POSTROUTING
	iptables-nft -F FORWARD
	bridged_frames 0
	quiet
}

# A rule of iptables' own at its top, in front of what Docker's users may change.
iptables_rule()
{
	need iptables
	world
	iptables-nft -N DOCKER-USER
	iptables-nft -A FORWARD -p tcp -m comment --comment "closed by Ann" -j REJECT
	iptables-nft -A FORWARD -j DOCKER-USER
	stuck_until_told 'chain ip filter FORWARD .* by its rule with handle [0-9]+.*: TCP from network lan'
	match 'iptables -I FORWARD -i lan -j ACCEPT' "$(<commands)"
}

other_tables()
{
	need iptables
	world
	iptables-nft -t mangle -A POSTROUTING -o lan -p tcp -j DROP
	iptables-nft -t raw -A PREROUTING -i lan -m conntrack --ctstate NEW -j DROP
	iptables-nft -t raw -A PREROUTING -i lan -j DROP
	netdctl apply lab.yaml
	machines
	stuck
	match 'chain ip raw PREROUTING \(hook prerouting, priority -300\)' "$(notes)"
	match 'chain ip mangle POSTROUTING \(hook postrouting, priority -150\)' "$(notes)"
	as_told
	passes
	quiet
}

ufw_chains()
{
	iptables-nft-restore <<-'EOF'
	*filter
	:INPUT DROP [0:0]
	:FORWARD DROP [0:0]
	:OUTPUT ACCEPT [0:0]
	:ufw-after-forward - [0:0]
	:ufw-after-logging-forward - [0:0]
	:ufw-before-forward - [0:0]
	:ufw-before-logging-forward - [0:0]
	:ufw-reject-forward - [0:0]
	:ufw-track-forward - [0:0]
	:ufw-user-forward - [0:0]
	-A FORWARD -j ufw-before-logging-forward
	-A FORWARD -j ufw-before-forward
	-A FORWARD -j ufw-after-forward
	-A FORWARD -j ufw-after-logging-forward
	-A FORWARD -j ufw-reject-forward
	-A FORWARD -j ufw-track-forward
	-A ufw-after-logging-forward -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix "[UFW BLOCK] "
	-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	-A ufw-before-forward -p icmp -m icmp --icmp-type 3 -j ACCEPT
	-A ufw-before-forward -p icmp -m icmp --icmp-type 11 -j ACCEPT
	-A ufw-before-forward -p icmp -m icmp --icmp-type 12 -j ACCEPT
	-A ufw-before-forward -p icmp -m icmp --icmp-type 8 -j ACCEPT
	-A ufw-before-forward -j ufw-user-forward
	COMMIT
	EOF
}

# A rule of the user's makes what `ufw route allow in on lan` writes.
ufw()
{
	need iptables
	world
	ufw_chains
	netdctl apply lab.yaml
	machines
	stuck
	match 'chain ip filter FORWARD .* by its policy: TCP from network lan to the outside; the forward' "$(notes)"
	eq 'ufw route allow in on lan
ufw route allow out on lan' "$(told_to_do)"
	iptables-nft -A ufw-user-forward -i lan -j ACCEPT
	eq 'ufw route allow out on lan' "$(told_to_do)"
	iptables-nft -A ufw-user-forward -o lan -j ACCEPT
	passes
	quiet
	untouched
}

# What firewalld 1.x writes for a host whose default zone is public, with eth0 in it.
firewalld_table()
{
	nft -f - <<-'EOF'
	table inet firewalld {
		chain filter_PREROUTING {
			type filter hook prerouting priority filter + 10; policy accept;
			icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
			meta nfproto ipv6 fib saddr . mark . iif oif missing drop
		}
		chain filter_FORWARD {
			type filter hook forward priority filter + 10; policy accept;
			ct state { established, related } accept
			ct status dnat accept
			iifname "lo" accept
			ct state invalid drop
			ip6 daddr { ::/96, ::ffff:0.0.0.0/96, 2002::/24 } reject with icmpv6 addr-unreachable
			jump filter_FORWARD_ZONES
			reject with icmpx admin-prohibited
		}
		chain filter_FORWARD_ZONES {
			iifname "eth0" goto filter_FWD_public
			goto filter_FWD_public
		}
		chain filter_FWD_public {
			jump filter_FORWARD_POLICIES_pre
			jump filter_FWD_public_allow
			jump filter_FORWARD_POLICIES_post
			reject with icmpx admin-prohibited
		}
		chain filter_FORWARD_POLICIES_pre { }
		chain filter_FORWARD_POLICIES_post { }
		chain filter_FWD_public_allow { }
		chain filter_FWD_trusted { accept; }
	}
	EOF
}

# The forward passes, since firewalld accepts whatever went through DNAT.
firewalld()
{
	world
	firewalld_table
	netdctl apply lab.yaml
	machines
	no_answer a tcp "$T_INTERNET4" 80
	ask outside tcp 172.16.5.40 8080
	match '^note: chain inet firewalld filter_FORWARD \(hook forward, priority 10\) drops, by its rule with handle [0-9]+ in chain filter_FWD_public: TCP from network lan to the outside
' "$(notes)"
	eq 'firewall-cmd --permanent --new-zone=n-lan
firewall-cmd --permanent --zone=n-lan --change-interface=lan
firewall-cmd --permanent --new-policy=by-lan
firewall-cmd --permanent --policy=by-lan --add-ingress-zone=n-lan
firewall-cmd --permanent --policy=by-lan --add-egress-zone=ANY
firewall-cmd --permanent --policy=by-lan --set-target=ACCEPT
firewall-cmd --reload' "$(told_to_do)"
	nft insert rule inet firewalld filter_FORWARD_ZONES iifname '"lan"' goto filter_FWD_trusted
	passes
	quiet
	untouched
	# interfaces of one zone may reach each other, and lan is in the default zone
	nft flush chain inet firewalld filter_FORWARD_ZONES
	nft 'add rule inet firewalld filter_FORWARD_ZONES goto filter_FWD_public
		add rule inet firewalld filter_FWD_public_allow oifname "eth0" accept'
	ip link set v-a master lan
	passes
	quiet
}

# From the outside to a routed network, too; firewalld wants a policy for that.
routed()
{
	world routed
	sed -i /forwards/d lab.yaml
	firewalld_table
	netdctl apply lab.yaml
	machines
	no_answer outside tcp 10.1.0.1 80
	no_answer a tcp "$T_INTERNET4" 80
	match 'filter_FWD_public: TCP from network lan to the outside; TCP from the outside to network lan
' "$(notes)"
	match '--policy=to-lan --add-ingress-zone=ANY.*--policy=to-lan --add-egress-zone=n-lan.*--reload' "$(told_to_do | tr '\n' ' ')"
	eq 1 "$(told_to_do | grep -c change-interface)"
	nft 'delete table inet firewalld
		table inet f { chain f { type filter hook forward priority 0; policy drop; ct state established,related accept; }; }'
	as_told
	ask outside tcp 10.1.0.1 80
	ask a tcp "$T_INTERNET4" 80
	quiet
}

between()
{
	need bridge veth nft nft_nat
	bridged_frames 0
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan: {mode: nat, addresses: [10.1.0.254/24]}
	  dmz: {mode: routed, addresses: [10.2.0.254/24]}
	  cut: {mode: isolated, addresses: [10.3.0.254/24]}
	EOF
	netdctl apply lab.yaml
	guest_ns a lan 10.1.0.1/24 10.1.0.254
	guest_ns b dmz 10.2.0.1/24 10.2.0.254
	serve b tcp 10.2.0.1 80 >/dev/null
	ask a tcp 10.2.0.1 80
	nft 'table inet f { chain f { type filter hook forward priority 0; iifname "lan" oifname "dmz" drop; }; }'
	no_answer a tcp 10.2.0.1 80
	match 'TCP from network lan to network dmz$' "$(notes | head -n 1)"
	no_match cut "$(notes)"
	as_told
	eq 'nft insert rule inet f f iifname "lan" oifname "dmz" accept' "$(<commands)"
	ask a tcp 10.2.0.1 80
	quiet
	nft 'flush chain inet f f; add rule inet f f iifname "dmz" ct state established drop'
	no_answer a tcp 10.2.0.1 80
	match 'answers to network lan from network dmz' "$(notes)"
	as_told
	ask a tcp 10.2.0.1 80
	quiet
	nft 'delete table inet f
		table inet f {
			chain p { type filter hook prerouting priority -310; iifname "lan" drop; }
			chain q { type filter hook postrouting priority 310; oifname "lan" ct state established drop; }
		}'
	no_answer a tcp 10.2.0.1 80
	as_told
	eq 'nft insert rule inet f p iifname "lan" accept
nft insert rule inet f q oifname "lan" ct state established,related accept' "$(<commands)"
	ask a tcp 10.2.0.1 80
	quiet
}

frames_of_bridges()
{
	need nft_bridge
	world
	sed -i '/forwards/d; s/nat$/isolated/' lab.yaml
	nft 'table bridge filter { chain forward { type filter hook forward priority 0; policy drop; ether type arp accept; }; }'
	netdctl apply lab.yaml
	machines
	no_answer b tcp 10.1.0.1 80
	match 'chain bridge filter forward \(hook forward, priority 0\) drops, by its policy: TCP between machines of network lan' "$(notes)"
	eq 'nft insert rule bridge filter forward meta ibrname "lan" accept' "$(told_to_do)"
	as_told 2>/dev/null || # nft_meta_bridge
		nft 'insert rule bridge filter forward iifname { "v-a", "v-b" } accept'
	eq 10.1.0.1 "$(ask b tcp 10.1.0.1 80 | cut -d' ' -f1)"
	quiet
}

# A router with NAT, and what somebody put into its namespace.
router()
{
	need bridge veth nft nft_nat
	outside eth0 172.16.5.40/24 172.16.5.1/24
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	cat >lab.yaml <<-EOF
	name: lab
	networks: {lan: {}, dmz: {}, wan: {mode: nat, addresses: [10.9.0.1/24]}}
	routers:
	  r1:
	    interfaces:
	      lan: {addresses: [10.1.0.254/24]}
	      dmz: {addresses: [10.2.0.254/24]}
	      wan: {addresses: [10.9.0.2/24]}
	    routes: [{to: default, via: 10.9.0.1}]
	    nat: {out: wan}
	    forwards: [{listen: "10.9.0.2:8080", to: "10.1.0.1:80"}]
	EOF
	netdctl apply lab.yaml
	machines
	guest_ns c dmz 10.2.0.1/24 10.2.0.254
	quiet
	on r1 nft 'table inet f {
		chain f { type filter hook forward priority 0; policy drop; iifname "dmz" oifname "wan" accept; }
		chain p { type filter hook prerouting priority -310; iifname "dmz" ip daddr 192.0.2.0/24 drop; }
	}'
	no_answer a tcp "$T_INTERNET4" 80
	no_answer host tcp 10.9.0.2 8080
	no_answer c tcp 10.1.0.1 80
	eq 'note: chain inet f f (hook forward, priority 0) in router r1 drops, by its policy: TCP from interface lan to the outside; the forward tcp 10.9.0.2:8080 to 10.1.0.1:80
note: chain inet f f (hook forward, priority 0) in router r1 drops, by its policy: answers from the outside to interface dmz' \
		"$(notes | grep ^note)"
	as_told
	eq 'netdctl router exec r1 -- nft insert rule inet f f iifname "lan" accept
netdctl router exec r1 -- nft insert rule inet f f oifname "lan" accept
netdctl router exec r1 -- nft insert rule inet f f oifname "dmz" ct state established,related accept' "$(<commands)"
	ask a tcp "$T_INTERNET4" 80
	ask c tcp "$T_INTERNET4" 80
	eq 10.1.0.1 "$(ask host tcp 10.9.0.2 8080 | cut -d' ' -f1)"
	ask c tcp 10.1.0.1 80
	quiet
	# from one interface to another
	on r1 nft insert rule inet f f iifname '"dmz"' oifname '"lan"' ct state new drop
	no_answer c tcp 10.1.0.1 80
	match 'in router r1 drops, by its rule with handle [0-9]+: TCP from interface dmz to interface lan
' "$(notes)"
	as_told
	eq 'netdctl router exec r1 -- nft insert rule inet f f iifname "dmz" oifname "lan" accept' "$(<commands)"
	ask c tcp 10.1.0.1 80
	quiet
	# what the router itself does not let pass is not asked for
	sed -i 's/nat: {out: wan}/&\n    isolate: true/' lab.yaml
	on r1 nft insert rule inet f f iifname '"dmz"' oifname '"lan"' drop
	netdctl apply lab.yaml
	quiet
}

# What may pass is not spoken of.
lets_pass()
{
	local rule

	world
	nft 'table inet f { chain f { type filter hook forward priority 0; policy drop; }; chain x { }; }'
	netdctl apply lab.yaml 2>/dev/null
	machines
	while read -r rule; do
		nft flush chain inet f f
		nft "add rule inet f f $rule"
		[ "$(notes)" = "" ] || fail "$rule: $(notes)"
	done <<-'EOF'
	accept
	iifname { "lan", "eth0" } accept
	iifname vmap { "lan" : accept, "eth0" : accept }
	iifname "la*" accept; add rule inet f f oifname "la*" accept
	meta iif != "lo" accept
	ct state new,established accept
	ct state vmap { new : accept, established : accept, related : accept }
	ip saddr 10.0.0.0/8 accept; add rule inet f f ip daddr 10.1.0.0/16 accept
	ip saddr 10.1.0.0/25 accept; add rule inet f f ip daddr 10.1.0.1 accept
	ip saddr 10.1.0.77-10.3.0.0 accept; add rule inet f f ip daddr < 10.2.0.0 accept
	tcp dport { 22, 80, 443 } accept; add rule inet f f tcp sport 1-1023 accept
	meta mark 5 accept
	limit rate 10/second accept
	ct mark 1 accept
	fib daddr type unicast accept
	ct bytes > 0 accept
	iifname != "x" jump x; add rule inet f x meta nfproto ipv4 accept
	ip protocol tcp accept
	ip ttl > 1 accept
	meta skuid 0 accept
	EOF
	nft 'flush chain inet f f; add rule inet f f iifname "lan" accept; add rule inet f f ct state established,related accept'
	match ': the forward tcp' "$(notes)"
	no_match 'outside' "$(notes)"
	nft add rule inet f f ip daddr 10.1.0.1 tcp dport 80 ct status dnat accept
	quiet
	passes
}

# What drops something else is not spoken of either.
drops_others()
{
	world
	nft -f - <<-'EOF'
	table inet f {
		chain f {
			type filter hook forward priority 0; policy accept;
			iifname "docker0" drop
			oifname != { "lan", "eth0" } drop
			ct state invalid drop
			ip saddr != 10.0.0.0/8 ip daddr != 10.0.0.0/8 drop
			tcp dport 25 reject
			udp dport 53 drop
			meta nfproto ipv6 drop
			limit rate over 1000/second drop
		}
		chain p { type filter hook prerouting priority -300; iifname "lan" ip saddr != 10.1.0.0/24 drop; }
		chain o { type filter hook output priority 0; policy accept; }
	}
	table netdev n { chain i { type filter hook ingress device lo priority 0; policy drop; }; }
	EOF
	no_match note "$(netdctl apply lab.yaml 2>&1)"
	machines
	passes
	quiet
}

# An owner that lives as long as the test: nft in interactive mode.
owned()
{
	world
	mkfifo commands
	nft -i <commands >/dev/null 2>&1 &
	exec 7>commands
	echo 'add table inet own { flags owner; chain f { type filter hook forward priority 0; policy drop; }; }' >&7
	wait_for 5 eval 'nft list tables | grep -q own'
	case $(nft list table inet own) in *"flags owner"*) ;; *) t_skip "no owned tables in this kernel" ;; esac
	match 'note: chain inet own f .*
 *its table can be changed by its owner only: let whoever made it accept' "$(netdctl apply lab.yaml 2>&1)"
	exec 7>&-
}

# The commands that change one thing say it as well, and what they do is done.
commands()
{
	need bridge veth nft nft_nat
	bridged_frames 0
	outside eth0 172.16.5.40/24 172.16.5.1/24
	no_match note "$(netdctl network create lan --mode nat --address 10.1.0.254/24 2>&1)"
	nft 'table inet f { chain f { type filter hook forward priority 0; policy drop; }; }'
	ok netdctl forward add lan 172.16.5.40:8080 10.1.0.1:80
	match 'note: chain inet f f .*the forward tcp 172.16.5.40:8080 to 10.1.0.1:80' "$err"
	ok netdctl -q forward add lan 172.16.5.40:8081 10.1.0.1:80
	no_match note "$err"
	ok netdctl network create dmz --mode routed --address 10.2.0.254/24
	match 'note: chain inet f f .* network dmz' "$err"
	nft delete table inet f
	ok netdctl forward add lan 172.16.5.40:8082 10.1.0.1:80
	no_match note "$err"
	guest_ns a lan 10.1.0.1/24 10.1.0.254
	serve a tcp 10.1.0.1 80 >/dev/null
	ask outside tcp 172.16.5.40 8082
}

# Rules that nf_tables does not show.
legacy()
{
	need iptables_legacy
	world
	rules() { iptables-legacy-save | grep -v '^#' || :; }
	netdctl apply lab.yaml
	machines
	[ ! -s /proc/thread-self/net/ip_tables_names ] || fail "netd made a table"
	iptables-legacy -S
	quiet
	passes
	netdctl destroy -q lab
	guest_gone a
	guest_gone b
	iptables-legacy -P FORWARD DROP
	iptables-legacy -A FORWARD -i docker0 -j ACCEPT
	iptables-legacy -A FORWARD -i wg+ -s 10.9.0.0/16 -j ACCEPT
	iptables-legacy -A FORWARD ! -s 10.1.0.0/16 -d 172.17.0.0/16 -j ACCEPT
	stuck_until_told 'chain iptables-legacy filter FORWARD \(hook forward, priority 0\) drops, by its policy: TCP from network lan to the outside; the forward tcp'
	eq 'iptables-legacy -I FORWARD -i lan -j ACCEPT
iptables-legacy -I FORWARD -o lan -j ACCEPT' "$(<commands)"
	# what may pass, or is about others
	netdctl apply lab.yaml 2>/dev/null
	iptables-legacy -F FORWARD
	iptables-legacy -P FORWARD ACCEPT
	iptables-legacy -A FORWARD -i eth0 -p udp -j DROP
	iptables-legacy -A FORWARD -o lan -m mark --mark 5 -j DROP
	iptables-legacy -A FORWARD -f -j DROP
	iptables-legacy -A FORWARD -d 10.2.0.0/16 -j DROP
	iptables-legacy -A FORWARD -p tcp --dport 25 -j DROP
	iptables-legacy -A FORWARD -i lan1 -j DROP
	quiet
	# IPv6's are of no concern where no network has IPv6
	[ ! -s /proc/thread-self/net/ip6_tables_names ] || fail "netd made a table of IPv6"
	ip6tables-legacy -P FORWARD DROP
	quiet
	netdctl network create -q other --mode nat --address fd00:99::1/64
	match 'chain ip6tables-legacy filter FORWARD' "$(netdctl status)"
}

# The quick way of `forward add` looks at nothing; it is not taken then.
legacy_forward_add()
{
	need bridge veth nft nft_nat iptables_legacy
	bridged_frames 0
	outside eth0 172.16.5.40/24 172.16.5.1/24
	iptables-legacy -A FORWARD -p tcp --dport 80 -j DROP
	ok netdctl network create lan --mode nat --address 10.1.0.254/24
	ok netdctl forward add lan 172.16.5.40:8080 10.1.0.1:80
	match 'note: chain iptables-legacy filter FORWARD .*number 1: the forward tcp 172.16.5.40:8080 to 10.1.0.1:80' "$err"
}

# Docker, with iptables-legacy.
legacy_docker()
{
	need iptables_legacy
	world
	rules() { iptables-legacy-save | grep -v '^#' || :; }
	iptables-legacy-restore <<-'EOF'
	*filter
	:INPUT ACCEPT [0:0]
	:FORWARD DROP [0:0]
	:OUTPUT ACCEPT [0:0]
	:DOCKER - [0:0]
	:DOCKER-USER - [0:0]
	-A FORWARD -j DOCKER-USER
	-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	-A FORWARD -o docker0 -j DOCKER
	-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
	-A DOCKER-USER -j RETURN
	COMMIT
	EOF
	stuck_until_told 'chain iptables-legacy filter FORWARD .* by its policy: (TCP between machines of network lan; )?TCP from network lan'
	eq 'iptables-legacy -I DOCKER-USER -i lan -j ACCEPT
iptables-legacy -I DOCKER-USER -o lan -j ACCEPT' "$(<commands)"
}

# Many networks are one note each, up to a number.
many()
{
	local i

	need bridge nft nft_nat
	outside eth0 172.16.5.40/24 172.16.5.1/24
	printf 'name: lab\nnetworks:\n' >lab.yaml
	for i in {1..40}; do
		printf '  n%s: {mode: nat, addresses: [10.%s.0.1/24]}\n' "$i" "$i" >>lab.yaml
	done
	nft 'table inet f { chain f { type filter hook forward priority 0; policy drop; }; }'
	netdctl plan lab.yaml 2>said >/dev/null || :
	eq 9 "$(grep -c '^note' said)"
	match 'the like of 32 more networks' "$(<said)"
}

t_fresh "a policy of drop" policy
t_fresh "a rule that refuses the rest, behind sets and maps" rule
t_fresh "Docker" docker
t_fresh "Docker before 28" docker_before
t_fresh "bridged frames, by br_netfilter" frames
t_fresh "bridged frames, by a table of family bridge" frames_of_bridges
t_fresh "a rule of iptables" iptables_rule
t_fresh "other tables of iptables" other_tables
t_fresh "ufw" ufw
t_fresh "firewalld" firewalld
t_fresh "from the outside to a routed network" routed
t_fresh "from one network to another" between
t_fresh "in a router" router
t_fresh "what may pass is not spoken of" lets_pass
t_fresh "what drops others is not spoken of" drops_others
t_fresh "a table that has an owner" owned
t_fresh "network create, forward add" commands
t_fresh "rules of iptables-legacy" legacy
t_fresh "forward add, with iptables-legacy" legacy_forward_add
t_fresh "Docker, with iptables-legacy" legacy_docker
t_fresh "many networks" many
t_done
