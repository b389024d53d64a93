/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ops of a plan: a value, and a row of what is known of it without a kernel, for
 * each.
 */
#ifndef NETD_PLAN_OP_H
#define NETD_PLAN_OP_H

#include "base/str.h"
#include "model/state.h"

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
	char sign;		    /* 0: as its row has it */
	unsigned fields;	    /* SET_LINK: enum netd_link_field */
	int index;		    /* DELETE_LINK …, PLUG_PORT: that very one */
	bool replaces;		    /* ADD_ROUTE: else there must be none */
	char space[NETD_NODE_NAME]; /* where; "" = the host's own namespace */
	union {
		struct netd_desired_link link;
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
			struct netd_place place;
		} resolv; /* sign '-': it goes; else the text is the desired state's */
		struct {
			/* the rest is in the desired state, or the observed one */
			char name[NETD_SERVICE_NAME];
			char link[NETD_IFNAME];
			const char *verb; /* START: "start", "restart"; NULL: new */
			struct netd_place place;
		} service;
	};
};

/* What an errno means for an op: a clause, and what to do or NULL. */
struct netd_op_reason {
	int code; /* positive; 0 ends a list */
	const char *reason, *hint;
};

struct netd_plan;

/* What engine/run.h has beside it says how the op is run. */
struct netd_op_row {
	char sign;	    /* '+' makes, '~' changes, '-' removes */
	const char *object; /* "address", "route" …; NULL: the word of its link's kind */
	/* Adds what stands behind that, " mybr0 mtu 1500"; NULL: nothing. */
	void (*describe)(const struct netd_op *op, const struct netd_plan *plan,
			 struct netd_str *out);
	const char *where; /* stands before the namespace; NULL: " in" */
	bool has_space;	   /* describe() adds the namespace itself */
	/* Offsets in struct netd_op; 0: it has none. */
	size_t name;   /* of its object … */
	size_t subnet; /* … or that is a prefix */
	size_t link;   /* the interface that it makes, changes or takes something from */
	size_t place;  /* of its object, in the file */
	const struct netd_op_reason *reasons; /* NULL: none but those of all ops */
};
extern const struct netd_op_row netd_op_rows[NETD_OP_COUNT];

/* '+' makes, '~' changes, '-' removes. */
char netd_op_sign(const struct netd_op *op);
/* "bridge", "address", "sysctl" …: a word for the kind of object. */
const char *netd_op_object(const struct netd_op *op);
/* What its object is called: "mybr0", "10.1.0.1/16", "net/ipv4/ip_forward"; "": nothing
 * of its own. */
void netd_op_name(const struct netd_op *op, struct netd_str *out);
/* The interface that it makes, changes or takes something from; "": none. */
const char *netd_op_link(const struct netd_op *op);
/* Where its object stands in the file; line 0: nowhere. */
struct netd_place netd_op_place(const struct netd_op *op);
/*
 * What -errno @code means for an op of that kind, since the kernel's own text is often
 * empty: a clause ("the bridge is full: …"), strerror() if unknown; and, through @hint,
 * what to do, or NULL.
 */
const char *netd_op_reason(enum netd_op_kind kind, int code, const char **hint);
/* One line without sign and newline: "bridge mybr0 mac 52:… mtu 1500", and where, if it
 * is not the host: "address 10.1.0.1/16 on mybr0 in route1". */
void netd_op_describe(const struct netd_op *op, const struct netd_plan *plan,
		      struct netd_str *out);

#endif
