// SPDX-License-Identifier: GPL-2.0-or-later
/* Interfaces of the host that a topology names: each can play one part only. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "check/check.h"

enum part { PART_BRIDGE, PART_UPLINK, PART_PORT, PART_PEER, PART_NODE };

static const char *const part_names[] = {
	[PART_BRIDGE] = "the bridge of",
	[PART_UPLINK] = "the uplink of",
	[PART_PORT] = "a port of",
	[PART_PEER] = "a veth peer of",
};

/* One mention of an interface. */
struct use {
	const char *name;
	enum part part;
	const struct netd_network *network; /* NULL: a node's */
	const struct netd_plug *plug;
	struct netd_place place;
};

struct uses {
	struct use *items;
	size_t count;
};

static void uses_done(struct uses *uses)
{
	free(uses->items);
}

static int compare_uses(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return netd_place_compare(&x->place, &y->place);
}

static int add_use(struct uses *uses, const char *name, enum part part,
		   const struct netd_network *n, struct netd_place place)
{
	struct use *use;

	if (!*name)
		return 0;
	use = netd_array_add(&uses->items, &uses->count, sizeof(*use));
	if (!use)
		return -ENOMEM;
	*use = (struct use){name, part, n, NULL, place};
	return 0;
}

static int add_network(struct uses *uses, const struct netd_network *n)
{
	if (add_use(uses, n->bridge, PART_BRIDGE, n,
		    netd_place_or(n->bridge_place, n->place)) < 0 ||
	    add_use(uses, n->uplink, PART_UPLINK, n, n->uplink_place) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < n->port_count; i++) {
		const struct netd_port *p = &n->ports[i];

		if (add_use(uses, p->name, PART_PORT, n, p->place) < 0)
			return -ENOMEM;
		if (!*p->peer_namespace &&
		    add_use(uses, p->peer, PART_PEER, n, p->peer_place) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Two networks with one name have been reported already. */
static bool told(const struct use *a, const struct use *b)
{
	return a->part == PART_BRIDGE && b->part == PART_BRIDGE &&
	       strcmp(a->network->name, b->network->name) == 0;
}

/* The outer ends of the pairs into nodes, whose names are made here. */
static int add_plug(struct uses *uses, const struct netd_plug *plug)
{
	struct use *use;

	if (!*plug->interface->port || !*plug->interface->name || !*plug->node->name)
		return 0;
	use = netd_array_add(&uses->items, &uses->count, sizeof(*use));
	if (!use)
		return -ENOMEM;
	*use = (struct use){.name = plug->interface->port,
			    .part = PART_NODE,
			    .plug = plug,
			    .place = plug->interface->place};
	return 0;
}

/* "the bridge of network "lan"", "the outer end of interface "up" of router "r1"". */
static void describe(const struct use *use, char *out, size_t size)
{
	if (use->plug)
		snprintf(out, size, "the outer end of interface \"%s\" of %s \"%s\"",
			 use->plug->interface->name,
			 netd_node_kind_name(use->plug->node->kind),
			 use->plug->node->name);
	else
		snprintf(out, size, "%s network \"%s\"", part_names[use->part],
			 use->network->name);
}

static void report(struct netd_topology *t, const struct use *first,
		   const struct use *use, struct netd_error *err)
{
	char one[160], two[160], line[NETD_LINE_TEXT];

	describe(first, one, sizeof(one));
	netd_topology_error(t, err, use->place, "interface \"%s\" is already %s%s",
			    use->name, one, netd_place_line(&first->place, line));
	if (!use->plug)
		return;
	describe(use, two, sizeof(two));
	netd_error_hint(err, "it would be %s: rename one of them", two);
}

static int add_all(struct uses *uses, const struct netd_topology *t,
		   const struct netd_wiring *w)
{
	for (size_t i = 0; i < t->network_count; i++)
		if (add_network(uses, &t->networks[i]) < 0)
			return -ENOMEM;
	for (size_t i = 0; i < w->count; i++)
		if (!w->all[i].cable && add_plug(uses, &w->all[i]) < 0)
			return -ENOMEM;
	return 0;
}

/* An interface that a node has twice is reported elsewhere. */
static bool same_plug(const struct use *a, const struct use *b)
{
	return a->plug && b->plug &&
	       strcmp(a->plug->node->name, b->plug->node->name) == 0 &&
	       strcmp(a->plug->interface->name, b->plug->interface->name) == 0;
}

int netd_check_links(struct netd_topology *t, const struct netd_wiring *w,
		     struct netd_error *err)
{
	netd_auto(uses_done) struct uses uses = {0};

	if (add_all(&uses, t, w) < 0)
		return -ENOMEM;
	netd_array_sort(uses.items, uses.count, sizeof(*uses.items), compare_uses);
	for (size_t i = 1; i < uses.count; i++) {
		const struct use *first = &uses.items[i - 1], *use = &uses.items[i];

		if (strcmp(first->name, use->name) == 0 && !told(first, use) &&
		    !same_plug(first, use))
			report(t, first, use, err);
	}
	return 0;
}
