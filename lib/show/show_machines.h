/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of machines: what is reserved for them, and what they have leased. */
#ifndef NETD_SHOW_SHOW_MACHINES_H
#define NETD_SHOW_SHOW_MACHINES_H

#include "show/show.h"

#define NETD_MACHINE_COLUMNS 6
extern const struct netd_column netd_machine_columns[NETD_MACHINE_COLUMNS];
/* scene->network: only those of that network. */
void netd_show_machines(const struct netd_scene *scene, struct netd_table *table);

#endif
