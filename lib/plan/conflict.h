/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What on this host stands in a topology's way; found before anything is touched. */
#ifndef NETD_PLAN_CONFLICT_H
#define NETD_PLAN_CONFLICT_H

#include "model/facts.h"

/*
 * Adds a problem, at its place in the file, for every object of @desired that cannot be
 * made because of what @facts->observed shows: names that others hold, interfaces that
 * are not there, subnets that overlap, addresses that are taken.  What is odd, and stands
 * in nobody's way, goes to @notes.  0, or the first problem's code.
 */
int netd_conflict_check(const struct netd_topology *t, const struct netd_facts *facts,
			const struct netd_desired *desired, struct netd_error *notes,
			struct netd_error *err);

/*
 * The same for every veth pair that is there, and that @running (NULL: nothing runs), the
 * topology's older self, has with another far end.
 */
int netd_conflict_far_ends(const struct netd_topology *t,
			   const struct netd_topology *running,
			   const struct netd_state *observed, struct netd_error *err);

/* The same for every pair that is to be made, if something has its far end's name. */
void netd_conflict_far_names(const struct netd_topology *t,
			     const struct netd_state *observed,
			     const struct netd_desired *desired, struct netd_error *err);

#endif
