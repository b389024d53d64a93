// SPDX-License-Identifier: GPL-2.0-or-later
/* Pairs of virtual Ethernet: a port, and what its other end is plugged into. */
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "kind/kind.h"

/*
 * A veth has one queue in use unless somebody asks for more, but comes with one for each
 * processor, and the kernel makes, announces and takes back a directory in sysfs for each
 * of those (drivers/net/veth.c veth_init_queues()).
 */
static void put_queues(struct nl_msg *m)
{
	nla_put_u32(m, IFLA_NUM_TX_QUEUES, 1);
	nla_put_u32(m, IFLA_NUM_RX_QUEUES, 1);
}

static uint32_t peer_mtu(const struct netd_desired_link *link)
{
	if (link->peer_mtu)
		return link->peer_mtu;
	return link->mtu;
}

/*
 * The peer is named, marked and placed in its namespace by the same message: moving it
 * later costs forty times as much and leaves a moment without our mark.
 */
static void put_peer(struct nl_msg *m, const struct netd_desired_link *link, int peer_ns)
{
	struct ifinfomsg info = {.ifi_family = AF_UNSPEC};
	struct nlattr *data = nla_nest_start(m, IFLA_INFO_DATA);
	struct nlattr *peer = nla_nest_start(m, VETH_INFO_PEER);

	nlmsg_append(m, &info, sizeof(info), NLMSG_ALIGNTO);
	nla_put_string(m, IFLA_IFNAME, link->peer);
	nla_put_u32(m, IFLA_GROUP, link->group);
	if (link->has_peer_mac)
		nla_put(m, IFLA_ADDRESS, sizeof(link->peer_mac.bytes),
			link->peer_mac.bytes);
	if (peer_mtu(link))
		nla_put_u32(m, IFLA_MTU, peer_mtu(link));
	if (peer_ns >= 0)
		nla_put_u32(m, IFLA_NET_NS_FD, (uint32_t)peer_ns);
	put_queues(m);
	nla_nest_end(m, peer);
	nla_nest_end(m, data);
}

const struct netd_kind netd_kind_veth = {
	.word = "veth",
	.kernel = "veth",
	.is_port = true,
	.is_pair = true,
	.put_birth = put_queues,
	.put_data = put_peer,
};
