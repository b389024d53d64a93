// SPDX-License-Identifier: GPL-2.0-or-later
/* MACs and addresses are given once on a network: to the bridge, a node or a machine. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "check/check.h"

/*
 * Theory of operation.  Every network, and every link, is a world of its own: two labs
 * may have the same subnets.  That subnets of the host itself do not overlap is checked
 * elsewhere (check_subnets.c).
 *
 * What `on:` adds to a router's interface, or to the bridge of another network (forwards,
 * sources of NAT), is on that network as its own addresses are; only the same router, or
 * the bridge, may have it for several reasons.
 */

#define POOL_MAX 1024

/* Who bears an address or a MAC; neither a plug nor a machine: the bridge. */
struct claim {
	uint8_t key[17]; /* family and bytes: memcmp() sorts it */
	const struct netd_plug *plug;
	const struct netd_machine *machine;
	bool added; /* by `on:` */
	struct netd_place place;
};

/* Networks of which something is added to a bridge of the file. */
struct on_bridge {
	const struct netd_network **networks;
	size_t count;
};

struct claims {
	struct claim *items;
	size_t count;
	bool failed; /* out of memory */
};

static void add(struct claims *claims, const void *key, size_t size, struct claim like)
{
	struct claim *c;

	if (claims->failed)
		return;
	c = netd_array_add(&claims->items, &claims->count, sizeof(*c));
	if (!c) {
		claims->failed = true;
		return;
	}
	*c = like;
	memcpy(c->key, key, size);
}

static void add_addr(struct claims *claims, const struct netd_addr *a, struct claim like)
{
	_Static_assert(sizeof(*a) == sizeof(like.key), "an address is a key");
	if (a->family)
		add(claims, a, sizeof(*a), like);
}

static void add_addrs(struct claims *claims, const struct netd_prefix *list, size_t count,
		      const struct netd_place *places, size_t place_count,
		      const struct netd_plug *plug)
{
	for (size_t i = 0; i < count; i++)
		add_addr(claims, &list[i].addr,
			 (struct claim){.plug = plug,
					.place = netd_check_address_place(
						places, place_count, i)});
}

static void add_pool(struct claims *claims, const struct netd_addr_range *pool,
		     struct netd_place place, const struct netd_plug *plug)
{
	struct netd_addr a = pool->first;

	/* more are refused elsewhere (check_limits.c, desired/desired_address.c) */
	for (int i = 0; a.family && i < POOL_MAX; i++, a = netd_addr_offset(&a, 1)) {
		add_addr(claims, &a,
			 (struct claim){.plug = plug, .added = true, .place = place});
		if (netd_addr_equal(&a, &pool->last))
			return;
	}
}

/* What the router's `on:` names that interface for. */
static void add_added(struct claims *claims, const struct netd_plug *plug)
{
	const struct netd_node *n = plug->node;
	const char *name = plug->interface->name;

	for (size_t i = 0; n && i < n->forward_count; i++)
		if (*n->forwards[i].on && strcmp(n->forwards[i].on, name) == 0)
			add_addr(claims, &n->forwards[i].listen,
				 (struct claim){.plug = plug,
						.added = true,
						.place = n->forwards[i].place});
	if (!n || !*n->nat.on || strcmp(n->nat.on, name) != 0)
		return;
	add_pool(claims, &n->nat.source4, n->nat.source4_place, plug);
	add_pool(claims, &n->nat.source6, n->nat.source6_place, plug);
}

static void add_plug_addrs(struct claims *claims, const struct netd_plug *plug)
{
	const struct netd_node_interface *f = plug->interface;

	add_addrs(claims, f->addresses, f->address_count, f->address_places,
		  f->address_place_count, plug);
	add_added(claims, plug);
}

static void add_plug_mac(struct claims *claims, const struct netd_plug *plug)
{
	const struct netd_node_interface *f = plug->interface;

	if (f->has_mac)
		add(claims, &f->mac, sizeof(f->mac),
		    (struct claim){.plug = plug, .place = f->mac_place});
}

/* What networks add to that bridge of the host: few do, so @on has those that name any
 * bridge of the file. */
static void add_of_host(struct claims *claims, const struct netd_network *bridge,
			const struct on_bridge *on)
{
	for (size_t i = 0; i < on->count; i++) {
		const struct netd_network *n = on->networks[i];

		for (size_t k = 0; k < n->forward_count; k++)
			if (strcmp(n->forwards[k].on, bridge->bridge) == 0)
				add_addr(claims, &n->forwards[k].listen,
					 (struct claim){.added = true,
							.place = n->forwards[k].place});
		if (strcmp(n->nat.on, bridge->bridge) != 0)
			continue;
		add_pool(claims, &n->nat.source4, n->nat.source4_place, NULL);
		add_pool(claims, &n->nat.source6, n->nat.source6_place, NULL);
	}
}

static void gather_addrs(struct claims *claims, const struct netd_junction *s,
			 const struct on_bridge *on)
{
	const struct netd_network *n = s->network;

	add_addrs(claims, n->addresses, n->address_count, n->address_places,
		  n->address_place_count, NULL);
	add_of_host(claims, n, on);
	for (size_t i = 0; i < s->plugs.count; i++)
		add_plug_addrs(claims, s->plugs.items[i]);
	for (size_t i = 0; i < n->machine_count; i++) {
		const struct netd_machine *m = &n->machines[i];

		if (!m->chosen4)
			add_addr(
				claims, &m->address4,
				(struct claim){.machine = m, .place = m->address4_place});
		if (!m->chosen6)
			add_addr(
				claims, &m->address6,
				(struct claim){.machine = m, .place = m->address6_place});
	}
}

