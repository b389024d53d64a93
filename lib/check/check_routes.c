// SPDX-License-Identifier: GPL-2.0-or-later
/* Static routes: gateways within reach, and no two of one destination. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/number.h"
#include "check/check.h"

#define METRIC6 1024   /* net/ipv6/route.c: IP6_RT_PRIO_USER, of a route without one */
#define CONNECTED6 256 /* addrconf_prefix_route(): IP6_RT_PRIO_ADDRCONF */

/* Whose routes they are: a router's, a host's, or the host's own by a network. */
struct owner {
	const char *kind, *name;
	const char *onlink; /* what a gateway out of reach needs */
	const struct netd_static_route *routes;
	size_t route_count;
	const struct netd_plugs *plugs; /* of a network: its bridge alone */
	bool partial; /* not all could be read: what is out of reach is not known */
};

static uint32_t metric_of(const struct netd_static_route *r)
{
	if (r->metric == 0 && r->to.addr.family == AF_INET6)
		return METRIC6;
	return r->metric;
}

static const char *to_text(const struct netd_static_route *r, char out[NETD_PREFIX_TEXT])
{
	if (r->to.length)
		return netd_prefix_format(&r->to, out);
	return "default";
}

/* Reached by an address of the interface, or by a route that has no gateway itself. */
static bool reaches(const struct owner *o, const struct netd_plug *plug,
		    const struct netd_addr *via)
{
	const struct netd_node_interface *f = plug->interface;

	if (netd_prefixes_find(f->addresses, f->address_count, via))
		return true;
	for (size_t i = 0; i < o->route_count; i++) {
		const struct netd_static_route *r = &o->routes[i];

		if (!r->via.family &&
		    (!*r->interface || strcmp(r->interface, f->name) == 0) &&
		    r->to.addr.family == via->family && netd_prefix_contains(&r->to, via))
			return true;
	}
	return false;
}

static const struct netd_plug *find_way(const struct owner *o,
					const struct netd_addr *via)
{
	for (size_t i = 0; i < o->plugs->count; i++) {
		assert(o->plugs->items[i]);
		if (reaches(o, o->plugs->items[i], via))
			return o->plugs->items[i];
	}
	return NULL;
}

/* The subnets there are, for the hint. */
static void hint_subnets(const struct owner *o, const struct netd_addr *via,
			 struct netd_error *err)
{
	const struct netd_plugs *plugs = o->plugs;
	const char *others = " and others";
	char text[NETD_PREFIX_TEXT];

	for (size_t i = 0; i < plugs->count; i++) {
		const struct netd_node_interface *f = plugs->items[i]->interface;

		for (size_t k = 0; k < f->address_count; k++) {
			if (f->addresses[k].addr.family != via->family)
				continue;
			if (plugs->count == 1 && f->address_count == 1)
				others = "";
			netd_error_hint(
				err,
				"its subnets are that of %s (%s)%s; with %s, it is "
				"asked for all the same",
				netd_prefix_format(&f->addresses[k], text), f->name,
				others, o->onlink);
			return;
		}
	}
	netd_error_hint(err, "it has no %s address", netd_check_family(via));
}

/* The kernel takes no route by such an address (net/ipv4/fib_semantics.c
 * fib_check_nh_v4_gw()), or nobody answers there. */
static void check_within(struct netd_topology *t, const struct netd_plug *way,
			 const struct netd_static_route *r, struct netd_error *err)
{
	const struct netd_node_interface *f = way->interface;
	const struct netd_prefix *subnet =
		netd_prefixes_find(f->addresses, f->address_count, &r->via);
	const char *problem = NULL;
	char text[NETD_ADDR_TEXT];

	if (subnet)
		problem = netd_check_subnet_address(subnet, &r->via);
	if (problem)
		netd_topology_error(t, err, r->via_place, "gateway %s %s",
				    netd_addr_format(&r->via, text), problem);
}

