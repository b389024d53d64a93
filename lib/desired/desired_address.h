/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses that a topology asks for, each once. */
#ifndef NETD_DESIRED_DESIRED_ADDRESS_H
#define NETD_DESIRED_DESIRED_ADDRESS_H

#include "model/state.h"

/* Adds it unless it is there; @owner is "TOPOLOGY/NETWORK" or "TOPOLOGY/NODE".  -ENOMEM.
 */
int netd_desired_address(struct netd_desired *out, const char *owner, const char *link,
			 const struct netd_prefix *prefix, struct netd_place place);

/*
 * A single address, as forwards and source pools put it onto an outside interface.  Of
 * two IPv6 addresses the kernel takes the longer match as source (RFC 6724, 5), so
 * without more this one would become the source of what the host itself, and masquerade,
 * sends.
 */
int netd_desired_outside_address(struct netd_desired *out, const char *owner,
				 const char *link, const struct netd_addr *addr,
				 struct netd_place place);

/* The source addresses of @nat, if it names an interface for them; @what ("network lan")
 * is for messages.  -ENOMEM, or -EINVAL with a problem if they are too many. */
int netd_desired_pools(struct netd_desired *out, const struct netd_topology *t,
		       const char *owner, const char *what, const struct netd_nat *nat,
		       struct netd_error *err);

#endif
