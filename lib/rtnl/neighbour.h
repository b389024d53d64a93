/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who was heard of on a link: the kernel's table of neighbours. */
#ifndef NETD_RTNL_NEIGHBOUR_H
#define NETD_RTNL_NEIGHBOUR_H

#include "base/addr.h"
#include "rtnl/nl.h"

struct netd_neighbour {
	struct netd_addr address;
	struct netd_mac mac;
};

/*
 * Appends the neighbours of the link @index whose MAC is known to *@out, to be freed.
 * -errno with a problem.
 */
int netd_neighbour_dump(struct netd_nl *nl, int index, struct netd_neighbour **out,
			size_t *count, struct netd_error *err);

#endif
