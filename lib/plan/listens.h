/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether what forwards of the host listen on is an address for that.  Pure. */
#ifndef NETD_PLAN_LISTENS_H
#define NETD_PLAN_LISTENS_H

#include "model/facts.h"

struct netd_listener;
struct netd_topology;

/*
 * Of each forward that is not there yet: a problem if it listens on the address of a
 * subnet of the host's itself, or on its broadcast address; a note (code 0) if it takes
 * from the host the only address of an interface, or a port that the host itself serves
 * (@own, of @count), or if nobody has the address.  The same problem for sources of NAT.
 * And a problem if `on:` would add the address of a gateway.
 * 0, or the first problem's code.
 */
int netd_listens_check(const struct netd_topology *t, const struct netd_facts *facts,
		       const struct netd_desired *desired,
		       const struct netd_listener *own, size_t count,
		       struct netd_error *notes, struct netd_error *err);

/* True if a network of @t has forwards. */
bool netd_listens_any(const struct netd_topology *t);

/* The forward of a whole address that takes @a from the host; NULL: none of @t does. */
const struct netd_forward *netd_listens_take(const struct netd_topology *t,
					     const struct netd_addr *a);

#endif
