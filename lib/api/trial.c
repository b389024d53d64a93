// SPDX-License-Identifier: GPL-2.0-or-later
/* The calls for changes on trial, and the way back to what was before. */
#include <errno.h>
#include <string.h>

#include "api/begin.h"
#include "base/cleanup.h"
#include "netd.h"
#include "plan/plan.h"
#include "store/previous.h"
#include "store/stuck.h"
#include "trial/agree.h"
#include "trial/confirm.h"
#include "trial/recover.h"
#include "trial/trial.h"
#include "trial/watchdog.h"

static int check_seconds(unsigned seconds, struct netd_error *err)
{
	if (seconds >= 1 && seconds <= NETD_TRIAL_SECONDS_MAX)
		return 0;
	netd_error_add(err, -EINVAL, "a change cannot be on trial for %u s", seconds);
	netd_error_hint(err, "for 1 to %d s", NETD_TRIAL_SECONDS_MAX);
	return -EINVAL;
}

int netd_apply_unconfirmed(struct netd *netd, const struct netd_topology *t,
			   const struct netd_trial *trial, struct netd_plan **plan,
			   enum netd_outcome *outcome, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *copy = NULL;
	struct netd_change change = {.on_trial = true, .caller = &netd->caller};
	enum netd_outcome dummy;
	int r;

	if (!outcome)
		outcome = &dummy;
	*outcome = NETD_UNTOUCHED;
	r = check_seconds(trial->seconds, err);
	if (r < 0)
		return r;
	r = netd_topology_checked(&t, &copy, err);
	if (r < 0)
		return r;
	r = netd_begin(netd, outcome, err);
	if (r < 0)
		return r;
	change.wanted = t;
	return netd_trial_apply(netd, &change, trial, plan, outcome, err);
}

int netd_confirm(struct netd *netd, const char *name, char **confirmed,
		 struct netd_error *err)
{
	enum netd_outcome dummy;
	int r = netd_begin_during_trial(netd, &dummy, err);

	if (r < 0)
		return r;
	return netd_confirm_keep(netd, name, confirmed, err);
}

/* Tries again to roll back a topology that is stuck. */
static int rollback_stuck(struct netd *netd, const char *name, char **done,
			  struct netd_plan **plan, enum netd_outcome *outcome,
			  struct netd_error *err)
{
	int r = netd_recover_stuck(netd, &netd->caller, name, plan, err);

	if (r < 0) {
		*outcome = NETD_NOT_ROLLED_BACK;
		return r;
	}
	*outcome = NETD_DONE;
	*done = strdup(name);
	return 0;
}

static int nothing_kept(const char *name, struct netd_error *err)
{
	netd_error_add(err, -ENOENT, "nothing is kept that topology %s was before", name);
	netd_error_hint(err,
			"the state before a change is kept until the next one, or the "
			"next boot");
	return -ENOENT;
}

/* Returns the topology to what it was before its last change. */
static int rollback_change(struct netd *netd, const char *name, char **done,
			   struct netd_plan **plan, enum netd_outcome *outcome,
			   struct netd_error *err)
{
	netd_auto_topology struct netd_topology *previous = NULL, *ran = NULL;
	struct netd_plan *made = NULL;
	int r = netd_previous_load(&netd->store, name, &previous, err);

	if (r < 0)
		return r;
	if (!previous)
		return nothing_kept(name, err);
	r = netd_load_running(netd, name, &ran, err);
	if (r < 0)
		return r;
	r = netd_apply(netd, previous, &made, outcome, err);
	if (r < 0)
		return r;
	netd_agree_follow(netd, ran, previous, &made->notes);
	*done = strdup(name);
	if (plan)
		*plan = netd_take(made);
	netd_plan_free(made);
	return 0;
}

int netd_rollback(struct netd *netd, const char *name, char **done,
		  struct netd_plan **plan, enum netd_outcome *outcome,
		  struct netd_error *err)
{
	enum netd_outcome dummy;
	int r;

	if (!outcome)
		outcome = &dummy;
	r = netd_begin_during_trial(netd, outcome, err);
	if (r < 0)
		return r;
	r = netd_confirm_refuse(netd, &netd->caller, name, done, outcome, err);
	if (r < 0)
		return r;
	if (r > 0)
		return 0;
	if (!name) {
		netd_confirm_nothing(netd, err);
		netd_error_hint(err, "`netdctl rollback NAME` returns to what topology "
				     "NAME was before the last apply");
		return -ENOENT;
	}
	if (netd_stuck_is(&netd->store, name))
		return rollback_stuck(netd, name, done, plan, outcome, err);
	return rollback_change(netd, name, done, plan, outcome, err);
}
