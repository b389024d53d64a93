# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon in a test's namespaces.  Source it behind netns.sh.
#
#	daemon_start [OPTION…]   # in the background; its words go to $T_DIR/daemon.log
#	daemon_says REGEX        # waits for them
#	call Apply ssa{sv} …     # by busctl, over the socket; ok and fails go with it
#	daemon_stop              # by SIGTERM; its exit status is 0
#
# The daemon is built only where there is libsystemd.

[ -x "$NETD_BUILD/netd/netd" ] || t_skip "the daemon was not built"
DAEMON_LOG=$T_DIR/daemon.log
DAEMON_SOCKET=/run/netd/bus

daemon_answers()
{
	[ -S "$DAEMON_SOCKET" ] && grep -q 'looks after' "$DAEMON_LOG"
}

daemon_start()
{
	: >"$DAEMON_LOG"
	"$NETD_BUILD/netd/netd" "$@" >>"$DAEMON_LOG" 2>&1 &
	DAEMON=$!
	wait_for 5 daemon_answers
}

daemon_stop()
{
	local status=0

	kill -TERM "$DAEMON"
	wait "$DAEMON" || status=$?
	eq 0 "$status" "netd's exit status"
}

daemon_has_said()
{
	grep -Eq "$1" "$DAEMON_LOG"
}

daemon_says()
{
	wait_for 10 daemon_has_said "$1"
}

call()
{
	busctl --address="unix:path=$DAEMON_SOCKET" call org.netd1 /org/netd1 \
		org.netd1.Manager "$@"
}

# in_effect: nothing differs from what is to run.
in_effect()
{
	[ "$(netdctl status --json | jq -r '.[].state' | sort -u)" = "in effect" ]
}

differs()
{
	! in_effect
}
