/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which address a machine without one gets: what it had, and nobody else has now. */
#ifndef NETD_OBSERVE_CHOOSE_ADDRESSES_H
#define NETD_OBSERVE_CHOOSE_ADDRESSES_H

#include "host/context.h"

/*
 * What the machines of @t that have no address written shall have on this host: what they
 * have in @previous (NULL: nothing runs), or have leased; for new ones nothing that
 * another guest has, by its lease or as the kernel's neighbours tell.  *@out is a
 * topology of its own, NULL if @t is right as it is.
 */
int netd_choose_addresses(struct netd *netd, const struct netd_topology *t,
			  const struct netd_topology *previous,
			  struct netd_topology **out, struct netd_error *err);

#endif
