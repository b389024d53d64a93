// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of routers and hosts. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "config/reader.h"

/*
 * Theory of operation.  A host on one network has the keys of its interface beside its
 * own; @one gathers them, and becomes an interface if any of them was there.  A host that
 * has just one interface already is changed in it.
 */
struct host {
	struct netd_node node; /* first: the keys that routers have too work on it */
	struct netd_node_interface one;
};

static int read_allow(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_key *key, void *object)
{
	static const struct netd_key keys[] = {
		{"from", netd_read_text, NETD_FIELD(struct netd_allow, from)},
		{"to", netd_read_text, NETD_FIELD(struct netd_allow, to)},
	};
	struct netd_allow allow = {0}, *item;

	if (netd_read_mapping(r, value, keys, NETD_ARRAY_SIZE(keys), "\"allow\"", &allow))
		return -EINVAL;
	if (!*allow.from || !*allow.to)
		return netd_reader_problem(r, value, "\"allow\" needs \"%s\"",
					   *allow.from ? "to" : "from");
	allow.place = value->place;
	item = netd_read_add_item(r, key, object, sizeof(*item));
	if (!item)
		return -ENOMEM;
	*item = allow;
	return 0;
}

static int read_allows(struct netd_reader *r, const struct netd_yaml *value,
		       const struct netd_key *key, void *object)
{
	netd_read_replace_list(key, object);
	if (netd_read_is_none(value)) {
		netd_reader_problem(r, value, "\"allow\" lists nothing");
		netd_error_hint(r->err,
				"say \"isolate: true\" if its networks shall not "
				"reach each other, or leave \"allow\" out if they "
				"shall");
		return -EINVAL;
	}
	netd_read_list(r, value, key, object, read_allow);
	/* As with forwards: one that is left out makes nothing else incomplete. */
	return r->no_memory ? -ENOMEM : 0;
}

#define NODE(field) NETD_FIELD(struct netd_node, field)
#define LIST(items, count) NETD_FIELD_WITH(struct netd_node, items, count)

#define SAME_KEYS                                                         \
	{"interfaces", netd_read_interfaces},                             \
		{"routes", netd_read_routes, LIST(routes, route_count)},  \
		{"dns", netd_read_listed, LIST(servers, server_count)},   \
	{                                                                 \
		"search", netd_read_text, NODE(search),                   \
			.place = offsetof(struct netd_node, search_place) \
	}

static const char no_forwarding[] = "a host does not forward; \"routers\" do";
static const char no_service[] = "only networks and routers serve it";

static const char no_gateway[] =
	"the way out is a route: routes: [{to: default, via: 10.1.0.1}]";

static const struct netd_key router_keys[] = {
	SAME_KEYS,
	{"nat", netd_read_nat, NODE(nat)},
	{"forwards", netd_read_forwards, LIST(forwards, forward_count)},
	{"isolate", netd_read_bool, NODE(isolate)},
	{"allow", read_allows, LIST(allows, allow_count)},
	{"network", .refused = "a router has \"interfaces\", each on a network"},
	{"addresses", .refused = "addresses are those of an interface"},
	{"dhcp",
	 .refused = "it is served on an interface: interfaces: {lan: {dhcp: true}}"},
	{"gateway", .refused = no_gateway},
};

#define ONE(field) NETD_FIELD(struct host, one.field)
#define PLACE(field) .place = offsetof(struct host, one.field)

static const struct netd_key host_keys[] = {
	SAME_KEYS,
	{"interface", netd_read_text, ONE(name), PLACE(place)},
	{"network", netd_read_text, ONE(network), PLACE(network_place)},
	{"addresses", netd_read_interface_addresses, NETD_FIELD(struct host, one)},
	{"mac", netd_read_mac, NETD_FIELD_WITH(struct host, one.mac, one.has_mac),
	 PLACE(mac_place)},
	{"mtu", netd_read_number, ONE(mtu), PLACE(mtu_place), .min = 68, .max = 65535},
	{"nat", .refused = no_forwarding},
	{"forwards", .refused = no_forwarding},
	{"isolate", .refused = no_forwarding},
	{"allow", .refused = no_forwarding},
	{"dhcp", .refused = no_service},
	{"gateway", .refused = no_gateway},
};
_Static_assert(offsetof(struct host, node) == 0, "SAME_KEYS work on a host's node");

