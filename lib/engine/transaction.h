/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One change of one topology. */
#ifndef NETD_ENGINE_TRANSACTION_H
#define NETD_ENGINE_TRANSACTION_H

#include "engine/go_back.h"
#include "host/caller.h"
#include "host/context.h"

struct netd_change {
	const struct netd_topology *wanted;
	/* What was before is in the record of the trial, which keeps or ends the change.
	 */
	bool on_trial;
	const struct netd_caller *caller;
};

/*
 * Under the lock, with nothing pending: makes the host have change->wanted.  *@plan
 * (@plan may be NULL) gets what was done.  Where it fails, what was before is there again
 * (NETD_ROLLED_BACK), or the topology is stuck (NETD_NOT_ROLLED_BACK, store/stuck.h).
 */
int netd_engine_apply(struct netd *netd, const struct netd_change *change,
		      struct netd_plan **plan, enum netd_outcome *outcome,
		      struct netd_error *err);

/*
 * True if all of the change that was killed was done, from @pending to what was saved as
 * its target; then it is kept.  False: it was not, or that cannot be told.
 */
bool netd_engine_finish(struct netd *netd, const struct netd_topology *pending);

#endif
