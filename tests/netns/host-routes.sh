#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Routes of the host by a network: to what is behind a guest.
. "$(dirname "$0")/../lib/netns.sh"

# lab ROUTES [SETTINGS]
lab()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan:
	    mode: routed
	    addresses: [10.1.0.1/24, "fd00:1::1/64"]
	    routes: [$1]
	    ${2:-}
	EOF
}

# netd's own.
routes()
{
	{
		ip -o route show proto 110
		ip -o -6 route show proto 110
	} | sed 's/ linkdown//; s/ $//'
}

world()
{
	need bridge veth nft
	outside eth0 172.16.5.40/24 172.16.5.1/24
	snapshot before
}

gone()
{
	ok netdctl destroy lab
	snapshot after
	same before after
}

behind_a_guest()
{
	world
	lab '{to: 10.9.0.0/16, via: 10.1.0.2}, {to: "fd00:9::/64", via: "fd00:1::2", metric: 50}'
	ok netdctl apply lab.yaml
	guest_ns r lan 10.1.0.2/24 10.1.0.1 fd00:1::2/64 fd00:1::1
	match '10.9.0.0/16 via 10.1.0.2 dev lan' "$(routes)"
	match 'fd00:9::/64 via fd00:1::2 dev lan metric 50' "$(routes)"
	on r ip address add 10.9.0.1/16 dev lo
	on r ip address add fd00:9::1/64 dev lo
	pings host 10.9.0.1
	pings host fd00:9::1
	ok netdctl apply lab.yaml
	match 'nothing to do' "$err"
	guest_gone r
	gone
}

# One more, one changed, one less: nothing else is touched.
edited()
{
	world
	lab '{to: 10.9.0.0/16, via: 10.1.0.2}, {to: 10.10.0.0/16, via: 10.1.0.2}'
	netdctl apply lab.yaml
	ip route add 10.20.0.0/16 via 10.1.0.7
	lab '{to: 10.9.0.0/16, via: 10.1.0.3}, {to: 10.11.0.0/16}'
	ok netdctl apply lab.yaml
	eq "10.9.0.0/16 via 10.1.0.3 dev lan
10.11.0.0/16 dev lan scope link" "$(routes)"
	match '10.20.0.0/16 via 10.1.0.7' "$(ip route)"
	# with another address of the bridge they come again
	sed -i 's,10.1.0.1/24,10.1.0.254/24,' lab.yaml
	ok netdctl apply lab.yaml
	match '10.9.0.0/16 via 10.1.0.3' "$(routes)"
	match '10.20.0.0/16 via 10.1.0.7' "$(ip route)"
	ok netdctl plan lab.yaml
	# what somebody took away is mended
	ip route del 10.9.0.0/16
	differs=$(netdctl plan lab.yaml || :)
	match '^\+ route 10.9.0.0/16 via 10.1.0.3 dev lan' "$differs"
	ok netdctl apply lab.yaml
	match '10.9.0.0/16 via 10.1.0.3' "$(routes)"
	ok netdctl rollback lab
	gone
}

# Others' routes do as well, and stay; or they are in the way.
others()
{
	world
	ip route add 10.9.0.0/16 via 172.16.5.9
	snapshot before
	lab '{to: 10.9.0.0/16, via: 10.1.0.2}'
	fails 2 netdctl apply lab.yaml
	match 'lab.yaml:6:[0-9]+: error: a route to 10.9.0.0/16 is there already, via 172.16.5.9, by eth0' "$err"
	match 'metric' "$err"
	snapshot refused
	same before refused
	lab '{to: 10.9.0.0/16, via: 10.1.0.2, metric: 10}'
	ok netdctl apply lab.yaml
	match '10.9.0.0/16 via 10.1.0.2 dev lan metric 10' "$(routes)"
	# the admin's own is no less right
	lab '{to: 10.9.0.0/16, via: 10.1.0.2, metric: 10}, {to: 10.8.0.0/16, via: 10.1.0.2}'
	ip route add 10.8.0.0/16 via 10.1.0.2 proto static
	ok netdctl apply lab.yaml
	no_match '10.8' "$(routes)"
	lab ''
	ok netdctl apply lab.yaml
	match '10.8.0.0/16 via 10.1.0.2' "$(ip route)"
	gone
}

