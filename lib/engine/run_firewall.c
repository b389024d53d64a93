// SPDX-License-Identifier: GPL-2.0-or-later
/* The FIREWALL op of a namespace: one transaction, and the flows that it outdates. */
#include <errno.h>
#include <stdlib.h>

#include "engine/run.h"
#include "host/space.h"
#include "base/cleanup.h"
#include "ruleset/commit.h"
#include "flow/conntrack.h"
#include "foreign/foreign.h"
#include "ruleset/read.h"

#define COMMIT_TRIES 10

static size_t add_subnets(const struct netd_objects *s, struct netd_bridge_subnets *out)
{
	for (size_t i = 0; i < s->addr_count; i++)
		out[i] = (struct netd_bridge_subnets){s->addrs[i].link,
						      &s->addrs[i].prefix, 1};
	return s->addr_count;
}

/* Connections that the old rules made and the new ones would not. */
static int forget_flows(const struct netd_run *run, struct netd_nft *nft,
			const struct netd_ruleset_delta *delta)
{
	static const struct netd_objects nothing;
	const struct netd_state *observed = netd_run_observed(run, run->ops);
	const struct netd_desired *desired = netd_run_desired(run, run->ops);
	const struct netd_objects *have = &nothing, *want = &nothing;
	netd_auto_free struct netd_bridge_subnets *subnets = NULL;
	size_t count;
	int r;

	if (observed)
		have = &observed->objects;
	if (desired)
		want = &desired->objects;
	subnets = calloc(have->addr_count + want->addr_count + 1, sizeof(*subnets));
	if (!subnets)
		return -ENOMEM;
	count = add_subnets(have, subnets);
	count += add_subnets(want, subnets + count);
	r = netd_conntrack_forget(nft, delta, subnets, count, NULL, run->err);
	if (r != -EOPNOTSUPP)
		return r;
	/* A kernel without ctnetlink: such flows end when they expire. */
	netd_error_done(run->err);
	return 0;
}

static int commit_anew(const struct netd_run *run, struct netd_nft *nft,
		       const struct netd_desired *want, struct netd_ruleset_delta *again)
{
	netd_auto(netd_ruleset_done) struct netd_ruleset now = {0};
	uint32_t generation;
	int r;

	netd_error_done(run->err);
	netd_ruleset_delta_done(again);
	r = netd_firewall_read(nft, &now, run->err);
	if (r < 0)
		return r;
	generation = now.generation;
	now.serves = true; /* in doubt */
	r = netd_firewall_read_foreign(nft, &want->ruleset, &now, run->err);
	if (r < 0)
		return r;
	r = netd_ruleset_diff(&now, &want->ruleset, run->plan->topology, again, run->err);
	if (r < 0)
		return r;
	return netd_firewall_commit(nft, again, generation, run->err);
}

/*
 * Somebody's transaction may come between reading and committing: the kernel says so
 * (-ERESTART), and the difference is taken again.
 */
static int commit(const struct netd_run *run, struct netd_nft *nft,
		  const struct netd_plan_firewall *change)
{
	netd_auto(netd_ruleset_delta_done) struct netd_ruleset_delta again = {0};
	int r = netd_firewall_commit(nft, &change->delta, change->generation, run->err);

	for (int tries = 0; r == -ERESTART && tries < COMMIT_TRIES; tries++)
		r = commit_anew(run, nft, netd_run_desired(run, run->ops), &again);
	return r;
}

int netd_run_firewall(const struct netd_run *run)
{
	const struct netd_plan_firewall *change =
		netd_plan_firewall(run->plan, run->ops->space);
	struct netd_nft *nft;
	int r;

	if (!change || !netd_run_desired(run, run->ops))
		return -ENOENT;
	r = netd_space_nft(run->netd, run->ops->space, &nft, run->err);
	if (r < 0)
		return r;
	r = commit(run, nft, change);
	if (r < 0)
		return r;
	return forget_flows(run, nft, &change->delta);
}
