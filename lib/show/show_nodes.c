// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of routers and of hosts. */
#include "show/show_nodes.h"
#include "show/sight.h"
#include "base/cleanup.h"

/* clang-format 14 takes a macro in braces for a block, 19 does not. */
/* clang-format off */
#define NODE_COLUMNS(title, key) \
	{ \
		{title, key, NETD_COLUMN_TEXT}, \
		{"TOPOLOGY", "topology", NETD_COLUMN_TEXT}, \
		{"STATE", "state", NETD_COLUMN_TEXT}, \
		{"INTERFACES", "interfaces", NETD_COLUMN_LIST}, \
		{"ADDRESSES", "addresses", NETD_COLUMN_LIST}, \
		{"NAT", "nat", NETD_COLUMN_TEXT}, \
		{"FORWARDS", "forwards", NETD_COLUMN_NUMBER}, \
		{"RX", "rx_bytes", NETD_COLUMN_NUMBER}, \
		{"TX", "tx_bytes", NETD_COLUMN_NUMBER}, \
	}
/* clang-format on */

const struct netd_column netd_router_columns[NETD_NODE_COLUMNS] =
	NODE_COLUMNS("ROUTER", "router");
const struct netd_column netd_host_columns[NETD_NODE_COLUMNS] =
	NODE_COLUMNS("HOST", "host");

static void add_row(const struct netd_sight *s, void *data)
{
	netd_auto(netd_str_done) struct netd_str names = {0};
	struct netd_table *table = data;
	uint64_t rx = 0, tx = 0;

	for (size_t i = 0; i < s->space.link_count; i++) {
		const struct netd_link *link = &s->space.links[i];

		if (link->loopback)
			continue;
		rx += link->rx_bytes;
		tx += link->tx_bytes;
		netd_str_next(&names, " ");
		netd_str_add(&names, link->name);
	}
	netd_table_add_text(table, s->node->name);
	netd_table_add_text(table, s->topology->name);
	netd_table_add_text(table, s->state);
	netd_table_add_text(table, netd_str_text(&names));
	netd_sight_addresses(&s->space, NULL, table);
	netd_table_add_text(table, s->node->nat.out);
	netd_table_add_number(table, s->node->forward_count);
	netd_table_add_number(table, rx);
	netd_table_add_number(table, tx);
}

void netd_show_routers(const struct netd_scene *scene, struct netd_table *table)
{
	netd_sight_each(scene, NETD_NODE_ROUTER, add_row, table);
}

void netd_show_hosts(const struct netd_scene *scene, struct netd_table *table)
{
	netd_sight_each(scene, NETD_NODE_HOST, add_row, table);
}
