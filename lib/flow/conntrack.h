/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deletes connections that an old forward or source NAT still translates. */
#ifndef NETD_FLOW_CONNTRACK_H
#define NETD_FLOW_CONNTRACK_H

#include <stddef.h>

#include "base/addr.h"

struct netd_error;
struct netd_nft;
struct netd_ruleset_delta;

/* A bridge, or a router's interface, and the subnets behind it; borrowed. */
struct netd_bridge_subnets {
	const char *bridge;
	const struct netd_prefix *subnets;
	size_t count;
};

/*
 * After @d was committed: deletes the conntrack entries in @nft's network namespace that
 * @d outdates, and no others.
 *  - Those that a removed or changed forward made.
 *  - UDP flows to the address and port of a new forward that nobody has answered, or that
 *    a forward of the whole address sends elsewhere.
 *  - Those that a removed or changed source NAT made for a bridge's @subnets (old and new
 *    ones, @n rows in any order, a bridge may come twice), unless the new one could have
 *    made them too; and unanswered ones that left without the source NAT that there is
 *    now.  In a router, those that came from none of its subnets count with them.
 *  - Those that were forwarded for a network that has become isolated.
 * If @d has nothing of the kind, it does nothing at all.  *@forgotten (may be NULL) is
 * how many were deleted.  -EOPNOTSUPP: a kernel without ctnetlink; then flows that exist
 * go on as they were until they expire, and the firewall itself is as it should be.
 * -ENOMEM, -errno of the kernel's.
 */
int netd_conntrack_forget(struct netd_nft *nft, const struct netd_ruleset_delta *d,
			  const struct netd_bridge_subnets *subnets, size_t n,
			  size_t *forgotten, struct netd_error *err);

#endif
