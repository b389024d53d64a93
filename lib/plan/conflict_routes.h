/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes of somebody else's where a topology's belong. */
#ifndef NETD_PLAN_CONFLICT_ROUTES_H
#define NETD_PLAN_CONFLICT_ROUTES_H

#include "model/facts.h"

/*
 * Adds a problem, with the command that removes the other one, for every route of the
 * host that cannot be added: on whatever interface the other one is.  In a router's
 * namespace all routes are the topology's, and others are replaced.
 */
void netd_conflict_routes(const struct netd_topology *t,
			  const struct netd_state *observed,
			  const struct netd_desired *desired, struct netd_error *err);

#endif