static void gather_macs(struct claims *claims, const struct netd_junction *s)
{
	const struct netd_network *n = s->network;

	if (n->has_mac)
		add(claims, &n->mac, sizeof(n->mac),
		    (struct claim){.place = n->mac_place});
	for (size_t i = 0; i < s->plugs.count; i++)
		add_plug_mac(claims, s->plugs.items[i]);
	for (size_t i = 0; i < n->machine_count; i++)
		if (n->machines[i].has_mac)
			add(claims, &n->machines[i].mac, sizeof(n->machines[i].mac),
			    (struct claim){.machine = &n->machines[i],
					   .place = n->machines[i].mac_place});
}

static int compare_claims(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = memcmp(x->key, y->key, sizeof(x->key));

	if (order)
		return order;
	return netd_place_compare(&x->place, &y->place);
}

static void describe(const struct claim *c, char *out, size_t size)
{
	if (c->machine)
		snprintf(out, size, "machine \"%s\"", c->machine->name);
	else if (c->plug && c->plug->node)
		snprintf(out, size, "%s \"%s\"", netd_node_kind_name(c->plug->node->kind),
			 c->plug->node->name);
	else
		snprintf(out, size, "the bridge");
}

static void report(struct netd_topology *t, const struct claim *first,
		   const struct claim *c, bool mac, struct netd_error *err)
{
	char text[NETD_ADDR_TEXT], who[96], line[NETD_LINE_TEXT];
	const char *what = "address";

	if (mac) {
		what = "MAC address";
		netd_mac_format((const struct netd_mac *)(const void *)c->key, text);
	} else {
		netd_addr_format((const struct netd_addr *)(const void *)c->key, text);
	}
	describe(first, who, sizeof(who));
	netd_topology_error(t, err, c->place, "%s %s is already that of %s%s", what, text,
			    who, netd_place_line(&first->place, line));
}

/* What a router has already may be added to it once more. */
static bool is_the_same(const struct claim *a, const struct claim *b)
{
	return (a->added || b->added) && a->plug && b->plug &&
	       a->plug->node == b->plug->node;
}

static bool is_bridge(const struct claim *c)
{
	return !c->plug && !c->machine;
}

/* Sorts, and tells of all that is there twice. */
static int report_twice(struct netd_topology *t, struct claims *claims, bool mac,
			struct netd_error *err)
{
	if (claims->failed)
		return -ENOMEM;
	netd_array_sort(claims->items, claims->count, sizeof(*claims->items),
			compare_claims);
	for (size_t i = 1; i < claims->count; i++) {
		const struct claim *first = &claims->items[i - 1], *c = first + 1;

		if (memcmp(first->key, c->key, sizeof(c->key)) == 0 &&
		    !(is_bridge(first) && is_bridge(c)) && !is_the_same(first, c))
			report(t, first, c, mac, err);
	}
	return 0;
}

static void claims_done(struct claims *claims)
{
	free(claims->items);
}

static int check_junction(struct netd_topology *t, const struct netd_junction *s,
			  const struct on_bridge *on, struct netd_error *err)
{
	netd_auto(claims_done) struct claims addrs = {0}, macs = {0};
	int r;

	gather_addrs(&addrs, s, on);
	gather_macs(&macs, s);
	r = report_twice(t, &addrs, false, err);
	if (r < 0)
		return r;
	return report_twice(t, &macs, true, err);
}

/* @plug is the first end of a cable. */
static int check_cable(struct netd_topology *t, const struct netd_plug *plug,
		       struct netd_error *err)
{
	netd_auto(claims_done) struct claims addrs = {0}, macs = {0};
	int r;

	add_plug_addrs(&addrs, plug);
	add_plug_addrs(&addrs, plug->far);
	add_plug_mac(&macs, plug);
	add_plug_mac(&macs, plug->far);
	r = report_twice(t, &addrs, false, err);
	if (r < 0)
		return r;
	return report_twice(t, &macs, true, err);
}

static bool is_bridge_of(const struct netd_topology *t, const char *name)
{
	for (size_t i = 0; *name && i < t->network_count; i++)
		if (strcmp(t->networks[i].bridge, name) == 0)
			return true;
	return false;
}

/* Forwards of one interface stand together. */
static bool adds_to_bridge(const struct netd_topology *t, const struct netd_network *n)
{
	const char *before = "";

	for (size_t i = 0; i < n->forward_count; i++) {
		if (strcmp(n->forwards[i].on, before) == 0)
			continue;
		before = n->forwards[i].on;
		if (is_bridge_of(t, before))
			return true;
	}
	return is_bridge_of(t, n->nat.on);
}

static int check_all(struct netd_topology *t, const struct netd_wiring *w,
		     const struct on_bridge *on, struct netd_error *err)
{
	int r;

	for (size_t i = 0; i < t->network_count; i++) {
		r = check_junction(t, &w->junctions[i], on, err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < w->count; i++) {
		if (!w->all[i].far || w->all[i].far < &w->all[i])
			continue;
		r = check_cable(t, &w->all[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

int netd_check_claims(struct netd_topology *t, const struct netd_wiring *w,
		      struct netd_error *err)
{
	struct on_bridge on = {
		.networks = calloc(t->network_count + 1, sizeof(struct netd_network *))};
	int r;

	if (!on.networks)
		return -ENOMEM;
	for (size_t i = 0; i < t->network_count; i++)
		if (adds_to_bridge(t, &t->networks[i]))
			on.networks[on.count++] = &t->networks[i];
	r = check_all(t, w, &on, err);
	free(on.networks);
	return r;
}
