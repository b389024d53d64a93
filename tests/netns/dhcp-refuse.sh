#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What dnsmasq cannot do is refused before, or undone; and what a kill leaves is mended.
. "$(dirname "$0")/../lib/netns.sh"
. "$T_LIB/faults.sh"

file()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan:
	    mode: nat
	    addresses: [10.1.0.1/24]
	    dhcp: ${1:-true}
	    machines: {web: {mac: "52:54:00:00:00:01", address: 10.1.0.50}}
	EOF
}

# untouched: as in the file `before`, without bridge and directory.
untouched()
{
	snapshot after
	same before after
	eq "" "$(find /run/netd -path '*dhcp*' 2>/dev/null)"
}

pid()
{
	cat /run/netd/dhcp/lan/pid
}

without_dnsmasq()
{
	local path

	for path in /usr/sbin/dnsmasq /usr/bin/dnsmasq /usr/local/sbin/dnsmasq; do
		[ ! -e "$path" ] || mount --bind /dev/null "$path"
	done
}

not_installed()
{
	need bridge nft nft_nat
	without_dnsmasq
	snapshot before
	file
	fails 2 netdctl apply lab.yaml
	match 'lab.yaml:6:[0-9]+: error: dhcp lan: dnsmasq is not installed' "$err"
	match 'apt-get install dnsmasq-base' "$err"
	untouched
	file '{required: false}'
	ok netdctl apply lab.yaml
	match 'note: dhcp lan is skipped: dnsmasq is not installed' "$err"
	match '10.1.0.1/24' "$(ip address show lan)"
	fails 0 netdctl plan -q lab.yaml
	match 'skipped' "$(netdctl status)"
}

# Somebody on every address: known before for TCP, found out for UDP.
port_tcp()
{
	local socat=$1

	need bridge nft nft_nat command:dnsmasq command:socat
	socat "$socat:53,fork,reuseaddr" /dev/null &
	wait_for 5 listens t 53
	snapshot before
	file
	fails 2 netdctl apply lab.yaml
	match 'lab.yaml:3:[0-9]+: error: dhcp lan: port 53 \(DNS\) of every address is taken by socat \(process '$!'\)' "$err"
	match 'dns: false' "$err"
	untouched
	file
	echo '    dns: false' >>lab.yaml
	netdctl apply lab.yaml
	kill $!
}

listens()
{
	[ -n "$(ss -Hln"$1" "sport = :$2")" ]
}

port_udp()
{
	local port=$1 word=$2 socat=${3:-UDP-RECV}

	need bridge nft nft_nat command:dnsmasq command:socat
	socat -u "$socat:$port" /dev/null &
	wait_for 5 listens u "$port"
	snapshot before
	file
	fails 1 netdctl apply lab.yaml
	match "dhcp lan: port $port \\($word\\).* is taken by socat \\(process $!\\)" "$err"
	untouched
	kill $!
	wait $! || :
	netdctl apply lab.yaml
}

tftp()
{
	need bridge nft nft_nat command:dnsmasq
	snapshot before
	file '{tftp: /nowhere}'
	fails 2 netdctl apply lab.yaml
	match 'lab.yaml:6:[0-9]+: error: dhcp lan: tftp: /nowhere: No such file' "$err"
	file '{tftp: /etc/passwd}'
	fails 2 netdctl apply lab.yaml
	match 'tftp: /etc/passwd is no directory' "$err"
	untouched
}

# dnsmasq would start, and hand out other addresses than those that it could not read.
out_of_reach()
{
	need bridge nft nft_nat command:dnsmasq users
	snapshot before
	file
	mkdir -m 0700 /run/closed
	fails 1 netdctl --state-dir /run/closed/netd apply lab.yaml
	match 'dhcp lan: dnsmasq runs as user [a-z]+, to whom /run/closed is closed' "$err"
	match 'chmod o\+x /run/closed' "$err"
	snapshot after
	same before after
	chmod o+x /run/closed
	netdctl --state-dir /run/closed/netd apply lab.yaml
	netdctl --state-dir /run/closed/netd destroy lab
}

