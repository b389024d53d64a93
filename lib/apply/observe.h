/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel has now, and what planning must know of the host. */
#ifndef NETD_APPLY_OBSERVE_H
#define NETD_APPLY_OBSERVE_H

#include "apply/context.h"
#include "plan/facts.h"
#include "plan/claims.h"

/* What an observation takes in beside links and addresses. */
enum netd_part {
	NETD_PART_ROUTES = 1 << 0,
	NETD_PART_FIREWALL = 1 << 1, /* our table, whole */
};

/* Reads the host into the zeroed @out. */
int netd_observe(struct netd *netd, unsigned parts, struct netd_state *out,
		 struct netd_error *err);

/* Fills @facts about this host; @observed must live as long as it. */
void netd_observe_facts(struct netd_state *observed, struct netd_facts *facts);

/* Adds to @observed the present values of all settings that a plan could touch. */
int netd_observe_sysctls(struct netd_state *observed, const struct netd_state *desired,
			 const struct netd_claims *claims);

/*
 * -EINVAL with a problem for each veth pair to be made whose far end goes into a
 * namespace that this host does not have.
 */
int netd_observe_namespaces(const struct netd_topology *t,
			    const struct netd_state *observed,
			    const struct netd_state *desired, struct netd_error *err);

#endif