# FILE-LINE|what is said|what to do|routes
bad_files()
{
	local what todo routes

	world
	while IFS='|' read -r what todo routes; do
		lab "$routes"
		fails 2 netdctl apply lab.yaml
		match "lab.yaml:6:[0-9]+: error: $what" "$err"
		[ "$todo" = - ] || match "$todo" "$err"
	done <<-'EOF'
	gateway 10.7.0.1 is in no subnet of network "lan"|10.1.0.1/24|{to: 10.9.0.0/16, via: 10.7.0.1}
	gateway 10.1.0.1 is an address of network "lan" itself|-|{to: 10.9.0.0/16, via: 10.1.0.1}
	a network's routes leave by its bridge|leave "dev" out|{to: 10.9.0.0/16, via: 10.1.0.2, dev: eth0}
	a route that leads nowhere belongs to no network|a router|{to: 10.9.0.0/16, type: blackhole}
	a route to 10.9.0.0/16 is there already|different metrics|{to: 10.9.0.0/16, via: 10.1.0.2}, {to: 10.9.0.0/16, via: 10.1.0.3}
	the route to 10.1.0.0/24 is there already, by address 10.1.0.1/24|-|{to: 10.1.0.0/24}
	source 10.5.0.5 is no address of network "lan"|-|{to: 10.9.0.0/16, via: 10.1.0.2, source: 10.5.0.5}
	unknown key "vai"|did you mean "via"|{to: 10.9.0.0/16, vai: 10.1.0.2}
	EOF
	printf 'name: lab\nnetworks:\n  a: {mode: routed, addresses: [10.1.0.1/24], routes: [{to: 10.9.0.0/16, via: 10.1.0.2}]}\n  b: {mode: routed, addresses: [10.2.0.1/24], routes: [{to: 10.9.0.0/16, via: 10.2.0.2}]}\n' >lab.yaml
	fails 2 netdctl apply lab.yaml
	match 'lab.yaml:4:[0-9]+: error: a route to 10.9.0.0/16 is there already \(line 3\)' "$err"
	snapshot after
	same before after
}

exported()
{
	world
	lab '{to: 10.9.0.0/16, via: 10.1.0.2, metric: 5, source: 10.1.0.1}, {to: default, via: "fd00:1::2", onlink: true}'
	netdctl apply lab.yaml
	netdctl export lab >first.yaml
	routes >first
	netdctl destroy lab
	ok netdctl apply first.yaml
	routes >second
	eq "$(<first)" "$(<second)"
	netdctl export lab >second.yaml
	eq "$(<first.yaml)" "$(<second.yaml)"
	gone
}

by_options()
{
	world
	ok netdctl network create lan --mode routed --address 10.1.0.1/24 --route 10.9.0.0/16=10.1.0.2
	eq '10.9.0.0/16 via 10.1.0.2 dev lan' "$(routes)"
	ok netdctl network set lan --route 10.8.0.0/16=10.1.0.2 --route 10.7.0.0/16=10.1.0.3
	eq $'10.7.0.0/16 via 10.1.0.3 dev lan\n10.8.0.0/16 via 10.1.0.2 dev lan' "$(routes)"
	fails 2 netdctl network set lan --route 10.8.0.0/16=blackhole
	match 'belongs to no network' "$err"
	ok netdctl network delete lan
	snapshot after
	same before after
}

# replaced REPLACE REMEDY: somebody's route on the network's own bridge has the place.
# It is said, refused before anything is touched, and goes by the command that is named.
replaced()
{
	local remedy=$2

	sh -c "$1"
	snapshot here
	fails 2 netdctl plan lab.yaml
	match "lab.yaml:6:[0-9]+: error: a route to .* is there already" "$err"
	match "remove that one: .$remedy.\$" "$err"
	match 'in conflict with the host' "$(netdctl status)"
	match "$remedy" "$(netdctl status)"
	fails 2 netdctl apply lab.yaml
	snapshot still
	same here still
	# a change that does without the route, fails and comes back leaves it, too
	FAULTS=op-fail:1 FAULTS_LOG=log "$NETD_BUILD/tests/fault/netdctl-faults" \
		apply without.yaml >out 2>&1 || :
	match 'rolled back: everything is as it was' "$(<out)"
	snapshot still
	same here still
	sh -c "$remedy"
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
}

