// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of networks, ports and topologies; and which tables there are. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "show/show.h"
#include "trial/confirm.h"
#include "show/show_forwards.h"
#include "show/show_machines.h"
#include "show/show_nodes.h"
#include "show/show_services.h"
#include "trial/start.h"
#include "show/show_unrecorded.h"
#include "store/stuck.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "host/netns.h"
#include "netd.h"
#include "plan/plan.h"
#include "base/safe.h"
#include "show/plan.h"
#include "kind/kind.h"

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
		ports = count_ports(s, n->bridge);
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

static const char *port_kind(const struct netd_link *link)
{
	return netd_kind_name(link, "nic");
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

static void visit_ports(const struct netd_scene *s, const struct netd_topology *t,
			const struct netd_network *n, struct netd_table *table)
{
	for (size_t i = 0; i < s->state.link_count; i++) {
		const struct netd_link *link = &s->state.links[i];

		if (strcmp(link->master, n->bridge) != 0)
			continue;
		netd_table_add_text(table, link->name);
		netd_table_add_text(table, n->name);
		netd_table_add_text(table, port_kind(link));
		netd_table_add_text(table, netd_show_link_state(link));
		netd_table_add_mac(table, &link->mac);
		netd_table_add_number(table, link->rx_bytes);
		netd_table_add_number(table, link->tx_bytes);
		netd_table_add_number(table, link->rx_packets);
		netd_table_add_number(table, link->tx_packets);
		netd_table_add_text(table,
				    is_in_topology(t, n, link) ? "topology" : "hook");
		netd_table_add_number(table, link->mtu);
	}
}

static void fill_ports(const struct netd_scene *s, struct netd_table *table)
{
	each_network(s, table, visit_ports);
}

/*
 * Topologies
 */

#define DIFFERENCES_SAID 20

static const struct netd_column topology_columns[] = {
	{"TOPOLOGY", "topology", NETD_COLUMN_TEXT},
	{"NETWORKS", "networks", NETD_COLUMN_NUMBER},
	{"ROUTERS", "routers", NETD_COLUMN_NUMBER},
	{"HOSTS", "hosts", NETD_COLUMN_NUMBER},
	{"PORTS", "ports", NETD_COLUMN_NUMBER},
	{"FORWARDS", "forwards", NETD_COLUMN_NUMBER},
	{"STATE", "state", NETD_COLUMN_TEXT},
	{NULL, "differences", NETD_COLUMN_LINES},
	{NULL, "notes", NETD_COLUMN_LINES},
	{NULL, "unconfirmed", NETD_COLUMN_OPTIONAL}, /* seconds left */
};

void netd_show_add_notes(const struct netd_scene *s, const char *topology,
			 const struct netd_error *notes, struct netd_table *table)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	for (size_t i = 0; i < notes->count; i++) {
		netd_str_next(&text, "\n");
		netd_str_add(&text, notes->problems[i].text);
	}
	netd_table_add_text(table, netd_str_text(&text));
	for (size_t i = 0; s->notes && i < notes->count; i++) {
		netd_error_add(s->notes, 0, "%s: %s", topology, notes->problems[i].text);
		if (notes->problems[i].hint)
			netd_error_hint(s->notes, "%s", notes->problems[i].hint);
	}
}

/* A namespace that somebody deleted; the plan has what that means in detail. */
static void note_missing(const struct netd_topology *t, struct netd_plan *plan)
{
	for (size_t i = 0; i < t->node_count; i++) {
		const struct netd_node *n = &t->nodes[i];
		int fd = netd_netns_open(n->name, NULL);

		if (fd >= 0) {
			close(fd);
			continue;
		}
		netd_plan_note(plan, "%s %s has lost its namespace",
			       netd_node_kind_name(n->kind), n->name);
		netd_error_hint(&plan->notes,
				"apply the topology again; `netdctl export "
				"%s` has its file",
				t->name);
	}
}

