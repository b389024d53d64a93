#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A host that lives from router advertisements goes on to do so when its NIC becomes a port
# of a bridge, and when it gets everything back: past the first lifetime of what it had.
. "$(dirname "$0")/../lib/netns.sh"

ADVERTISE=$NETD_BUILD/tests/lib/advertise
PREFIX=2001:db8:6:
LIFE=6 # seconds that an address is valid without another advertisement

# advertised LIFETIME [PREFIX VALID PREFERRED]…: what the router says from now on.
advertised()
{
	[ -z "${router:-}" ] || kill "$router" 2>/dev/null || :
	ip netns exec outside "$ADVERTISE" eth0 700 "$@" &
	router=$!
}

# world [COMMAND]: eth0's only IPv6 is what the router says; it looks for duplicates.
world()
{
	need bridge veth nft
	outside eth0 172.16.5.40/24 172.16.5.1/24
	echo 1 >/proc/sys/net/ipv6/conf/eth0/accept_dad
	eval "${1:-}"
	ip -n outside address add ${PREFIX}:1/64 dev eth0 nodad
	advertised 20 ${PREFIX}: $LIFE $((LIFE - 2))
	printf 'name: lab\nnetworks:\n  br0: {mode: bridged, uplink: eth0}\n' >br0.yaml
	wait_for 5 has_address eth0
}

# has_address IF [PREFIX]: one that the kernel made by advertisement, for everyday use.
has_address()
{
	address=$(ip -6 -o address show dev "$1" scope global mngtmpaddr -deprecated -tentative |
		sed -n "s/.* inet6 \(${2:-$PREFIX}[^ ]*\)\/64 .*/\1/p" | head -n 1)
	[ -n "$address" ]
}

# is_renewed IF ADDRESS: there, and fresh.
is_renewed()
{
	local life

	life=$(ip -6 -o address show dev "$1" to "$2" | sed -n 's/.*valid_lft \([0-9]*\)sec.*/\1/p')
	[ "${life:-0}" -ge $((LIFE - 2)) ] || fail "$2 on $1 is valid for ${life:-no} s"
}

# The kernel's own default route (RTF_ADDRCONF, RTF_DEFAULT), not one by a message.
has_own_default()
{
	grep -qE "^0{32} 00 .* [0-9a-f]{2}[4-7c-f][57df][0-9a-f]{4} +$1\$" /proc/net/ipv6_route
}

# goes_on IF ADDRESS: past the lifetime of what there is now.
goes_on()
{
	wait_for 8 has_own_default "$1"
	sleep $((LIFE + 1))
	is_renewed "$1" "$2"
	has_own_default "$1"
	pings host "$T_INTERNET6"
}

link_local()
{
	ip -6 -o address show dev "$1" scope link | awk '{ print $4 }'
}

# renewed SETUP: on the bridge, and back on the NIC; a connection lives through it all.
renewed()
{
	local mine

	world "$1"
	mine=$address
	local_address=$(link_local eth0)
	serve outside tcp ${PREFIX}:1 7 >/dev/null
	flow_start long host tcp ${PREFIX}:1 7
	ok netdctl apply br0.yaml
	goes_on br0 "$mine"
	ok netdctl plan br0.yaml
	eq "" "$(ip -6 -o address show dev eth0)"
	ok netdctl destroy lab
	goes_on eth0 "$mine"
	match '^sent ([0-9]+) answered ([0-9]+) ' "$(flow_stop long)"
	eq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "answers"
	eq 2 "$(ip -6 -o address show dev eth0 | wc -l)" "addresses, with the link-local one"
	eq "$local_address" "$(link_local eth0)"
}

# With a secret the NIC's address is not what the bridge's would be.
stable_secret()
{
	renewed 'ip link set eth0 down
		echo 2001:db8::1234 >/proc/sys/net/ipv6/conf/eth0/stable_secret
		ip link set eth0 up'
	eq 2 "$(</proc/sys/net/ipv6/conf/eth0/addr_gen_mode)"
}

random_secret()
{
	renewed 'ip link set eth0 down; ip link set eth0 addrgenmode random; ip link set eth0 up'
}

token()
{
	renewed 'ip token set ::77:88 dev eth0'
	eq "token ::0.119.0.136 dev eth0" "$(ip token | grep eth0)"
}

# A host that forwards hears advertisements where accept_ra is 2.
forwarding()
{
	renewed 'echo 2 >/proc/sys/net/ipv6/conf/eth0/accept_ra
		echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
	eq 2 "$(</proc/sys/net/ipv6/conf/eth0/accept_ra)"
}

