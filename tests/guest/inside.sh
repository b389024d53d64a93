# SPDX-License-Identifier: GPL-2.0-or-later
# What a guest's script can call.

# net IF [ADDRESS… [via GATEWAY…]]: brings it up, adds the addresses and default routes.
net()
{
	local dev=$1 via=

	shift
	[ ! -e "/proc/sys/net/ipv6/conf/$dev" ] || echo 0 >"/proc/sys/net/ipv6/conf/$dev/accept_dad"
	ip link set "$dev" up
	for word; do
		case $via$word in
		via) via=via: ;;
		via:*:*) ip -6 route add default via "$word" dev "$dev" ;;
		via:*) ip route add default via "$word" dev "$dev" ;;
		*) ip addr add "$word" dev "$dev" ;;
		esac
	done
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
