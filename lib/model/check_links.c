// SPDX-License-Identifier: GPL-2.0-or-later
/* Interfaces of the host that a topology names: each can play one part only. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "model/check.h"

enum part { PART_BRIDGE, PART_UPLINK, PART_PORT, PART_PEER };

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
	const struct netd_network *network;
	struct netd_place place;
};

struct uses {
	struct use *items;
	size_t count;
};

static int compare_uses(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : netd_place_compare(&x->place, &y->place);
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
	*use = (struct use){name, part, n, place};
	return 0;
}

static int add_network(struct uses *uses, const struct netd_network *n)
{
	struct netd_place place = n->bridge_place.line ? n->bridge_place : n->place;
	int r = add_use(uses, n->bridge, PART_BRIDGE, n, place);

	if (r == 0)
		r = add_use(uses, n->uplink, PART_UPLINK, n, n->uplink_place);
	for (size_t i = 0; i < n->port_count && r == 0; i++) {
		const struct netd_port *p = &n->ports[i];

		r = add_use(uses, p->name, PART_PORT, n, p->place);
		if (r == 0 && !*p->peer_namespace)
			r = add_use(uses, p->peer, PART_PEER, n, p->peer_place);
	}
	return r;
}

/* Two networks of one name are told of already. */
static bool told(const struct use *a, const struct use *b)
{
	return a->part == PART_BRIDGE && b->part == PART_BRIDGE &&
	       strcmp(a->network->name, b->network->name) == 0;
}

int netd_check_links(struct netd_topology *t, struct netd_error *err)
{
	struct uses uses = {0};
	int r = 0;

	for (size_t i = 0; i < t->network_count && r == 0; i++)
		r = add_network(&uses, &t->networks[i]);
	if (r == 0 && uses.count)
		qsort(uses.items, uses.count, sizeof(*uses.items), compare_uses);
	for (size_t i = 1; i < uses.count && r == 0; i++) {
		const struct use *first = &uses.items[i - 1], *use = &uses.items[i];
		char line[NETD_LINE_TEXT];

		if (strcmp(first->name, use->name) != 0 || told(first, use))
			continue;
		netd_topology_error(t, err, use->place,
				    "interface \"%s\" is already %s network \"%s\"%s",
				    use->name, part_names[first->part],
				    first->network->name,
				    netd_place_line(&first->place, line));
	}
	free(uses.items);
	return r;
}
