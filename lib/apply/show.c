// SPDX-License-Identifier: GPL-2.0-or-later
/* What is there, as tables: networks, ports, forwards, machines, topologies. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/observe.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/address.h"
#include "kernel/link.h"
#include "netd.h"
#include "plan/plan.h"
#include "render/table.h"

/* All running topologies, and the links and addresses of the host. */
struct scene {
	struct netd *netd;
	struct netd_topology **running, **defined;
	size_t running_count, defined_count;
	struct netd_state state;
	const char *network; /* only this one; NULL: all */
};

static void topologies_free(struct netd_topology **all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		netd_topology_free(all[i]);
	free(all);
}

static void scene_done(struct scene *s)
{
	topologies_free(s->running, s->running_count);
	topologies_free(s->defined, s->defined_count);
	netd_state_done(&s->state);
}

/* Definitions that cannot be read do not keep the rest from being shown. */
static int load_definitions(struct scene *s, struct netd_error *err)
{
	char **names = NULL;
	int r = netd_definition_names(s->netd, &names, err);

	for (size_t i = 0; r == 0 && names[i]; i++) {
		struct netd_topology *t, **slot;

		if (netd_definition_load(s->netd, names[i], &t, NULL) < 0)
			continue;
		slot = netd_array_add(&s->defined, &s->defined_count, sizeof(t));
		if (slot)
			*slot = t;
		else
			netd_topology_free(t);
	}
	for (size_t i = 0; names && names[i]; i++)
		free(names[i]);
	free(names);
	return r;
}

static int scene_make(struct netd *netd, struct scene *s, struct netd_error *err)
{
	int r = netd_context_open(netd, false, err);

	s->netd = netd;
	if (r == 0 && netd->store.fd >= 0)
		r = netd_store_load_all(&netd->store, &s->running, &s->running_count,
					err);
	if (r == 0)
		r = load_definitions(s, err);
	if (r == 0)
		r = netd_link_dump(&netd->nl, &s->state, err);
	if (r == 0)
		r = netd_address_dump(&netd->nl, &s->state, err);
	return r;
}

static bool is_shown(const struct scene *s, const struct netd_network *n)
{
	return !s->network || strcmp(s->network, n->name) == 0;
}

/* Calls @visit for every running network that is asked for. */
static void each_network(const struct scene *s, struct netd_table *table,
			 void (*visit)(const struct scene *s,
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

static size_t count_ports(const struct scene *s, const char *bridge)
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

static void add_network(const struct scene *s, const struct netd_topology *t,
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

static void visit_network(const struct scene *s, const struct netd_topology *t,
			  const struct netd_network *n, struct netd_table *table)
{
	add_network(s, t, n, true, table);
}

static bool runs(const struct scene *s, const char *network)
{
	for (size_t i = 0; i < s->running_count; i++)
		if (netd_topology_network(s->running[i], network))
			return true;
	return false;
}

static void fill_networks(const struct scene *s, struct netd_table *table)
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

static void visit_ports(const struct scene *s, const struct netd_topology *t,
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

static void fill_ports(const struct scene *s, struct netd_table *table)
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

static void visit_forwards(const struct scene *s, const struct netd_topology *t,
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

static void fill_forwards(const struct scene *s, struct netd_table *table)
{
	each_network(s, table, visit_forwards);
}

static const struct netd_column machine_columns[] = {
	{"MACHINE", "machine", NETD_COLUMN_TEXT},
	{"NETWORK", "network", NETD_COLUMN_TEXT},
	{"MAC", "mac", NETD_COLUMN_TEXT},
	{"ADDRESSES", "addresses", NETD_COLUMN_LIST},
};

static void visit_machines(const struct scene *s, const struct netd_topology *t,
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

static void fill_machines(const struct scene *s, struct netd_table *table)
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

static void add_state(const struct scene *s, const struct netd_topology *t,
		      struct netd_table *table)
{
	struct netd_plan *plan = NULL;
	size_t changes;

	if (netd_plan(s->netd, t, &plan, NULL) < 0) {
		netd_table_text(table, "in conflict with the host");
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

static void fill_topologies(const struct scene *s, struct netd_table *table)
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

static const struct kind {
	const char *name;
	const struct netd_column *columns;
	size_t column_count;
	void (*fill)(const struct scene *s, struct netd_table *table);
} kinds[] = {
	{"networks", COLUMNS(network_columns), fill_networks},
	{"ports", COLUMNS(port_columns), fill_ports},
	{"forwards", COLUMNS(forward_columns), fill_forwards},
	{"machines", COLUMNS(machine_columns), fill_machines},
	{"topologies", COLUMNS(topology_columns), fill_topologies},
};

static const struct kind *find_kind(const char *name, struct netd_error *err)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < NETD_ARRAY_SIZE(kinds); i++) {
		/* "port" does as well as "ports" */
		if (strcmp(kinds[i].name, name) == 0 ||
		    (length >= 4 && strncmp(kinds[i].name, name, length) == 0))
			return &kinds[i];
	}
	netd_error_add(err, -EINVAL, "there is nothing called \"%s\" to show", name);
	netd_error_hint(err, "networks, ports, forwards, machines or topologies");
	return NULL;
}

int netd_show(struct netd *netd, const char *kind, const char *name,
	      enum netd_format format, char **out, struct netd_error *err)
{
	const struct kind *k = find_kind(kind, err);
	netd_auto(scene_done) struct scene s = {.network = name};
	struct netd_table table = {0};
	struct netd_str text = {0};
	int r;

	if (!k)
		return -EINVAL;
	r = scene_make(netd, &s, err);
	if (r == 0) {
		table.columns = k->columns;
		table.column_count = k->column_count;
		k->fill(&s, &table);
		r = format == NETD_FORMAT_JSON ? netd_table_render_json(&table, &text)
					       : netd_table_render_text(&table, &text);
	}
	if (r == 0)
		*out = netd_str_take(&text);
	netd_table_done(&table);
	netd_str_done(&text);
	return r;
}

/* Things about the host that spoil the best topology. */
static void add_warnings(struct netd *netd, struct netd_str *text)
{
	struct netd_state state = {0};
	struct netd_facts facts;

	(void)netd;
	netd_observe_facts(&state, &facts);
	if (facts.bridge_nf_call)
		netd_str_add(
			text,
			"warning: this host sends bridged frames through iptables: its "
			"rules can cut guests of one bridge\n"
			"         off from each other, at a cost for every frame; "
			"`sysctl net.bridge.bridge-nf-call-iptables=0`\n");
	netd_state_done(&state);
}

int netd_status(struct netd *netd, enum netd_format format, bool color, char **out,
		struct netd_error *err)
{
	struct netd_str text = {0};
	char *table = NULL;
	int r = netd_show(netd, "topologies", NULL, format, &table, err);

	(void)color;
	if (r < 0)
		return r;
	netd_str_add(&text, *table ? table : "no topology is running\n");
	free(table);
	if (format == NETD_FORMAT_TEXT)
		add_warnings(netd, &text);
	*out = netd_str_take(&text);
	return *out ? 0 : netd_error_add(err, -ENOMEM, "out of memory");
}
