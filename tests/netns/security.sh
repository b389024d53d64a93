#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What somebody else may do to a netd that runs as root: directories in their hands, links,
# the lock, closed descriptors, the environment, names that a terminal would obey.
. "$(dirname "$0")/../lib/netns.sh"

LAB=$T_DIR/lab.yaml
cat >"$LAB" <<'EOF_LAB'
name: lab
networks:
  sec0: {mode: nat, addresses: [10.9.0.1/24]}
EOF_LAB

# refused_for REGEX OPTION…: with these options nothing is read, written or made.
refused_for()
{
	local regex=$1

	shift
	fails 1 netdctl "$@" apply "$LAB"
	match "$regex" "$err"
	match "nobody else's hands" "$err"
	fails 1 netdctl "$@" destroy lab
	refused ip link show dev sec0
}

state_of_others()
{
	need command:setpriv users
	need bridge
	mkdir -p "$T_DIR/s/theirs" "$T_DIR/s/open" "$T_DIR/s/group"
	chown "$T_OTHER" "$T_DIR/s/theirs"
	refused_for "theirs belongs to user $T_OTHER" --state-dir "$T_DIR/s/theirs"
	refused_for "theirs belongs to user $T_OTHER" --state-dir "$T_DIR/s/theirs/deeper"
	eq "" "$(ls -A "$T_DIR/s/theirs")" "what was put there"
	chmod 777 "$T_DIR/s/open"
	refused_for "others than its owner may write $T_DIR/s/open" --state-dir "$T_DIR/s/open"
	chmod +t "$T_DIR/s/open" # like /tmp: not for use itself
	refused_for "may write $T_DIR/s/open" --state-dir "$T_DIR/s/open"
	eq "" "$(ls -A "$T_DIR/s/open")" "what was put there"
	chgrp "$T_OTHER" "$T_DIR/s/group"
	chmod 775 "$T_DIR/s/group"
	refused_for "may write $T_DIR/s/group" --state-dir "$T_DIR/s/group"
	# What somebody else prepared in /tmp, before netd came.
	other_user mkdir "$T_DIR/s/open/state"
	refused_for "open/state belongs to user" --state-dir "$T_DIR/s/open/state"
	other_user ln -s /etc "$T_DIR/s/open/link"
	refused_for "open/link belongs to user" --state-dir "$T_DIR/s/open/link"
	refused_for "open/link belongs to user" --state-dir "$T_DIR/s/open/link/netd"
	# Reading is refused, too: it would be believed.
	fails 1 netdctl --state-dir "$T_DIR/s/theirs" status
	match "belongs to user $T_OTHER" "$err"
	# One's own below a sticky directory, and by a link of one's own, is fine.
	mkdir "$T_DIR/s/open/mine"
	ln -s "$T_DIR/s/open/mine" "$T_DIR/s/open/own"
	ok netdctl --state-dir "$T_DIR/s/open/own/state" apply "$LAB"
	ok netdctl --state-dir "$T_DIR/s/open/mine/state" destroy lab
}

# What is in there is netd's own: no link is followed, whoever made it.
links_in_state()
{
	local name how

	need bridge
	ok netdctl apply "$LAB"
	mkdir "$T_DIR/elsewhere"
	for name in topologies previous networks uplinks dhcp; do
		for how in link file open; do
			[ ! -e "/run/netd/$name" ] || mv "/run/netd/$name" "$T_DIR/kept"
			case $how in
			link) ln -s "$T_DIR/elsewhere" "/run/netd/$name" ;;
			file) : >"/run/netd/$name" ;;
			open) mkdir -m 777 "/run/netd/$name" ;;
			esac
			for command in status "apply $LAB" "destroy lab" recover; do
				# shellcheck disable=SC2086
				fails 1 netdctl $command
				match "/run/netd/$name cannot be used: " "$err"
			done
			rm -r "/run/netd/$name"
			[ ! -e "$T_DIR/kept" ] || mv "$T_DIR/kept" "/run/netd/$name"
		done
	done
	eq "" "$(ls -A "$T_DIR/elsewhere")" "what was put there"
	ok netdctl plan "$LAB"
	ok netdctl destroy lab
}