static void check_gateway(struct netd_topology *t, const struct owner *o,
			  const struct netd_static_route *r, struct netd_error *err)
{
	const struct netd_plug *way = find_way(o, &r->via);
	char text[NETD_ADDR_TEXT];

	netd_addr_format(&r->via, text);
	if (way && (!*r->interface || strcmp(way->interface->name, r->interface) == 0)) {
		check_within(t, way, r, err);
		return;
	}
	if (way) {
		netd_topology_error(t, err, r->interface_place,
				    "gateway %s is reached by \"%s\", not by \"%s\"",
				    text, way->interface->name, r->interface);
		return;
	}
	/* fe80::/10 is on every link, by itself */
	if (netd_addr_is_link_local(&r->via) && r->via.family == AF_INET6) {
		if (*r->interface)
			return;
		netd_topology_error(t, err, r->via_place,
				    "gateway %s is link-local, so any interface could "
				    "be meant",
				    text);
		netd_error_hint(err, "name it: \"dev: …\"");
		return;
	}
	netd_topology_error(t, err, r->via_place,
			    "gateway %s is in no subnet of %s \"%s\"", text, o->kind,
			    o->name);
	hint_subnets(o, &r->via, err);
}

/* True if the addresses are such that more can be said of the route. */
static bool check_addresses(struct netd_topology *t, const struct owner *o,
			    const struct netd_static_route *r, struct netd_error *err)
{
	const struct netd_addr *ends[] = {&r->via, &r->source};
	const struct netd_place places[] = {r->via_place, r->source_place};
	char text[NETD_ADDR_TEXT], to[NETD_PREFIX_TEXT];
	bool fine = true;

	for (size_t i = 0; i < 2; i++) {
		const char *problem;

		if (!ends[i]->family)
			continue;
		problem = netd_check_host_address(ends[i]);
		netd_addr_format(ends[i], text);
		if (problem)
			netd_topology_error(t, err, places[i], "address %s %s", text,
					    problem);
		else if (ends[i]->family != r->to.addr.family)
			netd_topology_error(t, err, places[i],
					    "%s is an %s address, but the route to %s is "
					    "%s",
					    text, netd_check_family(ends[i]),
					    netd_prefix_format(&r->to, to),
					    netd_check_family(&r->to.addr));
		else
			continue;
		fine = false;
	}
	if (fine && r->via.family && netd_plugs_have(o->plugs, &r->via)) {
		netd_topology_error(t, err, r->via_place,
				    "gateway %s is an address of %s \"%s\" itself",
				    netd_addr_format(&r->via, text), o->kind, o->name);
		return false;
	}
	return fine;
}

static void check_source(struct netd_topology *t, const struct owner *o,
			 const struct netd_static_route *r, struct netd_error *err)
{
	char text[NETD_ADDR_TEXT];

	if (!r->source.family || netd_plugs_have(o->plugs, &r->source) || o->partial)
		return;
	netd_topology_error(t, err, r->source_place,
			    "source %s is no address of %s \"%s\"",
			    netd_addr_format(&r->source, text), o->kind, o->name);
}

static void check_unicast(struct netd_topology *t, const struct owner *o,
			  const struct netd_static_route *r, struct netd_error *err)
{
	char to[NETD_PREFIX_TEXT];

	if (!r->via.family && !*r->interface) {
		netd_topology_error(t, err, r->place,
				    "the route to %s leads nowhere: it has neither "
				    "\"via\" nor \"dev\"",
				    to_text(r, to));
		netd_error_hint(err, "name the gateway, or, to drop what goes there, say "
				     "\"type: blackhole\"");
		return;
	}
	if (*r->interface && !netd_check_interface(o->plugs, r->interface)) {
		if (o->partial)
			return;
		netd_topology_error(t, err, r->interface_place,
				    "%s \"%s\" has no interface \"%s\"", o->kind, o->name,
				    r->interface);
		netd_check_suggest_interface(o->plugs, r->interface, err);
		return;
	}
	if (!check_addresses(t, o, r, err))
		return;
	check_source(t, o, r, err);
	if (r->onlink && (!*r->interface || !r->via.family))
		netd_topology_error(t, err, r->place,
				    "\"onlink\" needs \"via\" and \"dev\": the gateway, "
				    "and the interface to ask for it on");
	else if (r->via.family && !r->onlink && !o->partial)
		check_gateway(t, o, r, err);
}

