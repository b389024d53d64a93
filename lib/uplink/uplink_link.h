/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The links of a move: the NIC and its bridge. */
#ifndef NETD_UPLINK_UPLINK_LINK_H
#define NETD_UPLINK_UPLINK_LINK_H

#include "uplink/uplink_transfer.h"

struct netd_look {
	unsigned flags; /* IFF_… */
	uint8_t operstate;
	int master; /* its index; 0: none */
	uint32_t mtu;
	struct netd_mac mac;
};

/* Each returns 0, or a negative errno with a problem in @t->err. */

/* Sets @fields (enum netd_link_field) of the link of that name. */
int netd_transfer_set_link(const struct netd_transfer *t, const char *name,
			   unsigned fields, int master, uint32_t mtu, bool up);
/* What that link is like now. */
int netd_transfer_look(const struct netd_transfer *t, const struct netd_holder *link,
		       struct netd_look *out);
/* @t->from, a NIC, joins the bridge @t->to, which then is ready to send; @mtu 0: as it
 * is. */
int netd_transfer_join(const struct netd_transfer *t, uint32_t mtu);
/* @t->to, a NIC, leaves whatever it is a port of, and has its MTU again. */
int netd_transfer_leave(const struct netd_transfer *t);
/* The bridge @t->to is up, with that MAC.  That comes first: the address that the kernel
 * makes follows from it. */
int netd_transfer_start_bridge(const struct netd_transfer *t, const struct netd_mac *mac);

#endif
