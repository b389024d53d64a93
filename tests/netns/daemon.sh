#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# netd: what runs stays as it should be, whoever changes it, and netd does not fight.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/daemon.sh"

repairs()
{
	grep -c ': repaired, ' "$DAEMON_LOG" || :
}

repaired_times()
{
	[ "$(repairs)" = "$1" ]
}

# Two topologies on a host with an outside; all kinds of objects.
start()
{
	need bridge veth nft nft_nat
	outside eth0 172.16.5.40/24 172.16.5.1/24
	daemon_start
	ok netdctl apply - <<<'{name: a, networks: {a0: {mode: nat, addresses: [10.1.0.1/24]}}}'
	ok netdctl apply - <<-'EOT'
		name: b
		networks: {b0: {addresses: [10.2.0.1/24]}}
		hosts: {h: {network: b0, addresses: [10.2.0.2/24]}}
	EOT
	guest_ns g a0 10.1.0.2/24 10.1.0.1
	snapshot before
}

# What netd says is what differed, and nothing more is done.  Each has a netd of its own,
# which has not repaired anything yet.
undone()
{
	local damage seen

	while read -r damage seen; do
		daemon_stop
		daemon_start
		eval "${damage//_/ }"
		daemon_says "repaired.*$seen"
		wait_for 5 in_effect
	done
}

each_kind()
{
	start
	eq 0 "$(repairs)" "repairs of what netdctl did: $(<"$DAEMON_LOG")"
	undone <<-'EOT'
		nft_flush_ruleset firewall table inet netd made
		ip_address_del_10.1.0.1/24_dev_a0 address 10.1.0.1/24 on a0
		ip_link_set_b0_down bridge b0
		ip_link_set_a0_mtu_1400 bridge a0 mtu 1500
		ip_-n_h_-4_address_flush_scope_global address 10.2.0.2/24
		sysctl_-qw_net.ipv4.conf.eth0.forwarding=0 forwarding = 1
	EOT
	daemon_stop
	snapshot after
	same before after
	daemon_start
	# made anew, with other MAC addresses
	undone <<-'EOT'
		ip_netns_del_h namespace h|host h
		ip_link_del_b0 bridge b0
	EOT
	ok on g ping -q -c 1 -W 5 "$T_INTERNET4"
	daemon_stop
}

# Who flushed the rules is named; what was changed before netd came is repaired, too.
says_who()
{
	start
	nft flush ruleset
	daemon_says 'repaired, after nft \(pid [0-9]+\), 1 change: ~ firewall'
	daemon_stop
	ip address del 10.1.0.1/24 dev a0
	daemon_start
	daemon_says 'a: repaired, 1 change: \+ address 10.1.0.1/24 on a0'
	wait_for 5 in_effect
}

# What netdctl does meanwhile is no drift, nor is what others do with what is theirs.
leaves_alone()
{
	local i

	start
	for i in 1 2 3; do
		ok netdctl apply - <<<"{name: c$i, networks: {c$i: {mode: nat, addresses: [10.3$i.0.1/24]}}}"
		ok netdctl destroy "c$i"
	done
	ok netdctl network create d0 --mode nat --address 10.4.0.1/24
	ok netdctl network delete d0
	ip link add theirs type bridge
	ip link set theirs up
	ip address add 10.9.0.1/24 dev theirs
	ip route add 10.99.0.0/16 via 10.9.0.2
	nft add table inet theirs
	nft delete table inet theirs
	ip link del theirs
	sleep 1
	eq 0 "$(repairs)" "repairs: $(<"$DAEMON_LOG")"
	daemon_stop
}

# A change on trial is taken back by its own process; netd minds neither.
on_trial()
{
	start
	ok netdctl apply --confirm 2s - <<<'{name: a, networks: {a0: {mode: nat, addresses: [10.1.0.1/24]}, a1: {}}}'
	nft flush ruleset
	wait_for 10 eval '[ ! -e /run/netd/unconfirmed.yaml ] && [ ! -e /sys/class/net/a1 ]'
	wait_for 10 in_effect
	[ ! -e /sys/class/net/a1 ]
	daemon_stop
}

# Three repairs at once, then slower, in the end not at all; a repair by hand counts anew.
slows_down()
{
	local i

	start
	for i in 1 2 3; do
		ip address del 10.1.0.1/24 dev a0
		wait_for 5 repaired_times "$i"
	done
	ip address del 10.1.0.1/24 dev a0
	sleep 0.5
	eq 3 "$(repairs)" "repairs within half a second"
	wait_for 2 repaired_times 4
	ip address del 10.1.0.1/24 dev a0
	sleep 3
	eq 4 "$(repairs)" "repairs within three seconds"
	wait_for 4 repaired_times 5
	daemon_stop
}

