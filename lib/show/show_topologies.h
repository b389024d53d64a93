/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of topologies, and of what differs from them. */
#ifndef NETD_SHOW_SHOW_TOPOLOGIES_H
#define NETD_SHOW_SHOW_TOPOLOGIES_H

#include "show/show.h"

#define NETD_TOPOLOGY_COLUMNS 10
extern const struct netd_column netd_topology_columns[NETD_TOPOLOGY_COLUMNS];
void netd_show_topologies(const struct netd_scene *s, struct netd_table *table);

/* plan/difference.h has the columns. */
void netd_show_differences(const struct netd_scene *s, struct netd_table *table);

#endif
