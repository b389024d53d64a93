// SPDX-License-Identifier: GPL-2.0-or-later
/* The fields of what networks and routers have in common: NAT, forwards, routes, DHCP,
 * DNS.
 */
#include "model/field.h"

#define LEASE_MIN 120 /* dnsmasq takes no less (src/option.c) */

#define NAT(member) NETD_FIELD(struct netd_nat, member)
#define PLACE(member) .place = offsetof(struct netd_nat, member)

/* clang-format 14 takes a macro in braces for a block, 19 does not. */
/* clang-format off */
#define SOURCE_KEYS \
	{"source", NETD_TYPE_RANGE_PAIR, \
	 .offset = offsetof(struct netd_nat, source4), \
	 .size = 2 * sizeof(struct netd_addr_range), PLACE(source4_place), \
	 .option = "nat-source", .argument = "ADDR[-ADDR]", \
	 .help = "source address or pool, instead of masquerade"}, \
	{"ports", NETD_TYPE_PORTS, \
	 .offset = offsetof(struct netd_nat, port_first), .size = 2 * sizeof(uint16_t), \
	 .option = "nat-ports", .argument = "A-B", \
	 .help = "source ports (default 1024-65535)"}
#define OUT_KEY(...) \
	{"out", NETD_TYPE_TEXT, NAT(out), PLACE(out_place), \
	 .argument = "IFACE", __VA_ARGS__}
#define ON_KEY \
	{"on", NETD_TYPE_TEXT, NAT(on), PLACE(on_place), \
	 .option = "nat-on", .argument = "IFACE", .complete = "<interface>", \
	 .help = "add the sources to this interface"}
/* clang-format on */

static const struct netd_field nat_fields[] = {
	SOURCE_KEYS,
	OUT_KEY(.option = "nat-out", .complete = "<interface>",
		.help = "the only interface to leave by"),
	ON_KEY,
};

const struct netd_object netd_nat_object = {
	.what = "\"nat\"",
	.size = sizeof(struct netd_nat),
	.place = offsetof(struct netd_nat, place),
	NETD_FIELDS(nat_fields),
};

static const struct netd_field router_nat_fields[] = {
	SOURCE_KEYS,
	OUT_KEY(.option = "nat", .help = "source NAT out of this interface"),
	ON_KEY,
};

const struct netd_object netd_router_nat_object = {
	.what = "\"nat\"",
	.size = sizeof(struct netd_nat),
	.place = offsetof(struct netd_nat, place),
	NETD_FIELDS(router_nat_fields),
};

#undef PLACE
#define FORWARD(member) NETD_FIELD(struct netd_forward, member)
#define PLACE(member) .place = offsetof(struct netd_forward, member)

static const struct netd_field forward_fields[] = {
	{"listen", NETD_TYPE_LISTEN, FORWARD(listen), PLACE(place),
	 .flags = NETD_REQUIRED},
	{"to", NETD_TYPE_TARGET, FORWARD(to), PLACE(to_place), .flags = NETD_REQUIRED},
	{"protocol", NETD_TYPE_PROTOCOLS, FORWARD(protocols), .choices = netd_protocols,
	 .letter = 'p', .argument = "PROTO",
	 .help = "tcp (default), udp, sctp, or tcp,udp"},
	{"on", NETD_TYPE_TEXT, FORWARD(on), PLACE(on_place), .argument = "IFACE",
	 .complete = "<interface>",
	 .help = "add the address to this interface meanwhile"},
	{NULL, NETD_TYPE_PORTS, .offset = offsetof(struct netd_forward, port_first),
	 .size = 2 * sizeof(uint16_t)},
	{NULL, NETD_TYPE_TEXT, FORWARD(machine)},
	{NULL, NETD_TYPE_PORTS, FORWARD(to_port)},
};

const struct netd_object netd_forward_object = {
	.what = "a forward",
	.example = "{listen: …, to: …}",
	.size = sizeof(struct netd_forward),
	.place = offsetof(struct netd_forward, place),
	NETD_FIELDS(forward_fields),
};

#undef PLACE
#define ROUTE(member) NETD_FIELD(struct netd_static_route, member)
#define PLACE(member) .place = offsetof(struct netd_static_route, member)

