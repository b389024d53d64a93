#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# systemd-networkd, NetworkManager and ifupdown: what netd says of their NICs is done as it says it,
# and they leave netd's interfaces alone.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/hosts/hosts.sh"

RA=
start()
{
	[ -n "${T_HOST_CGROUP:-}" ] || need_hosts
	host_before '
		ip -n out address add 2001:db8:5::1/64 dev eth0 nodad
		ip netns exec out dnsmasq --interface=eth0 --bind-interfaces --port=0 --pid-file= \
			--dhcp-range=172.16.5.100,172.16.5.150,2m --dhcp-option=3,172.16.5.1 \
			--leasefile-ro '"$RA"'
		ip link set eth0 up'
	host_boot netd-autostart
	host 'mkdir -p /etc/netd
		echo "{name: up, networks: {br0: {mode: bridged, uplink: eth0}}}" >up.yaml
		echo "{name: lab, networks: {in0: {mode: isolated, addresses: [10.1.0.1/24],
			autostart: true, ports: {ve-b: {type: veth, peer: vt-p}, vb-t: {type: tap}}}}}" \
			>/etc/netd/lab.yaml'
}

# has LINK: it alone has addresses of the LAN, a leased one or those of $STATIC, and it
# leads out.
STATIC=
has()
{
	local address

	wait_for 4 host "ip -4 -o address show dev $1 | grep -q '${STATIC:-172.16.5.*dynamic}'"
	eq "$1" "$(host 'ip -4 -o address show to 172.16.5.0/24' | awk '{print $2}')"
	wait_for 3 host 'ping -q -c 1 -W 2 203.0.113.1'
	[ -n "$STATIC" ] || return 0
	match '172.16.5.40/24' "$(host "ip -4 -o address show dev $1")"
	for address in 2001:db8:5::40 2001:db8:5::41; do
		wait_for 4 host "ip -6 -o address show dev $1 -tentative | grep -q $address/64"
	done
	eq "$1" "$(host 'ip -6 -o address show to 2001:db8:5::/64' | awk '{print $2}' | sort -u)"
	wait_for 3 host 'ping -q -c 1 -W 2 -I 2001:db8:5::40 2001:db8:5::1'
	match "via 172.16.5.1 dev $1" "$(host 'ip route show 198.51.100.0/24')"
	match "via 2001:db8:5::1 dev $1" "$(host 'ip -6 route show default')"
}

# hint PATTERN: what is said instead of applying.
hint()
{
	! host 'netdctl apply up.yaml 2>&1' >"$T_DIR/said" || fail "applied"
	match "$1 manages it" "$(<"$T_DIR/said")"
}

# guest_goes_on: it gets a lease by the bridge, and out.
guest_goes_on()
{
	eq br0 "$(host 'basename "$(readlink /sys/class/net/v-g/master)"')"
	host_asks 20
	host 'ip netns exec g ping -q -c 1 -W 2 203.0.113.1'
}

# adopted SERVICE: the bridge is there, as a network, now, when the service that made it
# is restarted, and after a reboot; and it stays when netd lets it go.
adopted()
{
	has br0
	host 'netdctl adopt --autostart br0'
	host_guest br0
	guest_goes_on
	host "systemctl restart $1"
	has br0
	guest_goes_on
	eq "in effect" "$(host 'netdctl status --json' | jq -r '.[].state')"
	host_reboot
	has br0
	wait_for 3 host 'netdctl network list --json | grep -q br0'
	eq br0 "$(host 'basename "$(readlink /sys/class/net/eth0/master)"')"
	host_guest br0
	guest_goes_on
	host 'netdctl destroy default'
	has br0
	guest_goes_on
}

# netplan RENDERER: which has its files written by netplan, at each boot.
netplan()
{
	start
	host 'type netplan >/dev/null 2>&1' || t_skip "no netplan in build-hosts/root: run tests/hosts/root"
	host "mkdir -p /etc/netplan; cat >/etc/netplan/01-lan.yaml; chmod 600 /etc/netplan/*" <<-EOF
		network:
		  version: 2
		  renderer: ${1/systemd-/}
		  ethernets:
		    eth0:
		      dhcp4: true
		      nameservers: {addresses: [203.0.113.1], search: [lab.test]}
	EOF
	host "systemctl --quiet enable --now $1; netplan apply"
	has eth0
	hint "$1"
	host "$(sed -n 's/.*has: `\(.*\)`, then .*/\1/p' "$T_DIR/said")"
	sleep 5 # the lease is asked for once more
	match 'let netplan make the bridge.*adopt --autostart br0' "$(<"$T_DIR/said")"
	adopted "$1"
	match '203.0.113.1' "$(host 'cat /etc/netplan/*')"
}

