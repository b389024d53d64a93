// SPDX-License-Identifier: GPL-2.0-or-later
/* The fields of networks, and of the machines and ports in them. */
#include "model/field.h"

#define MACHINE(member) NETD_FIELD(struct netd_machine, member)
#define PLACE(member) .place = offsetof(struct netd_machine, member)

static const struct netd_field machine_fields[] = {
	{NULL, NETD_TYPE_TEXT, MACHINE(name)},
	{"mac", NETD_TYPE_MAC, MACHINE(mac), PLACE(mac_place),
	 .beside = offsetof(struct netd_machine, has_mac)},
	{"address", NETD_TYPE_ADDRESS_PAIR,
	 .offset = offsetof(struct netd_machine, address4),
	 .size = 2 * sizeof(struct netd_addr), PLACE(address4_place),
	 .beside = offsetof(struct netd_machine, chosen4)},
};

_Static_assert(offsetof(struct netd_machine, address6) ==
			       offsetof(struct netd_machine, address4) +
				       sizeof(struct netd_addr) &&
		       offsetof(struct netd_machine, address6_place) ==
			       offsetof(struct netd_machine, address4_place) +
				       sizeof(struct netd_place) &&
		       offsetof(struct netd_machine, chosen6) ==
			       offsetof(struct netd_machine, chosen4) + sizeof(bool),
	       "a pair");

const struct netd_object netd_machine_object = {
	.what = "a machine",
	.name_what = "machine name",
	NETD_OBJECT(struct netd_machine),
	.name_size = NETD_MACHINE_NAME,
	NETD_FIELDS(machine_fields),
};

#undef PLACE
#define PORT(member) NETD_FIELD(struct netd_port, member)

static const struct netd_field port_fields[] = {
	{NULL, NETD_TYPE_TEXT, PORT(name)},
	{"type", NETD_TYPE_CHOICE, PORT(kind), .choices = netd_port_kinds},
	{"owner", NETD_TYPE_USER, PORT(owner),
	 .beside = offsetof(struct netd_port, has_owner), .letter = 'u',
	 .argument = "USER", .complete = "<user>",
	 .help = "who may open the tap; without a group: root"},
	{"group", NETD_TYPE_GROUP, PORT(group),
	 .beside = offsetof(struct netd_port, has_group), .letter = 'g',
	 .argument = "GROUP",
	 .help = "whose members may open it; with --owner: that user, if in it"},
	{"multi_queue", NETD_TYPE_BOOL, PORT(multi_queue), .option = "multi-queue",
	 .help = "a tap with several queues, as QEMU's queues=N"},
	{"vnet_hdr", NETD_TYPE_BOOL, PORT(vnet_hdr), .option = "vnet-hdr",
	 .help = "a tap with offloads, as QEMU opens it"},
	{"peer", NETD_TYPE_TEXT, PORT(peer),
	 .place = offsetof(struct netd_port, peer_place)},
	{"namespace", NETD_TYPE_TEXT, PORT(peer_namespace), .letter = 'n',
	 .argument = "NAME", .complete = "<namespace>", .help = "where the far end goes"},
};

const struct netd_object netd_port_object = {
	.what = "a port",
	.name_what = "port name",
	NETD_OBJECT(struct netd_port),
	.name_size = NETD_IFNAME,
	NETD_FIELDS(port_fields),
};

#define NETWORK(member) NETD_FIELD(struct netd_network, member)
#define LIST(items, count) NETD_FIELD_LIST(struct netd_network, items, count)
#define PLACE(member) .place = offsetof(struct netd_network, member)

