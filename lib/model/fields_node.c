// SPDX-License-Identifier: GPL-2.0-or-later
/* The fields of routers, hosts and the links between them, and of the topology itself. */
#include "model/field.h"

/*
 * Theory of operation.  Routers, hosts and links have interfaces, each with the keys that
 * make sense for it: several tables are about one struct, and the keys that are missing
 * in one of them say why.  A router's interface has them all.
 */
#define INTERFACE(member) NETD_FIELD(struct netd_node_interface, member)
#define LIST(items, count) NETD_FIELD_LIST(struct netd_node_interface, items, count)
#define PLACE(member) .place = offsetof(struct netd_node_interface, member)

/* clang-format 14 takes a macro in braces for a block, 19 does not. */
/* clang-format off */
#define NETWORK_KEY(...) \
	{"network", NETD_TYPE_TEXT, INTERFACE(network), PLACE(network_place), __VA_ARGS__}
#define LINK_KEYS \
	{"addresses", NETD_TYPE_PREFIXES, LIST(addresses, address_count)}, \
	{NULL, NETD_TYPE_PLACES, LIST(address_places, address_place_count)}, \
	{"mac", NETD_TYPE_MAC, INTERFACE(mac), PLACE(mac_place), \
	 .beside = offsetof(struct netd_node_interface, has_mac)}, \
	{"mtu", NETD_TYPE_NUMBER, INTERFACE(mtu), PLACE(mtu_place), \
	 .min = 68, .max = 65535}
/* clang-format on */

static const char not_a_router[] = "only networks and routers serve it";

static const struct netd_field interface_fields[] = {
	{NULL, NETD_TYPE_TEXT, INTERFACE(name)},
	NETWORK_KEY(.flags = NETD_OWN_NAME),
	LINK_KEYS,
	{"dhcp", NETD_TYPE_SERVICE, INTERFACE(dhcp), .object = &netd_dhcp_object},
	{"dns", NETD_TYPE_SERVICE, INTERFACE(dns), .object = &netd_dns_object,
	 .beside = offsetof(struct netd_node_interface, dns.said)},
};

const struct netd_object netd_interface_object = {
	.what = "an interface",
	.name_what = "interface name",
	NETD_OBJECT(struct netd_node_interface),
	.name_size = NETD_IFNAME,
	NETD_FIELDS(interface_fields),
};

static const struct netd_field host_interface_fields[] = {
	{NULL, NETD_TYPE_TEXT, INTERFACE(name)},
	NETWORK_KEY(.flags = NETD_OWN_NAME),
	LINK_KEYS,
	{"dhcp", .refused = not_a_router},
	{"dns", .refused = "name servers are the host's, not an interface's"},
};

const struct netd_object netd_host_interface_object = {
	.what = "an interface",
	.name_what = "interface name",
	NETD_OBJECT(struct netd_node_interface),
	.name_size = NETD_IFNAME,
	NETD_FIELDS(host_interface_fields),
};

static const struct netd_field only_interface_fields[] = {
	NETWORK_KEY(),
	{"interface", NETD_TYPE_TEXT, INTERFACE(name), PLACE(place),
	 .flags = NETD_OWN_NAME},
	LINK_KEYS,
};

const struct netd_object netd_only_interface_object = {
	.what = "a host",
	.size = sizeof(struct netd_node_interface),
	NETD_FIELDS(only_interface_fields),
};

#undef LIST

/*
 * Routers and hosts
 */

static const struct netd_field allow_fields[] = {
	{"from", NETD_TYPE_TEXT, NETD_FIELD(struct netd_allow, from),
	 .flags = NETD_REQUIRED},
	{"to", NETD_TYPE_TEXT, NETD_FIELD(struct netd_allow, to), .flags = NETD_REQUIRED},
};

static const struct netd_object allow_object = {
	.what = "\"allow\"",
	.size = sizeof(struct netd_allow),
	.place = offsetof(struct netd_allow, place),
	NETD_FIELDS(allow_fields),
};

