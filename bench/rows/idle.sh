# SPDX-License-Identifier: GPL-2.0-or-later
# Re-apply with nothing to do, on a NAT network of 1,000 ports.
{
	echo "name: lab"
	echo "networks:"
	echo "  mybr0:"
	echo "    mode: nat"
	echo "    addresses: [10.1.0.254/16]"
	echo "    ports:"
	for i in $(seq 0 999); do echo "      t$i: {type: tap}"; done
} >lab.yaml
cat >by-hand <<'SCRIPT'
#!/bin/sh -e
ip -d link
ip address
ip route
nft list ruleset
SCRIPT
chmod +x by-hand
"$BUILD/cli/netdctl" -q apply lab.yaml
bench -t "re-apply with nothing to do, 1,000 ports" -n "${ROUNDS:-30}" \
	-B "netdctl apply=2.0" \
	"floor: the dumps, bare static C" "$BUILD/bench/floor_dumps" \
	"netdctl apply" "$BUILD/cli/netdctl -q apply lab.yaml" \
	"netdctl plan" "$BUILD/cli/netdctl -q plan lab.yaml" \
	"ip link, address, route; nft list" "./by-hand"
"$BUILD/cli/netdctl" -q destroy lab
