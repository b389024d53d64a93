// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of networks and ports; and which tables there are. */
#include <string.h>

#include "show/show.h"
#include "show/show_forwards.h"
#include "show/show_machines.h"
#include "show/show_nodes.h"
#include "show/show_services.h"
#include "show/show_topologies.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "kind/kind.h"
#include "plan/difference.h"

static bool is_shown(const struct netd_scene *s, const struct netd_network *n)
{
	return !s->network || strcmp(s->network, n->name) == 0;
}

/* Calls @visit for every running network that is asked for. */
static void each_network(const struct netd_scene *s, struct netd_table *table,
			 void (*visit)(const struct netd_scene *s,
				       const struct netd_topology *t,
				       const struct netd_network *n,
				       struct netd_table *table))
{
	for (size_t i = 0; i < s->running_count; i++)
		for (size_t j = 0; j < s->running[i]->network_count; j++)
			if (is_shown(s, &s->running[i]->networks[j]))
				visit(s, s->running[i], &s->running[i]->networks[j],
				      table);
}

/*
 * Networks
 */

static const struct netd_column network_columns[] = {
	{"NETWORK", "network", NETD_COLUMN_TEXT},
	{"TOPOLOGY", "topology", NETD_COLUMN_TEXT},
	{"MODE", "mode", NETD_COLUMN_TEXT},
	{"STATE", "state", NETD_COLUMN_TEXT},
	{"BRIDGE", "bridge", NETD_COLUMN_TEXT},
	{"ADDRESSES", "addresses", NETD_COLUMN_LIST},
	{"PORTS", "ports", NETD_COLUMN_NUMBER},
	{"RX", "rx_bytes", NETD_COLUMN_NUMBER},
	{"TX", "tx_bytes", NETD_COLUMN_NUMBER},
	{"AUTOSTART", "autostart", NETD_COLUMN_FLAG},
	{NULL, "mac", NETD_COLUMN_TEXT},
	{NULL, "mtu", NETD_COLUMN_NUMBER},
};

static void add_addresses(const struct netd_network *n, struct netd_table *table)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	for (size_t i = 0; i < n->address_count; i++) {
		char prefix[NETD_PREFIX_TEXT];

		netd_str_next(&text, " ");
		netd_str_add(&text, netd_prefix_format(&n->addresses[i], prefix));
	}
	netd_table_add_text(table, netd_str_text(&text));
}

static const char *network_state(bool runs, const struct netd_link *bridge)
{
	if (!runs)
		return "stopped";
	if (!bridge)
		return "missing";
	if (!bridge->up)
		return "down";
	return "up";
}

static void add_network(const struct netd_scene *s, const struct netd_topology *t,
			const struct netd_network *n, bool runs, struct netd_table *table)
{
	static const struct netd_link no_link;
	const struct netd_link *link = NULL, *have = &no_link;
	const struct netd_mac *mac = NULL;
	uint32_t mtu = n->mtu;
	size_t ports = 0;

	if (runs) {
		link = netd_state_link(&s->state, n->bridge);
		ports = netd_show_count_ports(s, n->bridge);
	}
	if (link) {
		have = link;
		mac = &link->mac;
		mtu = link->mtu;
	}
	netd_table_add_text(table, n->name);
	netd_table_add_text(table, t->name);
	netd_table_add_text(table, netd_mode_name(n->mode));
	netd_table_add_text(table, network_state(runs, link));
	netd_table_add_text(table, n->bridge);
	add_addresses(n, table);
	netd_table_add_number(table, ports);
	netd_table_add_number(table, have->rx_bytes);
	netd_table_add_number(table, have->tx_bytes);
	netd_table_add_flag(table, n->autostart || t->autostart);
	netd_table_add_mac(table, mac);
	netd_table_add_number(table, mtu);
}

static void visit_network(const struct netd_scene *s, const struct netd_topology *t,
			  const struct netd_network *n, struct netd_table *table)
{
	add_network(s, t, n, true, table);
}

static bool runs(const struct netd_scene *s, const char *network)
{
	for (size_t i = 0; i < s->running_count; i++)
		if (netd_topology_network(s->running[i], network))
			return true;
	return false;
}

