// SPDX-License-Identifier: GPL-2.0-or-later
/* Places point into one text; what comes under another must lose them. */
#include <string.h>

#include "model/topology.h"

static const struct netd_place nowhere;

static void forget_network(struct netd_network *n)
{
	n->place = n->bridge_place = n->mode_place = nowhere;
	n->mac_place = n->mtu_place = n->uplink_place = nowhere;
	n->nat.place = n->nat.out_place = n->nat.on_place = nowhere;
	if (n->address_places)
		memset(n->address_places, 0,
		       n->address_place_count * sizeof(*n->address_places));
	for (size_t i = 0; i < n->machine_count; i++) {
		struct netd_machine *m = &n->machines[i];

		m->place = m->mac_place = m->address4_place = m->address6_place = nowhere;
	}
	for (size_t i = 0; i < n->forward_count; i++) {
		struct netd_forward *f = &n->forwards[i];

		f->place = f->to_place = f->on_place = nowhere;
	}
	for (size_t i = 0; i < n->port_count; i++)
		n->ports[i].place = n->ports[i].peer_place = nowhere;
}

void netd_topology_forget_places(struct netd_topology *t)
{
	t->name_place = nowhere;
	for (size_t i = 0; i < t->network_count; i++)
		forget_network(&t->networks[i]);
}
