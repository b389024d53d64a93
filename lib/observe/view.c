// SPDX-License-Identifier: GPL-2.0-or-later
/* One look at the host with a topology in mind: what is, what should be, and the plan. */
#include "observe/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "plan/conflict.h"
#include "desired/desired.h"
#include "desired/desired_services.h"
#include "desired/forwarding.h"
#include "rtnl/listener.h"
#include "plan/listens.h"
#include "advise/obstacles.h"
#include "advise/suspect.h"
#include "plan/seen.h"

void netd_view_done(struct netd_view *v)
{
	netd_state_done(&v->observed);
	netd_desired_done(&v->desired);
	free(v->claims.items);
	free(v->plugs.items);
	netd_plan_done(&v->plan);
	netd_scope_done(&v->scope);
	netd_scope_done(&v->others);
	free(v->kept.items);
	*v = (struct netd_view){0};
}

int netd_view_plan(struct netd *netd, const char *topology, struct netd_view *v,
		   const struct netd_desired *desired, const struct netd_claims *kept,
		   struct netd_error *err)
{
	const struct netd_plan_input in = {
		.topology = topology,
		.observed = &v->observed,
		.desired = desired,
		.claims = v->claims.items,
		.claim_count = v->claims.count,
		.plugs = v->plugs.items,
		.plug_count = v->plugs.count,
		.nameless = v->nameless,
		.kept = kept,
		.before = v->before,
	};
	int r = netd->ops->observe_sysctls(netd, &v->observed, desired, &v->claims, err);

	if (r < 0)
		return r;
	return netd_plan_make(&in, &v->plan, err);
}

/*
 * The namespaces to observe: those of @t and of @other (what runs, or was meant to).  If
 * @other is not known (NULL), or more may exist (@search), those that bear the topology's
 * mark are searched for.
 */
static int scope_make(const struct netd_topology *t, const struct netd_topology *other,
		      bool search, struct netd_scope *scope, struct netd_error *err)
{
	if (netd_scope_add(scope, t) < 0 || netd_scope_add(scope, other) < 0)
		return netd_error_no_memory(err);
	if (!other || search)
		scope->topology = t->name;
	scope->orphans = scope->topology;
	scope->known[0] = t;
	scope->known[1] = other;
	return 0;
}

static int check_listens(const struct netd_topology *t, struct netd_view *v,
			 struct netd_error *err)
{
	netd_auto_free struct netd_listener *own = NULL;
	size_t count = 0;

	if (netd_listens_any(t)) {
		int r = netd_listeners_dump(NETD_TCP | NETD_UDP, 0, &own, &count);

		if (r < 0)
			return r;
	}
	return netd_listens_check(t, &v->facts, &v->desired, own, count, &v->plan.notes,
				  err);
}

/* Adds claims on uplinks that the links' marks show and the file does not have. */
static int find_claims(const struct netd_topology *t, struct netd_view *v)
{
	size_t on_disk = v->claims.count;
	int r = netd_seen_claims(&v->observed, t->name, &v->claims);

	v->claims_found = v->claims.count > on_disk;
	return r;
}

/* The facts borrow the array of claims, which moves when it grows. */
static void lend_claims(struct netd_view *v)
{
	v->facts.claims = v->claims.items;
	v->facts.claim_count = v->claims.count;
}

/* Reads what the host has, and the claims on disk. */
static int observe(struct netd *netd, const struct netd_topology *t, struct netd_view *v,
		   struct netd_error *err)
{
	const struct netd_host_ops *ops = netd->ops;
	int r = ops->observe(netd, NETD_PART_FIREWALL | NETD_PART_ROUTES, &v->scope,
			     &v->observed, err);

	if (r < 0)
		return r;
	r = ops->observe_facts(&v->observed, &v->facts, err);
	if (r < 0)
		return r;
	if (netd_forwarding_advertises(t)) {
		r = ops->observe_listeners(&v->observed, &v->facts, err);
		if (r < 0)
			return r;
	}
	if (netd->store.fd >= 0) {
		r = netd_store_load_claims(&netd->store, &v->claims, err);
		if (r < 0)
			return r;
	}
	lend_claims(v);
	return 0;
}

/* Finds what @t needs of others' things: uplinks, services, ports that come back. */
static int find_needs(struct netd *netd, const struct netd_topology *t,
		      const struct netd_topology *other, struct netd_view *v,
		      struct netd_error *err)
{
	int r = find_claims(t, v);

	if (r < 0)
		return r;
	lend_claims(v);
	netd_desired_services_note(t, &v->facts, &v->plan.notes);
	return netd_plugs_plan(netd, t, other, &v->observed, &v->plugs, &v->plan.notes,
			       err);
}

static int check_conflicts(const struct netd_topology *t,
			   const struct netd_topology *other, struct netd_view *v,
			   struct netd_error *err)
{
	int r = netd_conflict_check(t, &v->facts, &v->desired, &v->plan.notes, err);

	if (r < 0)
		return r;
	r = check_listens(t, v, err);
	if (r < 0)
		return r;
	return netd_conflict_far_ends(t, other, &v->observed, err);
}

static int make(struct netd *netd, const struct netd_topology *t,
		const struct netd_topology *other, bool check, struct netd_view *v,
		struct netd_error *err)
{
	int r = observe(netd, t, v, err);

