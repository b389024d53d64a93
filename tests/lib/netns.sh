# SPDX-License-Identifier: GPL-2.0-or-later
# Source this first in a test: it moves the test into namespaces that die with it.
#
# Theory of operation.  The test is run again inside its own network, mount, UTS and PID
# namespaces.  Its end takes every process, mount, link and named namespace with it,
# however it ends, so no test cleans up.  /run is a tmpfs; /etc is a tmpfs of links into
# the real one (read-only), so /etc/netd, /etc/qemu-ifup-* and the like can be written
# without the machine seeing it.  The host's name is testhost: no guest may take it.  T_DIR is a scratch directory.  The build is seen at
# /run/build, where other users can run it, too, whoever may enter the checkout's folder.
#
#	. "$(dirname "$0")/../lib/netns.sh"
#	works() { eq 4 "$((2 + 2))"; }
#	t_case "two and two" works       # in this namespace, after the cases before it
#	t_fresh "two and two" works      # in a namespace of its own (top level runs again)
#	t_done
#
# Who is not root gets a user namespace, in which the test is root; with uidmap and a range
# of /etc/subuid there are other users, too.

T_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
T_ROOT=$(cd "$T_LIB/../.." && pwd)
T_SELF=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
export NETD_BUILD=${NETD_BUILD:-$T_ROOT/build}
if [ -n "${NETD_TEST_DEPTH:-}" ]; then
	T_BUILD=$NETD_BUILD
	NETD_BUILD=/run/build
fi
T_UNSHARE=(unshare --net --mount --uts --pid --fork --kill-child --mount-proc)
if [ "$(id -u)" != 0 ]; then
	T_UNSHARE+=(--user --map-root-user)
	! unshare --user --map-root-user --map-auto true 2>/dev/null || T_UNSHARE+=(--map-auto)
fi

. "$T_LIB/tap.sh"
. "$T_LIB/features.sh"
. "$T_LIB/trace.sh"
. "$T_LIB/snapshot.sh"
. "$T_LIB/topology.sh"
. "$T_LIB/traffic.sh"
. "$T_LIB/dhcp.sh"

# The namespace's own /run, /etc, /sys and lo.  Built on /mnt and moved: the old /run may
# hold the real /etc of the namespace around this one.
t_furnish()
{
	local real=/etc

	[ ! -d /run/real-etc ] || real=/run/real-etc
	mount -t tmpfs -o mode=755 tmpfs /mnt
	mkdir -p /mnt/netns /mnt/netd /mnt/lock /mnt/test /mnt/real-etc /mnt/build
	mount --bind "$T_BUILD" /mnt/build
	mount --bind "$real" /mnt/real-etc
	mount -o remount,bind,ro /mnt/real-etc
	mount -n --move /mnt /run
	mount -t tmpfs -o mode=755 tmpfs /etc
	find /run/real-etc -mindepth 1 -maxdepth 1 ! -name netd ! -name netns ! -name qemu \
		! -name 'qemu-if*' -exec ln -s -t /etc {} +
	mkdir -p /etc/netd /etc/netns /etc/qemu
	mount -t sysfs sysfs /sys 2>/dev/null || :
	ip link set lo up
	hostname testhost
}

if [ -z "${NETD_TEST_DEPTH:-}" ]; then
	[ "$(id -u)" = 0 ] || "${T_UNSHARE[@]}" true 2>/dev/null ||
		t_skip "needs root, or user namespaces"
	NETD_TEST_DEPTH=1 exec "${T_UNSHARE[@]}" bash "$T_SELF" "$@"
fi

t_furnish || t_bail "cannot furnish the namespace"
T_DIR=/run/test
# A user's PATH lacks sbin, where nft and dnsmasq are; build-guest has dhclient.
for t_sbin in /usr/sbin /sbin "$T_ROOT"/build-guest/root/{usr/sbin,sbin}; do
	case :$PATH: in *:"$t_sbin":*) ;; *) PATH+=:$t_sbin ;; esac
done
export PATH=$NETD_BUILD/cli:$PATH TMPDIR=$T_DIR LC_ALL=C
unset NETD_STATE_DIR NETD_CONFIG_DIR NETD_NETWORK
cd "$T_DIR" || t_bail "no $T_DIR"

# sanitized: this build has AddressSanitizer in it: it is slow, and keeps what was freed.
sanitized()
{
	grep -aq __asan_init "$NETD_BUILD/cli/netdctl"
}