static const struct netd_field route_fields[] = {
	{"to", NETD_TYPE_SUBNET, ROUTE(to), PLACE(place),
	 .beside = offsetof(struct netd_static_route, via), .max = 2,
	 .flags = NETD_REQUIRED | NETD_LATE},
	{"via", NETD_TYPE_ADDRESS, ROUTE(via), PLACE(via_place)},
	{"dev", NETD_TYPE_TEXT, ROUTE(interface), PLACE(interface_place)},
	{"metric", NETD_TYPE_NUMBER, ROUTE(metric), .max = UINT32_MAX},
	{"source", NETD_TYPE_ADDRESS, ROUTE(source), PLACE(source_place)},
	{"onlink", NETD_TYPE_BOOL, ROUTE(onlink)},
	{"type", NETD_TYPE_CHOICE, ROUTE(type), .choices = netd_route_types},
};

const struct netd_object netd_route_object = {
	.what = "a route",
	.example = "{to: …, via: …}",
	.size = sizeof(struct netd_static_route),
	.place = offsetof(struct netd_static_route, place),
	NETD_FIELDS(route_fields),
};

static const struct netd_field listed_fields[] = {
	{"address", NETD_TYPE_ADDRESS, NETD_FIELD(struct netd_listed_addr, addr)},
};

const struct netd_object netd_listed_object = {
	.size = sizeof(struct netd_listed_addr),
	.place = offsetof(struct netd_listed_addr, place),
	.bare = "",
	NETD_FIELDS(listed_fields),
};

/*
 * DHCP
 */

static const struct netd_field range_fields[] = {
	{"range", NETD_TYPE_RANGE, NETD_FIELD(struct netd_dhcp_range, range)},
};

static const struct netd_object range_object = {
	.size = sizeof(struct netd_dhcp_range),
	.place = offsetof(struct netd_dhcp_range, place),
	.chosen = offsetof(struct netd_dhcp_range, chosen),
	.bare = "",
	NETD_FIELDS(range_fields),
};

static const struct netd_field told_route_fields[] = {
	{"to", NETD_TYPE_SUBNET, NETD_FIELD(struct netd_dhcp_route, to),
	 .place = offsetof(struct netd_dhcp_route, place),
	 .beside = offsetof(struct netd_dhcp_route, via), .max = 1,
	 .flags = NETD_REQUIRED | NETD_LATE},
	{"via", NETD_TYPE_ADDRESS, NETD_FIELD(struct netd_dhcp_route, via),
	 .flags = NETD_REQUIRED},
};

static const struct netd_object told_route_object = {
	.what = "a route for guests",
	.size = sizeof(struct netd_dhcp_route),
	.place = offsetof(struct netd_dhcp_route, place),
	NETD_FIELDS(told_route_fields),
};

static const struct netd_field boot_fields[] = {
	{"file", NETD_TYPE_TEXT, NETD_FIELD(struct netd_dhcp_boot, file),
	 .flags = NETD_REQUIRED},
	{"server", NETD_TYPE_ADDRESS, NETD_FIELD(struct netd_dhcp_boot, server)},
};

static const struct netd_object boot_object = {
	.what = "\"boot\"",
	.example = "{file: pxelinux.0}",
	.size = sizeof(struct netd_dhcp_boot),
	.place = offsetof(struct netd_dhcp_boot, place),
	NETD_FIELDS(boot_fields),
};

#undef PLACE
#define DHCP(member) NETD_FIELD(struct netd_dhcp, member)
#define LIST(items, count) NETD_FIELD_LIST(struct netd_dhcp, items, count)
#define PLACE(member) .place = offsetof(struct netd_dhcp, member)

static const struct netd_field dhcp_fields[] = {
	{NULL, NETD_TYPE_BOOL, DHCP(enabled)},
	{"range", NETD_TYPE_LIST, LIST(ranges, range_count), .object = &range_object,
	 .flags = NETD_ONE_BARE, .option = "dhcp-range", .argument = "A-B",
	 .help = "what is given out (default: what is free of the subnet)"},
	{"lease", NETD_TYPE_DURATION, DHCP(lease), .min = LEASE_MIN},
	{"gateway", NETD_TYPE_ADDRESS, DHCP(gateway), PLACE(gateway_place),
	 .none = offsetof(struct netd_dhcp, no_gateway)},
	{"dns", NETD_TYPE_LIST, LIST(servers, server_count),
	 .object = &netd_listed_object},
	{"mtu", NETD_TYPE_NUMBER, DHCP(mtu), .min = 68, .max = 65535},
	{"routes", NETD_TYPE_LIST, LIST(routes, route_count),
	 .object = &told_route_object, .flags = NETD_EMPTY_OK},
	{"boot", NETD_TYPE_PART, DHCP(boot), .object = &boot_object},
	{"tftp", NETD_TYPE_TEXT, DHCP(tftp_root), PLACE(tftp_place)},
	{"ra", NETD_TYPE_NOT, DHCP(no_ra)},
	{"slaac", NETD_TYPE_NOT, DHCP(no_slaac)},
	{"required", NETD_TYPE_NOT, DHCP(optional)},
};

