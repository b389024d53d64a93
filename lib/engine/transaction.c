// SPDX-License-Identifier: GPL-2.0-or-later
/* One change of one topology, and the way back. */
#include "engine/transaction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "observe/choose_addresses.h"
#include "engine/execute.h"
#include "observe/plugs.h"
#include "store/previous.h"
#include "store/reserve.h"
#include "observe/share.h"
#include "store/stuck.h"
#include "store/unconfirmed.h"
#include "observe/unrecorded.h"
#include "observe/view.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "netd.h"

/*
 * Theory of operation.  A change of topology T is: read the kernel, work out the plan; if
 * it is empty, stop.  Else put T as it will be (target.yaml) and was (pending.yaml) and
 * the new claims on disk, run the ops, read the kernel again and see that the plan is
 * empty now; then save T and remove pending.yaml.  If anything fails, the same is done
 * with T as it was: there is no undo list, and rolling back is no other code than
 * applying.  If the process dies, the next change finds pending.yaml.  If nothing is left
 * to do to T as it will be, that change is kept; else what is pending is applied.
 *
 * What fails on the way back is tried once more, op by op and on past what fails again.
 * Is something left then, T is stuck (store/stuck.h): its own affair, which the next
 * change of T goes on from.  Then nobody knows what T's namespaces are called; so the
 * host is searched for T's mark.
 *
 * Destroying is applying an empty topology.
 */

/* Ports that are not the topology's, but were plugged into its bridges, come back. */
static void replug(struct netd *netd, const struct netd_state *before)
{
	for (size_t i = 0; i < before->link_count; i++) {
		const struct netd_link *link = &before->links[i];
		int master;

		if (!link->master[0] || netd_link_is_ours(link))
			continue;
		master = netd->ops->ifindex(netd, link->master);
		if (master >= 0 && master != link->master_index)
			netd->ops->plug(netd, link, master);
	}
}

/*
 * Before the first op the disk has all claims: the new ones, and also those that will be
 * let go, since the process may die before they are given back.
 */
static int save_all_claims(struct netd *netd, const struct netd_view *v,
			   struct netd_error *err)
{
	struct netd_claims all = {0};
	bool grown = v->claims_found;
	int r = 0;

	for (size_t i = 0; r == 0 && i < v->claims.count; i++)
		r = netd_claims_add(&all, &v->claims.items[i]);
	for (size_t i = 0; r == 0 && i < v->plan.claim_count; i++) {
		const struct netd_claim *c = &v->plan.claims[i];

		if (netd_claims_find(&v->claims, c->topology, c->kind, c->key))
			continue;
		grown = true;
		r = netd_claims_add(&all, c);
	}
	if (r < 0)
		netd_error_add(err, r, "out of memory");
	else if (grown)
		r = netd_store_save_claims(&netd->store, all.items, all.count, err);
	free(all.items);
	return r;
}

static int put_on_disk(struct netd *netd, const char *topology, const struct netd_view *v,
		       struct netd_error *err)
{
	int r = save_all_claims(netd, v, err);

	return r ? r
		 : netd->ops->capture(netd, topology, &v->claims, &v->plan, &v->observed,
				      err);
}

static int run(struct netd *netd, const struct netd_topology *t, struct netd_view *v,
	       enum netd_pace pace, struct netd_error *err)
{
	int r = netd_execute(netd, t, &v->plan, &v->observed, &v->desired, pace, err);

	return r ? r : netd_view_verify(netd, t, v, err);
}

/* Makes the host have @t; 1 and problems if there is still something to do. */
static int converge(struct netd *netd, const struct netd_topology *t, struct netd_view *v,
		    enum netd_pace pace, struct netd_error *err)
{
	int r = put_on_disk(netd, t->name, v, err);

	return r ? r : run(netd, t, v, pace, err);
}

