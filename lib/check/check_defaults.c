// SPDX-License-Identifier: GPL-2.0-or-later
/* What a file leaves unsaid: names of bridges and interfaces, DNS where there is DHCP. */
#include <stdio.h>

#include "base/hash.h"
#include "base/str.h"
#include "check/check.h"

/*
 * The outer end of a pair into a node: "NODE-INTERFACE", or, if that is too long for an
 * interface, what begins like it and ends in a hash.
 */
static void name_port(const struct netd_topology *t, const struct netd_node *n,
		      struct netd_node_interface *i)
{
	char text[NETD_TOPOLOGY_NAME + NETD_NODE_NAME + NETD_IFNAME];
	uint64_t hash;

	snprintf(text, sizeof(text), "%s-%s", n->name, i->name);
	if (netd_copy(i->port, text))
		return;
	snprintf(text, sizeof(text), "%s/%s/%s", t->name, n->name, i->name);
	hash = netd_hash_text(NETD_HASH_START, text);
	snprintf(i->port, sizeof(i->port), "%.8s-%06x", n->name,
		 (unsigned)(hash & 0xffffff));
}

/* Names are served where addresses are, unless the file says otherwise. */
static void imply_dns(const struct netd_dhcp *dhcp, struct netd_dns *dns)
{
	if (!dns->said)
		dns->enabled = dhcp->enabled;
}

static void fill_node(const struct netd_topology *t, struct netd_node *n)
{
	for (size_t k = 0; k < n->interface_count; k++) {
		struct netd_node_interface *i = &n->interfaces[k];

		if (!*i->network && !i->network_place.line)
			netd_copy(i->network, i->name);
		name_port(t, n, i);
		imply_dns(&i->dhcp, &i->dns);
	}
}

static void fill_cable(struct netd_cable *c)
{
	for (unsigned k = 0; k < c->end_count; k++) {
		struct netd_node_interface *i = &c->ends[k].interface;

		if (!*i->name)
			netd_copy(i->name, c->name);
	}
}

void netd_check_defaults(struct netd_topology *t)
{
	for (size_t i = 0; i < t->network_count; i++) {
		struct netd_network *n = &t->networks[i];

		if (!*n->bridge)
			netd_copy(n->bridge, n->name);
		imply_dns(&n->dhcp, &n->dns);
	}
	for (size_t i = 0; i < t->node_count; i++)
		fill_node(t, &t->nodes[i]);
	for (size_t i = 0; i < t->cable_count; i++)
		fill_cable(&t->cables[i]);
}
