/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the differ share: one file for each kind of object, one for claims.
 */
#ifndef NETD_PLAN_DIFF_H
#define NETD_PLAN_DIFF_H

#include "model/claims.h"
#include "plan/plan.h"

/*
 * What the walk over one kind of object needs at hand.  The walks see one namespace at a
 * time: @in has its states, and @host those of the host with all namespaces.  What is on
 * a link that will be made anew is not in the observed ones any more.
 */
struct netd_diff {
	const struct netd_plan_input *in, *host;
	const char *space;	      /* "" = the host's */
	bool is_new;		      /* the namespace is about to be made */
	const struct netd_claims old; /* as the input has them; none in a namespace */
	struct netd_claims claims;    /* as they will be */
	struct netd_plan *plan;
};

/* Each appends an op with a copy of its object; -ENOMEM. */
struct netd_op *netd_diff_add(struct netd_diff *d, enum netd_op_kind kind);
int netd_diff_add_link(struct netd_diff *d, enum netd_op_kind kind,
		       const struct netd_desired_link *link, unsigned fields);
/* One that is there: what is to go, or to change although nobody wants it. */
int netd_diff_add_seen(struct netd_diff *d, enum netd_op_kind kind,
		       const struct netd_link *link, unsigned fields);
int netd_diff_add_addr(struct netd_diff *d, enum netd_op_kind kind,
		       const struct netd_ifaddr *a);
/* @replaces: ADD_ROUTE takes the place of what has that destination and metric. */
int netd_diff_add_route(struct netd_diff *d, enum netd_op_kind kind,
			const struct netd_route *r, bool replaces);
int netd_diff_add_sysctl(struct netd_diff *d, enum netd_op_kind kind, const char *path,
			 int value);

/* Keeps, copies from another topology, or makes the claim of ours on that thing. */
int netd_diff_claim(struct netd_diff *d, enum netd_claim_kind kind, const char *key,
		    int previous, int ours);
/* What is known of that thing before us: our claim, or another topology's, or NULL. */
const struct netd_claim *netd_diff_find_claim(const struct netd_diff *d,
					      enum netd_claim_kind kind, const char *key);
/* True if anybody made that thing what it is: it was not so before us. */
bool netd_diff_is_claimed(const struct netd_diff *d, enum netd_claim_kind kind,
			  const char *key);
/*
 * True if @link was made for this topology: also one whose alias was never written, when
 * the plan is a way back.
 */
bool netd_diff_is_made(const struct netd_diff *d, const struct netd_link *link);

/* The walks; each adds what its kind of object needs.  0 or -ENOMEM. */
int netd_diff_links(struct netd_diff *d);
int netd_diff_addrs(struct netd_diff *d);
int netd_diff_uplinks(struct netd_diff *d);
int netd_diff_sysctls(struct netd_diff *d);
int netd_diff_routes(struct netd_diff *d);
int netd_diff_host_routes(struct netd_diff *d);
int netd_diff_resolv(struct netd_diff *d);
int netd_diff_services(struct netd_diff *d);
/* The namespaces that go: a DELETE_NAMESPACE for each. */
int netd_diff_gone_spaces(struct netd_diff *d);
/* The RETURN_UPLINK of a claim that this topology lets go. */
int netd_diff_release_uplink(struct netd_diff *d, const struct netd_claim *c);
/* The same for a route that it made on a bridge which is not netd's. */
int netd_diff_release_route(struct netd_diff *d, const struct netd_claim *c);
/* Ports of others: those of the input's plugs; who loses a bridge is noted. */
int netd_diff_plugs(struct netd_diff *d);
/* Gives back what this topology lets go and nobody else wants. */
int netd_diff_release(struct netd_diff *d);
/*
 * True if somebody else seems to rely on what was claimed as it is now: it stays so. What
 * only may be so is noted.  reliance.c has a table of all such things.
 */
bool netd_diff_is_relied_on(struct netd_diff *d, const struct netd_claim *c);
/* True if the plan gives IPv6's one switch back, which is released before what it
 * overrode (forwarding.c). */
bool netd_diff_gives_switch_back(const struct netd_diff *d);

/*
 * The observed states without what a plan takes away before it does anything else: the
 * links of torn pairs, and what is on them.  Adds a DELETE_STALE for each of these links.
 * The first state is the host's, then come those of the desired spaces, in their order;
 * one that is not alive is empty.  They borrow from the observed ones.
 */
struct netd_present {
	struct netd_state *states;
	bool *owned; /* beside states: links, addrs and routes are not borrowed */
	size_t count;
};
int netd_diff_present(struct netd_diff *d, struct netd_present *out);
void netd_diff_present_done(struct netd_present *p);

#endif
