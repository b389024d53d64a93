// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of networks, ports, forwards, machines and topologies. */
#include <errno.h>
#include <string.h>

#include "apply/show.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "netd.h"

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

static size_t count_ports(const struct netd_scene *s, const char *bridge)
{
	size_t count = 0;

	for (size_t i = 0; i < s->state.link_count; i++)
		count += strcmp(s->state.links[i].master, bridge) == 0;
	return count;
}

static void add_addresses(const struct netd_network *n, struct netd_table *table)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	for (size_t i = 0; i < n->address_count; i++) {
		char prefix[NETD_PREFIX_TEXT];

		netd_str_addf(&text, "%s%s", i ? " " : "",
			      netd_prefix_format(&n->addresses[i], prefix));
	}
	netd_table_text(table, netd_str_text(&text));
}

static void add_network(const struct netd_scene *s, const struct netd_topology *t,
			const struct netd_network *n, bool runs, struct netd_table *table)
{
	const struct netd_link *link =
		runs ? netd_state_link(&s->state, n->bridge) : NULL;
	char mac[NETD_MAC_TEXT] = "";

	netd_table_text(table, n->name);
	netd_table_text(table, t->name);
	netd_table_text(table, netd_mode_name(n->mode));
	netd_table_text(table, !runs	  ? "stopped"
			       : !link	  ? "missing"
			       : link->up ? "up"
					  : "down");
	netd_table_text(table, n->bridge);
	add_addresses(n, table);
	netd_table_number(table, runs ? count_ports(s, n->bridge) : 0);
	netd_table_number(table, link ? link->rx_bytes : 0);
	netd_table_number(table, link ? link->tx_bytes : 0);
	netd_table_flag(table, n->autostart);
	netd_table_text(table, link ? netd_mac_format(&link->mac, mac) : "");
	netd_table_number(table, link ? link->mtu : n->mtu);
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

static bool is_in_file(const struct netd_network *n, const char *port)
{
	for (size_t i = 0; i < n->port_count; i++)
		if (strcmp(n->ports[i].name, port) == 0)
			return true;
	return false;
}

static void visit_ports(const struct netd_scene *s, const struct netd_topology *t,
			const struct netd_network *n, struct netd_table *table)
{
	(void)t;
	for (size_t i = 0; i < s->state.link_count; i++) {
		const struct netd_link *link = &s->state.links[i];
		char mac[NETD_MAC_TEXT];

		if (strcmp(link->master, n->bridge) != 0)
			continue;
		netd_table_text(table, link->name);
		netd_table_text(table, n->name);
		netd_table_text(table, link->kind == NETD_LINK_TAP ? "tap"
				       : link->kind_name[0]	   ? link->kind_name
								   : "nic");
		netd_table_text(table, !link->up       ? "down"
				       : link->running ? "up"
						       : "no carrier");
		netd_table_text(table, netd_mac_format(&link->mac, mac));
		netd_table_number(table, link->rx_bytes);
		netd_table_number(table, link->tx_bytes);
		netd_table_number(table, link->rx_packets);
		netd_table_number(table, link->tx_packets);
		netd_table_text(table, is_in_file(n, link->name) ? "topology" : "hook");
		netd_table_number(table, link->mtu);
	}
}

static void fill_ports(const struct netd_scene *s, struct netd_table *table)
{
	each_network(s, table, visit_ports);
}

/*
 * Forwards and machines
 */

static const struct netd_column forward_columns[] = {
	{"NETWORK", "network", NETD_COLUMN_TEXT},
	{"LISTEN", "listen", NETD_COLUMN_TEXT},
	{"PROTOCOL", "protocol", NETD_COLUMN_LIST},
	{"TO", "to", NETD_COLUMN_TEXT},
	{"MACHINE", "machine", NETD_COLUMN_TEXT},
	{"ON", "on", NETD_COLUMN_TEXT},
};

/* "10.0.0.1", "10.0.0.1:80", "[fd00::1]:80-89" */
static void add_endpoint(struct netd_table *table, const struct netd_addr *a,
			 unsigned first, unsigned last)
{
	char text[NETD_ADDR_TEXT];
	bool brackets = netd_addr_size(a) == 16 && first;

	netd_addr_format(a, text);
	if (!first)
		netd_table_text(table, text);
	else if (first == last)
		netd_table_addf(table, "%s%s%s:%u", brackets ? "[" : "", text,
				brackets ? "]" : "", first);
	else
		netd_table_addf(table, "%s%s%s:%u-%u", brackets ? "[" : "", text,
				brackets ? "]" : "", first, last);
}

static void add_protocols(struct netd_table *table, unsigned protocols)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	netd_protocol_for_each(p, protocols) netd_str_addf(
		&text, "%s%s", text.length ? " " : "", netd_protocol_name(p));
	netd_table_text(table, text.length ? netd_str_text(&text) : "all");
}

