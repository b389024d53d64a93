# SPDX-License-Identifier: GPL-2.0-or-later
# A world around the host: the outside, and cheap guests.  Sourced by netns.sh.

# on NS COMMAND [ARG…]: runs it in that namespace; "host" is the test's own.
on()
{
	local ns=$1

	shift
	if [ "$ns" = host ]; then
		"$@"
	else
		ip netns exec "$ns" "$@"
	fi
}

# Another user and group.  Not 65534: in a user's namespace that is also who owns "/".
T_OTHER=54321

# other_user COMMAND [ARG…]: as T_OTHER, without any power.  Needs users.
other_user()
{
	setpriv --reuid "$T_OTHER" --regid "$T_OTHER" --clear-groups --inh-caps=-all "$@"
}

# open_tun: anybody may open /dev/net/tun; where that is not so already, one of our own.
open_tun()
{
	! other_user test -w /dev/net/tun || return 0
	mount -t tmpfs -o mode=755 tmpfs /dev/net
	mknod -m 666 /dev/net/tun c 10 200 2>/dev/null ||
		t_skip "only root may open /dev/net/tun here"
}

# bridged_frames 0|1: whether the host sends bridged frames through its IP filters
# (br_netfilter).
bridged_frames()
{
	local name

	for name in iptables ip6tables arptables; do
		[ ! -e /proc/sys/net/bridge/bridge-nf-call-$name ] ||
			echo "$1" >/proc/sys/net/bridge/bridge-nf-call-$name
	done
}

# t_namespace NAME: with lo up and no duplicate address detection (no waiting).
t_namespace()
{
	ip netns add "$1"
	ip -n "$1" link set lo up
	on "$1" sh -c 'echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
		echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad' 2>/dev/null || :
}

# The Internet, in every outside namespace: addresses behind the LAN's gateway.
T_INTERNET4=203.0.113.1
T_INTERNET6=2001:db8:ffff::1

# outside [--name NS] IF HOST GATEWAY [HOST6 GATEWAY6]: the namespace NS ("outside") joined
# to the host's interface IF.  HOST and GATEWAY are addresses with their prefix length;
# the gateway is the host's default route, and has no route back but its own subnet's.
outside()
{
	local ns=outside

	if [ "$1" = --name ]; then
		ns=$2
		shift 2
	fi
	t_namespace "$ns"
	ip link add "$1" type veth peer name eth0 netns "$ns"
	echo 0 >"/proc/sys/net/ipv6/conf/$1/accept_dad"
	ip -n "$ns" address add "$T_INTERNET4/32" dev lo
	ip -n "$ns" address add "$T_INTERNET6/128" dev lo nodad
	ip -n "$ns" link set eth0 up
	ip link set "$1" up
	ip address add "$2" dev "$1"
	ip -n "$ns" address add "$3" dev eth0
	ip route replace default via "${3%/*}" dev "$1"
	if [ $# -ge 5 ]; then
		ip address add "$4" dev "$1" nodad
		ip -n "$ns" address add "$5" dev eth0 nodad
		ip -6 route replace default via "${5%/*}" dev "$1"
	fi
	wait_for 5 t_carrier "$1"
}

# outside_dns [NS]: the LAN's gateway (172.16.5.1) answers DNS, and the host asks it: it
# knows www.example.net, which is the Internet, and nothing else.  What it was asked
# stands in the file dns-outside of T_DIR.
outside_dns()
{
	on "${1:-outside}" dnsmasq --conf-file=/dev/null --user=root --group= --pid-file --no-resolv \
		--no-hosts --interface=eth0 --bind-interfaces --except-interface=lo \
		--listen-address=172.16.5.1 --local=// --log-facility="$T_DIR/dns-outside" \
		--log-queries --host-record="www.example.net,$T_INTERNET4,$T_INTERNET6"
	rm -f /etc/resolv.conf
	echo "nameserver 172.16.5.1" >/etc/resolv.conf
}

t_carrier()
{
	[ "$(cat "/sys/class/net/$1/operstate")" = up ]
}

# guest_ns [--mac MAC] NAME BRIDGE ADDRESS [GATEWAY [ADDRESS6 [GATEWAY6]]]: a namespace
# that plays a guest: its eth0 is joined to the host's v-NAME, a port of BRIDGE ("-": of
# none, and down).  "-" for an ADDRESS or GATEWAY: none.
guest_ns()
{
	local mac=() name port

	if [ "$1" = --mac ]; then
		mac=(address "$2")
		shift 2
	fi
	name=$1
	port=v-$1
	t_namespace "$name"
	ip link add "$port" type veth peer name eth0 "${mac[@]}" netns "$name"
	ip link set "$port" addrgenmode none 2>/dev/null || : # no IPv6
	ip -n "$name" link set eth0 up
	if [ "$2" != - ]; then
		ip link set "$port" master "$2" up
	fi
	t_guest_address "$name" -4 "${3:--}" "${4:--}"
	t_guest_address "$name" -6 "${5:--}" "${6:--}"
}

t_guest_address()
{
	local ns=$1 family=$2 nodad=

	[ "$3" != - ] || return 0
	[ "$family" = -4 ] || nodad=nodad
	ip -n "$ns" "$family" address add "$3" dev eth0 $nodad
	[ "$4" != - ] || return 0
	ip -n "$ns" "$family" route replace default via "$4"
}

# guest_gone NAME…: takes them away, also those in which servers still run.
guest_gone()
{
	local name

	for name; do
		ip link del "v-$name"
		ip netns del "$name"
	done
}
