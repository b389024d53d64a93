#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What QEMU runs: qemu-ifup, qemu-ifdown, netd-bridge-helper; by hand and by QEMU itself.
. "$(dirname "$0")/../lib/netns.sh"

# Copies, so that an unprivileged user can run them wherever the build directory is.
HOOKS=$T_DIR/hooks
mkdir -p "$HOOKS" /run/netd/networks
chmod 755 "$T_DIR" "$HOOKS" /run/netd /run/netd/networks
cp "$NETD_BUILD/cli/hooks/qemu-ifup" "$NETD_BUILD/cli/hooks/netd-bridge-helper" "$HOOKS" ||
	t_bail "no hooks in $NETD_BUILD"
chmod 755 "$HOOKS"/*
HELPER=$HOOKS/netd-bridge-helper
TAKE_TAP=$NETD_BUILD/tests/lib/take-tap

for network in mybr0 lab gone absent other; do
	ln -s "$HOOKS/qemu-ifup" "/etc/qemu-ifup-$network"
	ln -s "$HOOKS/qemu-ifup" "/etc/qemu-ifdown-$network"
done

# Bridges mybr0 and br-lab, of the networks mybr0 and lab; the record of one without a
# bridge.
networks()
{
	need bridge tun
	ip link add mybr0 address 52:54:00:00:00:fe type bridge
	ip link add br-lab address 52:54:00:00:01:fe type bridge
	ip link set mybr0 up
	ip link set br-lab up
	ln -s mybr0 /run/netd/networks/mybr0
	ln -s br-lab /run/netd/networks/lab
	ln -s nobr /run/netd/networks/gone
}

tap()
{
	ip tuntap add dev "$1" mode tap
}

link_field()
{
	ip -d -j link show dev "$1" | jq -r ".[0].$2"
}

is_up()
{
	[ "$(link_field "$1" 'flags | index("UP") != null')" = true ]
}

in_bridge()
{
	eq "$2" "$(link_field "$1" master)" "master of $1"
	is_up "$1" || fail "$1 is down"
}

one_line()
{
	eq 1 "$(printf '%s\n' "$err" | wc -l)" "lines on stderr"
	match "$1" "$err"
}

up_and_down()
{
	networks
	tap tap0
	ok /etc/qemu-ifup-mybr0 tap0
	eq "" "$out$err"
	in_bridge tap0 mybr0
	eq none "$(link_field tap0 inet6_addr_gen_mode)"
	eq "" "$(ip -6 -o address show dev tap0)"
	eq default "$(link_field tap0 group)"
	eq netd-hook "$(link_field tap0 ifalias)"
	ok /etc/qemu-ifdown-mybr0 tap0
	eq "" "$out$err"
	eq null "$(link_field tap0 master)"
	eq null "$(link_field tap0 ifalias)"
	refused is_up tap0
}

# Somebody's own alias stays as it is, however long.
own_alias()
{
	local alias

	networks
	tap tap0
	for alias in "web server" "$(printf 'a%.0s' {1..250})"; do
		ip link set tap0 alias "$alias"
		ok /etc/qemu-ifup-mybr0 tap0
		in_bridge tap0 mybr0
		eq "$alias" "$(link_field tap0 ifalias)"
		ok /etc/qemu-ifdown-mybr0 tap0
		eq "$alias" "$(link_field tap0 ifalias)"
	done
}

again()
{
	networks
	tap tap0
	ok /etc/qemu-ifup-mybr0 tap0
	ok /etc/qemu-ifup-mybr0 tap0
	in_bridge tap0 mybr0
	ip link set tap0 down
	ok /etc/qemu-ifup-mybr0 tap0
	in_bridge tap0 mybr0
	ok /etc/qemu-ifdown-mybr0 tap0
	ok /etc/qemu-ifdown-mybr0 tap0
	eq null "$(link_field tap0 master)"
}

mtu_and_mac()
{
	local before

	networks
	ip link set mybr0 mtu 1400
	tap tap0
	ip link set tap0 address 02:00:00:00:00:01
	ok /etc/qemu-ifup-mybr0 tap0
	eq 1400 "$(link_field tap0 mtu)"
	eq 1400 "$(link_field mybr0 mtu)"
	eq fe:00:00:00:00:01 "$(link_field tap0 address)"
	# A bridge whose MAC nobody pinned keeps the one that it has from its ports.
	ip link add br-free type bridge
	ln -s br-free /run/netd/networks/other
	tap tap1
	ip link set tap1 address 52:54:00:00:00:01 master br-free
	before=$(link_field br-free address)
	eq 52:54:00:00:00:01 "$before"
	tap tap2
	ip link set tap2 address 02:00:00:00:00:02
	ok /etc/qemu-ifup-other tap2
	eq "$before" "$(link_field br-free address)"
	eq 1500 "$(link_field br-free mtu)"
}

# A bridge with our group has its MAC pinned, so the port keeps its own.
our_bridge()
{
	networks
	ip link set mybr0 group 0x6e657464
	tap tap0
	ip link set tap0 address 02:00:00:00:00:01
	ok /etc/qemu-ifup-mybr0 tap0
	eq 02:00:00:00:00:01 "$(link_field tap0 address)"
	eq 52:54:00:00:00:fe "$(link_field mybr0 address)"
}

no_ipv6()
{
	networks
	echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
	tap tap0
	ip link set mybr0 mtu 1000
	ip link set tap0 mtu 1000 # below IPv6's least
	ok /etc/qemu-ifup-mybr0 tap0
	in_bridge tap0 mybr0
}

not_running()
{
	networks
	tap tap0
	fails 1 /etc/qemu-ifup-absent tap0
	one_line '^qemu-ifup: network absent is not running; .*netdctl network start absent'
	match 'running: .*mybr0' "$err"
	match 'lab' "$err"
	rm -r /run/netd/networks
	fails 1 /etc/qemu-ifup-mybr0 tap0
	one_line 'network mybr0 is not running.*\(running: none\)'
	eq null "$(link_field tap0 master)"
}

bridge_deleted()
{
	networks
	tap tap0
	fails 1 /etc/qemu-ifup-gone tap0
	one_line '^qemu-ifup: there is no bridge nobr; .*netdctl network start gone'
	refused is_up tap0
	ok /etc/qemu-ifdown-gone tap0
}

not_a_bridge()
{
	networks
	tap tap0
	tap tap1
	ln -s tap1 /run/netd/networks/other
	fails 1 /etc/qemu-ifup-other tap0
	one_line '^qemu-ifup: interface tap1 is not a bridge'
	fails 1 /etc/qemu-ifup-mybr0 mybr0
	one_line 'mybr0 is the bridge itself'
	fails 1 /etc/qemu-ifup-mybr0 br-lab
	one_line '^qemu-ifup: port br-lab: a bridge cannot be a port of a bridge; '
	is_up br-lab || fail "br-lab went down"
	fails 1 /etc/qemu-ifup-mybr0 lo
	one_line '^qemu-ifup: port lo: a loopback interface cannot be a port; '
	is_up lo || fail "lo went down"
}

# refused_port PORT WORDS: by the hook and by `port add`, with the same words; it stays.
refused_port()
{
	local before after

	before=$(ip -d address show dev "$1")
	fails 1 /etc/qemu-ifup-lab2 "$1"
	one_line "^qemu-ifup: port $1: $2; "
	fails 2 netdctl port add lab2 "$1"
	match "port $1: $2" "$err"
	after=$(ip -d address show dev "$1")
	eq "$before" "$after"
}

# What is no tap of a guest's stays where it is.
no_tap()
{
	need bridge tun veth
	ln -s "$HOOKS/qemu-ifup" /etc/qemu-ifup-lab2
	ok netdctl network create lab2
	ip link add wan0 type veth peer name far0
	ip link set far0 up
	ip address add 192.0.2.2/24 dev wan0
	ip link set wan0 up
	refused_port wan0 'it has addresses, which would stop working'
	eq "1 wan0" "$(ip -4 -o address show dev wan0 | awk '{ print NR, $2 }')"
	ip address flush dev wan0
	ip address add 2001:db8::2/64 dev wan0 nodad
	refused_port wan0 'it has addresses, which would stop working'
	ip link set wan0 down # its addresses would be lost all the same
	ip address add 192.0.2.2/24 dev wan0
	refused_port wan0 'it has addresses, which would stop working'
	refused_port lo 'a loopback interface cannot be a port'
	ip link add br-x type bridge
	refused_port br-x 'a bridge cannot be a port of a bridge'
	# A tap that something else runs on; a fresh one has none, whatever IPv6 gives it.
	tap vpn0
	ip address add 198.51.100.1/24 dev vpn0
	ip link set vpn0 up
	refused_port vpn0 'it has addresses, which would stop working'
	tap vm1
	ip link set vm1 up
	ok /etc/qemu-ifup-lab2 vm1
	in_bridge vm1 lab2
	# An interface without addresses may be a port, but is no guest's tap.
	ip address flush dev wan0
	ip link set wan0 up
	fails 1 /etc/qemu-ifup-lab2 wan0
	one_line '^qemu-ifup: port wan0: it is no tap; plug it in by `netdctl port add lab2 wan0`'
	ok netdctl port add lab2 wan0
	in_bridge wan0 lab2
	# What is in it already may be set up again.
	ip link set wan0 down
	ok /etc/qemu-ifup-lab2 wan0
	in_bridge wan0 lab2
	# By an alternative name of the port's.
	ok netdctl port remove lab2 wan0
	ip address add 192.0.2.2/24 dev wan0
	ip link property add dev wan0 altname enp1s0
	fails 1 /etc/qemu-ifup-lab2 enp1s0
	one_line '^qemu-ifup: port enp1s0: it has addresses'
	eq null "$(link_field wan0 master)"
}

no_interface()
{
	networks
	fails 1 /etc/qemu-ifup-mybr0 tap9
	one_line '^qemu-ifup: there is no interface tap9; '
	ok /etc/qemu-ifdown-mybr0 tap9
	eq "" "$out$err"
	ok /etc/qemu-ifdown-absent tap9
	eq "" "$out$err"
}

other_network()
{
	networks
	tap tap0
	ok /etc/qemu-ifup-lab tap0
	fails 1 /etc/qemu-ifup-mybr0 tap0
	one_line '^qemu-ifup: interface tap0 is in br-lab, not in bridge mybr0: left alone'
	in_bridge tap0 br-lab
	fails 1 /etc/qemu-ifdown-mybr0 tap0
	one_line '^qemu-ifdown: interface tap0 is in br-lab'
	in_bridge tap0 br-lab
	fails 1 /etc/qemu-ifdown-absent tap0
	in_bridge tap0 br-lab
}

damaged_record()
{
	networks
	tap tap0
	ln -s ../../etc/passwd /run/netd/networks/other
	fails 1 /etc/qemu-ifup-other tap0
	one_line 'the record of network other is damaged; .*netdctl network start other'
}

bad_names()
{
	networks
	fails 1 /etc/qemu-ifup-mybr0 a123456789012345
	one_line '"a123456789012345" cannot be the name of an interface'
	fails 1 /etc/qemu-ifup-mybr0 ../x
	one_line 'cannot be the name'
	fails 1 env NETD_NETWORK=a123456789012345 "$HOOKS/qemu-ifup" tap0
	one_line '"a123456789012345" cannot be the name of an interface or a network'
	fails 1 env NETD_NETWORK=../lab "$HOOKS/qemu-ifup" tap0
	one_line '"../lab" cannot be the name'
	fails 1 /etc/qemu-ifup-mybr0 ""
	one_line 'cannot be the name'
}

usage()
{
	fails 2 /etc/qemu-ifup-mybr0
	one_line '^qemu-ifup: usage: '
	fails 2 /etc/qemu-ifup-mybr0 tap0 more
	fails 2 /etc/qemu-ifdown-mybr0 --what
	one_line '^qemu-ifdown: usage: '
	fails 2 "$HELPER"
	one_line '^netd-bridge-helper: usage: '
	fails 2 "$HELPER" --br=mybr0
	fails 2 "$HELPER" --br=mybr0 --fd=x
	fails 2 "$HELPER" --br=mybr0 --fd
	fails 2 "$HELPER" --br=mybr0 --fd=3 --what
	fails 2 "$HELPER" --br=mybr0 --fd=99999999999
	ok "$HOOKS/qemu-ifup" --help
	match '^Usage: qemu-ifup' "$out"
	ok "$HOOKS/qemu-ifup" --version
	match '^netd [0-9]' "$out"
	ok "$HELPER" --help
	match '^Usage: netd-bridge-helper' "$out"
	ok "$HELPER" --version
	match '^netd [0-9]' "$out"
}

by_environment()
{
	networks
	tap tap0
	ln -s "$HOOKS/qemu-ifup" /etc/qemu-ifup
	fails 1 /etc/qemu-ifup tap0
	one_line '^qemu-ifup: which network'
	ok env NETD_NETWORK=lab /etc/qemu-ifup tap0
	in_bridge tap0 br-lab
}

by_config()
{
	networks
	tap tap0
	tap vm1
	ln -s "$HOOKS/qemu-ifup" /etc/qemu-ifup
	ln -s "$HOOKS/qemu-ifup" /etc/qemu-ifdown
	printf '%s\n' '# mine' 'default_network = mybr0' 'ports = vm*:lab' >/etc/netd/netd.conf
	ok /etc/qemu-ifup tap0
	in_bridge tap0 mybr0
	ok /etc/qemu-ifup vm1
	in_bridge vm1 br-lab
	ok /etc/qemu-ifdown vm1
	eq null "$(link_field vm1 master)"
	ok env NETD_NETWORK=mybr0 /etc/qemu-ifup vm1
	in_bridge vm1 mybr0
	echo 'ports = vm*' >/etc/netd/netd.conf
	fails 1 /etc/qemu-ifup vm1
	one_line 'line 1 of /etc/netd/netd.conf'
	rm /etc/netd/netd.conf
	mkfifo /etc/netd/netd.conf
	fails 1 timeout 5 /etc/qemu-ifup vm1
	one_line 'cannot read /etc/netd/netd.conf'
}

moved_directories()
{
	networks
	tap tap0
	mkdir -p "$T_DIR/state/networks" "$T_DIR/config"
	ln -s br-lab "$T_DIR/state/networks/moved"
	echo 'default_network = moved' >"$T_DIR/config/netd.conf"
	ok env NETD_STATE_DIR="$T_DIR/state" NETD_CONFIG_DIR="$T_DIR/config" \
		"$HOOKS/qemu-ifup" tap0
	in_bridge tap0 br-lab
}

full_bridge()
{
	networks
	need veth
	for ((i = 0; i < 512; i++)); do
		echo "link add v$i mtu 1280 type veth peer name w$i mtu 1280"
		echo "link set v$i master mybr0"
		[ "$i" = 511 ] || echo "link set w$i master mybr0"
	done >"$T_DIR/batch"
	ip -batch "$T_DIR/batch"
	# shellcheck disable=SC2012 # names of interfaces have no line breaks
	eq 1023 "$(ls /sys/class/net/mybr0/brif | wc -l)"
	tap tap0
	fails 1 /etc/qemu-ifup-mybr0 tap0
	one_line '^qemu-ifup: bridge mybr0 is full: it holds 1,023 ports; '
	refused is_up tap0
	eq null "$(link_field tap0 master)"
	echo "allow all" >/etc/qemu/bridge.conf
	fails 1 "$TAKE_TAP" true "$HELPER" --br=mybr0 --fd=@
	one_line '^netd-bridge-helper: bridge mybr0 is full'
	refused ip link show dev tap1
}

unprivileged()
{
	need command:setpriv users
	networks
	tap tap0
	fails 1 other_user /etc/qemu-ifup-mybr0 tap0
	one_line 'no permission to put tap0 into bridge mybr0; run QEMU as root, or use netd-bridge-helper'
	refused is_up tap0
	ip link set tap0 master mybr0 up
	fails 1 other_user /etc/qemu-ifdown-mybr0 tap0
	one_line '^qemu-ifdown: no permission to take tap0 out of bridge mybr0'
	in_bridge tap0 mybr0
	echo "allow all" >/etc/qemu/bridge.conf
	fails 1 other_user "$TAKE_TAP" true "$HELPER" --br=mybr0 --fd=@
	one_line '^netd-bridge-helper: the helper lacks CAP_NET_ADMIN; .*setcap'
}

CHECK='[ "$(cat /sys/class/net/$TAP/master/ifindex)" = "$(cat /sys/class/net/$BR/ifindex)" ] &&
	[ $(($(cat /sys/class/net/$TAP/flags) & 1)) = 1 ] &&
	[ "$(cut -c 1-2 /sys/class/net/$TAP/address)" = fe ] &&
	[ "$(cat /sys/class/net/$TAP/mtu)" = "$(cat /sys/class/net/$BR/mtu)" ]'

helper()
{
	networks
	ip link set mybr0 mtu 1400
	echo "allow all" >/etc/qemu/bridge.conf
	ok env BR=mybr0 "$TAKE_TAP" "$CHECK" "$HELPER" --br=mybr0 --fd=@
	eq "tap0 tap=1 no_pi=1 vnet_hdr=0 persist=0" "$out"
	eq "" "$err"
	ok env BR=mybr0 "$TAKE_TAP" '[ "$(cat /sys/class/net/$TAP/owner)" = 0 ]' \
		"$HELPER" --br=mybr0 --fd=@
	ok env BR=mybr0 "$TAKE_TAP" "$CHECK" "$HELPER" --use-vnet --br mybr0 --fd @
	eq "tap0 tap=1 no_pi=1 vnet_hdr=1 persist=0" "$out"
	# A network whose bridge has another name; and a bridge that is no network's.
	ok env BR=br-lab "$TAKE_TAP" "$CHECK" "$HELPER" --br=lab --fd=@
	ip link add br-own type bridge
	ok env BR=br-own "$TAKE_TAP" "$CHECK" "$HELPER" --br=br-own --fd=@
	wait_for 5 eval '! ip link show dev tap0'
	eq 52:54:00:00:00:fe "$(link_field mybr0 address)"
	eq 1400 "$(link_field mybr0 mtu)"
}

helper_errors()
{
	networks
	echo "allow all" >/etc/qemu/bridge.conf
	fails 1 "$TAKE_TAP" true "$HELPER" --br=nobr --fd=@
	one_line '^netd-bridge-helper: there is no bridge nobr'
	fails 1 "$TAKE_TAP" true "$HELPER" --br=lo --fd=@
	one_line 'interface lo is not a bridge'
	fails 1 "$TAKE_TAP" true "$HELPER" --br=../lab --fd=@
	one_line '"../lab" cannot be the name'
	fails 1 "$TAKE_TAP" true "$HELPER" --br= --fd=@
	fails 1 "$HELPER" --br=mybr0 --fd=77
	one_line 'fd is not an open descriptor'
	fails 1 "$HELPER" --br=mybr0 --fd=0
	one_line 'fd is not a socket'
	wait_for 5 eval '! ip link show dev tap0'
	mount --bind /dev/null /dev/net/tun
	fails 1 "$TAKE_TAP" true "$HELPER" --br=mybr0 --fd=@
	one_line '^netd-bridge-helper: cannot create a tap'
	umount /dev/net/tun
	mount -t tmpfs tmpfs /dev/net
	fails 1 "$TAKE_TAP" true "$HELPER" --br=mybr0 --fd=@
	one_line '^netd-bridge-helper: there is no /dev/net/tun; .*modprobe tun'
}

# acl YES|NO NETWORK: the ACL file is standard input.
acl()
{
	cat >/etc/qemu/bridge.conf
	if [ "$1" = yes ]; then
		ok "$TAKE_TAP" true "$HELPER" "--br=$2" --fd=@
	else
		fails 1 "$TAKE_TAP" true "$HELPER" "--br=$2" --fd=@
		one_line "^netd-bridge-helper: ${3:-access to $2 is}"
	fi
}

helper_acl()
{
	need command:setpriv users
	networks
	rm -f /etc/qemu/bridge.conf
	fails 1 "$TAKE_TAP" true "$HELPER" --br=mybr0 --fd=@
	one_line '^netd-bridge-helper: the ACL file /etc/qemu/bridge.conf: No such file'
	acl no mybr0 <<<""
	acl yes mybr0 <<<"allow mybr0"
	acl no lab <<<"allow mybr0"
	acl yes lab <<<"allow br-lab"
	acl yes lab <<<"allow lab"
	acl no lab <<<$'allow all\ndeny br-lab'
	acl no br-lab <<<$'deny br-lab\nallow all'
	acl no br-lab <<<$'allow all\ndeny lab'
	acl no br-lab <<<$'deny lab\nallow br-lab'
	acl yes br-lab <<<"allow lab"
	acl no br-lab <<<"allow LAB"
	acl yes br-lab <<<$'allow all\ndeny absent'
	echo "deny lab" >/etc/qemu/more.conf
	acl no br-lab <<<$'allow all\ninclude /etc/qemu/more.conf'
	# By another name of the bridge; and netd was killed before it wrote the record.
	ip link property add dev br-lab altname br-alt
	acl no br-alt <<<$'allow all\ndeny lab'
	acl no br-alt <<<$'allow br-alt\ndeny br-lab'
	acl yes br-alt <<<"allow br-alt"
	rm /run/netd/networks/lab
	ip link set br-lab group 0x6e657464 alias netd:topo/lab
	acl no br-lab <<<$'allow all\ndeny lab'
	acl yes br-lab <<<$'allow all\ndeny topo'
	# shellcheck disable=SC2012 # names of interfaces have no line breaks
	eq 0 "$(ls /sys/class/net/br-lab/brif | wc -l)"
	acl no mybr0 <<<$'allow mybr0\ndeny all'
	acl no mybr0 'the ACL file /etc/qemu/bridge.conf, line 2: ' <<<$'allow all\nfoo'
	echo "allow mybr0" >/etc/qemu/more.conf
	acl yes mybr0 <<<$'include /etc/qemu/more.conf\ninclude /etc/qemu/none.conf'
	chown "$T_OTHER" /etc/qemu/more.conf
	acl no mybr0 "the ACL file /etc/qemu/more.conf is not root's" \
		<<<'include /etc/qemu/more.conf'
	chown 0 /etc/qemu/more.conf
	chmod 666 /etc/qemu/bridge.conf
	acl no mybr0 "the ACL file /etc/qemu/bridge.conf is not root's" <<<"allow all"
	chmod 644 /etc/qemu/bridge.conf
	echo "include /etc/qemu/bridge.conf" >/etc/qemu/more.conf
	acl no mybr0 'the ACL file /etc/qemu/' <<<$'allow all\ninclude /etc/qemu/more.conf'
}

# With a file capability, and as setuid root: the user's files, not root's environment.
as_user()
{
	networks
	open_tun
	echo "allow mybr0" >/etc/qemu/bridge.conf
	echo "allow all" >"$T_DIR/mine.conf"
	mkdir -p "$T_DIR/state/networks"
	ln -s br-lab "$T_DIR/state/networks/mybr0"
	chmod 755 "$T_DIR/state" "$T_DIR/state/networks"
	ok other_user env BR=mybr0 NETD_STATE_DIR="$T_DIR/state" "$TAKE_TAP" "$CHECK" \
		"$HELPER" --use-vnet --br=mybr0 --fd=@
	# It is the caller's, should QEMU make it persistent.
	ok other_user "$TAKE_TAP" '[ "$(cat /sys/class/net/$TAP/owner)" = '"$T_OTHER ]" \
		"$HELPER" --br=mybr0 --fd=@
	fails 1 other_user env NETD_ACL_FILE="$T_DIR/mine.conf" "$TAKE_TAP" true \
		"$HELPER" --br=lab --fd=@
	one_line 'access to lab is not allowed by /etc/qemu/bridge.conf'
	# A file per user: read if the user may read it.
	echo "allow lab" >/etc/qemu/user.conf
	echo "include /etc/qemu/user.conf" >>/etc/qemu/bridge.conf
	ok other_user "$TAKE_TAP" true "$HELPER" --br=lab --fd=@
	chmod 640 /etc/qemu/user.conf
	fails 1 other_user "$TAKE_TAP" true "$HELPER" --br=lab --fd=@
	one_line 'access to lab is not allowed'
}

file_capability()
{
	need command:setpriv users
	need command:setcap
	setcap cap_net_admin+ep "$HELPER" || t_skip "no file capabilities here"
	as_user
}

setuid_root()
{
	need command:setpriv users
	chmod 4755 "$HELPER"
	as_user
}

QEMU="qemu-system-x86_64 -machine none -nodefaults -display none -S"

# qemu_start NAME NETDEV: in the background; its pid is in $pid, its monitor at fd 5.
qemu_start()
{
	mkfifo "$T_DIR/$1.monitor"
	$QEMU -monitor stdio -netdev "$2" <"$T_DIR/$1.monitor" >"$T_DIR/$1.out" \
		2>"$T_DIR/$1.err" &
	pid=$!
	exec 5>"$T_DIR/$1.monitor"
	# It says so once all its network is there.
	wait_for 10 grep -q 'has no peer' "$T_DIR/$1.err"
}

qemu_script()
{
	need command:qemu-system-x86_64
	networks
	printf '%s\n' '#!/bin/sh' '/etc/qemu-ifdown-mybr0 "$1"' "echo \$1 \$? >$T_DIR/down" \
		>/etc/qemu-down
	chmod 755 /etc/qemu-down
	qemu_start a "tap,id=n0,ifname=vm1,script=/etc/qemu-ifup-mybr0,downscript=/etc/qemu-down"
	in_bridge vm1 mybr0
	echo quit >&5
	wait "$pid"
	eq "vm1 0" "$(<"$T_DIR/down")"
	wait_for 5 eval '! ip link show dev vm1'
	qemu_start b "tap,id=n0,ifname=vm2,script=/etc/qemu-ifup-lab,downscript=no"
	in_bridge vm2 br-lab
	kill -KILL "$pid"
	wait "$pid" || :
	wait_for 5 eval '! ip link show dev vm2'
}

qemu_refused()
{
	need command:qemu-system-x86_64
	networks
	# shellcheck disable=SC2086 # with its arguments
	fails 1 timeout 20 $QEMU \
		-netdev tap,id=n0,ifname=vm1,script=/etc/qemu-ifup-absent,downscript=no
	eq 1 "$(grep -c '^qemu-ifup: network absent is not running; ' <<<"$err")"
	refused ip link show dev vm1
	echo "deny all" >/etc/qemu/bridge.conf
	# shellcheck disable=SC2086 # with its arguments
	fails 1 timeout 20 $QEMU -netdev "bridge,id=n0,br=mybr0,helper=$HELPER"
	eq 1 "$(grep -c '^netd-bridge-helper: access to mybr0 is denied' <<<"$err")"
}

qemu_helper()
{
	need command:qemu-system-x86_64
	networks
	echo "allow mybr0" >/etc/qemu/bridge.conf
	qemu_start a "bridge,id=n0,br=mybr0,helper=$HELPER"
	in_bridge tap0 mybr0
	kill -KILL "$pid"
	wait "$pid" || :
	wait_for 5 eval '! ip link show dev tap0'
}

t_fresh "a tap goes in and comes out" up_and_down
t_fresh "a tap with an alias of its own" own_alias
t_fresh "twice is as good as once" again
t_fresh "the port takes the bridge's MTU, the bridge keeps its MAC" mtu_and_mac
t_fresh "a port of our own bridge keeps its MAC" our_bridge
t_fresh "without IPv6" no_ipv6
t_fresh "a network that does not run" not_running
t_fresh "a network whose bridge somebody deleted" bridge_deleted
t_fresh "a bridge that is none, a port that cannot be one" not_a_bridge
t_fresh "what is no guest's tap stays where it is" no_tap
t_fresh "an interface that is not there" no_interface
t_fresh "a port of another network stays there" other_network
t_fresh "a damaged record" damaged_record
t_fresh "names that are none" bad_names
t_case "usage, help, version" usage
t_fresh "the network from the environment" by_environment
t_fresh "the network from netd.conf" by_config
t_fresh "other directories" moved_directories
t_fresh "a bridge with 1,023 ports" full_bridge
t_fresh "without privilege" unprivileged
t_fresh "the helper hands a tap over" helper
t_fresh "the helper's errors" helper_errors
t_fresh "the helper and QEMU's ACL file" helper_acl
t_fresh "the helper with a file capability" file_capability
t_fresh "the helper as setuid root" setuid_root
t_fresh "QEMU with script and downscript" qemu_script
t_fresh "QEMU stops with one line" qemu_refused
t_fresh "QEMU with the helper" qemu_helper
t_done
