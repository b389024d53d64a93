/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has which address until when: dnsmasq's lease file.  Pure. */
#ifndef NETD_DHCP_LEASE_H
#define NETD_DHCP_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/topology.h"

struct netd_lease {
	struct netd_addr address;
	bool has_mac; /* of IPv6 leases: if the client's DUID has one */
	struct netd_mac mac;
	char host[NETD_DOMAIN]; /* the name that it gave or was given; "" if none */
	int64_t expires;	/* seconds since 1970; 0: never */
};

/*
 * Appends the leases in @text to the array: each line that is one.  dnsmasq may be in
 * the middle of writing it, so what is no lease is passed over.  -ENOMEM.
 */
int netd_leases_parse(const char *text, struct netd_lease **leases, size_t *count);

#endif
