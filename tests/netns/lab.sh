#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Large labs: 50 networks, 50 routers and 200 hosts, in a ring and in a star.
. "$(dirname "$0")/../lib/netns.sh"

need bridge veth netns

# Under AddressSanitizer, a smaller one.
NETWORKS=50 HOSTS=4
! sanitized || NETWORKS=10 HOSTS=2

# namespaces: how many have a name.
namespaces()
{
	find /run/netns -type f 2>/dev/null | wc -l
}

# everything: what must be as before when the lab is gone.
everything()
{
	snapshot "$1"
	{
		echo "== mounts"
		cut -d' ' -f1-3 /proc/self/mounts
		echo "== files"
		find /run/netns /run/netd /etc/netns /etc/netd ! -type d ! -name lock ! -name namespace ! -path "*/previous/*" 2>/dev/null | sort || :
		echo "== processes"
		ps -eo comm= | sed -E '/^(bash|ps|sed)$/d'
	} >>"$1"
}

# lab SHAPE: the file, and what ping-all reads.
lab()
{
	"$T_ROOT/scripts/lab" "$1" $NETWORKS $HOSTS >lab.yaml
	sed -n 's/^  \(h[0-9]*-[0-9]*\):.*/\1/p' lab.yaml >hosts
	sed -n 's/.*lan: .*\[\([0-9.]*\)\/24\].*/\1/p' lab.yaml >gateways
	eq $((NETWORKS * HOSTS)) "$(wc -l <hosts)" hosts
	eq $NETWORKS "$(wc -l <gateways)" gateways
}

comes_up()
{
	ip netns add other # makes /run/netns, and is not ours
	everything before
	lab "$1"
	netdctl apply lab.yaml
	eq $((NETWORKS * (HOSTS + 1) + 1)) "$(namespaces)" namespaces
	netdctl plan lab.yaml # exits with 3 if something were left to do
}

all_reach_all()
{
	eq "$((NETWORKS * HOSTS * NETWORKS)) of $((NETWORKS * HOSTS * NETWORKS))" \
		"$("$NETD_BUILD/tests/lib/ping-all" 20 hosts gateways)"
}

# Nothing is deleted or made anew.
again()
{
	snapshot r0.before r0
	eq "lab: nothing to do" "$(netdctl apply lab.yaml 2>&1)"
	eq "" "$(netdctl plan lab.yaml)"
	snapshot r0.after r0
	same r0.before r0.after
}

# What is not concerned goes on.
less()
{
	sed -e '/^  h1-0:/d' -e 's/10\.1\.2\.10\/24/10.1.2.99\/24/' lab.yaml >less.yaml
	netdctl apply less.yaml
	netdctl plan less.yaml
	[ ! -e /run/netns/h1-0 ] || fail "h1-0 is still there"
	match ' 10\.1\.2\.99/24 ' "$(ip -n h2-0 -4 address show dev eth0)"
	no_match ' 10\.1\.2\.10/24 ' "$(ip -n h2-0 -4 address show dev eth0)"
	sed -i '/^h1-0$/d' hosts
	eq "$(((NETWORKS * HOSTS - 1) * NETWORKS)) of $(((NETWORKS * HOSTS - 1) * NETWORKS))" \
		"$("$NETD_BUILD/tests/lib/ping-all" 20 hosts gateways)"
}

goes()
{
	netdctl destroy lab
	eq 1 "$(namespaces)" "namespaces (other)"
	everything after
	same before after
	ip netns del other
}

for shape in ring star; do
	t_case "a $shape of $NETWORKS networks comes up" comes_up $shape
	t_case "$shape: every host reaches every router" all_reach_all
	t_case "$shape: again: nothing to do" again
	t_case "$shape: one host less, one with another address" less
	t_case "$shape: nothing is left of it" goes
done
t_done