static const struct netd_field network_fields[] = {
	{NULL, NETD_TYPE_TEXT, NETWORK(name)},
	{"bridge", NETD_TYPE_TEXT, NETWORK(bridge), PLACE(bridge_place),
	 .flags = NETD_OWN_NAME, .argument = "NAME",
	 .help = "the bridge's name, if not the network's"},
	{"mode", NETD_TYPE_CHOICE, NETWORK(mode), PLACE(mode_place),
	 .choices = netd_modes, .letter = 'm', .argument = "MODE",
	 .help = "isolated (default), nat, routed, open or bridged"},
	{"addresses", NETD_TYPE_PREFIXES, LIST(addresses, address_count),
	 .option = "address", .letter = 'a', .argument = "CIDR",
	 .help = "the bridge's address, e.g. 10.1.0.1/24"},
	{NULL, NETD_TYPE_PLACES, LIST(address_places, address_place_count)},
	{"mac", NETD_TYPE_MAC, NETWORK(mac), PLACE(mac_place),
	 .beside = offsetof(struct netd_network, has_mac), .argument = "MAC",
	 .help = "the bridge's MAC address", .flags = NETD_OWN_BRIDGE},
	{"mtu", NETD_TYPE_NUMBER, NETWORK(mtu), PLACE(mtu_place), .min = 68, .max = 65535,
	 .argument = "BYTES", .help = "the MTU of the bridge and its ports",
	 .flags = NETD_OWN_BRIDGE},
	{"stp", NETD_TYPE_BOOL, NETWORK(stp), .argument = "on|off",
	 .help = "spanning tree (default off)", .flags = NETD_OWN_BRIDGE},
	/* net/bridge/br_private.h BR_GROUPFWD_RESTRICTED */
	{"group_fwd_mask", NETD_TYPE_MASK, NETWORK(group_fwd_mask), .min = 0x7,
	 .max = 0xffff,
	 .hint = "the kernel never forwards bits 0 to 2: STP, pause frames and LACP; "
		 "0xfff8 is all that it does",
	 .option = "group-fwd-mask", .argument = "MASK",
	 .help = "link-local groups that pass: 0x4000 LLDP, 0x8 802.1X, 0xfff8 all",
	 .flags = NETD_OWN_BRIDGE},
	{"autostart", NETD_TYPE_BOOL, NETWORK(autostart),
	 .help = "start it when the host boots"},
	{"antispoof", NETD_TYPE_NOT, NETWORK(no_antispoof), .argument = "on|off",
	 .help = "only sources that belong to the network (default on)"},
	{"existing", NETD_TYPE_BOOL, NETWORK(existing), PLACE(existing_place)},
	{"overlaps", NETD_TYPE_BOOL, NETWORK(overlaps), .argument = "on|off",
	 .help = "its subnet may be used by the host otherwise (default off)"},
	{"uplink", NETD_TYPE_TEXT, NETWORK(uplink), PLACE(uplink_place), .letter = 'u',
	 .argument = "IFACE", .complete = "<interface>",
	 .help = "the NIC that joins the bridge (mode bridged)"},
	{"routes", NETD_TYPE_LIST, LIST(routes, route_count),
	 .object = &netd_route_object,
	 .flags = NETD_EMPTY_OK | NETD_SEQUENCE | NETD_ITEMS_APART, .option = "route",
	 .letter = 'r', .argument = "TO=VIA",
	 .help = "a route of the host by this network, e.g. 10.9.0.0/16=10.1.0.2"},
	{"nat", NETD_TYPE_PART, NETWORK(nat), .object = &netd_nat_object},
	{"dhcp", NETD_TYPE_SERVICE, NETWORK(dhcp), .object = &netd_dhcp_object,
	 .help = "give guests addresses, names and routes", .off = "no-dhcp",
	 .off_help = "do not"},
	{"dns", NETD_TYPE_SERVICE, NETWORK(dns), .object = &netd_dns_object,
	 .beside = offsetof(struct netd_network, dns.said), .off = "no-dns",
	 .off_help = "serve no names"},
	{"machines", NETD_TYPE_MAP, LIST(machines, machine_count),
	 .object = &netd_machine_object, .option = "machine",
	 .argument = "NAME=MAC[,ADDR]",
	 .help = "a guest with a name, and an address that stays"},
	{"forwards", NETD_TYPE_LIST, LIST(forwards, forward_count),
	 .object = &netd_forward_object,
	 .flags = NETD_EMPTY_OK | NETD_SEQUENCE | NETD_ITEMS_APART | NETD_APPEND},
	{"ports", NETD_TYPE_MAP, LIST(ports, port_count), .object = &netd_port_object},
};

const struct netd_object netd_network_object = {
	.what = "a network",
	.name_what = "network name",
	NETD_OBJECT(struct netd_network),
	.name_size = NETD_IFNAME,
	.block = true,
	NETD_FIELDS(network_fields),
};