# ifupdown FILE STANZAS: with these, which others may stand in front of, in that file.
ifupdown()
{
	start
	host "printf 'auto lo\niface lo inet loopback\nsource /etc/network/interfaces.d/*\n' \
		>/etc/network/interfaces; cat >>/etc/network/$1" <<<"$2"
	host 'systemctl --quiet enable networking 2>&1; systemctl restart networking; ifup --allow=hotplug -a'
	has eth0
}

# told: it makes the bridge by the command that is printed.
ifupdown_makes_it()
{
	host "$(sed -n 's/.*has: `\(.*\)`, then .*/\1/p' "$T_DIR/said")"
	match 'adopt --autostart br0' "$(<"$T_DIR/said")"
	adopted networking
}

ifupdown_dhcp()
{
	ifupdown interfaces 'allow-hotplug eth0
iface eth0 inet dhcp'
	! host 'netdctl apply up.yaml 2>&1' >"$T_DIR/said" || fail "applied"
	match 'a DHCP client runs on it' "$(<"$T_DIR/said")"
	ifupdown_makes_it
}

ifupdown_static()
{
	STATIC=172.16.5.40
	ifupdown interfaces.d/lan 'auto eth0
iface eth0 inet static
	address 172.16.5.40/24
	gateway 172.16.5.1
	up ip route add 198.51.100.0/24 via 172.16.5.1 dev eth0
iface eth0 inet6 static
	address 2001:db8:5::40/64
	gateway 2001:db8:5::1
	up ip address add 2001:db8:5::41/64 dev eth0'
	host 'netdctl plan up.yaml 2>&1 || :' >"$T_DIR/said"
	match 'note: ifupdown configures eth0: when networking.service starts anew, it takes' \
		"$(<"$T_DIR/said")"
	ifupdown_makes_it
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

# networkd_makes_it SETTINGS: with these in the NIC's file, which others may be before.
networkd_makes_it()
{
	start
	host "cat >/etc/systemd/network/20-wired.network" <<<"[Match]
Name=e*
[Network]
$1"
	host 'systemctl --quiet enable --now systemd-networkd'
	has eth0
	hint systemd-networkd
	match 'adopt --autostart br0' "$(<"$T_DIR/said")"
	match '/etc/systemd/network/20-wired.network' "$(<"$T_DIR/said")"
	# the files of the manual page
	sed -n '/^\.Ss Bridges of other programs/,/^\.Ed/{/^# .*br0.netdev/,/^\.Ed/p}' \
		"$T_ROOT/docs/man/netd.yaml.5" | sed '/^\.Ed/d' >"$T_DIR/files"
	awk -v had="$1" '/^DHCP=yes/ {print had; next} {print}' "$T_DIR/files" |
		host 'cd /etc/systemd/network && awk "/^# /{file=\$2; printf \"\" >file; next} {print >file}"'
	host 'networkctl reload; networkctl reconfigure eth0'
	adopted systemd-networkd
}

networkd_nic()
{
	networkd_makes_it 'DHCP=yes'
}

# Addresses that networkd does not take away when it stops, or when its file changes.
networkd_static()
{
	STATIC=172.16.5.40
	networkd_makes_it 'KeepConfiguration=static
Address=172.16.5.40/24
Address=2001:db8:5::40/64
Address=2001:db8:5::41/64
Gateway=172.16.5.1
Gateway=2001:db8:5::1
[Route]
Destination=198.51.100.0/24
Gateway=172.16.5.1'
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

# network_manager_makes_it: by the command that is printed.
network_manager_makes_it()
{
	local command

	has eth0
	hint NetworkManager
	command=$(sed -n 's/.*`\((.*nmcli [^`]*\)`.*/\1/p' "$T_DIR/said")
	host "$command"
	adopted NetworkManager
}

network_manager_nic()
{
	start
	host 'systemctl --quiet enable --now NetworkManager'
	network_manager_makes_it
}

# The address by router advertisement stays, too.
network_manager_slaac()
{
	local before

	RA='--enable-ra --dhcp-range=2001:db8:5::,ra-only,64,5m'
	need_hosts
	host_before 'echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_ra # NetworkManager listens itself'
	start
	host 'systemctl --quiet enable --now NetworkManager'
	wait_for 4 host 'ip -6 -o address show dev eth0 -tentative | grep -q 2001:db8:5:'
	before=$(host 'ip -6 -o address show dev eth0 scope global' | awk '{print $4}')
	network_manager_makes_it
	wait_for 4 host "ip -6 -o address show dev br0 -tentative | grep -q $before"
	eq "$before" "$(host 'ip -6 -o address show dev br0 scope global' | awk '{print $4}')"
	wait_for 3 host "ping -q -c 1 -W 2 -I ${before%/*} 2001:db8:5::1"
}

network_manager_static()
{
	STATIC=172.16.5.40
	start
	host 'systemctl --quiet enable --now NetworkManager
		nmcli connection add type ethernet con-name "the LAN" ifname eth0 \
			ipv4.method manual ipv4.addresses 172.16.5.40/24 ipv4.gateway 172.16.5.1 \
			ipv4.dns 203.0.113.1 ipv4.routes "198.51.100.0/24 172.16.5.1 50" \
			ipv6.method manual ipv6.addresses 2001:db8:5::40/64,2001:db8:5::41/64 \
			ipv6.gateway 2001:db8:5::1
		nmcli connection up "the LAN"'
	network_manager_makes_it
	eq 203.0.113.1 "$(host 'nmcli -g IP4.DNS device show br0')"
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

# An older netd had no such files, and networkd has netd's interfaces when they come.
upgraded()
{
	local lib=/usr/local/lib
	local rules=$lib/udev/rules.d/90-netd.rules network=$lib/systemd/network/10-netd.network

	start
	host "mv $rules /root; mv $network /root; udevadm control --reload"
	host 'printf "[Match]\nName=*\n[Network]\nLinkLocalAddressing=no\n" \
		>/etc/systemd/network/20-all.network'
	host "systemctl --quiet enable --now systemd-networkd; netdctl apply /etc/netd/lab.yaml"
	wait_for 3 host "netdctl status 2>&1 | grep 'systemd-networkd manages'"
	host "mv /root/90-netd.rules $rules; mv /root/10-netd.network $network"
	host "set -e; $(host 'netdctl status' 2>&1 | grep -A1 "systemd-networkd manages" | grep -o '`[^`]*`' | tr -d '`')"
	wait_for 3 host "! netdctl status 2>&1 | grep 'systemd-networkd manages'"
	host 'netdctl repair'
	host "systemctl restart systemd-networkd"
	kept
}

# in_lan PORT: within seconds nobody takes it out.
in_lan()
{
	host "[ -d /sys/class/net/lan/brif/$1 ]"
	sleep 3
	host "[ -d /sys/class/net/lan/brif/$1 ]" || fail "$1 was taken out of the bridge"
}

lan()
{
	start
	host_before 'ip link add eth1 type veth peer name eth1 netns out
		ip -n out link set eth1 up
		ip link set eth1 up'
	host 'ip link add eth1 type veth peer name eth1 netns out
		ip -n out link set eth1 up
		ip link set eth1 up
		netdctl network create lan --address 10.7.0.1/24 --autostart
		ln -s /usr/local/libexec/netd/qemu-ifup /etc/qemu-ifup-lan'
}

# refused PATTERN COMMAND…: nothing is changed; what it says is left in `said`.
refused()
{
	! host "$2 2>&1" >"$T_DIR/said" || fail "not refused: $2"
	match "$1" "$(<"$T_DIR/said")"
	host '[ -z "$(ls /sys/class/net/lan/brif)" ]'
}

# as_said: runs the command that stands there, as printed.
as_said()
{
	host "set -e; $(grep -o '`[^`]*`' "$T_DIR/said" | head -n 1 | tr -d '`')"
}

# A guest's taps are QEMU's; systemd has a file for those of some names.
networkd_taps()
{
	lan
	host 'systemctl --quiet enable --now systemd-networkd
		ip tuntap add vt-0 mode tap'
	refused 'vt-... out of their bridge: vt-0 is left alone' '/etc/qemu-ifup-lan vt-0'
	refused 'port vt-0: systemd-networkd manages it' 'sleep 1; netdctl port add lan vt-0'
	host 'ip link del vt-0; ip tuntap add vt-0 mode tap
		ln -s /dev/null /etc/systemd/network/80-vm-vt.network; networkctl reload
		/etc/qemu-ifup-lan vt-0'
	in_lan vt-0
	# and a file for all
	host 'ip link del vt-0
		printf "[Match]\nName=*\n[Network]\nLinkLocalAddressing=no\n" \
			>/etc/systemd/network/20-all.network
		networkctl reload
		ip tuntap add vm1 mode tap; /etc/qemu-ifup-lan vm1'
	in_lan vm1
	host 'systemctl restart systemd-networkd'
	in_lan vm1
	# networkd that does not run takes nothing
	host 'ip link del vm1; rm /etc/systemd/network/*
		systemctl stop systemd-networkd.socket systemd-networkd
		ip tuntap add vt-0 mode tap; /etc/qemu-ifup-lan vt-0'
	in_lan vt-0
}

# A file that is read before netd's.
networkd_first()
{
	lan
	host 'printf "[Match]\nName=v*\n[Network]\nLinkLocalAddressing=no\n" \
			>/etc/systemd/network/05-all.network
		systemctl --quiet enable --now systemd-networkd'
	refused 'port vm1: systemd-networkd takes it out of its bridge, by /etc/systemd/network/05-all.network' \
		'netdctl port add lan vm1 --tap'
	host 'netdctl plan /etc/netd/lab.yaml 2>&1 || :' >"$T_DIR/said"
	match 'note: port ve-b: systemd-networkd takes it out of its bridge, by /etc/systemd/network/05-all.network' \
		"$(<"$T_DIR/said")"
	as_said
	host 'netdctl port add lan vm1 --tap; netdctl apply /etc/netd/lab.yaml'
	in_lan vm1
	kept
}

# somebody_elses_nic SERVICE: it has no addresses, and is to be a port.
somebody_elses_nic()
{
	lan
	host 'printf "[Match]\nName=eth1\n[Network]\nLinkLocalAddressing=no\n" \
			>/etc/systemd/network/20-eth1.network
		systemctl --quiet mask systemd-networkd-wait-online'
	host "systemctl --quiet enable --now $1"
	wait_for 3 host 'grep -qE "managed=true|ADMIN_STATE=configur" /run/NetworkManager/devices/* /run/systemd/netif/links/*'
	host 'ip address flush dev eth1'
	refused "port eth1: $1 manages it" 'netdctl port add lan eth1'
	echo '{name: l2, networks: {l2: {ports: {eth1: {}}}}}' | host 'cat >l2.yaml'
	match "note: $1 manages eth1, and may take it out of bridge l2" "$(host 'netdctl plan l2.yaml 2>&1 || :')"
	as_said
	wait_for 5 host 'netdctl port add lan eth1' # networkctl reload does not wait
	in_lan eth1
	no_match "manages eth1" "$(host 'netdctl status')"
	host "systemctl restart $1"
	in_lan eth1
	host_reboot
	in_lan eth1
	host "systemctl restart $1"
	in_lan eth1
}

t_fresh "networkd and guests' taps" networkd_taps
t_fresh "networkd's file in front of netd's" networkd_first
t_fresh "a NIC of networkd's as a port" somebody_elses_nic systemd-networkd
t_fresh "a NIC of NetworkManager's as a port" somebody_elses_nic NetworkManager
t_fresh "networkd's NIC: its bridge is adopted" networkd_nic
t_fresh "networkd's NIC with addresses of its own" networkd_static
t_fresh "ifupdown's NIC with a lease: its bridge is adopted" ifupdown_dhcp
t_fresh "ifupdown's NIC with addresses of its own" ifupdown_static
t_fresh "netplan's NIC by networkd: its bridge is adopted" netplan systemd-networkd
t_fresh "netplan's NIC by NetworkManager" netplan NetworkManager
t_fresh "networkd leaves ports and bridges alone" networkd_ports
t_fresh "NetworkManager's NIC: its bridge is adopted" network_manager_nic
t_fresh "NetworkManager's NIC with addresses of its own" network_manager_static
t_fresh "NetworkManager's NIC with addresses by router advertisement" network_manager_slaac
t_fresh "NetworkManager leaves ports and bridges alone" network_manager_ports
t_fresh "networkd lets go of them after an upgrade of netd" upgraded
t_done