config_of_others()
{
	need command:setpriv users
	need bridge
	sed "s/^name: lab/name: default/" "$LAB" >/etc/netd/default.yaml
	chown "$T_OTHER" /etc/netd/default.yaml
	fails 1 netdctl network start sec0
	match "default.yaml belongs to user $T_OTHER" "$err"
	refused ip link show dev sec0
	chown 0 /etc/netd/default.yaml
	chmod 666 /etc/netd/default.yaml
	fails 1 netdctl network start sec0
	match "others than its owner may write /etc/netd/default.yaml" "$err"
	refused ip link show dev sec0
	rm /etc/netd/default.yaml
	chmod 777 /etc/netd
	fails 1 netdctl network create sec0
	match "may write /etc/netd" "$err"
	refused ip link show dev sec0
	eq "" "$(ls -A /etc/netd)"
	chmod 755 /etc/netd
	ok netdctl network create sec0
	# What the admin keeps to himself stays his.
	chmod 600 /etc/netd/default.yaml
	ok netdctl network create sec1
	eq 600 "$(stat -c %a /etc/netd/default.yaml)"
}

names_are_no_paths()
{
	mkdir -p /run/netd/topologies
	cp "$LAB" /run/netd/secret.yaml
	for name in ../secret /run/netd/secret '' . '-x'; do
		fails 2 netdctl export -- "$name"
		no_match "10.9.0.1" "$out$err"
	done
	fails 2 netdctl destroy -- '-x'
	match "topology name \"-x\" begins with" "$err"
}

# Whatever the caller's umask is.
modes()
{
	local umask

	need bridge veth
	outside wan0 172.16.5.1/24 172.16.5.254/24 # forwarding there is claimed
	for umask in 000 077 777; do
		rm -rf /run/netd /etc/netd
		(umask "$umask" && exec netdctl apply "$LAB")
		(umask "$umask" && exec netdctl network create sec1 --address 10.8.0.1/24 --autostart)
		eq "$(printf '%s\n' '600 /run/netd/lock' '644 /etc/netd/default.yaml' \
			'644 /run/netd/claims' '644 /run/netd/previous/default.yaml' \
			'644 /run/netd/previous/lab.yaml' '644 /run/netd/reserve/1' \
			'644 /run/netd/reserve/2' '644 /run/netd/topologies/default.yaml' \
			'644 /run/netd/topologies/lab.yaml' '755 /etc/netd' '755 /run/netd' \
			'755 /run/netd/networks' '755 /run/netd/previous' '755 /run/netd/reserve' \
			'755 /run/netd/stuck' '755 /run/netd/topologies')" \
			"$(find /run/netd /etc/netd ! -type l -printf '%m %p\n' |
				grep -v '/dhcp' | sort)" "modes with umask $umask"
		eq "" "$(find /run/netd /etc/netd ! -user 0 -print)" "not root's"
		ok netdctl destroy lab default
	done
}

lock_is_private()
{
	need command:setpriv users
	need bridge command:flock
	# An old one, open to all.
	mkdir -p /run/netd
	: >/run/netd/lock
	chmod 644 /run/netd/lock
	ok netdctl apply "$LAB"
	eq 600 "$(stat -c %a /run/netd/lock)"
	refused other_user flock -n /run/netd/lock true
	refused other_user flock -s -n /run/netd/lock true
	# A link in its place is not followed.
	rm /run/netd/lock
	: >"$T_DIR/target"
	ln -s "$T_DIR/target" /run/netd/lock
	fails 1 netdctl destroy lab
	match "cannot lock /run/netd" "$err"
	eq "" "$(<"$T_DIR/target")"
	rm /run/netd/lock
	ok netdctl destroy lab
}

