/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a plan would change, field by field: what is wanted there, and what was found. */
#ifndef NETD_PLAN_DIFFERENCE_H
#define NETD_PLAN_DIFFERENCE_H

#include "base/table.h"
#include "plan/plan.h"

#define NETD_DIFFERENCE_COLUMNS 8
extern const struct netd_column netd_difference_columns[NETD_DIFFERENCE_COLUMNS];

/* Adds a row for each; @observed is what @plan was made from. */
void netd_plan_differences(const struct netd_plan *plan,
			   const struct netd_state *observed, struct netd_table *table);

/* A row for what keeps that topology from being planned at all. */
void netd_difference_problem(const char *topology, const char *problem,
			     struct netd_table *table);

#endif
