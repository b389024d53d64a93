/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One change of one topology, and the way back. */
#ifndef NETD_ENGINE_TRANSACTION_H
#define NETD_ENGINE_TRANSACTION_H

#include "host/context.h"
#include "model/state.h"

struct netd_change {
	const struct netd_topology *t; /* what is to be */
	/* What was before is in the record of the trial, which keeps or ends the change.
	 */
	bool on_trial;
};

/*
 * Under the lock, with nothing pending: makes the host have change->t.  *@plan (@plan
 * may be NULL) gets what was done.  Where it fails, what was before is there again
 * (NETD_ROLLED_BACK), or the topology is stuck (NETD_NOT_ROLLED_BACK, store/stuck.h).
 */
int netd_transact(struct netd *netd, const struct netd_change *change,
		  struct netd_plan **plan, enum netd_outcome *outcome,
		  struct netd_error *err);

struct netd_way_back {
	const struct netd_topology *previous; /* what is pending: there it goes */
	const struct netd_topology *meant;    /* what was meant to be, or ran */
	/* The host before the change; NULL: not known, since that was killed. */
	const struct netd_state *before;
};

/*
 * Makes the host have what is pending, and ends that.  If it cannot, it does what can be
 * done, the topology is stuck, and @err has what is left; netd_stuck_say() says so.
 * *@plan (@plan may be NULL) gets what was to be done first.
 */
int netd_go_back(struct netd *netd, const struct netd_way_back *way,
		 struct netd_plan **plan, struct netd_error *err);

/*
 * True if all of the change that was killed was done, from @pending to what was saved as
 * its target; then it is kept.  False: it was not, or that cannot be told.
 */
bool netd_finish(struct netd *netd, const struct netd_topology *pending);

/* Room for a plan that is handed over, made before anything is done; see below. */
int netd_plan_make_room(struct netd_plan **out, struct netd_plan **room,
			struct netd_error *err);
/* Moves @plan to *@out by way of *@room; nothing if @out is NULL. */
void netd_plan_hand_over(struct netd_plan *plan, struct netd_plan **room,
			 struct netd_plan **out);

#endif
