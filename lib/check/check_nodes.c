// SPDX-License-Identifier: GPL-2.0-or-later
/* A router or host by itself: its subnets, NAT, policy and name servers. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/check.h"

static void unknown_interface(struct netd_topology *t, const struct netd_node *n,
			      const struct netd_plugs *plugs, const char *name,
			      struct netd_place place, struct netd_error *err)
{
	if (n->partial)
		return;
	netd_topology_error(t, err, place, "%s \"%s\" has no interface \"%s\"",
			    netd_node_kind_name(n->kind), n->name, name);
	netd_check_suggest_interface(plugs, name, err);
}

static bool nat_is_used(const struct netd_nat *nat)
{
	return nat->place.line || nat->source4.first.family ||
	       nat->source6.first.family || nat->port_first || nat->port_last ||
	       *nat->out || *nat->on;
}

/* True if somebody on a network of the file has it. */
static bool is_of_file(const struct netd_plugs *plugs, const struct netd_addr *a)
{
	for (size_t i = 0; i < plugs->count; i++) {
		const struct netd_junction *s = plugs->items[i]->junction;

		if (s && netd_plugs_have(&s->plugs, a))
			return true;
		for (size_t k = 0; s && k < s->network->address_count; k++)
			if (netd_addr_equal(&s->network->addresses[k].addr, a))
				return true;
		for (size_t k = 0; s && k < s->network->machine_count; k++)
			if (netd_addr_equal(&s->network->machines[k].address4, a) ||
			    netd_addr_equal(&s->network->machines[k].address6, a))
				return true;
	}
	return false;
}

const struct netd_addr *netd_check_gateway(const struct netd_node *n,
					   const struct netd_plugs *plugs,
					   const struct netd_addr_range *range)
{
	for (size_t i = 0; i < n->route_count; i++) {
		const struct netd_addr *via = &n->routes[i].via;

		if (via->family == range->first.family &&
		    netd_addr_compare(via, &range->first) >= 0 &&
		    netd_addr_compare(via, &range->last) <= 0 && !is_of_file(plugs, via))
			return via;
	}
	return NULL;
}

/* No source is an address that nobody can have, or that somebody else has. */
static void check_pool(struct netd_topology *t, const struct netd_node *n,
		       const struct netd_plugs *plugs, const struct netd_addr_range *pool,
		       struct netd_place place, struct netd_error *err)
{
	const struct netd_addr *gateway;
	char text[NETD_ADDR_TEXT];
	struct netd_addr at;

	if (!pool->first.family)
		return;
	for (size_t i = 0; i < plugs->count; i++) {
		const struct netd_node_interface *f = plugs->items[i]->interface;
		const char *problem =
			netd_check_range_edge(f->addresses, f->address_count, pool, &at);

		if (!problem)
			continue;
		netd_topology_error(t, err, place, "NAT source %s %s",
				    netd_addr_format(&at, text), problem);
		return;
	}
	gateway = netd_check_gateway(n, plugs, pool);
	if (gateway)
		netd_topology_error(t, err, place,
				    "NAT source %s is a gateway of router \"%s\"",
				    netd_addr_format(gateway, text), n->name);
}

static void check_nat_interfaces(struct netd_topology *t, const struct netd_node *n,
				 const struct netd_plugs *plugs, struct netd_error *err)
{
	const struct netd_nat *nat = &n->nat;

	if (*nat->out && !netd_check_interface(plugs, nat->out))
		unknown_interface(t, n, plugs, nat->out, nat->out_place, err);
	if (*nat->on && !netd_check_interface(plugs, nat->on))
		unknown_interface(t, n, plugs, nat->on, nat->on_place, err);
}

static void check_nat(struct netd_topology *t, const struct netd_node *n,
		      const struct netd_plugs *plugs, struct netd_error *err)
{
	const struct netd_nat *nat = &n->nat;
	const char *outside = "wan";

	if (!nat_is_used(nat))
		return;
	if (plugs->count)
		outside = plugs->items[0]->interface->name;
	if (!*nat->out && !n->partial) {
		netd_topology_error(t, err, nat->place,
				    "\"nat\" of router \"%s\" does not say which of its "
				    "interfaces leads outside",
				    n->name);
		netd_error_hint(err, "say \"out\", e.g. \"nat: {out: %s}\"", outside);
	}
	check_nat_interfaces(t, n, plugs, err);
	netd_check_nat(t, nat, err);
	check_pool(t, n, plugs, &nat->source4, nat->source4_place, err);
	check_pool(t, n, plugs, &nat->source6, nat->source6_place, err);
	if (*nat->on && !nat->source4.first.family && !nat->source6.first.family &&
	    !n->partial)
		netd_topology_error(t, err, nat->on_place,
				    "\"on\" says where to add the sources, but there is "
				    "no \"source\"");
}

static void check_allow(struct netd_topology *t, const struct netd_node *n, size_t number,
			const struct netd_plugs *plugs, struct netd_error *err)
{
	const struct netd_allow *a = &n->allows[number];
	char line[NETD_LINE_TEXT];

	if (!netd_check_interface(plugs, a->from))
		unknown_interface(t, n, plugs, a->from, a->place, err);
	if (!netd_check_interface(plugs, a->to))
		unknown_interface(t, n, plugs, a->to, a->place, err);
	if (strcmp(a->from, a->to) == 0)
		netd_topology_error(t, err, a->place,
				    "\"allow\" from \"%s\" to itself: what stays within "
				    "one network does not pass the router",
				    a->from);
	for (size_t i = 0; i < number; i++)
		if (strcmp(a->from, n->allows[i].from) == 0 &&
		    strcmp(a->to, n->allows[i].to) == 0)
			netd_topology_error(t, err, a->place,
					    "\"allow\" from \"%s\" to \"%s\" is there "
					    "already%s",
					    a->from, a->to,
					    netd_place_line(&n->allows[i].place, line));
}

