/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which connections a change of the ruleset outdates. */
#ifndef NETD_FLOW_OUTDATED_H
#define NETD_FLOW_OUTDATED_H

#include <stdbool.h>
#include <stddef.h>

struct netd_bridge_subnets;
struct netd_error;
struct netd_flow;
struct netd_ruleset_delta;
struct netd_source_change;

/* The part of a delta that matters to connections. */
struct netd_outdated {
	const struct netd_ruleset_delta *delta; /* borrowed */
	const struct netd_bridge_subnets *subnets;
	size_t subnet_count;
	bool forwards;
	struct netd_source_change *sources;
	size_t source_count;
	bool shut; /* a network of @subnets is isolated now, and was not */
};

/* Looks at the delta; @subnets must outlive @out.  -ENOMEM. */
int netd_outdated_init(struct netd_outdated *out, const struct netd_ruleset_delta *d,
		       const struct netd_bridge_subnets *subnets, size_t n);
void netd_outdated_done(struct netd_outdated *o);

/* False if no connection can be outdated, so there is no need to dump them. */
bool netd_outdated_matters(const struct netd_outdated *o);
bool netd_flow_is_outdated(const struct netd_outdated *o, const struct netd_flow *flow);

#endif