# What is written to standard error must not land in a file that got its number.
closed_descriptors()
{
	local before

	need bridge
	ok netdctl apply "$LAB"
	before=$(cat /run/netd/topologies/lab.yaml)
	sed 's/10.9/10.7/' "$LAB" >"$T_DIR/other.yaml"
	netdctl apply "$T_DIR/other.yaml" <&- >&- 2>&- || fail "it failed without descriptors"
	match '10\.7\.0\.1/24' "$(<//run/netd/topologies/lab.yaml)"
	eq "$(sed 's/10\.9/10.7/; 1d' <<<"$before")" "$(sed 1d /run/netd/topologies/lab.yaml)"
	match '^[0-9]+ netdctl apply [^ ]*other.yaml$' "$(</run/netd/lock)"
	# Errors have nowhere to go, but the exit code says it.
	status=0
	netdctl apply /none <&- >&- 2>&- || status=$?
	eq 2 "$status"
	ok netdctl destroy lab
}


# Names that the kernel allows, and that a terminal would obey.
odd_names()
{
	local odd=$'a\e[31mb\a'

	need bridge tun command:flock
	ok netdctl apply "$LAB"
	ip tuntap add dev "$odd" mode tap
	ip link set "$odd" master sec0
	for words in "show ports" "show" "status"; do
		ok netdctl $words
		eq "" "$(LC_ALL=C tr -d '\12\40-\176\200-\377' <<<"$out" | od -An -c)" "$words"
	done
	ok netdctl --json show ports
	match '"a\\u001b\[31mb\\u0007"' "$out"
	jq -e '.[] | select(.port == "a\u001b[31mb\u0007")' <<<"$out"
	fails 2 netdctl $'x\e]0;title\a'
	eq "" "$(LC_ALL=C tr -d '\12\40-\176\200-\377' <<<"$err")"
	fails 2 netdctl status $'--x\e]0;title\a'
	eq "" "$(LC_ALL=C tr -d '\12\40-\176\200-\377' <<<"$err")"
	fails 2 netdctl apply $'/none\e]0;title\a'
	eq "" "$(LC_ALL=C tr -d '\12\40-\176\200-\377' <<<"$err")"
	# What is in the way, and who has the lock.
	ip address add 10.50.0.1/24 dev "$odd"
	sed 's/lab/other/; s/sec0/oth0/; s/10\.9\./10.50./' "$LAB" >"$T_DIR/other.yaml"
	fails 2 netdctl apply "$T_DIR/other.yaml"
	match 'address 10.50.0.1 is already on a' "$err"
	eq "" "$(LC_ALL=C tr -d '\12\40-\176\200-\377' <<<"$err")"
	(flock 8 && printf '1 evil\e[31m\n' >&8 && sleep 3) 8<>/run/netd/lock &
	wait_for 5 grep -q evil /run/netd/lock
	fails 1 netdctl --lock-wait 0 destroy lab
	match 'another netd is changing things: `evil' "$err"
	eq "" "$(LC_ALL=C tr -d '\12\40-\176\200-\377' <<<"$err")"
	# It is no part of the topology, and stays when that goes.
	ok netdctl destroy lab
	ip link show dev "$odd"
}

# A bridge whose name holds two dots: its sysctls are no way out of /proc/sys/net.
two_dots()
{
	need bridge
	sed 's/sec0/a..b/' "$LAB" >"$T_DIR/dots.yaml"
	ok netdctl apply "$T_DIR/dots.yaml"
	eq 1 "$(</proc/sys/net/ipv4/conf/a..b/forwarding)"
	ok netdctl destroy lab
}

# The hooks, as an unprivileged user can run them wherever the build directory is.
HOOKS=$T_DIR/hooks
HELPER=$HOOKS/netd-bridge-helper
TAKE_TAP=$NETD_BUILD/tests/lib/take-tap

