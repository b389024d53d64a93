# SPDX-License-Identifier: GPL-2.0-or-later
# The state of a network namespace as text, and its comparison.  Sourced by netns.sh.
#
# Theory of operation.  What moves by itself is left out: counters, timers, lifetimes,
# carrier and duplicate address detection, rule handles.  Interface indexes are kept: a
# link that was deleted and made anew is not the same link.

# Creates the /proc/sys/net files that modules bring along when first used.
t_warm_kernel()
{
	[ ! -e "$T_DIR/warm" ] || return 0
	unshare --net sh -c 'ip link add w0 type bridge; ip link add w1 type veth peer name w2
		ip link set w1 master w0
		nft "add table inet w; add chain inet w c { type nat hook postrouting priority 0; }; add rule inet w c masquerade"' \
		>/dev/null 2>&1 || :
	: >"$T_DIR/warm"
}

t_jq()
{
	jq -S -L "$T_LIB" "include \"snapshot\"; still | $1"
}

t_snapshot_ip()
{
	local what=$1

	shift
	echo "== ip $*"
	ip -d -j "$@" | t_jq "sort_by($what) | .[]"
}

# Nothing that the kernel still has to do by itself: addresses being probed (their routes
# come afterwards), carriers not yet noticed.
t_settled()
{
	ip -d -j address show | jq -e 'all(.[];
		((.flags | index("LOWER_UP") | not) or .operstate != "DOWN")
		and all(.addr_info[]?; .tentative | not))' >/dev/null
}

# snapshot FILE [NS]: writes all of the network state there.
snapshot()
{
	t_warm_kernel
	if [ -n "${2:-}" ]; then
		ip netns exec "$2" bash -c 'T_LIB=$0; . "$0/snapshot.sh"; t_snapshot' "$T_LIB" >"$1"
	else
		wait_for 5 t_settled
		t_snapshot >"$1"
	fi
}

t_snapshot()
{
	t_snapshot_ip .ifname link show
	t_snapshot_ip .ifname address show
	t_snapshot_ip '.table, .type, .dst, .dev, .metric' -4 route show table all
	t_snapshot_ip '.table, .type, .dst, .dev, .metric' -6 route show table all
	t_snapshot_ip .priority -4 rule show
	t_snapshot_ip .priority -6 rule show
	echo "== nft"
	nft -j list ruleset | t_jq '.nftables[] | select(.metainfo | not)'
	echo "== sysctl"
	{ grep -rs '' /proc/sys/net || :; } | # some are for writing only
		grep -v -e /nf_conntrack_count: -e /tcp_fastopen_key: |
		LC_ALL=C sort
}

# same FILE FILE
same()
{
	cmp -s "$1" "$2" || fail "the state differs (- before, + after):
$(diff -U 4 "$1" "$2" | head -n 80)"
}
