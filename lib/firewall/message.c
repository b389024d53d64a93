// SPDX-License-Identifier: GPL-2.0-or-later
/* Attributes of a netfilter message, by their type. */
#include "firewall/message.h"

#include <stddef.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>

const struct nlattr *netd_message_attr(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each (attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

const char *netd_message_text(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *attr = netd_message_attr(nlh, type);

	return attr && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0
		       ? mnl_attr_get_str(attr)
		       : "";
}
