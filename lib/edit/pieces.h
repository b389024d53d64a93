/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks, routers and hosts that go from one topology to another. */
#ifndef NETD_EDIT_PIECES_H
#define NETD_EDIT_PIECES_H

#include "model/topology.h"

/* Takes out a node, and the cables that end at it. */
void netd_topology_drop_node(struct netd_topology *t, struct netd_node *n);

/* Public: these are in netd.h too. */
NETD_PUBLIC int netd_topology_create(const char *name, struct netd_topology **out,
				     struct netd_error *err);
NETD_PUBLIC bool netd_network_autostart(const struct netd_topology *t, const char *name);
NETD_PUBLIC int netd_network_take(struct netd_topology *to,
				  const struct netd_topology *from, const char *name,
				  struct netd_error *err);
NETD_PUBLIC int netd_node_take(struct netd_topology *to, const struct netd_topology *from,
			       const char *name, struct netd_error *err);
NETD_PUBLIC int netd_nodes_follow(struct netd_topology *running,
				  const struct netd_topology *defined,
				  struct netd_error *err);

#endif
