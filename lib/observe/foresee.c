// SPDX-License-Identifier: GPL-2.0-or-later
/* What a change would do, and why, without the writer's lock. */
#include "observe/foresee.h"

#include "advise/suspect.h"
#include "base/error.h"
#include "observe/choose_addresses.h"
#include "observe/processes.h"
#include "observe/share.h"
#include "observe/unrecorded.h"
#include "plan/drift.h"
#include "store/stuck.h"

/* What is there instead of what the plan makes, and whose it seems to be. */
static int explain(struct netd *netd, const struct netd_topology *previous,
		   const char *topology, struct netd_view *v, struct netd_error *err)
{
	if (!previous && v->plan.op_count &&
	    netd_unrecorded_note(&v->observed, topology, &v->plan.notes) < 0)
		return netd_error_no_memory(err);
	if (netd_drift_explain(&v->plan, &v->observed) < 0)
		return netd_error_no_memory(err);
	netd_suspects_add(&v->plan, &v->observed, previous != NULL);
	netd_processes_announce(netd, &v->plan);
	return 0;
}

int netd_foresee(struct netd *netd, const struct netd_topology *t, struct netd_view *v,
		 struct netd_error *err)
{
	netd_auto_topology struct netd_topology *chosen = NULL;
	netd_auto_topology struct netd_topology *previous = NULL;
	int r = netd_context_open(netd, false, err);

	if (r < 0)
		return r;
	r = netd_share_check(netd, t, &previous, &v->others, err);
	if (r < 0)
		return r;
	v->nameless = v->search = netd_stuck_is(&netd->store, t->name);
	r = netd_choose_addresses(netd, t, previous, &chosen, err);
	if (r < 0)
		return r;
	if (chosen)
		t = chosen;
	r = netd_view_make(netd, t, previous, true, v, err);
	if (r < 0)
		return r;
	return explain(netd, previous, t->name, v, err);
}
