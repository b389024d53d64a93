#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What fails on the way leaves all as it was.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

# A run that fails has left all as it was; one that does not has done its work.
undone_or_done()
{
	case $1 in
	0)
		netdctl plan -q lab.yaml
		netdctl destroy -q lab
		;;
	1) match 'error: ' "$(<out)" ;;
	*) fail "exit status $1" ;;
	esac
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
	is_as_before state
}

apply_fails()
{
	local call

	world
	lab
	state >before
	snapshot full.before
	for call; do
		sweep "$call" error=EIO undone_or_done netdctl apply lab.yaml
	done
	snapshot full.after
	same full.before full.after
	eq "" "$(find /run/netd -type f ! -name lock ! -path "*/previous/*")"
}

# The topology that ran still runs, to the letter.
as_before_or_changed()
{
	case $1 in
	0)
		netdctl plan -q changed.yaml
		netdctl apply -q lab.yaml
		;;
	1) match 'error: ' "$(<out)" ;;
	*) fail "exit status $1" ;;
	esac
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
	netdctl plan -q lab.yaml
	is_as_before named_state
}

change_fails()
{
	local call

	world
	lab
	netdctl apply lab.yaml
	named_state >before
	for call; do
		sweep "$call" error=EIO as_before_or_changed netdctl apply changed.yaml
	done
}

# Also a destroy that fails is undone.
destroy_is_undone_or_done()
{
	case $1 in
	0) netdctl apply -q lab.yaml ;;
	1) match 'error: ' "$(<out)" ;;
	*) fail "exit status $1" ;;
	esac
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
	netdctl plan -q lab.yaml
	is_as_before named_state
}

destroy_fails()
{
	local call

	world
	lab
	netdctl apply lab.yaml
	named_state >before
	for call; do
		sweep "$call" error=EIO destroy_is_undone_or_done netdctl destroy lab
	done
}

# full_disk: the state directory takes less and less.
full_disk()
{
	local fill status

	world
	lab
	mount -t tmpfs -o size=64k,mode=755 tmpfs /run/netd
	state >before
	for fill in 64 60 56 52 48 44 40; do
		head -c ${fill}k /dev/zero >/run/netd/ballast 2>/dev/null || :
		status=0
		netdctl apply lab.yaml >out 2>&1 || status=$?
		rm /run/netd/ballast
		[ "$status" = 0 ] || match 'No space left on device' "$(<out)"
		undone_or_done "$status"
		[ $fill != 64 ] || eq 1 "$status"
	done
}

# undone REGEX COMMAND…: fails with such a message, and all is as it was.
undone()
{
	fails 1 "${@:2}"
	match "$1" "$err"
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
	is_as_before state
}

sysctls_are_read_only()
{
	world
	lab
	state >before
	mount --bind /proc/sys /proc/sys
	mount -o remount,bind,ro /proc/sys
	undone 'sysctl net/ipv6/conf/nat0/disable_ipv6 = 0: ' netdctl apply lab.yaml
	match 'rolled back: everything is as it was before' "$err"
	umount /proc/sys
	ok netdctl apply lab.yaml
}

# p0 is there when the plan is made, and gone when its turn comes.
interface_vanishes()
{
	world
	lab
	ip link del p0
	state >before
	ip link add p0 type veth peer name p1
	(
		until [ -e /sys/class/net/nat0 ]; do :; done
		ip link del p0
	) &
	fails 1 traced -e trace=sendmsg -e inject=sendmsg:delay_exit=40000 \
		netdctl apply lab.yaml
	wait
	match 'p0' "$err"
	match 'lab.yaml:[0-9]+:[0-9]+: error' "$err"
	match 'rolled back: everything is as it was before' "$err"
	[ ! -e /run/netd/pending.yaml ] || fail "a change is pending"
	is_as_before state
}

# What a kernel without it would say to nf_tables' and rtnetlink's sockets.
no_sockets()
{
	local n

	world
	lab
	state >before
	for n in 1 2; do
		undone 'error: ' traced -e trace=socket \
			-e inject=socket:error=EPROTONOSUPPORT:when=$n netdctl apply lab.yaml
		match 'Protocol not supported|not supported|nf_tables|netlink' "$err"
	done
}

no_ipv6()
{
	world
	lab
	state >before
	mkdir empty
	mount --bind empty /proc/sys/net/ipv6
	fails 2 netdctl apply lab.yaml
	match 'IPv6' "$err"
	match 'lab.yaml:[0-9]+:[0-9]+: error' "$err"
	sed -i 's/, "fd00:1::ff\/64"//' lab.yaml
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	ok netdctl destroy lab
	umount /proc/sys/net/ipv6
	is_as_before state
}

# A one-liner's change that cannot be kept is not made either.
definition_is_read_only()
{
	world
	ok netdctl network create a --address 10.1.0.1/24
	mount --bind /etc/netd /etc/netd
	mount -o remount,ro,bind /etc/netd
	state >before
	fails 1 netdctl network create b --address 10.2.0.1/24
	match 'cannot write .*default.yaml' "$err"
	match 'rolled back' "$err"
	is_as_before state
	fails 1 netdctl network set a --mtu 1400
	is_as_before state
	fails 1 netdctl port add a t0 --tap
	fails 1 ip link show t0
	umount /etc/netd
	ok netdctl network create b --address 10.2.0.1/24
	ok netdctl network delete a
	ok netdctl network delete b
}

# The hooks would still find its bridge.
record_stays()
{
	world
	lab
	netdctl apply -q lab.yaml
	named_state >before
	ls /run/netd/networks >networks
	fails 1 traced -P /run/netd/networks/iso0 -e trace=unlink -e inject=unlink:error=EIO \
		netdctl destroy lab
	match 'networks: Input/output error' "$err"
	eq "" "$(ls /run/netd/networks | diff networks -)"
	netdctl plan -q lab.yaml
	is_as_before named_state
	ok netdctl destroy lab
	eq "" "$(ls /run/netd/networks)"
}

t_fresh "apply fails: netlink" apply_fails sendmsg
t_fresh "apply fails: taps" apply_fails ioctl
t_fresh "apply fails: files and settings" apply_fails write renameat fsync unlinkat
t_fresh "a change fails: netlink" change_fails sendmsg
t_fresh "a change fails: files and settings" change_fails write renameat
t_fresh "destroy fails" destroy_fails sendmsg write renameat
t_fresh "a network's record that cannot be removed" record_stays
t_fresh "a full disk" full_disk
t_fresh "read-only sysctls" sysctls_are_read_only
t_fresh "an interface that vanishes on the way" interface_vanishes
t_fresh "a kernel without netlink or nf_tables" no_sockets
t_fresh "a kernel without IPv6" no_ipv6
t_fresh "a configuration that cannot be written" definition_is_read_only
t_done
