#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Ports: taps, veth pairs and interfaces, plugged in and out; what `show` tells of them.
. "$(dirname "$0")/../lib/netns.sh"

world()
{
	need bridge veth
	snapshot before
	netdctl network create net0 --address 10.1.0.254/24 --address fd00:1::ff/64
}

# With the network gone, too, the host is as it was.
is_as_before()
{
	ok netdctl network delete net0
	snapshot after
	same before after
}

# port NAME: its row of `show ports`, as JSON.
port()
{
	netdctl show ports --json | jq -ec --arg name "$1" '.[] | select(.port == $name)'
}

# S10: made by hand, plugged in and out by hand; `show` lists it all the same.
veth_by_hand()
{
	world
	t_namespace far
	ip link add p0 type veth peer name eth0 netns far
	ip -n far address add 10.1.0.1/24 dev eth0
	ip -n far link set eth0 up
	ip link set p0 master net0 up
	pings far 10.1.0.254
	eq net0 "$(port p0 | jq -r .network)"
	match 'p0 +net0 ' "$(netdctl port list net0)"
	ok netdctl network set net0 --mtu 1500
	match 'master net0' "$(ip link show p0)"
	ip link set p0 nomaster
	refused port p0
	no_ping far 10.1.0.254
}

veth_into_a_namespace()
{
	world
	t_namespace far
	ok netdctl port add net0 vm1 --veth eth0 --namespace far
	ip -n far address add 10.1.0.1/24 dev eth0
	ip -n far link set eth0 up
	pings far 10.1.0.254
	eq '["net0","veth"]' "$(port vm1 | jq -c '[.network, .kind]')"
	match 'alias netd:default/net0' "$(ip link show vm1)"
	ok netdctl port remove net0 vm1
	refused ip link show vm1
	eq "lo" "$(ip -n far -j link | jq -r '.[].ifname')"
	is_as_before
}

# Both ends here: the far one is anybody's.
veth_in_the_host()
{
	world
	ok netdctl port add net0 vm1 --veth vm1-peer
	ip address add 10.1.0.9/24 dev vm1-peer
	ok netdctl port remove net0 vm1
	refused ip link show vm1-peer
}

# mtu_of NS LINK
mtu_of()
{
	on "$1" ip -j link show "$2" | jq '.[0].mtu'
}

# What one end sends, the other one gets, also after the MTU was changed.
veth_follows_mtu()
{
	world
	t_namespace far
	ok netdctl port add net0 vm1 --veth eth0 --namespace far
	ok netdctl port add net0 vm2 --veth vm2-peer
	ok netdctl port add net0 vm3 --veth eth3 --namespace far
	ip -n far link set eth0 name guest0 up
	ip -n far address add 10.1.0.1/24 dev guest0
	ip -n far link set eth3 mtu 1300 # chosen by somebody
	for mtu in 9000 1400; do
		ok netdctl network set net0 --mtu $mtu
		eq "$mtu $mtu" "$(mtu_of host vm1) $(mtu_of far guest0)"
		eq "$mtu $mtu" "$(mtu_of host vm2) $(mtu_of host vm2-peer)"
		eq "$mtu 1300" "$(mtu_of host vm3) $(mtu_of far eth3)"
		ok on far ping -q -c 1 -W 1 -M "do" -s $((mtu - 28)) 10.1.0.254
		ok netdctl plan /etc/netd/default.yaml
	done
	# moved away by somebody: left alone
	ip netns add elsewhere
	ip -n far link set guest0 netns elsewhere
	ok netdctl network set net0 --mtu 1500
	eq "1500 1400" "$(mtu_of host vm1) $(mtu_of elsewhere guest0)"
	is_as_before
}

