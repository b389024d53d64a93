# SPDX-License-Identifier: GPL-2.0-or-later
# What a guest's script can call.

# net IF [ADDRESS… [via GATEWAY…]] [dhcp] [dhcp6]: brings it up, adds the addresses and
# default routes, and asks for more.
net()
{
	local dev=$1 via=

	shift
	[ ! -e "/proc/sys/net/ipv6/conf/$dev" ] || echo 0 >"/proc/sys/net/ipv6/conf/$dev/accept_dad"
	ip link set "$dev" up
	for word; do
		case $via$word in
		via) via=via: ;;
		*dhcp) dhcp "$dev" ;;
		*dhcp6) dhcp6 "$dev" ;;
		via:*:*) ip -6 route add default via "$word" dev "$dev" ;;
		via:*) ip route add default via "$word" dev "$dev" ;;
		*) ip addr add "$word" dev "$dev" ;;
		esac
	done
}

# dhcp IF [OPTION…]: an address, and all else that there is, by DHCP; anew, if called again.
dhcp()
{
	local dev=$1 pid

	shift
	pid=$(cat "/run/udhcpc.$dev" 2>/dev/null) && kill "$pid"
	udhcpc -i "$dev" -p "/run/udhcpc.$dev" -s /dhcp-script -n -t 30 -T 1 -O mtu \
		-O search -O staticroutes -O msstaticroutes -O bootfile -O tftp \
		-x "hostname:$(hostname)" "$@" >/run/udhcpc.log 2>&1 || {
		cat /run/udhcpc.log
		return 1
	}
}

# dhcp6 IF [OPTION…]: by DHCPv6, if the guest has dhclient (guest_program NAME dhclient).
# The route to the others comes by router advertisement.
dhcp6()
{
	local dev=$1

	shift
	wait_for 5 linklocal "$dev"
	: >/run/dhclient.leases
	/host/dhclient -6 -1 -D LL -cf /dev/null -lf /run/dhclient.leases \
		-pf "/run/dhclient.$dev" -sf /dhcp-script "$@" "$dev" >/run/dhclient.log 2>&1 || {
		cat /run/dhclient.log
		return 1
	}
}

linklocal()
{
	ip -6 addr show dev "$1" | grep 'inet6 fe80' | grep -vq tentative
}

# told IF 4|6 NAME…: what the client was told; a line for each name.
told()
{
	local file="/run/dhcp/$1.$2" name

	shift 2
	for name; do
		(unset "$name" && . "$file" && eval "echo \"\${$name:-}\"")
	done
}

# has IF: its addresses but link-local ones, default gateways and DNS servers, a line each.
has()
{
	ip addr show dev "$1" | awk '/inet/ && !/scope link/ { print $2 }'
	{
		ip route show dev "$1"
		ip -6 route show dev "$1"
	} | awk '/^default via/ { print "via", $3 }'
	sed 's/^nameserver/dns/' /etc/resolv.conf
}

# ready [WORD]: tells the test, which waits with guest_wait NAME SECONDS READY.
# shellcheck disable=SC2120 # the word is optional
ready()
{
	echo "${1:-READY}"
}

# listen: the next line that the test sends with guest_say, in $REPLY.
listen()
{
	read -r REPLY
}

# stay: obeys commands that the test sends until it says "exit" (or kills the guest).
stay()
{
	local status

	ready
	while listen; do
		[ "$REPLY" != exit ] || return 0
		status=0
		(eval "$REPLY") || status=$?
		echo "@@@ did $status ."
	done
}

# wait_for SECONDS COMMAND…: until it succeeds.
wait_for()
{
	local left=$(($1 * 20))

	shift
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		sleep 0.05
	done
}
