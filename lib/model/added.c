// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses that forwards and source NAT add to interfaces (`on:`). */
#include "model/added.h"

#include <string.h>

#define POOL_MAX 1024 /* as many as `nat: {on:}` may add */

struct walk {
	void (*visit)(const struct netd_addr *a, void *data);
	void *data;
};

static void visit_pool(const struct walk *w, const struct netd_addr_range *pool)
{
	struct netd_addr a = pool->first;

	for (int i = 0; a.family && i < POOL_MAX; i++, a = netd_addr_offset(&a, 1)) {
		w->visit(&a, w->data);
		if (netd_addr_equal(&a, &pool->last))
			return;
	}
}

/* What one owner of forwards and source NAT adds to the interface @link. */
static void visit_owner(const struct walk *w, const char *link,
			const struct netd_forward *forwards, size_t count,
			const struct netd_nat *nat)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(forwards[i].on, link) == 0)
			w->visit(&forwards[i].listen, w->data);
	if (strcmp(nat->on, link) != 0)
		return;
	visit_pool(w, &nat->source4);
	visit_pool(w, &nat->source6);
}

void netd_network_each_added(const struct netd_topology *t, const struct netd_network *n,
			     void (*visit)(const struct netd_addr *a, void *data),
			     void *data)
{
	const struct walk w = {visit, data};

	for (size_t i = 0; i < t->network_count; i++) {
		const struct netd_network *owner = &t->networks[i];

		visit_owner(&w, n->bridge, owner->forwards, owner->forward_count,
			    &owner->nat);
	}
	for (size_t i = 0; i < t->node_count; i++) {
		const struct netd_node *node = &t->nodes[i];

		for (size_t k = 0; k < node->interface_count; k++)
			if (strcmp(node->interfaces[k].network, n->name) == 0)
				visit_owner(&w, node->interfaces[k].name, node->forwards,
					    node->forward_count, &node->nat);
	}
}
