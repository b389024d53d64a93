/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a change that was killed left, and topologies that are stuck, are taken up. */
#ifndef NETD_TRIAL_RECOVER_H
#define NETD_TRIAL_RECOVER_H

#include "host/caller.h"
#include "host/context.h"

/*
 * Takes the lock, and up what a killed change left: 1 if there was something, of whose
 * topology *@outcome says what became (NETD_NOT_ROLLED_BACK: it is stuck now, and @why,
 * which may be NULL, has the problems).  @say: the caller is told.  An error means that
 * it is there still.
 */
int netd_recover_pending(struct netd *netd, const struct netd_caller *caller, bool say,
			 enum netd_outcome *outcome, struct netd_error *why,
			 struct netd_error *err);

/* Under the lock: tries again to return topology @name, which is stuck. */
int netd_recover_stuck(struct netd *netd, const struct netd_caller *caller,
		       const char *name, struct netd_plan **plan, struct netd_error *err);
/* The same of each that is, whatever becomes of another, and tells the caller; 1 if there
 * was one. */
int netd_recover_each(struct netd *netd, const struct netd_caller *caller,
		      struct netd_error *err);

/* The topology that runs under that name; an empty one if none does. */
int netd_load_running(struct netd *netd, const char *name, struct netd_topology **out,
		      struct netd_error *err);
/* The same, but what it is to return to if it is stuck. */
int netd_load_present(struct netd *netd, const char *name, struct netd_topology **out,
		      struct netd_error *err);

#endif