# A pair stays where it was made; its far end may have been renamed.
veth_elsewhere()
{
	local index

	need bridge veth
	t_namespace far
	t_namespace near
	echo 'networks: {net0: {ports: {vm1: {type: veth, peer: eth0, namespace: far}}}}' >lab.yaml
	ok netdctl apply lab.yaml
	ip -n far link set eth0 name mine
	ok netdctl plan lab.yaml
	index=$(<"/sys/class/net/vm1/ifindex")
	sed 's/: far/: near/' lab.yaml >moved.yaml
	echo 'name: lab' >>moved.yaml
	for verb in plan apply; do
		fails 2 netdctl $verb moved.yaml
		match '^moved.yaml:1:51: error: veth vm1: its far end was made as eth0 in namespace far' "$err"
		match 'netdctl port remove net0 vm1' "$err"
	done
	sed 's/peer: eth0, namespace: far/peer: vm1-peer/; $aname: lab' lab.yaml >moved.yaml
	fails 2 netdctl apply moved.yaml
	match 'eth0 in namespace far' "$err"
	eq "$index" "$(<"/sys/class/net/vm1/ifindex")"
	ip -n far link show mine >/dev/null
	ok netdctl port remove net0 vm1
	ok netdctl apply moved.yaml
	ip link show vm1-peer >/dev/null
	sed -i 's/vm1-peer/other-peer/' moved.yaml
	fails 2 netdctl apply moved.yaml
	match 'made as vm1-peer in the host' "$err"
	# a pair that is gone is made as it shall be
	ip link del vm1
	ok netdctl apply moved.yaml
	ip link show other-peer >/dev/null
	ok netdctl destroy lab
}

tap()
{
	need tun
	world
	ok netdctl port add net0 tap0 --tap --owner nobody --group nogroup
	match 'tap0: tap persist user (nobody|65534) group (nogroup|65534)' "$(ip tuntap list)"
	match 'master net0' "$(ip link show tap0)"
	eq '["net0","tap"]' "$(port tap0 | jq -c '[.network, .kind]')"
	ok netdctl port add net0 tap1 --tap --multi-queue --vnet-hdr
	match 'multi_queue' "$(ip tuntap list | grep tap1)"
	match 'vnet_hdr' "$(ip tuntap list | grep tap1)"
	fails 2 netdctl port add net0 tap0 --tap
	match tap0 "$err"
	ok netdctl port remove net0 tap0
	ok netdctl port remove net0 tap1
	is_as_before
}

# opens USER GROUP TAP: as that user, in that group and no other; the tap is gone then.
opens()
{
	setpriv --reuid "$1" --regid "$2" --clear-groups --inh-caps=-all \
		ip tuntap delete dev "$3" mode tap
}

# is_refused USER GROUP TAP: by the kernel's rule for owners.
is_refused()
{
	fails 1 opens "$1" "$2" "$3"
	match 'TUNSETIFF.*Operation not permitted' "$err"
}

# Nobody but root opens a tap that has neither owner nor group.
tap_owners()
{
	need tun command:setpriv users
	world
	open_tun
	ok netdctl port add net0 plain --tap
	ok netdctl port add net0 mine --tap --owner nobody
	ok netdctl port add net0 ours --tap --group 7
	ok netdctl port add net0 both --tap --owner nobody --group 7
	ok netdctl plan /etc/netd/default.yaml
	is_refused 65534 65534 plain
	is_refused 65534 0 plain
	ip tuntap delete dev plain mode tap
	is_refused 65533 65534 mine
	ok opens 65534 65534 mine
	is_refused 65534 65534 ours
	ok opens 65533 7 ours
	is_refused 65534 65534 both
	is_refused 65533 7 both
	ok opens 65534 7 both
}

# As a netd made it that gave taps no owner; it stays in its place.
tap_of_old()
{
	ip tuntap add dev vm1 mode tap
	ip link set vm1 group 0x6e657464 alias netd:default/net0
	ip link set vm1 addrgenmode none address "$1" master net0 up
}

tap_gets_its_owner()
{
	local index mac

	need tun
	world
	ok netdctl port add net0 vm1 --tap
	mac=$(<"/sys/class/net/vm1/address")
	ip link delete vm1
	tap_of_old "$mac"
	index=$(<"/sys/class/net/vm1/ifindex")
	fails 3 netdctl plan /etc/netd/default.yaml
	match '^~ tap vm1 owner 0 \(now every user can open it\)' "$out"
	ok netdctl apply /etc/netd/default.yaml
	eq "0 $index" "$(cat /sys/class/net/vm1/owner /sys/class/net/vm1/ifindex | paste -sd ' ')"
	ok netdctl plan /etc/netd/default.yaml
	# Another owner, and a group, for the same tap.
	sed -i 's/vm1: {type: tap}/vm1: {type: tap, owner: 7, group: 8, vnet_hdr: true}/' \
		/etc/netd/default.yaml
	ok netdctl apply /etc/netd/default.yaml
	eq "7 8 $index" "$(cat /sys/class/net/vm1/{owner,group,ifindex} | paste -sd ' ')"
	refused grep -q vnet_hdr <<<"$(ip tuntap list)" # whoever opens it says so
}

