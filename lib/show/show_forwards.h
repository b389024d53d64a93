/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of forwards: of networks and of routers. */
#ifndef NETD_SHOW_SHOW_FORWARDS_H
#define NETD_SHOW_SHOW_FORWARDS_H

#include "show/show.h"

#define NETD_FORWARD_COLUMNS 9
extern const struct netd_column netd_forward_columns[NETD_FORWARD_COLUMNS];
/* scene->network: only those of that network or router.  The state is the kernel's. */
void netd_show_forwards(const struct netd_scene *scene, struct netd_table *table);

/* The same without whose they are: those of one router. */
#define NETD_NODE_FORWARD_COLUMNS 6
extern const struct netd_column netd_node_forward_columns[NETD_NODE_FORWARD_COLUMNS];
void netd_show_node_forwards(struct netd *netd, const struct netd_node *node,
			     struct netd_table *table);

#endif
