// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether two topologies ask for the same; where it was written does not count. */
#include <string.h>

#include "model/topology.h"

static bool addr_same(const struct netd_addr *a, const struct netd_addr *b)
{
	return netd_addr_compare(a, b) == 0;
}

static bool range_same(const struct netd_addr_range *a, const struct netd_addr_range *b)
{
	return addr_same(&a->first, &b->first) && addr_same(&a->last, &b->last);
}

static bool mac_same(bool has_a, const struct netd_mac *a, bool has_b,
		     const struct netd_mac *b)
{
	return has_a == has_b && (!has_a || memcmp(a, b, sizeof(*a)) == 0);
}

static bool nat_same(const struct netd_nat *a, const struct netd_nat *b)
{
	return range_same(&a->source4, &b->source4) &&
	       range_same(&a->source6, &b->source6) && a->port_first == b->port_first &&
	       a->port_last == b->port_last && strcmp(a->out, b->out) == 0 &&
	       strcmp(a->on, b->on) == 0;
}

static bool machine_same(const struct netd_machine *a, const struct netd_machine *b)
{
	return strcmp(a->name, b->name) == 0 &&
	       mac_same(a->has_mac, &a->mac, b->has_mac, &b->mac) &&
	       addr_same(&a->address4, &b->address4) &&
	       addr_same(&a->address6, &b->address6);
}

static bool forward_same(const struct netd_forward *a, const struct netd_forward *b)
{
	return addr_same(&a->listen, &b->listen) && a->port_first == b->port_first &&
	       a->port_last == b->port_last && a->protocols == b->protocols &&
	       strcmp(a->machine, b->machine) == 0 && addr_same(&a->to, &b->to) &&
	       a->to_port == b->to_port && strcmp(a->on, b->on) == 0;
}

static bool port_same(const struct netd_port *a, const struct netd_port *b)
{
	return strcmp(a->name, b->name) == 0 && a->kind == b->kind &&
	       a->has_owner == b->has_owner && a->has_group == b->has_group &&
	       a->multi_queue == b->multi_queue && a->vnet_hdr == b->vnet_hdr &&
	       a->owner == b->owner && a->group == b->group &&
	       strcmp(a->peer, b->peer) == 0 &&
	       strcmp(a->peer_namespace, b->peer_namespace) == 0;
}

static bool settings_same(const struct netd_network *a, const struct netd_network *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->bridge, b->bridge) == 0 &&
	       a->mode == b->mode && mac_same(a->has_mac, &a->mac, b->has_mac, &b->mac) &&
	       a->mtu == b->mtu && a->stp == b->stp && a->autostart == b->autostart &&
	       strcmp(a->uplink, b->uplink) == 0 && nat_same(&a->nat, &b->nat) &&
	       a->address_count == b->address_count &&
	       a->machine_count == b->machine_count &&
	       a->forward_count == b->forward_count && a->port_count == b->port_count;
}

static bool network_same(const struct netd_network *a, const struct netd_network *b)
{
	if (!settings_same(a, b))
		return false;
	for (size_t i = 0; i < a->address_count; i++)
		if (netd_prefix_compare(&a->addresses[i], &b->addresses[i]) != 0)
			return false;
	for (size_t i = 0; i < a->machine_count; i++)
		if (!machine_same(&a->machines[i], &b->machines[i]))
			return false;
	for (size_t i = 0; i < a->forward_count; i++)
		if (!forward_same(&a->forwards[i], &b->forwards[i]))
			return false;
	for (size_t i = 0; i < a->port_count; i++)
		if (!port_same(&a->ports[i], &b->ports[i]))
			return false;
	return true;
}

bool netd_topology_equal(const struct netd_topology *a, const struct netd_topology *b)
{
	if (strcmp(a->name, b->name) != 0 || a->network_count != b->network_count)
		return false;
	for (size_t i = 0; i < a->network_count; i++)
		if (!network_same(&a->networks[i], &b->networks[i]))
			return false;
	return true;
}
