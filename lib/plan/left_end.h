/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What bears the name of a pair's far end while its near end is not there. */
#ifndef NETD_PLAN_LEFT_END_H
#define NETD_PLAN_LEFT_END_H

#include "model/state.h"

struct netd_left_end {
	const struct netd_link *far;  /* it has the name; NULL: nothing has */
	const struct netd_link *near; /* its other end, if that is on the host */
	bool ours; /* it is what is left of that very pair, and can go */
};

/*
 * For @want, a pair of the host's desired state whose far end is in no node: it can be
 * made if nothing has the name there, or what is left of it is deleted first.  The states
 * are the host's; pointers into @observed.
 */
struct netd_left_end netd_left_end(const struct netd_state *observed,
				   const struct netd_desired *desired,
				   const char *topology,
				   const struct netd_desired_link *want);

#endif
