// SPDX-License-Identifier: GPL-2.0-or-later
/* From a topology to a host that has it: plan, apply, verify, roll back, recover. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply/execute.h"
#include "apply/observe.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "firewall/read.h"
#include "kernel/link.h"
#include "netd.h"
#include "plan/conflict.h"
#include "plan/desired.h"
#include "plan/plan.h"

/*
 * Theory of operation.  A change of topology T is: read the kernel, work out the plan; if
 * it is empty, stop.  Else put T as it was (pending.yaml) and the new claims on disk, run
 * the ops, read the kernel again and see that the plan is empty now; then save T and
 * remove pending.yaml.  If anything fails, the same is done with T as it was: there is no
 * undo list, and rolling back is no other code than applying.  If the process dies, the
 * next change finds pending.yaml and applies it first.
 *
 * Destroying is applying a topology without networks.
 */

/* One look at the host with a topology in mind. */
struct view {
	struct netd_state observed, desired;
	struct netd_facts facts;
	struct netd_claims claims;
	struct netd_plan plan;
	bool nameless; /* of the plan's input */
};

static void view_done(struct view *v)
{
	netd_state_done(&v->observed);
	netd_state_done(&v->desired);
	free(v->claims.items);
	netd_plan_done(&v->plan);
	*v = (struct view){0};
}

static int view_plan(const struct netd_topology *t, struct view *v,
		     const struct netd_state *desired, bool skip_firewall,
		     struct netd_error *err)
{
	const struct netd_plan_input in = {
		.topology = t->name,
		.observed = &v->observed,
		.desired = desired,
		.claims = v->claims.items,
		.claim_count = v->claims.count,
		.skip_firewall = skip_firewall,
		.nameless = v->nameless,
	};
	int r = netd_observe_sysctls(&v->observed, desired, &v->claims);

	if (r < 0)
		return netd_error_add(err, r, "out of memory");
	return netd_plan_make(&in, &v->plan, err);
}

/* Observes the host and plans the way to @t.  @check: also look for conflicts. */
static int view_make(struct netd *netd, const struct netd_topology *t, bool check,
		     struct view *v, struct netd_error *err)
{
	unsigned parts = NETD_PART_FIREWALL | (check ? NETD_PART_ROUTES : 0);
	int r = netd_observe(netd, parts, &v->observed, err);

	if (r < 0)
		return r;
	netd_observe_facts(&v->observed, &v->facts);
	r = netd_desired_make(t, &v->facts, &v->desired, err);
	if (r == 0 && check)
		r = netd_conflict_check(t, &v->facts, &v->desired, err);
	if (r == 0 && check)
		r = netd_observe_namespaces(t, &v->observed, &v->desired, err);
	if (r == 0 && netd->store.fd >= 0)
		r = netd_store_load_claims(&netd->store, &v->claims, err);
	return r < 0 ? r : view_plan(t, v, &v->desired, false, err);
}

/*
 * The firewall is as planned if nobody else committed to nf_tables since it was read: the
 * kernel counts commits, each of them is all or nothing, and ours was acknowledged.
 */
static bool firewall_is_certain(struct netd *netd, const struct view *done)
{
	uint32_t now, then = done->observed.ruleset.generation;
	bool present, wrote = !netd_ruleset_delta_is_empty(&done->plan.firewall);

	return netd_firewall_probe(&netd->nft, &present, &now, NULL) == 0 &&
	       now == then + wrote;
}