hooks()
{
	need bridge tun
	mkdir -p "$HOOKS" /run/netd/networks
	chmod 755 "$T_DIR"
	cp "$NETD_BUILD/cli/hooks/qemu-ifup" "$NETD_BUILD/cli/hooks/netd-bridge-helper" "$HOOKS"
	ln -s "$HOOKS/qemu-ifup" /etc/qemu-ifup-mybr0
	ip link add mybr0 type bridge
	ip link set mybr0 up
	ln -s mybr0 /run/netd/networks/mybr0
	echo "allow mybr0" >/etc/qemu/bridge.conf
}

printable()
{
	eq "" "$(LC_ALL=C tr -d '\12\40-\176' <<<"$1" | od -An -c)"
}

hook_messages()
{
	hooks
	fails 1 /etc/qemu-ifup-mybr0 $'t\e[2J\a\xff'
	printable "$err"
	match '^qemu-ifup: there is no interface t\\x1b\[2J\\x07\\xff; ' "$err"
	fails 1 env NETD_NETWORK=$'\e[2J' "$HOOKS/qemu-ifup" tap0
	printable "$err"
	fails 1 "$TAKE_TAP" true "$HELPER" $'--br=\e]0;x\a' --fd=@
	printable "$err"
	# By a bridge that somebody gave such a name.
	tap=$'b\e[1m'
	ip link add "$tap" type bridge
	ip tuntap add dev tap7 mode tap
	ip link set tap7 master "$tap"
	fails 1 /etc/qemu-ifup-mybr0 tap7
	printable "$err"
	match 'tap7 is in b\\x1b\[1m, not in bridge mybr0' "$err"
}

# The messages of a hook whose standard error is closed go to nobody: not to its socket.
hook_descriptors()
{
	hooks
	need command:strace
	ip tuntap add dev tap0 mode tap
	strace -s 200 -yy -o "$T_DIR/trace.txt" "$HOOKS/qemu-ifup" tap0 <&- >&- 2>&- && fail "no network"
	strace -s 200 -yy -o "$T_DIR/trace.txt" /etc/qemu-ifup-mybr0 none <&- >&- 2>&- && fail "no tap"
	match 'write\(2</dev/null.*>, "qemu-ifup: there is no interface none' \
		"$(grep write "$T_DIR/trace.txt")"
	/etc/qemu-ifup-mybr0 tap0 <&- >&- 2>&- || fail "it needs standard descriptors"
	eq mybr0 "$(ip -j link show dev tap0 | jq -r '.[0].master')"
	"$HELPER" --br=mybr0 --fd=0 <&- 2>&- && fail "a closed descriptor"
	fails 1 "$HELPER" --br=mybr0 --fd=0 <&-
	match 'fd is not a socket' "$err"
	eq "" "$(ip -j link show type tun | jq -r '.[].ifname | select(. != "tap0")')"
}

# It asks nobody who may use which network, so it must not lend anybody its power.
hook_with_privilege()
{
	need command:setpriv users
	hooks
	ip tuntap add dev tap0 mode tap
	chmod 4755 "$HOOKS/qemu-ifup"
	fails 1 other_user /etc/qemu-ifup-mybr0 tap0
	match 'must not be setuid or have capabilities' "$err"
	chmod 755 "$HOOKS/qemu-ifup"
	eq null "$(ip -j link show dev tap0 | jq -r '.[0].master')"
	setcap cap_net_admin+ep "$HOOKS/qemu-ifup" || t_skip "no file capabilities here"
	fails 1 other_user /etc/qemu-ifup-mybr0 tap0
	match 'must not be setuid or have capabilities' "$err"
	eq null "$(ip -j link show dev tap0 | jq -r '.[0].master')"
}

hook_configuration()
{
	need command:setpriv users
	hooks
	ip tuntap add dev tap0 mode tap
	echo "default_network = mybr0" >/etc/netd/netd.conf
	chown "$T_OTHER" /etc/netd/netd.conf
	fails 1 "$HOOKS/qemu-ifup" tap0
	match 'cannot read /etc/netd/netd.conf: others can change it' "$err"
	chown 0 /etc/netd/netd.conf
	chmod 777 /etc/netd
	fails 1 "$HOOKS/qemu-ifup" tap0
	match 'others can change it' "$err"
	chmod 755 /etc/netd
	ok "$HOOKS/qemu-ifup" tap0
}

