/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links over rtnetlink: make, change, enslave, delete. */
#ifndef NETD_KIND_LINK_H
#define NETD_KIND_LINK_H

#include "rtnl/nl.h"
#include "model/state.h"

/*
 * RTM_NEWLINK that makes @link in one atomic step: name, MAC, MTU, group and kind data;
 * it is down.  @peer_ns is the descriptor of the network namespace in which a veth's peer
 * appears, or -1.  The caller frees the message; NULL on lack of memory.  The kernel
 * ignores IFLA_IFALIAS there: set it in a second message.
 */
struct nl_msg *netd_link_create_message(const struct netd_desired_link *link,
					int peer_ns);

/* RTM_NEWLINK that sets @fields of the link named link->name to what @link has. */
struct nl_msg *netd_link_set_message(const struct netd_link_attrs *link, unsigned fields,
				     int master_index);

/* RTM_DELLINK by index; of every link of a group. */
struct nl_msg *netd_link_delete_message(int index);
struct nl_msg *netd_link_delete_group_message(uint32_t group);

/*
 * Reads all links of the socket's namespace into out->links; their counters only if
 * @counters, since they are half of what the kernel would have to write.
 */
int netd_link_dump(struct netd_nl *nl, bool counters, struct netd_state *out,
		   struct netd_error *err);

#endif
