# SPDX-License-Identifier: GPL-2.0-or-later
# Whole Debian hosts, with systemd and the real programs that netd has to live beside.
# Source it behind tests/lib/netns.sh.
#
#	host_before 'ip address add 172.16.5.40/24 dev eth0'    # at each boot, before systemd
#	host_boot nftables              # with that service
#	host 'nft list ruleset'         # in it, as root
#	host_reboot
#
# Theory of operation.  A host has network, mount, PID, UTS, IPC and cgroup namespaces of
# its own inside the test's, over an overlay of build-hosts/root, and dies with the test.
# One boots in two seconds.  The kernel is the machine's, NICs are veths, and there is no
# AppArmor or SELinux: what depends on these is not tested here.  One host at a time.

T_HOST=$T_DIR/host
T_HOSTS=$T_ROOT/build-hosts${NETD_HOSTS:+-$NETD_HOSTS}

# need_hosts: skips where no host can be booted; waits for the root that is being made.
need_hosts()
{
	grep -q ' 4294967295$' /proc/self/uid_map || t_skip "needs root, not a user namespace's"
	need veth overlayfs
	[ ! -e "$T_HOSTS/lock" ] || flock "$T_HOSTS/lock" true
	[ -e "$T_HOSTS/packages" ] ||
		t_skip "no root file system for hosts: run tests/hosts/root"
	mkdir -p "$T_HOST"/{upper,work,netd,m,cgroup}
	mount -t cgroup2 cgroup2 "$T_HOST/cgroup" 2>/dev/null || t_skip "no cgroup2 here"
	T_HOST_CGROUP=$(mktemp -d "$T_HOST/cgroup/netd-test-XXXXXX" 2>/dev/null) ||
		t_skip "no cgroup can be made here"
	trap host_end EXIT
	DESTDIR=$T_HOST/netd meson install -C "$NETD_BUILD" --no-rebuild >/dev/null 2>&1 ||
		fail "netd cannot be installed"
	echo ldconfig >"$T_HOST/before.sh"
}

# host_before COMMANDS: before systemd starts, at each boot.
host_before()
{
	printf '%s\n' "$1" >>"$T_HOST/before.sh"
}

# host_boot [UNIT…]: enables these, and waits until the boot is over.
# shellcheck disable=SC2120 # tests pass units
host_boot()
{
	[ $# = 0 ] || host_before "systemctl --quiet enable $*"
	(
		echo 0 >"$T_HOST_CGROUP/cgroup.procs"
		exec unshare --net --mount --pid --fork --kill-child --uts --ipc --cgroup \
			--propagation private "$T_ROOT/tests/hosts/init" "$T_HOSTS/root" "$T_HOST"
	) </dev/null >"$T_HOST/console" 2>&1 9>&- &
	T_HOST_OUTER=$!
	wait_for 20 host_is_up_or_dead
	host_is_up || fail "the host ended: $(<"$T_HOST/console")"
}

host_is_up()
{
	T_HOST_PID=$(pgrep -P "$T_HOST_OUTER" -x systemd) || return 1
	case $(host 'systemctl is-system-running') in
	running | degraded) return 0 ;;
	*) return 1 ;;
	esac
}

host_is_up_or_dead()
{
	host_is_up || ! kill -0 "$T_HOST_OUTER"
}

# host SCRIPT: as root of the host, with its PATH.
host()
{
	nsenter --target "$T_HOST_PID" --mount --net --pid --uts --ipc --cgroup --root --wd -- \
		env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		HOME=/root LANG=C.UTF-8 TERM=dumb bash -c "$1" 9>&-
}

# out SCRIPT: on the LAN's gateway, which is also the Internet.
out()
{
	host "ip netns exec out bash -c '$1'"
}

# host_lan: it has an address at each boot, the Internet behind it, and a resolver.
host_lan()
{
	host_before 'ip link set eth0 up
		ip address add 172.16.5.40/24 dev eth0
		ip route add default via 172.16.5.1
		rm -f /etc/resolv.conf
		echo nameserver 203.0.113.1 >/etc/resolv.conf'
}

# host_guest BRIDGE: namespace "g" is a guest there, which has no address yet.
host_guest()
{
	host "
		ip netns add g
		ip link add v-g type veth peer name eth0 netns g
		ip link set v-g master $1 up
		ip -n g link set lo up
		ip -n g link set eth0 up"
}

# host_asks [TRIES]: the guest asks for an address by DHCP, and takes it.
host_asks()
{
	host 'cat >/root/lease <<-"EOF"
		#!/bin/sh
		[ "$1" != bound ] || {
			ip address flush dev "$interface" scope global
			ip address add "$ip/$mask" dev "$interface"
			ip route replace default via "$router"
		}
		EOF
		chmod +x /root/lease
		ip netns exec g busybox udhcpc -f -q -n -i eth0 -T 1 -s /root/lease -t '"${1:-20}"
}

# host_told: what the notes tell to do, one command per line.
host_told()
{
	host 'netdctl status' | grep -A1 '^note: [^ ]*: ' | grep '^ ' | grep -o '`[^`]*`' | tr -d '`'
}

# host_as_told: does it, as it is printed.
host_as_told()
{
	host_told >told
	cat told
	[ -s told ] || fail "nothing was told"
	host "set -eux; $(<told)"
}

# As if the power had gone: what is on its disk stays.
host_stop()
{
	kill -KILL "$T_HOST_PID" 2>/dev/null || :
	wait "$T_HOST_OUTER" 2>/dev/null || :
}

host_reboot()
{
	host_stop
	host_boot
}

# A cgroup is the machine's, and stays until the last process of the host has gone.
host_end()
{
	local tries=100

	[ -z "${T_HOST_PID:-}" ] || host_stop
	while [ -d "$T_HOST_CGROUP" ] && [ $((tries -= 1)) -gt 0 ]; do
		find "$T_HOST_CGROUP" -depth -type d -exec rmdir {} + 2>/dev/null || sleep 0.05
	done
}