# helper_status: what /proc says of the helper while it works as that user.
helper_status()
{
	local pid

	open_tun
	strace -f -u nobody -o "$T_DIR/trace.txt" -e trace=sendmsg \
		-e inject=sendmsg:delay_enter=1s "$TAKE_TAP" true "$HELPER" --br=mybr0 --fd=@ &
	pid=$!
	wait_for 5 pgrep -x netd-bridge-hel
	wait_for 5 grep -q '^Seccomp:.*2' "/proc/$(pgrep -x netd-bridge-hel)/status"
	cat "/proc/$(pgrep -x netd-bridge-hel)/status" >"$T_DIR/status"
	wait "$pid" || fail "the helper failed"
	eq "0000000000001000 0000000000001000 0000000000000000 0000000000000000" \
		"$(awk '/^Cap(Prm|Eff|Inh|Amb)/ { v[$1] = $2 }
			END { print v["CapPrm:"], v["CapEff:"], v["CapInh:"], v["CapAmb:"] }' "$T_DIR/status")"
	match 'NoNewPrivs:.1' "$(<"$T_DIR/status")"
	match 'Uid:.65534.65534.65534.65534' "$(<"$T_DIR/status")"
	match 'Gid:.65534.65534.65534.65534' "$(<"$T_DIR/status")"
}

helper_capability()
{
	need command:setpriv users
	hooks
	need command:strace command:pgrep
	setcap cap_net_admin+ep "$HELPER" || t_skip "no file capabilities here"
	"$TAKE_TAP" true "$HELPER" --br=mybr0 --fd=@ || t_skip "no tap"
	[ "$(getent passwd nobody | cut -d : -f 3)" = 65534 ] || t_skip "nobody is somebody else"
	seccomp_or_skip
	helper_status
}

helper_setuid()
{
	need command:setpriv users
	hooks
	need command:strace command:pgrep
	chmod 4755 "$HELPER"
	[ "$(getent passwd nobody | cut -d : -f 3)" = 65534 ] || t_skip "nobody is somebody else"
	seccomp_or_skip
	helper_status
	match 'CapBnd:.0000000000000000' "$(<"$T_DIR/status")"
}

# A build with a sanitizer has no filter.
seccomp_or_skip()
{
	strace -o "$T_DIR/trace.txt" -e trace=prctl "$HELPER" --br=mybr0 --fd=0 2>/dev/null || :
	grep -q 'PR_SET_SECCOMP.*= 0' "$T_DIR/trace.txt" || t_skip "no seccomp in this build or kernel"
}

# Whatever the environment says, the helper with borrowed privileges does the same.
helper_environment()
{
	need command:setpriv users
	hooks
	open_tun
	chmod 4755 "$HELPER"
	mkdir -p "$T_DIR/state/networks"
	ln -s lo "$T_DIR/state/networks/mybr0"
	echo "deny all" >"$T_DIR/acl"
	chmod -R a+rX "$T_DIR/state" "$T_DIR/acl"
	ok other_user "$TAKE_TAP" true env -i PATH=/nowhere LD_PRELOAD=/none.so LD_LIBRARY_PATH=/none LD_AUDIT=/none.so \
		LD_DEBUG=all GCONV_PATH=/none GLIBC_TUNABLES=glibc.malloc.check=3 MALLOC_CHECK_=3 \
		MALLOC_TRACE=/run/trace NLCB=debug NLDBG=9 TZ=:/etc/shadow LC_ALL=de_DE.UTF-8 \
		LANGUAGE=de LOCPATH=/none NETD_STATE_DIR="$T_DIR/state" NETD_CONFIG_DIR="$T_DIR" \
		NETD_ACL_FILE="$T_DIR/acl" NETD_NETWORK=lo \
		"$HELPER" --br=mybr0 --fd=@
	match '^tap0 tap=1' "$out"
	eq "" "$err"
}

