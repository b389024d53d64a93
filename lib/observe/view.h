/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One look at the host with a topology in mind: what is, what should be, and the plan. */
#ifndef NETD_OBSERVE_VIEW_H
#define NETD_OBSERVE_VIEW_H

#include "host/context.h"
#include "observe/observe.h"
#include "observe/plugs.h"
#include "plan/plan.h"

struct netd_view {
	struct netd_state observed;
	struct netd_desired desired;
	struct netd_facts facts;
	struct netd_claims claims;
	struct netd_guest_ports plugs;
	struct netd_plan plan;
	struct netd_scope scope, others; /* the nodes of other topologies */
	bool nameless;			 /* of the plan's input, and … */
	const struct netd_state *before; /* … this; borrowed */
	bool search;		 /* namespaces that bear the topology's mark, too */
	bool claims_found;	 /* some of `claims` are not on disk */
	struct netd_claims kept; /* of the plan's input */
	bool unrecorded; /* nothing is on record of what runs (observe/unrecorded.h) */
};

void netd_view_done(struct netd_view *v);

/*
 * Observes the host and plans the way to @t, into @v, whose `others`, `nameless`,
 * `before` and `search` may be set.  @other: what runs, or was meant to; NULL: that is
 * not known.
 * @check: also looks for conflicts, and refuses with a problem for each.
 */
int netd_view_make(struct netd *netd, const struct netd_topology *t,
		   const struct netd_topology *other, bool check, struct netd_view *v,
		   struct netd_error *err);

/* Plans the way to @desired from what @v has observed; @kept: as in the plan's input. */
int netd_view_plan(struct netd *netd, const char *topology, struct netd_view *v,
		   const struct netd_desired *desired, const struct netd_claims *kept,
		   struct netd_error *err);

/*
 * Looks again: behind the ops of @done, the way to @t, nothing may be left to do; 1 and
 * problems if so.
 */
int netd_view_verify(struct netd *netd, const struct netd_topology *t,
		     const struct netd_view *done, struct netd_error *err);

#endif
