/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a change that its way back takes, too. */
#ifndef NETD_ENGINE_CONVERGE_H
#define NETD_ENGINE_CONVERGE_H

#include "engine/execute.h"
#include "host/caller.h"
#include "host/context.h"
#include "observe/view.h"

/* Before the first op: all claims, and what uplinks hold that will move. */
int netd_converge_save(struct netd *netd, const char *topology, const struct netd_view *v,
		       struct netd_error *err);

/* Runs the plan of @v, which leads to @t, and looks again: 1 and problems if something is
 * left to do. */
int netd_converge_run(struct netd *netd, const struct netd_topology *t,
		      struct netd_view *v, enum netd_pace pace,
		      const struct netd_caller *caller, struct netd_error *err);

/* Both. */
int netd_converge(struct netd *netd, const struct netd_topology *t, struct netd_view *v,
		  enum netd_pace pace, const struct netd_caller *caller,
		  struct netd_error *err);

/* Behind the ops of @v: what is no longer claimed has been given back, and is forgotten.
 */
int netd_converge_release(struct netd *netd, const struct netd_view *v,
			  struct netd_error *err);

/* Removes what a change needed until it was over. */
void netd_converge_clean(struct netd *netd);

#endif
