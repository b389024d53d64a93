/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection tracking entry, as ctnetlink dumps it. */
#ifndef NETD_FLOW_FLOW_H
#define NETD_FLOW_FLOW_H

#include <stdint.h>

#include <linux/netlink.h>

#include "base/addr.h"

struct netd_tuple {
	struct netd_addr source, target;
	uint8_t protocol;
	uint16_t source_port, target_port; /* 0 if the protocol has none */
};

struct netd_flow {
	struct netd_tuple original, reply;
	uint32_t status; /* IPS_* */
};

/* Parses IPCTNL_MSG_CT_NEW.  -EBADMSG if it has no pair of tuples. */
int netd_flow_parse(const struct nlmsghdr *nlh, struct netd_flow *out);

#define NETD_FLOW_DELETE_ROOM 256
/* Writes at @to (of NETD_FLOW_DELETE_ROOM bytes) the request that deletes the very entry
 * that @nlh is about; NULL if @nlh has no id. */
struct nlmsghdr *netd_flow_delete_request(void *to, const struct nlmsghdr *nlh);

#endif
