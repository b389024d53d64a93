/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leases that are forgotten before they end. */
#ifndef NETD_DHCP_FORGET_H
#define NETD_DHCP_FORGET_H

#include "dhcp/lease.h"
#include "dhcp/process.h"

/* How many leases in the file of @d @is is true of; 0 if there is no file, -errno. */
int netd_dnsmasq_count_leases(const struct netd_dnsmasq *d, netd_lease_is is, void *data,
			      struct netd_error *err);

/* Takes the leases that @drop is true of out of the file, where no dnsmasq runs. */
int netd_dnsmasq_drop_leases(const struct netd_dnsmasq *d, netd_lease_is drop, void *data,
			     struct netd_error *err);

/*
 * The same where one may run: it is ended and started again as it was, in its namespace
 * and with its servers (@d's are not looked at), since it keeps its leases in memory.  As
 * netd_dnsmasq_begin() and _wait_end().
 */
int netd_dnsmasq_forget(const struct netd_dnsmasq *d, netd_lease_is drop, void *data,
			struct netd_error *err);

#endif
