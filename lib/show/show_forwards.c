// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of forwards: of networks and of routers. */
#include <string.h>

#include "show/show_forwards.h"
#include "base/cleanup.h"

#define LISTEN                                              \
	{"LISTEN", "listen", NETD_COLUMN_TEXT},             \
		{"PROTOCOL", "protocol", NETD_COLUMN_LIST}, \
		{"TO", "to", NETD_COLUMN_TEXT},             \
		{"MACHINE", "machine", NETD_COLUMN_TEXT},   \
	{                                                   \
		"ON", "on", NETD_COLUMN_TEXT                \
	}

/* People see one column for both, programs one for each. */
const struct netd_column netd_forward_columns[NETD_FORWARD_COLUMNS] = {
	{"NETWORK", NULL, NETD_COLUMN_TEXT},
	{NULL, "network", NETD_COLUMN_TEXT},
	{NULL, "router", NETD_COLUMN_TEXT},
	LISTEN,
};

const struct netd_column netd_node_forward_columns[NETD_NODE_FORWARD_COLUMNS] = {LISTEN};

/* "10.0.0.1", "10.0.0.1:80", "[fd00::1]:80-89" */
static void add_endpoint(struct netd_table *table, const struct netd_addr *a,
			 unsigned first, unsigned last)
{
	char text[NETD_ADDR_TEXT];
	bool brackets = netd_addr_size(a) == 16 && first;

	netd_addr_format(a, text);
	if (!first)
		netd_table_add_text(table, text);
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
	netd_table_add_text(table, text.length ? netd_str_text(&text) : "all");
}

static void add_forward(const struct netd_forward *f, struct netd_table *table)
{
	unsigned width = f->port_last - f->port_first;

	add_endpoint(table, &f->listen, f->port_first, f->port_last);
	add_protocols(table, f->protocols);
	add_endpoint(table, &f->to, f->to_port, f->to_port + width);
	netd_table_add_text(table, f->machine);
	netd_table_add_text(table, f->on);
}

static void add_all(const struct netd_scene *scene, const char *network,
		    const char *router, const struct netd_forward *forwards, size_t count,
		    struct netd_table *table)
{
	const char *name = *network ? network : router;

	if (scene->network && strcmp(scene->network, name) != 0)
		return;
	for (size_t i = 0; i < count; i++) {
		netd_table_add_text(table, name);
		netd_table_add_text(table, network);
		netd_table_add_text(table, router);
		add_forward(&forwards[i], table);
	}
}

void netd_show_forwards(const struct netd_scene *scene, struct netd_table *table)
{
	for (size_t i = 0; i < scene->running_count; i++) {
		const struct netd_topology *t = scene->running[i];

		for (size_t j = 0; j < t->network_count; j++)
			add_all(scene, t->networks[j].name, "", t->networks[j].forwards,
				t->networks[j].forward_count, table);
		for (size_t j = 0; j < t->node_count; j++)
			add_all(scene, "", t->nodes[j].name, t->nodes[j].forwards,
				t->nodes[j].forward_count, table);
	}
}

void netd_show_node_forwards(const struct netd_node *node, struct netd_table *table)
{
	for (size_t i = 0; i < node->forward_count; i++)
		add_forward(&node->forwards[i], table);
}
