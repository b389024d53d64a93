// SPDX-License-Identifier: GPL-2.0-or-later
/* One change with a record, a watchdog and a probe around it. */
#include "trial/trial.h"

#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "observe/plugs.h"
#include "plan/listens.h"
#include "store/stuck.h"
#include "store/unconfirmed.h"
#include "trial/confirm.h"
#include "trial/definition.h"
#include "trial/probe.h"
#include "trial/recover.h"
#include "trial/watchdog.h"

struct probe {
	struct netd_addr who; /* family 0: nobody */
	const struct netd_topology *previous;
};

/*
 * A reply to the host's own request belongs to a connection, so it arrives even if nobody
 * can open a new one, because a forward takes everything that is sent to that address.
 */
static int check_reachable(struct netd *netd, const struct netd_topology *t,
			   const struct probe *probe, struct netd_error *err)
{
	char text[NETD_ADDR_TEXT];
	struct netd_addr own;

	if (!probe->who.family || netd->ops->find_source(netd, &probe->who, &own) < 0 ||
	    !netd_listens_take(t, &own) || netd_listens_take(probe->previous, &own))
		return 0;
	netd_error_add(err, -EHOSTUNREACH,
		       "all that arrives at %s goes to a forward: nobody reaches the "
		       "host there",
		       netd_addr_format(&own, text));
	netd_error_hint(err, "if that is meant, say --probe none");
	return -EHOSTUNREACH;
}

/* Takes the change back; returns @code, the reason. */
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

/* *@because: in words, if the change is to be taken back. */
static int probe_host(struct netd *netd, const struct netd_topology *t,
		      const struct probe *probe, const char **because,
		      struct netd_error *err)
{
	int r = check_reachable(netd, t, probe, err);

	*because = "nobody would have reached this host";
	if (r < 0)
		return r;
	*because = "the probe was not answered";
	return netd_probe_check(netd, &probe->who, err);
}

/* Makes the change with record and watchdog in place, and asks the probe. */
static int apply_watched(struct netd *netd, const struct netd_change *change,
			 const struct probe *probe, struct netd_plan **plan,
			 enum netd_outcome *outcome, struct netd_error *err)
{
	const char *because;
	int r = netd_engine_apply(netd, change, plan, outcome, err);

	if (r < 0 || (*plan)->op_count == 0) {
		netd_unconfirmed_remove(&netd->store, NULL);
		return r;
	}
	r = probe_host(netd, change->wanted, probe, &because, err);
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

/* Starts another watchdog if it was killed meanwhile; without one, takes the change back.
 */
static int replace_watchdog(struct netd *netd, const struct netd_caller *caller,
			    struct netd_plan **plan, enum netd_outcome *outcome,
			    struct netd_error *err)
{
	int r;

	if (!netd_unconfirmed_is(&netd->store) || netd->ops->watchdog_lives(netd))
		return 0;
	r = netd->ops->start_watchdog(netd, NULL, err);
	if (r < 0)
		return take_back(netd, caller, r, "it had no watchdog any more", plan,
				 outcome, err);
	return 0;
}

/*
 * The record is on disk; without a watchdog nothing is touched.  If this process cannot
 * take the change back, its watchdog tries as soon as this process has ended: the user
 * may be cut off by then.
 */
static int apply_leashed(struct netd *netd, const struct netd_change *change,
			 const struct netd_trial *trial, const struct probe *probe,
			 struct netd_plan **plan, enum netd_outcome *outcome,
			 struct netd_error *err)
{
	int leash, r = netd->ops->start_watchdog(netd, &leash, err);

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
	return replace_watchdog(netd, change->caller, plan, outcome, err);
}

/* Saves the definition of a change that needed no op, and so is not on trial. */
static int apply_defined(struct netd *netd, const struct netd_change *change,
			 const struct netd_trial *trial, const struct probe *probe,
			 struct netd_plan **plan, enum netd_outcome *outcome,
			 struct netd_error *err)
{
	int r = apply_leashed(netd, change, trial, probe, plan, outcome, err);

	if (r < 0 || !trial->definition || (*plan)->op_count > 0)
		return r;
	return netd_definition_save(netd, trial->definition, err);
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
	r = apply_defined(netd, change, trial, &probe, &done, outcome, err);
	if (r >= 0 && plan)
		*plan = netd_take(done);
	netd_plan_free(done);
	/* the process that takes it back needs the lock */
	if (netd_unconfirmed_is(&netd->store))
		netd_unlock(netd);
	return r;
}
