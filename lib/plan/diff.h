/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the differ share: one file for each kind of object, one for claims.
 */
#ifndef NETD_PLAN_DIFF_H
#define NETD_PLAN_DIFF_H

#include "plan/claims.h"
#include "plan/plan.h"

/* What the walk over one kind of object needs at hand. */
struct netd_diff {
	const struct netd_plan_input *in;
	const struct netd_claims old; /* as the input has them */
	struct netd_claims claims;    /* as they will be */
	struct netd_plan *plan;
};

/* Each appends an op with a copy of its object; -ENOMEM. */
struct netd_op *netd_diff_add(struct netd_diff *d, enum netd_op_kind kind);
int netd_diff_add_link(struct netd_diff *d, enum netd_op_kind kind,
		       const struct netd_link *link, unsigned fields);
int netd_diff_add_addr(struct netd_diff *d, enum netd_op_kind kind,
		       const struct netd_ifaddr *a);
int netd_diff_add_sysctl(struct netd_diff *d, enum netd_op_kind kind, const char *path,
			 int value);

/* Keeps, copies from another topology, or makes the claim of ours on that thing. */
int netd_diff_claim(struct netd_diff *d, enum netd_claim_kind kind, const char *key,
		    int previous, int ours);
/* True if anybody made that thing what it is: it was not so before us. */
bool netd_diff_is_claimed(const struct netd_diff *d, enum netd_claim_kind kind,
			  const char *key);

/* The walks; each adds what its kind of object needs.  0 or -ENOMEM. */
int netd_diff_links(struct netd_diff *d);
int netd_diff_addrs(struct netd_diff *d);
int netd_diff_sysctls(struct netd_diff *d);
/* Gives back what this topology lets go and nobody else wants. */
int netd_diff_release(struct netd_diff *d);

#endif
