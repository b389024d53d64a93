#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The guest harness itself: boot, output, traffic, hot-plug, death, no leftovers.
. "$(dirname "$0")/../lib/netns.sh"
. "$(dirname "$0")/../guest/guest.sh"

world()
{
	need_guests
	need bridge tun
	ip link add br0 type bridge
	ip link set br0 up
	ip address add 10.1.0.254/16 dev br0
}

# nic TAP [MAC]: fills the array $nic with QEMU's arguments for a NIC on a tap there is.
nic()
{
	nic=(-netdev "tap,id=$1,ifname=$1,script=no,downscript=no"
		-device "virtio-net-pci,netdev=$1,mac=${2:-52:54:00:00:00:01},romfile=")
}

tap()
{
	ip tuntap add dev "$1" mode tap
	ip link set "$1" master br0 up
}

boots()
{
	world
	guest_start a 'echo hello; uname -s; exit 7'
	guest_wait a 60
	eq "hello
Linux" "$(guest_output a)"
	eq 7 "$(guest_status a)"
	eq 0 "$(cat "$T_DIR/guest-a/exit")"
}

two_guests()
{
	world
	tap t1
	tap t2
	nic t1
	guest_start a 'net eth0 10.1.0.1/16; stay' "${nic[@]}"
	nic t2 52:54:00:00:00:02
	guest_start b 'net eth0 10.1.0.2/16; stay' "${nic[@]}"
	guest_wait a 60 READY
	guest_wait b 60 READY
	match ' 0% packet loss' "$(guest_run a 'ping -c 2 -W 2 10.1.0.2')"
	match ' 0% packet loss' "$(guest_run b 'ping -c 2 -W 2 10.1.0.254')"
	pings host 10.1.0.1
	refused guest_run a 'ping -c 1 -W 1 10.1.0.77'
	guest_say a exit
	guest_wait a 20
	eq 0 "$(guest_status a)"
	guest_kill b
	eq none "$(guest_status b)"
	eq 137 "$(cat "$T_DIR/guest-b/exit")"
	refused pgrep qemu
}

hot_plug()
{
	world
	guest_start a stay
	guest_wait a 60 READY
	refused guest_run a 'ip link show eth0'
	ip tuntap add dev t1 mode tap
	ip link set t1 master br0 up
	guest_plug a n1 '{"ifname": "t1", "script": "no", "downscript": "no"}'
	guest_run a 'wait_for 10 test -e /sys/class/net/eth0'
	guest_run a 'net eth0 10.1.0.3/16'
	pings host 10.1.0.3
	guest_unplug a n1
	refused guest_run a 'ip link show eth0'
	guest_plug a n1 '{"ifname": "t1", "script": "no", "downscript": "no"}'
	guest_run a 'wait_for 10 test -e /sys/class/net/eth0'
	refused guest_qmp a no_such_command
}

own_files()
{
	world
	guest_program a jq ip
	guest_module a veth
	GUEST_MB=160 guest_start a 'echo "{\"a\": 4}" | /host/jq .a
		/host/ip link add v0 type veth peer name v1; ls /sys/class/net'
	guest_wait a 60
	match '^4
lo
v0
v1$' "$(guest_output a)"
}

# By a dnsmasq of the test's own: netd is not under test here.
by_dhcp()
{
	world
	need command:dhclient command:dnsmasq
	echo 0 >/proc/sys/net/ipv6/conf/br0/accept_ra # not its own
	ip address add fd00:1::1/64 dev br0 nodad
	dnsmasq --conf-file=/dev/null --pid-file --user=root --interface=br0 --bind-interfaces \
		--except-interface=lo --no-resolv --no-hosts --domain=lab.test --dhcp-authoritative \
		--dhcp-leasefile="$T_DIR/leases" --dhcp-host=52:54:00:00:00:01,a,10.1.0.50,[fd00:1::50] \
		--dhcp-range=10.1.0.20,10.1.0.99,255.255.0.0 --enable-ra \
		--dhcp-range=fd00:1::1000,fd00:1::1fff,slaac,64 \
		--dhcp-option=option:mtu,1400 --host-record=there.lab.test,10.9.9.9 \
		--dhcp-option=option:classless-static-route,10.7.0.0/16,10.1.0.7,0.0.0.0/0,10.1.0.254
	tap t1
	nic t1
	guest_program a dhclient
	guest_start a 'net eth0 dhcp dhcp6; stay' "${nic[@]}"
	guest_wait a 60 READY
	eq "10.1.0.50
1400
lab.test
10.1.0.254" "$(guest_run a 'told eth0 4 ip mtu domain router')"
	eq fd00:1::50 "$(guest_run a 'told eth0 6 new_ip6_address')"
	eq 1400 "$(guest_run a 'cat /sys/class/net/eth0/mtu')"
	match '10.7.0.0/16 via 10.1.0.7 ' "$(guest_run a 'ip route')"
	guest_run a 'wait_for 10 eval "ip -6 route | grep -q ^default"'
	match '^10.1.0.50/16
fd00:1::(50/128|5054:ff:fe00:1/64)
fd00:1::(50/128|5054:ff:fe00:1/64)
via 10.1.0.254
via fe80:[^ ]*
search lab.test
dns 10.1.0.254
dns fd00:1::1$' "$(guest_run a 'has eth0')"
	match 'Address: 10.9.9.9' "$(guest_run a 'nslookup there.lab.test')"
	match '10.9.9.9' "$(guest_run a 'ping -c 1 -W 1 there' || :)"
}

no_boot()
{
	world
	guest_start a stay -netdev tap,id=n,ifname=t1,script=/bin/false
	guest_wait a 10
	match 'could not launch network script|network script .* failed' "$(guest_errors a)"
	refused eval '(guest_wait a 10 READY)'
}

t_fresh "a guest runs a script" boots
t_fresh "two guests ping each other; one exits, one is killed" two_guests
t_fresh "a NIC comes and goes" hot_plug
t_fresh "a guest with programs and modules of its own" own_files
t_fresh "a guest by DHCP" by_dhcp
t_fresh "QEMU that does not start" no_boot
t_done
