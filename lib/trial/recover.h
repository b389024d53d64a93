/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recovers from changes that were killed, and retries topologies that are stuck. */
#ifndef NETD_TRIAL_RECOVER_H
#define NETD_TRIAL_RECOVER_H

#include "host/caller.h"
#include "host/context.h"

/*
 * Takes the lock and recovers from a change that was killed: 1 if there was one;
 * *@outcome says what became of its topology (NETD_NOT_ROLLED_BACK: it is stuck now, and
 * @why, which may be NULL, has the problems).  @say: tell the caller.  After an error the
 * killed change is still there.
 */
int netd_recover_pending(struct netd *netd, const struct netd_caller *caller, bool say,
			 enum netd_outcome *outcome, struct netd_error *why,
			 struct netd_error *err);

/* Under the lock: tries again to return topology @name, which is stuck. */
int netd_recover_stuck(struct netd *netd, const struct netd_caller *caller,
		       const char *name, struct netd_plan **plan, struct netd_error *err);
/* The same for every topology that is stuck, even if one fails; tells the caller.  1 if
 * there was one. */
int netd_recover_each(struct netd *netd, const struct netd_caller *caller,
		      struct netd_error *err);

/* The topology that runs under that name; an empty one if none does. */
int netd_load_running(struct netd *netd, const char *name, struct netd_topology **out,
		      struct netd_error *err);
/* The same; of a topology that is stuck, what it is to return to. */
int netd_load_present(struct netd *netd, const char *name, struct netd_topology **out,
		      struct netd_error *err);

#endif
