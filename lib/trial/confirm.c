// SPDX-License-Identifier: GPL-2.0-or-later
/* Changes that are taken back unless somebody confirms them. */
#include "trial/confirm.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "store/previous.h"
#include "store/unconfirmed.h"
#include "trial/definition.h"
#include "trial/recover.h"

/*
 * Theory of operation.  Before the first op, the record of what was is on disk
 * (store/unconfirmed.h), and a process that will take the change back is armed
 * (trial/watchdog.h).  Confirming moves the record away.  Taking back is recovering from
 *a killed change: the record becomes pending.yaml, by one rename, and that is applied. So
 * whichever process dies on the way, the next one continues from there:
 *
 *	record              waits; or its time is over: it is taken back
 *	record and pending  the change, or its taking back, was killed: what is pending is
 *	                    applied, and the record removed
 *	pending             a killed change, as without a trial
 */

int netd_confirm_gate(struct netd *netd, struct netd_error *err)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	const char *name;
	int r;

	if (!netd_unconfirmed_is(&netd->store))
		return 0;
	r = netd_unconfirmed_load(&netd->store, &u, err);
	if (r < 0 || !u.previous)
		return r;
	name = u.previous->name;
	netd_error_add(err, -EBUSY, "a change of topology %s waits to be confirmed, %u s",
		       name, netd_unconfirmed_left(&u));
	netd_error_hint(err,
			"`netdctl confirm %s` keeps it, `netdctl rollback %s` takes it "
			"back",
			name, name);
	netd_unlock(netd);
	return -EBUSY;
}

/*
 * Makes the record a change that was killed, and recovers from that.  *@outcome says what
 * became of it: if the topology is stuck now, @why has the problems.
 */
static int revert(struct netd *netd, const struct netd_caller *caller,
		  const struct netd_unconfirmed *u, bool say, const char *because,
		  enum netd_outcome *outcome, struct netd_error *why,
		  struct netd_error *err)
{
	int r = netd_store_make_pending(&netd->store, NETD_UNCONFIRMED, err);

	if (r < 0)
		return r;
	r = netd_recover_pending(netd, caller, say, outcome, why, err);
	if (r >= 0 && *outcome == NETD_ROLLED_BACK)
		netd_reverted_note(&netd->store, u->previous->name, because);
	return r;
}

int netd_confirm_expire(struct netd *netd, const struct netd_caller *caller,
			struct netd_error *err)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	const char *because = "it was not confirmed in time";
	enum netd_outcome outcome;
	int r;

	if (!netd_unconfirmed_is(&netd->store))
		return 0;
	r = netd_unconfirmed_load(&netd->store, &u, err);
	if (r < 0 || !u.previous)
		return r;
	if (u.rebooted)
		because = "the host was booted before it was confirmed";
	if (netd_unconfirmed_left(&u) == 0)
		return revert(netd, caller, &u, true, because, &outcome, NULL, err);
	if (netd->watchdog && !netd->ops->watchdog_lives(netd))
		netd->ops->start_watchdog(netd, NULL, NULL);
	return 0;
}

/* A change that was killed is recovered first, and its record goes with it. */
static int revert_any(struct netd *netd, const struct netd_caller *caller,
		      const struct netd_unconfirmed *u, const char *because,
		      enum netd_outcome *outcome, struct netd_error *why,
		      struct netd_error *err)
{
	int r;

	if (!netd_store_is_pending(&netd->store)) {
		if (!u->previous)
			return 0;
		return revert(netd, caller, u, false, because, outcome, why, err);
	}
	r = netd_recover_pending(netd, caller, !u->previous, outcome, why, err);
	if (u->previous && *outcome == NETD_ROLLED_BACK)
		netd_reverted_note(&netd->store, u->previous->name, because);
	return r;
}

int netd_confirm_revert(struct netd *netd, const struct netd_caller *caller,
			const char *because, struct netd_error *err)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	struct netd_error why = {0};
	enum netd_outcome outcome = NETD_UNTOUCHED;
	int r = netd_context_open(netd, true, err);

	if (r < 0)
		return r;
	r = netd_unconfirmed_load(&netd->store, &u, err);
	if (r < 0)
		return r;
	r = revert_any(netd, caller, &u, because, &outcome, &why, err);
	if (r >= 0 && outcome == NETD_NOT_ROLLED_BACK)
		r = netd_error_code(&why);
	netd_error_move(err, &why);
	return r;
}

