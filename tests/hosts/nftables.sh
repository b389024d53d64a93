#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nftables.service flushes the ruleset when it starts, restarts and reloads.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/hosts/hosts.sh"

# A NAT network of the boot, one that was applied by hand, and a guest of the first.
start()
{
	need_hosts
	host_before 'ip link set eth0 up
		ip address add 172.16.5.40/24 dev eth0
		ip route add default via 172.16.5.1'
	host_boot nftables netd-autostart
	host '
		netdctl network create nat0 --mode nat --address 10.1.0.1/24 --autostart
		echo "{name: lab, networks: {lab0: {mode: nat, addresses: [10.2.0.1/24]}}}" >lab.yaml
		netdctl apply lab.yaml'
	guest
	whole
}

guest()
{
	host '
		ip netns add g
		ip link add v-g type veth peer name eth0 netns g
		ip link set v-g master nat0 up
		ip -n g address add 10.1.0.2/24 dev eth0
		ip -n g link set eth0 up
		ip -n g route add default via 10.1.0.1'
	out 'ip route replace 10.1.0.0/24 via 172.16.5.40' # which a LAN should not have
}

# Guests get out, by NAT; nobody gets in; all that runs is in effect.
whole()
{
	wait_for 10 host '[ "$(netdctl status --json | jq -r ".[].state" | sort -u)" = "in effect" ]'
	host 'ip netns exec g ping -q -c 1 -W 5 203.0.113.1'
	! out 'ping -q -c 1 -W 1 10.1.0.2' || fail "outside gets in"
}

follows()
{
	start
	host 'systemctl restart nftables'
	whole
	host 'systemctl reload nftables'
	whole
	host 'systemctl stop nftables; systemctl start nftables'
	whole
}

at_boot()
{
	start
	host_reboot
	eq nat0 "$(host 'netdctl network list --json' | jq -r '.[] | select(.state == "up") | .network')"
	guest
	whole
}

# Another program may flush it, too: then status says what to do.
told()
{
	start
	host 'nft flush ruleset'
	match 'table inet netd made.*now gone' "$(host 'netdctl status')"
	match 'netdctl repair lab' "$(host 'netdctl status')"
	host 'netdctl repair'
	whole
}

t_fresh "netd's rules come back with nftables.service" follows
t_fresh "at boot" at_boot
t_fresh "flushed by somebody else" told
t_done
