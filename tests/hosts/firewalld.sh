#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# firewalld: its zones reject what guests ask the host, and what they send elsewhere.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/hosts/hosts.sh"

start()
{
	[ -n "${T_HOST_CGROUP:-}" ] || need_hosts
	host_lan
	host_boot firewalld netd-autostart
	ready
}

# For systemd, firewalld 1.3 runs as soon as it is on the bus, and only then makes its
# rules; it answers when they are there.
ready()
{
	host 'firewall-cmd --state'
}

# network NAME MODE SUBNET
network()
{
	host "netdctl network create $1 --mode $2 --address $3.1/24 --address fd00:1::1/64 --dhcp \
		--machine db=02:00:00:00:00:09,$3.9 --autostart"
}

# The guest has address, names and the Internet, and nothing else of the host.
works()
{
	host_asks
	host "ip netns exec g busybox nslookup db 10.1.0.1" | grep -q 10.1.0.9
	host 'ip netns exec g ping -q -c 1 -W 5 203.0.113.1'
	no_port 22
	no_port 5000
	eq "in effect" "$(host 'netdctl status --json' | jq -r '.[].state')"
	eq "" "$(chains)"
}

no_port()
{
	host "
		busybox nc -l -p $1 -e true &
		until ss -Hltn 'sport = :$1' | grep -q .; do sleep 0.05; done
		! ip netns exec g busybox nc -w 1 10.1.0.1 $1 </dev/null 2>/dev/null || exit 1
		busybox nc -w 1 127.0.0.1 $1 </dev/null"
}

chains()
{
	host 'netdctl status' | grep '^note: .*: chain ' || :
}

zone_and_policy()
{
	start
	network nat0 nat 10.1.0
	host_guest nat0
	! host_asks 2 || fail "there is nothing to tell"
	match 'filter_INPUT \(hook input, priority 10\) drops, .*: DHCP from network nat0 \(IPv4\); DNS from network nat0; DNS by TCP from network nat0; DHCPv6' "$(chains)"
	match 'filter_FORWARD .*TCP from network nat0 to the outside' "$(chains)"
	host_as_told
	no_match trusted "$(<told)"
	works
	host 'firewall-cmd --reload'
	works
	host 'systemctl restart firewalld'
	ready
	works
	host_reboot
	ready
	host_guest nat0
	works
	host 'netdctl network delete nat0'
	eq "" "$(chains)"
}

# Its iptables backend makes its rules anew at each reload, too.
iptables_backend()
{
	need_hosts
	host_before 'sed -i s/^FirewallBackend=.*/FirewallBackend=iptables/ /etc/firewalld/firewalld.conf'
	start
	network nat0 nat 10.1.0
	host_guest nat0
	! host_asks 2 || fail "there is nothing to tell"
	match 'ip filter INPUT .*DHCP from network nat0' "$(chains)"
	match 'ip filter FORWARD .*TCP from network nat0 to the outside' "$(chains)"
	host_as_told
	no_match iptables "$(<told)"
	works
	host 'firewall-cmd --reload'
	works
	host 'systemctl restart firewalld'
	ready
	works
	host 'netdctl network set nat0 --mode routed'
	host_told >told
	no_match new-zone "$(<told)"
	host_as_told
	eq "" "$(chains)"
}

# A zone of the user's that has the uplink, as NetworkManager's connection.zone makes it.
other_zone()
{
	start
	host 'firewall-cmd -q --permanent --zone=external --change-interface=eth0
		firewall-cmd -q --reload'
	network nat0 nat 10.1.0
	host_guest nat0
	! host_asks 2 || fail "there is nothing to tell"
	match 'filter_FORWARD .*TCP from network nat0 to the outside' "$(chains)"
	host_as_told
	works
}

# NetworkManager has the uplink, and gives it a zone of its connection's.
connection_zone()
{
	start
	host 'systemctl --quiet enable --now NetworkManager
		nmcli --wait 20 connection add type ethernet con-name lan ifname eth0 \
			ipv4.method manual ipv4.addresses 172.16.5.40/24 ipv4.gateway 172.16.5.1 \
			connection.zone work >/dev/null
		nmcli --wait 20 connection up lan >/dev/null'
	wait_for 2 host '[ "$(firewall-cmd --get-zone-of-interface=eth0)" = work ]'
	network nat0 nat 10.1.0
	host_guest nat0
	! host_asks 2 || fail "there is nothing to tell"
	match 'filter_INPUT .*DHCP from network nat0' "$(chains)"
	match 'filter_FORWARD .*TCP from network nat0 to the outside' "$(chains)"
	host_as_told
	works
	host 'nmcli connection modify lan connection.zone internal
		nmcli --wait 20 connection up lan >/dev/null'
	works
	host_reboot
	wait_for 4 host '[ "$(firewall-cmd --get-zone-of-interface=eth0)" = internal ]'
	host_guest nat0
	works
}

# What was told is done; a network that wants more is told no more than that.
more()
{
	start
	host 'netdctl network create nat0 --mode nat --address 10.1.0.1/24 --autostart'
	host_as_told
	no_match add-service "$(<told)"
	eq "" "$(chains)"
	host 'netdctl network delete nat0'
	network nat0 nat 10.1.0
	host_as_told
	no_match new- "$(<told)"
	host_guest nat0
	works
	host 'netdctl network create routed.1 --mode routed --address 10.2.0.1/24'
	host_as_told
	out 'ip route add 10.2.0.0/24 via 172.16.5.40'
	host 'ip netns del g'
	host_guest routed.1
	host 'ip -n g address add 10.2.0.2/24 dev eth0; ip -n g route add default via 10.2.0.1'
	wait_for 5 out 'ping -q -c 1 -W 1 10.2.0.2'
	host 'ip netns exec g ping -q -c 1 -W 1 203.0.113.1'
	eq "" "$(chains)"
}

panic()
{
	start
	network nat0 nat 10.1.0
	host_guest nat0
	host_as_told
	works
	host 'firewall-cmd --panic-on'
	! host_asks 2 || fail "no panic"
	eq 'firewall-cmd --panic-off' "$(host_told)"
	host 'netdctl repair'
	match 'firewalld_policy_drop .*; TCP from network nat0 to the outside' "$(chains)"
	host_as_told
	works
}

t_fresh "a zone and a policy of its own" zone_and_policy
t_fresh "its iptables backend" iptables_backend
t_fresh "the uplink in another zone" other_zone
t_fresh "the uplink in the zone of NetworkManager's connection" connection_zone
t_fresh "a second time, and another network" more
t_fresh "panic" panic
t_done
