/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routers, hosts and the cables between them: their namespaces as they should be. */
#ifndef NETD_DESIRED_DESIRED_NODE_H
#define NETD_DESIRED_DESIRED_NODE_H

#include "model/facts.h"

#define NETD_DESIRED_MTU 1500

/*
 * Adds a space for each node of @t to @out, sorted, and to @out itself the ends of their
 * pairs that are ports of the host's bridges.  Pure.  -ENOMEM, -EOPNOTSUPP with a problem
 * at its place.
 */
int netd_desired_nodes(const struct netd_topology *t, const struct netd_facts *facts,
		       struct netd_desired *out, struct netd_error *err);

/* The resolv.conf of @node in *@out (to free), NULL if it has none.  -ENOMEM. */
int netd_desired_resolv(const struct netd_topology *t, const struct netd_node *node,
			char **out);

#endif
