/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By which interfaces a host reaches what is outside of it. */
#ifndef NETD_ADVISE_OUTSIDE_H
#define NETD_ADVISE_OUTSIDE_H

#include <stddef.h>

#include "model/state.h"

/* More than that are not told apart. */
#define NETD_OUTSIDES 16
struct netd_outside {
	const struct netd_link *links[NETD_OUTSIDES];
	size_t count;
};

/*
 * Those by which packets of that family (AF_*) may leave for the outside, and come from
 * it: by which a default route goes; and those which are not ours, not of the virtual
 * kinds that programs join their guests by, and have an address or a route with a
 * gateway.  None if there are too many.
 */
void netd_outside_find(const struct netd_state *observed, int family,
		       struct netd_outside *out);

#endif
