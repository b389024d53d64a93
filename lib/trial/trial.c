// SPDX-License-Identifier: GPL-2.0-or-later
/* One change with a record, a watchdog and a probe around it. */
#include "trial/trial.h"

#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "observe/plugs.h"
#include "plan/listens.h"
#include "rtnl/source.h"
#include "store/stuck.h"
#include "store/unconfirmed.h"
#include "trial/confirm.h"
#include "trial/probe.h"
#include "trial/recover.h"
#include "trial/watchdog.h"

struct probe {
	struct netd_addr who; /* family 0: nobody */
	const struct netd_topology *previous;
};

/*
 * An answer to what the host itself sent belongs to a connection, and comes also where
 * nobody can open one any more, because a forward takes all that arrives at that address.
 */
static int check_reachable(const struct netd_topology *t, const struct probe *probe,
			   struct netd_error *err)
{
	char text[NETD_ADDR_TEXT];
	struct netd_addr own;

	if (!probe->who.family || netd_source_towards(&probe->who, &own) < 0 ||
	    !netd_listens_take(t, &own) || netd_listens_take(probe->previous, &own))
		return 0;
	netd_error_add(err, -EHOSTUNREACH,
		       "all that arrives at %s goes to a forward: nobody reaches the "
		       "host there",
		       netd_addr_format(&own, text));
	netd_error_hint(err, "if that is meant, say --probe none");
	return -EHOSTUNREACH;
}

/* What was done must not stay; returns @code, which says why. */
static int take_back(struct netd *netd, const struct netd_caller *caller, int code,
		     const char *why, struct netd_plan **plan, enum netd_outcome *outcome,
		     struct netd_error *err)
{
	*outcome = NETD_ROLLED_BACK;
	if (netd_confirm_revert(netd, caller, why, err) < 0)
		*outcome = NETD_NOT_ROLLED_BACK;
	*plan = netd_plan_free(*plan);
	return code;
}

/* Makes the change with record and watchdog in place, and asks the probe. */
static int apply_watched(struct netd *netd, const struct netd_change *change,
			 const struct probe *probe, struct netd_plan **plan,
			 enum netd_outcome *outcome, struct netd_error *err)
{
	const char *because = "nobody would have reached this host";
	int r = netd_engine_apply(netd, change, plan, outcome, err);

	if (r < 0 || (*plan)->op_count == 0) {
		netd_unconfirmed_remove(&netd->store, NULL);
		return r;
	}
	r = check_reachable(change->wanted, probe, err);
	if (r == 0) {
		because = "the probe was not answered";
		r = netd_probe_check(netd, &probe->who, err);
	}
	if (r < 0)
		return take_back(netd, change->caller, r, because, plan, outcome, err);
	return 0;
}

static int save_record(struct netd *netd, const struct netd_topology *previous,
		       const struct netd_trial *trial, struct netd_error *err)
{
	netd_auto(netd_state_done) struct netd_state now = {0};
	netd_auto(netd_str_done) struct netd_str plugs = {0};
	int r = netd->ops->observe_links(netd, &now, err);

	if (r < 0)
		return r;
	netd_plugs_collect(&now, previous, &plugs);
	if (netd_stuck_is(&netd->store, previous->name))
		netd_plugs_copy(previous->text, &plugs);
	if (netd_str_error(&plugs))
		return netd_error_no_memory(err);
	return netd_unconfirmed_save(&netd->store, previous, trial->definition,
				     netd_str_text(&plugs), trial->seconds, err);
}

/* Who was killed meanwhile is followed by another; a change without any is taken back. */
static int relieve_watchdog(struct netd *netd, const struct netd_caller *caller,
			    struct netd_plan **plan, enum netd_outcome *outcome,
			    struct netd_error *err)
{
	int r;

	if (!netd_unconfirmed_is(&netd->store) || netd_watchdog_lives(netd))
		return 0;
	r = netd_watchdog_start(netd, NULL, err);
	if (r < 0)
		return take_back(netd, caller, r, "it had no watchdog any more", plan,
				 outcome, err);
	return 0;
}

/*
 * The record is there; without a watchdog nothing is touched.  What the command could not
 * take back itself its watchdog tries as soon as we are gone: whoever called may be cut
 * off by now.
 */
static int apply_leashed(struct netd *netd, const struct netd_change *change,
			 const struct netd_trial *trial, const struct probe *probe,
			 struct netd_plan **plan, enum netd_outcome *outcome,
			 struct netd_error *err)
{
	int leash, r = netd_watchdog_start(netd, &leash, err);

	if (r < 0) {
		netd_unconfirmed_remove(&netd->store, NULL);
		return r;
	}
	if (trial->expendable)
		netd_watchdog_may_kill(leash);
	r = apply_watched(netd, change, probe, plan, outcome, err);
	if (*outcome != NETD_NOT_ROLLED_BACK)
		netd_watchdog_release(leash);
	close(leash);
	if (r < 0)
		return r;
	return relieve_watchdog(netd, change->caller, plan, outcome, err);
}

int netd_trial_apply(struct netd *netd, const struct netd_change *change,
		     const struct netd_trial *trial, struct netd_plan **plan,
		     enum netd_outcome *outcome, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *previous = NULL;
	struct netd_plan *done = NULL;
	struct probe probe = {0};
	int r = netd_load_present(netd, change->wanted->name, &previous, err);

	if (r < 0)
		return r;
	r = netd_probe_choose(netd, trial->probe, &probe.who, err);
	if (r < 0)
		return r;
	r = save_record(netd, previous, trial, err);
	if (r < 0)
		return r;
	netd_reverted_forget(&netd->store);
	probe.previous = previous;
	r = apply_leashed(netd, change, trial, &probe, &done, outcome, err);
	if (r == 0 && trial->definition && done->op_count == 0)
		r = netd_definition_save(netd, trial->definition, err);
	if (r == 0 && plan)
		*plan = netd_take(done);
	netd_plan_free(done);
	/* who takes it back needs that */
	if (netd_unconfirmed_is(&netd->store))
		netd_unlock(netd);
	return r;
}
