// SPDX-License-Identifier: GPL-2.0-or-later
/* Links over rtnetlink: the requests that make, change, enslave and delete them. */
#include "rtnl/link.h"

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <string.h>

#include "rtnl/setting.h"

/* linux/if_link.h: IN6_ADDR_GEN_MODE_NONE, no address of the kernel's own making */
#define ADDR_GEN_MODE_NONE 1

static void put_bridge_data(struct nl_msg *m, const struct netd_bridge *b)
{
	struct nlattr *data = nla_nest_start(m, IFLA_INFO_DATA);

	nla_put_u32(m, IFLA_BR_STP_STATE, b->stp);
	nla_put_u32(m, IFLA_BR_FORWARD_DELAY, b->forward_delay);
	nla_put_u8(m, IFLA_BR_MCAST_SNOOPING, b->multicast_snooping);
	nla_put_u8(m, IFLA_BR_NF_CALL_IPTABLES, b->nf_call_iptables);
	nla_put_u8(m, IFLA_BR_NF_CALL_IP6TABLES, b->nf_call_ip6tables);
	nla_put_u8(m, IFLA_BR_NF_CALL_ARPTABLES, b->nf_call_arptables);
	nla_nest_end(m, data);
}

static void put_bridge_info(struct nl_msg *m, const struct netd_link *link)
{
	put_bridge_data(m, &link->bridge);
}

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

/*
 * The peer is named, marked and placed in its namespace by the same message: moving it
 * later costs forty times as much and leaves a moment without our mark.
 */
static void put_veth_info(struct nl_msg *m, const struct netd_link *link, int peer_ns)
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
	if (link->peer_mtu || link->mtu)
		nla_put_u32(m, IFLA_MTU, link->peer_mtu ? link->peer_mtu : link->mtu);
	if (peer_ns >= 0)
		nla_put_u32(m, IFLA_NET_NS_FD, (uint32_t)peer_ns);
	put_queues(m);
	nla_nest_end(m, peer);
	nla_nest_end(m, data);
}

static void put_af_spec(struct nl_msg *m, const struct netd_link *link, unsigned fields)
{
	struct nlattr *spec = nla_nest_start(m, IFLA_AF_SPEC), *inet6;

	if (fields & NETD_LINK_SETTINGS)
		netd_setting_put(m, link);
	if (fields & NETD_LINK_NO_IPV6) {
		inet6 = nla_nest_start(m, AF_INET6);
		nla_put_u8(m, IFLA_INET6_ADDR_GEN_MODE, ADDR_GEN_MODE_NONE);
		nla_nest_end(m, inet6);
	}
	nla_nest_end(m, spec);
}

static void put_kind(struct nl_msg *m, const struct netd_link *link, int peer_ns)
{
	struct nlattr *info = nla_nest_start(m, IFLA_LINKINFO);

	nla_put_string(m, IFLA_INFO_KIND,
		       link->kind == NETD_LINK_BRIDGE ? "bridge" : "veth");
	if (link->kind == NETD_LINK_BRIDGE)
		put_bridge_info(m, link);
	else
		put_veth_info(m, link, peer_ns);
	nla_nest_end(m, info);
}

struct nl_msg *netd_link_create_message(const struct netd_link *link, int master_index,
					int peer_ns)
{
	struct ifinfomsg header = {
		.ifi_family = AF_UNSPEC,
	};
	struct nl_msg *m = netd_nl_message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
					   &header, sizeof(header));

	if (!m)
		return NULL;
	nla_put_string(m, IFLA_IFNAME, link->name);
	nla_put_u32(m, IFLA_GROUP, link->group);
	if (link->has_mac)
		nla_put(m, IFLA_ADDRESS, sizeof(link->mac.bytes), link->mac.bytes);
	if (link->mtu)
		nla_put_u32(m, IFLA_MTU, link->mtu);
	if (master_index)
		nla_put_u32(m, IFLA_MASTER, (uint32_t)master_index);
	if (link->kind == NETD_LINK_VETH)
		put_queues(m);
	put_kind(m, link, peer_ns);
	return m;
}

/* Options of a link as a port of a bridge. */
static void put_port_info(struct nl_msg *m, const struct netd_link *link)
{
	struct nlattr *port = nla_nest_start(m, IFLA_PROTINFO | NLA_F_NESTED);

	nla_put_u8(m, IFLA_BRPORT_MODE, link->hairpin);
	nla_nest_end(m, port);
}

struct nl_msg *netd_link_set_message(const struct netd_link *link, unsigned fields,
				     int master_index)
{
	bool port = fields & NETD_LINK_HAIRPIN;
	struct ifinfomsg header = {
		.ifi_family = port ? AF_BRIDGE : AF_UNSPEC,
		/* Flags without a mask would be all of the link's flags, to the kernel.
		 */
		.ifi_flags = fields & NETD_LINK_UP && link->up ? IFF_UP : 0,
		.ifi_change = fields & NETD_LINK_UP ? IFF_UP : 0,
	};
	/* Without NLM_F_CREATE it only changes. */
	struct nl_msg *m = netd_nl_message(port ? RTM_SETLINK : RTM_NEWLINK, 0, &header,
					   sizeof(header));

	if (!m)
		return NULL;
	nla_put_string(m, IFLA_IFNAME, link->name);
	if (fields & NETD_LINK_MAC)
		nla_put(m, IFLA_ADDRESS, sizeof(link->mac.bytes), link->mac.bytes);
	if (fields & NETD_LINK_MTU)
		nla_put_u32(m, IFLA_MTU, link->mtu);
	if (fields & NETD_LINK_MASTER)
		nla_put_u32(m, IFLA_MASTER, (uint32_t)master_index);
	if (fields & NETD_LINK_ALIAS_TEXT)
		nla_put_string(m, IFLA_IFALIAS, link->alias);
	if (fields & NETD_LINK_GROUP_NUMBER)
		nla_put_u32(m, IFLA_GROUP, link->group);
	if (fields & NETD_LINK_BRIDGE_DATA)
		put_kind(m, link, -1);
	if (fields & (NETD_LINK_NO_IPV6 | NETD_LINK_SETTINGS))
		put_af_spec(m, link, fields);
	if (port)
		put_port_info(m, link);
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
