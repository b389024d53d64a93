/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes that a topology asks for. */
#ifndef NETD_DESIRED_DESIRED_ROUTE_H
#define NETD_DESIRED_DESIRED_ROUTE_H

#include "model/state.h"

/* Adds it; @link is what it leaves by, if it leads anywhere.  -ENOMEM. */
int netd_desired_route(struct netd_desired *out, const struct netd_static_route *want,
		       const char *link);

#endif
