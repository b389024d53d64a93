/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a plan's ops against the kernel. */
#ifndef NETD_ENGINE_EXECUTE_H
#define NETD_ENGINE_EXECUTE_H

#include "host/context.h"
#include "observe/view.h"

enum netd_pace {
	/* Ops of one kind go to the kernel in one burst; it ends behind the first kind of
	 * which an op failed. */
	NETD_IN_BURSTS,
	/* Op by op, and on past those that fail; but an op is left out that needs what
	 * failed, or would take from somebody what could not be given back first. */
	NETD_ONE_BY_ONE,
};

/*
 * Runs the ops of the plan of @v, which leads to @t, in order.  The first error, with a
 * problem for each op that failed, in the kernel's words and ours, placed in @t's file
 * where the object stands there.  What the caller's user should know adds to the notes of
 * the plan.  @keep_processes: those of namespaces that are deleted go on.
 */
int netd_execute(struct netd *netd, const struct netd_topology *t, struct netd_view *v,
		 enum netd_pace pace, bool keep_processes, struct netd_error *err);

#endif
