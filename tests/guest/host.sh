#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A guest is the whole host: tests of tests/netns on Debian's kernel, not the machine's.
#
#	tests/guest/host.sh               what kernels are known to differ in
#	tests/guest/host.sh nat forward   those scripts
#
# Theory of operation.  The guest's archive holds bash, the programs that the tests run,
# netd and tests/; nothing of the machine but its files is used.  Linux 6.1 has no
# force_forwarding, no NFT_TABLE_F_PERSIST, and acknowledges nftables batches differently.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/guest/guest.sh"

need_guests

PROGRAMS=(awk bash cat cmp conntrack cut diff dirname dnsmasq env find grep head id ip jq ln ls
	mkdir mktemp mount nft paste ping ps readlink rm sed seq setpriv sleep sort stat strace
	tail tc timeout touch tr umount unshare wc)
MODULES=(8021q bridge br_netfilter dummy nf_conntrack_netlink nft_chain_nat nft_ct nft_fib_inet
	nft_limit nft_log nft_masq nft_nat nft_redir nft_reject_inet sctp tun veth)

# give DIRECTORY FILE…: of the source, at the same place below /netd.
give()
{
	local file

	for file in "${@:2}"; do
		guest_file host "$file" "/netd/$1/${file##*/}"
	done
}

boots()
{
	guest_program host "${PROGRAMS[@]}" "$NETD_BUILD/cli/netdctl" "$T_PEER"
	give tests/lib "$T_ROOT"/tests/lib/*.sh "$T_ROOT"/tests/lib/*.jq "$T_ROOT/tests/lib/dhcp-script"
	give tests/netns "$T_ROOT"/tests/netns/*.sh
	give build/cli "$NETD_BUILD/cli/netdctl"
	give build/cli/hooks "$NETD_BUILD"/cli/hooks/{qemu-ifup,netd-bridge-helper}
	give build/tests/lib "$NETD_BUILD"/tests/lib/{peer,take-tap}
	guest_file host "$(command -v dnsmasq)" /usr/sbin/dnsmasq # netd looks there only
	guest_module host "${MODULES[@]}"
	GUEST_MB=512 guest_start host 'mkdir -p /mnt /root; chmod 755 /test
		printf "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n" >/etc/passwd
		printf "root:x:0:\nnogroup:x:65534:\n" >/etc/group
		export PATH=/host:$PATH NETD_BUILD=/netd/build; ln -sf /host/bash /bin/bash; stay'
	guest_wait host 120 READY
	refused guest_run host 'test -e /proc/sys/net/ipv6/conf/all/force_forwarding'
}

# suite NAME: tests/netns/NAME.sh in the guest; none of its cases may fail.
suite()
{
	guest_run host "bash /netd/tests/netns/$1.sh" 900 >"$1.tap" || fail "$(<"$1.tap")"
	match '1\.\.[1-9]' "$(<"$1.tap")"
	no_match 'not ok ' "$(<"$1.tap")"
}

[ $# -gt 0 ] || set -- forwarding reliance
need "${PROGRAMS[@]/#/command:}"
t_case "Debian's kernel" boots
for name; do
	t_case "$name there" suite "$name"
	sed 's/^/# /' "$name.tap"
done
t_done
