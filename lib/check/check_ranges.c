// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges of DHCP: those that were written make sense, the others are chosen. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "check/check.h"
#include "base/range.h"

/*
 * Theory of operation.  A range that a file names must stay clear of every address that
 * is taken on its network; one that is chosen here goes around them, in pieces.  Machines
 * do not count: their addresses are reserved for them within ranges, too.
 */

/* An address that is taken on a network, and by what. */
struct taken {
	struct netd_addr addr;
	const struct netd_plug *plug; /* NULL: the bridge */
};

struct list {
	struct taken *items;
	size_t count;
};

static int compare_taken(const void *a, const void *b)
{
	return netd_addr_compare(&((const struct taken *)a)->addr,
				 &((const struct taken *)b)->addr);
}

static int take(struct list *list, const struct netd_prefix *addresses, size_t count,
		const struct netd_plug *plug)
{
	for (size_t i = 0; i < count; i++) {
		struct taken *item =
			netd_array_add(&list->items, &list->count, sizeof(*item));

		if (!item)
			return -ENOMEM;
		*item = (struct taken){addresses[i].addr, plug};
	}
	return 0;
}

static int take_all(struct list *list, const struct netd_junction *s)
{
	const struct netd_network *n = s->network;
	int r = take(list, n->addresses, n->address_count, NULL);

	for (size_t i = 0; i < s->plugs.count && r >= 0; i++) {
		const struct netd_node_interface *f = s->plugs.items[i]->interface;

		r = take(list, f->addresses, f->address_count, s->plugs.items[i]);
	}
	if (r < 0)
		return r;
	netd_array_sort(list->items, list->count, sizeof(*list->items), compare_taken);
	return 0;
}

/* The first that is not below @a. */
static size_t find(const struct list *list, const struct netd_addr *a)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (netd_addr_compare(&list->items[middle].addr, a) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct taken *taken_in(const struct list *list,
				    const struct netd_addr_range *r)
{
	size_t i = find(list, &r->first);

	if (i < list->count && netd_addr_compare(&list->items[i].addr, &r->last) <= 0)
		return &list->items[i];
	return NULL;
}

static void report_taken(struct netd_topology *t, const struct netd_server *s,
			 const struct netd_dhcp_range *r, const struct taken *by,
			 struct netd_error *err)
{
	char range[NETD_RANGE_TEXT], text[NETD_ADDR_TEXT];

	netd_range_format(&r->range, range);
	netd_addr_format(&by->addr, text);
	if (by->plug == s->plug)
		netd_topology_error(t, err, r->place,
				    "DHCP range %s holds %s, the address that serves it",
				    range, text);
	else if (by->plug)
		netd_topology_error(
			t, err, r->place,
			"DHCP range %s holds %s, an address of %s \"%s\"", range, text,
			netd_node_kind_name(by->plug->node->kind), by->plug->node->name);
	else
		netd_topology_error(t, err, r->place,
				    "DHCP range %s holds %s, an address of the bridge",
				    range, text);
}

static const struct netd_prefix *subnet_of(const struct netd_server *s,
					   const struct netd_addr_range *r)
{
	for (size_t i = 0; i < s->address_count; i++)
		if (s->addresses[i].addr.family == r->first.family &&
		    netd_prefix_contains(&s->addresses[i], &r->first) &&
		    netd_prefix_contains(&s->addresses[i], &r->last))
			return &s->addresses[i];
	return NULL;
}

static void outside(struct netd_topology *t, const struct netd_server *s,
		    const struct netd_dhcp_range *r, struct netd_error *err)
{
	char range[NETD_RANGE_TEXT], text[NETD_PREFIX_TEXT];
	const char *which = "the subnet", *one = "the subnet";

	if (s->partial || !s->address_count)
		return;
	if (s->address_count > 1) {
		which = "every subnet";
		one = "one of them";
	}
	netd_topology_error(t, err, r->place, "DHCP range %s is outside of %s of %s",
			    netd_range_format(&r->range, range), which, s->what);
	netd_error_hint(err, "%s is that of %s", one,
			netd_prefix_format(&s->addresses[0], text));
}

static void check_range(struct netd_topology *t, const struct netd_server *s,
			const struct list *list, const struct netd_dhcp_range *r,
			struct netd_error *err)
{
	const struct netd_prefix *subnet = subnet_of(s, &r->range);
	const struct taken *by = taken_in(list, &r->range);
	char range[NETD_RANGE_TEXT], end[NETD_ADDR_TEXT];
	const struct netd_addr *ends[] = {&r->range.first, &r->range.last};

	if (!subnet) {
		outside(t, s, r, err);
		return;
	}
	if (by)
		report_taken(t, s, r, by, err);
	for (size_t i = 0; i < 2; i++) {
		const char *problem = netd_check_subnet_address(subnet, ends[i]);

		if (problem)
			netd_topology_error(t, err, r->place, "DHCP range %s: %s %s",
					    netd_range_format(&r->range, range),
					    netd_addr_format(ends[i], end), problem);
	}
}

static int compare_ranges(const void *a, const void *b)
{
	const struct netd_dhcp_range *x = *(const struct netd_dhcp_range *const *)a;
	const struct netd_dhcp_range *y = *(const struct netd_dhcp_range *const *)b;
	int order = netd_addr_compare(&x->range.first, &y->range.first);

	if (order)
		return order;
	return netd_place_compare(&x->place, &y->place);
}

static int check_overlaps(struct netd_topology *t, const struct netd_dhcp *d,
			  struct netd_error *err)
{
	const struct netd_dhcp_range **list = calloc(d->range_count + 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < d->range_count; i++)
		list[i] = &d->ranges[i];
	netd_array_sort(list, d->range_count, sizeof(*list), compare_ranges);
	for (size_t i = 1; i < d->range_count; i++) {
		char one[NETD_RANGE_TEXT], two[NETD_RANGE_TEXT];

		if (netd_addr_compare(&list[i]->range.first, &list[i - 1]->range.last) >
		    0)
			continue;
		netd_topology_error(t, err, list[i]->place,
				    "DHCP range %s overlaps the range %s",
				    netd_range_format(&list[i]->range, one),
				    netd_range_format(&list[i - 1]->range, two));
	}
	free(list);
	return 0;
}

/* Adds @r without what is taken in it, in pieces. */
static int add_pieces(struct netd_dhcp *d, const struct list *list,
		      struct netd_addr_range r)
{
	for (size_t i = find(list, &r.first);; i++) {
		bool more = i < list->count &&
			    netd_addr_compare(&list->items[i].addr, &r.last) <= 0;
		struct netd_addr_range piece = {r.first, r.last};

		if (more)
			piece.last = netd_range_before(&list->items[i].addr);
		/* the first may be taken itself: nothing stands before it */
		if (!more || netd_addr_compare(&list->items[i].addr, &r.first) > 0) {
			struct netd_dhcp_range *item = netd_array_add(
				&d->ranges, &d->range_count, sizeof(*item));

			if (!item)
				return -ENOMEM;
			*item = (struct netd_dhcp_range){.range = piece, .chosen = true};
		}
		if (!more || netd_addr_equal(&list->items[i].addr, &r.last))
			return 0;
		r.first = netd_addr_offset(&list->items[i].addr, 1);
	}
}

static bool has_range(const struct netd_dhcp *d, int family)
{
	for (size_t i = 0; i < d->range_count; i++)
		if (d->ranges[i].range.first.family == family)
			return true;
	return false;
}

static int choose(struct netd_topology *t, const struct netd_server *s,
		  const struct list *list, int family, struct netd_error *err)
{
	const struct netd_prefix *subnet = NULL;
	struct netd_addr_range range;
	char text[NETD_PREFIX_TEXT];
	int r = 0;

	if (has_range(s->dhcp, family))
		return 0;
	for (size_t i = 0; i < s->address_count && !subnet; i++)
		if (s->addresses[i].addr.family == family &&
		    !netd_addr_is_link_local(&s->addresses[i].addr))
			subnet = &s->addresses[i];
	if (!subnet)
		return 0;
	if (netd_range_choose(subnet, &range))
		r = add_pieces(s->dhcp, list, range);
	if (r < 0 || has_range(s->dhcp, family))
		return r;
	netd_topology_error(t, err, s->dhcp->place,
			    "DHCP of %s: the subnet of %s has no room for a range",
			    s->what, netd_prefix_format(subnet, text));
	netd_error_hint(err, "name the addresses to give away: \"range: …\"");
	return 0;
}

/* What an earlier check chose is chosen anew. */
static void forget_chosen(struct netd_dhcp *d)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->range_count; i++)
		if (!d->ranges[i].chosen)
			d->ranges[kept++] = d->ranges[i];
	d->range_count = kept;
}

