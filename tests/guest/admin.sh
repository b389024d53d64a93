# SPDX-License-Identifier: GPL-2.0-or-later
# What an admin has: a link per network, and QEMU's command line.  Source it behind guest.sh.
#
#	hooks mybr0
#	boot web mybr0 1 '10.1.0.1/16 via 10.1.0.254'
#	booted web
#	ask web tcp "$T_INTERNET4" 80
#
# Theory of operation.  A guest is a namespace to traffic.sh: on, ask, serve, pings, no_ping,
# no_answer and flow_start take a guest's name where they take a namespace's.

# hooks NETWORK…: the scripts for QEMU, as an admin sets them up.
hooks()
{
	local network

	for network; do
		ln -s "$NETD_BUILD/cli/hooks/qemu-ifup" "/etc/qemu-ifup-$network"
		ln -s "$NETD_BUILD/cli/hooks/qemu-ifup" "/etc/qemu-ifdown-$network"
	done
}

# boot NAME NETWORK N ADDRESSES [QEMU-ARGUMENT…]: a guest with one NIC, whose tap is NAME-N
# and whose MAC ends in N; ADDRESSES as inside.sh's net takes them.
boot()
{
	local name=$1 network=$2 n=$3 addresses=$4 hook

	shift 4
	hook="script=/etc/qemu-ifup-$network,downscript=/etc/qemu-ifdown-$network"
	guest_program "$name" "$T_PEER"
	guest_start "$name" "mkdir -p $T_DIR; net eth0 $addresses; stay" \
		-netdev "tap,id=n0,ifname=$name-$n,$hook" \
		-device "virtio-net-pci,netdev=n0,mac=52:54:00:00:00:0$n,romfile=" "$@"
}

# booted NAME…: they obey commands from here on.
booted()
{
	local name

	for name; do
		guest_wait "$name" 120 READY
	done
}

# on NS COMMAND [ARG…]: NS may be a guest, too; there, the peer has another place.
on()
{
	local ns=$1 command

	shift
	if [ -e "$(t_guest_dir "$ns")" ]; then
		printf -v command '%q ' "${@/#"$T_PEER"//host/peer}"
		guest_run "$ns" "$command"
	elif [ "$ns" = host ]; then
		"$@"
	else
		ip netns exec "$ns" "$@"
	fi
}

# ports_of NETWORK: the names, one per line, sorted: guests come in any order.
ports_of()
{
	netdctl port list "$1" --json | jq -r '.[].port' | sort
}
