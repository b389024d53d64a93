// SPDX-License-Identifier: GPL-2.0-or-later
/* No two forwards of a topology that listen on the same address, protocol and port. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"
#include "check/check.h"

/*
 * Theory of operation.  A forward gives one listen per protocol (protocol 0: the whole
 * address, which may stand beside ports of the same address; the ports go first).  Sorted
 * by address, protocol and first port, a listen collides if it begins before the furthest
 * end so far.  Each router has its own, the host those of all networks.
 */
struct listen {
	uint8_t key[18];	      /* family, address, protocol: memcmp() sorts it */
	const struct netd_node *node; /* NULL: the host's */
	uint16_t first, last;
	const struct netd_forward *forward;
	const char *owner;
};

static int compare_listens(const void *a, const void *b)
{
	const struct listen *x = a, *y = b;
	int order = memcmp(x->key, y->key, sizeof(x->key));

	if (order)
		return order;
	if (x->node != y->node)
		return netd_order((uintptr_t)x->node, (uintptr_t)y->node);
	if (x->first != y->first)
		return netd_order(x->first, y->first);
	return netd_place_compare(&x->forward->place, &y->forward->place);
}

static void fill(struct listen *l, const struct netd_forward *f, unsigned protocol)
{
	l->key[0] = f->listen.family;
	memcpy(l->key + 1, f->listen.bytes, sizeof(f->listen.bytes));
	l->key[17] = (uint8_t)protocol;
	l->first = f->port_first;
	l->last = f->port_last;
	l->forward = f;
}

static size_t fill_list(struct listen *list, const struct netd_forward *forwards,
			size_t forward_count, const char *owner,
			const struct netd_node *node)
{
	size_t count = 0;

	for (size_t k = 0; k < forward_count; k++) {
		const struct netd_forward *f = &forwards[k];

		if (!f->protocols)
			fill(&list[count++], f, 0);
		netd_protocol_for_each(p, f->protocols) fill(&list[count++], f, p);
	}
	for (size_t i = 0; i < count; i++) {
		list[i].owner = owner;
		list[i].node = node;
	}
	return count;
}

static size_t fill_all(const struct netd_topology *t, struct listen *list)
{
	size_t count = 0;

	for (size_t i = 0; i < t->network_count; i++)
		count += fill_list(list + count, t->networks[i].forwards,
				   t->networks[i].forward_count, t->networks[i].name,
				   NULL);
	for (size_t i = 0; i < t->node_count; i++)
		count += fill_list(list + count, t->nodes[i].forwards,
				   t->nodes[i].forward_count, t->nodes[i].name,
				   &t->nodes[i]);
	return count;
}

static size_t count_listens(const struct netd_topology *t)
{
	size_t count = 0;

	for (size_t i = 0; i < t->network_count; i++)
		count += t->networks[i].forward_count * 3;
	for (size_t i = 0; i < t->node_count; i++)
		count += t->nodes[i].forward_count * 3;
	return count;
}

/* Tells of the one that stands further down in the file. */
static void report(struct netd_topology *t, const struct listen *first,
		   const struct listen *second, struct netd_error *err)
{
	unsigned low = (unsigned)netd_max(first->first, second->first);
	unsigned high = (unsigned)netd_min(first->last, second->last);
	char text[NETD_ADDR_TEXT], ports[48] = "", line[NETD_LINE_TEXT];
	const char *kind = "network", *verb = "are";

	if (netd_place_compare(&first->forward->place, &second->forward->place) > 0) {
		report(t, second, first, err);
		return;
	}
	if (low)
		snprintf(ports, sizeof(ports), " %s ports %u-%u",
			 netd_protocol_name(first->key[17]), low, high);
	if (low == high)
		verb = "is";
	if (low && low == high)
		snprintf(ports, sizeof(ports), " %s port %u",
			 netd_protocol_name(first->key[17]), low);
	if (first->node)
		kind = "router";
	netd_topology_error(t, err, second->forward->place,
			    "%s%s %s already forwarded in %s \"%s\"%s",
			    netd_addr_format(&second->forward->listen, text), ports, verb,
			    kind, first->owner,
			    netd_place_line(&first->forward->place, line));
}

int netd_check_listens(struct netd_topology *t, const struct netd_wiring *w,
		       struct netd_error *err)
{
	struct listen *list = calloc(count_listens(t) + 1, sizeof(*list));
	const struct listen *furthest = list;
	size_t count;

	(void)w;
	if (!list)
		return -ENOMEM;
	count = fill_all(t, list);
	netd_array_sort(list, count, sizeof(*list), compare_listens);
	for (size_t i = 1; i < count; i++) {
		const struct listen *l = &list[i];
		bool same = furthest->node == l->node &&
			    memcmp(furthest->key, l->key, sizeof(l->key)) == 0;

		if (same && l->first <= furthest->last)
			report(t, furthest, l, err);
		if (!same || l->last > furthest->last)
			furthest = l;
	}
	free(list);
	return 0;
}
