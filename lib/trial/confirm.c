// SPDX-License-Identifier: GPL-2.0-or-later
/* Changes that are taken back unless somebody confirms them. */
#include "trial/confirm.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "trial/agree.h"
#include "trial/definition.h"
#include "observe/plugs.h"
#include "store/previous.h"
#include "trial/probe.h"
#include "trial/recover.h"
#include "store/stuck.h"
#include "engine/transaction.h"
#include "store/unconfirmed.h"
#include "trial/watchdog.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "rtnl/source.h"
#include "model/state.h"
#include "netd.h"
#include "plan/listens.h"
#include "plan/plan.h"

/*
 * Theory of operation.  Before the first op there are the record of what was
 * (store/unconfirmed.h) and, armed, a process that will see to it (trial/watchdog.h).
 * Confirming is to move the record away.  Taking back is what a killed change is
 * recovered by: the record becomes pending.yaml, by one rename, and that is applied.  So
 * whoever dies on the way, the next one goes on from there:
 *
 *	record              waits, or is over: taken back
 *	record and pending  the change, or its taking back, was killed: what is pending is
 *	                    applied, and the record goes
 *	pending             as ever
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
 * Makes of the record a change that was killed, and recovers from that.  *@outcome says
 * what became of it: if the topology is stuck now, @why has the problems.
 */
static int revert(struct netd *netd, const struct netd_unconfirmed *u, bool say,
		  const char *because, enum netd_outcome *outcome, struct netd_error *why,
		  struct netd_error *err)
{
	int r = netd_store_make_pending(&netd->store, NETD_UNCONFIRMED, err);

	if (r < 0)
		return r;
	r = netd_recover_pending(netd, say, outcome, why, err);
	if (r >= 0 && *outcome == NETD_ROLLED_BACK)
		netd_reverted_note(&netd->store, u->previous->name, because);
	return r;
}

int netd_confirm_expire(struct netd *netd, struct netd_error *err)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	enum netd_outcome outcome;
	int r;

	if (!netd_unconfirmed_is(&netd->store))
		return 0;
	r = netd_unconfirmed_load(&netd->store, &u, err);
	if (r < 0 || !u.previous)
		return r;
	if (netd_unconfirmed_left(&u) == 0)
		return revert(netd, &u, true,
			      u.rebooted ? "the host was booted before it was confirmed"
					 : "it was not confirmed in time",
			      &outcome, NULL, err);
	if (netd->watchdog && !netd_watchdog_lives(netd))
		netd_watchdog_start(netd, NULL, NULL);
	return 0;
}

/* Recovers first: of a change that was killed the record goes along. */
int netd_confirm_revert(struct netd *netd, const char *because, struct netd_error *err)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	struct netd_error why = {0};
	enum netd_outcome outcome = NETD_UNTOUCHED;
	int r = netd_context_open(netd, true, err);

	if (r == 0)
		r = netd_unconfirmed_load(&netd->store, &u, err);
	if (r == 0 && netd_store_is_pending(&netd->store)) {
		r = netd_recover_pending(netd, !u.previous, &outcome, &why, err);
		if (u.previous && outcome == NETD_ROLLED_BACK)
			netd_reverted_note(&netd->store, u.previous->name, because);
	} else if (r == 0 && u.previous) {
		r = revert(netd, &u, false, because, &outcome, &why, err);
	}
	if (r >= 0 && outcome == NETD_NOT_ROLLED_BACK)
		r = netd_error_code(&why);
	netd_error_move(err, &why);
	return r;
}

/* What was done must not stay; returns @code, which says why. */
static int take_back(struct netd *netd, int code, const char *why,
		     struct netd_plan **plan, enum netd_outcome *outcome,
		     struct netd_error *err)
{
	int back = netd_confirm_revert(netd, why, err);

