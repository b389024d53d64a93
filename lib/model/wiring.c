// SPDX-License-Identifier: GPL-2.0-or-later
/* What is plugged into what: the interfaces of routers and hosts by network and by node.
 */
#include "model/wiring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"

static int compare_networks(const void *a, const void *b)
{
	const struct netd_network *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	if (order)
		return order;
	return (*x < *y ? -1 : *x > *y);
}

static int compare_nodes(const void *a, const void *b)
{
	const struct netd_node *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	if (order)
		return order;
	return (*x < *y ? -1 : *x > *y);
}

static int compare_network_name(const void *name, const void *item)
{
	return strcmp(name, (*(struct netd_network *const *)item)->name);
}

static int compare_node_name(const void *name, const void *item)
{
	return strcmp(name, (*(struct netd_node *const *)item)->name);
}

struct netd_junction *netd_wiring_junction(const struct netd_wiring *w, const char *name)
{
	struct netd_network **found =
		bsearch(name, w->networks_by_name, w->t->network_count, sizeof(*found),
			compare_network_name);

	if (!found || !*name)
		return NULL;
	while (found > w->networks_by_name && strcmp(found[-1]->name, name) == 0)
		found--;
	return &w->junctions[*found - w->t->networks];
}

struct netd_node *netd_wiring_node(const struct netd_wiring *w, const char *name)
{
	struct netd_node **found = bsearch(name, w->nodes_by_name, w->t->node_count,
					   sizeof(*found), compare_node_name);

	if (!found || !*name)
		return NULL;
	while (found > w->nodes_by_name && strcmp(found[-1]->name, name) == 0)
		found--;
	return *found;
}

const struct netd_plugs *netd_wiring_plugs(const struct netd_wiring *w,
					   const struct netd_node *node)
{
	return &w->nodes[node - w->t->nodes];
}

static int allocate(struct netd_wiring *w, struct netd_topology *t)
{
	size_t count = 2 * t->cable_count;

	for (size_t i = 0; i < t->node_count; i++)
		count += t->nodes[i].interface_count;
	w->t = t;
	w->all = calloc(count + 1, sizeof(*w->all));
	w->junctions = calloc(t->network_count + 1, sizeof(*w->junctions));
	w->nodes = calloc(t->node_count + 1, sizeof(*w->nodes));
	w->networks_by_name = calloc(t->network_count + 1, sizeof(struct netd_network *));
	w->nodes_by_name = calloc(t->node_count + 1, sizeof(struct netd_node *));
	if (!w->all || !w->junctions || !w->nodes || !w->networks_by_name ||
	    !w->nodes_by_name)
		return -ENOMEM;
	return 0;
}

static void sort_names(struct netd_wiring *w)
{
	for (size_t i = 0; i < w->t->network_count; i++) {
		w->networks_by_name[i] = &w->t->networks[i];
		w->junctions[i].network = &w->t->networks[i];
	}
	for (size_t i = 0; i < w->t->node_count; i++)
		w->nodes_by_name[i] = &w->t->nodes[i];
	netd_array_sort(w->networks_by_name, w->t->network_count,
			sizeof(struct netd_network *), compare_networks);
	netd_array_sort(w->nodes_by_name, w->t->node_count, sizeof(struct netd_node *),
			compare_nodes);
}

static void add_interfaces(struct netd_wiring *w)
{
	for (size_t i = 0; i < w->t->node_count; i++) {
		struct netd_node *n = &w->t->nodes[i];

		for (size_t k = 0; k < n->interface_count; k++)
			w->all[w->count++] = (struct netd_plug){
				.node = n,
				.interface = &n->interfaces[k],
				.junction =
					netd_wiring_junction(w, n->interfaces[k].network),
			};
	}
}

static void add_cables(struct netd_wiring *w)
{
	for (size_t i = 0; i < w->t->cable_count; i++) {
		struct netd_cable *c = &w->t->cables[i];
		struct netd_plug *first = &w->all[w->count];

		for (unsigned k = 0; k < c->end_count; k++)
			w->all[w->count++] = (struct netd_plug){
				.node = netd_wiring_node(w, c->ends[k].node),
				.interface = &c->ends[k].interface,
				.cable = c,
				.far = c->end_count == 2 ? &first[!k] : NULL,
			};
	}
}

