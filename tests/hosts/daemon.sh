#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# netd as systemd's service, in its sandbox, with the real D-Bus and polkit.
# shellcheck disable=SC2016,SC2119 # scripts for the host
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/hosts/hosts.sh"

# All that a sandbox could break is made by the service: NAT, DHCP, a tap, a router.
start()
{
	[ -x "$NETD_BUILD/netd/netd" ] || t_skip "the daemon was not built"
	need_hosts
	host_lan
	host_boot netd
	cat >"$T_HOST/upper/root/lab.yaml" <<-'EOF'
		name: lab
		networks:
		  nat0: {mode: nat, addresses: [10.1.0.1/24], dhcp: true, ports: {tap0: {type: tap}}}
		  inner: {}
		routers:
		  r1: {interfaces: {nat0: {addresses: [10.1.0.2/24]}, inner: {addresses: [10.2.0.1/24], dhcp: true}}}
	EOF
	wait_for 10 host 'NETD_DAEMON=bus netdctl status'
	host 'NETD_DAEMON=bus netdctl apply /root/lab.yaml'
	host_guest nat0
	host_asks
	whole
}

whole()
{
	wait_for 10 host '[ "$(netdctl status --json | jq -r ".[].state" | sort -u)" = "in effect" ]'
	host 'ip netns exec g ping -q -c 1 -W 5 203.0.113.1'
}

service()
{
	start
	eq notify "$(host 'systemctl show -P Type netd')"
	match '1 topologies, 0 not as they should be' "$(host 'systemctl show -P StatusText netd')"
	# what it made is the host's
	match '10.2.0.1/24' "$(host 'ip -n r1 -brief address')"
	eq "$(host 'readlink /proc/1/ns/mnt')" "$(host 'readlink /proc/$(systemctl show -P MainPID netd)/ns/mnt')"
	host 'nft flush ruleset'
	wait_for 10 host 'journalctl -q -o cat NETD_TOPOLOGY=lab | grep "repaired, after nft"'
	host 'ip netns del r1'
	wait_for 10 host 'ip -n r1 -brief address | grep 10.2.0.1/24'
	whole
	host 'NETD_DAEMON=bus netdctl destroy lab'
	eq "" "$(host 'ip -brief link show type bridge; ip netns list | grep r1; pgrep dnsmasq' || :)"
}

# Neither a packet nor DHCP is lost, whatever becomes of netd.
goes_on()
{
	local way dnsmasq

	start
	dnsmasq=$(host 'pgrep -o dnsmasq')
	for way in 'systemctl restart netd' 'systemctl stop netd; systemctl start netd' \
		'systemctl kill --kill-whom=main -s KILL netd; sleep 3' 'systemctl restart dbus; sleep 3'; do
		host 'ip netns exec g ping -q -i 0.01 -c 300 -W 1 203.0.113.1 >/root/ping & '"$way"'; wait'
		match '300 received, 0% packet loss' "$(host 'cat /root/ping')"
		eq active "$(host 'systemctl is-active netd')" "$way"
		wait_for 20 host 'NETD_DAEMON=bus netdctl status'
		eq "$dnsmasq" "$(host 'pgrep -o dnsmasq')" "dnsmasq, after $way"
	done
	whole
	host_asks
}

# The real polkit, by its defaults and by a rule.
users()
{
	start
	host 'useradd -M alice; groupadd netd-admin; useradd -M -G netd-admin bob'
	as() { host "setpriv --reuid $1 --regid $1 --init-groups --inh-caps=-all $2"; }
	match nat0 "$(as alice 'netdctl show')"
	! as alice 'netdctl destroy lab' 2>err || fail "alice destroys it"
	match "administrator's password" "$(<err)"
	! as alice 'netdctl plan --destroy lab' 2>err || fail "alice is not at the machine"
	! as bob 'netdctl destroy lab' 2>err || fail "bob destroys it"
	host 'cat >/etc/polkit-1/rules.d/50-netd.rules <<-"EOF"
		polkit.addRule(function(action, subject) {
		    if (action.id.indexOf("org.netd1.") == 0 && subject.isInGroup("netd-admin"))
		        return polkit.Result.YES;
		});
		EOF
		chmod 644 /etc/polkit-1/rules.d/50-netd.rules'
	wait_for 10 as bob 'netdctl plan --quiet --destroy nobody; [ $? = 2 ]'
	! as alice 'netdctl destroy lab' 2>err || fail "alice destroys it"
	as bob 'netdctl destroy lab'
	eq "" "$(host 'ip -brief link show type bridge')"
	host 'journalctl -q -u netd -o cat | grep "is refused to destroy"'
}

t_fresh "the service, in its sandbox" service
t_fresh "restarts and crashes disturb nothing" goes_on
t_fresh "polkit decides what users may do" users
t_done