/* The first of @lines, indented; true if that is all of them. */
static bool add_lines(const struct netd_str *lines, struct netd_str *out)
{
	const char *line = netd_str_text(lines);

	for (size_t i = 0; *line && i < DIFFERENCES_SAID; i++) {
		size_t length = strcspn(line, "\n");

		netd_str_addf(out, "  %.*s\n", (int)length, line);
		line += length + (line[length] == '\n');
	}
	return !*line;
}

/* @lines as the next cell; indented, and with what to do, they are the scene's. */
static void add_differences(const struct netd_scene *s, const struct netd_topology *t,
			    const struct netd_str *lines, const char *todo,
			    struct netd_table *table)
{
	bool all;

	netd_table_add_text(table, netd_str_text(lines));
	if (!s->drift || !lines->length)
		return;
	netd_str_addf(s->drift, "%s differs from what was applied:\n", t->name);
	all = add_lines(lines, s->drift);
	if (!all)
		netd_str_addf(s->drift,
			      "  … `netdctl export %s | netdctl plan -` has all of it\n",
			      t->name);
	netd_str_addf(s->drift, "  `netdctl repair %s` %s\n", t->name, todo);
}

/* One line: what, in the kernel's words, too, and what to do. */
static void add_problem(const struct netd_problem *p, struct netd_str *out)
{
	netd_str_add(out, "! ");
	netd_render_safe(p->text, out);
	if (p->kernel) {
		netd_str_add(out, " (kernel: ");
		netd_render_safe(p->kernel, out);
		netd_str_add_char(out, ')');
	}
	if (p->hint) {
		netd_str_add(out, "; ");
		netd_render_safe(p->hint, out);
	}
}

static void add_conflict(const struct netd_scene *s, const struct netd_topology *t, int r,
			 const struct netd_error *why, struct netd_table *table)
{
	netd_auto(netd_str_done) struct netd_str lines = {0};
	bool hidden = r == -EPERM || r == -EACCES;

	netd_table_add_text(table, hidden ? "unknown, only root sees it"
					  : "in conflict with the host");
	for (size_t i = 0; !hidden && i < why->count; i++) {
		netd_str_next(&lines, "\n");
		add_problem(&why->problems[i], &lines);
	}
	add_differences(s, t, &lines, "makes it so again when that is done", table);
	netd_table_add_text(table, "");
}

static void add_plan(const struct netd_scene *s, const struct netd_topology *t,
		     struct netd_plan *plan, struct netd_table *table)
{
	netd_auto(netd_str_done) struct netd_str lines = {0};
	size_t changes = netd_plan_size(plan);

	if (changes)
		note_missing(t, plan);
	if (changes)
		netd_table_addf(table, "differs in %zu place%s", changes,
				changes == 1 ? "" : "s");
	else
		netd_table_add_text(table, "in effect");
	for (size_t i = 0; i < plan->op_count; i++) {
		netd_str_next(&lines, "\n");
		netd_render_op(plan, i, &lines);
	}
	add_differences(s, t, &lines, "makes it so again", table);
	netd_show_add_notes(s, t->name, &plan->notes, table);
}

static void add_state(const struct netd_scene *s, const struct netd_topology *t,
		      struct netd_table *table)
{
	const struct netd_topology *defined = netd_scene_definition(s, t->name);
	struct netd_plan *plan = NULL;
	struct netd_error why = {0};
	int r = netd_plan(s->netd, t, &plan, &why);

	if (r == 0 && defined)
		netd_unstarted_note(s->netd, defined, t, &plan->notes);

	if (r < 0)
		add_conflict(s, t, r, &why, table);
	else
		add_plan(s, t, plan, table);
	netd_error_done(&why);
	netd_plan_free(plan);
}

/* What it could not return to, and why not. */
static void add_stuck(const struct netd_scene *s, const struct netd_topology *t,
		      struct netd_table *table)
{
	netd_auto(netd_str_done) struct netd_str lines = {0};
	const char *name = t->name, *goal = "return to what it was before a change";
	struct netd_error why = {0};

