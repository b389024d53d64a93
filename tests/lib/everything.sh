# SPDX-License-Identifier: GPL-2.0-or-later
# A topology with everything in it, and faults at each of its points.  Sourced behind
# netns.sh.
#
# Theory of operation.  Three changes are tried: `first` (nothing → lab.yaml), `change`
# (lab.yaml → changed.yaml) and `destroy` (lab.yaml → nothing).  An image is the text of
# all that netd may touch, in every namespace: what the kernel has, files, processes.  A
# run that failed (exit status 1) must leave the image of before; one that went through,
# that of the target; after one that was killed, `netdctl recover` must make either.
# Names are compared, not indexes: what is rolled back may have been made anew.  All else
# is compared in full, by snapshot(), before the first and after the last point.
#
# A sample of the points is tried, always the same: more of them with NETD_FAULT=10 (ten
# times as many), all of them with NETD_FAULT=all, and of those every third, from the first
# on, with NETD_FAULT_PART=1/3: parts may run side by side.

declare -A T_POINTS=() # how many were tried, by kind
T_STATUS=0
[ -n "${NETD_TEST_ONLY:-}" ] || exec 6>&1 # TAP, also from within t_fresh

# everything: the world, lab.yaml and changed.yaml.
everything()
{
	need bridge veth nft tun command:dnsmasq
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	ip link add p0 type veth peer name p1
	ip link set p0 addrgenmode none
	ip link set p0 up # a link that was up once has another queue
	ip link set p0 down
	ip netns add far
	# the uplink of a bridged network
	ip link add eth1 type veth peer name wire netns far
	echo 0 >/proc/sys/net/ipv6/conf/eth1/accept_dad
	ip -n far link set wire up
	ip link set eth1 up
	ip address add 192.168.7.2/24 dev eth1
	ip route add 10.77.0.0/16 via 192.168.7.1 metric 7
	ip rule add from 192.168.7.2 table 100 priority 50
	ip route add default via 192.168.7.1 table 100
	wait_for 5 t_carrier eth1
	# a bridge that netd did not make
	ip link add hand0 type bridge
	ip link set hand0 addrgenmode none
	ip link set hand0 up
	ip address add 10.6.0.1/24 dev hand0
	# somebody's input policy, into which accept rules for DHCP are put
	nft 'add table inet other; add chain inet other input { type filter hook input priority 0; policy drop; }'
	cat >lab.yaml <<-'YAML'
	name: lab
	networks:
	  nat0:
	    mode: nat
	    addresses: [10.1.0.254/24, "fd00:1::ff/64"]
	    mtu: 1400
	    nat: {source: 172.16.5.41, on: eth0, ports: 1024-65535}
	    dhcp: {range: 10.1.0.50-10.1.0.99}
	    machines:
	      web: {mac: "52:54:00:00:00:01", address: 10.1.0.50}
	    forwards:
	      - {listen: 172.16.5.70, to: web, on: eth0}
	      - {listen: "172.16.5.40:80", to: "web:80", protocol: tcp}
	      - {listen: "172.16.5.40:9000-9003", to: "web:8000-8003", protocol: udp}
	    ports:
	      p0: {}
	      tap0: {type: tap}
	      veth0: {type: veth, peer: far0, namespace: far}
	  iso0: {addresses: [10.2.0.254/24]}
	  rt0: {mode: routed, addresses: [10.3.0.254/24], routes: [{to: 10.33.0.0/16, via: 10.3.0.9}]}
	  open0: {mode: open, addresses: [10.4.0.254/24]}
	  br1: {mode: bridged, uplink: eth1}
	  ex0:
	    bridge: hand0
	    existing: true
	    mode: nat
	    addresses: [10.6.0.1/24, 10.6.1.1/24]
	    routes: [{to: 10.66.0.0/16, via: 10.6.1.9}]
	    ports: {tap2: {type: tap}}
	  lan: {}
	routers:
	  r:
	    interfaces:
	      lan: {addresses: [10.5.0.1/24], dhcp: true}
	      up: {network: nat0, addresses: [10.1.0.2/24]}
	    routes: [{to: default, via: 10.1.0.254}, {to: 10.9.9.0/24, type: blackhole}]
	    nat: {out: up}
	    forwards: [{listen: "10.1.0.2:8080", to: "10.5.0.9:80", protocol: tcp}]
	hosts:
	  h: {network: lan, addresses: [10.5.0.9/24], routes: [{to: default, via: 10.5.0.1}], dns: [10.5.0.1]}
	links:
	  p2p: {ends: {r: {addresses: [10.8.0.1/30]}, h: {addresses: [10.8.0.2/30]}}}
	YAML
	cat >changed.yaml <<-'YAML'
	name: lab
	networks:
	  nat0:
	    mode: nat
	    addresses: [10.1.0.253/24, "fd00:1::ff/64"]
	    nat: {}
	    dhcp: {range: 10.1.0.60-10.1.0.99}
	    machines:
	      web: {mac: "52:54:00:00:00:02", address: 10.1.0.60}
	    forwards:
	      - {listen: "172.16.5.40:81", to: "web:80", protocol: tcp}
	      - {listen: "172.16.5.40:9000-9003", to: "web:8000-8003", protocol: udp}
	    ports:
	      tap1: {type: tap}
	      veth0: {type: veth, peer: far0, namespace: far}
	  iso0: {addresses: [10.2.0.254/24], dhcp: true}
	  rt0: {mode: nat, addresses: [10.3.0.254/24], routes: [{to: 10.33.0.0/16, via: 10.3.0.8, metric: 5}]}
	  ex0: {bridge: hand0, existing: true, mode: bridged, addresses: [10.6.0.1/24], routes: [{to: 10.66.0.0/16, via: 10.6.0.9}]}
	  open1: {mode: open, addresses: [10.4.0.254/24]}
	  lan: {}
	routers:
	  r:
	    interfaces:
	      lan: {addresses: [10.5.0.2/24]}
	      up: {network: nat0, addresses: [10.1.0.2/24]}
	    routes: [{to: default, via: 10.1.0.253}, {to: 10.9.8.0/24, type: blackhole}]
	    nat: {out: up, ports: 2000-3000}
	hosts:
	  new: {network: lan, addresses: [10.5.0.9/24], routes: [{to: default, via: 10.5.0.2}], dns: [10.5.0.1]}
	links:
	  p2p: {ends: {r: {interface: other, addresses: [10.8.0.1/30]}, new: {addresses: [10.8.0.2/30]}}}
	YAML
}

