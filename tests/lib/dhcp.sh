# SPDX-License-Identifier: GPL-2.0-or-later
# DHCP clients in namespaces that play guests.  Sourced by netns.sh.
#
# Theory of operation.  busybox's udhcpc reads raw frames and drops what has a wrong UDP
# checksum, as clients in real guests do.  It quits once it has a lease.  What it was told
# is set up by tests/lib/dhcp-script and can be asked for with `told`; the namespace has a
# resolv.conf of its own, which `on` shows to what runs there.

# t_dhcp_home NS: with a resolv.conf of its own.
t_dhcp_home()
{
	mkdir -p "/etc/netns/$1" "$T_DIR/told-$1"
	[ -e "/etc/netns/$1/resolv.conf" ] || : >"/etc/netns/$1/resolv.conf"
}

# dhcp_ns NS [IF [OPTION…]]: its interface ("eth0") gets an address by DHCP.  It calls
# itself NS, unless an OPTION says otherwise.
dhcp_ns()
{
	local ns=$1 dev=${2:-eth0} name=(-x "hostname:$1")

	[[ $* != *hostname:* ]] || name=()

	shift $(($# > 2 ? 2 : $#))
	t_dhcp_home "$ns"
	on "$ns" env "TOLD=$T_DIR/told-$ns" busybox udhcpc -f -q -n -i "$dev" -t 20 -T 1 \
		-s "$T_LIB/dhcp-script" -O mtu -O search -O staticroutes -O msstaticroutes \
		-O bootfile -O tftp "${name[@]}" "$@" >"$T_DIR/udhcpc-$ns" 2>&1 ||
		fail "$ns gets no lease: $(<"$T_DIR/udhcpc-$ns")"
}

# no_dhcp_ns NS [IF]: nobody answers, within two seconds.
no_dhcp_ns()
{
	t_dhcp_home "$1"
	! on "$1" busybox udhcpc -f -q -n -i "${2:-eth0}" -t 2 -T 1 -s /bin/true \
		>"$T_DIR/udhcpc-$1" 2>&1 || fail "$1 gets a lease: $(<"$T_DIR/udhcpc-$1")"
}

t_dhclient_conf()
{
	local conf=$T_DIR/dhclient-$1.conf

	[ -e "$conf" ] || conf=/dev/null
	echo "$conf"
}

# dhcp6_ns NS [IF]: an address by DHCPv6; $T_DIR/dhclient-NS.conf may say more to ask for.
dhcp6_ns()
{
	local ns=$1 dev=${2:-eth0}

	t_dhcp_home "$ns"
	: >"$T_DIR/dhclient-$ns.leases"
	on "$ns" env "TOLD=$T_DIR/told-$ns" dhclient -6 -1 -D LL -cf "$(t_dhclient_conf "$ns")" \
		-lf "$T_DIR/dhclient-$ns.leases" -pf "$T_DIR/dhclient-$ns.pid" \
		-e "TOLD=$T_DIR/told-$ns" -sf "$T_LIB/dhcp-script" "$dev" \
		>"$T_DIR/dhclient-$ns" 2>&1 </dev/null ||
		fail "$ns gets no lease: $(<"$T_DIR/dhclient-$ns")"
}

# told NS [IF.]4|6 NAME…: what the client was told, a line for each name, as udhcpc (4:
# ip, mask, router, dns, domain, mtu, staticroutes, …) or dhclient (6: new_ip6_address, …)
# call it.
told()
{
	local file="$T_DIR/told-$1/eth0.$2" name

	[[ $2 != *.* ]] || file="$T_DIR/told-$1/$2"
	shift 2
	for name; do
		(unset "$name" && . "$file" && printf '%s\n' "${!name:-}")
	done
}

# resolves NS NAME ADDRESS [SERVER]: by the namespace's DNS, or by that server.
resolves()
{
	local ns=$1 name=$2 address=$3 type=a said

	shift 3
	[[ $address != *:* ]] || type=aaaa
	said=$(on "$ns" busybox nslookup "-type=$type" "$name" "$@") ||
		fail "$ns cannot resolve $name: $said"
	match "Address: $address"$'\n' "$said"$'\n'
}
