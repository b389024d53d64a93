/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads dnsmasq's lease file: who has which address until when.  Pure. */
#ifndef NETD_DHCP_LEASE_H
#define NETD_DHCP_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "model/topology.h"

struct netd_lease {
	struct netd_addr address;
	bool has_mac; /* of IPv6 leases: if the client's DUID has one */
	struct netd_mac mac;
	char host[NETD_DOMAIN]; /* the name that it gave or was given; "" if none */
	int64_t expires;	/* seconds since 1970; 0: never */
};

/*
 * Appends the leases in @text to the array.  Other lines are left out, since dnsmasq may
 * be in the middle of writing the file.  -ENOMEM.
 */
int netd_leases_parse(const char *text, struct netd_lease **leases, size_t *count);

/* True of the leases that are meant. */
typedef bool (*netd_lease_is)(const struct netd_lease *lease, void *data);

/*
 * Appends @text without the lines of the leases that @drop is true of to @out, and
 * returns how many these are.
 */
size_t netd_leases_without(const char *text, netd_lease_is drop, void *data,
			   struct netd_str *out);

/*
 * The addresses that new reservations (dhcp-hostsfile, see dhcp/write.h) take from
 * others: those in lines of @wanted that are not in @before.  *@taken is to be freed;
 * -ENOMEM.
 */
struct netd_reservation {
	struct netd_addr address;
	bool has_mac;
	struct netd_mac mac;
	char name[NETD_MACHINE_NAME];
};
int netd_reservations_new(const char *before, const char *wanted,
			  struct netd_reservation **taken, size_t *count);

/* True if the lease is of an address that is reserved for somebody else. */
bool netd_reservations_take(const struct netd_reservation *taken, size_t count,
			    const struct netd_lease *lease);

#endif