	*outcome = back < 0 ? NETD_NOT_ROLLED_BACK : NETD_ROLLED_BACK;
	*plan = netd_plan_free(*plan);
	return code;
}

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

/* Applies @t with record and watchdog in place, and asks the probe. */
static int apply_watched(struct netd *netd, const struct netd_topology *t,
			 const struct probe *probe, struct netd_plan **plan,
			 enum netd_outcome *outcome, struct netd_error *err)
{
	const struct netd_change change = {.t = t, .on_trial = true};
	int r = netd_transact(netd, &change, plan, outcome, err);

	if (r < 0 || netd_plan_size(*plan) == 0) {
		netd_unconfirmed_remove(&netd->store, NULL);
		return r;
	}
	r = check_reachable(t, probe, err);
	if (r < 0)
		return take_back(netd, r, "nobody would have reached this host", plan,
				 outcome, err);
	r = netd_probe_check(netd, &probe->who, err);
	return r == 0 ? 0
		      : take_back(netd, r, "the probe was not answered", plan, outcome,
				  err);
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
	return netd_str_error(&plugs)
		       ? netd_error_add(err, -ENOMEM, "out of memory")
		       : netd_unconfirmed_save(&netd->store, previous, trial->definition,
					       netd_str_text(&plugs), trial->seconds,
					       err);
}

/* Who was killed meanwhile is followed by another; a change without any is taken back. */
static int relieve_watchdog(struct netd *netd, struct netd_plan **plan,
			    enum netd_outcome *outcome, struct netd_error *err)
{
	int r;

	if (!netd_unconfirmed_is(&netd->store) || netd_watchdog_lives(netd))
		return 0;
	r = netd_watchdog_start(netd, NULL, err);
	return r == 0 ? 0
		      : take_back(netd, r, "it had no watchdog any more", plan, outcome,
				  err);
}

/*
 * The record is there; without a watchdog nothing is touched.  What the command could not
 * take back itself its watchdog tries as soon as we are gone: whoever called may be cut
 * off by now.
 */
static int apply_leashed(struct netd *netd, const struct netd_topology *t,
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
	r = apply_watched(netd, t, probe, plan, outcome, err);
	if (*outcome != NETD_NOT_ROLLED_BACK)
		netd_watchdog_release(leash);
	close(leash);
	return r < 0 ? r : relieve_watchdog(netd, plan, outcome, err);
}

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
	netd_auto_topology struct netd_topology *previous = NULL, *copy = NULL;
	struct netd_plan *done = NULL;
	struct probe probe = {0};
	enum netd_outcome dummy;
	int r;

	outcome = outcome ? outcome : &dummy;
	*outcome = NETD_UNTOUCHED;
	r = check_seconds(trial->seconds, err);
	if (r == 0)
		r = netd_topology_checked(&t, &copy, err);
	if (r == 0)
		r = netd_begin(netd, outcome, err);
	if (r == 0)
		r = netd_load_present(netd, t->name, &previous, err);
	if (r == 0)
		r = netd_probe_choose(netd, trial->probe, &probe.who, err);
	if (r == 0)
		r = save_record(netd, previous, trial, err);
	if (r < 0)
		return r;
	netd_reverted_forget(&netd->store);
	probe.previous = previous;
	r = apply_leashed(netd, t, trial, &probe, &done, outcome, err);
	if (r == 0 && trial->definition && netd_plan_size(done) == 0)
		r = netd_definition_save(netd, trial->definition, err);
	if (r == 0 && plan)
		*plan = netd_take(done);
	netd_plan_free(done);
	/* who takes it back needs that */
	if (netd_unconfirmed_is(&netd->store))
		netd_unlock(netd);
	return r;
}

