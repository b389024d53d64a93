// SPDX-License-Identifier: GPL-2.0-or-later
/* Places point into one text; what comes under another must lose them. */
#include <string.h>

#include "model/topology.h"

static const struct netd_place nowhere;

/* Of the items of a list. */
#define FORGET(object, items, count)                    \
	for (size_t i_ = 0; i_ < (object)->count; i_++) \
	(object)->items[i_].place = nowhere

static void forget_dhcp(struct netd_dhcp *d)
{
	d->place = d->gateway_place = d->boot_place = d->tftp_place = nowhere;
	FORGET(d, ranges, range_count);
	FORGET(d, servers, server_count);
	FORGET(d, routes, route_count);
}

static void forget_dns(struct netd_dns *d)
{
	d->place = d->domain_place = nowhere;
	FORGET(d, forwarders, forwarder_count);
	FORGET(d, records, record_count);
}

static void forget_nat(struct netd_nat *nat)
{
	nat->place = nat->out_place = nat->on_place = nowhere;
	nat->source4_place = nat->source6_place = nowhere;
}

static void forget_forwards(struct netd_forward *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		list[i].place = list[i].to_place = list[i].on_place = nowhere;
}

static void forget_addresses(struct netd_place *places, size_t count)
{
	if (places)
		memset(places, 0, count * sizeof(*places));
}

static void forget_routes(struct netd_static_route *routes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct netd_static_route *r = &routes[i];

		r->place = r->via_place = r->interface_place = r->source_place = nowhere;
	}
}

static void forget_network(struct netd_network *n)
{
	n->place = n->bridge_place = n->mode_place = nowhere;
	n->mac_place = n->mtu_place = nowhere;
	n->uplink_place = n->existing_place = nowhere;
	forget_nat(&n->nat);
	forget_dhcp(&n->dhcp);
	forget_dns(&n->dns);
	forget_addresses(n->address_places, n->address_place_count);
	forget_routes(n->routes, n->route_count);
	forget_forwards(n->forwards, n->forward_count);
	for (size_t i = 0; i < n->machine_count; i++) {
		struct netd_machine *m = &n->machines[i];

		m->place = m->mac_place = m->address4_place = m->address6_place = nowhere;
	}
	for (size_t i = 0; i < n->port_count; i++)
		n->ports[i].place = n->ports[i].peer_place = nowhere;
}

static void forget_interface(struct netd_node_interface *i)
{
	i->place = i->network_place = i->mac_place = i->mtu_place = nowhere;
	forget_addresses(i->address_places, i->address_place_count);
	forget_dhcp(&i->dhcp);
	forget_dns(&i->dns);
}

static void forget_node(struct netd_node *n)
{
	n->place = n->search_place = nowhere;
	forget_nat(&n->nat);
	forget_forwards(n->forwards, n->forward_count);
	for (size_t i = 0; i < n->interface_count; i++)
		forget_interface(&n->interfaces[i]);
	forget_routes(n->routes, n->route_count);
	FORGET(n, servers, server_count);
	FORGET(n, allows, allow_count);
}

static void forget_cable(struct netd_cable *c)
{
	c->place = c->mtu_place = nowhere;
	for (unsigned i = 0; i < 2; i++) {
		c->ends[i].place = nowhere;
		forget_interface(&c->ends[i].interface);
	}
}

void netd_topology_forget_places(struct netd_topology *t)
{
	t->name_place = nowhere;
	for (size_t i = 0; i < t->network_count; i++)
		forget_network(&t->networks[i]);
	for (size_t i = 0; i < t->node_count; i++)
		forget_node(&t->nodes[i]);
	for (size_t i = 0; i < t->cable_count; i++)
		forget_cable(&t->cables[i]);
}
