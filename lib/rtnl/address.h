/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses, routes and neighbours over rtnetlink. */
#ifndef NETD_RTNL_ADDRESS_H
#define NETD_RTNL_ADDRESS_H

#include "rtnl/nl.h"
#include "model/state.h"

/*
 * RTM_NEWADDR: @a on the link @index, with IFA_PROTO a->protocol (Linux 5.18; older
 * kernels ignore it), no duplicate address detection (IFA_F_NODAD: an address that is
 * tentative cannot be bound), and the usual IPv4 broadcast address for lengths below 31.
 * NULL on lack of memory; the caller frees it.
 */
struct nl_msg *netd_address_add_message(const struct netd_ifaddr *a, int index);
/* RTM_DELADDR: by address and length. */
struct nl_msg *netd_address_delete_message(const struct netd_ifaddr *a, int index);

/* Reads all addresses into out->addrs; out->links must be there (for the names). */
int netd_address_dump(struct netd_nl *nl, struct netd_state *out, struct netd_error *err);

/*
 * RTM_NEWROUTE: @r through the link @index (0: the kernel finds it by r->via, or the type
 * needs none).  @replace: in place of one of the same destination, metric and table, else
 * there must be none.  RTM_DELROUTE: of that destination, table, metric (0: any), type,
 * and, if given, link and gateway.
 */
struct nl_msg *netd_route_add_message(const struct netd_route *r, int index,
				      bool replace);
struct nl_msg *netd_route_delete_message(const struct netd_route *r, int index);

/* Reads the main table's routes of the types that we know into out->routes. */
int netd_route_dump(struct netd_nl *nl, struct netd_state *out, struct netd_error *err);

/* RTM_NEWNEIGH: a permanent neighbour entry, replacing what was there / RTM_DELNEIGH. */
struct nl_msg *netd_neighbour_add_message(int index, const struct netd_addr *a,
					  const struct netd_mac *mac);
struct nl_msg *netd_neighbour_delete_message(int index, const struct netd_addr *a);

#endif
