/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has which address of which network. */
#ifndef NETD_OBSERVE_LEASES_H
#define NETD_OBSERVE_LEASES_H

#include "store/store.h"
#include "dhcp/lease.h"

/*
 * Calls @visit for each service of @t that serves DHCP, with the network that it serves
 * (itself, or that of a router's interface); stops at the first that returns not 0.
 */
typedef int (*netd_lease_visit)(const struct netd_network *n, const char *service,
				void *data, struct netd_error *err);
int netd_lease_services(const struct netd_topology *t, netd_lease_visit visit, void *data,
			struct netd_error *err);

/*
 * The leases of that service that have not ended, in *@leases, to be freed; none if it
 * never ran.  -EACCES with a problem for who is not root.
 */
int netd_lease_read(const struct netd_store *store, const char *service,
		    struct netd_lease **leases, size_t *count, struct netd_error *err);

/* The machine whose lease that is, by its MAC, else by its address; or NULL. */
const struct netd_machine *netd_lease_machine(const struct netd_network *n,
					      const struct netd_lease *lease);

#endif
