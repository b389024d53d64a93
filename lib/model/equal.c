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

/* Two lists, item by item; @same takes what they hold. */
#define LIST_SAME(a, b, items, count, same)                              \
	({                                                               \
		bool equal_ = (a)->count == (b)->count;                  \
		for (size_t i_ = 0; equal_ && i_ < (a)->count; i_++)     \
			equal_ = same(&(a)->items[i_], &(b)->items[i_]); \
		equal_;                                                  \
	})

static bool prefix_same(const struct netd_prefix *a, const struct netd_prefix *b)
{
	return netd_prefix_compare(a, b) == 0;
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

static bool told_route_same(const struct netd_dhcp_route *a,
			    const struct netd_dhcp_route *b)
{
	return netd_prefix_compare(&a->to, &b->to) == 0 && addr_same(&a->via, &b->via);
}

static bool dhcp_range_same(const struct netd_dhcp_range *a,
			    const struct netd_dhcp_range *b)
{
	return range_same(&a->range, &b->range);
}

static bool listed_same(const struct netd_listed_addr *a,
			const struct netd_listed_addr *b)
{
	return addr_same(&a->addr, &b->addr);
}

static bool dhcp_same(const struct netd_dhcp *a, const struct netd_dhcp *b)
{
	return a->enabled == b->enabled && a->optional == b->optional &&
	       a->lease == b->lease && a->no_gateway == b->no_gateway &&
	       addr_same(&a->gateway, &b->gateway) && a->mtu == b->mtu &&
	       strcmp(a->boot_file, b->boot_file) == 0 &&
	       addr_same(&a->boot_server, &b->boot_server) &&
	       strcmp(a->tftp_root, b->tftp_root) == 0 && a->no_ra == b->no_ra &&
	       a->no_slaac == b->no_slaac &&
	       LIST_SAME(a, b, ranges, range_count, dhcp_range_same) &&
	       LIST_SAME(a, b, servers, server_count, listed_same) &&
	       LIST_SAME(a, b, routes, route_count, told_route_same);
}

static bool forwarder_same(const struct netd_dns_forwarder *a,
			   const struct netd_dns_forwarder *b)
{
	return strcmp(a->domain, b->domain) == 0 && addr_same(&a->addr, &b->addr) &&
	       a->port == b->port;
}

static bool record_same(const struct netd_dns_record *a, const struct netd_dns_record *b)
{
	return strcmp(a->name, b->name) == 0 && addr_same(&a->addr, &b->addr);
}

static bool dns_same(const struct netd_dns *a, const struct netd_dns *b)
{
	return a->enabled == b->enabled && strcmp(a->domain, b->domain) == 0 &&
	       a->no_forward == b->no_forward &&
	       LIST_SAME(a, b, forwarders, forwarder_count, forwarder_same) &&
	       LIST_SAME(a, b, records, record_count, record_same);
}

static bool route_same(const struct netd_static_route *a,
		       const struct netd_static_route *b)
{
	return prefix_same(&a->to, &b->to) && addr_same(&a->via, &b->via) &&
	       addr_same(&a->source, &b->source) &&
	       strcmp(a->interface, b->interface) == 0 && a->metric == b->metric &&
	       a->type == b->type && a->onlink == b->onlink;
}

static bool settings_same(const struct netd_network *a, const struct netd_network *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->bridge, b->bridge) == 0 &&
	       a->mode == b->mode && mac_same(a->has_mac, &a->mac, b->has_mac, &b->mac) &&
	       a->mtu == b->mtu && a->stp == b->stp && a->existing == b->existing &&
	       a->overlaps == b->overlaps && a->no_antispoof == b->no_antispoof &&
	       a->autostart == b->autostart && strcmp(a->uplink, b->uplink) == 0 &&
	       nat_same(&a->nat, &b->nat) && dhcp_same(&a->dhcp, &b->dhcp) &&
	       dns_same(&a->dns, &b->dns);
}

bool netd_network_equal(const struct netd_network *a, const struct netd_network *b)
{
	return settings_same(a, b) &&
	       LIST_SAME(a, b, addresses, address_count, prefix_same) &&
	       LIST_SAME(a, b, routes, route_count, route_same) &&
	       LIST_SAME(a, b, machines, machine_count, machine_same) &&
	       LIST_SAME(a, b, forwards, forward_count, forward_same) &&
	       LIST_SAME(a, b, ports, port_count, port_same);
}

static bool interface_same(const struct netd_node_interface *a,
			   const struct netd_node_interface *b)
{
	return strcmp(a->name, b->name) == 0 && strcmp(a->network, b->network) == 0 &&
	       mac_same(a->has_mac, &a->mac, b->has_mac, &b->mac) && a->mtu == b->mtu &&
	       LIST_SAME(a, b, addresses, address_count, prefix_same) &&
	       dhcp_same(&a->dhcp, &b->dhcp) && dns_same(&a->dns, &b->dns);
}

static bool allow_same(const struct netd_allow *a, const struct netd_allow *b)
{
	return strcmp(a->from, b->from) == 0 && strcmp(a->to, b->to) == 0;
}

bool netd_node_equal(const struct netd_node *a, const struct netd_node *b)
{
	return strcmp(a->name, b->name) == 0 && a->isolate == b->isolate &&
	       strcmp(a->search, b->search) == 0 && nat_same(&a->nat, &b->nat) &&
	       LIST_SAME(a, b, interfaces, interface_count, interface_same) &&
	       LIST_SAME(a, b, routes, route_count, route_same) &&
	       LIST_SAME(a, b, servers, server_count, listed_same) &&
	       LIST_SAME(a, b, forwards, forward_count, forward_same) &&
	       LIST_SAME(a, b, allows, allow_count, allow_same);
}

/* The first node of that kind from @i on; node_count if there is none. */
static size_t next_node(const struct netd_topology *t, size_t i, enum netd_node_kind kind)
{
	while (i < t->node_count && t->nodes[i].kind != kind)
		i++;
	return i;
}

/* A file has its routers and its hosts apart: their order among each other is nothing. */
static bool nodes_same(const struct netd_topology *a, const struct netd_topology *b,
		       enum netd_node_kind kind)
{
	size_t i = next_node(a, 0, kind), k = next_node(b, 0, kind);

	while (i < a->node_count && k < b->node_count) {
		if (!netd_node_equal(&a->nodes[i], &b->nodes[k]))
			return false;
		i = next_node(a, i + 1, kind);
		k = next_node(b, k + 1, kind);
	}
	return i == a->node_count && k == b->node_count;
}

static bool cable_same(const struct netd_cable *a, const struct netd_cable *b)
{
	bool same = strcmp(a->name, b->name) == 0 && a->mtu == b->mtu &&
		    a->end_count == b->end_count;

	for (unsigned i = 0; same && i < a->end_count; i++)
		same = strcmp(a->ends[i].node, b->ends[i].node) == 0 &&
		       interface_same(&a->ends[i].interface, &b->ends[i].interface);
	return same;
}

bool netd_topology_equal(const struct netd_topology *a, const struct netd_topology *b)
{
	return strcmp(a->name, b->name) == 0 && a->autostart == b->autostart &&
	       LIST_SAME(a, b, networks, network_count, netd_network_equal) &&
	       nodes_same(a, b, NETD_NODE_ROUTER) && nodes_same(a, b, NETD_NODE_HOST) &&
	       LIST_SAME(a, b, cables, cable_count, cable_same);
}