static bool is_used(const struct netd_node_interface *one)
{
	return *one->name || *one->network || one->address_count || one->mac_place.line ||
	       one->mtu_place.line;
}

/* Puts what was read of the host's only interface where interfaces are. */
static int keep_one(struct netd_reader *r, struct host *h, const struct netd_yaml *node,
		    size_t before, int result)
{
	struct netd_node *n = &h->node;
	struct netd_node_interface *one;

	if (before == 1) {
		n->interfaces[0] = h->one;
		return result;
	}
	if (!is_used(&h->one))
		return result;
	if (!n->interface_count && !*h->one.network && !h->one.network_place.line) {
		result = netd_reader_problem(r, node, "host \"%s\" is on no network",
					     n->name);
		netd_error_hint(r->err, "say \"network\"");
	}
	if (n->interface_count)
		result = netd_reader_problem(r, node,
					     "a host has \"interfaces\", or the keys of "
					     "its only one (\"network\", …), not both");
	one = netd_array_add(&n->interfaces, &n->interface_count, sizeof(*one));
	if (!one)
		return netd_reader_no_memory(r);
	*one = h->one;
	h->one = (struct netd_node_interface){0};
	if (!one->place.line)
		one->place = one->network_place.line ? one->network_place : n->place;
	if (!*one->name)
		netd_copy(one->name, "eth0");
	one->partial = result < 0;
	return result;
}

static int read_host(struct netd_reader *r, const struct netd_yaml *node,
		     struct netd_node *n)
{
	struct host h = {.node = *n};
	size_t before = n->interface_count;
	int result;

	if (before == 1)
		h.one = n->interfaces[0];
	result = netd_read_mapping(r, node, host_keys, NETD_ARRAY_SIZE(host_keys),
				   "a host", &h);
	result = keep_one(r, &h, node, before, result);
	if (before != 1)
		netd_node_interface_done(&h.one);
	*n = h.node;
	return result;
}

int netd_read_node_settings(struct netd_reader *r, const struct netd_yaml *node,
			    struct netd_node *n)
{
	if (n->kind == NETD_NODE_HOST)
		return read_host(r, node, n);
	return netd_read_mapping(r, node, router_keys, NETD_ARRAY_SIZE(router_keys),
				 "a router", n);
}

static int read_node(struct netd_reader *r, const struct netd_yaml *name,
		     const struct netd_yaml *value, enum netd_node_kind kind)
{
	struct netd_node *n = netd_topology_add_node(r->t);

	if (!n)
		return netd_reader_no_memory(r);
	n->kind = kind;
	n->place = name->place;
	if (netd_read_name(r, name, netd_node_kind_name(kind), n->name, sizeof(n->name)))
		n->partial = true;
	if (netd_read_node_settings(r, value, n))
		n->partial = true;
	return n->partial ? -EINVAL : 0;
}

static int read_router(struct netd_reader *r, const struct netd_yaml *name,
		       const struct netd_yaml *value, void *object)
{
	(void)object;
	return read_node(r, name, value, NETD_NODE_ROUTER);
}

static int read_host_entry(struct netd_reader *r, const struct netd_yaml *name,
			   const struct netd_yaml *value, void *object)
{
	(void)object;
	return read_node(r, name, value, NETD_NODE_HOST);
}

int netd_read_routers(struct netd_reader *r, const struct netd_yaml *value,
		      const struct netd_key *key, void *object)
{
	return netd_read_entries(r, value, key, object, read_router);
}

int netd_read_hosts(struct netd_reader *r, const struct netd_yaml *value,
		    const struct netd_key *key, void *object)
{
	return netd_read_entries(r, value, key, object, read_host_entry);
}
