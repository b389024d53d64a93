/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The DHCP clients that run in this network namespace, and the NICs that they serve. */
#ifndef NETD_UPLINK_DHCP_CLIENT_H
#define NETD_UPLINK_DHCP_CLIENT_H

#include <stdbool.h>
#include <sys/types.h>

#include "model/state.h"

struct netd_error;

struct netd_dhcp_client {
	pid_t pid; /* 0: there is none */
	/* "dhcpcd"; of one that netd does not know, as in /proc/PID/comm */
	char name[16];
};

/* Adds a hint how to make it serve @bridge instead of a NIC that becomes a port of it. */
void netd_dhcp_client_hint(struct netd_error *err, const struct netd_dhcp_client *client,
			   const char *bridge);

/*
 * The client that serves @nic.  One whose command line names no interface serves it if
 * @leased, which says that the NIC has an address that expires, or if it has a packet
 * socket on it.  A client that netd does not know by name is recognised by its present
 * sockets.
 */
struct netd_dhcp_client netd_dhcp_client_of(const struct netd_state *observed,
					    const struct netd_link *nic, bool leased);

#endif
