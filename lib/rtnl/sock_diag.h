/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sockets of the calling thread's network namespace, by sock_diag(7). */
#ifndef NETD_RTNL_SOCK_DIAG_H
#define NETD_RTNL_SOCK_DIAG_H

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>

#include "base/addr.h"

/*
 * Calls @visit with a struct inet_diag_msg for each socket of @family and @protocol in
 * one of @states (bits: 1 << TCP_LISTEN, …) whose local port is @port (0: any), until it
 * returns something else than MNL_CB_OK.  Sockets that the kernel does not tell are left
 * out.
 */
void netd_sock_diag_inet(int family, uint8_t protocol, uint32_t states, uint16_t port,
			 mnl_cb_t visit, void *data);

/* The same with a struct packet_diag_msg, its PACKET_DIAG_INFO and _FILTER. */
void netd_sock_diag_packet(mnl_cb_t visit, void *data);

/* The local address. */
struct netd_addr netd_sock_diag_source(const struct inet_diag_msg *m);

#endif