	if (netd_topology_is_empty(t))
		goal = "be removed wholly";
	netd_stuck_problems(&s->netd->store, name, &why);
	if (!why.count)
		netd_error_add(&why, -EIO, "`netdctl recover` tells what is left");
	for (size_t i = 0; i < why.count; i++) {
		netd_str_next(&lines, "\n");
		add_problem(&why.problems[i], &lines);
	}
	netd_table_add_text(table, "stuck");
	netd_table_add_text(table, netd_str_text(&lines));
	netd_table_add_text(table, "");
	if (s->drift) {
		netd_str_addf(s->drift, "%s is stuck: it could not %s\n", name, goal);
		add_lines(&lines, s->drift);
		netd_str_addf(
			s->drift,
			"  when that is cured, `netdctl recover` tries again, and so "
			"does every change of %s;\n"
			"  `netdctl destroy %s` removes what can be removed\n",
			name, name);
	}
	netd_error_done(&why);
}

static void add_counts(const struct netd_scene *s, const struct netd_topology *t,
		       struct netd_table *table)
{
	size_t ports = 0, forwards = 0, routers = 0;

	for (size_t j = 0; j < t->network_count; j++) {
		ports += count_ports(s, t->networks[j].bridge);
		forwards += t->networks[j].forward_count;
	}
	for (size_t j = 0; j < t->node_count; j++) {
		routers += t->nodes[j].kind == NETD_NODE_ROUTER;
		forwards += t->nodes[j].forward_count;
	}
	netd_table_add_text(table, t->name);
	netd_table_add_number(table, t->network_count);
	netd_table_add_number(table, routers);
	netd_table_add_number(table, t->node_count - routers);
	netd_table_add_number(table, ports);
	netd_table_add_number(table, forwards);
}

static void add_topology(const struct netd_scene *s, const struct netd_topology *t,
			 bool stuck, struct netd_table *table)
{
	unsigned left;

	add_counts(s, t, table);
	if (stuck)
		add_stuck(s, t, table);
	else
		add_state(s, t, table);
	if (netd_confirm_left(s->netd, t->name, &left))
		netd_table_add_number(table, left);
	else
		netd_table_add_text(table, "");
}

/* A definition of which nothing could be started. */
static void add_unstarted(const struct netd_scene *s, const struct netd_topology *t,
			  struct netd_table *table)
{
	struct netd_topology nothing = {0};
	struct netd_error notes = {0};

	netd_unstarted_note(s->netd, t, NULL, &notes);
	if (!notes.count)
		return;
	netd_copy(nothing.name, t->name);
	add_counts(s, &nothing, table);
	netd_table_add_text(table, "not started");
	netd_table_add_text(table, "");
	netd_show_add_notes(s, t->name, &notes, table);
	netd_table_add_text(table, "");
	netd_error_done(&notes);
}

static bool is_running(const struct netd_scene *s, const char *name)
{
	for (size_t i = 0; i < s->running_count; i++)
		if (strcmp(s->running[i]->name, name) == 0)
			return true;
	return false;
}

/* Those of which nothing is to run, too: something is left of them. */
static void fill_topologies(const struct netd_scene *s, struct netd_table *table)
{
	for (size_t i = 0; i < s->running_count; i++)
		add_topology(s, s->running[i],
			     netd_stuck_is(&s->netd->store, s->running[i]->name), table);
	for (size_t i = 0; i < s->stuck_count; i++) {
		netd_auto_topology struct netd_topology *t = NULL;

		if (!is_running(s, s->stuck[i]))
			t = netd_topology_new(s->stuck[i]);
		if (t)
			add_topology(s, t, true, table);
	}
	for (size_t i = 0; i < s->defined_count; i++)
		if (!is_running(s, s->defined[i]->name))
			add_unstarted(s, s->defined[i], table);
	netd_show_unrecorded(s, table);
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
