#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Docker, libvirt, LXC and Podman make the host a router, and rely on it: netd does not take
# that away.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/hosts/hosts.sh"

start()
{
	need_hosts
	host_before 'rm -f /etc/resolv.conf # it leads to resolved, which does not run here
		echo nameserver 203.0.113.1 >/etc/resolv.conf
		ip link set eth0 up
		ip address add 172.16.5.40/24 dev eth0
		ip route add default via 172.16.5.1'
	host_boot netd-autostart
}

network()
{
	host 'netdctl network create nat0 --mode nat --address 10.1.0.1/24 --autostart'
}

# plug BRIDGE ADDRESS GATEWAY: what has the place of a container or guest.
plug()
{
	host "ip netns add c-$1
		ip link add v-$1 type veth peer name eth0 netns c-$1
		ip link set v-$1 master $1 up
		ip -n c-$1 address add $2 dev eth0
		ip -n c-$1 link set eth0 up
		ip -n c-$1 route add default via $3"
}

docker()
{
	host 'systemctl start docker'
	plug docker0 172.17.0.2/16 172.17.0.1
}

libvirt()
{
	host 'systemctl start libvirtd
		virsh net-start default'
	plug virbr0 192.168.122.2/24 192.168.122.1
}

lxc()
{
	host 'systemctl start lxc-net'
	plug lxcbr0 10.0.3.2/24 10.0.3.1
}

# A container of its own: its bridge, and what netavark sets, come with it.
podman()
{
	host 'set -e # its storage is no overlay above the one that the host is
		printf "[storage]\ndriver=\"vfs\"\nrunroot=\"/run/c\"\ngraphroot=\"/var/lib/c\"\n" \
			>/etc/containers/storage.conf
		mkdir -p /root/fs/bin
		cp -n /bin/busybox /root/fs/bin/
		podman --cgroup-manager cgroupfs run --detach --cgroups disabled --name c \
			--network podman --rootfs /root/fs /bin/busybox sleep 3600
		mkdir -p /run/netns
		ln -sfn "/proc/$(podman inspect c --format {{.State.Pid}})/ns/net" /run/netns/c-podman0'
}

# leaves BRIDGE: its guest reaches the Internet.
leaves()
{
	wait_for 2 host "ip netns exec c-$1 ping -q -c 1 -W 2 203.0.113.1"
}

# other PROGRAM BRIDGE
netd_first()
{
	start
	network
	"$1"
	leaves "$2"
	eq "in effect" "$(host 'netdctl status --json' | jq -r '.[].state')"
	host 'netdctl destroy default'
	leaves "$2"
}

netd_second()
{
	start
	"$1"
	network
	leaves "$2"
	eq "in effect" "$(host 'netdctl status --json' | jq -r '.[].state')"
	host 'netdctl destroy default'
	leaves "$2"
}

after_a_boot()
{
	start
	network
	host_reboot
	wait_for 2 host '[ -d /sys/class/net/nat0 ]'
	"$1"
	host 'netdctl network stop nat0'
	leaves "$2"
}

for row in docker:docker0 libvirt:virbr0 lxc:lxcbr0 podman:podman0; do
	t_fresh "${row%:*} after netd" netd_first "${row%:*}" "${row#*:}"
	t_fresh "${row%:*} before netd" netd_second "${row%:*}" "${row#*:}"
	t_fresh "${row%:*} after netd, which the boot started" after_a_boot "${row%:*}" "${row#*:}"
done
t_done
