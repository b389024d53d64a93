#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# S11: NICs come to a running guest and go; guests by the bridge helper and with many queues.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/guest/guest.sh"
. "$T_ROOT/tests/guest/admin.sh"

need_guests
need bridge tun veth nft nft_nat

HELPER=$NETD_BUILD/cli/hooks/netd-bridge-helper

host()
{
	bridged_frames 0
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	serve outside tcp "$T_INTERNET4" 80 >/dev/null
	hooks mybr0 lan typo
	cat >lab.yaml <<-'EOF'
	name: lab
	networks:
	  mybr0: {mode: nat, addresses: [10.1.0.254/24, "fd00:1::ff/64"]}
	  lan: {bridge: br-lan, addresses: [10.2.0.254/24], mtu: 1400}
	EOF
	snapshot before
	netdctl apply lab.yaml
	guest_program a "$T_PEER"
	guest_start a stay
	booted a
}

# tap NAME NETWORK: the options of a tap by the network's hook.
tap()
{
	jq -nc --arg name "$1" --arg network "$2" '{ifname: $name,
		script: "/etc/qemu-ifup-\($network)", downscript: "/etc/qemu-ifdown-\($network)"}'
}

# arrives IF ADDRESS…: the guest has that NIC, and sets it up.
arrives()
{
	guest_run a "wait_for 20 test -e /sys/class/net/$1" 30
	guest_run a "net $*"
}

no_link()
{
	! ip link show dev "$1"
}

nothing_left()
{
	refused guest_run a "test -e /sys/class/net/$2"
	wait_for 5 no_link "$1"
	eq "" "$(guest_errors a)"
}

plugged()
{
	guest_plug a n1 "$(tap hot0 mybr0)"
	eq hot0 "$(ports_of mybr0)"
	arrives eth0 10.1.0.1/24 fd00:1::1/64 via 10.1.0.254
	pings a 10.1.0.254
	pings host 10.1.0.1
	pings host fd00:1::1
	eq "172.16.5.40" "$(ask a tcp "$T_INTERNET4" 80 | cut -d' ' -f3)"
}

# A second one, in a network whose bridge has another name, and an MTU.
second()
{
	guest_plug a n2 "$(tap hot1 lan)" '{"mac": "52:54:00:00:00:02"}'
	eq hot1 "$(ports_of lan)"
	eq 1400 "$(cat /sys/class/net/hot1/mtu)"
	arrives eth1 10.2.0.1/24
	pings a 10.2.0.254
	pings host 10.1.0.1
	guest_unplug a n2
	nothing_left hot1 eth1
	eq "" "$(ports_of lan)"
	pings host 10.1.0.1
}

wrong_network()
{
	refused guest_qmp a netdev_add "$(tap hot2 typo | jq -c '{type: "tap", id: "n3"} + .')"
	match 'qemu-ifup: network typo is not running; ' "$(guest_errors a)"
	: >"$T_DIR/guest-a/qemu.err"
	wait_for 5 no_link hot2
	pings host 10.1.0.1
}

unplugged()
{
	guest_unplug a n1
	nothing_left hot0 eth0
	eq "" "$(ports_of mybr0)"
}

again()
{
	guest_plug a n1 "$(tap hot0 lan)"
	arrives eth0 10.2.0.7/24
	pings host 10.2.0.7
	guest_unplug a n1
	nothing_left hot0 eth0
}

# A tap that netd made stays, in its network, whatever QEMU does; with the downscript it
# would not, so there is none.
persistent()
{
	ok netdctl network create keep --address 10.3.0.254/24
	ok netdctl port add keep hot3 --tap
	guest_plug a n1 '{"ifname": "hot3", "script": "no", "downscript": "no"}'
	arrives eth0 10.3.0.1/24
	pings host 10.3.0.1
	guest_unplug a n1
	refused guest_run a "test -e /sys/class/net/eth0"
	eq hot3 "$(ports_of keep)"
	guest_plug a n1 '{"ifname": "hot3", "script": "no", "downscript": "no"}'
	arrives eth0 10.3.0.2/24
	pings host 10.3.0.2
	guest_unplug a n1
	ok netdctl network delete keep
	nothing_left hot3 eth0
}

# QEMU makes the tap by the helper, at its start and later.
by_helper()
{
	echo "allow mybr0" >/etc/qemu/bridge.conf
	guest_start h 'net eth0 10.1.0.9/24; stay' \
		-netdev "bridge,id=n0,br=mybr0,helper=$HELPER" \
		-device virtio-net-pci,netdev=n0,mac=52:54:00:00:00:09,romfile=
	booted h
	eq tap0 "$(ports_of mybr0)"
	pings host 10.1.0.9
	pings h 10.1.0.254
	guest_plug a n1 "{\"type\": \"bridge\", \"br\": \"mybr0\", \"helper\": \"$HELPER\"}"
	eq "tap0
tap1" "$(ports_of mybr0)"
	arrives eth0 10.1.0.1/24
	pings a 10.1.0.9
	guest_unplug a n1
	nothing_left tap1 eth0
	guest_kill h
	wait_for 5 no_link tap0
	eq "" "$(ports_of mybr0)"
}

helper_refuses()
{
	guest_start r stay -netdev "bridge,id=n0,br=br-lan,helper=$HELPER"
	guest_wait r 20
	eq 1 "$(cat "$T_DIR/guest-r/exit")"
	match '^netd-bridge-helper: access to br-lan is not allowed by /etc/qemu/bridge.conf' \
		"$(guest_errors r)"
}

queues()
{
	guest_start q 'net eth0 10.1.0.8/24; stay' -smp 2 \
		-netdev tap,id=n0,ifname=many,queues=2,script=/etc/qemu-ifup-mybr0,downscript=no \
		-device virtio-net-pci,netdev=n0,mq=on,vectors=6,mac=52:54:00:00:00:08,romfile=
	booted q
	eq many "$(ports_of mybr0)"
	match multi_queue "$(ip tuntap show)"
	pings host 10.1.0.8
	eq 2 "$(guest_run q 'ls -d /sys/class/net/eth0/queues/tx-*' | wc -l)" "queues"
	guest_say q exit
	guest_wait q 30
	eq "" "$(guest_errors q)"
	wait_for 5 no_link many
}

# Killed with a hot-plugged NIC, QEMU leaves nothing behind either.
killed()
{
	guest_plug a n1 "$(tap hot0 mybr0)"
	arrives eth0 10.1.0.1/24
	pings host 10.1.0.1
	guest_kill a
	wait_for 5 no_link hot0
	netdctl destroy lab
	snapshot after
	same before after
}

t_case "a guest without a NIC" host
t_case "gets one, which works on arrival" plugged
t_case "and a second one, for a while" second
t_case "a wrong network is refused, and the guest runs on" wrong_network
t_case "unplugged, nothing is left" unplugged
t_case "the same name in another network" again
t_case "a tap that netd made stays" persistent
t_case "a guest by the bridge helper" by_helper
t_case "the helper refuses" helper_refuses
t_case "a guest with two queues" queues
t_case "a guest is killed: nothing is left" killed
t_done
