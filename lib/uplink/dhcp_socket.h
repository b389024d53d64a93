/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sockets by which a program is a DHCP client of a NIC, whatever its name. */
#ifndef NETD_UPLINK_DHCP_SOCKET_H
#define NETD_UPLINK_DHCP_SOCKET_H

#include "dhcp/holder.h"
#include "model/state.h"

struct netd_dhcp_sockets {
	struct netd_sockets certain;  /* a client of this NIC has it */
	struct netd_sockets anywhere; /* a client's port, of no NIC or address … */
	struct netd_sockets frames;   /* … and any packet socket on this NIC */
};

/*
 * Of the calling thread's network namespace, into the zeroed @out.  What the kernel does
 * not tell is left out.
 */
void netd_dhcp_sockets_find(const struct netd_state *observed,
			    const struct netd_link *nic, struct netd_dhcp_sockets *out);

#endif
