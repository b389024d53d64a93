// SPDX-License-Identifier: GPL-2.0-or-later
/* What a person asks for: topologies and networks made, copied, found and freed. */
#include "model/topology.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "model/field.h"

struct netd_topology *netd_topology_new(const char *name)
{
	struct netd_topology *t = calloc(1, sizeof(*t));

	if (t && !netd_copy(t->name, name))
		return netd_topology_free(t);
	return t;
}

struct netd_topology *netd_topology_free(struct netd_topology *t)
{
	if (!t)
		return NULL;
	free(t->file);
	free(t->text);
	netd_object_done(&netd_topology_object, t);
	free(t);
	return NULL;
}

static int copy_source(struct netd_topology *to, const struct netd_topology *from)
{
	if (from->file) {
		to->file = strdup(from->file);
		if (!to->file)
			return -ENOMEM;
	}
	if (from->text) {
		to->text = malloc(from->text_length + 1);
		if (!to->text)
			return -ENOMEM;
		memcpy(to->text, from->text, from->text_length);
		to->text[from->text_length] = '\0';
		to->text_length = from->text_length;
	}
	return 0;
}

struct netd_topology *netd_topology_copy(const struct netd_topology *t)
{
	struct netd_topology *copy = malloc(sizeof(*copy));

	if (!copy)
		return NULL;
	if (netd_object_copy(&netd_topology_object, copy, t) < 0) {
		free(copy);
		return NULL;
	}
	copy->file = NULL;
	copy->text = NULL;
	copy->text_length = 0;
	if (copy_source(copy, t) < 0)
		return netd_topology_free(copy);
	return copy;
}

void netd_network_done(struct netd_network *n)
{
	netd_object_done(&netd_network_object, n);
}

int netd_network_copy(struct netd_network *to, const struct netd_network *from)
{
	return netd_object_copy(&netd_network_object, to, from);
}

bool netd_network_equal(const struct netd_network *a, const struct netd_network *b)
{
	return netd_object_equal(&netd_network_object, a, b);
}

void netd_node_done(struct netd_node *n)
{
	netd_object_done(&netd_router_object, n);
}

int netd_node_copy(struct netd_node *to, const struct netd_node *from)
{
	return netd_object_copy(&netd_router_object, to, from);
}

bool netd_node_equal(const struct netd_node *a, const struct netd_node *b)
{
	return netd_object_equal(&netd_router_object, a, b);
}

void netd_node_interface_done(struct netd_node_interface *i)
{
	netd_object_done(&netd_interface_object, i);
}

void netd_cable_done(struct netd_cable *c)
{
	netd_object_done(&netd_cable_object, c);
}

int netd_cable_copy(struct netd_cable *to, const struct netd_cable *from)
{
	return netd_object_copy(&netd_cable_object, to, from);
}

bool netd_topology_equal(const struct netd_topology *a, const struct netd_topology *b)
{
	return netd_object_equal(&netd_topology_object, a, b);
}

void netd_topology_forget_places(struct netd_topology *t)
{
	netd_object_forget_places(&netd_topology_object, t);
}

struct netd_network *netd_topology_network(const struct netd_topology *t,
					   const char *name)
{
	for (size_t i = 0; i < t->network_count; i++)
		if (strcmp(t->networks[i].name, name) == 0)
			return &t->networks[i];
	return NULL;
}

struct netd_machine *netd_network_machine(const struct netd_network *n, const char *name)
{
	for (size_t i = 0; i < n->machine_count; i++)
		if (strcmp(n->machines[i].name, name) == 0)
			return &n->machines[i];
	return NULL;
}

struct netd_network *netd_topology_add_network(struct netd_topology *t)
{
	return netd_array_add(&t->networks, &t->network_count, sizeof(*t->networks));
}

struct netd_node *netd_topology_add_node(struct netd_topology *t)
{
	return netd_array_add(&t->nodes, &t->node_count, sizeof(*t->nodes));
}

struct netd_cable *netd_topology_add_cable(struct netd_topology *t)
{
	return netd_array_add(&t->cables, &t->cable_count, sizeof(*t->cables));
}

struct netd_node *netd_topology_node(const struct netd_topology *t, const char *name)
{
	for (size_t i = 0; i < t->node_count; i++)
		if (strcmp(t->nodes[i].name, name) == 0)
			return &t->nodes[i];
	return NULL;
}

/* The @i-th end, of any cable, that is plugged into @node; *@other is its far end. */
static struct netd_node_interface *cable_interface(const struct netd_topology *t,
						   const struct netd_node *node, size_t i,
						   const struct netd_cable **cable,
						   const struct netd_cable_end **other)
{
	for (size_t c = 0; c < t->cable_count; c++) {
		for (unsigned e = 0; e < t->cables[c].end_count; e++) {
			if (strcmp(t->cables[c].ends[e].node, node->name) != 0 || i-- > 0)
				continue;
			*cable = &t->cables[c];
			*other = &t->cables[c].ends[!e];
			return &t->cables[c].ends[e].interface;
		}
	}
	return NULL;
}

struct netd_node_interface *netd_node_interface(const struct netd_topology *t,
						const struct netd_node *node, size_t i,
						const struct netd_cable **cable,
						const struct netd_cable_end **other)
{
	const struct netd_cable_end *no_end;
	const struct netd_cable *no_cable;

	if (!cable)
		cable = &no_cable;
	if (!other)
		other = &no_end;
	*cable = NULL;
	*other = NULL;
	if (i < node->interface_count)
		return &node->interfaces[i];
	return cable_interface(t, node, i - node->interface_count, cable, other);
}

struct netd_node_interface *netd_node_interface_find(const struct netd_topology *t,
						     const struct netd_node *node,
						     const char *name)
{
	struct netd_node_interface *found;

	for (size_t i = 0; (found = netd_node_interface(t, node, i, NULL, NULL)); i++)
		if (strcmp(found->name, name) == 0)
			return found;
	return NULL;
}

void netd_topology_remove_network(struct netd_topology *t, size_t i)
{
	netd_network_done(&t->networks[i]);
	t->network_count--;
	memmove(&t->networks[i], &t->networks[i + 1],
		(t->network_count - i) * sizeof(*t->networks));
}

void netd_topology_remove_node(struct netd_topology *t, size_t i)
{
	netd_node_done(&t->nodes[i]);
	t->node_count--;
	memmove(&t->nodes[i], &t->nodes[i + 1], (t->node_count - i) * sizeof(*t->nodes));
}

void netd_topology_remove_cable(struct netd_topology *t, size_t i)
{
	netd_cable_done(&t->cables[i]);
	t->cable_count--;
	memmove(&t->cables[i], &t->cables[i + 1],
		(t->cable_count - i) * sizeof(*t->cables));
}
