# SPDX-License-Identifier: GPL-2.0-or-later
# 1,000 taps made, plugged in and up; and deleted, with their bridge.
last=999
{
	echo "name: lab"
	echo "networks:"
	echo "  mybr0:"
	echo "    ports:"
	for i in $(seq 0 "$last"); do echo "      t$i: {type: tap}"; done
} >lab.yaml
{
	echo "link add mybr0 type bridge mcast_snooping 0"
	for i in $(seq 0 "$last"); do
		echo "tuntap add t$i mode tap"
		echo "link set t$i master mybr0 up"
	done
	echo "link set mybr0 up"
} >up.ip
{
	for i in $(seq 0 "$last"); do echo "link del t$i"; done
	echo "link del mybr0"
} >down.ip
cat >act <<'SCRIPT'
#!/bin/sh -e
case $BENCH_LABEL,$1 in
floor* | ip*,down) "$BUILD/bench/floor_taps" "$1" 1000 ;;
netd*,up) "$BUILD/cli/netdctl" -q apply lab.yaml ;;
netd*,down) "$BUILD/cli/netdctl" -q destroy lab ;;
ip*) ip -batch $1.ip ;;
esac
[ $1 != up ] || ./is up
SCRIPT
cat >is <<'SCRIPT'
#!/bin/sh
up=$(ip -o link show master mybr0 up 2>/dev/null | wc -l)
all=$(ip -o link show | wc -l)
case $1 in
up) [ "$up" = 1000 ] ;;
down) [ "$all" = 1 ] ;;
esac
SCRIPT
# An `ip -batch` that made taps deletes them by group, so that rounds do not take minutes.
sed -i 's/^floor\* | ip\*,down) /ip*,down) for i in $(seq 0 999); do echo "link set t$i group 4711"; done | ip -batch - ;;\nesac\ncase $BENCH_LABEL,$1 in\nfloor* | ip*,down) /' act
chmod +x act is
bench -N -t "1,000 taps made, plugged in, up" -n "${ROUNDS:-5}" \
	-B "netdctl apply=1.2" -p "ip link set lo up" -c "./is up" -a "./act down" \
	"floor: bare static C" "$BUILD/bench/floor_taps up 1000" \
	"netdctl apply" "$BUILD/cli/netdctl -q apply lab.yaml" \
	"ip -batch" "ip -batch up.ip"
bench -N -t "1,000 taps deleted" -n "${ROUNDS:-5}" \
	-B "netdctl destroy=1.2" -p "ip link set lo up" -b "./act up" -c "./is down" \
	"floor: bare static C, by group" "$BUILD/bench/floor_taps down 1000" \
	"netdctl destroy" "$BUILD/cli/netdctl -q destroy lab"
# One by one takes long and does not need many rounds to be seen.
bench -N -t "1,000 taps deleted, one by one" -n 1 \
	-p "ip link set lo up" -b "./act up" -c "./is down" \
	"floor: bare static C, by group" "$BUILD/bench/floor_taps down 1000" \
	"ip -batch" "ip -batch down.ip"
