/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DHCP and DNS servers: which run, and how they are started and stopped. */
#ifndef NETD_OBSERVE_SERVICES_H
#define NETD_OBSERVE_SERVICES_H

#include "host/context.h"
#include "plan/plan.h"

#define NETD_SERVICES "dhcp" /* their directories are below it, in the state's */

/*
 * Fills the services of @host, whatever namespace they run in; its spaces are observed
 * already.  One that runs in another namespace than its own does not count as running.
 */
int netd_services_observe(struct netd *netd, struct netd_state *host,
			  struct netd_error *err);

/*
 * What can be known of services before anything is touched: -EINVAL with problems if
 * dnsmasq is not installed, a name belongs to another topology's, a directory for TFTP is
 * not there, somebody has the host's port 53, or one that must be started again could
 * not be.
 */
int netd_services_check(const struct netd *netd, const struct netd_topology *t,
			const struct netd_facts *facts,
			const struct netd_desired *desired, struct netd_error *err);

/*
 * A stopped service leaves its leases, for it may be started again while guests use the
 * addresses.  This removes what is left of those whose leases have all ended.
 */
void netd_services_sweep(struct netd *netd);

/* The directory of that service, absolute.  -ENAMETOOLONG, -ENOENT. */
int netd_services_directory(const struct netd *netd, const char *name, char *out,
			    size_t size);

/* Public: it is in netd.h too. */
NETD_PUBLIC void netd_network_forget(struct netd *netd, const char *network);

#endif