# While a guest has it open, its owner cannot be set: that is said, and nothing fails.
tap_in_use()
{
	local mac pid

	need tun command:qemu-system-x86_64
	world
	ok netdctl port add net0 vm1 --tap
	mac=$(<"/sys/class/net/vm1/address")
	ip link delete vm1
	tap_of_old "$mac"
	mkfifo monitor
	qemu-system-x86_64 -machine none -nodefaults -display none -S -monitor stdio \
		-netdev tap,id=n0,ifname=vm1,script=no,downscript=no <monitor >qemu.out 2>&1 &
	pid=$!
	exec 5>monitor
	wait_for 10 grep -q 'has no peer' qemu.out
	ok netdctl plan /etc/netd/default.yaml
	match 'note: tap vm1: every user of this host can open it once' "$err"
	ok netdctl network set net0 --mtu 1400
	eq 1400 "$(<"/sys/class/net/vm1/mtu")"
	# Another one's, by the file: the guest keeps its tap.
	sed -i 's/vm1: {type: tap}/vm1: {type: tap, owner: 7}/' /etc/netd/default.yaml
	ok netdctl apply /etc/netd/default.yaml
	match 'note: tap vm1: every user' "$err"
	kill "$pid"
	wait "$pid" || :
	ok netdctl apply /etc/netd/default.yaml
	eq 7 "$(<"/sys/class/net/vm1/owner")"
	sed -i 's/owner: 7/owner: 8/' /etc/netd/default.yaml
	qemu-system-x86_64 -machine none -nodefaults -display none -S -monitor stdio \
		-netdev tap,id=n0,ifname=vm1,script=no,downscript=no <monitor >qemu2.out 2>&1 &
	pid=$!
	exec 5>monitor
	wait_for 10 grep -q 'has no peer' qemu2.out
	fails 1 netdctl apply /etc/netd/default.yaml
	match 'cannot change the owner of tap vm1: a program has it open' "$err"
	match 'master net0' "$(ip link show vm1)"
	eq 7 "$(<"/sys/class/net/vm1/owner")"
	kill "$pid"
	wait "$pid" || :
}

# An interface that was there: it is released as it was, and never deleted.
interface()
{
	need bridge veth
	ip link add p0 type veth peer name p1
	ip link set p0 mtu 1400
	ip link set p0 addrgenmode none
	ip link set p1 addrgenmode none
	# one that was up once has another queue than one that never was
	ip link set p0 up
	ip link set p0 "$1"
	world
	ok netdctl port add net0 p0
	match 'mtu 1500.*master net0' "$(ip link show p0)"
	match 'UP' "$(ip -o link show p0 | sed 's/.*<\(.*\)>.*/\1/')"
	eq 1500 "$(cat /sys/class/net/net0/mtu)"
	eq '["net0","veth"]' "$(port p0 | jq -c '[.network, .kind]')"
	ok netdctl port remove net0 p0
	match 'mtu 1400' "$(ip link show p0)"
	is_as_before
	# the same with the network
	ok netdctl network create net0
	ok netdctl port add net0 p0
	is_as_before
}

# between FILE COMMAND FILTER: the number lies between two looks at the kernel's.
between()
{
	local low high number

	low=$(cat "/sys/class/net/$1")
	number=$($2 | jq "$3")
	high=$(cat "/sys/class/net/$1")
	{ [ "$low" -le "$number" ] && [ "$number" -le "$high" ]; } ||
		fail "$2: $3 is $number, not within $low-$high"
}

# S13: the numbers are the kernel's, seen from the guest's end or the host's.
counters()
{
	local before after sent

	world
	t_namespace far
	netdctl port add net0 vm1 --veth eth0 --namespace far
	ip -n far address add 10.1.0.1/24 dev eth0
	ip -n far link set eth0 up
	pings far 10.1.0.254
	before=$(port vm1)
	on far ping -q -i 0.002 -c 100 -s 1000 10.1.0.254 >/dev/null
	after=$(port vm1)
	sent=$(jq -n "$after.rx_bytes - $before.rx_bytes")
	{ [ "$sent" -ge 100000 ] && [ "$sent" -lt 120000 ]; } || fail "rx_bytes rose by $sent"
	between vm1/statistics/rx_bytes "port vm1" .rx_bytes
	between vm1/statistics/tx_bytes "port vm1" .tx_bytes
	between net0/statistics/rx_bytes "netdctl show networks --json" '.[0].rx_bytes'
	between net0/statistics/tx_bytes "netdctl show networks --json" '.[0].tx_bytes'
	eq 1 "$(netdctl show networks --json | jq '.[0].ports')"
}

