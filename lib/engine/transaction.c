// SPDX-License-Identifier: GPL-2.0-or-later
/* One change of one topology. */
#include "engine/transaction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "engine/converge.h"
#include "engine/run.h"
#include "observe/choose_addresses.h"
#include "observe/plugs.h"
#include "observe/share.h"
#include "observe/unrecorded.h"
#include "store/previous.h"
#include "store/reserve.h"
#include "store/stuck.h"
#include "store/unconfirmed.h"

/*
 * Theory of operation.  A change of topology T is: read the kernel, work out the plan; if
 * it is empty, stop.  Else put T as it will be (target.yaml) and was (pending.yaml) and
 * the new claims on disk, run the ops, read the kernel again and see that the plan is
 * empty now; then save T and remove pending.yaml.  If anything fails, the same is done
 * with T as it was (engine/go_back.c): there is no undo list, and rolling back is no
 * other code than applying.  If the process dies, the next change finds pending.yaml.  If
 * nothing is left to do to T as it will be, that change is kept; else what is pending is
 * applied.
 *
 * Destroying is applying an empty topology.
 */

static bool touches_services(const struct netd_plan *plan)
{
	for (size_t i = 0; i < plan->op_count; i++)
		if (netd_op_runs[plan->ops[i].kind].needs_room)
			return true;
	return false;
}

/* Room for the way back.  Destroying goes with what is there since it was applied. */
static int reserve(struct netd *netd, const struct netd_topology *t,
		   const struct netd_view *v, struct netd_error *err)
{
	struct netd_error why = {0};
	int r = netd_reserve_make(&netd->store, &v->observed, touches_services(&v->plan),
				  &why);

	if (r == -ENOSPC && netd_topology_is_empty(t)) {
		netd_error_done(&why);
		return 0;
	}
	netd_error_move(err, &why);
	return r;
}

/*
 * The hooks' records follow what is saved as running: whenever the process dies, the
 * records to take away are those of what is saved.
 */
static int settle(struct netd *netd, const struct netd_topology *previous,
		  const struct netd_topology *t, const struct netd_view *v,
		  bool target_saved, struct netd_error *err)
{
	int r = netd_converge_release(netd, v, err);

	if (r < 0)
		return r;
	if (target_saved)
		r = netd_store_commit_target(&netd->store, t, err);
	else
		r = netd_store_save(&netd->store, t, err);
	if (r < 0)
		return r;
	return netd_store_update_records(&netd->store, previous, t, err);
}

/* 1 if something is left to do. */
static int attempt(struct netd *netd, const struct netd_change *change,
		   struct netd_view *v, struct netd_error *err)
{
	int r = netd_converge_save(netd, change->wanted->name, v, err);

	if (r < 0)
		return r;
	r = reserve(netd, change->wanted, v, err);
	if (r < 0)
		return r;
	return netd_converge_run(netd, change->wanted, v, NETD_IN_BURSTS, change->caller,
				 err);
}

/*
 * What one op did on the way can undo what was not worth an op when the plan was made (an
 * uplink takes its settings along).
 */
static int attempt_again(struct netd *netd, const struct netd_change *change,
			 const struct netd_topology *previous, struct netd_view *v,
			 struct netd_error *err)
{
	int r = netd_view_make(netd, change->wanted, previous, false, v, err);

	if (r < 0)
		return r;
	r = netd_converge(netd, change->wanted, v, NETD_IN_BURSTS, change->caller, err);
	if (r > 0)
		return -EIO;
	return r;
}

/* Goes to change->wanted by @v, and a second time if something is left to do then. */
static int reach(struct netd *netd, const struct netd_change *change,
		 const struct netd_topology *previous, struct netd_view *v,
		 struct netd_error *err)
{
	netd_auto(netd_view_done) struct netd_view again = {0};
	const struct netd_view *last = v;
	struct netd_error why = {0};
	int r = attempt(netd, change, v, &why);

	if (r > 0) {
		netd_error_done(&why);
		last = &again;
		r = attempt_again(netd, change, previous, &again, &why);
	}
	netd_error_move(err, &why);
	if (r < 0)
		return r;
	return settle(netd, previous, change->wanted, last, !change->on_trial, err);
}

