// SPDX-License-Identifier: GPL-2.0-or-later
/* Recovers from changes that were killed, and retries topologies that are stuck. */
#include "trial/recover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/reserve.h"
#include "store/stuck.h"
#include "engine/transaction.h"
#include "store/unconfirmed.h"
#include "observe/unrecorded.h"
#include "base/cleanup.h"

int netd_load_running(struct netd *netd, const char *name, struct netd_topology **out,
		      struct netd_error *err)
{
	int r = netd_store_load(&netd->store, name, out, err);

	if (r < 0 || *out)
		return r;
	*out = netd_topology_new(name);
	if (!*out)
		return netd_error_no_memory(err);
	return 0;
}

int netd_load_present(struct netd *netd, const char *name, struct netd_topology **out,
		      struct netd_error *err)
{
	int r = netd_stuck_load(&netd->store, name, out, err);

	if (r < 0 || *out)
		return r;
	return netd_load_running(netd, name, out, err);
}

static void tell(const struct netd_caller *caller, const char *topology,
		 enum netd_outcome outcome)
{
	if (caller->recovered)
		caller->recovered(topology, outcome, caller->recovered_data);
}

/* Applies @pending, which is in pending.yaml. */
static int go_back(struct netd *netd, const struct netd_caller *caller,
		   const struct netd_topology *pending, struct netd_plan **plan,
		   enum netd_outcome *outcome, struct netd_error *why,
		   struct netd_error *err)
{
	netd_auto_topology struct netd_topology *meant = NULL;
	struct netd_way_back way = {.previous = pending, .caller = caller};
	/* what the killed change wanted, if it had saved that as running already */
	int r = netd_load_running(netd, pending->name, &meant, err);

	if (r < 0)
		return r;
	way.meant = meant;
	*outcome = NETD_ROLLED_BACK;
	if (netd_go_back(netd, &way, plan, why) < 0) {
		netd_stuck_say("not rolled back", pending->name, why);
		*outcome = NETD_NOT_ROLLED_BACK;
	}
	return 0;
}

/* What was before is not known: everything stays as it is. */
static int keep(struct netd *netd, const struct netd_topology *pending,
		enum netd_outcome *outcome, struct netd_error *err)
{
	int r = netd_store_save(&netd->store, pending, err);

	*outcome = NETD_KEPT;
	if (r < 0)
		return r;
	return netd_store_remove_pending(&netd->store, err);
}

static int recover(struct netd *netd, const struct netd_caller *caller,
		   const struct netd_topology *pending, enum netd_outcome *outcome,
		   struct netd_error *why, struct netd_error *err)
{
	if (netd_engine_finish(netd, pending)) {
		*outcome = NETD_DONE;
		return 0;
	}
	if (netd_unrecorded_is(pending))
		return keep(netd, pending, outcome, err);
	return go_back(netd, caller, pending, NULL, outcome, why, err);
}

int netd_recover_pending(struct netd *netd, const struct netd_caller *caller, bool say,
			 enum netd_outcome *outcome, struct netd_error *why,
			 struct netd_error *err)
{
	netd_auto_topology struct netd_topology *pending = NULL;
	int r = netd_context_open(netd, true, err);

	*outcome = NETD_UNTOUCHED;
	if (r < 0)
		return r;
	r = netd_store_load_pending(&netd->store, &pending, err);
	if (r == -EBADMSG) /* a change was under way, but its file is damaged */
		*outcome = NETD_NOT_ROLLED_BACK;
	if (r < 0)
		return r;
	if (!pending) {
		netd_store_forget_target(&netd->store);
		netd_reserve_tidy(&netd->store);
		return 0;
	}
	r = recover(netd, caller, pending, outcome, why, err);
	if (r < 0) {
		*outcome = NETD_NOT_ROLLED_BACK;
		return r;
	}
	/* if it waited to be confirmed, it no longer does */
	r = netd_unconfirmed_remove(&netd->store, err);
	if (r < 0)
		return r;
	if (say)
		tell(caller, pending->name, *outcome);
	return 1;
}

int netd_recover_stuck(struct netd *netd, const struct netd_caller *caller,
		       const char *name, struct netd_plan **plan, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *pending = NULL;
	enum netd_outcome outcome = NETD_UNTOUCHED;
	int r = netd_stuck_resume(&netd->store, name, err);

	if (r < 0)
		return r;
	r = netd_store_load_pending(&netd->store, &pending, err);
	if (r < 0)
		return r;
	if (!pending)
		return netd_error_add(err, -ENOENT, "topology %s is not stuck", name);
	r = go_back(netd, caller, pending, plan, &outcome, err, err);
	if (r < 0)
		return r;
	if (outcome != NETD_ROLLED_BACK)
		return -EIO;
	return 0;
}

int netd_recover_each(struct netd *netd, const struct netd_caller *caller,
		      struct netd_error *err)
{
	char **names = NULL;
	size_t count = 0;
	int r = netd_stuck_names(&netd->store, &names, &count, err);

	for (size_t i = 0; i < count; i++) {
		int one = netd_recover_stuck(netd, caller, names[i], NULL, err);

		if (one == 0)
			tell(caller, names[i], NETD_ROLLED_BACK);
		if (one >= 0)
			one = 1;
		if (r >= 0)
			r = one;
		free(names[i]);
	}
	free(names);
	return r;
}