# What one namespace has: a script for sh.  It starts as few programs as can be: that is
# what the time of this tier goes into.  ("table all" is that of both families.)
T_IMAGE_SPACE='
	ip -d -o -b "$T_DIR/shown"
	ip -6 rule show
	nft list ruleset
	grep -s "" /proc/sys/net/ipv[46]/conf/*/* /proc/sys/net/ipv4/ip_forward || :'
export T_DIR
printf '%s show\n' link address rule >"$T_DIR/shown"
echo "route show table all" >>"$T_DIR/shown"

# The same by names only.  "veth" and "tap" have random addresses at the host's end.
t_image_still()
{
	# anycast routes are the kernel's own, and follow addresses in its own time; what a
	# link had of conf/default when it was made means nothing for a port, nor for a bridge
	# on which IPv6 is off.  DHCP's guard is a process beside dnsmasq, and its table goes
	# with it: where it cannot be started, DHCP works without
	sed -E '/(^| )(fe80:|ff00::\/8)|^anycast |stable_secret/d
		/\/conf\/(tap[012]|veth0|([rh]|new)-[a-z0-9]+|[0-9a-z]+-[0-9a-f]{6})\/(force_forwarding|forwarding|accept_ra):/d
		/\/ipv6\/conf\/(iso0|rt0|open[01]|lan)\/(force_forwarding|accept_ra):/d
		/^table ip netd-dhcp-/,/^}/d
		s/^[0-9]+: //; s/@[^:]*:/:/; s/ link-netns(id)? [^ ]+//g; s/ permaddr [^ ]+//
		s/(bridge_id|designated_root|designated_bridge) [^ ]+//g
		s/(designated_port|designated_cost|port_id|port_no|root_port|root_path_cost|fdb_n_learned|topology_change(_detected)?|carrier|(gc|hello|tcn|topology_change|message_age|hold|forward_delay)_timer) +[^ ]+//g
		s/ (state|qdisc|group_address) [^ ]+//g; s/ (linkdown|tentative|dadfailed)//g
		s/<([^>]*,)?UP(,[^>]*)?>/<up>/; s/<[A-Z_,-]*>/<down>/
		s/(valid|preferred)_lft [0-9]+sec//g; s/ packets [0-9]* bytes [0-9]*//
		/^(tap[012]|veth0|far0|[rh]-[a-z]+|new-[a-z]+|[0-9a-z]+-[0-9a-f]{6})/s/ether [^ ]+//'
}

