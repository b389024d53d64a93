/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Observed × desired → the ordered list of what must be done.  Pure. */
#ifndef NETD_PLAN_PLAN_H
#define NETD_PLAN_PLAN_H

#include "ruleset/delta.h"
#include "model/facts.h"

/*
 * Theory of operation.  The kinds stand in the order in which their ops run, whatever the
 * change: new things are made before old ones go, rules stand before anything that they
 * guard is up, and what is about to be deleted is taken down before its rules go.  So one
 * firewall transaction, in one place, serves apply, change and destroy alike.
 *
 * Each namespace goes through the same differ.  Ops of one kind stand by namespace, the
 * host's ("") first.
 */
enum netd_op_kind {
	NETD_OP_STOP_SERVICE,
	NETD_OP_DELETE_STALE,	  /* a link of a pair that is torn: both are made anew */
	NETD_OP_CREATE_NAMESPACE, /* with its `wide` sysctls */
	NETD_OP_CREATE_LINK,
	NETD_OP_RAISE_MTU, /* to what IPv6 needs: its settings come along, as new */
	NETD_OP_SET_SYSCTL,
	NETD_OP_RETURN_UPLINK, /* before its bridge goes down */
	NETD_OP_STOP_LINK,     /* one that will be deleted: down, before its rules go */
	NETD_OP_FIREWALL,
	NETD_OP_MOVE_UPLINK,   /* the NIC's own addresses come first on the bridge */
	NETD_OP_CLEAR_ADDRESS, /* with another length than it is about to come with */
	NETD_OP_ADD_ADDRESS,
	NETD_OP_SET_LINK,  /* up included */
	NETD_OP_PLUG_PORT, /* one that somebody else had plugged in before */
	NETD_OP_CLAIM_SYSCTL,
	NETD_OP_DELETE_ADDRESS,
	NETD_OP_ADD_ROUTE,
	NETD_OP_DELETE_ROUTE,
	NETD_OP_RELEASE_PORT,
	NETD_OP_DELETE_LINK,
	NETD_OP_DELETE_NAMESPACE, /* its resolv.conf, its name; its links follow */
	NETD_OP_RESTORE_SYSCTL,
	NETD_OP_WRITE_RESOLV,
	NETD_OP_START_SERVICE,
	NETD_OP_RELOAD_SERVICE,
	NETD_OP_COUNT,
};

struct netd_op {
	enum netd_op_kind kind;
	unsigned fields;	    /* SET_LINK: enum netd_link_field */
	bool replaces;		    /* ADD_ROUTE: else there must be none */
	char space[NETD_NODE_NAME]; /* where; "" = the host's own namespace */
	union {
		struct netd_link link;
		struct netd_ifaddr addr;
		struct netd_route route;
		struct netd_sysctl sysctl;
		struct {
			uint64_t
				inode; /* DELETE: of that very namespace; 0: a leftover */
			struct netd_place place;
		} node; /* CREATE_NAMESPACE, DELETE_NAMESPACE */
		struct {
			char nic[NETD_IFNAME], bridge[NETD_IFNAME];
			char record[NETD_IFNAME]; /* the NIC's name when it joined */
			uint32_t mtu;		  /* MOVE: of both */
			struct netd_mac mac;	  /* MOVE: of the bridge */
			struct netd_place place;
		} uplink; /* MOVE_UPLINK, RETURN_UPLINK */
		struct {
			bool removal; /* else the text is the desired state's */
			struct netd_place place;
		} resolv;
		struct {
			/* the rest is in the desired state, or the observed one */
			char name[NETD_SERVICE_NAME];
			char link[NETD_IFNAME];
			const char *verb; /* START: "start", "restart"; NULL: new */
			struct netd_place place;
		} service;
	};
};

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
	const struct netd_state *desired;
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

/* '+' makes, '~' changes, '-' removes. */
char netd_op_sign(const struct netd_op *op);
/* "bridge", "address", "sysctl" …: a word for the kind of object. */
const char *netd_op_object(const struct netd_op *op);
/* One line without sign and newline: "bridge mybr0 mac 52:… mtu 1500", and where, if it
 * is not the host: "address 10.1.0.1/16 on mybr0 in route1". */
void netd_op_describe(const struct netd_op *op, const struct netd_plan *plan,
		      struct netd_str *out);

#endif
