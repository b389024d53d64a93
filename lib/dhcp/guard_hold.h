/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DHCP replies of this host are held, and handed over instead of being sent. */
#ifndef NETD_DHCP_GUARD_HOLD_H
#define NETD_DHCP_GUARD_HOLD_H

#include "nft/nft.h"

/* Two sockets: replies are held as long as @rules is open.  Zeroed: none is open. */
struct netd_hold {
	struct netd_nft rules, packets;
};

/*
 * From here on, IPv4 replies of a DHCP server that would leave by @link (of that @index)
 * are not sent.  -errno: nothing is held.
 */
int netd_hold_open(struct netd_hold *h, const char *link, int index);
void netd_hold_close(struct netd_hold *h);

/*
 * Reads the replies that were held since, and calls @visit for each, from its IP header
 * on. -errno: they can no longer be read.
 */
int netd_hold_read(struct netd_hold *h,
		   void (*visit)(const uint8_t *packet, size_t length, void *data),
		   void *data);

#endif
