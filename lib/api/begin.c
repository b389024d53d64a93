// SPDX-License-Identifier: GPL-2.0-or-later
/* What every change begins with: recover, then see whether something is on trial. */
#include "api/begin.h"

#include <errno.h>

#include "netd.h"
#include "store/stuck.h"
#include "store/unconfirmed.h"
#include "trial/confirm.h"
#include "trial/recover.h"

/* 1 if a killed or expired change was taken back or kept, 0 if there was none. */
static int recover_and_expire(struct netd *netd, enum netd_outcome *became,
			      struct netd_error *err)
{
	int r = netd_recover_pending(netd, &netd->caller, true, became, NULL, err);

	if (r)
		return r;
	return netd_confirm_expire(netd, &netd->caller, err);
}

int netd_begin_during_trial(struct netd *netd, enum netd_outcome *outcome,
			    struct netd_error *err)
{
	enum netd_outcome became;
	int r = recover_and_expire(netd, &became, err);

	if (r < 0) {
		*outcome = became;
		return r;
	}
	/* A topology that became stuck does not stop the change of another. */
	*outcome = NETD_UNTOUCHED;
	return 0;
}

int netd_begin(struct netd *netd, enum netd_outcome *outcome, struct netd_error *err)
{
	enum netd_outcome dummy;
	int r;

	if (!outcome)
		outcome = &dummy;
	r = netd_begin_during_trial(netd, outcome, err);
	if (r < 0)
		return r;
	return netd_confirm_gate(netd, err);
}

/* While a change is on trial, stuck topologies wait: no other change is allowed. */
static int recover_stuck(struct netd *netd, struct netd_error *err)
{
	if (!netd_unconfirmed_is(&netd->store))
		return netd_recover_each(netd, &netd->caller, err);
	netd_unlock(netd);
	return 0;
}

int netd_recover(struct netd *netd, enum netd_outcome *outcome, struct netd_error *err)
{
	enum netd_outcome became;
	int r = recover_and_expire(netd, &became, err);
	int stuck = 0;

	if (r >= 0)
		stuck = recover_stuck(netd, err);
	if (stuck < 0)
		became = NETD_NOT_ROLLED_BACK;
	if (outcome)
		*outcome = became;
	if (r < 0)
		return r;
	if (stuck < 0)
		return stuck;
	return r || stuck;
}

int netd_not_running(const struct netd *netd, const char *name, struct netd_error *err)
{
	if (netd_stuck_is(&netd->store, name)) {
		netd_error_add(err, -ENOENT, "topology %s is stuck, and nothing runs",
			       name);
		netd_error_hint(err,
				"`netdctl recover` tries again, `netdctl destroy %s` "
				"removes what can be removed",
				name);
		return -ENOENT;
	}
	netd_error_add(err, -ENOENT, "topology %s is not running", name);
	netd_error_hint(err, "`netdctl status` shows those that are");
	return -ENOENT;
}

int netd_check_state(struct netd *netd, struct netd_error *err)
{
	int r = netd_context_open(netd, true, err);

	if (r < 0)
		return r;
	return netd_store_check(&netd->store, err);
}