/*
 * What is on disk before the first op.  Destroying needs no room there: if there is none,
 * what runs is pending as it is saved, and only who is killed forgets its ports.
 */
static int begin(struct netd *netd, const struct netd_change *change,
		 const struct netd_topology *previous, const struct netd_str *plugs,
		 struct netd_error *err)
{
	/* One on trial is kept by being confirmed only. */
	const struct netd_topology *target = change->on_trial ? NULL : change->wanted;
	int r;

	if (netd_str_error(plugs))
		return netd_error_no_memory(err);
	r = netd_store_save_pending(&netd->store, previous, netd_str_text(plugs), target,
				    err);
	if (r == -ENOSPC && netd_topology_is_empty(change->wanted) &&
	    netd_store_link_pending(&netd->store, previous->name) == 0) {
		netd_error_done(err);
		return 0;
	}
	/* It may be there in spite of that, and nothing is to be recovered. */
	if (r < 0)
		netd_store_remove_pending(&netd->store, NULL);
	return r;
}

/* What was before a trial is in its record; what had none cannot be returned to. */
static int end(struct netd *netd, const struct netd_change *change, bool unrecorded,
	       struct netd_error *err)
{
	const char *name = change->wanted->name;
	int r = netd_stuck_forget(&netd->store, name, err);

	if (r < 0)
		return r;
	if (unrecorded)
		netd_previous_forget(&netd->store, name);
	if (change->on_trial || unrecorded)
		return netd_store_remove_pending(&netd->store, err);
	return netd_store_keep_pending(&netd->store, name, err);
}

/* All that is known of a change before its first op. */
struct commit {
	const struct netd_change *change;
	const struct netd_topology *previous;
	struct netd_view *v;
	struct netd_str plugs;
	bool stuck; /* @previous is what it could not return to */
};

static int go_forth(struct netd *netd, const struct commit *c, struct netd_error *err)
{
	int r = reach(netd, c->change, c->previous, c->v, err);

	if (r < 0)
		return r;
	if (c->stuck)
		netd_plugs_restore(netd, c->previous->text);
	netd_plugs_keep(netd, netd_str_text(&c->plugs), c->previous, c->change->wanted,
			&c->v->plan.notes);
	return end(netd, c->change, c->v->unrecorded, err);
}

/* What became of the change that could not be done. */
static enum netd_outcome go_back(struct netd *netd, const struct commit *c,
				 struct netd_error *err)
{
	const struct netd_way_back way = {
		.previous = c->previous,
		.meant = c->change->wanted,
		.before = &c->v->observed,
		.caller = c->change->caller,
	};

	if (c->v->unrecorded) {
		if (netd_go_back_unrecorded(netd, &way, c->v, err) < 0)
			return NETD_NOT_ROLLED_BACK;
		return NETD_KEPT;
	}
	if (netd_go_back(netd, &way, NULL, err) == 0)
		return NETD_ROLLED_BACK;
	netd_stuck_say("not rolled back", c->previous->name, err);
	return NETD_NOT_ROLLED_BACK;
}

static int commit(struct netd *netd, struct commit *c, enum netd_outcome *outcome,
		  struct netd_error *err)
{
	int r;

	if (c->v->unrecorded)
		netd_str_add(&c->plugs, NETD_UNRECORDED_LINE);
	netd_plugs_collect(&c->v->observed, c->previous, &c->plugs);
	if (c->stuck)
		netd_plugs_copy(c->previous->text, &c->plugs);
	r = begin(netd, c->change, c->previous, &c->plugs, err);
	if (r < 0)
		return r;
	r = go_forth(netd, c, err);
	if (r < 0) {
		*outcome = go_back(netd, c, err);
		return r;
	}
	netd_converge_clean(netd);
	netd_reverted_forget(&netd->store);
	*outcome = NETD_DONE;
	return 0;
}

/* What it was, and is to be again if this fails: what runs, or what it could not return
 * to. */
