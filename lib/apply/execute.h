/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a plan's ops against the kernel. */
#ifndef NETD_APPLY_EXECUTE_H
#define NETD_APPLY_EXECUTE_H

#include "apply/context.h"
#include "plan/plan.h"

/*
 * Runs the ops in order; ops of one kind go to the kernel in one burst.  Stops behind the
 * first kind of which an op failed, with a problem for each that did, in the kernel's
 * words and ours, placed in @t's file where the object stands there.
 * What the caller's user should know adds to the notes of @plan.
 */
int netd_execute(struct netd *netd, const struct netd_topology *t, struct netd_plan *plan,
		 const struct netd_state *observed, const struct netd_state *desired,
		 struct netd_error *err);

#endif