const struct netd_object netd_dhcp_object = {
	.what = "\"dhcp\"",
	.size = sizeof(struct netd_dhcp),
	.place = offsetof(struct netd_dhcp, place),
	NETD_FIELDS(dhcp_fields),
};

/*
 * DNS
 */

#define FORWARDER(member) NETD_FIELD(struct netd_dns_forwarder, member)

static const struct netd_field forwarder_fields[] = {
	{"domain", NETD_TYPE_TEXT, FORWARDER(domain)},
	{"to", NETD_TYPE_SERVER, FORWARDER(addr),
	 .beside = offsetof(struct netd_dns_forwarder, port), .flags = NETD_REQUIRED},
};

static const struct netd_object forwarder_object = {
	.what = "a forwarder",
	.size = sizeof(struct netd_dns_forwarder),
	.place = offsetof(struct netd_dns_forwarder, place),
	.bare = "to",
	NETD_FIELDS(forwarder_fields),
};

static const struct netd_field record_fields[] = {
	{NULL, NETD_TYPE_TEXT, NETD_FIELD(struct netd_dns_record, name)},
	{"address", NETD_TYPE_ADDRESS, NETD_FIELD(struct netd_dns_record, addr)},
};

static const struct netd_object record_object = {
	.name_what = "name",
	.size = sizeof(struct netd_dns_record),
	.name_size = sizeof(((struct netd_dns_record *)0)->name),
	.place = offsetof(struct netd_dns_record, place),
	.bare = "address",
	NETD_FIELDS(record_fields),
};

#undef LIST
#undef PLACE
#define DNS(member) NETD_FIELD(struct netd_dns, member)
#define LIST(items, count) NETD_FIELD_LIST(struct netd_dns, items, count)
#define PLACE(member) .place = offsetof(struct netd_dns, member)

static const struct netd_field dns_fields[] = {
	{NULL, NETD_TYPE_BOOL, DNS(enabled)},
	{"domain", NETD_TYPE_TEXT, DNS(domain), PLACE(domain_place), .argument = "NAME",
	 .help = "the domain of the guests' names"},
	{"forwarders", NETD_TYPE_LIST, LIST(forwarders, forwarder_count),
	 .none = offsetof(struct netd_dns, no_forward), .object = &forwarder_object,
	 .option = "dns", .argument = "ADDR[:PORT]",
	 .help = "who is asked for other names (default: as the host); none"},
	{"records", NETD_TYPE_RECORDS, LIST(records, record_count),
	 .object = &record_object},
};

const struct netd_object netd_dns_object = {
	.what = "\"dns\"",
	.size = sizeof(struct netd_dns),
	.place = offsetof(struct netd_dns, place),
	NETD_FIELDS(dns_fields),
};

/* What the types rely upon. */
_Static_assert(offsetof(struct netd_nat, source6) ==
			       offsetof(struct netd_nat, source4) +
				       sizeof(struct netd_addr_range) &&
		       offsetof(struct netd_nat, source6_place) ==
			       offsetof(struct netd_nat, source4_place) +
				       sizeof(struct netd_place),
	       "a pair");
_Static_assert(offsetof(struct netd_nat, port_last) ==
			       offsetof(struct netd_nat, port_first) + sizeof(uint16_t) &&
		       offsetof(struct netd_forward, port_last) ==
			       offsetof(struct netd_forward, port_first) +
				       sizeof(uint16_t),
	       "first and last");
_Static_assert(offsetof(struct netd_static_route, source) ==
		       offsetof(struct netd_static_route, via) + sizeof(struct netd_addr),
	       "two addresses");
_Static_assert(offsetof(struct netd_dhcp, enabled) == 0 &&
		       offsetof(struct netd_dns, enabled) == 0,
	       "a service begins with whether it is there");
