/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What on this host stands in the way of a topology's addresses and their subnets. */
#ifndef NETD_PLAN_CONFLICT_ADDRESS_H
#define NETD_PLAN_CONFLICT_ADDRESS_H

#include "model/state.h"

/* What each check needs; a check adds its problems and returns nothing. */
struct netd_conflict {
	const struct netd_topology *t;
	const struct netd_state *observed;
	const struct netd_desired *desired;
	struct netd_error *notes, *err;
};

/* True if that link is of @t. */
bool netd_conflict_is_of(const struct netd_link *have, const struct netd_topology *t);

/* Addresses that another interface has, and subnets that the host reaches otherwise. */
void netd_conflict_addresses(const struct netd_conflict *c);

/*
 * True if what the host reaches by that route or address is @subnet or a part of it, or
 * is reached by way of it: it would be lost, or take its part of the network.  What is
 * wider stays reachable, and the network too: the kernel takes the longest prefix.
 */
bool netd_conflict_by_route(const struct netd_route *r, const struct netd_prefix *subnet);
bool netd_conflict_by_address(const struct netd_ifaddr *a,
			      const struct netd_prefix *subnet);

#endif
