/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Observed × desired → the ordered list of what must be done.  Pure. */
#ifndef NETD_PLAN_PLAN_H
#define NETD_PLAN_PLAN_H

#include "firewall/delta.h"
#include "plan/facts.h"

/*
 * Theory of operation.  The kinds stand in the order in which their ops run, whatever the
 * change: new things are made before old ones go, rules stand before anything that they
 * guard is up, and what is about to be deleted is taken down before its rules go.  So one
 * firewall transaction, in one place, serves apply, change and destroy alike.
 */
enum netd_op_kind {
	NETD_OP_CREATE_LINK,
	NETD_OP_SET_SYSCTL,
	NETD_OP_STOP_LINK, /* one that will be deleted: down, before its rules go */
	NETD_OP_FIREWALL,
	NETD_OP_ADD_ADDRESS,
	NETD_OP_SET_LINK, /* up included */
	NETD_OP_CLAIM_SYSCTL,
	NETD_OP_DELETE_ADDRESS,
	NETD_OP_RELEASE_PORT,
	NETD_OP_DELETE_LINK,
	NETD_OP_RESTORE_SYSCTL,
	NETD_OP_COUNT,
};

struct netd_op {
	enum netd_op_kind kind;
	unsigned fields; /* SET_LINK: enum netd_link_field */
	union {
		struct netd_link link;
		struct netd_ifaddr addr;
		struct netd_sysctl sysctl;
	};
};

struct netd_plan {
	char topology[NETD_TOPOLOGY_NAME];
	struct netd_op *ops;
	size_t op_count;
	struct netd_ruleset_delta firewall; /* what the FIREWALL op commits … */
	uint32_t generation;		    /* … if nobody changed nf_tables since */
	struct netd_claim *claims; /* all topologies', as they must be on disk before */
	size_t claim_count;
	bool claims_changed;
};

struct netd_plan_input {
	const char *topology;
	const struct netd_state *observed;
	const struct netd_state *desired;
	const struct netd_claim *claims; /* all topologies' */
	size_t claim_count;
	bool skip_firewall; /* it is known to be as desired, and was not observed */
	bool nameless;	    /* links of ours whose alias was never written go, too */
};

/*
 * Fills the zeroed @out.  -ENOMEM, or -EEXIST with a problem if a firewall element is
 * somebody else's.  The caller has checked for other conflicts (plan/conflict.h).
 */
int netd_plan_make(const struct netd_plan_input *in, struct netd_plan *out,
		   struct netd_error *err);
void netd_plan_done(struct netd_plan *plan);
static inline bool netd_plan_is_empty(const struct netd_plan *plan)
{
	return plan->op_count == 0 && !plan->claims_changed;
}

/* '+' makes, '~' changes, '-' removes. */
char netd_op_sign(const struct netd_op *op);
/* "bridge", "address", "sysctl" …: a word for the kind of object. */
const char *netd_op_object(const struct netd_op *op);
/* One line without sign and newline: "bridge mybr0 mac 52:… mtu 1500". */
void netd_op_describe(const struct netd_op *op, const struct netd_plan *plan,
		      struct netd_str *out);

#endif
