/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routers and hosts as the kernel has them: a table of all, and one with all of it. */
#ifndef NETD_SHOW_SHOW_NODES_H
#define NETD_SHOW_SHOW_NODES_H

#include "show/show.h"
#include "netd-types.h"

#define NETD_NODE_COLUMNS 9
extern const struct netd_column netd_router_columns[NETD_NODE_COLUMNS],
	netd_host_columns[NETD_NODE_COLUMNS];

/* Rows of these; scene->network is the name of the only one, or NULL. */
void netd_show_routers(const struct netd_scene *scene, struct netd_table *table);
void netd_show_hosts(const struct netd_scene *scene, struct netd_table *table);

/*
 * Appends each node with its interfaces, routes and forwards.  How many there were, or
 * -ENOMEM.
 */
int netd_draw_nodes(const struct netd_scene *scene, enum netd_node_kind kind,
		    enum netd_format format, struct netd_str *out);

#endif
