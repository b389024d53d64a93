#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# DHCP clients on a NIC that shall become an uplink: what netd says is done as it says it.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/hosts/hosts.sh"

start()
{
	[ -n "${T_HOST_CGROUP:-}" ] || need_hosts
	host_before '
		ip -n out address add 2001:db8:5::1/64 dev eth0 nodad
		ip netns exec out dnsmasq --interface=eth0 --bind-interfaces --port=0 --pid-file= \
			--dhcp-range=172.16.5.100,172.16.5.150,2m --dhcp-option=3,172.16.5.1 \
			--dhcp-range=2001:db8:5::100,2001:db8:5::1ff,64,2m --leasefile-ro
		ip link set eth0 up'
	host_boot netd-autostart "$@"
	host 'mkdir -p /etc/netd
		echo "{name: lab, networks: {br0: {mode: bridged, uplink: eth0, autostart: true}}}" >/etc/netd/lab.yaml'
}

# has LINK: it alone has an address of the LAN, and by it the host reaches the Internet.
has()
{
	wait_for 3 host "ip -4 -o address show dev $1 | grep -q 172.16.5."
	eq "$1" "$(host 'ip -4 -o address show to 172.16.5.0/24' | awk '{print $2}')"
	wait_for 3 host 'ping -q -c 1 -W 2 203.0.113.1'
}

# refused PATTERN: and the command that ends the client, as printed, is run; the address
# stays.
refused()
{
	local said

	has eth0
	said=$(host 'netdctl apply /etc/netd/lab.yaml 2>&1' && fail "applied") || :
	match "a DHCP client runs on it \\($1, process [0-9]+\\)" "$said"
	said=$(sed -n 's/^ *`\([^`]*\)` ends it and keeps the address; apply, and start it on br0.*/\1/p' <<<"$said")
	host "$said; sleep 1"
	has eth0
	host 'netdctl apply /etc/netd/lab.yaml'
	has br0
}

lifetime()
{
	host 'ip -4 -o address show dev br0' | sed -n 's/.*valid_lft \([0-9]*\)sec.*/\1/p'
}

is_renewed()
{
	[ "$(lifetime)" -ge "$1" ]
}

# renews COMMAND: starts it on the bridge, which keeps the address; destroy gives it back.
renews()
{
	local before

	before=$(lifetime)
	host "sleep 3; $1"
	wait_for 20 is_renewed "$before" # dhclient only sets it at half of the lease
	has br0
	host 'netdctl destroy lab'
	has eth0
}

with_dhcpcd()
{
	start
	host 'sed -i "s/^persistent/#/" /etc/dhcpcd.conf; dhcpcd -q eth0'
	refused dhcpcd
	renews 'dhcpcd -q br0'
}

# The service serves all NICs.
with_dhcpcd_service()
{
	need_hosts
	# its sandbox needs mounts that a host in a namespace may not make
	host_before 'mkdir -p /etc/systemd/system/dhcpcd.service.d
		printf "[Service]\nProtectSystem=no\nProtectHome=no\nPrivateDevices=no\nReadWritePaths=\nProtectKernelModules=no\nProtectKernelLogs=no\n" \
			>/etc/systemd/system/dhcpcd.service.d/test.conf'
	start dhcpcd
	refused dhcpcd
	host 'echo allowinterfaces br0 >>/etc/dhcpcd.conf'
	host_reboot
	has br0
	renews 'systemctl restart dhcpcd'
}

with_dhclient()
{
	start
	host 'dhclient'
	refused dhclient
	renews 'dhclient br0'
}

with_udhcpc()
{
	start
	host 'udhcpc -q -n -i eth0 -t 20 && ip link set eth0 up
		udhcpc -b -i eth0'
	refused udhcpc
	host 'udhcpc -b -i br0'
	has br0
	host 'netdctl destroy lab'
	has eth0
}

# busybox goes by its first word, whatever its file is called; between two renewals it has
# no socket at all.
with_busybox()
{
	start
	host 'cp "$(readlink -f /sbin/udhcpc)" /root/lessee
		(exec -a udhcpc /root/lessee -b -i eth0 -t 20); ip link set eth0 up'
	has eth0
	wait_for 2 host '! grep -q "^[0-9a-f]" /proc/net/packet && [ -z "$(ss -Hu -a "sport = :68")" ]'
	eq lessee "$(host 'cat /proc/"$(pgrep -f "^udhcpc")"/comm')"
	refused udhcpc
	host 'udhcpc -b -i br0'
	has br0
}

# A program of a name that nobody knows is known by its sockets.
with_unknown()
{
	start
	host 'cp /usr/sbin/dhclient /root/lessee; /root/lessee'
	refused_unknown lessee
	host 'dhclient br0'
	has br0
	host 'netdctl destroy lab'
	has eth0
}

# refused_unknown NAME: ended as printed, it is no reason any more.
refused_unknown()
{
	local said

	has eth0
	said=$(host 'netdctl apply /etc/netd/lab.yaml 2>&1' && fail "applied") || :
	match "a DHCP client runs on it \\($1, process [0-9]+\\)" "$said"
	host "$(sed -n 's/.*(`\(kill [^`]*\)` does.*/\1/p' <<<"$said"); sleep 1"
	has eth0
	host 'netdctl apply /etc/netd/lab.yaml'
	has br0
}

# A client that leaves this NIC alone is no reason, nor is somebody who looks on.
elsewhere()
{
	start
	host 'echo denyinterfaces eth0 >>/etc/dhcpcd.conf
		ip link add eth1 type veth peer name other
		ip link set eth1 up
		ip link set other up
		ip address add 172.16.5.40/24 dev eth0
		ip route add default via 172.16.5.1
		dhcpcd -q -b
		tcpdump -n -i eth0 -w /dev/null port 67 or port 68 >/dev/null 2>&1 &
		sleep 2
		netdctl apply /etc/netd/lab.yaml'
	has br0
}

t_fresh "dhcpcd on the NIC" with_dhcpcd
t_fresh "dhcpcd's service" with_dhcpcd_service
t_fresh "dhclient that names no NIC" with_dhclient
t_fresh "udhcpc" with_udhcpc
t_fresh "udhcpc in a file of another name" with_busybox
t_fresh "a client that netd does not know" with_unknown
t_fresh "dhcpcd that leaves it alone" elsewhere
t_done
