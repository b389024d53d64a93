/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links over rtnetlink: make, change, enslave, delete. */
#ifndef NETD_KERNEL_LINK_H
#define NETD_KERNEL_LINK_H

#include "kernel/nl.h"
#include "model/state.h"

/* What of a link a change sets. */
enum netd_link_field {
	NETD_LINK_UP = 1 << 0,
	NETD_LINK_MAC = 1 << 1,
	NETD_LINK_MTU = 1 << 2,
	NETD_LINK_MASTER = 1 << 3, /* "" releases */
	NETD_LINK_ALIAS_TEXT = 1 << 4,
	NETD_LINK_GROUP_NUMBER = 1 << 5,
	NETD_LINK_BRIDGE_DATA = 1 << 6,
	NETD_LINK_HAIRPIN = 1 << 7,
	NETD_LINK_NO_IPV6 = 1 << 8, /* no IPv6 address of its own, as ports want it */
};

/*
 * RTM_NEWLINK that makes @link in one atomic step: name, MAC, MTU, master, group and kind
 * data; down unless link->up.  @peer_ns is the descriptor of the network namespace in
 * which a veth's peer appears, or -1.  The caller frees the message; NULL on lack of
 * memory.  The kernel ignores IFLA_IFALIAS there: set it in a second message.
 */
struct nl_msg *netd_link_create_message(const struct netd_link *link, int master_index,
					int peer_ns);

/* RTM_NEWLINK that sets @fields of the link named link->name to what @link has. */
struct nl_msg *netd_link_set_message(const struct netd_link *link, unsigned fields,
				     int master_index);

/* RTM_DELLINK by name; of every link of a group. */
struct nl_msg *netd_link_delete_message(const char *name);
struct nl_msg *netd_link_delete_group_message(uint32_t group);

/* Reads all links of the socket's namespace into out->links. */
int netd_link_dump(struct netd_nl *nl, struct netd_state *out, struct netd_error *err);

#endif
