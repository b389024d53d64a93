# SPDX-License-Identifier: GPL-2.0-or-later
# Traffic between namespaces, and what the far end saw.  Sourced by netns.sh.
#
# The work is done by tests/lib/peer.c, which reports addresses and ports.

T_PEER=$NETD_BUILD/tests/lib/peer

# pings NS ADDRESS: it answers, to the first ping or to another.
pings()
{
	local i

	for ((i = 0; i < 2 * T_PATIENCE; i++)); do
		! on "$1" ping -n -q -c 1 -W 1 "$2" >/dev/null 2>&1 || return 0
	done
	fail "$1 gets no answer to a ping of $2"
}

# no_ping NS ADDRESS: it does not.
no_ping()
{
	! on "$1" ping -n -q -c 1 -W 1 "$2" >/dev/null 2>&1 ||
		fail "$1 gets an answer to a ping of $2"
}

# serve NS PROTOCOL ADDRESS PORT[-LAST]: starts a server and returns when it listens.  It
# tells each peer "LOCAL-ADDRESS LOCAL-PORT PEER-ADDRESS PEER-PORT" and echoes.
serve()
{
	on "$1" "$T_PEER" serve "$2" "$3" "$4"
}

# ask NS PROTOCOL ADDRESS PORT [OPTION…]: prints what the server told; fails after ten
# seconds without an answer.  Options: --from ADDRESS, --port PORT, --timeout MS.
ask()
{
	on "$1" "$T_PEER" ask "${@:2}"
}

# no_answer NS PROTOCOL ADDRESS PORT [OPTION…]
no_answer()
{
	local said

	! said=$(ask "$@" --timeout 700 2>/dev/null) || fail "$1 is answered by $3 $4: $said"
}

# flow_start NAME NS PROTOCOL ADDRESS PORT: one flow with an echo every 10 ms.
flow_start()
{
	echo "$2" >"$T_DIR/flow-$1.ns"
	on "$2" rm -f "$T_DIR/flow-$1"
	on "$2" "$T_PEER" flow "$3" "$4" "$5" "$T_DIR/flow-$1" >"$T_DIR/flow-$1.pid"
}

# flow_end NAME: it sends no more, and waits a second for what has not been answered.
flow_end()
{
	on "$(<"$T_DIR/flow-$1.ns")" kill -TERM "$(<"$T_DIR/flow-$1.pid")"
}

# flow_said NAME: behind flow_end, prints "sent N answered N gap MS" (the longest silence).
flow_said()
{
	local ns

	ns=$(<"$T_DIR/flow-$1.ns") # a guest has the file to itself
	wait_for 5 on "$ns" test -s "$T_DIR/flow-$1"
	on "$ns" cat "$T_DIR/flow-$1"
}

# flow_stop NAME: both.
flow_stop()
{
	flow_end "$1"
	flow_said "$1"
}

# goes_on NAME, ends NAME: stops it; whether all that it sent was answered, or was until
# something happened to it.
goes_on()
{
	local said

	said=$(flow_stop "$1")
	[[ $said =~ ^sent\ ([0-9]+)\ answered\ ([0-9]+)\ gap\ [0-9]+$ ]] &&
		[ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ] || fail "flow $1 ended: $said"
}

ends()
{
	local said

	said=$(flow_stop "$1")
	[[ $said =~ ^sent\ ([0-9]+)\ answered\ ([0-9]+)\ gap ]]
	[ "${BASH_REMATCH[2]}" -gt 0 ] || fail "flow $1 never went: $said"
	[ "${BASH_REMATCH[1]}" -gt "${BASH_REMATCH[2]}" ] || fail "flow $1 goes on: $said"
}
