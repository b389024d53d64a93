#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# DHCP and DNS on a network: what clients are told, what names mean, who is answered, and
# what stays when things change.
. "$(dirname "$0")/../lib/netns.sh"

MAC_WEB=52:54:00:00:00:01
MAC_DB=52:54:00:00:00:02
MAC_OLD=52:54:00:00:00:09

world()
{
	need bridge veth nft nft_nat command:dnsmasq command:busybox
	outside eth0 172.16.5.40/24 172.16.5.1/24 2001:db8:5::40/64 2001:db8:5::1/64
	outside_dns
}

# file [LINE…]: lab.yaml, a NAT network with DHCP; LINEs are added to it.
file()
{
	cat >lab.yaml <<-EOF
	name: lab
	networks:
	  lan:
	    mode: nat
	    addresses: [10.1.0.1/24]
	    dhcp: {range: 10.1.0.100-10.1.0.150}
	    dns: {domain: lab.test, records: {gw: 10.1.0.1, "www.lab.test": [10.1.0.9, "fd00:1::9"]}}
	    machines:
	      web: {mac: "$MAC_WEB", address: 10.1.0.50}
	      db: {mac: "$MAC_DB"}
	EOF
	[ $# = 0 ] || printf '    %s\n' "$@" >>lab.yaml
}

# pid SERVICE: of its dnsmasq.
pid()
{
	cat "/run/netd/dhcp/$1/pid"
}

served()
{
	world
	file
	netdctl apply lab.yaml
	netdctl plan -q lab.yaml
	guest_ns web lan -
	ip -n web link set eth0 address "$MAC_WEB"
	dhcp_ns web
	eq "10.1.0.50
255.255.255.0
10.1.0.1
10.1.0.1
lab.test" "$(told web 4 ip subnet router dns domain)"
	eq 3600 "$(told web 4 lease)"
	eq "" "$(told web 4 mtu)"
	guest_ns other lan -
	dhcp_ns other
	match '^10\.1\.0\.1[0-5][0-9]$' "$(told other 4 ip)"
	pings web 203.0.113.1
	pings other 10.1.0.50
}

names()
{
	served
	resolves other web 10.1.0.50
	resolves other web.lab.test 10.1.0.50
	resolves web other.lab.test "$(told other 4 ip)"
	resolves web gw.lab.test 10.1.0.1
	resolves web www.lab.test 10.1.0.9
	resolves web www.lab.test fd00:1::9
	resolves web www.example.net "$T_INTERNET4"
	resolves web www.example.net "$T_INTERNET6"
	match 'web\.lab\.test' "$(on other busybox nslookup 10.1.0.50)"
	# what only this network can know is not asked of others
	! on web busybox nslookup -type=a nobody.lab.test || fail "nobody.lab.test is known"
	! on web busybox nslookup 10.1.0.77 || fail "10.1.0.77 has a name"
	no_match 'lab\.test|in-addr' "$(cat dns-outside)"
}

# Who is not on the network gets no answer, neither at its address nor at the host's.
open_resolver()
{
	local address

	served
	ip -n outside route add 10.1.0.0/24 via 172.16.5.40
	for address in 10.1.0.1 172.16.5.40; do
		! on outside timeout 3 busybox nslookup -type=a web.lab.test "$address" ||
			fail "outside is answered by $address"
	done
	eq "" "$(ss -Hlnu 'sport = :53' | awk '{ print $4 }' | grep -v '^10\.1\.0\.1:53$')"
}

options()
{
	local dhcp

	world
	mkdir -p tftp
	echo boot >tftp/pxelinux.0
	file
	dhcp='range: 10.1.0.100-10.1.0.150, lease: 30m, mtu: 1400'
	dhcp+=', dns: [9.9.9.9, 149.112.112.112], boot: {file: pxelinux.0}'
	dhcp+=", tftp: $T_DIR/tftp, routes: [{to: 10.2.0.0/16, via: 10.1.0.2}]"
	sed -i "s|dhcp: .*|dhcp: {$dhcp}|" lab.yaml
	netdctl apply lab.yaml
	guest_ns a lan -
	dhcp_ns a
	eq "9.9.9.9 149.112.112.112
1400
1800
pxelinux.0" "$(told a 4 dns mtu lease bootfile)"
	match '10.2.0.0/16 10.1.0.2.*0.0.0.0/0 10.1.0.1' "$(told a 4 staticroutes)"
	eq "$(told a 4 staticroutes)" "$(told a 4 msstaticroutes)"
	match 'default via 10.1.0.1 dev eth0' "$(ip -n a route)"
	match '10.2.0.0/16 via 10.1.0.2 dev eth0' "$(ip -n a route)"
	on a busybox tftp -g -r pxelinux.0 -l got 10.1.0.1
	eq boot "$(<got)"
}

# A reservation that changes is live: the same process, and the next lease is the new one.
live()
{
	local before

	served
	guest_ns --mac "$MAC_OLD" late lan -
	dhcp_ns late
	before=$(pid lan)
	file "  late: {mac: \"$MAC_OLD\", address: 10.1.0.60}"
	eq "~ dhcp lan reload" "$(netdctl plan lab.yaml || :)"
	netdctl apply lab.yaml
	eq "$before" "$(pid lan)"
	dhcp_ns late eth0 -r "$(told late 4 ip)"
	eq 10.1.0.60 "$(told late 4 ip)"
	resolves web late.lab.test 10.1.0.60
	# and is gone again
	file
	netdctl apply lab.yaml
	eq "$before" "$(pid lan)"
}

# Another lease time takes a restart; who has a lease keeps it.
restart()
{
	local before ip

	served
	before=$(pid lan)
	ip=$(told other 4 ip)
	sed -i 's/range: /lease: 2h, range: /' lab.yaml
	netdctl apply lab.yaml
	[ "$before" != "$(pid lan)" ] || fail "not restarted"
	! kill -0 "$before" 2>/dev/null || fail "the old one still runs"
	grep -q " $ip " /run/netd/dhcp/lan/leases || fail "the lease is lost"
	# somebody else does not get that address
	guest_ns third lan -
	dhcp_ns third eth0 -r "$ip"
	[ "$(told third 4 ip)" != "$ip" ] || fail "$ip is given out twice"
	dhcp_ns other eth0 -r "$ip"
	eq "$ip" "$(told other 4 ip)"
}

# One that was killed is noticed, and said; apply starts it again.
killed()
{
	local before i

	served
	# it has let go of its ports when it is started again; one that has not heard of its
	# end yet runs
	for i in $(seq 10); do
		kill -KILL "$(pid lan)" 2>/dev/null || :
		netdctl apply -q lab.yaml || fail "$i"
	done
	wait_for 5 eval 'netdctl apply -q lab.yaml && netdctl plan -q lab.yaml'
	before=$(pid lan)
	kill -KILL "$before"
	wait_for 5 t_gone "$before"
	fails 3 netdctl plan lab.yaml
	eq "~ dhcp lan start" "$out"
	match 'dhcp lan: dnsmasq is not running' "$err"
	match 'dhcp lan: dnsmasq is not running' "$(netdctl status 2>&1)"
	netdctl apply lab.yaml
	dhcp_ns web
	# a process that has its number by chance is not taken for it
	before=$(pid lan)
	kill -KILL "$before"
	wait_for 5 t_gone "$before"
	sleep 60 &
	echo $! >/run/netd/dhcp/lan/pid
	fails 3 netdctl plan lab.yaml
	netdctl apply lab.yaml
	kill -0 $! || fail "somebody else's process was ended"
	kill $!
}

t_gone()
{
	! kill -0 "$1" 2>/dev/null
}

# Only root and dnsmasq read its files; it is not root, has no descriptor and no word of
# the environment of who started it, and outlives them.
private()
{
	local process

	world
	file
	SECRET=1 setsid -w netdctl apply lab.yaml 8</etc/hostname
	process=/proc/$(pid lan)
	eq 750 "$(stat -c %a /run/netd/dhcp/lan)"
	eq "640 640 640" "$(stat -c %a /run/netd/dhcp/lan/{config,reserved,names} | xargs)"
	! feature users ||
		[ "$(awk '/^Uid:/ { print $2 }' "$process/status")" != 0 ] || fail "it is root"
	eq "LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin" \
		"$(tr '\0' '\n' <"$process/environ" | sort | xargs)"
	no_match '/etc/hostname|/run/netd/lock' "$(ls -l "$process/fd")"
	eq / "$(readlink "$process/cwd")"
	eq 0 "$(ps -o stat= --ppid $$ | grep -c Z)"
}

gone()
{
	local before

	world
	snapshot before
	file
	netdctl apply lab.yaml
	before=$(pid lan)
	netdctl destroy lab
	t_gone "$before" || fail "dnsmasq still runs"
	eq "" "$(find /run/netd -path '*dhcp*')"
	snapshot after
	same before after
	# one network of two goes
	file
	printf '  %s\n' 'two: {addresses: [10.2.0.1/24], dhcp: true}' >>lab.yaml
	netdctl apply lab.yaml
	before=$(pid two)
	file
	netdctl apply lab.yaml
	t_gone "$before" || fail "dnsmasq of two still runs"
	eq lan "$(ls /run/netd/dhcp)"
	# DHCP is taken from one that stays
	sed -i 's/dhcp: .*/dhcp: false/; s/dns: .*/dns: false/' lab.yaml
	netdctl apply lab.yaml
	[ ! -e /run/netd/dhcp ] || fail "left: $(find /run/netd/dhcp)"
}

# Names alone, and addresses alone.
half()
{
	world
	file
	sed -i 's/dhcp: .*/dhcp: false/' lab.yaml
	netdctl apply lab.yaml
	guest_ns a lan 10.1.0.7/24 10.1.0.1
	no_dhcp_ns a
	resolves a web.lab.test 10.1.0.50 10.1.0.1
	netdctl destroy lab
	guest_gone a
	file
	sed -i 's/dns: .*/dns: false/' lab.yaml
	netdctl apply lab.yaml
	guest_ns a lan -
	dhcp_ns a
	eq "" "$(told a 4 dns)"
	! on a timeout 3 busybox nslookup web 10.1.0.1 || fail "names are told"
}

forwarders()
{
	world
	file
	sed -i 's/dns: .*/dns: {forwarders: [{domain: example.net, to: 172.16.5.1}]}/' lab.yaml
	echo "nameserver 172.16.5.99" >/etc/resolv.conf
	netdctl apply lab.yaml
	guest_ns a lan -
	dhcp_ns a
	resolves a www.example.net "$T_INTERNET4"
	sed -i 's/dns: .*/dns: {forwarders: none}/' lab.yaml
	netdctl apply lab.yaml
	! on a timeout 3 busybox nslookup -type=a www.example.net || fail "forwarded"
	resolves a web 10.1.0.50
}

# What the hosts on the network, and the lease file, are called in the table.
listed()
{
	served
	out=$(netdctl leases --json)
	eq "lan web 10.1.0.50 $MAC_WEB true" "$(jq -r '.[] | select(.machine == "web") |
		"\(.network) \(.name) \(.address) \(.mac) \(.seconds_left > 3500)"' <<<"$out")"
	eq "other $(told other 4 ip)" "$(jq -r '.[] | select(.machine == null) |
		"\(.host) \(.address)"' <<<"$out")"
	match 'web +10\.1\.0\.50 +'"$MAC_WEB" "$(netdctl leases lan)"
	fails 2 netdctl leases nowhere
	# waiting: until it comes
	guest_ns --mac "$MAC_DB" db lan -
	netdctl leases --wait db --timeout 20 --json >waited &
	sleep 0.3
	dhcp_ns db
	wait $!
	eq "$(told db 4 ip)" "$(jq -r '.[0].address' waited)"
	refused netdctl leases --wait nobody --timeout 1
	match "nobody has no lease after 1 s" "$(<fails.err)"
}

t_fresh "address, gateway, names, lease by DHCP; a reservation by MAC" served
t_fresh "names of machines and guests, forward and reverse; others' by the host" names
t_fresh "nobody outside is answered" open_resolver
t_fresh "MTU, lease time, name servers, classless routes, boot file" options
t_fresh "a changed reservation is live in the same process" live
t_fresh "leases survive a restart of dnsmasq" restart
t_fresh "a dnsmasq that died is noticed, said, and started again" killed
t_fresh "its files and process are shut off" private
t_fresh "destroy and change leave nothing" gone
t_fresh "DNS without DHCP, DHCP without DNS" half
t_fresh "forwarders: of one domain, and none" forwarders
t_fresh "leases are listed, and waited for" listed
t_done
