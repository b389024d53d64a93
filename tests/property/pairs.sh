#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Random pairs of topologies: a change to B ends where B alone does, twice is once, a
# destroyed one never was, and an exported one is the same.
#
#	NETD_PROPERTY_SECONDS=600 tests/property/pairs.sh    # default: 20
#	NETD_PROPERTY_SEED=7 …                               # the first seed; default: 1
#	NETD_PROPERTY_PAIR="a.json b.json" …                 # this pair only
#
# Theory of operation.  All pairs of a run follow one another in one world, which each must
# leave as it was: so what one leaves behind is seen at once.  The stored pairs of cases/
# come first; each is one that failed once, reduced by tests/property/reduce.
. "$(dirname "$0")/../lib/netns.sh"

HERE=$(cd "$(dirname "$T_SELF")" && pwd)
SECONDS_TO_RUN=${NETD_PROPERTY_SECONDS:-20}
SEED=${NETD_PROPERTY_SEED:-1}
read -r PAIR_A PAIR_B <<<"${NETD_PROPERTY_PAIR:-}"

world()
{
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	for p in 0 1; do
		ip link add "p$p" type veth peer name "q$p"
		ip link set "p$p" addrgenmode none
		ip link set "q$p" addrgenmode none
		ip link set "p$p" up # a link that was up once has another queue
		ip link set "p$p" down
	done
	t_namespace far
	ip link add u0 type veth peer name u1
	ip address add 192.0.2.40/24 dev u0
	ip address add 2001:db8:7::40/64 dev u0 nodad
	ip link set u1 up
	ip link set u0 up
	ip route add 10.87.0.0/16 via 192.0.2.1
	ip link add foreign0 type bridge
	ip link set foreign0 addrgenmode none
	ip link set foreign0 up
	ip address add 10.77.0.1/24 dev foreign0
	ip route add 10.88.0.0/16 via 172.16.5.1
	ip route add 10.89.0.0/16 via 172.16.5.1 table 100
	ip rule add from 10.88.0.0/16 table 100
	nft 'add table inet other; add chain inet other in { type filter hook input priority 5; }
		add rule inet other in tcp dport 9999 counter drop'
	echo "nameserver 172.16.5.1" >"$T_DIR/resolv.conf"
	rm -f /etc/resolv.conf
	ln -s "$T_DIR/resolv.conf" /etc/resolv.conf
	t_warm_kernel
	ok netdctl apply - <<<'{name: lab, networks: {warm: {mode: nat, addresses: [10.66.0.1/24]}}}'
	ok netdctl destroy lab
}

state()
{
	"$HERE/state" "$@"
}

# alike FILE FILE WHAT
alike()
{
	cmp -s "$1" "$2" || fail "$3 (- expected, + found):
$(diff -U 0 "$1" "$2" | grep -av "^@@" | cut -c 1-600 | head -n 40)"
}

files()
{
	find /run/netd /etc/netns ! -name lock ! -path "*/previous*" ! -name leases ! -name log \
		-printf '%p %i %m %s %T@ %C@\n' | sort
}

applied()
{
	ok netdctl apply "$1"
	fails 0 netdctl plan "$1"
	eq "" "$out"
}

again()
{
	state >once
	files >once.files
	ok netdctl apply "$1"
	state >twice
	files >twice.files
	alike once twice "applying it again changed something"
	alike once.files twice.files "applying it again wrote files"
}

gone()
{
	ok netdctl destroy lab
	state >after
	alike before after "destroying $1 leaves another state than before"
}

# pair A B
pair()
{
	state >before
	applied "$2"
	state --names >alone
	again "$2"
	netdctl export lab >exported.yaml
	gone "B"
	applied "$1"
	applied "$2"
	state --names >changed
	alike alone changed "A changed to B is not B alone"
	gone "B after A"
	applied exported.yaml
	state --names >imported
	alike alone imported "what was exported is not the same"
	gone "what was exported"
}

stored()
{
	local dir

	for dir in "$HERE"/cases/*/; do
		[ -e "$dir/b.json" ] || continue
		t_case "stored: $(basename "$dir")" pair "$dir/a.json" "$dir/b.json"
	done
}

# generate SEED: a.json, and b.json, which is more or less like it.
generate()
{
	local keep=(0 50 85 95)

	"$HERE/generate" "${DHCP[@]}" "$1" >a.json
	"$HERE/generate" "${DHCP[@]}" "$((1000000 + $1))" --like "$1" \
		--keep "${keep[$1 % 4]}" >b.json
}

random_pair()
{
	generate "$1"
	pair a.json b.json
}

keep_failed()
{
	[ -n "${NETD_PROPERTY_SAVE:-}" ] || return 0
	mkdir -p "$NETD_PROPERTY_SAVE/$1"
	cp a.json b.json "$T_DIR/output" "$NETD_PROPERTY_SAVE/$1"
}

random_pairs()
{
	local end=$((SECONDS + SECONDS_TO_RUN)) before

	[ "$T_FAILED" = 0 ] || return 0
	echo "# seeds from $SEED on"
	while [ $SECONDS -lt $end ]; do
		before=$T_FAILED
		t_case "seed $SEED" random_pair "$SEED"
		if [ "$T_FAILED" != "$before" ]; then
			keep_failed "$SEED"
			break # the world is not as it was any more
		fi
		SEED=$((SEED + 1))
	done
}

for feature in bridge veth tun nft netns command:python3; do
	feature "$feature" || t_skip "no $feature here"
done
DHCP=(--no-dhcp)
! feature command:dnsmasq || DHCP=()
t_case "the world" world
if [ -n "$PAIR_A" ]; then
	t_case "$PAIR_A, $PAIR_B" pair "$PAIR_A" "$PAIR_B"
else
	stored
	random_pairs
fi
t_done
