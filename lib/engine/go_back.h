/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way back of a change that failed or was killed. */
#ifndef NETD_ENGINE_GO_BACK_H
#define NETD_ENGINE_GO_BACK_H

#include "host/caller.h"
#include "host/context.h"
#include "model/state.h"

struct netd_view;

struct netd_way_back {
	const struct netd_topology *previous; /* what is pending: there it goes */
	const struct netd_topology *meant;    /* what was meant to be, or ran */
	/* The host before the change; NULL: not known, since that was killed. */
	const struct netd_state *before;
	const struct netd_caller *caller;
};

/*
 * Makes the host have what is pending, and ends that.  If it cannot, it does what can be
 * done, the topology is stuck, and @err has what is left; netd_stuck_say() says so.
 * *@plan (@plan may be NULL) gets what was to be done first.
 */
int netd_go_back(struct netd *netd, const struct netd_way_back *way,
		 struct netd_plan **plan, struct netd_error *err);

/*
 * The same without a record of what ran, way->previous being empty: to what @before
 * observed.  What cannot be made that again stays as it is.
 */
int netd_go_back_unrecorded(struct netd *netd, const struct netd_way_back *way,
			    const struct netd_view *before, struct netd_error *err);

/* Room for a plan that is handed over, made before anything is done; see below. */
int netd_plan_make_room(struct netd_plan **out, struct netd_plan **room,
			struct netd_error *err);
/* Moves @plan to *@out by way of *@room; nothing if @out is NULL. */
void netd_plan_hand_over(struct netd_plan *plan, struct netd_plan **room,
			 struct netd_plan **out);

#endif