static int add_plug(struct netd_plugs *plugs, struct netd_plug *plug)
{
	struct netd_plug **item =
		netd_array_add(&plugs->items, &plugs->count, sizeof(*item));

	if (!item)
		return -ENOMEM;
	*item = plug;
	return 0;
}

static int distribute(struct netd_wiring *w)
{
	for (size_t i = 0; i < w->count; i++) {
		struct netd_plug *plug = &w->all[i];

		if (plug->junction && add_plug(&plug->junction->plugs, plug))
			return -ENOMEM;
		if (plug->node && add_plug(&w->nodes[plug->node - w->t->nodes], plug))
			return -ENOMEM;
	}
	return 0;
}

static bool has_family(const struct netd_prefix *list, size_t count, int family)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].addr.family == family &&
		    !netd_addr_is_link_local(&list[i].addr))
			return true;
	return false;
}

static void find_subnets(struct netd_junction *s, int family, struct netd_subnets *out)
{
	const struct netd_network *n = s->network;

	if (has_family(n->addresses, n->address_count, family)) {
		*out = (struct netd_subnets){n->addresses, n->address_count, NULL};
		return;
	}
	for (size_t i = 0; i < s->plugs.count; i++) {
		const struct netd_plug *plug = s->plugs.items[i];
		const struct netd_node_interface *f = plug->interface;

		if (plug->node->kind != NETD_NODE_ROUTER ||
		    !has_family(f->addresses, f->address_count, family))
			continue;
		*out = (struct netd_subnets){f->addresses, f->address_count, plug};
		return;
	}
}

int netd_wiring_init(struct netd_wiring *w, struct netd_topology *t)
{
	*w = (struct netd_wiring){0};
	if (allocate(w, t))
		return -ENOMEM;
	sort_names(w);
	add_interfaces(w);
	add_cables(w);
	if (distribute(w))
		return -ENOMEM;
	for (size_t i = 0; i < t->network_count; i++) {
		find_subnets(&w->junctions[i], AF_INET, &w->junctions[i].subnets[0]);
		find_subnets(&w->junctions[i], AF_INET6, &w->junctions[i].subnets[1]);
	}
	return 0;
}

void netd_wiring_done(struct netd_wiring *w)
{
	for (size_t i = 0; w->junctions && i < w->t->network_count; i++)
		free(w->junctions[i].plugs.items);
	for (size_t i = 0; w->nodes && i < w->t->node_count; i++)
		free(w->nodes[i].items);
	free(w->all);
	free(w->junctions);
	free(w->nodes);
	free(w->networks_by_name);
	free(w->nodes_by_name);
	*w = (struct netd_wiring){0};
}

const struct netd_prefix *netd_prefixes_find(const struct netd_prefix *list, size_t count,
					     const struct netd_addr *a)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].addr.family == a->family && netd_prefix_contains(&list[i], a))
			return &list[i];
	return NULL;
}

const struct netd_prefix *netd_junction_subnet(const struct netd_junction *s,
					       const struct netd_addr *a)
{
	const struct netd_subnets *subnets = &s->subnets[a->family == AF_INET6];

	return netd_prefixes_find(subnets->addresses, subnets->count, a);
}

const struct netd_prefix *netd_junction_any_subnet(const struct netd_junction *s,
						   int family)
{
	const struct netd_subnets *subnets = &s->subnets[family == AF_INET6];

	for (size_t i = 0; i < subnets->count; i++)
		if (subnets->addresses[i].addr.family == family &&
		    !netd_addr_is_link_local(&subnets->addresses[i].addr))
			return &subnets->addresses[i];
	return NULL;
}

bool netd_plugs_have(const struct netd_plugs *plugs, const struct netd_addr *a)
{
	for (size_t i = 0; i < plugs->count; i++) {
		const struct netd_node_interface *f = plugs->items[i]->interface;

		for (size_t k = 0; k < f->address_count; k++)
			if (netd_addr_equal(&f->addresses[k].addr, a))
				return true;
	}
	return false;
}