static void check_route(struct netd_topology *t, const struct owner *o,
			const struct netd_static_route *r, struct netd_error *err)
{
	char text[NETD_PREFIX_TEXT];

	if (netd_addr_is_multicast(&r->to.addr) && r->to.length)
		netd_topology_error(t, err, r->place, "%s is a multicast address",
				    netd_prefix_format(&r->to, text));
	if (r->type == NETD_ROUTE_UNICAST)
		check_unicast(t, o, r, err);
	else if (r->via.family || *r->interface || r->onlink || r->source.family)
		netd_topology_error(
			t, err,
			netd_place_or(r->via_place,
				      netd_place_or(r->interface_place, r->place)),
			"a %s route leads nowhere: \"via\", \"dev\", "
			"\"source\" and \"onlink\" are for others",
			netd_route_type_name(r->type));
}

static int compare_routes(const void *a, const void *b)
{
	const struct netd_static_route *x = *(const struct netd_static_route *const *)a;
	const struct netd_static_route *y = *(const struct netd_static_route *const *)b;
	int order = netd_prefix_compare(&x->to, &y->to);

	if (order)
		return order;
	if (metric_of(x) != metric_of(y))
		return netd_order(metric_of(x), metric_of(y));
	return netd_place_compare(&x->place, &y->place);
}

static void report_twice(struct netd_topology *t, const struct netd_static_route *first,
			 const struct netd_static_route *r, struct netd_error *err)
{
	char to[NETD_PREFIX_TEXT], line[NETD_LINE_TEXT];

	netd_topology_error(t, err, r->place, "a route to %s is there already%s",
			    to_text(r, to), netd_place_line(&first->place, line));
	netd_error_hint(err, "two of them need different metrics");
}

/* The kernel makes a route for each address; one like it would replace it. */
static void check_connected(struct netd_topology *t, const struct netd_plugs *plugs,
			    const struct netd_static_route *r, struct netd_error *err)
{
	char to[NETD_PREFIX_TEXT], by[NETD_PREFIX_TEXT];
	uint32_t connected = 0;

	if (r->to.addr.family == AF_INET6)
		connected = CONNECTED6;
	for (size_t i = 0; metric_of(r) == connected && i < plugs->count; i++) {
		const struct netd_node_interface *f = plugs->items[i]->interface;

		for (size_t k = 0; k < f->address_count; k++) {
			struct netd_prefix network =
				netd_prefix_network(&f->addresses[k]);

			if (netd_prefix_compare(&network, &r->to) != 0)
				continue;
			netd_topology_error(t, err, r->place,
					    "the route to %s is there already, by "
					    "address %s of interface \"%s\"",
					    to_text(r, to),
					    netd_prefix_format(&f->addresses[k], by),
					    f->name);
			return;
		}
	}
}

static int check_twice(struct netd_topology *t, const struct owner *o,
		       struct netd_error *err)
{
	const struct netd_static_route **list = calloc(o->route_count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < o->route_count; i++)
		list[i] = &o->routes[i];
	netd_array_sort(list, o->route_count, sizeof(*list), compare_routes);
	for (size_t i = 1; i < o->route_count; i++)
		if (netd_prefix_compare(&list[i - 1]->to, &list[i]->to) == 0 &&
		    metric_of(list[i - 1]) == metric_of(list[i]))
			report_twice(t, list[i - 1], list[i], err);
	free(list);
	return 0;
}