#undef PLACE
#define NODE(member) NETD_FIELD(struct netd_node, member)
#define LIST(items, count) NETD_FIELD_LIST(struct netd_node, items, count)

/* clang-format 14 takes a macro in braces for a block, 19 does not. */
/* clang-format off */
#define ROUTES_KEY \
	{"routes", NETD_TYPE_LIST, LIST(routes, route_count), \
	 .object = &netd_route_object, \
	 .option = "route", .letter = 'r', .argument = "TO=VIA", \
	 .help = "a route, e.g. default=10.1.0.254 or 10.9.0.0/16=blackhole", \
	 .flags = NETD_EMPTY_OK | NETD_SEQUENCE | NETD_ITEMS_APART}
#define RESOLVER_KEYS \
	{"dns", NETD_TYPE_LIST, LIST(servers, server_count), \
	 .object = &netd_listed_object, \
	 .argument = "ADDR", .help = "name servers (resolv.conf)"}, \
	{"search", NETD_TYPE_TEXT, NODE(search), \
	 .argument = "DOMAIN", .help = "the domain that names are sought in", \
	 .place = offsetof(struct netd_node, search_place)}
/* clang-format on */

#define INTERFACE_OPTION                                                  \
	.option = "interface", .letter = 'i', .argument = "NET[=CIDR,…]", \
	.help = "an interface on that network, with its addresses; [NAME:]NET names it"

static const char no_gateway[] =
	"the way out is a route: routes: [{to: default, via: 10.1.0.1}]";

static const struct netd_field router_fields[] = {
	{NULL, NETD_TYPE_TEXT, NODE(name)},
	{"interfaces", NETD_TYPE_MAP, LIST(interfaces, interface_count),
	 .object = &netd_interface_object, INTERFACE_OPTION},
	ROUTES_KEY,
	{"nat", NETD_TYPE_PART, NODE(nat), .object = &netd_router_nat_object},
	{"forwards", NETD_TYPE_LIST, LIST(forwards, forward_count),
	 .object = &netd_forward_object,
	 .flags = NETD_EMPTY_OK | NETD_SEQUENCE | NETD_ITEMS_APART | NETD_APPEND},
	{"isolate", NETD_TYPE_BOOL, NODE(isolate),
	 .help = "its networks do not reach each other"},
	{"allow", NETD_TYPE_LIST, LIST(allows, allow_count), .object = &allow_object,
	 .flags = NETD_ITEMS_APART, .argument = "FROM=TO",
	 .help = "only these reach each other, from one interface to another",
	 .hint = "say \"isolate: true\" if its networks shall not reach each other, or "
		 "leave \"allow\" out if they shall"},
	RESOLVER_KEYS,
	{"network", .refused = "a router has \"interfaces\", each on a network"},
	{"addresses", .refused = "addresses are those of an interface"},
	{"dhcp",
	 .refused = "it is served on an interface: interfaces: {lan: {dhcp: true}}"},
	{"gateway", .refused = no_gateway},
};

const struct netd_object netd_router_object = {
	.what = "a router",
	.name_what = "router",
	NETD_OBJECT(struct netd_node),
	.name_size = NETD_NODE_NAME,
	.block = true,
	NETD_FIELDS(router_fields),
};

static const char no_forwarding[] = "a host does not forward; \"routers\" do";

static const struct netd_field host_fields[] = {
	{NULL, NETD_TYPE_TEXT, NODE(name)},
	{"interfaces", NETD_TYPE_MAP, LIST(interfaces, interface_count),
	 .object = &netd_host_interface_object, INTERFACE_OPTION},
	ROUTES_KEY,
	RESOLVER_KEYS,
	{"nat", .refused = no_forwarding},
	{"forwards", .refused = no_forwarding},
	{"isolate", .refused = no_forwarding},
	{"allow", .refused = no_forwarding},
	{"dhcp", .refused = not_a_router},
	{"gateway", .refused = no_gateway},
};

