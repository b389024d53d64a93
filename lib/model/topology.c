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

static void dhcp_done(struct netd_dhcp *d)
{
	free(d->ranges);
	free(d->servers);
	free(d->routes);
}

static void dns_done(struct netd_dns *d)
{
	free(d->forwarders);
	free(d->records);
}

void netd_node_interface_done(struct netd_node_interface *i)
{
	free(i->addresses);
	free(i->address_places);
	dhcp_done(&i->dhcp);
	dns_done(&i->dns);
	*i = (struct netd_node_interface){0};
}

void netd_node_done(struct netd_node *n)
{
	for (size_t i = 0; i < n->interface_count; i++)
		netd_node_interface_done(&n->interfaces[i]);
	free(n->interfaces);
	free(n->routes);
	free(n->servers);
	free(n->forwards);
	free(n->allows);
	*n = (struct netd_node){0};
}

void netd_cable_done(struct netd_cable *c)
{
	netd_node_interface_done(&c->ends[0].interface);
	netd_node_interface_done(&c->ends[1].interface);
	*c = (struct netd_cable){0};
}

void netd_network_done(struct netd_network *n)
{
	dhcp_done(&n->dhcp);
	dns_done(&n->dns);
	free(n->addresses);
	free(n->address_places);
	free(n->routes);
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
	for (size_t i = 0; i < t->node_count; i++)
		netd_node_done(&t->nodes[i]);
	free(t->nodes);
	for (size_t i = 0; i < t->cable_count; i++)
		netd_cable_done(&t->cables[i]);
	free(t->cables);
	free(t->file);
	free(t->text);
	free(t);
	return NULL;
}

/* Copies an array with the capacity that netd_array_add() reads off its length. */
static int copy_array(void *to, size_t *to_count, const void *from, size_t count,
		      size_t size)
{
	size_t capacity = 1;
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

static int copy_dhcp(struct netd_dhcp *to, const struct netd_dhcp *from)
{
	*to = *from;
	to->ranges = NULL;
	to->servers = NULL;
	to->routes = NULL;
	to->range_count = to->server_count = to->route_count = 0;
	return COPY_ARRAY(to, from, ranges, range_count) ||
			       COPY_ARRAY(to, from, servers, server_count) ||
			       COPY_ARRAY(to, from, routes, route_count)
		       ? -ENOMEM
		       : 0;
}

static int copy_dns(struct netd_dns *to, const struct netd_dns *from)
{
	*to = *from;
	to->forwarders = NULL;
	to->records = NULL;
	to->forwarder_count = to->record_count = 0;
	return COPY_ARRAY(to, from, forwarders, forwarder_count) ||
			       COPY_ARRAY(to, from, records, record_count)
		       ? -ENOMEM
		       : 0;
}

static int copy_interface(struct netd_node_interface *to,
			  const struct netd_node_interface *from)
{
	int r;

	*to = *from;
	to->addresses = NULL;
	to->address_places = NULL;
	to->address_count = to->address_place_count = 0;
	/* both, so that neither shares what the other owns */
	r = copy_dhcp(&to->dhcp, &from->dhcp);
	r = copy_dns(&to->dns, &from->dns) || r;
	return r || COPY_ARRAY(to, from, addresses, address_count) ||
			       COPY_ARRAY(to, from, address_places, address_place_count)
		       ? -ENOMEM
		       : 0;
}

int netd_node_copy(struct netd_node *to, const struct netd_node *from)
{
	int r = 0;

	*to = *from;
	to->interfaces = NULL;
	to->routes = NULL;
	to->servers = NULL;
	to->forwards = NULL;
	to->allows = NULL;
	to->interface_count = to->route_count = to->server_count = 0;
	to->forward_count = to->allow_count = 0;
	for (size_t i = 0; r == 0 && i < from->interface_count; i++) {
		struct netd_node_interface *copy = netd_array_add(
			&to->interfaces, &to->interface_count, sizeof(*copy));

		r = copy ? copy_interface(copy, &from->interfaces[i]) : -ENOMEM;
	}
	return r || COPY_ARRAY(to, from, routes, route_count) ||
			       COPY_ARRAY(to, from, servers, server_count) ||
			       COPY_ARRAY(to, from, forwards, forward_count) ||
			       COPY_ARRAY(to, from, allows, allow_count)
		       ? -ENOMEM
		       : 0;
}

int netd_cable_copy(struct netd_cable *to, const struct netd_cable *from)
{
	int r;

	*to = *from;
	r = copy_interface(&to->ends[0].interface, &from->ends[0].interface);
	return copy_interface(&to->ends[1].interface, &from->ends[1].interface) || r
		       ? -ENOMEM
		       : 0;
}

int netd_network_copy(struct netd_network *to, const struct netd_network *from)
{
	int r;

	*to = *from;
	to->addresses = NULL;
	to->address_places = NULL;
	to->machines = NULL;
	to->forwards = NULL;
	to->ports = NULL;
	to->routes = NULL;
	to->address_count = to->address_place_count = to->route_count = 0;
	to->machine_count = to->forward_count = to->port_count = 0;
	r = copy_dhcp(&to->dhcp, &from->dhcp);
	r = copy_dns(&to->dns, &from->dns) || r;
	if (r || COPY_ARRAY(to, from, addresses, address_count) ||
	    COPY_ARRAY(to, from, address_places, address_place_count) ||
	    COPY_ARRAY(to, from, routes, route_count) ||
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
	copy->autostart = t->autostart;
	for (size_t i = 0; i < t->network_count; i++) {
		struct netd_network *n = netd_topology_add_network(copy);

		if (!n || netd_network_copy(n, &t->networks[i]))
			return netd_topology_free(copy);
	}
	for (size_t i = 0; i < t->node_count; i++) {
		struct netd_node *n = netd_topology_add_node(copy);

		if (!n || netd_node_copy(n, &t->nodes[i]))
			return netd_topology_free(copy);
	}
	for (size_t i = 0; i < t->cable_count; i++) {
		struct netd_cable *c = netd_topology_add_cable(copy);

		if (!c || netd_cable_copy(c, &t->cables[i]))
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

	cable = cable ? cable : &no_cable;
	other = other ? other : &no_end;
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