static void visit_forwards(const struct netd_scene *s, const struct netd_topology *t,
			   const struct netd_network *n, struct netd_table *table)
{
	(void)s;
	(void)t;
	for (size_t i = 0; i < n->forward_count; i++) {
		const struct netd_forward *f = &n->forwards[i];
		unsigned width = f->port_last - f->port_first;

		netd_table_text(table, n->name);
		add_endpoint(table, &f->listen, f->port_first, f->port_last);
		add_protocols(table, f->protocols);
		add_endpoint(table, &f->to, f->to_port, f->to_port + width);
		netd_table_text(table, f->machine);
		netd_table_text(table, f->on);
	}
}

static void fill_forwards(const struct netd_scene *s, struct netd_table *table)
{
	each_network(s, table, visit_forwards);
}

static const struct netd_column machine_columns[] = {
	{"MACHINE", "machine", NETD_COLUMN_TEXT},
	{"NETWORK", "network", NETD_COLUMN_TEXT},
	{"MAC", "mac", NETD_COLUMN_TEXT},
	{"ADDRESSES", "addresses", NETD_COLUMN_LIST},
};

static void visit_machines(const struct netd_scene *s, const struct netd_topology *t,
			   const struct netd_network *n, struct netd_table *table)
{
	(void)s;
	(void)t;
	for (size_t i = 0; i < n->machine_count; i++) {
		const struct netd_machine *m = &n->machines[i];
		char mac[NETD_MAC_TEXT] = "", v4[NETD_ADDR_TEXT] = "",
		     v6[NETD_ADDR_TEXT] = "";

		if (m->address4.family)
			netd_addr_format(&m->address4, v4);
		if (m->address6.family)
			netd_addr_format(&m->address6, v6);
		netd_table_text(table, m->name);
		netd_table_text(table, n->name);
		netd_table_text(table, m->has_mac ? netd_mac_format(&m->mac, mac) : "");
		netd_table_addf(table, "%s%s%s", v4, v4[0] && v6[0] ? " " : "", v6);
	}
}

static void fill_machines(const struct netd_scene *s, struct netd_table *table)
{
	each_network(s, table, visit_machines);
}

/*
 * Topologies
 */

static const struct netd_column topology_columns[] = {
	{"TOPOLOGY", "topology", NETD_COLUMN_TEXT},
	{"NETWORKS", "networks", NETD_COLUMN_NUMBER},
	{"PORTS", "ports", NETD_COLUMN_NUMBER},
	{"FORWARDS", "forwards", NETD_COLUMN_NUMBER},
	{"STATE", "state", NETD_COLUMN_TEXT},
};

static void add_state(const struct netd_scene *s, const struct netd_topology *t,
		      struct netd_table *table)
{
	struct netd_plan *plan = NULL;
	size_t changes;
	int r = netd_plan(s->netd, t, &plan, NULL);

	if (r < 0) {
		netd_table_text(table, r == -EPERM || r == -EACCES
					       ? "unknown, only root sees it"
					       : "in conflict with the host");
		return;
	}
	changes = netd_plan_size(plan);
	if (changes)
		netd_table_addf(table, "differs in %zu place%s", changes,
				changes == 1 ? "" : "s");
	else
		netd_table_text(table, "in effect");
	netd_plan_free(plan);
}

static void fill_topologies(const struct netd_scene *s, struct netd_table *table)
{
	for (size_t i = 0; i < s->running_count; i++) {
		const struct netd_topology *t = s->running[i];
		size_t ports = 0, forwards = 0;

		for (size_t j = 0; j < t->network_count; j++) {
			ports += count_ports(s, t->networks[j].bridge);
			forwards += t->networks[j].forward_count;
		}
		netd_table_text(table, t->name);
		netd_table_number(table, t->network_count);
		netd_table_number(table, ports);
		netd_table_number(table, forwards);
		add_state(s, t, table);
	}
}

#define COLUMNS(a) a, NETD_ARRAY_SIZE(a)

static const struct netd_show_kind kinds[] = {
	{"networks", COLUMNS(network_columns), fill_networks},
	{"ports", COLUMNS(port_columns), fill_ports},
	{"forwards", COLUMNS(forward_columns), fill_forwards},
	{"machines", COLUMNS(machine_columns), fill_machines},
	{"topologies", COLUMNS(topology_columns), fill_topologies},
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
