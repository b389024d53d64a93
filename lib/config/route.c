// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of a route of a router or host, and destinations of routes in general. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "config/reader.h"

/* "default" and the gateway are told of in any order. */
struct written {
	struct netd_static_route route;
	const struct netd_yaml *to;
};

static const char *const types[] = {
	[NETD_ROUTE_UNICAST] = "unicast",
	[NETD_ROUTE_BLACKHOLE] = "blackhole",
	[NETD_ROUTE_UNREACHABLE] = "unreachable",
	[NETD_ROUTE_PROHIBIT] = "prohibit",
	NULL,
};

/* An address stands for itself alone. */
static int parse_destination(const char *text, struct netd_prefix *out)
{
	struct netd_addr addr;

	if (netd_prefix_parse(text, out) == 0)
		return 0;
	if (netd_addr_parse(text, &addr))
		return -EINVAL;
	*out = (struct netd_prefix){addr, (uint8_t)netd_addr_bits(&addr)};
	return 0;
}

int netd_read_destination(struct netd_reader *r, const struct netd_yaml *node, int family,
			  struct netd_prefix *out)
{
	const char *text = netd_read_scalar(r, node, "a subnet or \"default\"");
	char better[NETD_PREFIX_TEXT];
	struct netd_prefix network;

	if (!text)
		return -EINVAL;
	if (strcmp(text, "default") == 0) {
		*out = (struct netd_prefix){.addr.family =
						    (uint8_t)(family ? family : AF_INET)};
		return 0;
	}
	if (parse_destination(text, out))
		return netd_reader_problem(r, node,
					   "\"%s\" is not a subnet like 10.2.0.0/16, or "
					   "\"default\"",
					   text);
	network = netd_prefix_network(out);
	if (netd_prefix_compare(&network, out) == 0)
		return 0;
	netd_reader_problem(r, node, "\"%s\" is an address within a subnet", text);
	netd_error_hint(r->err, "the subnet is %s", netd_prefix_format(&network, better));
	return -EINVAL;
}

#define ROUTE(field) NETD_FIELD(struct written, route.field)
#define PLACE(field) .place = offsetof(struct written, route.field)

static const struct netd_key route_keys[] = {
	{"to", netd_read_node, NETD_FIELD(struct written, to)},
	{"via", netd_read_address, ROUTE(via), PLACE(via_place)},
	{"dev", netd_read_text, ROUTE(interface), PLACE(interface_place)},
	{"metric", netd_read_number, ROUTE(metric), .max = UINT32_MAX},
	{"source", netd_read_address, ROUTE(source), PLACE(source_place)},
	{"onlink", netd_read_bool, ROUTE(onlink)},
	{"type", netd_read_choice, ROUTE(type), .choices = types},
};

static int read_route(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_key *key, void *object)
{
	struct written w = {.route.place = value->place};
	struct netd_static_route *item;
	int family;

	if (value->kind != NETD_YAML_MAPPING)
		return netd_reader_problem(r, value,
					   "a route is expected here: {to: …, via: …}");
	if (netd_read_mapping(r, value, route_keys, NETD_ARRAY_SIZE(route_keys),
			      "a route", &w))
		return -EINVAL;
	if (!w.to)
		return netd_reader_problem(r, value, "a route needs \"to\"");
	family = w.route.via.family ? w.route.via.family : w.route.source.family;
	if (netd_read_destination(r, w.to, family, &w.route.to))
		return -EINVAL;
	w.route.place = w.to->place;
	item = netd_read_add_item(r, key, object, sizeof(*item));
	if (!item)
		return -ENOMEM;
	*item = w.route;
	return 0;
}

int netd_read_routes(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_key *key, void *object)
{
	netd_read_replace_list(key, object);
	if (netd_read_is_none(value))
		return 0;
	if (value->kind != NETD_YAML_SEQUENCE)
		return netd_reader_problem(r, value,
					   "\"routes\" is expected to be a list");
	netd_read_list(r, value, key, object, read_route);
	/* As with forwards: one that is left out makes nothing else incomplete. */
	return r->no_memory ? -ENOMEM : 0;
}