t_image_files()
{
	local pid

	# what was being written when netdctl was killed stays until that name is written again
	find /run/netns /etc/netns /run/netd /etc/netd -mindepth 1 ! -path '*/netd/dhcp*' ! -name lock \
		! -name '*.new' ! -name resolv.conf.netd ! -name '.*' \
		-printf '%p %y %m %l\n' 2>/dev/null || :
	find /run/netd/dhcp -type f -size +0 ! -name pid ! -name log ! -name leases ! -name guard ! -name '.*' -printf '%p %m\n' 2>/dev/null || :
	# claims are in no order, so their sum means nothing; those on settings of a bridge of
	# ours, which go with it, are there only if it was there when they were made
	grep -rs --exclude='*.new' '' /etc/netns /run/netd/topologies /run/netd/claims /run/netd/pending.yaml /etc/netd |
		grep -v -e 'claims:# netd state' -e '/claims:.*/conf/br1/' || :
	grep -s '' /run/netd/dhcp/*/{config,reserved,names,resolv} || :
	for pid in $(pgrep -x dnsmasq); do
		echo "dnsmasq $(tr '\0' ' ' <"/proc/$pid/cmdline") in $(ip netns identify "$pid")"
	done
}

# image FILE: of the whole host; each line begins with its namespace.
image()
{
	{ set +x; } 2>/dev/null
	local name

	{
		{
			sh -c "$T_IMAGE_SPACE"
			for name in /run/netns/*; do
				echo "@@@ ${name##*/}"
				nsenter --net="$name" sh -c "$T_IMAGE_SPACE"
			done
		} | t_image_still | awk '/^@@@ / { name = $2; next } { print name ": " $0 }'
		t_image_files | sed 's/^/files: /'
	} | LC_ALL=C sort >"$1"
}

# images: what there is before and behind; leaves the host as it was.
images()
{
	t_warm_kernel
	netdctl apply lab.yaml && netdctl apply changed.yaml && netdctl apply lab.yaml
	netdctl destroy lab
	image nothing
	netdctl apply lab.yaml
	image lab
	netdctl apply changed.yaml
	image changed
	netdctl apply lab.yaml
	image again
	same lab again
	netdctl destroy lab
	image again
	same nothing again
	! cmp -s lab changed || fail "nothing changes"
	! cmp -s lab nothing || fail "nothing is there"
}

# sample TOTAL COUNT: that many numbers of 1 to TOTAL, or all.
sample()
{
	local total=$1 count=$2 part=${NETD_FAULT_PART:-1/1}

	case ${NETD_FAULT:-} in
	all) count=$total ;;
	*[0-9]*) count=$((count * NETD_FAULT)) ;;
	esac
	if [ "$total" -le "$count" ]; then
		seq "${part%/*}" "${part#*/}" "$total"
	else
		awk -v t="$total" -v c="$count" 'BEGIN { for (i = 0; i < c; i++) print int(1 + i * (t - 1) / (c > 1 ? c - 1 : 1)) }'
	fi
}

# prepare first|change|destroy: the state that the change starts from, and what it is:
# $before, $target (images) and the arguments in $change.
# shellcheck disable=SC2034 # for inject.sh and others
prepare()
{
	case $1 in
	first) before=nothing target=lab change=(apply lab.yaml) ;;
	change) before=lab target=changed change=(apply changed.yaml) ;;
	destroy) before=lab target=nothing change=(destroy lab) ;;
	esac
	[ $before = nothing ] || netdctl apply -q lab.yaml
}

# back: from the target to the state that the change starts from.
back()
{
	if [ "$before" = nothing ]; then
		netdctl destroy -q lab
	else
		netdctl apply -q lab.yaml
	fi
}

# wrong TEXT: the point failed.
wrong()
{
	fail "$t_point of $1: exit status $T_STATUS, $2
$(cat log out 2>/dev/null | head -n 20)
$(diff -U 0 "$before" now 2>/dev/null | cut -c 1-300 | head -n 40)"
}

# judge NAME: what the run with $T_STATUS left behind; $t_point says what it was.
judge()
{
	local expected

	{ set +x; } 2>/dev/null
	rm -f now
	case $T_STATUS in
	0) expected=$target ;;
	1) expected=$before ;;
	137)
		netdctl recover >recovered 2>&1 || {
			cat recovered
			wrong "$1" "recover failed"
		}
		expected=$before
		;;
	127) # in front of main()
		grep -q 'error while loading shared libraries' out || wrong "$1" "not started"
		expected=$before
		;;
	*) wrong "$1" "neither done nor undone" ;;
	esac
	[ ! -e /run/netd/pending.yaml ] || wrong "$1" "a change is pending"
	image now
	if [ "$T_STATUS" = 137 ] && cmp -s "$target" now; then
		expected=$target
	fi
	cmp -s "$expected" now || {
		before=$expected
		wrong "$1" "the state is not that of $expected (- it, + now)"
	}
	[ "$expected" != "$target" ] || back
}

# told_points CHANGE: how many were tried, as TAP comments of the whole test.
told_points()
{
	local kind

	for kind in "${!T_POINTS[@]}"; do
		echo "# $1: $kind: ${T_POINTS[$kind]} points, each left what was before or what was wanted"
	done | LC_ALL=C sort >&6
}
