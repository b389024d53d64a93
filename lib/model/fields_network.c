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
	.size = sizeof(struct netd_machine),
	.name_size = NETD_MACHINE_NAME,
	.place = offsetof(struct netd_machine, place),
	.partial = offsetof(struct netd_machine, partial),
	NETD_FIELDS(machine_fields),
};

#undef PLACE
#define PORT(member) NETD_FIELD(struct netd_port, member)

static const struct netd_field port_fields[] = {
	{NULL, NETD_TYPE_TEXT, PORT(name)},
	{"type", NETD_TYPE_CHOICE, PORT(kind), .choices = netd_port_kinds},
	{"owner", NETD_TYPE_USER, PORT(owner),
	 .beside = offsetof(struct netd_port, has_owner)},
	{"group", NETD_TYPE_GROUP, PORT(group),
	 .beside = offsetof(struct netd_port, has_group)},
	{"multi_queue", NETD_TYPE_BOOL, PORT(multi_queue)},
	{"vnet_hdr", NETD_TYPE_BOOL, PORT(vnet_hdr)},
	{"peer", NETD_TYPE_TEXT, PORT(peer),
	 .place = offsetof(struct netd_port, peer_place)},
	{"namespace", NETD_TYPE_TEXT, PORT(peer_namespace)},
};

const struct netd_object netd_port_object = {
	.what = "a port",
	.name_what = "port name",
	.size = sizeof(struct netd_port),
	.name_size = NETD_IFNAME,
	.place = offsetof(struct netd_port, place),
	.partial = offsetof(struct netd_port, partial),
	NETD_FIELDS(port_fields),
};

#define NETWORK(member) NETD_FIELD(struct netd_network, member)
#define LIST(items, count) NETD_FIELD_LIST(struct netd_network, items, count)
#define PLACE(member) .place = offsetof(struct netd_network, member)

static const struct netd_field network_fields[] = {
	{NULL, NETD_TYPE_TEXT, NETWORK(name)},
	{"bridge", NETD_TYPE_TEXT, NETWORK(bridge), PLACE(bridge_place),
	 .flags = NETD_OWN_NAME},
	{"mode", NETD_TYPE_CHOICE, NETWORK(mode), PLACE(mode_place),
	 .choices = netd_modes},
	{"addresses", NETD_TYPE_PREFIXES, LIST(addresses, address_count)},
	{NULL, NETD_TYPE_PLACES, LIST(address_places, address_place_count)},
	{"mac", NETD_TYPE_MAC, NETWORK(mac), PLACE(mac_place),
	 .beside = offsetof(struct netd_network, has_mac)},
	{"mtu", NETD_TYPE_NUMBER, NETWORK(mtu), PLACE(mtu_place), .min = 68,
	 .max = 65535},
	{"stp", NETD_TYPE_BOOL, NETWORK(stp)},
	{"autostart", NETD_TYPE_BOOL, NETWORK(autostart)},
	{"antispoof", NETD_TYPE_NOT, NETWORK(no_antispoof)},
	{"existing", NETD_TYPE_BOOL, NETWORK(existing), PLACE(existing_place)},
	{"overlaps", NETD_TYPE_BOOL, NETWORK(overlaps)},
	{"uplink", NETD_TYPE_TEXT, NETWORK(uplink), PLACE(uplink_place)},
	{"routes", NETD_TYPE_LIST, LIST(routes, route_count),
	 .object = &netd_route_object,
	 .flags = NETD_EMPTY_OK | NETD_SEQUENCE | NETD_ITEMS_APART},
	{"nat", NETD_TYPE_PART, NETWORK(nat), .object = &netd_nat_object},
	{"dhcp", NETD_TYPE_SERVICE, NETWORK(dhcp), .object = &netd_dhcp_object},
	{"dns", NETD_TYPE_SERVICE, NETWORK(dns), .object = &netd_dns_object,
	 .beside = offsetof(struct netd_network, dns.said)},
	{"machines", NETD_TYPE_MAP, LIST(machines, machine_count),
	 .object = &netd_machine_object},
	{"forwards", NETD_TYPE_LIST, LIST(forwards, forward_count),
	 .object = &netd_forward_object,
	 .flags = NETD_EMPTY_OK | NETD_SEQUENCE | NETD_ITEMS_APART | NETD_APPEND},
	{"ports", NETD_TYPE_MAP, LIST(ports, port_count), .object = &netd_port_object},
};

const struct netd_object netd_network_object = {
	.what = "a network",
	.name_what = "network name",
	.size = sizeof(struct netd_network),
	.name_size = NETD_IFNAME,
	.place = offsetof(struct netd_network, place),
	.partial = offsetof(struct netd_network, partial),
	.block = true,
	NETD_FIELDS(network_fields),
};
