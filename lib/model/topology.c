// SPDX-License-Identifier: GPL-2.0-or-later
/* What a person asks for: topologies and networks made, copied, found and freed. */
#include "model/topology.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"

struct netd_topology *netd_topology_new(const char *name)
{
	struct netd_topology *t = calloc(1, sizeof(*t));

	if (t && !netd_copy(t->name, name))
		return netd_topology_free(t);
	return t;
}

void netd_network_done(struct netd_network *n)
{
	free(n->addresses);
	free(n->address_places);
	free(n->machines);
	free(n->forwards);
	free(n->ports);
	*n = (struct netd_network){0};
}

struct netd_topology *netd_topology_free(struct netd_topology *t)
{
	if (!t)
		return NULL;
	for (size_t i = 0; i < t->network_count; i++)
		netd_network_done(&t->networks[i]);
	free(t->networks);
	free(t->file);
	free(t->text);
	free(t);
	return NULL;
}

/* Copies an array with the capacity that netd_array_add() reads off its length. */
static int copy_array(void *to, size_t *to_count, const void *from, size_t count,
		      size_t size)
{
	size_t capacity = 8;
	void *items;

	if (count == 0)
		return 0;
	while (capacity < count)
		capacity *= 2;
	items = calloc(capacity, size);
	if (!items)
		return -ENOMEM;
	memcpy(items, from, count * size);
	*(void **)to = items;
	*to_count = count;
	return 0;
}

#define COPY_ARRAY(to, from, items, count)                                   \
	copy_array(&(to)->items, &(to)->count, (from)->items, (from)->count, \
		   sizeof(*(from)->items))

int netd_network_copy(struct netd_network *to, const struct netd_network *from)
{
	*to = *from;
	to->addresses = NULL;
	to->address_places = NULL;
	to->machines = NULL;
	to->forwards = NULL;
	to->ports = NULL;
	to->address_count = to->address_place_count = 0;
	to->machine_count = to->forward_count = to->port_count = 0;
	if (COPY_ARRAY(to, from, addresses, address_count) ||
	    COPY_ARRAY(to, from, address_places, address_place_count) ||
	    COPY_ARRAY(to, from, machines, machine_count) ||
	    COPY_ARRAY(to, from, forwards, forward_count) ||
	    COPY_ARRAY(to, from, ports, port_count)) {
		netd_network_done(to);
		return -ENOMEM;
	}
	return 0;
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
	struct netd_topology *copy = netd_topology_new(t->name);

	if (!copy || copy_source(copy, t))
		return netd_topology_free(copy);
	for (size_t i = 0; i < t->network_count; i++) {
		struct netd_network *n = netd_topology_add_network(copy);

		if (!n || netd_network_copy(n, &t->networks[i]))
			return netd_topology_free(copy);
	}
	return copy;
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

void netd_topology_remove_network(struct netd_topology *t, size_t i)
{
	netd_network_done(&t->networks[i]);
	t->network_count--;
	memmove(&t->networks[i], &t->networks[i + 1],
		(t->network_count - i) * sizeof(*t->networks));
}
