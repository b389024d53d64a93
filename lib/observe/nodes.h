/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running routers and hosts: found by name, and what their namespaces have. */
#ifndef NETD_OBSERVE_NODES_H
#define NETD_OBSERVE_NODES_H

#include "host/context.h"
#include "model/state.h"

/* The kind called "router" or "host"; -EINVAL with a problem. */
int netd_node_kind_parse(const char *name, enum netd_node_kind *out,
			 struct netd_error *err);

/* -ENOENT with a problem that says which there are and which one was meant. */
int netd_node_unknown(struct netd_topology *const *all, size_t count,
		      enum netd_node_kind kind, const char *name, struct netd_error *err);

/*
 * The node @name of kind @kind of a running topology, which becomes *@topology (to be
 * freed).  -ENOENT: netd_node_unknown().
 */
int netd_node_find_running(struct netd *netd, enum netd_node_kind kind, const char *name,
			   struct netd_topology **topology, struct netd_node **node,
			   struct netd_error *err);

/* What a router's namespace forwards; below /proc/sys/net. */
#define NETD_FORWARDING4 "ipv4/ip_forward"
#define NETD_FORWARDING6 "ipv6/conf/all/forwarding"

/*
 * Reads links (with counters), addresses, routes and forwarding of the namespace @name
 * into the zeroed @out.  -ENOENT: there is no such namespace; -EPERM: only root may.
 */
int netd_node_observe(struct netd *netd, const char *name, struct netd_state *out,
		      struct netd_error *err);

/* True if that namespace bears the mark of that node. */
bool netd_node_is_ours(const struct netd_state *space, const char *topology,
		       const char *name);

#endif
