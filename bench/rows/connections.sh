# SPDX-License-Identifier: GPL-2.0-or-later
# New flows through a host: with 10,000 forwards as with one, with 1,000 networks as with one.
FLOWS=20000

# The host has one NIC to the outside, and one guest, both namespaces of that competitor.
# prepare KEY WHAT COUNT: WHAT is made by netd, or by a file for nft.
cat >prepare <<'SCRIPT'
#!/bin/sh -e
key=$1 what=$2 count=$3
ip link set lo up
ip netns add "out-$key"
ip netns add "in-$key"
ip link add wan type veth peer name eth0 netns "out-$key"
ip address add 172.16.5.40/24 dev wan
ip link set wan up
ip -n "out-$key" address add 172.16.5.1/24 dev eth0
ip -n "out-$key" link set eth0 up
case $what in
netd-*)
	mkdir "state-$key"
	"$BUILD/cli/netdctl" -q --state-dir "state-$key" apply "${what#netd-}-$count.yaml"
	;;
nft-*)
	for i in $(seq 0 $((${4:-1} - 1))); do
		echo "link add mybr$i type bridge mcast_snooping 0"
		echo "address add 10.$((i / 250 + 1)).$((i % 250)).254/24 dev mybr$i"
		echo "link set mybr$i up"
	done | ip -batch -
	echo 1 >/proc/sys/net/ipv4/ip_forward
	nft -f "${what#nft-}.nft"
	;;
esac
ip link add g0 type veth peer name eth0 netns "in-$key"
ip link set g0 master mybr0 up
ip -n "in-$key" address add 10.1.0.50/24 dev eth0
ip -n "in-$key" link set eth0 up
ip -n "in-$key" route add default via 10.1.0.254
# everybody knows everybody's MAC
ip netns exec "in-$key" ping -q -c 1 10.1.0.254 >/dev/null
ip netns exec "out-$key" ping -q -c 1 172.16.5.40 >/dev/null
SCRIPT
chmod +x prepare

# In front of each run: the flows of the last one are forgotten.
cat >forget <<'SCRIPT'
#!/bin/sh
exec conntrack -F 2>/dev/null
SCRIPT
chmod +x forget

# forwards COUNT: topology of a network with that many.
forwards()
{
	printf 'name: lab\nnetworks:\n  mybr0:\n    mode: nat\n    addresses: [10.1.0.254/24]\n'
	printf '    forwards:\n'
	for i in $(seq 10000 $((9999 + $1))); do
		printf '      - {listen: "172.16.5.40:%s", to: "10.1.0.50:7000", protocol: udp}\n' "$i"
	done
}
forwards 1 >forwards-1.yaml
forwards 10000 >forwards-10000.yaml
{
	echo "table ip t { chain prerouting { type nat hook prerouting priority -100;"
	for i in $(seq 10000 19999); do
		echo "ip daddr 172.16.5.40 udp dport $i dnat to 10.1.0.50:7000"
	done
	printf '}\n}\n'
} >forwards.nft

# networks COUNT
networks()
{
	printf 'name: lab\nnetworks:\n'
	for i in $(seq 0 $(($1 - 1))); do
		printf '  mybr%s: {mode: nat, addresses: [10.%s.%s.254/24]}\n' "$i" $((i / 250 + 1)) $((i % 250))
	done
}
networks 1 >networks-1.yaml
networks 1000 >networks-1000.yaml
# As iptables has them, in one chain for all; the last one is the guest's.
{
	echo "table ip t { chain forward { type filter hook forward priority 0;"
	for i in $(seq 999 -1 0); do
		net=10.$((i / 250 + 1)).$((i % 250)).0/24
		echo "iifname mybr$i oifname mybr$i accept"
		echo "ip saddr $net iifname mybr$i accept"
		echo "ip daddr $net oifname mybr$i ct state established,related accept"
		echo "oifname mybr$i drop"
	done
	printf '}\nchain postrouting { type nat hook postrouting priority 100;\n'
	for i in $(seq 999 -1 0); do
		net=10.$((i / 250 + 1)).$((i % 250)).0/24
		echo "ip saddr $net ip daddr != $net masquerade"
	done
	printf '}\n}\n'
} >rules.nft
{
	for i in $(seq 999 -1 0); do
		net=10.$((i / 250 + 1)).$((i % 250)).0/24
		echo "table ip t$i { chain forward { type filter hook forward priority 0;"
		echo "iifname mybr$i oifname mybr$i accept"
		echo "ip saddr $net iifname mybr$i accept"
		echo "ip daddr $net oifname mybr$i ct state established,related accept"
		echo "oifname mybr$i drop"
		printf '}\nchain postrouting { type nat hook postrouting priority 100;\n'
		echo "ip saddr $net ip daddr != $net masquerade"
		printf '}\n}\n'
	done
} >chains.nft

# flows KEY in|out PORTS: the command that sends them from outside, or from the guest.
flows()
{
	case $2 in
	in) echo "$BUILD/bench/new_flows out-$1 172.16.5.1 172.16.5.40 10000 $3 in-$1 7000 $FLOWS" ;;
	out) echo "$BUILD/bench/new_flows in-$1 10.1.0.50 172.16.5.1 7000 1 out-$1 7000 $FLOWS" ;;
	esac
}

# What each competitor has, by its label.
cat >prepare-labelled <<'SCRIPT'
#!/bin/sh -e
case $BENCH_LABEL in
"netd: 1 forward") exec ./prepare f1 netd-forwards 1 ;;
"netd: 10,000 forwards") exec ./prepare f10000 netd-forwards 10000 ;;
*"rule for each forward") exec ./prepare rules nft-forwards 1 ;;
"netd: 1 network") exec ./prepare n1 netd-networks 1 ;;
"netd: 1,000 networks") exec ./prepare n1000 netd-networks 1000 ;;
*"rules for each network") exec ./prepare linear nft-rules 1 1000 ;;
*"chains for each network") exec ./prepare chains nft-chains 1 1000 ;;
esac
SCRIPT
chmod +x prepare-labelled

# A rate of 0.95 is 1.053 times as long.
bench -N -t "20,000 new flows in by forwards" -n "${ROUNDS:-20}" \
	-B "netd: 10,000 forwards=1.053" -p ./prepare-labelled -b ./forget \
	"netd: 1 forward" "$(flows f1 in 1)" \
	"netd: 10,000 forwards" "$(flows f10000 in 10000)" \
	"nftables: a rule for each forward" "$(flows rules in 10000)"
bench -N -t "20,000 new flows out of a network" -n "${ROUNDS:-20}" \
	-B "netd: 1,000 networks=1.053" -p ./prepare-labelled -b ./forget \
	"netd: 1 network" "$(flows n1 out)" \
	"netd: 1,000 networks" "$(flows n1000 out)" \
	"nftables: rules for each network" "$(flows linear out)" \
	"nftables: base chains for each network" "$(flows chains out)"