# What is plugged in stays plugged in when the network changes, and when it is not in the
# file: hooks plug in, too.
ports_of_others_stay()
{
	world
	guest_ns a net0 10.1.0.1/24
	netdctl port add net0 tap0 --tap
	netdctl network set net0 --mtu 1400
	netdctl port remove net0 tap0
	match 'master net0' "$(ip link show v-a)"
	pings a 10.1.0.254
	fails 2 netdctl port remove net0 v-a
	match 'v-a' "$err"
	match 'master net0' "$(ip link show v-a)"
}

# A file's ports: the same as by command, and moved from network to network.
by_file()
{
	need tun
	need bridge veth
	t_namespace far
	ip link add p0 type veth peer name p1
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  net0:
	    ports:
	      tap0: {type: tap, owner: 0}
	      vm1: {type: veth, peer: eth0, namespace: far}
	      p0: {}
	  net1: {}
	EOF
	ok netdctl apply lab.yaml
	ok netdctl plan lab.yaml
	eq '["net0","net0","net0"]' "$(netdctl show ports --json | jq -c 'map(.network)')"
	ifindex=$(cat /sys/class/net/tap0/ifindex)
	sed -i '/tap0/d; s/net1: {}/net1: {ports: {tap0: {type: tap, owner: 0}}}/' lab.yaml
	ok netdctl apply lab.yaml
	match 'master net1' "$(ip link show tap0)"
	match 'netd:lab/net1' "$(ip link show tap0)"
	eq "$ifindex" "$(cat /sys/class/net/tap0/ifindex)"
	ok netdctl plan lab.yaml
	ok netdctl destroy lab
	refused ip link show tap0
	ip link show p0 >/dev/null
}

# Many at once, in one go; they go in one go, too.
many()
{
	local i

	need bridge tun
	printf '%s\n' 'name: lab' 'networks:' '  net0:' '    ports:' >lab.yaml
	for ((i = 0; i < 100; i++)); do
		echo "      tap$i: {type: tap}" >>lab.yaml
	done
	snapshot before
	ok netdctl apply lab.yaml
	eq 100 "$(netdctl show ports --json | jq length)"
	ok netdctl plan lab.yaml
	ok netdctl destroy lab
	snapshot after
	same before after
}

# The kernel would make it 1500 again when the last port goes.
bridge_keeps_its_mtu()
{
	local mtu

	for mtu in 1400 9000 1500; do
		netdctl network create "m$mtu" --mtu "$mtu"
		ok netdctl port add "m$mtu" t0 --tap
		eq "$mtu $mtu" "$(cat "/sys/class/net/m$mtu/mtu" /sys/class/net/t0/mtu | paste -sd ' ')"
		ok netdctl port remove "m$mtu" t0
		eq "$mtu" "$(<"/sys/class/net/m$mtu/mtu")"
		ok netdctl plan /etc/netd/default.yaml
		eq "" "$out"
	done
}

t_fresh "a veth pair made by hand" veth_by_hand
t_fresh "a veth pair into a namespace" veth_into_a_namespace
t_fresh "a veth pair in the host" veth_in_the_host
t_fresh "a veth pair follows the network's MTU" veth_follows_mtu
t_fresh "a veth pair stays where it was made" veth_elsewhere
t_fresh "taps, their owner and flags" tap
t_fresh "who may open a tap" tap_owners
t_fresh "a tap of an older netd gets its owner" tap_gets_its_owner
t_fresh "a tap that a guest has open" tap_in_use
t_fresh "an interface that was down" interface down
t_fresh "an interface that was up" interface up
t_fresh "counters are the kernel's" counters
t_fresh "ports of others stay" ports_of_others_stay
t_fresh "by file" by_file
t_fresh "a hundred taps" many
t_fresh "a bridge keeps its MTU without ports" bridge_keeps_its_mtu
t_done
