#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What others do when they start, restart and reload is no difference from what was applied,
# unless it harms netd's networks.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/hosts/hosts.sh"

# One network of each mode, ports of each kind, a router and a host.
start()
{
	need_hosts
	host_lan
	host_boot netd-autostart
	host 'mkdir -p /etc/netd
		cat >/etc/netd/lab.yaml <<-"Y"
		name: lab
		autostart: true
		networks:
		  nat0:
		    mode: nat
		    addresses: [10.1.0.1/24, "fd00:1::1/64"]
		    dhcp: true
		    ports: {tp0: {type: tap}, vp0: {type: veth, peer: vp1}}
		  rt0: {mode: routed, addresses: [10.2.0.1/24]}
		  in0: {addresses: [10.4.0.1/24, "fd00:4::1/64"]}
		  sw0: {}
		routers:
		  r1: {interfaces: {nat0: {addresses: [10.1.0.250/24]}, sw0: {addresses: [10.3.0.1/24]}}}
		hosts: {h1: {network: sw0, addresses: [10.3.0.2/24]}}
		Y
		netdctl apply /etc/netd/lab.yaml'
	silent
}

# silent [COMMAND]: behind it status and plan show no difference, and nothing is told that
# was not told before.
silent()
{
	[ $# = 0 ] || host "set -e; $1"
	eq "in effect" "$(host 'netdctl status --json' | jq -r '.[].state')" "${1:-}"
	host 'netdctl plan /etc/netd/lab.yaml'
}

with_firewalld()
{
	start
	silent 'systemctl start firewalld; firewall-cmd --state'
	host_as_told
	silent 'firewall-cmd --reload'
	eq "" "$(host_told | grep firewall-cmd)"
	silent 'firewall-cmd --complete-reload'
	silent 'systemctl restart firewalld; firewall-cmd --state'
	eq "" "$(host_told | grep firewall-cmd)"
}

# Each makes the host a router.
with_guests_of_others()
{
	start
	silent 'systemctl start docker; docker network create n1 >/dev/null'
	silent 'systemctl restart docker'
	silent 'systemctl start libvirtd; virsh net-start default'
	silent 'virsh net-destroy default; virsh net-start default; systemctl restart libvirtd'
	silent 'systemctl start lxc-net; systemctl restart lxc-net'
	silent 'ip tuntap add vnet0 mode tap; ip link set vnet0 master nat0 up'
	match 'vnet0 +nat0 .* other' "$(host 'netdctl port list')"
	silent 'echo net.ipv4.ip_forward=1 >/etc/sysctl.d/90-router.conf; sysctl -q --system 2>/dev/null || :'
	silent 'systemctl restart systemd-udevd; udevadm trigger; udevadm settle'
}

with_network_manager()
{
	start
	host 'printf "[main]\ndns=none\n" >/etc/NetworkManager/conf.d/dns.conf'
	silent 'systemctl --quiet enable --now NetworkManager; nmcli -t device >/dev/null'
	silent 'systemctl restart NetworkManager; nmcli -t device >/dev/null'
	silent 'nmcli networking off; nmcli networking on'
	silent 'nmcli general reload; nmcli connection reload'
	host_reboot
	silent
	silent 'systemctl restart NetworkManager; nmcli -t device >/dev/null'
}

with_networkd()
{
	start
	host 'systemctl --quiet mask systemd-networkd-wait-online
		printf "[Match]\nName=*\n[Network]\nAddress=172.16.5.40/24\nIPForward=yes\n" \
			>/etc/systemd/network/20-all.network'
	silent 'systemctl --quiet enable --now systemd-networkd systemd-resolved'
	silent 'systemctl restart systemd-networkd systemd-resolved'
	silent 'networkctl reload; networkctl reconfigure eth0'
	host_reboot
	silent
	silent 'systemctl restart systemd-networkd systemd-udevd; udevadm trigger; udevadm settle'
}

t_fresh "firewalld" with_firewalld
t_fresh "Docker, libvirt, LXC" with_guests_of_others
t_fresh "NetworkManager" with_network_manager
t_fresh "networkd, resolved, udev" with_networkd
t_done