# The bridge makes temporary addresses of its own, the old one serves its time.
temporary()
{
	LIFE=30 # less than a few seconds the kernel takes for too short
	world 'echo 2 >/proc/sys/net/ipv6/conf/default/use_tempaddr
		echo 2 >/proc/sys/net/ipv6/conf/eth0/use_tempaddr'
	wait_for 5 has_temporary eth0
	old=$(ip -6 -o address show dev eth0 temporary | sed -n 's/.*inet6 \([^ ]*\)\/64.*/\1/p')
	ok netdctl apply br0.yaml
	eq 2 "$(</proc/sys/net/ipv6/conf/br0/use_tempaddr)"
	match "$old/64 scope global (nodad )?dynamic" "$(ip -6 -o address show dev br0)"
	wait_for 8 has_temporary br0
	wait_for 5 is_source_temporary br0
	ok netdctl destroy lab
	eq 2 "$(</proc/sys/net/ipv6/conf/eth0/use_tempaddr)"
	wait_for 8 has_temporary eth0
	match "$old/64" "$(ip -6 -o address show dev eth0)"
}

has_temporary()
{
	ip -6 -o address show dev "$1" temporary -tentative | grep -q temporary
}

is_source_temporary()
{
	local source

	source=$(ip -6 -j route get "$T_INTERNET6" | jq -r '.[0].prefsrc')
	ip -6 -o address show dev "$1" temporary | grep -qF "$source"
}

is_deprecated()
{
	ip -6 -o address show dev "$1" to ${PREFIX}:/64 | grep -q ' deprecated '
}

# Another prefix, while the old one is phased out; on the bridge, and again on the NIC.
renumbering()
{
	world
	ok netdctl apply br0.yaml
	advertised 20 ${PREFIX}: $LIFE 0 2001:db8:7:: $LIFE $LIFE
	wait_for 8 has_address br0 2001:db8:7:
	goes_on br0 "$address"
	eq 2001:db8:7: "$(ip -6 -j route get "$T_INTERNET6" | jq -r '.[0].prefsrc[:11]')"
	# the kernel marks it when it next looks
	wait_for 1 is_deprecated br0
	ok netdctl destroy lab
	has_address eth0 2001:db8:7: || fail "the new address did not come along"
	advertised 20 2001:db8:7:: $LIFE 0 2001:db8:8:: $LIFE $LIFE
	wait_for 8 has_address eth0 2001:db8:8:
	goes_on eth0 "$address"
}

# leaves_by IF ROUTER: the way to the outside.
leaves_by()
{
	[ "$(ip -6 -j route get "$T_INTERNET6" 2>/dev/null | jq -r '.[0] | .dev + " " + .gateway')" = "$*" ]
}

# The router says that it is none any more, and another one is there.
another_router()
{
	local old

	world
	ok netdctl apply br0.yaml
	old=$(ip -6 -j route show default | jq -r '.[0].gateway')
	wait_for 8 has_own_default br0
	advertised 0 ${PREFIX}: $LIFE $LIFE
	wait_for 5 eval '! has_own_default br0'
	ip -n outside address del "$old/64" dev eth0
	ip -n outside address add fe80::99/64 dev eth0 nodad
	advertised 20 ${PREFIX}: $LIFE $LIFE
	wait_for 5 leaves_by br0 fe80::99
	pings host "$T_INTERNET6"
	ok netdctl destroy lab
	# until the next advertisement the stand-in of the one before may be all there is
	wait_for 5 leaves_by eth0 fe80::99
	wait_for 8 has_own_default eth0
	pings host "$T_INTERNET6"
}

# Nobody confirms; and a bridge that somebody deletes: the NIC goes on in both cases.
on_trial()
{
	world
	mine=$address
	ok netdctl apply br0.yaml --confirm 1s
	wait_for 10 test ! -e /sys/class/net/br0
	wait_for 10 test ! -e /run/netd/pending.yaml
	goes_on eth0 "$mine"
	ok netdctl apply br0.yaml
	wait_for 8 has_own_default br0
	ip link delete br0
	ok netdctl destroy lab
	goes_on eth0 "$mine"
}

# Back and forth before any advertisement could come: nothing piles up, nothing is lost.
back_and_forth()
{
	world
	mine=$address
	kill "$router"
	for _ in 1 2 3; do
		ok netdctl apply br0.yaml
		eq 1 "$(ip -6 route show default dev br0 | grep -c .)"
		ok netdctl destroy lab
		eq 1 "$(ip -6 route show default dev eth0 | grep -c .)"
	done
	pings host "$T_INTERNET6"
	advertised 20 ${PREFIX}: $LIFE $LIFE
	goes_on eth0 "$mine"
}

t_fresh "an address of the MAC" renewed ""
t_fresh "an address of a secret" stable_secret
t_fresh "an address of a random secret" random_secret
t_fresh "an address of a token" token
t_fresh "a host that forwards" forwarding
t_fresh "temporary addresses" temporary
t_fresh "another prefix" renumbering
t_fresh "another router" another_router
t_fresh "taken back, and the bridge deleted" on_trial
t_fresh "back and forth" back_and_forth
t_done
