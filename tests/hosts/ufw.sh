#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ufw: its own rules drop DHCP, its policies the rest.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_ROOT/tests/hosts/hosts.sh"

start()
{
	need_hosts
	host_lan
	host_boot ufw netd-autostart
	host 'ufw --force enable'
}

network()
{
	host 'netdctl network create nat0 --mode nat --address 10.1.0.1/24 --address fd00:1::1/64 \
		--dhcp --machine db=02:00:00:00:00:09,10.1.0.9 --autostart'
	host_guest nat0
}

asks()
{
	host_asks "${1:-}"
	host 'ip netns exec g busybox nslookup db 10.1.0.1' | grep -q 10.1.0.9
}

works()
{
	asks
	host 'ip netns exec g ping -q -c 1 -W 5 203.0.113.1'
	eq "in effect" "$(host 'netdctl status --json' | jq -r '.[].state')"
	eq "" "$(host_told)"
}

# Address and names need no command; the way out is the user's to open.
drops()
{
	start
	network
	asks
	match 'ufw route allow in on nat0' "$(host_told)"
	host_as_told
	works
	host 'ufw reload'
	works
	host 'ufw --force disable; ufw --force enable'
	works
	host 'systemctl restart ufw'
	works
	host_reboot
	host_guest nat0
	works
	host 'netdctl network delete nat0'
	no_match netd: "$(host 'nft list ruleset')"
}

# Behind netd's network, and where somebody denied it.
later()
{
	need_hosts
	host_lan
	host_boot netd-autostart
	network
	host 'ufw --force enable'
	! asks 2 || fail "ufw drops nothing"
	host 'netdctl repair'
	asks
	host 'ufw prepend deny in on nat0 to any port 67 proto udp'
	! host_asks 2 || fail "it is not denied"
	match 'ufw prepend allow in on nat0 to any port 67 proto udp.*ufw allow in on nat0' "$(host_told | tr '\n' ' ')"
	host_as_told
	works
	host 'ufw reload'
	works
}

t_fresh "what guests ask the host" drops
t_fresh "enabled behind netd, and denied by its user" later
t_done
