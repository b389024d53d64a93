#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# netdctl repair: what somebody changed or removed of what runs comes back.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

# Two topologies by file and one of one-line commands, on a host with an outside.
start()
{
	need bridge veth nft nft_nat
	outside eth0 172.16.5.40/24 172.16.5.1/24
	ok netdctl apply - <<<'{name: a, networks: {a0: {mode: nat, addresses: [10.1.0.1/24]}}}'
	ok netdctl apply - <<-'EOT'
		name: b
		networks: {b0: {addresses: [10.2.0.1/24]}}
		hosts: {h: {network: b0, addresses: [10.2.0.2/24]}}
	EOT
	ok netdctl network create c0 --mode nat --address 10.3.0.1/24
	guest_ns g a0 10.1.0.2/24 10.1.0.1
	snapshot before
}

flushed_rules()
{
	start
	nft flush ruleset
	fails 1 on g ping -q -c 1 -W 1 "$T_INTERNET4"
	ok netdctl repair
	match 'a: repaired, 1 change' "$err"
	match 'default: repaired, 1 change' "$err"
	ok on g ping -q -c 1 -W 5 "$T_INTERNET4"
	snapshot after
	same before after
}

# Each kind of object; a repair of what is whole writes nothing.
each_kind()
{
	local damage

	start
	for damage in "ip link del a0" "ip address del 10.1.0.1/24 dev a0" "ip netns del h" \
		"ip link set b0 down" "nft delete table inet netd" \
		"sysctl -qw net.ipv4.conf.eth0.forwarding=0" "ip -n h -4 address flush scope global"; do
		eval "$damage"
		[ -n "$(netdctl status --json | jq '.[] | select(.state != "in effect")')" ] ||
			fail "status does not see: $damage"
		ok netdctl repair
		eq "in effect" "$(netdctl status --json | jq -r '.[].state' | sort -u)"
		ok trace -f -o trace -e trace=sendmsg netdctl repair
		no_match 'RTM_(NEW|DEL|SET)|NFT_MSG_(NEW|DEL)' "$(tr -d '\\0' <trace)"
		match 'a: nothing to do' "$err"
	done
}

named()
{
	start
	nft flush ruleset
	ok netdctl repair b
	fails 2 netdctl repair nobody
	match 'topology nobody is not running' "$err"
	fails 2 netdctl repair --confirm 5s
	match 'one topology at a time' "$err"
	ok netdctl repair a --json
	eq firewall "$(jq -r '.[0].kind' <<<"$out" | sort -u)"
}

# b's bridge cannot come back: somebody has its name.
one_fails()
{
	start
	ip link del b0
	ip link add b0 type veth peer name b1
	nft flush ruleset
	fails 2 netdctl repair
	match 'b0' "$err"
	match 'a: repaired' "$err"
	match 'default: repaired' "$err"
	ok on g ping -q -c 1 -W 5 "$T_INTERNET4"
}

nothing_runs()
{
	ok netdctl repair
	eq "" "$out$err"
}

t_fresh "rules that somebody flushed" flushed_rules
t_fresh "each kind of object" each_kind
t_fresh "by name" named
t_fresh "one cannot be repaired" one_fails
t_fresh "nothing runs" nothing_runs
t_done
