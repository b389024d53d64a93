/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Removes leases before they end. */
#ifndef NETD_DHCP_FORGET_H
#define NETD_DHCP_FORGET_H

#include "dhcp/lease.h"
#include "dhcp/process.h"

/* The number of leases in the file of @d for which @is is true; 0 without a file; -errno.
 */
int netd_dnsmasq_count_leases(const struct netd_dnsmasq *d, netd_lease_is is, void *data,
			      struct netd_error *err);

/* Removes the leases for which @drop is true from the file; no dnsmasq may run. */
int netd_dnsmasq_drop_leases(const struct netd_dnsmasq *d, netd_lease_is drop, void *data,
			     struct netd_error *err);

/*
 * The same if a dnsmasq may run: it is ended and started again as it was, in its
 * namespace and with its servers (those of @d do not count), since it keeps its leases in
 * memory. Errors as of netd_dnsmasq_begin() and _wait_end().
 */
int netd_dnsmasq_forget(const struct netd_dnsmasq *d, netd_lease_is drop, void *data,
			struct netd_error *err);

#endif
