# SPDX-License-Identifier: GPL-2.0-or-later
# The throw-away host of docs/tutorial.md.  Source it behind netns.sh and tests/guest/guest.sh.
#
# Theory of operation.  It is the test library's empty host with one NIC, wan0, joined to a
# namespace that plays the outside; with netd's hooks where `meson install` puts them; and
# with two words more than a host has: `guest` and `outside`.  /usr/local is a tmpfs of
# links into the real one, so nothing of this is seen outside of the namespaces.

# playground: makes that host of the test's own namespaces.
playground()
{
	t_playground_local
	echo 0 2>/dev/null >/proc/sys/net/bridge/bridge-nf-call-iptables || :
	echo 0 2>/dev/null >/proc/sys/net/bridge/bridge-nf-call-ip6tables || :
	outside wan0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	outside_dns
	t_playground_outside
	PATH=$PATH:$NETD_BUILD/tests/lib
	mkdir -p /etc/qemu "$T_DIR/lab"
	cd "$T_DIR/lab" || return
	eval "outside() { ip netns exec outside \"\$@\"; }"
}

# t_playground_links FROM TO: a directory of links.
t_playground_links()
{
	mkdir -p "$2"
	find "$1" -mindepth 1 -maxdepth 1 ! -name libexec ! -name netd -exec ln -s -t "$2" {} +
}

t_playground_local()
{
	mkdir -p /run/real-local
	mount --bind /usr/local /run/real-local
	mount -t tmpfs -o mode=755 tmpfs /usr/local
	t_playground_links /run/real-local /usr/local
	mkdir -p /usr/local/libexec/netd
	[ ! -d /run/real-local/libexec ] ||
		t_playground_links /run/real-local/libexec /usr/local/libexec
	ln -s "$NETD_BUILD/cli/hooks/qemu-ifup" "$NETD_BUILD/cli/hooks/netd-bridge-helper" \
		/usr/local/libexec/netd/
}

# A server that tells its clients what they look like from there, and a way to ask.
t_playground_outside()
{
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	serve outside udp "$T_INTERNET4" 53 >/dev/null
	serve outside tcp "$T_INTERNET6" 80 >/dev/null
}

# guest start NAME ADDRESSES QEMU-ARGUMENT…   boots a small Linux; "ADDR… via GATEWAY…", "dhcp"
# guest run NAME COMMAND                      in it, as root
# guest stop|kill NAME                        switches it off; kills QEMU
# guest plug|unplug NAME ID [TAP-OPTIONS]     a NIC of the running guest
guest()
{
	local what=${1:-} usage="guest start|run|stop|kill|plug|unplug NAME …"

	[ $# -ge 2 ] && declare -F "t_guest_$what" >/dev/null || {
		echo "usage: $usage"
		return 2
	}
	[ "$what" = start ] || t_guest_runs "$2" || {
		echo "no guest $2 is running"
		return 1
	}
	shift
	("t_guest_$what" "$@")
}

t_guest_runs()
{
	[ -e "$T_DIR/guest-$1/pid" ] && [ ! -e "$T_DIR/guest-$1/exit" ]
}

t_guest_start()
{
	local name=$1 addresses=$2

	shift 2
	"$T_GUEST/image" "$T_IMAGE" || return
	guest_program "$name" "$T_PEER"
	guest_start "$name" "${addresses:+net eth0 $addresses; }stay" "$@"
	(guest_wait "$name" 90 READY) >"$T_DIR/guest-$name/wait" ||
		{
			cat "$T_DIR/guest-$name/qemu.err"
			return 1
		}
}

t_guest_run()
{
	guest_run "$@"
}

t_guest_stop()
{
	guest_say "$1" exit
	guest_wait "$1" 20
}

t_guest_kill()
{
	guest_kill "$1"
}

t_guest_plug()
{
	local n

	n=$(guest_run "$1" 'ls /sys/class/net | grep -c eth' || :)
	guest_plug "$1" "$2" "$3" >/dev/null
	guest_run "$1" "wait_for 10 test -e /sys/class/net/eth$n"
}

t_guest_unplug()
{
	guest_unplug "$1" "$2" >/dev/null
}
