#!/bin/bash
# shellcheck disable=SC2034 # everything.sh reads T_STATUS and t_point
# SPDX-License-Identifier: GPL-2.0-or-later
# Power is lost at each write, sync, rename and removal: what was not synced is not there.
#
# Theory of operation.  netdctl is killed there by strace, and its trace up to there says
# what the disk has.  `lost`: a change of names counts only if its directory was synced
# behind it, so the names are those of before (their contents are kept in `disk`, a copy
# that is brought up to date with each sync).  `torn`: all names are there, but a file that
# was not synced is empty.  Both are tried twice: with the kernel as it was (netdctl died
# and the disk lost something), and after a boot (no namespaces, links or rules; the state
# directory on a disk, unlike /run).
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/everything.sh"
no_leak_search

calls=write,fsync,rename,renameat,unlink,unlinkat,openat,mkdir,mkdirat,sendmsg

# journal TRACE: "create|sync|syncdir|rename|remove PATH [TO]" for all below
# /run/netd and /etc/netns.
journal()
{
	awk '
	function full(fd, path) {
		return path ~ /^\// ? path : (fd + 0 ? dir[fd + 0] : "") "/" path
	}
	function fdpath(text) { match(text, /<[^>]*>/); return substr(text, RSTART + 1, RLENGTH - 2) }
	/ = -1 | = \?/ { next }
	{
		call = substr($0, 1, index($0, "(") - 1)
		split($0, q, "\"")
		n = split($0, angle, /[<>]/)
	}
	call == "openat" && /O_CREAT/ { print "create", angle[n - 1]; next }
	call == "fsync" { print "sync", fdpath($0); next }
	call == "rename" { print "rename", q[2], q[4]; next }
	call == "renameat" {
		print "rename", (q[2] ~ /^\// ? "" : angle[2] "/") q[2], (q[4] ~ /^\// ? "" : angle[4] "/") q[4]
		next
	}
	call == "unlink" { print "remove", q[2]; next }
	call == "unlinkat" { print "remove", (q[2] ~ /^\// ? "" : angle[2] "/") q[2]; next }
	' "$1" | grep -E '^[a-z]+ /(run/netd|etc/netns)(/| |$)' || :
}

# What is not worth a sync, as it is made anew or given up when it is missing; and what
# goes with the next change if it is back.
ephemeral()
{
	[[ $1 == /run/netd/dhcp || $1 == /run/netd/dhcp/* || $1 == /run/netd/lock ||
		$1 == /run/netd/reserve || $1 == /run/netd/reserve/* ]]
}

# lose lost|torn: makes them what the disk has, by the journal.  The copies of before are in
# $T_DIR/disk.
lose()
{
	local what path to
	local -A dirty=() pending=() from=()

	journal log >journal
	while read -r what path to; do
		case $what in
		create) dirty[$path]=1 ;;
		sync)
			if [ -d "$path" ]; then
				for to in "${!pending[@]}"; do
					[ "${to%/*}" != "$path" ] || unset "pending[$to]"
				done
			else
				unset "dirty[$path]"
			fi
			;;
		rename)
			[ -z "${dirty[$path]:-}" ] || dirty[$to]=1
			unset "dirty[$path]"
			pending[$to]=1
			from[$to]=$path
			;;
		remove)
			unset "dirty[$path]"
			pending[$path]=1
			;;
		esac
	done <journal
	for path in "${!dirty[@]}"; do
		ephemeral "$path" && continue
		[ ! -f "$path" ] || : >"$path"
	done
	[ "$1" = lost ] || return 0
	for path in "${!pending[@]}"; do
		# a resolv.conf that is missing is made by the next apply
		[[ $path != /etc/netns/* ]] || continue
		ephemeral "$path" && continue
		# it has the old name still; that of a file which was being written is of no use
		[ "${from[$path]:-}" != /run/netd/pending.yaml ] || mv "$path" /run/netd/pending.yaml
		rm -f "$path"
		[ -e "$T_DIR/disk$path" ] || continue
		mkdir -p "${path%/*}"
		cp -a "$T_DIR/disk$path" "$path"
	done
}

# boot: all that was in the kernel is gone, and the host is as it comes up.
boot()
{
	local name link pid

	for pid in $(pgrep -x dnsmasq); do
		kill -KILL "$pid"
	done
	for name in $(ip netns list | awk '{ print $1 }'); do
		[ "$name" = far ] || [ "$name" = outside ] || ip netns del "$name"
	done
	nft delete table inet netd 2>/dev/null || :
	nft flush chain inet other input
	for link in $(ip -o link show | awk -F'[ :@]+' '{ print $2 }'); do
		case $link in
		lo | eth0 | p0 | p1 | eth1 | hand0) ;;
		*) ip link del "$link" 2>/dev/null || : ;;
		esac
	done
	for link in /proc/sys/net/ipv[46]/conf/{eth0,eth1,hand0,all}/{forwarding,force_forwarding}; do
		[ ! -e "$link" ] || echo 0 >"$link"
	done
	ip link set p0 down mtu 1500
	ip address del 172.16.5.41/32 dev eth0 2>/dev/null || :
	ip address del 172.16.5.70/32 dev eth0 2>/dev/null || :
	cat /proc/sys/net/ipv4/conf/default/rp_filter >/proc/sys/net/ipv4/conf/hand0/rp_filter
	ip address del 10.6.1.1/24 dev hand0 2>/dev/null || :
	ip route del 10.66.0.0/16 2>/dev/null || :
	ip address replace 192.168.7.2/24 dev eth1
	ip link set eth1 up
	ip route replace 10.77.0.0/16 via 192.168.7.1 metric 7
	ip route replace default via 192.168.7.1 table 100
	rm -f /run/netns/{r,h,new} /run/netd/dhcp/*/pid
}

# After a boot: netdctl recovers or says why not, applies what it is told, and takes all of
# it away again.
works_after_boot()
{
	netdctl recover >recovered 2>&1 || [ -s recovered ] || wrong power "recover says nothing"
	netdctl apply -q lab.yaml >recovered 2>&1 || {
		cat recovered
		wrong power "apply fails after the boot"
	}
	netdctl plan -q lab.yaml
	netdctl destroy -q lab
	[ -z "$(ip netns list | grep -v -e far -e outside)" ] || wrong power "namespaces are left"
}

keep_disk()
{
	rm -rf disk
	mkdir -p disk/run disk/etc
	cp -a /run/netd disk/run/
	cp -a /etc/netns disk/etc/ 2>/dev/null || mkdir disk/etc/netns
}

# power CHANGE COUNT BOOTS
power()
{
	local what=$1 total n way call at

	need command:strace
	everything
	images
	prepare "$what"
	mkdir -p /run/netd
	strace -o log -e "trace=$calls" netdctl "${change[@]}" -q
	grep -E '^(write|fsync|rename|renameat|unlink|unlinkat|sendmsg)\(' log | cut -d'(' -f1 | awk '{ print $1, ++n[$1] }' >points
	back
	total=$(wc -l <points)
	for n in $(sample "$total" "$2"); do
		way=$( ((n % 2)) && echo lost || echo torn)
		read -r call at < <(sed -n "${n}p" points)
		t_point="$way at $call $at"
		keep_disk
		T_STATUS=0
		timeout -k 5 60 strace -y -s 300 -o log -e "trace=$calls" \
			-e "inject=$call:signal=KILL:when=$at" netdctl "${change[@]}" >out 2>&1 ||
			T_STATUS=$?
		{ set +x; } 2>/dev/null
		lose "$way"
		tail -n 1 log | cut -c 1-200 >hit
		mv hit log
		if ((n % 5 == 4)); then
			t_point="$t_point, then a boot"
			boot
			works_after_boot
			way="$way and a boot"
			[ "$before" = nothing ] || netdctl apply -q lab.yaml
		else
			judge "$what"
		fi
		T_POINTS[$way]=$((${T_POINTS[$way]:-0} + 1))
	done
	told_points "$what"
}

t_fresh "the first apply" power first 7
t_fresh "a change" power change 7
t_fresh "destroy" power destroy 7
t_done
