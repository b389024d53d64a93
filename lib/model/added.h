/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses that forwards and source NAT add to interfaces (`on:`). */
#ifndef NETD_MODEL_ADDED_H
#define NETD_MODEL_ADDED_H

#include "model/topology.h"

/*
 * Calls @visit for each address that a forward or a pool of source NAT adds to an
 * interface on @n: to its bridge, or to an interface of a router that is plugged into it.
 * One may come twice.
 */
void netd_network_each_added(const struct netd_topology *t, const struct netd_network *n,
			     void (*visit)(const struct netd_addr *a, void *data),
			     void *data);

#endif
