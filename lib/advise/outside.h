/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the interfaces that lead out of a host, or of a router. */
#ifndef NETD_ADVISE_OUTSIDE_H
#define NETD_ADVISE_OUTSIDE_H

#include <stddef.h>

#include "model/state.h"

/* With more of them, none is taken. */
#define NETD_OUTSIDES 16
struct netd_outside {
	const struct netd_link *links[NETD_OUTSIDES];
	size_t count;
};

/*
 * Outside interfaces of that family (AF_*): those of a default route; and those that have
 * an address or a route with a gateway, unless they are netd's own or of the virtual
 * kinds by which other programs attach guests.  None if there are more than
 * NETD_OUTSIDES.
 */
void netd_outside_find(const struct netd_state *observed, int family,
		       struct netd_outside *out);

#endif