# What dnsmasq itself refuses is in the error, and a service that ran runs again.
rolled_back()
{
	local file

	need bridge nft nft_nat command:dnsmasq command:busybox
	file
	netdctl apply lab.yaml
	guest_ns a lan -
	dhcp_ns a
	cp -r /run/netd/dhcp/lan kept
	# one more network, whose service cannot start: something is in the way of its leases
	printf '%s\n' "  two: {addresses: [10.2.0.1/24], dhcp: true}" >>lab.yaml
	sed -i 's/dhcp: true$/dhcp: {lease: 2h}/; s/10.1.0.50/10.1.0.51/' lab.yaml
	mkdir -p /run/netd/dhcp/two/leases
	fails 1 netdctl apply lab.yaml
	match 'dhcp two: dnsmasq did not start: .*leases' "$err"
	file
	netdctl plan -q lab.yaml
	kill -0 "$(pid)"
	for file in config reserved names; do
		cmp "kept/$file" "/run/netd/dhcp/lan/$file"
	done
	grep -q " $(told a 4 ip) " /run/netd/dhcp/lan/leases || fail "the lease is lost"
	dhcp_ns a
}

# Only netdctl itself: what it starts would keep strace from its end.
traced()
{
	trace -o strace "$@"
}

# Who cannot be looked up is not missing: dnsmasq would run as somebody else, or as root.
user_unknown()
{
	local path

	need bridge nft nft_nat command:dnsmasq command:strace
	snapshot before
	file
	for path in /etc/passwd /etc/group /proc/self/uid_map; do
		fails 1 traced -P "$path" -e trace=openat -e inject=openat:error=EMFILE \
			netdctl apply lab.yaml
		match 'cannot look up user (dnsmasq|nobody), .*: Too many open files' "$err"
		match 'rolled back' "$err"
		untouched
	done
	ok netdctl apply lab.yaml
	no_match "user=root" "$(tr '\0' ' ' <"/proc/$(pid)/cmdline")"
}

# Killed at whatever point, the next command ends or undoes it.
killed()
{
	local call

	need bridge nft nft_nat command:dnsmasq command:strace
	file
	for call in rename clone wait4; do
		sweep "$call" signal=KILL mended netdctl apply lab.yaml
	done
	netdctl apply lab.yaml
	sed 's/dhcp: true/dhcp: {lease: 2h}/' lab.yaml >changed.yaml
	for call in rename clone pidfd_send_signal; do
		sweep "$call" signal=KILL as_it_was netdctl apply changed.yaml
	done
	for call in pidfd_send_signal unlinkat; do
		sweep "$call" signal=KILL as_it_was netdctl destroy lab
	done
}

as_it_was()
{
	netdctl recover -q || :
	if [ "$1" = 0 ]; then
		netdctl apply -q lab.yaml
	fi
	netdctl plan -q lab.yaml
	wait_for 5 no_other_dnsmasq # the process that started it may be about to end
}

no_other_dnsmasq()
{
	[ "$(pid)" = "$(pgrep -x dnsmasq)" ]
}

mended()
{
	netdctl recover -q || :
	netdctl apply -q lab.yaml
	netdctl plan -q lab.yaml
	netdctl destroy -q lab
	eq "" "$(pgrep -x dnsmasq || :)" "dnsmasq that are left"
	eq "" "$(find /run/netd -path '*dhcp*')"
}

t_fresh "dnsmasq not installed: refused, unless it need not be" not_installed
t_fresh "port 53 taken on every address: refused" port_tcp TCP-LISTEN
t_fresh "port 53 taken on every address of IPv6 and IPv4: refused" port_tcp TCP6-LISTEN
t_fresh "port 53 taken for UDP: rolled back" port_udp 53 DNS
t_fresh "port 53 taken for UDP of IPv6 and IPv4: rolled back" port_udp 53 DNS UDP6-RECV
t_fresh "port 67 taken: rolled back" port_udp 67 DHCP
t_fresh "no directory for TFTP: refused" tftp
t_fresh "files that dnsmasq cannot reach: rolled back" out_of_reach
t_fresh "users that cannot be looked up: rolled back" user_unknown
t_fresh "a service that cannot start: rolled back, the others run on" rolled_back
t_fresh "killed at any point" killed
t_done
