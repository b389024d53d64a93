/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What programs of the host listen on. */
#ifndef NETD_RTNL_LISTENER_H
#define NETD_RTNL_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

struct netd_listener {
	struct netd_addr addr; /* unspecified: every address of the family … */
	bool both;	       /* … and, of an IPv6 socket, of IPv4, too */
	unsigned protocol;     /* a bit of enum netd_protocol: TCP or UDP */
	uint16_t port;
};

/*
 * TCP sockets that listen and UDP sockets without a peer, of the calling thread's
 * namespace; of @protocols (bits), and @port (0: all).  What the kernel does not tell is
 * left out.  -ENOMEM; @out is written only on success, and is freed with free().
 */
int netd_listeners_dump(unsigned protocols, uint16_t port, struct netd_listener **out,
			size_t *count);

/* The one that @addr and @port would reach; NULL if there is none. */
const struct netd_listener *netd_listener_find(const struct netd_listener *list,
					       size_t count, unsigned protocol,
					       const struct netd_addr *addr,
					       uint16_t first, uint16_t last);

#endif
