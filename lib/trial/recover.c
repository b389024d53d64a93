// SPDX-License-Identifier: GPL-2.0-or-later
/* What a change that was killed left, and topologies that are stuck, are taken up. */
#include "trial/recover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trial/confirm.h"
#include "store/reserve.h"
#include "store/stuck.h"
#include "engine/transaction.h"
#include "store/unconfirmed.h"
#include "observe/unrecorded.h"
#include "base/cleanup.h"
#include "netd.h"

int netd_load_running(struct netd *netd, const char *name, struct netd_topology **out,
		      struct netd_error *err)
{
	int r = netd_store_load(&netd->store, name, out, err);

	if (r < 0 || *out)
		return r;
	*out = netd_topology_new(name);
	return *out ? 0 : netd_error_add(err, -ENOMEM, "out of memory");
}

int netd_load_present(struct netd *netd, const char *name, struct netd_topology **out,
		      struct netd_error *err)
{
	int r = netd_stuck_load(&netd->store, name, out, err);

	return r < 0 || *out ? r : netd_load_running(netd, name, out, err);
}

static void tell(const struct netd *netd, const char *topology, enum netd_outcome outcome)
{
	if (netd->recovered)
		netd->recovered(topology, outcome, netd->recovered_data);
}

/* @pending is in pending.yaml; what was meant to be is not known for sure. */
static int go_back(struct netd *netd, const struct netd_topology *pending,
		   struct netd_plan **plan, enum netd_outcome *outcome,
		   struct netd_error *why, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *meant = NULL;
	struct netd_way_back way = {.previous = pending};
	/* What the killed change had saved as running, if it came that far. */
	int r = netd_load_running(netd, pending->name, &meant, err);

	if (r < 0)
		return r;
	way.meant = meant;
	r = netd_go_back(netd, &way, plan, why);
	if (r < 0)
		netd_stuck_say("not rolled back", pending->name, why);
	*outcome = r < 0 ? NETD_NOT_ROLLED_BACK : NETD_ROLLED_BACK;
	return 0;
}

/* Nobody knows what was before: whatever is there stays, as it is. */
static int keep(struct netd *netd, const struct netd_topology *pending,
		enum netd_outcome *outcome, struct netd_error *err)
{
	int r = netd_store_save(&netd->store, pending, err);

	*outcome = NETD_KEPT;
	return r < 0 ? r : netd_store_remove_pending(&netd->store, err);
}

int netd_recover_pending(struct netd *netd, bool say, enum netd_outcome *outcome,
			 struct netd_error *why, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *pending = NULL;
	int r = netd_context_open(netd, true, err);

	*outcome = NETD_UNTOUCHED;
	if (r == 0)
		r = netd_store_load_pending(&netd->store, &pending, err);
	if (r == -EBADMSG) /* something was under way, and nobody knows what */
		*outcome = NETD_NOT_ROLLED_BACK;
	if (r < 0)
		return r;
	if (!pending) {
		netd_store_forget_target(&netd->store);
		netd_reserve_tidy(&netd->store);
		return 0;
	}
	if (netd_finish(netd, pending))
		*outcome = NETD_DONE;
	else if (netd_unrecorded_is(pending))
		r = keep(netd, pending, outcome, err);
	else
		r = go_back(netd, pending, NULL, outcome, why, err);
	if (r < 0)
		*outcome = NETD_NOT_ROLLED_BACK;
	if (r == 0) /* if it waited to be confirmed, it does no more */
		r = netd_unconfirmed_remove(&netd->store, err);
	if (r < 0)
		return r;
	if (say)
		tell(netd, pending->name, *outcome);
	return 1;
}

int netd_take_up(struct netd *netd, enum netd_outcome *outcome, struct netd_error *err)
{
	enum netd_outcome became;
	int r = netd_recover_pending(netd, true, &became, NULL, err);

	if (r == 0)
		r = netd_confirm_expire(netd, err);
	/* What is stuck is its own affair. */
	if (outcome)
		*outcome = r < 0 ? became : NETD_UNTOUCHED;
	return r < 0 ? r : 0;
}

int netd_begin(struct netd *netd, enum netd_outcome *outcome, struct netd_error *err)
{
	int r = netd_take_up(netd, outcome, err);

	return r < 0 ? r : netd_confirm_gate(netd, err);
}

int netd_recover_stuck(struct netd *netd, const char *name, struct netd_plan **plan,
		       struct netd_error *err)
{
	netd_auto_topology struct netd_topology *pending = NULL;
	enum netd_outcome outcome = NETD_UNTOUCHED;
	int r = netd_stuck_resume(&netd->store, name, err);

	if (r == 0)
		r = netd_store_load_pending(&netd->store, &pending, err);
	if (r == 0 && !pending)
		r = netd_error_add(err, -ENOENT, "topology %s is not stuck", name);
	if (r == 0)
		r = go_back(netd, pending, plan, &outcome, err, err);
	if (r < 0)
		return r;
	return outcome == NETD_ROLLED_BACK ? 0 : -EIO;
}

/* 1 if there was one; each is tried, whatever becomes of another. */
static int recover_each(struct netd *netd, struct netd_error *err)
{
	char **names = NULL;
	size_t count = 0;
	int r = netd_stuck_names(&netd->store, &names, &count, err);

	for (size_t i = 0; i < count; i++) {
		int one = netd_recover_stuck(netd, names[i], NULL, err);

		if (one == 0)
			tell(netd, names[i], NETD_ROLLED_BACK);
		if (r >= 0)
			r = one < 0 ? one : 1;
		free(names[i]);
	}
	free(names);
	return r;
}

int netd_recover(struct netd *netd, enum netd_outcome *outcome, struct netd_error *err)
{
	enum netd_outcome became;
	int r = netd_recover_pending(netd, true, &became, NULL, err), stuck = 0;

	if (r == 0)
		r = netd_confirm_expire(netd, err);
	/* Beside what is on trial there is nothing else on the way. */
	if (r >= 0 && !netd_unconfirmed_is(&netd->store))
		stuck = recover_each(netd, err);
	else if (r >= 0)
		netd_unlock(netd);
	if (stuck < 0)
		became = NETD_NOT_ROLLED_BACK;
	if (outcome)
		*outcome = became;
	if (r < 0 || stuck < 0)
		return r < 0 ? r : stuck;
	return r || stuck;
}
