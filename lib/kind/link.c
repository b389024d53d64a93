// SPDX-License-Identifier: GPL-2.0-or-later
/* Links over rtnetlink: the requests that make, change, enslave and delete them. */
#include "kind/link.h"

#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "kind/attribute.h"
#include "kind/kind.h"

struct nl_msg *netd_link_create_message(const struct netd_desired_link *link, int peer_ns)
{
	struct ifinfomsg header = {.ifi_family = AF_UNSPEC};
	struct nl_msg *m = netd_nl_message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
					   &header, sizeof(header));

	if (!m)
		return NULL;
	nla_put_string(m, IFLA_IFNAME, link->name);
	netd_link_put(m, &link->attrs, netd_link_create_fields(&link->attrs));
	if (netd_kind_of(link)->put_birth)
		netd_kind_of(link)->put_birth(m);
	netd_kind_put_birth(m, link, peer_ns);
	return m;
}

struct nl_msg *netd_link_set_message(const struct netd_link_attrs *link, unsigned fields,
				     int master_index)
{
	struct ifinfomsg header = {.ifi_family = AF_UNSPEC};
	struct nl_msg *m;

	/* Flags without a mask would be all of the link's flags, to the kernel. */
	if (fields & NETD_LINK_UP)
		header.ifi_change = IFF_UP;
	if (fields & NETD_LINK_UP && link->up)
		header.ifi_flags = IFF_UP;
	/* Without NLM_F_CREATE it only changes. */
	m = netd_nl_message(RTM_NEWLINK, 0, &header, sizeof(header));
	if (!m)
		return NULL;
	nla_put_string(m, IFLA_IFNAME, link->name);
	netd_link_put(m, link, fields);
	if (fields & NETD_LINK_MASTER)
		nla_put_u32(m, IFLA_MASTER, (uint32_t)master_index);
	return m;
}

struct nl_msg *netd_link_delete_message(int index)
{
	struct ifinfomsg header = {.ifi_family = AF_UNSPEC, .ifi_index = index};

	return netd_nl_message(RTM_DELLINK, 0, &header, sizeof(header));
}

struct nl_msg *netd_link_delete_group_message(uint32_t group)
{
	struct ifinfomsg header = {.ifi_family = AF_UNSPEC};
	struct nl_msg *m = netd_nl_message(RTM_DELLINK, 0, &header, sizeof(header));

	if (m)
		nla_put_u32(m, IFLA_GROUP, group);
	return m;
}