static bool touches_services(const struct netd_plan *plan)
{
	for (size_t i = 0; i < plan->op_count; i++)
		if (plan->ops[i].kind == NETD_OP_STOP_SERVICE ||
		    plan->ops[i].kind == NETD_OP_START_SERVICE ||
		    plan->ops[i].kind == NETD_OP_RELOAD_SERVICE)
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

/* True if a claim that was on disk is none any more, or is about another value; new ones
 * are there already. */
static bool lets_go(const struct netd_view *v)
{
	const struct netd_claims planned = {v->plan.claims, v->plan.claim_count};

	for (size_t i = 0; i < v->claims.count; i++) {
		const struct netd_claim *c = &v->claims.items[i];
		const struct netd_claim *kept =
			netd_claims_find(&planned, c->topology, c->kind, c->key);

		if (!kept || kept->ours != c->ours)
			return true;
	}
	return false;
}

/* What is no longer claimed is forgotten only when it has been given back. */
static int let_go(struct netd *netd, const struct netd_view *v, struct netd_error *err)
{
	return lets_go(v) ? netd_store_save_claims(&netd->store, v->plan.claims,
						   v->plan.claim_count, err)
			  : 0;
}

/*
 * The hooks' records follow what is saved as running; on the way back they go first: so
 * whenever the process dies, the records to take away are those of what is saved.
 */
static int settle(struct netd *netd, const struct netd_topology *previous,
		  const struct netd_topology *t, const struct netd_view *v,
		  bool target_saved, struct netd_error *err)
{
	int r = let_go(netd, v, err);

	if (r == 0)
		r = target_saved ? netd_store_reach_target(&netd->store, t, err)
				 : netd_store_save(&netd->store, t, err);
	return r ? r : netd_store_update_records(&netd->store, previous, t, err);
}

static int settle_back(struct netd *netd, const struct netd_way_back *way,
		       const struct netd_view *v, const char *plugs,
		       struct netd_error *err)
{
	int r = let_go(netd, v, err);

	if (r == 0)
		r = netd_store_update_records(&netd->store, way->meant, way->previous,
					      err);
	if (r == 0)
		r = netd_store_save_pended(&netd->store, way->previous, err);
	if (r == 0)
		netd_plugs_keep(netd, plugs, way->meant, way->previous, NULL);
	if (r == 0)
		r = netd_stuck_forget(&netd->store, way->previous->name, err);
	return r ? r : netd_store_remove_pending(&netd->store, err);
}

/*
 * Goes to change->t by @v, and a second time if something is left to do then: what one op
 * did on the way can undo what was not worth an op when the plan was made (an uplink
 * takes its settings along).
 */
static int reach(struct netd *netd, const struct netd_change *change,
		 const struct netd_topology *previous, struct netd_view *v,
		 struct netd_error *err)
{
	netd_auto(netd_view_done) struct netd_view again = {0};
	const struct netd_topology *t = change->t;
	struct netd_error why = {0};
	int r = put_on_disk(netd, t->name, v, &why);
	bool second;

	if (r == 0)
		r = reserve(netd, t, v, &why);
	if (r == 0)
		r = run(netd, t, v, NETD_IN_BURSTS, &why);
	second = r > 0;
	if (second) {
		netd_error_done(&why);
		r = netd_view_make(netd, t, previous, false, &again, &why);
	}
	if (second && r == 0)
		r = converge(netd, t, &again, NETD_IN_BURSTS, &why);
	netd_error_move(err, &why);
	if (r == 0)
		r = settle(netd, previous, t, second ? &again : v, !change->on_trial,
			   err);
	return r > 0 ? -EIO : r;
}

/* What a change needed until it was over. */
static void clean_up(struct netd *netd)
{
	netd->ops->sweep(netd);
	netd_reserve_tidy(&netd->store);
}

/*
 * The way back
 */

/* From now on it is nobody's affair but its own. */
static void get_stuck(struct netd *netd, const struct netd_way_back *way,
		      struct netd_error *why)
{
	const char *name = way->previous->name;

	/* as far as it goes: what is pending says it all */
	netd_store_update_records(&netd->store, way->meant, way->previous, NULL);
	netd_store_save_pended(&netd->store, way->previous, NULL);
	netd_stuck_keep(&netd->store, name, why, why);
}

int netd_go_back(struct netd *netd, const struct netd_way_back *way,
		 struct netd_plan **plan, struct netd_error *err)
{
	static const enum netd_pace paces[] = {NETD_IN_BURSTS, NETD_ONE_BY_ONE};
	const struct netd_topology *to = way->previous;
	bool search = netd_stuck_is(&netd->store, to->name);
	netd_auto(netd_view_done) struct netd_view v = {0};
	netd_auto(netd_str_done) struct netd_str plugs = {0};
	netd_auto_free struct netd_plan *room = plan ? calloc(1, sizeof(*room)) : NULL;
	struct netd_error why = {0};
	int r = 1;

	netd_reserve_spend(&netd->store);
	for (size_t i = 0; r != 0 && i < NETD_ARRAY_SIZE(paces); i++) {
		if (i)
			netd_plan_hand_over(&v.plan, &room, plan);
		netd_view_done(&v);
		netd_error_done(&why);
		v.nameless = true;
		v.search = search;
		v.before = way->before;
		/* Recovering, it is unknown what was meant to be. */
		r = netd_view_make(netd, to, way->before ? way->meant : NULL, false, &v,
				   &why);
		if (i == 0)
			netd_plugs_collect(&v.observed, way->meant, &plugs);
		if (r == 0)
			r = converge(netd, to, &v, paces[i], &why);
	}
	if (r > 0)
		r = -EIO;
	if (way->before)
		replug(netd, way->before);
	else
		netd_plugs_restore(netd, to->text);
	if (r == 0)
		r = settle_back(netd, way, &v, netd_str_text(&plugs), &why);
	if (!way->before)
		netd->ops->tidy(&v.observed);
	if (r == 0)
		clean_up(netd);
	else
		get_stuck(netd, way, &why);
	netd_plan_hand_over(&v.plan, &room, plan);
	if (r < 0 && plan)
		*plan = netd_plan_free(*plan);
	netd_error_move(err, &why);
	return r;
}

/*
 * The same without a record: to what was observed.  What cannot be made that again stays
 * as it is, since nobody could say later where it was to return to.
 */
static int go_back_unrecorded(struct netd *netd, const struct netd_topology *meant,
			      const struct netd_topology *nothing,
			      const struct netd_view *before, struct netd_error *err)
{
	static const enum netd_pace paces[] = {NETD_IN_BURSTS, NETD_ONE_BY_ONE};
	netd_auto(netd_view_done) struct netd_view v = {0};
	struct netd_error why = {0};
	int r = 1, kept;

	for (size_t i = 0; r != 0 && i < NETD_ARRAY_SIZE(paces); i++) {
		netd_view_done(&v);
		netd_error_done(&why);
		r = netd_unrecorded_view(netd, meant, before, &v, &why);
		if (r == 0)
			r = converge(netd, nothing, &v, paces[i], &why);
	}
	if (r > 0)
		r = -EIO;
	replug(netd, &before->observed);
	if (r == 0)
		r = let_go(netd, &v, &why);
	kept = netd_store_save(&netd->store, nothing, &why);
	if (kept == 0)
		kept = netd_store_remove_pending(&netd->store, &why);
	netd_error_move(err, &why);
	return r < 0 ? r : kept;
}

/*
 * Forth
 */

int netd_plan_make_room(struct netd_plan **out, struct netd_plan **room,
			struct netd_error *err)
{
	*room = out ? calloc(1, sizeof(**room)) : NULL;
	return out && !*room ? netd_error_add(err, -ENOMEM, "out of memory") : 0;
}

void netd_plan_hand_over(struct netd_plan *plan, struct netd_plan **room,
			 struct netd_plan **out)
{
	if (!out || !*room)
		return;
	*out = netd_take(*room);
	**out = *plan;
	*plan = (struct netd_plan){0};
}

/*
 * What is on disk before the first op.  Destroying needs no room there: if there is none,
 * what runs is pending as it is saved, and only who is killed forgets its ports.
 */
static int begin(struct netd *netd, const struct netd_change *change,
		 const struct netd_topology *previous, const struct netd_str *plugs,
		 struct netd_error *err)
{
	int r;

	/* One on trial is kept by being confirmed only. */
	r = netd_str_error(plugs)
		    ? netd_error_add(err, -ENOMEM, "out of memory")
		    : netd_store_save_pending(&netd->store, previous,
					      netd_str_text(plugs),
					      change->on_trial ? NULL : change->t, err);
	if (r == -ENOSPC && netd_topology_is_empty(change->t) &&
	    netd_store_pend_running(&netd->store, previous->name) == 0) {
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
	const char *name = change->t->name;
	int r = netd_stuck_forget(&netd->store, name, err);

	if (r < 0)
		return r;
	if (unrecorded)
		netd_previous_forget(&netd->store, name);
	return change->on_trial || unrecorded
		       ? netd_store_remove_pending(&netd->store, err)
		       : netd_store_keep_pending(&netd->store, name, err);
}

static int commit(struct netd *netd, const struct netd_change *change,
		  const struct netd_topology *previous, bool stuck, struct netd_view *v,
		  enum netd_outcome *outcome, struct netd_error *err)
{
	const struct netd_way_back back = {
		.previous = previous,
		.meant = change->t,
		.before = &v->observed,
	};
	netd_auto(netd_str_done) struct netd_str plugs = {0};
	int r;

	if (v->unrecorded)
		netd_str_add(&plugs, NETD_UNRECORDED_LINE);
	netd_plugs_collect(&v->observed, previous, &plugs);
	if (stuck)
		netd_plugs_copy(previous->text, &plugs);
	r = begin(netd, change, previous, &plugs, err);
	if (r < 0)
		return r;
	r = reach(netd, change, previous, v, err);
	if (r == 0 && stuck)
		netd_plugs_restore(netd, previous->text);
	if (r == 0)
		netd_plugs_keep(netd, netd_str_text(&plugs), previous, change->t,
				&v->plan.notes);
	if (r == 0)
		r = end(netd, change, v->unrecorded, err);
	if (r < 0 && v->unrecorded) {
		*outcome = NETD_KEPT;
		if (go_back_unrecorded(netd, change->t, previous, v, err) < 0)
			*outcome = NETD_NOT_ROLLED_BACK;
		return r;
	}
	if (r < 0 && netd_go_back(netd, &back, NULL, err) < 0) {
		*outcome = NETD_NOT_ROLLED_BACK;
		netd_stuck_say("not rolled back", previous->name, err);
		return r;
	}
	if (r < 0) {
		*outcome = NETD_ROLLED_BACK;
		return r;
	}
	clean_up(netd);
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

static int transact(struct netd *netd, const struct netd_change *change,
		    struct netd_plan **plan, enum netd_outcome *outcome,
		    struct netd_error *err)
{
	struct netd_change own = *change;
	const struct netd_topology *t = change->t;
	netd_auto(netd_view_done) struct netd_view v = {0};
	netd_auto_topology struct netd_topology *chosen = NULL;
	netd_auto_topology struct netd_topology *previous = NULL;
	netd_auto_free struct netd_plan *room = NULL;
	bool stuck = false;
	int r = netd_plan_make_room(plan, &room, err);

	if (r == 0)
		r = netd_share_check(netd, t, &previous, &v.others, err);
	if (r == 0)
		r = load_previous(netd, t, &previous, &stuck, err);
	v.nameless = v.search = stuck;
	if (r == 0)
		r = netd_choose_addresses(netd, t, previous, &chosen, err);
	if (chosen)
		own.t = t = chosen;
	if (r == 0)
		r = netd_view_make(netd, t, previous, true, &v, err);
	if (r < 0)
		return r;
	if (netd_plan_is_empty(&v.plan) && !stuck && netd_store_has(&netd->store, t)) {
		*outcome = NETD_DONE;
		netd_plan_hand_over(&v.plan, &room, plan);
		return 0;
	}
	if (!previous)
		r = netd_unrecorded_begin(netd, &v, change->on_trial, err);
	if (r < 0)
		return r;
	if (!previous)
		previous = netd_topology_new(t->name);
	if (!previous)
		return netd_error_add(err, -ENOMEM, "out of memory");
	r = commit(netd, &own, previous, stuck, &v, outcome, err);
	if (r == 0)
		netd_plan_hand_over(&v.plan, &room, plan);
	return r;
}

/* Who is called looks at its own problems only: a caller that goes back has some. */
int netd_transact(struct netd *netd, const struct netd_change *change,
		  struct netd_plan **plan, enum netd_outcome *outcome,
		  struct netd_error *err)
{
	struct netd_error why = {0};
	int r = transact(netd, change, plan, outcome, &why);

	netd_error_move(err, &why);
	return r;
}

bool netd_finish(struct netd *netd, const struct netd_topology *pending)
{
	netd_auto(netd_view_done) struct netd_view v = {.nameless = true};
	netd_auto_topology struct netd_topology *target = NULL;
	struct netd_change change = {0};
	int r;

	if (netd_unconfirmed_is(&netd->store))
		return false;
	netd_store_load_target(&netd->store, &target);
	if (!target || strcmp(target->name, pending->name) != 0)
		return false;
	r = netd_view_make(netd, target, pending, false, &v, NULL);
	if (r < 0 || v.plan.op_count > 0)
		return false;
	netd->ops->tidy(&v.observed);
	change.t = target;
	r = settle(netd, pending, target, &v, false, NULL);
	if (r == 0)
		netd_plugs_keep(netd, pending->text, pending, target, NULL);
	if (r == 0)
		r = end(netd, &change, netd_unrecorded_is(pending), NULL);
	if (r == 0)
		clean_up(netd);
	return r == 0;
}