static bool is_partial(const struct netd_node *n, const struct netd_plugs *plugs)
{
	for (size_t i = 0; i < plugs->count; i++)
		if (plugs->items[i]->interface->partial)
			return true;
	return n->partial;
}

static int check_node(struct netd_topology *t, const struct netd_node *n,
		      const struct netd_plugs *plugs, struct netd_error *err)
{
	const struct owner o = {
		.kind = netd_node_kind_name(n->kind),
		.name = n->name,
		.onlink = "\"onlink: true\" and \"dev\"",
		.routes = n->routes,
		.route_count = n->route_count,
		.plugs = plugs,
		.partial = is_partial(n, plugs),
	};

	for (size_t i = 0; i < n->route_count; i++) {
		check_route(t, &o, &n->routes[i], err);
		check_connected(t, plugs, &n->routes[i], err);
	}
	return check_twice(t, &o, err);
}

/* What leads nowhere is of no network, and its bridge is the only way. */
static bool check_network_route(struct netd_topology *t,
				const struct netd_static_route *r, struct netd_error *err)
{
	if (*r->interface) {
		netd_topology_error(t, err, r->interface_place,
				    "a network's routes leave by its bridge");
		netd_error_hint(err, "leave \"dev\" out");
		return false;
	}
	if (r->type == NETD_ROUTE_UNICAST)
		return true;
	netd_topology_error(t, err, r->place,
			    "a route that leads nowhere belongs to no network");
	netd_error_hint(err, "leave it out, or give it to a router");
	return false;
}

static int check_network(struct netd_topology *t, const struct netd_network *n,
			 struct netd_error *err)
{
	struct netd_node_interface bridge = {
		.addresses = n->addresses,
		.address_count = n->address_count,
		.partial = n->partial,
	};
	struct netd_plug plug = {.interface = &bridge}, *item = &plug;
	const struct netd_plugs plugs = {&item, 1};
	const struct owner o = {
		.kind = "network",
		.name = n->name,
		.onlink = "\"onlink: true\"",
		.routes = n->routes,
		.route_count = n->route_count,
		.plugs = &plugs,
		/* what an uplink or an existing bridge has is not in the file */
		.partial = n->partial || n->existing || n->mode == NETD_MODE_BRIDGED,
	};

	memcpy(bridge.name, n->bridge, sizeof(bridge.name));
	for (size_t i = 0; i < n->route_count; i++) {
		struct netd_static_route r = n->routes[i];

		if (!check_network_route(t, &r, err))
			continue;
		memcpy(r.interface, bridge.name, sizeof(r.interface));
		check_route(t, &o, &r, err);
		check_connected(t, &plugs, &r, err);
	}
	return check_twice(t, &o, err);
}

/* They are all of the host's own table, whatever network has them. */
static bool same_slot(const struct netd_static_route *a,
		      const struct netd_static_route *b)
{
	return netd_prefix_compare(&a->to, &b->to) == 0 && metric_of(a) == metric_of(b);
}

static void check_between(struct netd_topology *t, const struct netd_network *a,
			  const struct netd_network *b, struct netd_error *err)
{
	for (size_t i = 0; i < a->route_count; i++)
		for (size_t k = 0; k < b->route_count; k++)
			if (same_slot(&a->routes[i], &b->routes[k]))
				report_twice(t, &a->routes[i], &b->routes[k], err);
}

int netd_check_routes(struct netd_topology *t, const struct netd_wiring *w,
		      struct netd_error *err)
{
	for (size_t i = 0; i < t->node_count; i++)
		if (check_node(t, &t->nodes[i], &w->nodes[i], err) < 0)
			return -ENOMEM;
	for (size_t i = 0; i < t->network_count; i++) {
		if (check_network(t, &t->networks[i], err) < 0)
			return -ENOMEM;
		for (size_t k = 0; t->networks[i].route_count && k < i; k++)
			check_between(t, &t->networks[k], &t->networks[i], err);
	}
	return 0;
}