static int load_previous(struct netd *netd, const struct netd_topology *t,
			 struct netd_topology **running, bool *stuck,
			 struct netd_error *err)
{
	struct netd_topology *back = NULL;
	int r = netd_stuck_load(&netd->store, t->name, &back, err);

	if (r < 0)
		return r;
	*stuck = back != NULL;
	if (back) {
		netd_topology_free(*running);
		*running = back;
	}
	return 0;
}

/*
 * What is wanted, as this host can have it: change->wanted becomes *@chosen if that
 * differs; and the way there.
 */
static int look(struct netd *netd, struct netd_change *change, bool stuck,
		const struct netd_topology *previous, struct netd_topology **chosen,
		struct netd_view *v, struct netd_error *err)
{
	int r = netd_choose_addresses(netd, change->wanted, previous, chosen, err);

	if (r < 0)
		return r;
	if (*chosen)
		change->wanted = *chosen;
	v->nameless = v->search = stuck;
	return netd_view_make(netd, change->wanted, previous, true, v, err);
}

static int apply(struct netd *netd, struct netd_change *change, struct netd_plan **plan,
		 enum netd_outcome *outcome, struct netd_error *err)
{
	netd_auto(netd_view_done) struct netd_view v = {0};
	netd_auto_topology struct netd_topology *chosen = NULL;
	netd_auto_topology struct netd_topology *previous = NULL;
	netd_auto_free struct netd_plan *room = NULL;
	struct commit c = {.change = change, .v = &v};
	int r = netd_plan_make_room(plan, &room, err);

	if (r < 0)
		return r;
	r = netd_share_check(netd, change->wanted, &previous, &v.others, err);
	if (r < 0)
		return r;
	r = load_previous(netd, change->wanted, &previous, &c.stuck, err);
	if (r < 0)
		return r;
	r = look(netd, change, c.stuck, previous, &chosen, &v, err);
	if (r < 0)
		return r;
	if (netd_plan_is_empty(&v.plan) && !c.stuck &&
	    netd_store_has(&netd->store, change->wanted)) {
		*outcome = NETD_DONE;
		netd_plan_hand_over(&v.plan, &room, plan);
		return 0;
	}
	if (!previous) {
		r = netd_unrecorded_begin(&v, change->on_trial, change->caller, err);
		if (r < 0)
			return r;
		previous = netd_topology_new(change->wanted->name);
		if (!previous)
			return netd_error_no_memory(err);
	}
	c.previous = previous;
	r = commit(netd, &c, outcome, err);
	netd_str_done(&c.plugs);
	if (r < 0)
		return r;
	netd_plan_hand_over(&v.plan, &room, plan);
	return 0;
}

/* Who is called looks at its own problems only: a caller that goes back has some. */
int netd_engine_apply(struct netd *netd, const struct netd_change *change,
		      struct netd_plan **plan, enum netd_outcome *outcome,
		      struct netd_error *err)
{
	struct netd_change own = *change;
	struct netd_error why = {0};
	int r = apply(netd, &own, plan, outcome, &why);

	netd_error_move(err, &why);
	return r;
}

bool netd_engine_finish(struct netd *netd, const struct netd_topology *pending)
{
	netd_auto(netd_view_done) struct netd_view v = {.nameless = true};
	netd_auto_topology struct netd_topology *target = NULL;
	struct netd_change change = {0};

	if (netd_unconfirmed_is(&netd->store))
		return false;
	netd_store_load_target(&netd->store, &target);
	if (!target || strcmp(target->name, pending->name) != 0)
		return false;
	if (netd_view_make(netd, target, pending, false, &v, NULL) < 0 ||
	    v.plan.op_count > 0)
		return false;
	netd->ops->tidy(&v.observed);
	change.wanted = target;
	if (settle(netd, pending, target, &v, false, NULL) < 0)
		return false;
	netd_plugs_keep(netd, pending->text, pending, target, NULL);
	if (end(netd, &change, netd_unrecorded_is(pending), NULL) < 0)
		return false;
	netd_converge_clean(netd);
	return true;
}