static int take_one(struct list *list, const struct netd_addr *a,
		    const struct netd_plug *plug)
{
	const struct netd_prefix p = {.addr = *a};

	return take(list, &p, a->family != 0, plug);
}

/* Addresses that guests are told of are somebody's, too. */
static int take_told(struct list *list, const struct netd_dhcp *d,
		     const struct netd_plug *plug)
{
	if (take_one(list, &d->gateway, plug) < 0 ||
	    take_one(list, &d->boot.server, plug) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < d->server_count; i++)
		if (take_one(list, &d->servers[i].addr, plug) < 0)
			return -ENOMEM;
	for (size_t i = 0; i < d->route_count; i++)
		if (take_one(list, &d->routes[i].via, plug) < 0)
			return -ENOMEM;
	netd_array_sort(list->items, list->count, sizeof(*list->items), compare_taken);
	return 0;
}

static void list_done(struct list *list)
{
	free(list->items);
}

static int check_server(struct netd_topology *t, const struct netd_wiring *w,
			const struct netd_server *s, struct netd_error *err)
{
	netd_auto(list_done) struct list list = {0};
	int r;

	(void)w;
	if (!s->dhcp->enabled)
		return 0;
	forget_chosen(s->dhcp);
	r = take_all(&list, s->junction);
	if (r < 0)
		return r;
	for (size_t i = 0; i < s->dhcp->range_count; i++)
		check_range(t, s, &list, &s->dhcp->ranges[i], err);
	r = check_overlaps(t, s->dhcp, err);
	if (r < 0)
		return r;
	r = take_told(&list, s->dhcp, s->plug);
	if (r < 0)
		return r;
	r = choose(t, s, &list, AF_INET, err);
	if (r < 0)
		return r;
	return choose(t, s, &list, AF_INET6, err);
}

int netd_check_ranges(struct netd_topology *t, const struct netd_wiring *w,
		      struct netd_error *err)
{
	return netd_check_each_server(t, w, err, check_server);
}
