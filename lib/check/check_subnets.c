// SPDX-License-Identifier: GPL-2.0-or-later
/* The bridges' addresses: each fit for a host, and no two subnets that overlap. */
#include <errno.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "base/str.h"
#include "check/check.h"

/*
 * Theory of operation.  Two subnets are nested or have nothing in common.  So, sorted by
 * first address (the wider one first), a subnet overlaps an earlier one if and only if it
 * lies within the last one that was not itself within another.  Link-local subnets are
 * the same on every link and count within their network only.
 */
struct subnet {
	struct netd_prefix prefix; /* as written */
	struct netd_prefix network;
	size_t scope; /* 0, or of a link-local one: 1 + its network's number */
	const struct netd_network *owner;
	struct netd_place place;
};

struct subnets {
	struct subnet *items;
	size_t count;
};

static void subnets_done(struct subnets *list)
{
	free(list->items);
}

static int compare_subnets(const void *a, const void *b)
{
	const struct subnet *x = a, *y = b;
	int order;

	if (x->scope != y->scope)
		return netd_order(x->scope, y->scope);
	order = netd_prefix_compare(&x->network, &y->network);
	if (order)
		return order;
	return netd_place_compare(&x->place, &y->place);
}

static void check_address(struct netd_topology *t, const struct netd_prefix *p,
			  struct netd_place place, struct netd_error *err)
{
	const char *problem = netd_check_host_address(&p->addr);
	const char *within = netd_check_subnet_address(p, &p->addr);
	char text[NETD_PREFIX_TEXT], better[NETD_ADDR_TEXT];
	struct netd_addr next;

	if (!problem && p->length == 0)
		problem = "leaves no room for any other network";
	if (!problem && !within)
		return;
	netd_topology_error(t, err, place, "address %s %s", netd_prefix_format(p, text),
			    netd_text_or(problem, within));
	if (problem)
		return;
	next = netd_prefix_network(p).addr;
	next = netd_addr_offset(&next, 1);
	netd_error_hint(err, "give the bridge an address within it, e.g. %s/%u",
			netd_addr_format(&next, better), p->length);
}

static int add_subnets(struct netd_topology *t, size_t number, struct subnets *list,
		       struct netd_error *err)
{
	struct netd_network *n = &t->networks[number];

	for (size_t i = 0; i < n->address_count; i++) {
		struct netd_prefix *p = &n->addresses[i];
		struct netd_place place = netd_check_address_place(
			n->address_places, n->address_place_count, i);
		struct subnet *s;

		check_address(t, p, place, err);
		s = netd_array_add(&list->items, &list->count, sizeof(*s));
		if (!s)
			return -ENOMEM;
		*s = (struct subnet){*p, netd_prefix_network(p), 0, n, place};
		if (netd_addr_is_link_local(&p->addr))
			s->scope = number + 1;
	}
	return 0;
}

/* Tells of the one that stands further down in the file. */
static void report(struct netd_topology *t, const struct subnet *first,
		   const struct subnet *second, struct netd_error *err)
{
	char one[NETD_PREFIX_TEXT], two[NETD_PREFIX_TEXT], line[NETD_LINE_TEXT];

	if (netd_place_compare(&first->place, &second->place) > 0) {
		report(t, second, first, err);
		return;
	}
	netd_topology_error(t, err, second->place,
			    "subnet of %s overlaps %s of network \"%s\"%s",
			    netd_prefix_format(&second->prefix, one),
			    netd_prefix_format(&first->prefix, two), first->owner->name,
			    netd_place_line(&first->place, line));
}

static bool overlap(const struct subnet *a, const struct subnet *b)
{
	return a->scope == b->scope && a->prefix.addr.family == b->prefix.addr.family &&
	       netd_prefix_overlaps(&a->network, &b->network);
}

int netd_check_subnets(struct netd_topology *t, const struct netd_wiring *w,
		       struct netd_error *err)
{
	netd_auto(subnets_done) struct subnets list = {0};
	const struct subnet *cover;

	(void)w;
	for (size_t i = 0; i < t->network_count; i++)
		if (add_subnets(t, i, &list, err) < 0)
			return -ENOMEM;
	netd_array_sort(list.items, list.count, sizeof(*list.items), compare_subnets);
	cover = list.items;
	for (size_t i = 1; i < list.count; i++) {
		const struct subnet *s = &list.items[i];

		if (!overlap(cover, s))
			cover = s;
		else if (cover->prefix.length && s->prefix.length)
			report(t, cover, s, err);
	}
	return 0;
}
