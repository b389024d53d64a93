# SPDX-License-Identifier: GPL-2.0-or-later
# 10,000 forwards from nothing.
{
	echo "name: lab"
	echo "networks:"
	echo "  mybr0:"
	echo "    mode: nat"
	echo "    addresses: [10.1.0.254/16]"
	echo "    forwards:"
	for i in $(seq 10000 19999); do
		echo "      - {listen: \"203.0.113.1:$i\", to: \"10.1.0.50:$i\"}"
	done
} >lab.yaml
{
	echo "table ip floor {"
	echo "map forward4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service"
	echo "elements = {"
	for i in $(seq 10000 19999); do
		echo "203.0.113.1 . tcp . $i : 10.1.0.50 . $i,"
	done
	echo "}; }"
	echo "chain prerouting { type nat hook prerouting priority -100;"
	echo "dnat ip to ip daddr . meta l4proto . th dport map @forward4; }"
	echo "}"
} >rules.nft
{
	echo "*nat"
	for i in $(seq 10000 19999); do
		echo "-A PREROUTING -d 203.0.113.1 -p tcp --dport $i -j DNAT --to 10.1.0.50:$i"
	done
	echo COMMIT
} >rules.iptables
printf '*nat\nCOMMIT\n' >empty.iptables
cat >clear <<'SCRIPT'
#!/bin/sh -e
case $BENCH_LABEL in
netd*) "$BUILD/cli/netdctl" -q destroy lab ;;
*iptables*) iptables-restore empty.iptables ;;
*) nft delete table ip floor ;;
esac
SCRIPT
cat >is <<'SCRIPT'
#!/bin/sh
[ "$(nft list ruleset 2>/dev/null | grep -Ec '203\.0\.113\.1.*[ :.]1[0-9]{4}')" = 10000 ]
SCRIPT
chmod +x clear is
bench -N -t "10,000 forwards from nothing" -n "${ROUNDS:-15}" \
	-B "netdctl apply=3.0" -p "ip link set lo up" -c "./is" -a "./clear" \
	"floor: bare static C" "$BUILD/bench/floor_forwards fill 10000" \
	"netdctl apply" "$BUILD/cli/netdctl -q apply lab.yaml" \
	"nft -f, a map" "nft -f rules.nft" \
	"iptables-restore" "iptables-restore rules.iptables"
