/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has a port that dnsmasq was refused. */
#ifndef NETD_DHCP_HOLDER_H
#define NETD_DHCP_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/addr.h"

enum netd_port_of {
	NETD_PORT_OF_ANY,
	NETD_PORT_OF_TCP,
};

/*
 * The process that has UDP or TCP port @port of @address, or of all addresses (a NULL or
 * empty @address: only these), in the network namespace of the calling thread: its pid,
 * and its name in @name.  Another dnsmasq is named only if there is nobody else, since
 * these can share a port.  0 if there is none or the kernel does not tell.
 */
pid_t netd_port_holder(const struct netd_addr *address, uint16_t port,
		       enum netd_port_of of, char *name, size_t size);

/* Sockets by the inode that the kernel tells; those beyond the first are left out. */
struct netd_sockets {
	unsigned long inodes[64];
	size_t count;
};

void netd_sockets_add(struct netd_sockets *sockets, unsigned long inode);

/* True if that process ("123") has one of them open. */
bool netd_sockets_in_process(const struct netd_sockets *sockets, const char *pid);

#endif