int netd_confirm_nothing(struct netd *netd, struct netd_error *err)
{
	netd_auto_free char *last = NULL;

	netd_reverted_read(&netd->store, &last);
	if (last)
		netd_error_add(err, -ENOENT, "nothing waits to be confirmed: %s", last);
	else
		netd_error_add(err, -ENOENT, "nothing waits to be confirmed");
	return -ENOENT;
}

static int check_name(const struct netd_unconfirmed *u, const char *name,
		      struct netd_error *err)
{
	if (!name || strcmp(name, u->previous->name) == 0)
		return 0;
	return netd_error_add(err, -ENOENT,
			      "it is a change of topology %s that waits to be confirmed, "
			      "not of %s",
			      u->previous->name, name);
}

/* Before the record is removed: after a kill in between it can still be confirmed. */
static int save_definition(struct netd *netd, const struct netd_unconfirmed *u,
			   struct netd_error *err)
{
	netd_auto_topology struct netd_topology *definition = NULL;
	int r = netd_unconfirmed_definition(u, &definition, err);

	if (r < 0 || !definition)
		return r;
	return netd_definition_write(netd, definition, err);
}

int netd_confirm_keep(struct netd *netd, const char *name, char **confirmed,
		      struct netd_error *err)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	int r = netd_unconfirmed_load(&netd->store, &u, err);

	if (r < 0)
		return r;
	if (!u.previous)
		return netd_confirm_nothing(netd, err);
	r = check_name(&u, name, err);
	if (r < 0)
		return r;
	r = save_definition(netd, &u, err);
	if (r < 0)
		return r;
	r = netd_previous_keep(&netd->store, NETD_UNCONFIRMED, u.previous->name, err);
	if (r < 0)
		return r;
	netd_reverted_forget(&netd->store);
	if (confirmed)
		*confirmed = strdup(u.previous->name);
	return 0;
}

int netd_confirm_refuse(struct netd *netd, const struct netd_caller *caller,
			const char *name, char **done, enum netd_outcome *outcome,
			struct netd_error *err)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	int r = netd_unconfirmed_load(&netd->store, &u, err);

	if (r < 0 || !u.previous)
		return r;
	r = check_name(&u, name, err);
	if (r < 0)
		return r;
	r = netd_confirm_revert(netd, caller, "`netdctl rollback` was called", err);
	*done = strdup(u.previous->name);
	*outcome = NETD_NOT_ROLLED_BACK;
	if (r < 0)
		return r;
	*outcome = NETD_DONE;
	return 1;
}

void netd_confirm_status(const struct netd *netd, struct netd_error *notes)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	netd_auto_free char *last = NULL;
	unsigned left;

	if (netd->store.fd < 0)
		return;
	if (netd_store_is_pending(&netd->store)) {
		netd_error_add(notes, 0, "a change is under way, or was cut short");
		netd_error_hint(notes, "`netdctl recover` waits for it, or undoes it");
	}
	netd_reverted_read(&netd->store, &last);
	if (last)
		netd_error_add(notes, 0, "%s", last);
	if (netd_unconfirmed_load(&netd->store, &u, notes) < 0 || !u.previous)
		return;
	left = netd_unconfirmed_left(&u);
	if (left && netd->ops->watchdog_lives(netd))
		netd_error_add(notes, 0,
			       "%s waits to be confirmed: %u s are left, then it is "
			       "rolled back",
			       u.previous->name, left);
	else
		netd_error_add(notes, 0,
			       "%s waits to be confirmed: %u s are left, but the process "
			       "that would roll it back is gone",
			       u.previous->name, left);
	if (left)
		netd_error_hint(notes,
				"`netdctl confirm` keeps it, `netdctl rollback` takes "
				"it back");
	else
		netd_error_hint(notes, "`netdctl recover` rolls it back");
}

bool netd_confirm_left(const struct netd *netd, const char *topology, unsigned *seconds)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};

	if (netd->store.fd < 0 || netd_unconfirmed_load(&netd->store, &u, NULL) < 0 ||
	    !u.previous || strcmp(u.previous->name, topology) != 0)
		return false;
	*seconds = netd_unconfirmed_left(&u);
	return true;
}