	if (r < 0)
		return r;
	v->facts.ran = other;
	r = netd_desired_make(t, &v->facts, &v->desired, err);
	v->facts.ran = NULL;
	if (r < 0)
		return r;
	if (check) {
		r = check_conflicts(t, other, v, err);
		if (r < 0)
			return r;
	}
	r = find_needs(netd, t, other, v, err);
	if (r < 0)
		return r;
	if (check) {
		r = netd->ops->check(netd, t, v, err);
		if (r < 0)
			return r;
	}
	r = netd->ops->observe_foreign(netd, &v->desired, &v->observed, err);
	if (r < 0 || !check)
		return r;
	netd_managed_note(t->name, &v->observed, &v->desired, &v->plan.notes);
	return netd_obstacles_note(t, &v->facts, &v->desired, &v->plan.notes);
}

int netd_view_make(struct netd *netd, const struct netd_topology *t,
		   const struct netd_topology *other, bool check, struct netd_view *v,
		   struct netd_error *err)
{
	int r = scope_make(t, other, v->search, &v->scope, err);

	if (r < 0)
		return r;
	v->scope.others = &v->others;
	r = make(netd, t, other, check, v, err);
	if (r == -ENOMEM && !netd_error_code(err))
		netd_error_no_memory(err);
	if (r < 0)
		return r;
	return netd_view_plan(netd, t->name, v, &v->desired, NULL, err);
}

/*
 * A firewall is as planned if nobody else committed to nf_tables since it was read: the
 * kernel counts commits, each of them is all or nothing, and ours was acknowledged.
 */
static bool firewall_is_certain(struct netd *netd, const struct netd_view *done,
				const char *space)
{
	const struct netd_state *then = &done->observed;
	bool wrote = netd_plan_firewall(&done->plan, space);
	uint32_t now;

	if (*space)
		then = netd_state_space(&done->observed, space);
	if (!then || (*space && !then->alive) || then->ruleset_skipped)
		return false;
	if (netd->ops->firewall_generation(netd, space, &now) < 0)
		return false;
	return now == then->ruleset.generation + wrote;
}

/* The namespaces that @done was about; firewalls that are certain are not read again. */
static int verify_scope(struct netd *netd, const struct netd_topology *t,
			const struct netd_view *done, struct netd_scope *out)
{
	for (size_t i = 0; i < done->scope.count; i++) {
		struct netd_scope_space s = done->scope.spaces[i], *slot;
		const struct netd_state *was = netd_state_space(&done->observed, s.name);

		if (!netd_desired_space(&done->desired, s.name) &&
		    (!was || !netd_owner_is(was->owner, t->name)))
			continue;
		if (s.firewall)
			s.firewall = !firewall_is_certain(netd, done, s.name);
		slot = netd_array_add(&out->spaces, &out->count, sizeof(*slot));
		if (!slot)
			return -ENOMEM;
		*slot = s;
	}
	return 0;
}

/* True if the host's routes are to be read again. */
static bool is_about_routes(const struct netd_view *done)
{
	bool is = done->desired.route_count > 0;

	for (size_t i = 0; !is && i < done->plan.op_count; i++)
		is = done->plan.ops[i].kind == NETD_OP_DELETE_ROUTE &&
		     !done->plan.ops[i].space[0];
	return is;
}

/*
 * True if @op is about a setting of another's link that appeared after the plan was made,
 * such as a guest's tap that was deleted and made again.  The change has not failed then.
 */
static bool is_of_newcomer(const struct netd_op *op, const struct netd_state *before,
			   const struct netd_state *now)
{
	const struct netd_link *was, *is;
	char name[NETD_SYSCTL_PATH];

	if (op->kind != NETD_OP_CLAIM_SYSCTL || op->space[0])
		return false;
	netd_sysctl_link(op->sysctl.path, name);
	was = netd_state_link(before, name);
	is = netd_state_link(now, name);
	return is && (!was || was->index != is->index);
}

/* A problem for each op that is left in @now; 1 if there is one. */
static int tell_differences(const struct netd_view *done, const struct netd_view *now,
			    struct netd_error *err)
{
	bool differs = false;

	for (size_t i = 0; i < now->plan.op_count; i++) {
		netd_auto(netd_str_done) struct netd_str what = {0};
		const struct netd_op *op = &now->plan.ops[i];

		if (is_of_newcomer(op, &done->observed, &now->observed))
			continue;
		differs = true;
		netd_op_describe(op, &now->plan, &what);
		netd_error_add(err, -EIO, "the kernel did not keep it: %s",
			       netd_str_text(&what));
	}
	return differs;
}

int netd_view_verify(struct netd *netd, const struct netd_topology *t,
		     const struct netd_view *done, struct netd_error *err)
{
	netd_auto(netd_view_done) struct netd_view v = {.before = done->before};
	unsigned parts = 0;
	int r;

	if (verify_scope(netd, t, done, &v.scope) < 0)
		return netd_error_no_memory(err);
	if (!firewall_is_certain(netd, done, ""))
		parts |= NETD_PART_FIREWALL;
	if (is_about_routes(done))
		parts |= NETD_PART_ROUTES;
	v.scope.orphans = done->scope.orphans;
	memcpy(v.scope.known, done->scope.known, sizeof(v.scope.known));
	r = netd->ops->observe(netd, parts, &v.scope, &v.observed, err);
	if (r < 0)
		return r;
	r = netd->ops->observe_foreign(netd, &done->desired, &v.observed, err);
	if (r < 0)
		return r;
	r = netd_store_load_claims(&netd->store, &v.claims, err);
	if (r < 0)
		return r;
	r = netd_view_plan(netd, t->name, &v, &done->desired, &done->kept, err);
	if (r < 0)
		return r;
	return tell_differences(done, &v, err);
}
