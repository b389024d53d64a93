/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links whose MTU is too small for IPv6. */
#ifndef NETD_DESIRED_SMALL_MTU_H
#define NETD_DESIRED_SMALL_MTU_H

#include "model/facts.h"

/* True if the kernel has no IPv6 on a link of that MTU; 0 is an unknown one. */
bool netd_mtu_is_small(uint32_t mtu);

/*
 * Takes out of @desired, and of its spaces, what no link can have without IPv6: settings
 * below net/ipv6/conf/LINK, and the mode in which a port makes no address.  For links
 * that are too small, and for all of them on a kernel without IPv6.
 */
void netd_small_mtu_trim(struct netd_desired *desired, const struct netd_facts *facts);

/*
 * Adds a problem for every IPv6 address and route of @desired on a link that is too
 * small, and for every link that would lose somebody else's by becoming so.
 */
void netd_small_mtu_check(const struct netd_topology *t,
			  const struct netd_state *observed,
			  const struct netd_desired *desired, struct netd_error *err);

#endif