static int nothing_waits(struct netd *netd, struct netd_error *err)
{
	netd_auto_free char *last = NULL;

	netd_reverted_read(&netd->store, &last);
	netd_error_add(err, -ENOENT, "nothing waits to be confirmed%s%s",
		       last ? ": " : "", last ? last : "");
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

/* Before the record goes: who is killed between has something left to confirm. */
static int save_definition(struct netd *netd, const struct netd_unconfirmed *u,
			   struct netd_error *err)
{
	netd_auto_topology struct netd_topology *definition = NULL;
	int r = netd_unconfirmed_definition(u, &definition, err);

	if (r < 0 || !definition)
		return r;
	return netd_definition_write(netd, definition, err);
}

int netd_confirm(struct netd *netd, const char *name, char **confirmed,
		 struct netd_error *err)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	int r = netd_take_up(netd, NULL, err);

	if (r == 0)
		r = netd_unconfirmed_load(&netd->store, &u, err);
	if (r < 0)
		return r;
	if (!u.previous)
		return nothing_waits(netd, err);
	r = check_name(&u, name, err);
	if (r == 0)
		r = save_definition(netd, &u, err);
	if (r == 0)
		r = netd_previous_keep(&netd->store, NETD_UNCONFIRMED, u.previous->name,
				       err);
	if (r == 0)
		netd_reverted_forget(&netd->store);
	if (r == 0 && confirmed)
		*confirmed = strdup(u.previous->name);
	return r;
}

/* Takes back what waits; 0 if nothing does. */
static int rollback_unconfirmed(struct netd *netd, const char *name, char **done,
				enum netd_outcome *outcome, struct netd_error *err)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	int r = netd_unconfirmed_load(&netd->store, &u, err);

	if (r < 0 || !u.previous)
		return r;
	r = check_name(&u, name, err);
	if (r < 0)
		return r;
	r = netd_confirm_revert(netd, "`netdctl rollback` was called", err);
	*outcome = r < 0 ? NETD_NOT_ROLLED_BACK : NETD_DONE;
	*done = strdup(u.previous->name);
	return r < 0 ? r : 1;
}

/* What it could not return to is what it is to return to. */
static int rollback_stuck(struct netd *netd, const char *name, char **done,
			  struct netd_plan **plan, enum netd_outcome *outcome,
			  struct netd_error *err)
{
	int r = netd_recover_stuck(netd, name, plan, err);

	*outcome = r < 0 ? NETD_NOT_ROLLED_BACK : NETD_DONE;
	if (r == 0)
		*done = strdup(name);
	return r;
}

static int nothing_kept(const char *name, struct netd_error *err)
{
	netd_error_add(err, -ENOENT, "nothing is kept that topology %s was before", name);
	netd_error_hint(err,
			"the state before a change is kept until the next one, or the "
			"next boot");
	return -ENOENT;
}

/* To what it was before its last change. */
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
	if (r == 0)
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

	outcome = outcome ? outcome : &dummy;
	r = netd_take_up(netd, outcome, err);
	if (r < 0)
		return r;
	r = rollback_unconfirmed(netd, name, done, outcome, err);
	if (r)
		return r < 0 ? r : 0;
	if (!name) {
		nothing_waits(netd, err);
		netd_error_hint(err, "`netdctl rollback NAME` returns to what topology "
				     "NAME was before the last apply");
		return -ENOENT;
	}
	return netd_stuck_is(&netd->store, name)
		       ? rollback_stuck(netd, name, done, plan, outcome, err)
		       : rollback_change(netd, name, done, plan, outcome, err);
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
	if (left && netd_watchdog_lives(netd))
		netd_error_add(notes, 0,
			       "%s waits to be confirmed: %u s are left, then it is "
			       "rolled back",
			       u.previous->name, left);
	else
		netd_error_add(notes, 0,
			       "%s waits to be confirmed: %u s are left, but the process "
			       "that would roll it back is gone",
			       u.previous->name, left);
	netd_error_hint(notes, "`netdctl %s` %s", left ? "confirm" : "recover",
			left ? "keeps it, `netdctl rollback` takes it back"
			     : "rolls it back");
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
