# SPDX-License-Identifier: GPL-2.0-or-later
# qemu-ifup on an existing tap.  See scripts/bench for what a row finds set.
ip link add mybr0 type bridge mcast_snooping 0
ip link set mybr0 address 52:54:00:00:00:ff up
ip tuntap add tap0 mode tap
mkdir -p "$NETD_STATE_DIR/networks"
ln -s mybr0 "$NETD_STATE_DIR/networks/mybr0"
ln -s "$BUILD/cli/hooks/qemu-ifup" "$TMPDIR/qemu-ifup-mybr0"

cat >"$TMPDIR/two-lines" <<'SCRIPT'
#!/bin/sh
ip link set "$1" master mybr0
ip link set "$1" up
SCRIPT
chmod +x "$TMPDIR/two-lines"

set -- \
	"floor: bare static C" "$BUILD/bench/floor_hook tap0 mybr0" \
	"netd: qemu-ifup-mybr0" "$TMPDIR/qemu-ifup-mybr0 tap0" \
	"ip link set tap0 master mybr0 up" "ip link set tap0 master mybr0 up" \
	"two-line shell script" "$TMPDIR/two-lines tap0"
if [ -x /etc/qemu-ifup ]; then
	# It takes the bridge of the default route.
	ip address add 10.1.0.254/16 dev mybr0
	ip route add default via 10.1.0.1 dev mybr0
	set -- "$@" "Debian's /etc/qemu-ifup" "/etc/qemu-ifup tap0"
fi
bench -t "qemu-ifup on an existing tap" -n "${ROUNDS:-200}" \
	-B "netd: qemu-ifup-mybr0=1.2" \
	-c '[ -e /sys/class/net/mybr0/brif/tap0 ] && [ $(($(cat /sys/class/net/tap0/flags) & 1)) = 1 ]' \
	-a 'ip link set tap0 nomaster down' "$@"
