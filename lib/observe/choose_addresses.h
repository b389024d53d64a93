/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which address a machine without one gets: what it had, and nobody else has now. */
#ifndef NETD_OBSERVE_CHOOSE_ADDRESSES_H
#define NETD_OBSERVE_CHOOSE_ADDRESSES_H

#include "host/context.h"

/*
 * Chooses addresses for the machines of @t that have none in the file: what they have in
 * @previous (NULL: nothing runs), or have leased; a new machine gets none that another
 * guest has by a lease or by the kernel's neighbours.  *@out is a copy of @t with them,
 * to be freed; it stays NULL if @t needs no change.
 */
int netd_choose_addresses(struct netd *netd, const struct netd_topology *t,
			  const struct netd_topology *previous,
			  struct netd_topology **out, struct netd_error *err);

#endif
