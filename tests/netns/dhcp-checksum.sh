#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# DHCP replies as clients see them that check UDP checksums themselves.
. "$(dirname "$0")/../lib/netns.sh"

RAW=$NETD_BUILD/tests/lib/raw-udp

# seen NS: of the reply to a client in that namespace.
seen()
{
	on "$1" "$RAW" see eth0 >"seen-$1" &
	wait_for 5 grep -q ready "seen-$1"
	dhcp_ns "$1"
	wait "$!"
	tail -1 "seen-$1"
}

network()
{
	need bridge veth nft command:dnsmasq command:busybox
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan: {mode: nat, addresses: [10.1.0.1/24], dhcp: {range: 10.1.0.50-10.1.0.60}}
	EOF
	netdctl apply lab.yaml
	guest_ns a lan -
	guest_ns b lan -
	"$RAW" offload v-b off
	eq none "$(seen a)"
	eq none "$(seen b)" "by a port that fills checksums in itself"
	# another dnsmasq, after a change that takes a restart
	sed -i 's/60}}/60, lease: 2h}}/' lab.yaml
	netdctl apply lab.yaml
	eq none "$(seen a)"
	eq 7200 "$(told a 4 lease)"
}

# What it is for: so it looks without, by a dnsmasq that is started by hand.
without()
{
	network
	netdctl destroy lab
	ip link add other type bridge
	ip link set other up
	ip address add 10.3.0.1/24 dev other
	dnsmasq --conf-file=/dev/null --user=root --pid-file --port=0 --interface=other \
		--bind-dynamic --dhcp-range=10.3.0.50,10.3.0.60 --leasefile-ro
	guest_ns c other -
	guest_ns d other -
	"$RAW" offload v-d off
	eq wrong "$(seen c)"
	eq right "$(seen d)"
}

t_fresh "replies have no checksum, whatever the port can do" network
t_fresh "what they would have else" without
t_done
