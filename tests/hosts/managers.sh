#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# systemd-networkd and NetworkManager: what netd says of their NICs is done as it says it,
# and they leave netd's interfaces alone.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/hosts/hosts.sh"

start()
{
	need_hosts
	host_before '
		ip netns exec out dnsmasq --interface=eth0 --bind-interfaces --port=0 --pid-file= \
			--dhcp-range=172.16.5.100,172.16.5.150,2m --dhcp-option=3,172.16.5.1 \
			--leasefile-ro
		ip link set eth0 up'
	host_boot netd-autostart
	host 'mkdir -p /etc/netd
		echo "{name: up, networks: {br0: {mode: bridged, uplink: eth0}}}" >up.yaml
		echo "{name: lab, networks: {in0: {mode: isolated, addresses: [10.1.0.1/24],
			autostart: true, ports: {ve-b: {type: veth, peer: vt-p}, vb-t: {type: tap}}}}}" \
			>/etc/netd/lab.yaml'
}

# has LINK: it alone has an address of the LAN, with a lease, and it leads out.
has()
{
	wait_for 4 host "ip -4 -o address show dev $1 | grep -q '172.16.5.*dynamic'"
	eq "$1" "$(host 'ip -4 -o address show to 172.16.5.0/24' | awk '{print $2}')"
	wait_for 3 host 'ping -q -c 1 -W 2 203.0.113.1'
}

# hint PATTERN: what is said instead of applying.
hint()
{
	! host 'netdctl apply up.yaml 2>&1' >"$T_DIR/said" || fail "applied"
	match "$1 manages it" "$(<"$T_DIR/said")"
}

# The bridge is there, as a network, now and after a reboot.
adopted()
{
	has br0
	host 'netdctl adopt --autostart br0'
	host_reboot
	has br0
	wait_for 3 host 'netdctl network list --json | grep -q br0'
	eq br0 "$(host 'basename "$(readlink /sys/class/net/eth0/master)"')"
}

# What netd made stays as it was made.
kept()
{
	wait_for 2 host '[ -d /sys/class/net/in0/brif/ve-b ] && [ -d /sys/class/net/in0/brif/vb-t ]'
	host 'ip link set vt-p up'
	sleep 5
	host '[ -d /sys/class/net/in0/brif/ve-b ] && [ -d /sys/class/net/in0/brif/vb-t ]' || {
		host 'bridge link; networkctl --no-pager; udevadm info /sys/class/net/ve-b
			journalctl --no-pager -n 60'
		fail "ports were taken out of their bridge"
	}
	eq "10.1.0.1/24" "$(host 'ip -4 -o address show dev in0' | awk '{print $4}')"
	eq "" "$(host 'ip -4 -o address show dev ve-b')"
	eq "in effect" "$(host 'netdctl status --json' | jq -r '.[] | select(.topology == "lab") | .state')"
}

networkd_nic()
{
	start
	host 'printf "[Match]\nName=eth0\n[Network]\nDHCP=yes\n" >/etc/systemd/network/eth0.network
		systemctl --quiet enable --now systemd-networkd'
	has eth0
	hint systemd-networkd
	match 'adopt --autostart br0' "$(<"$T_DIR/said")"
	# the files of the manual page
	sed -n '/^\.Ss Bridges of other programs/,/^\.Ed/{/^# br0.netdev/,/^\.Ed/p}' \
		"$T_ROOT/docs/man/netd.yaml.5" | sed '/^\.Ed/d' >"$T_DIR/files"
	host 'cd /etc/systemd/network && awk "/^# /{file=\$2; printf \"\" >file; next} {print >file}"' \
		<"$T_DIR/files"
	host 'networkctl reload; networkctl reconfigure eth0'
	adopted
}

networkd_ports()
{
	start
	host 'printf "[Match]\nName=*\n[Network]\nDHCP=yes\n" >/etc/systemd/network/20-all.network
		systemctl --quiet enable --now systemd-networkd
		netdctl apply /etc/netd/lab.yaml'
	kept
	host 'systemctl restart systemd-networkd'
	kept
	host_reboot
	kept
}

network_manager_nic()
{
	local command

	start
	host 'systemctl --quiet enable --now NetworkManager'
	has eth0
	hint NetworkManager
	command=$(sed -n 's/.*`\(nmcli [^`]*\)`.*/\1/p' "$T_DIR/said")
	host "$command"
	adopted
}

network_manager_ports()
{
	start
	host 'systemctl --quiet enable --now NetworkManager
		netdctl apply /etc/netd/lab.yaml'
	kept
	host_reboot
	kept
}

t_fresh "networkd's NIC: its bridge is adopted" networkd_nic
t_fresh "networkd leaves ports and bridges alone" networkd_ports
t_fresh "NetworkManager's NIC: its bridge is adopted" network_manager_nic
t_fresh "NetworkManager leaves ports and bridges alone" network_manager_ports
t_done
