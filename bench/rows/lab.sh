# SPDX-License-Identifier: GPL-2.0-or-later
# A lab of 50 networks, 50 routers and 200 hosts: up, again, down; as a ring and as a star.
export SHAPE NETWORKS=50 HOSTS=4

# ip_lines: what `ip` is told for lab.yaml, "NAMESPACE WORDS…" ("-" for the host's).
ip_lines()
{
	"$ROWS/../../scripts/lab" "$SHAPE" "$NETWORKS" "$HOSTS" | tr -d '{},[]' | awk '
	/^[a-z]+:/ { kind = $1; next }
	/^  [^ ]/ { name = $1; sub(":", "", name) }
	function end(ns, inner, address)
	{
		print ns, "link set", inner, "up"
		print ns, "address add", address, "dev", inner
	}
	function plug(ns, inner, bridge, address)
	{
		print "- link add", ns "-" inner, "type veth peer name", inner, "netns", ns
		print "- link set", ns "-" inner, "master", bridge, "up"
		print ns, "link set lo up"
		end(ns, inner, address)
	}
	kind == "networks:" { print "- link add", name, "type bridge mcast_snooping 0" }
	kind == "routers:" && /^  [^ ]/ { print "- netns add", name }
	kind == "routers:" && $1 == "lan:" { plug(name, "lan", $3, $5) }
	kind == "routers:" && $1 == "-" { routes = routes name " route add " $3 " via " $5 "\n" }
	kind == "hosts:" {
		print "- netns add", name
		plug(name, "eth0", $3, $5)
		routes = routes name " route add default via " $10 "\n"
	}
	kind == "links:" {
		sub(":", "", $3)
		sub(":", "", $6)
		print "- link add", name, "netns", $3, "type veth peer name", name, "netns", $6
		end($3, name, $5)
		end($6, name, $8)
	}
	END {
		printf "%s", routes
		for (i = 0; i < ENVIRON["NETWORKS"]; i++)
			print "- link set n" i " up"
	}'
}

# Three ways down and up by hand: a program run each; a batch for the host, one more for
# each namespace.
cat >ip-up <<'SCRIPT'
#!/bin/sh -e
. ./lines.sh
for i in $(seq 0 $((NETWORKS - 1))); do
	ip netns exec r$i sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
done
SCRIPT
cat >batch-up <<'SCRIPT'
#!/bin/sh -e
ip -batch up.ip
for ns in spaces/*; do
	ip -n "${ns#*/}" -batch "$ns"
done
for i in $(seq 0 $((NETWORKS - 1))); do
	ip netns exec r$i sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
done
SCRIPT
cat >ip-down <<'SCRIPT'
#!/bin/sh -e
while read -r line; do ip $line; done <down.ip
SCRIPT

# act up|down: untimed, as the competitor does it.
cat >act <<'SCRIPT'
#!/bin/sh -e
case $BENCH_LABEL,$1 in
floor*,up) "$BUILD/bench/floor_lab" up $SHAPE $NETWORKS $HOSTS ;;
floor*) "$BUILD/bench/floor_lab" links $SHAPE $NETWORKS $HOSTS ;;
netd*,up) "$BUILD/cli/netdctl" -q apply lab.yaml ;;
netd*) "$BUILD/cli/netdctl" -q destroy lab ;;
*,up) ./batch-up ;;
*) ip -batch down.ip ;;
esac
[ $1 = up ] || ./is down
SCRIPT

# is up|down: whether all of it is there and works, or nothing (within a second: the
# background ends what no name holds any more).
cat >is <<'SCRIPT'
#!/bin/sh
case $1 in
up)
	[ "$(ip -o link show type veth | wc -l)" = $((NETWORKS * (HOSTS + 1))) ] &&
		[ "$(ls /run/netns | wc -l)" = $((NETWORKS * (HOSTS + 1))) ] &&
		"$BUILD/tests/lib/ping-all" 10 some gateways >/dev/null
	;;
down)
	for i in $(seq 100); do
		[ "$(ip -o link | wc -l)" != 1 ] || break
		sleep 0.01
	done
	[ "$(ip -o link | wc -l)" = 1 ] && [ "$(ls /run/netns | wc -l)" = 0 ]
	;;
esac
SCRIPT
chmod +x ip-* batch-* act is

for SHAPE in ring star; do
	"$ROWS/../../scripts/lab" "$SHAPE" "$NETWORKS" "$HOSTS" >lab.yaml
	ip_lines >lines
	sed -e 's/^- /ip /' -e t -e 's/^[^ ]*/ip -n &/' lines >lines.sh
	sed -n 's/^- //p' lines >up.ip
	rm -rf spaces
	mkdir spaces
	awk '$1 != "-" { ns = $1; sub("^[^ ]* ", ""); print >"spaces/" ns }' lines
	sed -n 's/^- netns add/netns del/p' lines >down.ip
	sed -n 's/^- link add \(n[0-9]*\) type bridge.*/link del \1/p' lines >>down.ip
	printf 'h%s-0\n' 0 "$((NETWORKS / 2))" "$((NETWORKS - 1))" >some
	for i in $(seq 0 $((NETWORKS - 1))); do echo "10.1.$i.1"; done >gateways

	what="a $SHAPE of $NETWORKS networks, $NETWORKS routers, $((NETWORKS * HOSTS)) hosts"
	floor="$BUILD/bench/floor_lab"
	lab="$SHAPE $NETWORKS $HOSTS"
	bench -N -t "$what: up" -n "${ROUNDS:-10}" -B "netdctl apply=1.3" \
		-p "ip link set lo up" -c "./is up" -a "./act down" \
		"floor: bare static C" "$floor up $lab" \
		"netdctl apply" "$BUILD/cli/netdctl -q apply lab.yaml" \
		"ip -batch, one per namespace" "./batch-up"
	bench -N -t "$what: down" -n "${ROUNDS:-10}" -B "netdctl destroy=1.05" \
		-p "ip link set lo up" -b "./act up" -c "./is down" \
		"floor: bare static C, links by group" "$floor links $lab" \
		"floor: bare static C, by namespace" "$floor names $lab" \
		"netdctl destroy" "$BUILD/cli/netdctl -q destroy lab" \
		"ip -batch" "ip -batch down.ip"
	# One program after the other takes long and needs no rounds to be seen.
	bench -N -t "$what: up, a program run for each step" -n "${ROUNDS_SLOW:-1}" \
		-p "ip link set lo up" -c "./is up" -a "./act down" \
		"floor: bare static C" "$floor up $lab" \
		"ip, once for each step" "./ip-up"
	"$BUILD/cli/netdctl" -q apply lab.yaml
	bench -t "$what: again, with nothing to do" -n "${ROUNDS:-20}" -B "netdctl apply=2.0" \
		"floor: the dumps, bare static C" "$floor dump $lab" \
		"netdctl apply" "$BUILD/cli/netdctl -q apply lab.yaml" \
		"netdctl plan" "$BUILD/cli/netdctl -q plan lab.yaml"
	"$BUILD/cli/netdctl" -q destroy lab
done
