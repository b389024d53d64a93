# SPDX-License-Identifier: GPL-2.0-or-later
# A NAT network up, and down; networks.sh: as many as COUNT says.
COUNT=${COUNT:-1}
export COUNT
last=$((COUNT - 1))

# What netd is given.
{
	echo "name: lab"
	echo "networks:"
	for i in $(seq 0 "$last"); do
		echo "  mybr$i: {mode: nat, addresses: [10.$((i + 1)).0.254/16]}"
	done
} >lab.yaml

# What `ip` and `nft` are given: the floor's own bridges and rules.
if [ "$COUNT" = 1 ]; then
	in='iifname "mybr0"' out='oifname "mybr0"' same='iifname "mybr0" oifname "mybr0"'
	sets=
else
	list() { for i in $(seq 0 "$last"); do printf ' %s,' "$(printf "$1" "$i" "$i")"; done; }
	in='iifname @networks' out='oifname @networks' same='iifname . oifname @same'
	sets="set networks { type ifname; elements = { $(list 'mybr%d') }; }
	set same { type ifname . ifname; elements = { $(list 'mybr%d . mybr%d') }; }"
fi
cat >rules.nft <<RULES
table ip floor {
	$sets
	chain forward {
		type filter hook forward priority 0;
		$same accept
		$in ct state invalid drop
		$in accept
		$out ct state established,related accept
		$out ct status dnat accept
		$out drop
	}
	chain postrouting {
		type nat hook postrouting priority 100;
		$same return
		ip daddr 224.0.0.0/4 return
		ip daddr 255.255.255.255 return
		$in meta l4proto tcp masquerade to :1024-65535
		$in meta l4proto udp masquerade to :1024-65535
		$in meta l4proto sctp masquerade to :1024-65535
		$in masquerade
	}
	chain input {
		type filter hook input priority 0;
		$in ct state invalid drop
	}
}
RULES
for i in $(seq 0 "$last"); do
	echo "link add mybr$i type bridge mcast_snooping 0"
	echo "address add 10.$((i + 1)).0.254/16 dev mybr$i"
	echo "link set mybr$i up"
done >up.ip
for i in $(seq 0 "$last"); do echo "link del mybr$i"; done >down.ip

cat >nft-up <<'SCRIPT'
#!/bin/sh -e
nft -f rules.nft
echo 1 >/proc/sys/net/ipv4/ip_forward
ip -batch up.ip
SCRIPT
cat >nft-down <<'SCRIPT'
#!/bin/sh -e
ip -batch down.ip
nft delete table ip floor
echo 0 >/proc/sys/net/ipv4/ip_forward
SCRIPT

# The script as people have it.
cat >rules.sh <<'SCRIPT'
# rules A|D BRIDGE SUBNET
rules()
{
	iptables -$1 FORWARD -i $2 -o $2 -j ACCEPT
	iptables -$1 FORWARD -i $2 -m conntrack --ctstate INVALID -j DROP
	iptables -$1 FORWARD -s $3 -i $2 -j ACCEPT
	iptables -$1 FORWARD -d $3 -o $2 -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
	iptables -$1 FORWARD -o $2 -j DROP
	iptables -t nat -$1 POSTROUTING -s $3 -d 224.0.0.0/4 -j RETURN
	iptables -t nat -$1 POSTROUTING -s $3 -d 255.255.255.255/32 -j RETURN
	iptables -t nat -$1 POSTROUTING -s $3 ! -d $3 -p tcp -j MASQUERADE --to-ports 1024-65535
	iptables -t nat -$1 POSTROUTING -s $3 ! -d $3 -p udp -j MASQUERADE --to-ports 1024-65535
	iptables -t nat -$1 POSTROUTING -s $3 ! -d $3 -j MASQUERADE
}
SCRIPT
cat >iptables-up <<'SCRIPT'
#!/bin/sh -e
. ./rules.sh
echo 1 >/proc/sys/net/ipv4/ip_forward
for i in $(seq 0 $((COUNT - 1))); do
	ip link add mybr$i type bridge
	ip address add 10.$((i + 1)).0.254/16 dev mybr$i
	ip link set mybr$i up
	rules A mybr$i 10.$((i + 1)).0.0/16
done
SCRIPT
cat >iptables-down <<'SCRIPT'
#!/bin/sh -e
. ./rules.sh
for i in $(seq 0 $((COUNT - 1))); do
	rules D mybr$i 10.$((i + 1)).0.0/16
	ip link set mybr$i down
	ip link del mybr$i
done
echo 0 >/proc/sys/net/ipv4/ip_forward
SCRIPT

# act up|down: untimed, as the competitor does it.
cat >act <<'SCRIPT'
#!/bin/sh -e
case $BENCH_LABEL,$1 in
floor*) "$BUILD/bench/floor_network" "$1" "$COUNT" ;;
netd*,up) "$BUILD/cli/netdctl" -q apply lab.yaml ;;
netd*,down) "$BUILD/cli/netdctl" -q destroy lab ;;
*nft*) ./nft-$1 ;;
*) ./iptables-$1 ;;
esac
SCRIPT

# is up|down: whether all of it is there, or nothing.
cat >is <<'SCRIPT'
#!/bin/sh
masquerades=$(nft list ruleset 2>/dev/null | grep -ci masquerade)
links=$(ip -o -4 address | grep -c '10\.[0-9]*\.0\.254/16')
case $BENCH_LABEL,$1 in
*,up) [ "$masquerades" -ge 3 ] && [ "$links" = "$COUNT" ] ;;
netd*,down | floor*,down | *nft*,down) [ "$masquerades$links" = 00 ] ;;
*) [ "$links" = 0 ] ;;
esac
SCRIPT
chmod +x nft-* iptables-* act is

what="a NAT network"
[ "$COUNT" = 1 ] || what="$COUNT NAT networks"
bench -N -t "$what up" -n "${ROUNDS:-${COUNT_ROUNDS:-100}}" \
	-B "netdctl apply=${BUDGET_UP:-2.0}" -p "ip link set lo up" \
	-c "./is up" -a "./act down" \
	"floor: bare static C" "$BUILD/bench/floor_network up $COUNT" \
	"netdctl apply" "$BUILD/cli/netdctl -q apply lab.yaml" \
	"ip -batch + nft -f" "./nft-up" \
	"ip + iptables script" "./iptables-up"
bench -N -t "$what down" -n "${ROUNDS:-${COUNT_ROUNDS:-30}}" \
	-B "netdctl destroy=${BUDGET_DOWN:-1.1}" -p "ip link set lo up" \
	-b "./act up" -c "./is down" \
	"floor: bare static C" "$BUILD/bench/floor_network down $COUNT" \
	"netdctl destroy" "$BUILD/cli/netdctl -q destroy lab" \
	"ip -batch + nft" "./nft-down" \
	"ip + iptables script" "./iptables-down"