gives_up()
{
	local i

	[ -n "${NETD_SLOW:-}" ] || t_skip "half a minute: NETD_SLOW=1"
	start
	ok netdctl destroy b
	for i in 1 2 3 4 5 6; do
		nft delete table inet netd
		wait_for 40 repaired_times "$i"
	done
	nft delete table inet netd
	daemon_says 'a: repaired 6 times within [0-9]+ s, .*last: nft \(pid [0-9]+\)'
	sleep 2
	eq 6 "$(repairs)" "repairs"
	ok netdctl repair
	daemon_says 'a: is as it should be again; netd looks after it'
	nft delete table inet netd
	wait_for 5 repaired_times 7
	daemon_stop
}

# One cannot be repaired: said once, and the others are.
one_fails()
{
	start
	ip link del b0
	ip link add b0 type veth peer name b1
	daemon_says 'b: cannot be repaired: .*b0'
	ip address del 10.1.0.1/24 dev a0
	daemon_says 'a: repaired'
	sleep 0.5
	eq 1 "$(grep -c 'cannot be repaired' "$DAEMON_LOG")" "$(<"$DAEMON_LOG")"
	ip link del b0
	daemon_says 'b: (repaired|is as it should be)'
	wait_for 10 in_effect
	daemon_stop
}

# More messages than its buffer holds; nothing else says that a0's address is gone.
overflow()
{
	start
	kill -STOP "$DAEMON"
	seq 1 20000 | awk '{ print "link set lo mtu", 2000 + $1 % 2 }' | ip -batch -
	ip address del 10.1.0.1/24 dev a0
	kill -CONT "$DAEMON"
	daemon_says 'more changes at once than netd could follow'
	daemon_says 'a: repaired, 1 change: \+ address 10.1.0.1/24 on a0'
	daemon_stop
}

# There is one, it ends at once, and leaves no socket; what runs goes on.
one_at_a_time()
{
	local begin

	start
	fails 1 "$NETD_BUILD/netd/netd"
	match 'another netd looks after /run/netd' "$err"
	eq 666 "$(stat -c %a /run/netd/bus)"
	begin=${EPOCHREALTIME/./}
	daemon_stop
	[ $((${EPOCHREALTIME/./} - begin)) -lt 3000000 ] || fail "it took its time to end"
	[ ! -e /run/netd/bus ]
	ok on g ping -q -c 1 -W 5 "$T_INTERNET4"
	# killed, and started again
	daemon_start
	kill -KILL "$DAEMON"
	wait "$DAEMON" || :
	[ -e /run/netd/bus ]
	daemon_start
	ok netdctl status
	daemon_stop
	fails 2 "$NETD_BUILD/netd/netd" nonsense
	need users
	fails 1 other_user "$NETD_BUILD/netd/netd"
	match 'run it as root' "$err"
}

# A change that was killed is taken up when netd starts.
takes_up()
{
	local n

	start
	daemon_stop
	for n in $(seq 30 -1 2); do
		trace -o strace -e trace=sendmsg -e "inject=sendmsg:signal=KILL:when=$n" \
			netdctl apply - <<<'{name: k, networks: {k0: {addresses: [10.7.0.1/24]}}}' || :
		[ ! -e /run/netd/pending.yaml ] || break
		netdctl destroy -q k || :
	done
	[ -e /run/netd/pending.yaml ]
	daemon_start
	daemon_says 'k: a change that was cut short'
	[ ! -e /run/netd/pending.yaml ]
	daemon_stop
}

# Neither memory nor descriptors; nothing happens: it does not wake up.
flat()
{
	local before fds i

	start
	rss() { awk '/^VmRSS/ { print $2 }' "/proc/$DAEMON/status"; }
	# between looks: each has some of its own
	fds() { for i in $(seq 20); do find "/proc/$DAEMON/fd" -type l | wc -l; sleep 0.1; done | sort -n | head -n 1; }
	wakes() { awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/$DAEMON"/task/*/status; }
	for i in 1 2 3; do
		ip link set a0 alias "changed$i"
		wait_for 5 repaired_times "$i"
	done
	sleep 1
	before=$(rss)
	fds=$(fds)
	for i in $(seq 100); do
		ip link add "y$i" type veth peer name "z$i"
		ip link del "y$i"
		sleep 0.02
	done
	sleep 1
	eq "$fds" "$(fds)" "descriptors"
	# a thread's heap may grow once, and a sanitizer's each time
	sanitized || [ "$(rss)" -lt $((before + 2048)) ] || fail "from $before to $(rss) kB"
	sleep 1
	before=$(wakes)
	sleep 5
	eq "$before" "$(wakes)" "context switches in 5 s"
	daemon_stop
}

t_fresh "each kind of object comes back" each_kind
t_fresh "who did it is said, and what was done before" says_who
t_fresh "what is no drift is left alone" leaves_alone
t_fresh "a change on trial" on_trial
t_fresh "it takes its time with who undoes it" slows_down
t_fresh "it does not fight for ever" gives_up
t_fresh "one cannot be repaired" one_fails
t_fresh "more changes at once than it can follow" overflow
t_fresh "its start and end" one_at_a_time
t_fresh "a killed change is taken up" takes_up
t_fresh "nothing grows, and it sleeps" flat
t_done
