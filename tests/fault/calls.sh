#!/bin/bash
# shellcheck disable=SC2034 # everything.sh reads T_STATUS and t_point
# SPDX-License-Identifier: GPL-2.0-or-later
# The installed netdctl, unchanged: system calls fail, or kill it, one after the other.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/everything.sh"
no_leak_search # it cannot work under strace

calls=(sendmsg recvmsg write read openat renameat rename fsync unlink unlinkat linkat mkdir mkdirat
	mount umount2 setns unshare socket ioctl fchmod chown pipe2 pidfd_open pidfd_send_signal
	poll wait4 symlinkat flock getdents64)
faults=(error=EIO signal=KILL error=ENOMEM error=EINTR error=ENOSPC)

# A kill at a call's entry is one before it; each call has one behind it, too: the next.
# What cannot fail so, or what the program must not survive, is left out: a poll that does
# not wait, and EINTR from calls that the kernel restarts or never interrupts.
sensible()
{
	case $1:$2 in
	poll:error=E[IN]O* | wait4:error=E[IN]O* | wait4:error=ENOMEM) return 1 ;;
	esac
}

# list_points: "CALL FAULT N", as many as the change makes, into the file `points`.
list_points()
{
	local IFS=, call fault

	strace -o strace -e "trace=${calls[*]}" netdctl "${change[@]}" -q
	back
	IFS=' '
	{ set +x; } 2>/dev/null
	for call in "${calls[@]}"; do
		for fault in "${faults[@]}"; do
			! sensible "$call" "$fault" ||
				awk -v c="$call" -v f="$fault" 'index($0, c "(") == 1 { print c, f, ++n }' strace
		done
	done >points
	[ "$(wc -l <points)" -gt 100 ] || fail "there are few points"
}

# called CHANGE COUNT: COUNT of these points.
called()
{
	local what=$1 n call fault at

	need command:strace
	everything
	images
	[ "$what" != first ] || snapshot full.before
	prepare "$what"
	list_points
	for n in $(sample "$(wc -l <points)" "$2"); do
		read -r call fault at < <(sed -n "${n}p" points)
		t_point="$call $fault $at"
		T_STATUS=0
		timeout -k 5 60 strace -o log -e "trace=$call" -e "inject=$call:$fault:when=$at" \
			netdctl "${change[@]}" >out 2>&1 || T_STATUS=$?
		{ set +x; } 2>/dev/null
		tail -n 30 log | grep -a -e INJECTED -e SIGKILL >hit || :
		mv hit log
		judge "$what"
		T_POINTS[$fault]=$((${T_POINTS[$fault]:-0} + 1))
	done
	if [ "$what" = first ]; then
		snapshot full.after
		same full.before full.after
	fi
	told_points "$what"
}

t_fresh "the first apply" called first 7
t_fresh "a change" called change 7
t_fresh "destroy" called destroy 7
t_done