# Nor does netdctl's, beyond its own two variables and what concerns colour.
netdctl_environment()
{
	local plain

	need bridge
	fails 3 netdctl --json plan "$LAB"
	plain=$out
	fails 3 env PATH=/nowhere TZ=:/etc/shadow LC_ALL=tr_TR.UTF-8 LANG=tr_TR.UTF-8 \
		MALLOC_CHECK_=3 NETD_NETWORK=x NETD_ACL_FILE=/none \
		"$NETD_BUILD/cli/netdctl" --json plan "$LAB"
	eq "$plain" "$out"
	eq "" "$err"
	ok env PATH=/nowhere NLCB=debug "$NETD_BUILD/cli/netdctl" -q apply "$LAB"
	eq "" "$out$err"
	ok netdctl destroy lab
}

acl_in_others_hands()
{
	need command:setpriv users
	hooks
	chmod 777 /etc/qemu
	fails 1 "$TAKE_TAP" true "$HELPER" --br=mybr0 --fd=@
	match "ACL file /etc/qemu/bridge.conf is not root's alone" "$err"
	chmod 755 /etc/qemu
	# An included file below a directory of somebody else's: who owns that can replace it.
	mkdir -p "$T_DIR/home/acl"
	echo "deny mybr0" >"$T_DIR/home/acl/a"
	chown "$T_OTHER" "$T_DIR/home"
	echo "include $T_DIR/home/acl/a" >>/etc/qemu/bridge.conf
	fails 1 "$TAKE_TAP" true "$HELPER" --br=mybr0 --fd=@
	match "ACL file $T_DIR/home/acl/a is not root's alone" "$err"
	chown 0 "$T_DIR/home"
	fails 1 "$TAKE_TAP" true "$HELPER" --br=mybr0 --fd=@
	match "access to mybr0 is denied" "$err"
}

# dnsmasq gets nothing of ours but what it needs.
child()
{
	local pid

	need command:setpriv users
	need bridge command:dnsmasq
	sed 's/}$/, dhcp: true}/' "$LAB" >"$T_DIR/dhcp.yaml"
	# Descriptors that the caller left open are not handed on either.
	exec 7<"$LAB"
	ok env EVIL=1 LD_EVIL=1 netdctl apply "$T_DIR/dhcp.yaml"
	exec 7<&-
	wait_for 5 pgrep -x dnsmasq
	pid=$(pgrep -x dnsmasq)
	eq $'LC_ALL=C\nPATH=/usr/sbin:/usr/bin:/sbin:/bin' "$(tr '\0' '\n' <"/proc/$pid/environ" | sort)"
	no_match '/run/netd/lock|lab.yaml|run/netd$' "$(find "/proc/$pid/fd" -printf '%l\n')"
	[ "$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")" != 0 ] ||
		! getent passwd dnsmasq nobody >/dev/null || fail "dnsmasq is root"
	ok netdctl destroy lab
}

t_fresh "a state directory in somebody else's hands" state_of_others
t_fresh "links in the state directory" links_in_state
t_fresh "a configuration in somebody else's hands" config_of_others
t_fresh "names are no paths" names_are_no_paths
t_fresh "modes and owners, whatever the umask" modes
t_fresh "nobody else can hold the lock" lock_is_private
t_fresh "standard descriptors that are closed" closed_descriptors
t_fresh "names that a terminal would obey" odd_names
t_fresh "a name with two dots" two_dots
t_fresh "a hook's messages" hook_messages
t_fresh "a hook's standard descriptors that are closed" hook_descriptors
t_fresh "a hook with borrowed privileges does nothing" hook_with_privilege
t_fresh "netd.conf in somebody else's hands" hook_configuration
t_fresh "an ACL in somebody else's hands" acl_in_others_hands
t_fresh "what the helper keeps of a file capability" helper_capability
t_fresh "what the helper keeps of being setuid root" helper_setuid
t_fresh "the helper's environment" helper_environment
t_fresh "netdctl's environment" netdctl_environment
t_fresh "what dnsmasq gets" child
t_done
