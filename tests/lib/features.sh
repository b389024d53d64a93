# SPDX-License-Identifier: GPL-2.0-or-later
# What this kernel and machine can do: probed by doing it.  Sourced by netns.sh.
#
#	need tun conntrack command:socat     # skips the case with the reason if not

# A probe per feature; each runs in a network namespace of its own and prints nothing.
declare -A T_FEATURES=(
	[bridge]='ip link add f0 type bridge'
	[veth]='ip link add f0 type veth peer name f1'
	[dummy]='ip link add f0 type dummy'
	[vlan]='ip link add f0 type veth peer name f1 && ip link add link f0 name f2 type vlan id 2'
	[vlan_filtering]='ip link add f0 type bridge vlan_filtering 1'
	[macvtap]='ip link add f0 type veth peer name f1 && ip link add link f0 name f2 type macvtap'
	[tun]='ip tuntap add dev f0 mode tap'
	[netem]='tc qdisc add dev lo root netem delay 1ms'
	[ipv6]='ip link set lo up && ip -6 address add fd00::1/128 dev lo'
	[netns]='ip netns list'
	[nft]='nft add table inet f'
	[nft_nat]='nft "add table inet f; add chain inet f c { type nat hook postrouting priority 100; }; add rule inet f c masquerade"'
	[nft_bridge]='nft "add table bridge f; add chain bridge f c { type filter hook forward priority 0; }"'
	[iptables]='iptables -t nat -L -n'
	[iptables_legacy]='iptables-legacy -S'
	[conntrack]='nft "add table inet f; add chain inet f c { type filter hook input priority 0; }; add rule inet f c ct state established" && conntrack -L'
	[sctp]='"$T_PEER" serve sctp 127.0.0.1 9'
	[br_netfilter]='test -e /proc/sys/net/bridge/bridge-nf-call-iptables'
	[addr_proto]='ip address add 10.0.0.1/32 dev lo proto 110'
	[overlayfs]='unshare --mount mount -t overlay -o ro,lowerdir=/usr:/etc overlay /mnt'
	[users]="awk '{ n += \$3 } END { exit n <= 65534 }' /proc/self/uid_map"
	[userns]='unshare --user --map-root-user true'
)

# feature NAME: true if it is there.  command:X, file:X, program:X (of the build) too.
feature()
{
	local probe

	case $1 in
	command:*) command -v "${1#*:}" >/dev/null && return ;;
	file:*) [ -e "${1#*:}" ] && return ;;
	program:*) [ -x "$NETD_BUILD/cli/${1#*:}" ] && return ;;
	*)
		probe=${T_FEATURES[$1]:-}
		[ -n "$probe" ] || t_bail "no feature is called $1"
		T_PEER=$T_PEER unshare --net --pid --fork --kill-child bash -c "$probe" \
			>/dev/null 2>&1 </dev/null && return
		;;
	esac
	return 1
}

# need FEATURE…
need()
{
	local name

	for name; do
		feature "$name" || t_skip "no $name here"
	done
}
