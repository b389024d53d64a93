# SPDX-License-Identifier: GPL-2.0-or-later
# The bridge helper: a new tap, enslaved, up, its descriptor handed over.
ip link add mybr0 type bridge mcast_snooping 0
ip link set mybr0 address 52:54:00:00:00:ff up
mkdir -p "$NETD_STATE_DIR/networks" /etc/qemu
ln -s mybr0 "$NETD_STATE_DIR/networks/mybr0"
echo "allow mybr0" >/etc/qemu/bridge.conf

set -- \
	"floor: bare static C" "$BUILD/bench/floor_helper mybr0 3" \
	"netd-bridge-helper" "$BUILD/cli/hooks/netd-bridge-helper --use-vnet --br=mybr0 --fd=3"
if [ -x /usr/lib/qemu/qemu-bridge-helper ]; then
	set -- "$@" "qemu-bridge-helper" \
		"/usr/lib/qemu/qemu-bridge-helper --use-vnet --br=mybr0 --fd=3"
fi
bench -t "bridge helper: new tap, enslaved, up, handed over" -n "${ROUNDS:-200}" -s 3 \
	-B "netd-bridge-helper=1.3" \
	-c '[ -e /sys/class/net/mybr0/brif/tap0 ] && [ $(($(cat /sys/class/net/tap0/flags) & 1)) = 1 ]' \
	"$@"
