/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and bridges that running topologies may not share. */
#ifndef NETD_OBSERVE_SHARE_H
#define NETD_OBSERVE_SHARE_H

#include "host/context.h"
#include "observe/observe.h"

/*
 * Compares @t with what runs: -EEXIST with a problem for each name that another topology
 * has.  *@previous is what runs under @t's own name, else it is not written; the nodes of
 * all others are added to @others.
 */
int netd_share_check(struct netd *netd, const struct netd_topology *t,
		     struct netd_topology **previous, struct netd_scope *others,
		     struct netd_error *err);

#endif