on_the_own_bridge()
{
	world
	lab ""
	cp lab.yaml without.yaml
	lab '{to: 10.9.0.0/16, via: 10.1.0.2}, {to: "fd00:9::/64", via: "fd00:1::2"}'
	ok netdctl apply lab.yaml
	routes >first
	replaced 'ip route replace 10.9.0.0/16 via 10.1.0.9' \
		'ip route del 10.9.0.0/16 via 10.1.0.9 dev lan'
	replaced 'ip route replace 10.9.0.0/16 via 10.1.0.2 src 172.16.5.40 proto static' \
		'ip route del 10.9.0.0/16 via 10.1.0.2 dev lan'
	replaced 'ip route replace 10.9.0.0/16 nexthop via 10.1.0.2 nexthop via 10.1.0.9' \
		'ip route del 10.9.0.0/16'
	replaced 'ip route replace blackhole 10.9.0.0/16' 'ip route del blackhole 10.9.0.0/16'
	replaced 'ip -6 route replace fd00:9::/64 via fd00:1::9' \
		'ip -6 route del fd00:9::/64 via fd00:1::9 dev lan'
	replaced 'ip -6 route del fd00:9::/64; ip -6 route add unreachable fd00:9::/64' \
		'ip -6 route del unreachable fd00:9::/64'
	eq "$(<first)" "$(routes)"
	# these are beside it
	ip route add 10.9.0.0/16 via 10.1.0.9 metric 50
	ip route add 10.9.0.0/16 tos 0x10 via 10.1.0.9
	ip route append 10.9.0.0/16 via 10.1.0.8
	ip -6 route append fd00:9::/64 via fd00:1::9
	# and this leads there as well
	ip route replace 10.9.0.0/16 via 10.1.0.2 proto static
	snapshot here
	ok netdctl plan lab.yaml
	match 'in effect' "$(netdctl status)"
	ok netdctl apply lab.yaml
	snapshot still
	same here still
	gone
}

# A route in a router is the topology's, whoever made it.
in_a_router()
{
	local how

	world
	cat >lab.yaml <<-'EOF'
	name: lab
	networks: {lan: {addresses: [10.1.0.1/24, "fd00:1::1/64"]}}
	routers:
	  r1:
	    interfaces: {lan: {addresses: [10.1.0.2/24, "fd00:1::2/64"]}}
	    routes: [{to: default, via: 10.1.0.1}, {to: default, via: "fd00:1::1"}]
	EOF
	ok netdctl apply lab.yaml
	for how in 'route replace default via 10.1.0.9' \
		'route replace default nexthop via 10.1.0.1 nexthop via 10.1.0.9' \
		'route replace blackhole default' '-6 route replace default via fd00:1::9' \
		'-6 route replace unreachable default'; do
		# shellcheck disable=SC2086
		ip -n r1 $how
		fails 3 netdctl plan lab.yaml
		ok netdctl apply lab.yaml
		ok netdctl plan lab.yaml
	done
	ip -n r1 -6 route append default via fd00:1::9
	ok netdctl plan lab.yaml
	gone
}

# An address of IPv6 is on a link once, with one length.
another_length()
{
	world
	lab ""
	ok netdctl apply lab.yaml
	ip address del fd00:1::1/64 dev lan
	ip address add fd00:1::1/80 dev lan nodad
	fails 3 netdctl plan lab.yaml
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	eq 'fd00:1::1/64' "$(ip -6 -o address show dev lan scope global | awk '{ print $4 }')"
	sed 's|::1/64|::1/56|; s|10.1.0.1/24|10.1.0.1/20|' lab.yaml >wider.yaml
	ok netdctl apply wider.yaml
	eq 'fd00:1::1/56' "$(ip -6 -o address show dev lan scope global | awk '{ print $4 }')"
	eq '10.1.0.1/20' "$(ip -4 -o address show dev lan | awk '{ print $4 }')"
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	gone
}

t_fresh "behind a guest that is a router" behind_a_guest
t_fresh "edited while it runs" edited
t_fresh "others' routes" others
t_fresh "another route in its place, on the own bridge" on_the_own_bridge
t_fresh "another route in its place, in a router" in_a_router
t_fresh "an address with another length" another_length
t_fresh "what is refused" bad_files
t_fresh "export and apply" exported
t_fresh "by options" by_options
t_done
