/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan as a table, and the text that is made of that. */
#ifndef NETD_SHOW_PLAN_H
#define NETD_SHOW_PLAN_H

#include "base/table.h"
#include "plan/plan.h"

/* A row for each op, with the columns that netd.h names; @table is zeroed. */
void netd_show_plan(const struct netd_plan *plan, struct netd_table *table);

/*
 * -ENOMEM.  One line per row, "+ bridge mybr0 … (now …)", and below the firewall's one
 * for each entry that comes or goes.  @color: green, yellow, red by action.
 */
int netd_render_plan(const struct netd_table *plan, bool color, struct netd_str *out);
/* The same without entries and the last newline. */
int netd_render_changes(const struct netd_table *plan, struct netd_str *out);

#endif