static void check_policy(struct netd_topology *t, const struct netd_node *n,
			 const struct netd_plugs *plugs, struct netd_error *err)
{
	if (n->isolate && n->allow_count) {
		netd_topology_error(t, err, n->allows[0].place,
				    "router \"%s\" has \"isolate\" and \"allow\"",
				    n->name);
		netd_error_hint(err, "with \"allow\", nothing else passes anyway: take "
				     "\"isolate\" out");
	}
	for (size_t i = 0; i < n->allow_count; i++)
		check_allow(t, n, i, plugs, err);
}

static void check_resolver(struct netd_topology *t, const struct netd_node *n,
			   struct netd_error *err)
{
	const char *problem = NULL;
	char text[NETD_ADDR_TEXT];

	if (*n->search)
		problem = netd_domain_problem(n->search);
	if (problem)
		netd_topology_error(t, err, n->search_place, "domain \"%s\" %s",
				    n->search, problem);
	for (size_t i = 0; i < n->server_count; i++) {
		const struct netd_addr *a = &n->servers[i].addr;

		problem = netd_check_host_address(a);
		if (problem && !netd_addr_is_loopback(a))
			netd_topology_error(t, err, n->servers[i].place,
					    "name server %s %s",
					    netd_addr_format(a, text), problem);
	}
}

/* One subnet of a node, and where it stands. */
struct subnet {
	struct netd_prefix prefix, network;
	const struct netd_plug *plug;
	struct netd_place place;
};

static int compare_subnets(const void *a, const void *b)
{
	const struct subnet *x = a, *y = b;
	int order = netd_prefix_compare(&x->network, &y->network);

	if (order)
		return order;
	return netd_place_compare(&x->place, &y->place);
}

/* A host address (/32, /128) may lie within a subnet elsewhere; fe80::/10 is anywhere. */
static bool counts(const struct netd_prefix *p)
{
	return p->length && p->length < netd_addr_bits(&p->addr) &&
	       !netd_addr_is_link_local(&p->addr);
}

static size_t gather(const struct netd_plugs *plugs, struct subnet *list)
{
	size_t count = 0;

	for (size_t i = 0; i < plugs->count; i++) {
		const struct netd_node_interface *f = plugs->items[i]->interface;

		for (size_t k = 0; k < f->address_count; k++)
			if (counts(&f->addresses[k]))
				list[count++] = (struct subnet){
					f->addresses[k],
					netd_prefix_network(&f->addresses[k]),
					plugs->items[i],
					netd_check_address_place(f->address_places,
								 f->address_place_count,
								 k)};
	}
	return count;
}

static void report(struct netd_topology *t, const struct netd_node *n,
		   const struct subnet *first, const struct subnet *second,
		   struct netd_error *err)
{
	char one[NETD_PREFIX_TEXT], two[NETD_PREFIX_TEXT], line[NETD_LINE_TEXT];

	if (netd_place_compare(&first->place, &second->place) > 0) {
		report(t, n, second, first, err);
		return;
	}
	netd_topology_error(t, err, second->place,
			    "subnet of %s overlaps %s of interface \"%s\" of the same "
			    "%s%s",
			    netd_prefix_format(&second->prefix, one),
			    netd_prefix_format(&first->prefix, two),
			    first->plug->interface->name, netd_node_kind_name(n->kind),
			    netd_place_line(&first->place, line));
}

/* As among networks (check_subnets.c): two subnets are nested, or strangers. */
static int check_overlaps(struct netd_topology *t, const struct netd_node *n,
			  const struct netd_plugs *plugs, struct netd_error *err)
{
	const struct subnet *cover;
	struct subnet *list;
	size_t count = 0;

	for (size_t i = 0; i < plugs->count; i++)
		count += plugs->items[i]->interface->address_count;
	list = calloc(count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	count = gather(plugs, list);
	netd_array_sort(list, count, sizeof(*list), compare_subnets);
	cover = list;
	for (size_t i = 1; i < count; i++) {
		if (cover->prefix.addr.family != list[i].prefix.addr.family ||
		    !netd_prefix_overlaps(&cover->network, &list[i].network))
			cover = &list[i];
		else if (cover->plug != list[i].plug)
			report(t, n, cover, &list[i], err);
	}
	free(list);
	return 0;
}

/* A port's far end in a namespace of this very file: routers have interfaces for that. */
static void check_peer_namespaces(struct netd_topology *t, const struct netd_wiring *w,
				  struct netd_error *err)
{
	for (size_t i = 0; i < t->network_count; i++) {
		for (size_t k = 0; k < t->networks[i].port_count; k++) {
			const struct netd_port *p = &t->networks[i].ports[k];
			const struct netd_node *n =
				netd_wiring_node(w, p->peer_namespace);

			if (!n)
				continue;
			netd_topology_error(t, err, p->place,
					    "namespace \"%s\" of port \"%s\" is a %s of "
					    "this file",
					    n->name, p->name,
					    netd_node_kind_name(n->kind));
			netd_error_hint(err, "join it by its \"interfaces\"");
		}
	}
}

int netd_check_nodes(struct netd_topology *t, const struct netd_wiring *w,
		     struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < t->node_count && r == 0; i++) {
		const struct netd_node *n = &t->nodes[i];

		check_nat(t, n, &w->nodes[i], err);
		check_policy(t, n, &w->nodes[i], err);
		check_resolver(t, n, err);
		r = check_overlaps(t, n, &w->nodes[i], err);
	}
	check_peer_namespaces(t, w, err);
	return r;
}