const struct netd_object netd_host_object = {
	.what = "a host",
	.name_what = "host",
	NETD_OBJECT(struct netd_node),
	.name_size = NETD_NODE_NAME,
	.block = true,
	NETD_FIELDS(host_fields),
};

#undef LIST

/*
 * Links
 */

#define END(member) NETD_FIELD(struct netd_cable_end, interface.member)
#define LIST(items, count) \
	NETD_FIELD_LIST(struct netd_cable_end, interface.items, interface.count)
#define PLACE(member) .place = offsetof(struct netd_cable_end, interface.member)

static const char no_network[] = "it is served on a network, and a link has none";

static const struct netd_field end_fields[] = {
	{NULL, NETD_TYPE_TEXT, NETD_FIELD(struct netd_cable_end, node)},
	{"interface", NETD_TYPE_TEXT, END(name), PLACE(place), .flags = NETD_OWN_NAME},
	{"addresses", NETD_TYPE_PREFIXES, LIST(addresses, address_count)},
	{NULL, NETD_TYPE_PLACES, LIST(address_places, address_place_count)},
	{"mac", NETD_TYPE_MAC, END(mac), PLACE(mac_place),
	 .beside = offsetof(struct netd_cable_end, interface.has_mac)},
	{"mtu", NETD_TYPE_NUMBER, END(mtu), PLACE(mtu_place), .min = 68, .max = 65535},
	{"network", .refused = "a link joins two nodes without a network"},
	{"dhcp", .refused = no_network},
	{"dns", .refused = no_network},
};

static const struct netd_object end_object = {
	.what = "an end of a link",
	.name_what = "node name",
	.size = sizeof(struct netd_cable_end),
	.name_size = NETD_NODE_NAME,
	.place = offsetof(struct netd_cable_end, place),
	.partial = offsetof(struct netd_cable_end, interface.partial),
	NETD_FIELDS(end_fields),
};

static const struct netd_field cable_fields[] = {
	{NULL, NETD_TYPE_TEXT, NETD_FIELD(struct netd_cable, name)},
	{"mtu", NETD_TYPE_NUMBER, NETD_FIELD(struct netd_cable, mtu),
	 .place = offsetof(struct netd_cable, mtu_place), .min = 68, .max = 65535},
	{"ends", NETD_TYPE_ENDS, .offset = offsetof(struct netd_cable, ends),
	 .size = sizeof(struct netd_cable_end), .object = &end_object,
	 .beside = offsetof(struct netd_cable, end_count)},
};

const struct netd_object netd_cable_object = {
	.what = "a link",
	.name_what = "link name",
	NETD_OBJECT(struct netd_cable),
	.name_size = NETD_IFNAME,
	.block = true,
	NETD_FIELDS(cable_fields),
};

#undef LIST

/*
 * The whole
 */

#define TOPOLOGY(member) NETD_FIELD(struct netd_topology, member)
#define LIST(items, count) NETD_FIELD_LIST(struct netd_topology, items, count)

static const struct netd_field topology_fields[] = {
	{"name", NETD_TYPE_TEXT, TOPOLOGY(name),
	 .place = offsetof(struct netd_topology, name_place)},
	{"autostart", NETD_TYPE_BOOL, TOPOLOGY(autostart)},
	{"networks", NETD_TYPE_MAP, LIST(networks, network_count),
	 .object = &netd_network_object, .flags = NETD_ALWAYS},
	{NULL, NETD_TYPE_ALL_NODES, LIST(nodes, node_count),
	 .object = &netd_router_object},
	{"routers", NETD_TYPE_NODES, .object = &netd_router_object,
	 .min = NETD_NODE_ROUTER},
	{"hosts", NETD_TYPE_NODES, .object = &netd_host_object, .min = NETD_NODE_HOST},
	{"links", NETD_TYPE_MAP, LIST(cables, cable_count), .object = &netd_cable_object},
};

const struct netd_object netd_topology_object = {
	.what = "a topology",
	.size = sizeof(struct netd_topology),
	.block = true,
	NETD_FIELDS(topology_fields),
};
