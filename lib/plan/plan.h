/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Observed × desired → the ordered list of what must be done.  Pure. */
#ifndef NETD_PLAN_PLAN_H
#define NETD_PLAN_PLAN_H

#include "ruleset/delta.h"
#include "model/facts.h"
#include "plan/op.h"

/* What the FIREWALL op of a namespace commits. */
struct netd_plan_firewall {
	char space[NETD_NODE_NAME];
	struct netd_ruleset_delta delta;
	uint32_t generation; /* if nobody changed nf_tables since */
};

/* Why an op is needed, as far as can be known: plan/drift.h.  Each "" if it is not. */
struct netd_evidence {
	char now[128]; /* what is there instead: "mtu 9000, down" */
	char by[128];  /* who seems to have done it: "systemd-networkd manages it" */
};

struct netd_plan {
	char topology[NETD_TOPOLOGY_NAME];
	struct netd_op *ops;
	size_t op_count;
	struct netd_evidence *evidence;	      /* beside ops; NULL: nobody asked for it */
	struct netd_plan_firewall *firewalls; /* those that change, as the ops stand */
	size_t firewall_count;
	struct netd_claim *claims; /* all topologies', as they must be on disk before */
	size_t claim_count;
	bool claims_changed;
	struct netd_error notes; /* what is no error, but should be said: code 0 */
};

/* A port of somebody else's that belongs into a bridge of the topology. */
struct netd_guest_port {
	char port[NETD_IFNAME];
	int index;		/* it is that very interface only */
	char from[NETD_IFNAME]; /* where it must be now: a bridge, or "" */
	char bridge[NETD_IFNAME];
};

struct netd_claims;

struct netd_plan_input {
	const char *topology;
	const struct netd_state *observed;
	const struct netd_desired *desired;
	const struct netd_claim *claims; /* all topologies' */
	size_t claim_count;
	const struct netd_guest_port *plugs;
	size_t plug_count;
	/* claims of this topology that it keeps, whatever is desired; may be NULL */
	const struct netd_claims *kept;
	/* as it was before the change, on the way back from one; NULL: unknown */
	const struct netd_state *before;
	bool nameless; /* links of ours whose alias was never written go, too */
};

/*
 * Fills the zeroed @out.  -ENOMEM, or -EEXIST with a problem if a firewall element is
 * somebody else's.  The caller has checked for other conflicts (plan/conflict.h).
 */
int netd_plan_make(const struct netd_plan_input *in, struct netd_plan *out,
		   struct netd_error *err);
void netd_plan_done(struct netd_plan *plan);
/* The same of one that was allocated; NULL is fine.  Public: it is in netd.h too. */
NETD_PUBLIC struct netd_plan *netd_plan_free(struct netd_plan *plan);
/*
 * Adds something that the user should know and that keeps nothing from being done:
 * "dhcp of lan skipped: dnsmasq is not installed".  Said by plan, apply and status (text:
 * "note: …"; JSON: under "notes").  May be called before netd_plan_make(), too.  What to
 * do about it: netd_error_hint(&plan->notes, …) behind it.  Layers that do not know plans
 * take a struct netd_error *notes and add with code 0; the caller moves them here.
 */
void netd_plan_note(struct netd_plan *plan, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static inline bool netd_plan_is_empty(const struct netd_plan *plan)
{
	return plan->op_count == 0 && !plan->claims_changed;
}

/* What changes in the firewall of that namespace; NULL: nothing. */
const struct netd_plan_firewall *netd_plan_firewall(const struct netd_plan *plan,
						    const char *space);

#endif