/* Looks again: behind the ops of @done nothing may be left to do. */
static int verify(struct netd *netd, const struct netd_topology *t,
		  const struct view *done, struct netd_error *err)
{
	netd_auto(view_done) struct view v = {0};
	bool certain = firewall_is_certain(netd, done);
	int r = netd_observe(netd, certain ? 0 : NETD_PART_FIREWALL, &v.observed, err);

	if (r == 0)
		r = netd_store_load_claims(&netd->store, &v.claims, err);
	if (r == 0)
		r = view_plan(t, &v, &done->desired, certain, err);
	for (size_t i = 0; r == 0 && i < v.plan.op_count; i++) {
		struct netd_str what = {0};

		netd_op_describe(&v.plan.ops[i], &v.plan, &what);
		netd_error_add(err, -EIO, "the kernel did not keep it: %s",
			       netd_str_text(&what));
		netd_str_done(&what);
	}
	return r < 0 ? r : v.plan.op_count ? -EIO : 0;
}

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
static int save_all_claims(struct netd *netd, const struct view *v,
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

/* Makes the host have @t. */
static int converge(struct netd *netd, const struct netd_topology *t, struct view *v,
		    struct netd_error *err)
{
	int r = save_all_claims(netd, v, err);

	if (r == 0)
		r = netd_execute(netd, t, &v->plan, &v->observed, &v->desired, err);
	if (r == 0)
		r = verify(netd, t, v, err);
	return r;
}

/* True if a claim that was on disk is none any more; new ones are there already. */
static bool lets_go(const struct view *v)
{
	const struct netd_claims planned = {v->plan.claims, v->plan.claim_count};

	for (size_t i = 0; i < v->claims.count; i++) {
		const struct netd_claim *c = &v->claims.items[i];

		if (!netd_claims_find(&planned, c->topology, c->kind, c->key))
			return true;
	}
	return false;
}

/* What is no longer claimed is forgotten only when it has been given back. */
static int settle(struct netd *netd, const struct netd_topology *previous,
		  const struct netd_topology *t, const struct view *v,
		  struct netd_error *err)
{
	int r = 0;

	if (lets_go(v))
		r = netd_store_save_claims(&netd->store, v->plan.claims,
					   v->plan.claim_count, err);
	if (r == 0)
		r = netd_store_update_records(&netd->store, previous, t, err);
	if (r == 0)
		r = netd_store_save(&netd->store, t, err);
	return r;
}

/* Applies @previous again.  What is left if that fails is added to @err. */
static int roll_back(struct netd *netd, const struct netd_topology *t,
		     const struct netd_topology *previous,
		     const struct netd_state *before, struct netd_error *err)
{
	netd_auto(view_done) struct view v = {.nameless = true};
	struct netd_error why = {0};
	int r = view_make(netd, previous, false, &v, &why);

	if (r == 0)
		r = converge(netd, previous, &v, &why);
	if (before)
		replug(netd, before);
	if (r == 0)
		r = settle(netd, t, previous, &v, &why);
	if (r == 0)
		r = netd_store_remove_pending(&netd->store, &why);
	if (r < 0) {
		netd_error_context(&why, "not rolled back");
		netd_error_hint(&why, "`netdctl recover` tries again");
	}
	netd_error_move(err, &why);
	return r;
}

static int commit(struct netd *netd, const struct netd_topology *t,
		  const struct netd_topology *previous, struct view *v,
		  enum netd_outcome *outcome, struct netd_error *err)
{
	int r = netd_store_save_pending(&netd->store, previous, err);

	if (r < 0) {
		/* It may be there in spite of that, and nothing is to be recovered. */
		netd_store_remove_pending(&netd->store, NULL);
		return r;
	}
	r = converge(netd, t, v, err);
	if (r == 0)
		r = settle(netd, previous, t, v, err);
	if (r == 0)
		r = netd_store_remove_pending(&netd->store, err);
	if (r < 0) {
		*outcome = roll_back(netd, t, previous, &v->observed, err) < 0
				   ? NETD_NOT_ROLLED_BACK
				   : NETD_ROLLED_BACK;
		return r;
	}
	*outcome = NETD_DONE;
	return 0;
}

/* The topology that runs under that name; an empty one if none does. */
static int load_previous(struct netd *netd, const char *name, struct netd_topology **out,
			 struct netd_error *err)
{
	int r = netd_store_load(&netd->store, name, out, err);

	if (r < 0 || *out)
		return r;
	*out = netd_topology_new(name);
	return *out ? 0 : netd_error_add(err, -ENOMEM, "out of memory");
}

static int hand_over(struct netd_plan *plan, struct netd_plan **out,
		     struct netd_error *err)
{
	if (!out)
		return 0;
	*out = malloc(sizeof(**out));
	if (!*out) {
		netd_error_add(err, -ENOMEM, "out of memory");
		return -ENOMEM;
	}
	**out = *plan;
	*plan = (struct netd_plan){0};
	return 0;
}

/* A name of another running topology's network is not free for ours: hooks go by it. */
static int check_names(struct netd *netd, const struct netd_topology *t,
		       struct netd_error *err)
{
	struct netd_topology **all = NULL;
	size_t count = 0;
	int r = netd->store.fd < 0 ? 0
				   : netd_store_load_all(&netd->store, &all, &count, err);
	bool taken = false;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; strcmp(all[i]->name, t->name) && j < t->network_count;
		     j++) {
			if (!netd_topology_network(all[i], t->networks[j].name))
				continue;
			taken = true;
			netd_topology_error(t, err, t->networks[j].place,
					    "network %s runs already, in topology %s",
					    t->networks[j].name, all[i]->name);
			netd_error_hint(err,
					"destroy that one first, or rename this network");
		}
		netd_topology_free(all[i]);
	}
	free(all);
	return r ? r : taken ? -EEXIST : 0;
}

static int change(struct netd *netd, const struct netd_topology *t,
		  struct netd_plan **plan, enum netd_outcome *outcome,
		  struct netd_error *err)
{
	netd_auto(view_done) struct view v = {0};
	netd_auto_topology struct netd_topology *previous = NULL;
	int r = check_names(netd, t, err);

	if (r == 0)
		r = view_make(netd, t, true, &v, err);
	if (r < 0)
		return r;
	if (netd_plan_is_empty(&v.plan) && netd_store_has(&netd->store, t)) {
		*outcome = NETD_DONE;
		return hand_over(&v.plan, plan, err);
	}
	r = load_previous(netd, t->name, &previous, err);
	if (r == 0)
		r = commit(netd, t, previous, &v, outcome, err);
	return r < 0 ? r : hand_over(&v.plan, plan, err);
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
	if (r < 0 || !pending)
		return r;
	/* What the killed change had saved as running, if it came that far. */
	r = load_previous(netd, pending->name, &target, err);
	if (r == 0)
		r = roll_back(netd, target, pending, NULL, err);
	*outcome = r < 0 ? NETD_NOT_ROLLED_BACK : NETD_ROLLED_BACK;
	if (r == 0 && name)
		*name = strdup(pending->name);
	return r < 0 ? r : 1;
}

int netd_apply(struct netd *netd, const struct netd_topology *t, struct netd_plan **plan,
	       enum netd_outcome *outcome, struct netd_error *err)
{
	enum netd_outcome dummy;
	int r = netd_recover(netd, NULL, outcome, err);

	outcome = outcome ? outcome : &dummy;
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
	netd_auto(view_done) struct view v = {0};
	int r = netd_context_open(netd, false, err);

	if (r == 0)
		r = check_names(netd, t, err);
	if (r == 0)
		r = view_make(netd, t, true, &v, err);
	return r < 0 ? r : hand_over(&v.plan, out, err);
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
