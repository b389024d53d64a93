/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel has now, and what planning must know of the host. */
#ifndef NETD_OBSERVE_OBSERVE_H
#define NETD_OBSERVE_OBSERVE_H

#include "host/context.h"
#include "model/facts.h"
#include "model/claims.h"

/* What is read besides links and addresses. */
enum netd_part {
	NETD_PART_ROUTES = 1 << 0,
	NETD_PART_FIREWALL = 1 << 1, /* our table, whole */
};

/* Which namespaces are read besides the host's. */
struct netd_scope_space {
	char name[NETD_NODE_NAME];
	bool firewall;		/* its table, too */
	bool serves;		/* DHCP or DNS, before or now */
	char owner[NETD_OWNER]; /* "TOPOLOGY/NODE"; "" if it is no node's */
};

struct netd_scope {
	struct netd_scope_space *spaces; /* sorted once observed */
	size_t count;
	const struct netd_topology *known[2]; /* they tell links by name; may be NULL */
	const char *orphans;  /* look for its services without files; NULL: do not */
	const char *topology; /* scan for what bears its mark; NULL: do not … */
	const struct netd_scope *others; /* … and leave these out, which are known to be
					    others'; may be NULL */
};
/* Adds the nodes of @t (may be NULL) and where its ports end, each once.  -ENOMEM. */
int netd_scope_add(struct netd_scope *scope, const struct netd_topology *t);
/* Only their names: without a look at what rules they need. */
int netd_scope_add_names(struct netd_scope *scope, const struct netd_topology *t);
void netd_scope_done(struct netd_scope *scope);

/*
 * Reads links (with their counters or not), addresses, and routes if @parts says so, of
 * the socket's namespace into the zeroed @out.
 */
int netd_observe_netlink(struct netd_nl *nl, unsigned parts, bool counters,
			 struct netd_state *out, struct netd_error *err);

/* Fills host->spaces with those namespaces of @scope that exist in any form. */
int netd_observe_spaces(struct netd *netd, struct netd_scope *scope,
			struct netd_state *host, struct netd_error *err);

/* Reads the host, and the namespaces of @scope (may be NULL), into the zeroed @out. */
int netd_observe(struct netd *netd, unsigned parts, struct netd_scope *scope,
		 struct netd_state *out, struct netd_error *err);

/*
 * Adds what @desired makes of interest in others' firewall chains, in each namespace
 * whose firewall was read.
 */
int netd_observe_foreign(struct netd *netd, const struct netd_desired *desired,
			 struct netd_state *observed, struct netd_error *err);

/*
 * Fills @facts about this host; @observed must live as long as it.  A negative errno with
 * a problem if something cannot be read: only what is not there counts as missing.
 */
int netd_observe_facts(struct netd_state *observed, struct netd_facts *facts,
		       struct netd_error *err);
/* Which links may take router advertisements, unless netd_observe_facts() read that. */
int netd_observe_listeners(struct netd_state *observed, const struct netd_facts *facts,
			   struct netd_error *err);

/* Adds to @observed the present values of all settings that a plan could touch. */
int netd_observe_sysctls(struct netd *netd, struct netd_state *observed,
			 const struct netd_desired *desired,
			 const struct netd_claims *claims, struct netd_error *err);

/*
 * -EINVAL with a problem for each veth pair to be made whose far end goes into a
 * namespace that this host does not have.
 */
int netd_observe_namespaces(const struct netd_topology *t,
			    const struct netd_state *observed,
			    const struct netd_desired *desired, struct netd_error *err);

#endif
