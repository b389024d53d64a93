# SPDX-License-Identifier: GPL-2.0-or-later
# A host's only NIC becomes a port of a bridge, and comes back: the longest wait of a flow.
#
# What is shown is no duration of a command, but how long the flow had to wait at worst
# while the command ran: ms from a request of eight bytes, a millisecond after the answer
# before, to its answer.  A packet that is lost costs TCP 200 ms.  The row "nothing" is
# the same flow over the same time while nothing is done: the machine's own noise.
ip netns add outside
ip link add eth0 type veth peer name eth0 netns outside
ip -n outside link set lo up
for ns in "" "-n outside"; do
	ip $ns link set eth0 up
done
for ns in "" "ip netns exec outside"; do
	$ns sh -c 'for c in all default eth0; do echo 0 >/proc/sys/net/ipv6/conf/$c/accept_dad; done'
done
ip address add 172.16.5.40/24 dev eth0
ip address add 2001:db8:5::40/64 dev eth0 nodad
ip -n outside address add 172.16.5.1/24 dev eth0
ip -n outside address add 2001:db8:5::1/64 dev eth0 nodad
ip -n outside address add 203.0.113.1/32 dev lo
ip -n outside address add 2001:db8:ffff::1/128 dev lo nodad
ip route add default via 172.16.5.1
ip -6 route add default via 2001:db8:5::1
# new links are as distributions have them: duplicate addresses are looked for
for c in default eth0; do echo 1 >/proc/sys/net/ipv6/conf/$c/accept_dad; done
cat >lab.yaml <<'YAML'
name: lab
networks:
  br0: {mode: bridged, uplink: eth0}
YAML
ip netns exec outside "$BUILD/tests/lib/stall" serve 203.0.113.1 7 >/dev/null
ip netns exec outside "$BUILD/tests/lib/stall" serve 2001:db8:ffff::1 7 >/dev/null

# As in every guide.
by_ip_up()
{
	ip link add br0 type bridge
	ip link set br0 up
	ip link set eth0 master br0
	ip address flush dev eth0
	ip address add 172.16.5.40/24 dev br0
	ip -6 address add 2001:db8:5::40/64 dev br0
	ip route replace default via 172.16.5.1 dev br0
	ip -6 route replace default via 2001:db8:5::1 dev br0
}

by_ip_down()
{
	ip link set eth0 nomaster
	ip link del br0
	ip address add 172.16.5.40/24 dev eth0
	ip -6 address add 2001:db8:5::40/64 dev eth0
	ip route replace default via 172.16.5.1 dev eth0
	ip -6 route replace default via 2001:db8:5::1 dev eth0
}

by_netd_up()
{
	"$BUILD/cli/netdctl" -q apply lab.yaml
}

by_netd_down()
{
	"$BUILD/cli/netdctl" -q destroy lab
}

nothing_up()
{
	sleep 0.1
}

nothing_down()
{
	sleep 0.1
}

# flow ADDRESS FILE
flow()
{
	"$BUILD/tests/lib/stall" ping "$1" 7 "$PWD/$2" >"$2.pid"
}

# flow_end FILE RESULTS: appends the longest wait in us; the flow must have lost nothing.
flow_end()
{
	kill -TERM "$(cat "$1.pid")"
	while [ ! -s "$1" ]; do sleep 0.01; done
	awk -v results="$2" '$2 != $4 || NF != 6 { print "bench: " $0; exit 1 }
		{ print $6 >>results }' "$1"
	rm -f "$1" "$1.pid"
}

# one WAY STEP: the step with a flow of each family over it.
one()
{
	flow 203.0.113.1 flow4
	flow 2001:db8:ffff::1 flow6
	sleep 0.1
	"${1}_$2"
	sleep "$3"
	flow_end flow4 "$1-$2-4"
	flow_end flow6 "$1-$2-6"
}

# figures FILE: median, 90th percentile, the worst of all, and how many waited over 100 ms.
figures()
{
	sort -n "$1" | awk '{ v[NR] = $1 / 1000; late += $1 > 100000 }
		END { printf "%.1f %.1f %.1f %d", v[int((NR + 1) / 2)], v[int(NR * 0.9 + 0.5)],
			v[NR], late }'
}

rounds=${ROUNDS:-20}
i=0
while [ $i -lt "$rounds" ]; do
	for way in nothing by_netd by_ip; do
		# the usual way has IPv6 wait for duplicates: up to 4 s
		after=0.4
		[ $way != by_ip ] || after=4
		one $way up $after
		one $way down $after
	done
	i=$((i + 1))
done

for step in up down; do
	for family in 4 6; do
		title="a NIC becomes an uplink: longest wait of an IPv$family flow"
		[ $step = up ] || title="a NIC is none any more: longest wait of an IPv$family flow"
		{
			echo "### $title"
			echo
			echo "$rounds rounds"
			echo
			echo "| what | median ms | p90 | worst | over 100 ms |"
			echo "|---|---:|---:|---:|---:|"
			for way in nothing by_netd by_ip; do
				case $way in
				nothing) label="nothing is done" ;;
				by_netd) label="netdctl" ;;
				by_ip) label="the usual \`ip\` sequence" ;;
				esac
				# shellcheck disable=SC2046,SC2183 # four numbers
				printf '| %s | %s | %s | %s | %s |\n' "$label" $(figures "$way-$step-$family")
			done
			echo
		} >table
		cat table
		[ -z "$markdown" ] || cat table >>"$markdown"
	done
done