static void fill_networks(const struct netd_scene *s, struct netd_table *table)
{
	each_network(s, table, visit_network);
	for (size_t i = 0; i < s->defined_count; i++) {
		const struct netd_topology *t = s->defined[i];

		for (size_t j = 0; j < t->network_count; j++)
			if (is_shown(s, &t->networks[j]) && !runs(s, t->networks[j].name))
				add_network(s, t, &t->networks[j], false, table);
	}
}

/*
 * Ports
 */

static const struct netd_column port_columns[] = {
	{"PORT", "port", NETD_COLUMN_TEXT},
	{"NETWORK", "network", NETD_COLUMN_TEXT},
	{"KIND", "kind", NETD_COLUMN_TEXT},
	{"STATE", "state", NETD_COLUMN_TEXT},
	{"MAC", "mac", NETD_COLUMN_TEXT},
	{"RX", "rx_bytes", NETD_COLUMN_NUMBER},
	{"TX", "tx_bytes", NETD_COLUMN_NUMBER},
	{"RX-PACKETS", "rx_packets", NETD_COLUMN_NUMBER},
	{"TX-PACKETS", "tx_packets", NETD_COLUMN_NUMBER},
	{"FROM", "from", NETD_COLUMN_TEXT},
	{NULL, "mtu", NETD_COLUMN_NUMBER},
};

const char *netd_show_link_state(const struct netd_link *link)
{
	if (!link)
		return "missing";
	if (!link->up)
		return "down";
	if (!link->running)
		return "no carrier";
	return "up";
}

/* What is not ours by its mark may be in the file all the same: a NIC. */
static bool is_in_topology(const struct netd_topology *t, const struct netd_network *n,
			   const struct netd_link *link)
{
	const char *owner = netd_link_is_ours(link) ? netd_link_owner(link) : NULL;
	const char *port = link->name;

	if (owner && netd_owner_is(owner, t->name))
		return true;
	for (size_t i = 0; i < n->port_count; i++)
		if (strcmp(n->ports[i].name, port) == 0)
			return true;
	return strcmp(n->uplink, port) == 0;
}

/* Who plugged it in. */
static const char *port_origin(const struct netd_topology *t,
			       const struct netd_network *n, const struct netd_link *link)
{
	if (is_in_topology(t, n, link))
		return "topology";
	if (strcmp(link->alias, NETD_ALIAS_HOOK) == 0)
		return "hook";
	return "other";
}

static void visit_ports(const struct netd_scene *s, const struct netd_topology *t,
			const struct netd_network *n, struct netd_table *table)
{
	for (size_t i = 0; i < s->state.link_count; i++) {
		const struct netd_link *link = &s->state.links[i];

		if (strcmp(link->master, n->bridge) != 0)
			continue;
		netd_table_add_text(table, link->name);
		netd_table_add_text(table, n->name);
		netd_table_add_text(table, netd_kind_name(link, "nic"));
		netd_table_add_text(table, netd_show_link_state(link));
		netd_table_add_mac(table, &link->mac);
		netd_table_add_number(table, link->rx_bytes);
		netd_table_add_number(table, link->tx_bytes);
		netd_table_add_number(table, link->rx_packets);
		netd_table_add_number(table, link->tx_packets);
		netd_table_add_text(table, port_origin(t, n, link));
		netd_table_add_number(table, link->mtu);
	}
}

static void fill_ports(const struct netd_scene *s, struct netd_table *table)
{
	each_network(s, table, visit_ports);
}

#define COLUMNS(a) a, NETD_ARRAY_SIZE(a)

static const struct netd_show_kind kinds[] = {
	{"networks", COLUMNS(network_columns), fill_networks},
	{"ports", COLUMNS(port_columns), fill_ports},
	{"forwards", COLUMNS(netd_forward_columns), netd_show_forwards},
	{"machines", COLUMNS(netd_machine_columns), netd_show_machines},
	{"routers", COLUMNS(netd_router_columns), netd_show_routers},
	{"hosts", COLUMNS(netd_host_columns), netd_show_hosts},
	{"services", COLUMNS(netd_service_columns), netd_show_services},
	{"topologies", COLUMNS(netd_topology_columns), netd_show_topologies},
	{"differences", COLUMNS(netd_difference_columns), netd_show_differences},
};

const struct netd_show_kind *netd_show_kind_find(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < NETD_ARRAY_SIZE(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0 ||
		    (length >= 4 && strncmp(kinds[i].name, name, length) == 0))
			return &kinds[i];
	return NULL;
}
