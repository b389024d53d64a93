# SPDX-License-Identifier: GPL-2.0-or-later
# One forward added to 10,000, and to one.
# topology COUNT: `default`, with that many forwards.
topology()
{
	echo "name: default"
	echo "networks:"
	echo "  mybr0:"
	echo "    mode: nat"
	echo "    addresses: [10.1.0.254/16]"
	echo "    forwards:"
	for i in $(seq 10000 $((9999 + $1))); do
		echo "      - {listen: \"203.0.113.1:$i\", to: \"10.1.0.50:$i\"}"
	done
}
topology 10000 >10000.yaml
topology 1 >1.yaml
{
	echo "*nat"
	for i in $(seq 10000 19999); do
		echo "-A PREROUTING -d 203.0.113.1 -p tcp --dport $i -j DNAT --to 10.1.0.50:$i"
	done
	echo COMMIT
} >rules.iptables
# A state of its own for each of netd's two.
cat >prepare <<'SCRIPT'
#!/bin/sh -e
ip link set lo up
ip address add 203.0.113.1/32 dev lo # an address of the host, as a forward needs one
case $BENCH_LABEL in
netd*)
	n=${BENCH_LABEL##* }
	mkdir "state-$n" "config-$n"
	set -- --state-dir "state-$n" --config-dir "config-$n"
	"$BUILD/cli/netdctl" "$@" -q apply "$n.yaml"
	"$BUILD/cli/netdctl" "$@" export default >"config-$n/default.yaml"
	cp "state-$n/previous/default.yaml" "previous-$n"
	;;
*iptables*) iptables-restore rules.iptables ;;
*) "$BUILD/bench/floor_forwards" fill 10000 ;;
esac
SCRIPT
cat >undo <<'SCRIPT'
#!/bin/sh -e
case $BENCH_LABEL in
netd*)
	n=${BENCH_LABEL##* }
	"$BUILD/cli/netdctl" --state-dir "state-$n" --config-dir "config-$n" -q \
		forward remove mybr0 203.0.113.1:20000
	# what it was before is kept: not 10,000 forwards, as behind another `forward add`
	cp "previous-$n" "state-$n/previous/default.yaml"
	;;
*iptables*)
	iptables -t nat -D PREROUTING -d 203.0.113.1 -p tcp --dport 20000 \
		-j DNAT --to 10.1.0.50:20000
	;;
*) "$BUILD/bench/floor_forwards" delete 10000 ;;
esac
SCRIPT
cat >is <<'SCRIPT'
#!/bin/sh
case $BENCH_LABEL in
netd*) nft get element inet netd forward4 '{ 203.0.113.1 . tcp . 20000 }' ;;
*iptables*) iptables -t nat -C PREROUTING -d 203.0.113.1 -p tcp --dport 20000 \
	-j DNAT --to 10.1.0.50:20000 ;;
*) nft get element ip floor forward4 '{ 203.0.113.1 . tcp . 20000 }' ;;
esac >/dev/null
SCRIPT
chmod +x prepare undo is
netd()
{
	echo "$BUILD/cli/netdctl --state-dir state-$1 --config-dir config-$1 -q" \
		"forward add mybr0 203.0.113.1:20000 10.1.0.50:20000"
}
bench -N -t "one forward added to 10,000" -n "${ROUNDS:-40}" \
	-B "netdctl forward add, to 10000=3.0" -p "./prepare" -c "./is" -a "./undo" \
	"floor: bare static C" "$BUILD/bench/floor_forwards add 10000" \
	"netdctl forward add, to 10000" "$(netd 10000)" \
	"netdctl forward add, to 1" "$(netd 1)" \
	"nft add element" "nft add element ip floor forward4 { 203.0.113.1 . tcp . 20000 : 10.1.0.50 . 20000 }" \
	"iptables -t nat -A" "iptables -t nat -A PREROUTING -d 203.0.113.1 -p tcp --dport 20000 -j DNAT --to 10.1.0.50:20000"
