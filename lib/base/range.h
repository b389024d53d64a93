/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of addresses: counted, walked, and chosen out of a subnet. */
#ifndef NETD_BASE_RANGE_H
#define NETD_BASE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

#define NETD_RANGE_TEXT (2 * NETD_ADDR_TEXT)
/* "first-last", or one address; written into @out and returned. */
const char *netd_range_format(const struct netd_addr_range *r, char out[NETD_RANGE_TEXT]);

/* How many addresses it has, at most @max. */
uint32_t netd_range_size(const struct netd_addr_range *r, uint32_t max);

/* The address before @a. */
struct netd_addr netd_range_before(const struct netd_addr *a);

/* The place of @a in the range, from 0; UINT32_MAX if it is not in it. */
uint32_t netd_range_index(const struct netd_addr_range *r, const struct netd_addr *a);

/* No more than that many addresses are chosen: dnsmasq keeps them all in mind. */
#define NETD_RANGE_CHOSEN_MAX 4096

/*
 * Chooses a range for guests in the subnet of @own, the address that serves it.  Of IPv4
 * (and IPv6 with less than 16 bits for hosts), the longer run of host addresses beside
 * @own, the one behind it if both are as long; of IPv6, those that end in 1000 to 1fff.
 * False if there is no room.
 */
bool netd_range_choose(const struct netd_prefix *own, struct netd_addr_range *out);

#endif
