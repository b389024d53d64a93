// SPDX-License-Identifier: GPL-2.0-or-later
/* From a topology to a host that has it: plan, apply, verify, roll back, recover. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply/confirm.h"
#include "apply/execute.h"
#include "apply/plugs.h"
#include "apply/processes.h"
#include "apply/services.h"
#include "apply/suspect.h"
#include "apply/unconfirmed.h"
#include "apply/uplink.h"
#include "apply/view.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/link.h"
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
 * Destroying is applying an empty topology.
 */

#define BACK_TRIES 2 /* what failed on the way back may not fail again */

/* Ports that are not the topology's, but were plugged into its bridges, come back. */
static void replug(struct netd *netd, const struct netd_state *before)
{
	for (size_t i = 0; i < before->link_count; i++) {
		const struct netd_link *link = &before->links[i];
		netd_auto_message struct nl_msg *m = NULL;
		int master;

		if (!link->master[0] || netd_link_is_ours(link))
			continue;
		master = netd_nl_ifindex(&netd->nl, link->master);
		if (master < 0 || master == link->master_index)
			continue;
		m = netd_link_set_message(link, NETD_LINK_MASTER, master);
		if (m)
			netd_nl_request(&netd->nl, m, NULL);
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
	bool grown = false;
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

/* Makes the host have @t; 1 and problems if there is still something to do. */
static int converge(struct netd *netd, const struct netd_topology *t, struct netd_view *v,
		    struct netd_error *err)
{
	int r = save_all_claims(netd, v, err);

	if (r == 0)
		r = netd_uplinks_capture(netd, &v->plan, &v->observed, err);
	if (r == 0)
		r = netd_execute(netd, t, &v->plan, &v->observed, &v->desired, err);
	if (r == 0)
		r = netd_view_verify(netd, t, v, err);
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

/*
 * What is no longer claimed is forgotten only when it has been given back.  The hooks'
 * records follow what is saved as running; on the way back (@back) they go first: so
 * whenever the process dies, the records to take away are those of what is saved.
 */
static int settle(struct netd *netd, const struct netd_topology *previous,
		  const struct netd_topology *t, const struct netd_view *v, bool back,
		  struct netd_error *err)
{
	int r = 0;

	if (lets_go(v))
		r = netd_store_save_claims(&netd->store, v->plan.claims,
					   v->plan.claim_count, err);
	if (r == 0 && !back)
		r = netd->target_saved ? netd_store_reach_target(&netd->store, t, err)
				       : netd_store_save(&netd->store, t, err);
	if (r == 0)
		r = netd_store_update_records(&netd->store, previous, t, err);
	if (r == 0 && back)
		r = netd_store_save(&netd->store, t, err);
	return r;
}

/*
 * Goes to @t by @v, and a second time if something is left to do then: what one op did on
 * the way can undo what was not worth an op when the plan was made (an uplink takes its
 * settings along).
 */
static int reach(struct netd *netd, const struct netd_topology *previous,
		 const struct netd_topology *t, struct netd_view *v,
		 struct netd_error *err)
{
	netd_auto(netd_view_done) struct netd_view again = {0};
	struct netd_error why = {0};
	int r = converge(netd, t, v, &why);
	bool second = r > 0;

	if (second) {
		netd_error_done(&why);
		r = netd_view_make(netd, t, previous, false, &again, &why);
	}
	if (second && r == 0)
		r = converge(netd, t, &again, &why);
	netd_error_move(err, &why);
	if (r == 0)
		r = settle(netd, previous, t, second ? &again : v, false, err);
	return r > 0 ? -EIO : r;
}

/* Applies @previous again.  What is left if that fails is added to @err. */
static int roll_back(struct netd *netd, const struct netd_topology *t,
		     const struct netd_topology *previous,
		     const struct netd_state *before, struct netd_error *err)
{
	netd_auto(netd_view_done) struct netd_view v = {0};
	netd_auto(netd_str_done) struct netd_str plugs = {0};
	struct netd_error why = {0};
	int r = 1;

	for (int tries = 0; r != 0 && tries < BACK_TRIES; tries++) {
		netd_view_done(&v);
		netd_error_done(&why);
		v.nameless = true;
		/* Recovering, it is unknown what was meant to be. */
		r = netd_view_make(netd, previous, before ? t : NULL, false, &v, &why);
		if (tries == 0)
			netd_plugs_collect(&v.observed, t, &plugs);
		if (r == 0)
			r = converge(netd, previous, &v, &why);
	}
	if (r > 0)
		r = -EIO;
	if (before)
		replug(netd, before);
	else if (r == 0)
		netd_plugs_restore(netd, previous->text);
	if (r == 0)
		r = settle(netd, t, previous, &v, true, &why);
	if (r == 0)
		netd_plugs_keep(netd, netd_str_text(&plugs), t, previous, NULL);
	if (r == 0)
		r = netd_store_remove_pending(&netd->store, &why);
	if (r == 0)
		netd_services_sweep(netd);
	if (r < 0) {
		netd_error_context(&why, "not rolled back");
		netd_error_hint(&why, "`netdctl recover` tries again");
	}
	netd_error_move(err, &why);
	return r;
}

static int commit(struct netd *netd, const struct netd_topology *t,
		  const struct netd_topology *previous, struct netd_view *v,
		  enum netd_outcome *outcome, struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str plugs = {0};
	int r;

	netd_plugs_collect(&v->observed, previous, &plugs);
	/* One on trial is kept by being confirmed only. */
	netd->target_saved = !netd->confirming;
	r = netd_str_error(&plugs)
		    ? netd_error_add(err, -ENOMEM, "out of memory")
		    : netd_store_save_pending(&netd->store, previous,
					      netd_str_text(&plugs),
					      netd->confirming ? NULL : t, err);
	if (r < 0) {
		/* It may be there in spite of that, and nothing is to be recovered. */
		netd_store_remove_pending(&netd->store, NULL);
		netd->target_saved = false;
		return r;
	}
	r = reach(netd, previous, t, v, err);
	netd->target_saved = false;
	if (r == 0)
		netd_plugs_keep(netd, netd_str_text(&plugs), previous, t, &v->plan.notes);
	if (r == 0) /* what was before a trial is in its record */
		r = netd->confirming
			    ? netd_store_remove_pending(&netd->store, err)
			    : netd_store_keep_pending(&netd->store, t->name, err);
	if (r == 0)
		netd_services_sweep(netd);
	if (r < 0) {
		*outcome = roll_back(netd, t, previous, &v->observed, err) < 0
				   ? NETD_NOT_ROLLED_BACK
				   : NETD_ROLLED_BACK;
		return r;
	}
	netd_reverted_forget(&netd->store);
	*outcome = NETD_DONE;
	return 0;
}

/* The topology that runs under that name; an empty one if none does. */
static int load_running(struct netd *netd, const char *name, struct netd_topology **out,
			struct netd_error *err)
{
	int r = netd_store_load(&netd->store, name, out, err);

	if (r < 0 || *out)
		return r;
	*out = netd_topology_new(name);
	return *out ? 0 : netd_error_add(err, -ENOMEM, "out of memory");
}

/* Room for what is handed over, made before anything is done: *@room. */
static int make_room(struct netd_plan **out, struct netd_plan **room,
		     struct netd_error *err)
{
	*room = out ? calloc(1, sizeof(**room)) : NULL;
	return out && !*room ? netd_error_add(err, -ENOMEM, "out of memory") : 0;
}

static void hand_over(struct netd_plan *plan, struct netd_plan **room,
		      struct netd_plan **out)
{
	if (!out || !*room)
		return;
	*out = netd_take(*room);
	**out = *plan;
	*plan = (struct netd_plan){0};
}

/* A bridge that netd did not make does not say whose it is. */
static bool share_bridge(const struct netd_topology *t, const struct netd_network *n,
			 const struct netd_topology *other, struct netd_error *err)
{
	for (size_t i = 0; n->existing && i < other->network_count; i++) {
		if (strcmp(other->networks[i].bridge, n->bridge) != 0)
			continue;
		netd_topology_error(t, err, n->place,
				    "bridge %s is that of network %s in topology %s",
				    n->bridge, other->networks[i].name, other->name);
		netd_error_hint(err, "destroy that one first, or choose another bridge");
		return true;
	}
	return false;
}

/* Names of @t that @other, which runs, has already: hooks and people go by them. */
static bool share_names(const struct netd_topology *t, const struct netd_topology *other,
			struct netd_error *err)
{
	bool taken = false;

	for (size_t i = 0; i < t->network_count; i++) {
		if (!netd_topology_network(other, t->networks[i].name))
			continue;
		taken = true;
		netd_topology_error(t, err, t->networks[i].place,
				    "network %s runs already, in topology %s",
				    t->networks[i].name, other->name);
		netd_error_hint(err, "destroy that one first, or rename this network");
	}
	for (size_t i = 0; i < t->network_count; i++)
		taken |= share_bridge(t, &t->networks[i], other, err);
	for (size_t i = 0; i < t->node_count; i++) {
		const char *kind = t->nodes[i].kind == NETD_NODE_HOST ? "host" : "router";

		if (!netd_topology_node(other, t->nodes[i].name))
			continue;
		taken = true;
		netd_topology_error(t, err, t->nodes[i].place,
				    "%s %s runs already, in topology %s", kind,
				    t->nodes[i].name, other->name);
		netd_error_hint(err, "destroy that one first, or rename this %s", kind);
	}
	return taken;
}

/*
 * Compares @t with what runs.  *@previous is what runs under its own name, NULL if
 * nothing does; the nodes of all others are added to @others.
 */
static int check_running(struct netd *netd, const struct netd_topology *t,
			 struct netd_topology **previous, struct netd_scope *others,
			 struct netd_error *err)
{
	struct netd_topology **all = NULL;
	size_t count = 0;
	int r = netd->store.fd < 0 ? 0
				   : netd_store_load_all(&netd->store, &all, &count, err);
	bool taken = false;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(all[i]->name, t->name) == 0) {
			*previous = all[i];
			continue;
		}
		taken |= share_names(t, all[i], err);
		if (r == 0 && netd_scope_add_names(others, all[i]) < 0)
			r = netd_error_add(err, -ENOMEM, "out of memory");
		netd_topology_free(all[i]);
	}
	free(all);
	return r ? r : taken ? -EEXIST : 0;
}

static int change(struct netd *netd, const struct netd_topology *t,
		  struct netd_plan **plan, enum netd_outcome *outcome,
		  struct netd_error *err)
{
	netd_auto(netd_view_done) struct netd_view v = {0};
	netd_auto_topology struct netd_topology *previous = NULL;
	netd_auto_free struct netd_plan *room = NULL;
	int r = make_room(plan, &room, err);

	if (r == 0)
		r = check_running(netd, t, &previous, &v.others, err);
	if (r == 0)
		r = netd_view_make(netd, t, previous, true, &v, err);
	if (r < 0)
		return r;
	if (netd_plan_is_empty(&v.plan) && netd_store_has(&netd->store, t)) {
		*outcome = NETD_DONE;
		hand_over(&v.plan, &room, plan);
		return 0;
	}
	if (!previous)
		previous = netd_topology_new(t->name);
	if (!previous)
		return netd_error_add(err, -ENOMEM, "out of memory");
	r = commit(netd, t, previous, &v, outcome, err);
	if (r == 0)
		hand_over(&v.plan, &room, plan);
	return r;
}

/*
 * 1 if all of the change that was killed was done: it is kept.  0: it was not, or that
 * cannot be told.
 */
static int finish(struct netd *netd, const struct netd_topology *pending)
{
	netd_auto(netd_view_done) struct netd_view v = {.nameless = true};
	netd_auto_topology struct netd_topology *target = NULL;
	int r;

	if (netd_unconfirmed_is(&netd->store))
		return 0;
	netd_store_load_target(&netd->store, &target);
	if (!target || strcmp(target->name, pending->name) != 0)
		return 0;
	r = netd_view_make(netd, target, pending, false, &v, NULL);
	if (r < 0 || v.plan.op_count > 0)
		return 0;
	r = settle(netd, pending, target, &v, false, NULL);
	if (r == 0)
		netd_plugs_keep(netd, pending->text, pending, target, NULL);
	if (r == 0)
		r = netd_store_keep_pending(&netd->store, target->name, NULL);
	if (r == 0)
		netd_services_sweep(netd);
	return r == 0;
}

static void say_recovered(struct netd *netd, const char *topology,
			  enum netd_outcome outcome, char **name)
{
	if (name)
		*name = strdup(topology);
	else if (netd->recovered)
		netd->recovered(topology, outcome, netd->recovered_data);
}

int netd_recover(struct netd *netd, char **name, enum netd_outcome *outcome,
		 struct netd_error *err)
{
	netd_auto_topology struct netd_topology *pending = NULL;
	netd_auto_topology struct netd_topology *target = NULL;
	enum netd_outcome dummy;
	int r = netd_context_open(netd, true, err);

	outcome = outcome ? outcome : &dummy;
	*outcome = NETD_UNTOUCHED;
	if (r == 0)
		r = netd_store_load_pending(&netd->store, &pending, err);
	if (r == -EBADMSG) /* something was under way, and nobody knows what */
		*outcome = NETD_NOT_ROLLED_BACK;
	if (r == 0 && !pending) {
		netd_store_forget_target(&netd->store);
		r = netd_confirm_expire(netd, name, err);
	}
	if (r < 0 || !pending)
		return r;
	if (finish(netd, pending)) {
		*outcome = NETD_DONE;
		say_recovered(netd, pending->name, *outcome, name);
		return 1;
	}
	/* What the killed change had saved as running, if it came that far. */
	r = load_running(netd, pending->name, &target, err);
	if (r == 0)
		r = roll_back(netd, target, pending, NULL, err);
	*outcome = r < 0 ? NETD_NOT_ROLLED_BACK : NETD_ROLLED_BACK;
	if (r == 0) /* if it waited to be confirmed, it does no more */
		r = netd_unconfirmed_remove(&netd->store, err);
	if (r == 0)
		say_recovered(netd, pending->name, *outcome, name);
	return r < 0 ? r : 1;
}

int netd_apply(struct netd *netd, const struct netd_topology *t, struct netd_plan **plan,
	       enum netd_outcome *outcome, struct netd_error *err)
{
	enum netd_outcome dummy;
	int r = netd_recover(netd, NULL, outcome, err);

	outcome = outcome ? outcome : &dummy;
	if (r >= 0)
		r = netd_confirm_gate(netd, err);
	if (r < 0)
		return r;
	*outcome = NETD_UNTOUCHED;
	return change(netd, t, plan, outcome, err);
}

static int not_running(const char *name, struct netd_error *err)
{
	netd_error_add(err, -ENOENT, "topology %s is not running", name);
	netd_error_hint(err, "`netdctl status` shows those that are");
	return -ENOENT;
}

int netd_destroy(struct netd *netd, const char *name, struct netd_plan **plan,
		 enum netd_outcome *outcome, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *empty = netd_topology_new(name);
	netd_auto_topology struct netd_topology *running = NULL;
	enum netd_outcome dummy;
	int r = netd_recover(netd, NULL, outcome, err);

	outcome = outcome ? outcome : &dummy;
	*outcome = NETD_UNTOUCHED;
	if (r >= 0)
		r = netd_confirm_gate(netd, err);
	if (r < 0)
		return r;
	if (!empty)
		return netd_error_add(err, -EINVAL, "\"%s\" cannot name a topology",
				      name);
	r = netd_store_load(&netd->store, name, &running, err);
	if (r < 0)
		return r;
	/* Without a record of it there may still be links that bear its mark. */
	r = change(netd, empty, plan, outcome, err);
	if (r == 0 && !running && plan && netd_plan_is_empty(*plan)) {
		*plan = netd_plan_free(*plan);
		*outcome = NETD_UNTOUCHED;
		return not_running(name, err);
	}
	return r;
}

int netd_plan(struct netd *netd, const struct netd_topology *t, struct netd_plan **out,
	      struct netd_error *err)
{
	netd_auto(netd_view_done) struct netd_view v = {0};
	netd_auto_topology struct netd_topology *previous = NULL;
	netd_auto_free struct netd_plan *room = NULL;
	int r = make_room(out, &room, err);

	if (r == 0)
		r = netd_context_open(netd, false, err);
	if (r == 0)
		r = check_running(netd, t, &previous, &v.others, err);
	if (r == 0)
		r = netd_view_make(netd, t, previous, true, &v, err);
	if (r == 0 && netd_drift_explain(&v.plan, &v.observed) < 0)
		r = netd_error_add(err, -ENOMEM, "out of memory");
	if (r < 0)
		return r;
	netd_suspects_add(&v.plan, &v.observed, previous != NULL);
	netd_processes_announce(netd, &v.plan);
	hand_over(&v.plan, &room, out);
	return 0;
}

int netd_plan_destroy(struct netd *netd, const char *name, struct netd_plan **out,
		      struct netd_error *err)
{
	netd_auto_topology struct netd_topology *empty = netd_topology_new(name);
	int r;

	if (!empty)
		return netd_error_add(err, -EINVAL, "\"%s\" cannot name a topology",
				      name);
	r = netd_plan(netd, empty, out, err);
	if (r == 0 && netd_plan_is_empty(*out)) {
		*out = netd_plan_free(*out);
		return not_running(name, err);
	}
	return r;
}
