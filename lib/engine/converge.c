// SPDX-License-Identifier: GPL-2.0-or-later
/* The steps of a change that its way back takes, too. */
#include "engine/converge.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "store/reserve.h"

/* Those that are on disk, and those of the plan; *@grown if these are more. */
static int join_claims(const struct netd_view *v, struct netd_claims *all, bool *grown)
{
	for (size_t i = 0; i < v->claims.count; i++)
		if (netd_claims_add(all, &v->claims.items[i]) < 0)
			return -ENOMEM;
	for (size_t i = 0; i < v->plan.claim_count; i++) {
		const struct netd_claim *c = &v->plan.claims[i];

		if (netd_claims_find(&v->claims, c->topology, c->kind, c->key))
			continue;
		*grown = true;
		if (netd_claims_add(all, c) < 0)
			return -ENOMEM;
	}
	return 0;
}

/*
 * Before the first op the disk has all claims: the new ones, and also those that will be
 * let go, since the process may die before they are given back.
 */
static int save_claims(struct netd *netd, const struct netd_view *v,
		       struct netd_error *err)
{
	struct netd_claims all = {0};
	netd_auto_free struct netd_claim *items = NULL;
	bool grown = v->claims_found;
	int r = join_claims(v, &all, &grown);

	items = all.items;
	if (r < 0)
		return netd_error_no_memory(err);
	if (!grown)
		return 0;
	return netd_store_save_claims(&netd->store, items, all.count, err);
}

int netd_converge_save(struct netd *netd, const char *topology, const struct netd_view *v,
		       struct netd_error *err)
{
	int r = save_claims(netd, v, err);

	if (r < 0)
		return r;
	return netd->ops->capture(netd, topology, &v->claims, &v->plan, &v->observed,
				  err);
}

int netd_converge_run(struct netd *netd, const struct netd_topology *t,
		      struct netd_view *v, enum netd_pace pace,
		      const struct netd_caller *caller, struct netd_error *err)
{
	int r = netd_execute(netd, t, v, pace, caller->keep_processes, err);

	if (r < 0)
		return r;
	return netd_view_verify(netd, t, v, err);
}

int netd_converge(struct netd *netd, const struct netd_topology *t, struct netd_view *v,
		  enum netd_pace pace, const struct netd_caller *caller,
		  struct netd_error *err)
{
	int r = netd_converge_save(netd, t->name, v, err);

	if (r < 0)
		return r;
	return netd_converge_run(netd, t, v, pace, caller, err);
}

/* True if a claim that was on disk is none any more, or is about another value; new ones
 * are there already. */
static bool claims_end(const struct netd_view *v)
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

int netd_converge_release(struct netd *netd, const struct netd_view *v,
			  struct netd_error *err)
{
	if (!claims_end(v))
		return 0;
	return netd_store_save_claims(&netd->store, v->plan.claims, v->plan.claim_count,
				      err);
}

void netd_converge_clean(struct netd *netd)
{
	netd->ops->sweep(netd);
	netd_reserve_tidy(&netd->store);
}
