// SPDX-License-Identifier: GPL-2.0-or-later
/* Links over rtnetlink: the dump, and what of it the model keeps. */
#include <errno.h>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "rtnl/link.h"
#include "rtnl/setting.h"

#define ADDR_GEN_MODE_NONE 1 /* linux/if_link.h IN6_ADDR_GEN_MODE_NONE */

/*
 * How long each number is at least.  The kernel's are; what is shorter makes the whole
 * nest unreadable rather than reads behind it.
 */
static const struct nla_policy bridge_policy[IFLA_BR_MAX + 1] = {
	[IFLA_BR_STP_STATE] = {.type = NLA_U32},
	[IFLA_BR_FORWARD_DELAY] = {.type = NLA_U32},
	[IFLA_BR_MCAST_SNOOPING] = {.type = NLA_U8},
	[IFLA_BR_NF_CALL_IPTABLES] = {.type = NLA_U8},
	[IFLA_BR_NF_CALL_IP6TABLES] = {.type = NLA_U8},
	[IFLA_BR_NF_CALL_ARPTABLES] = {.type = NLA_U8},
};
static const struct nla_policy tun_policy[IFLA_TUN_MAX + 1] = {
	[IFLA_TUN_OWNER] = {.type = NLA_U32},	[IFLA_TUN_GROUP] = {.type = NLA_U32},
	[IFLA_TUN_TYPE] = {.type = NLA_U8},	[IFLA_TUN_PERSIST] = {.type = NLA_U8},
	[IFLA_TUN_VNET_HDR] = {.type = NLA_U8}, [IFLA_TUN_MULTI_QUEUE] = {.type = NLA_U8},
};
static const struct nla_policy port_policy[IFLA_BRPORT_MAX + 1] = {
	[IFLA_BRPORT_MODE] = {.type = NLA_U8},
};
static const struct nla_policy info_policy[IFLA_INFO_MAX + 1] = {
	[IFLA_INFO_KIND] = {.type = NLA_STRING},
	[IFLA_INFO_SLAVE_KIND] = {.type = NLA_STRING},
};
static const struct nla_policy link_policy[IFLA_MAX + 1] = {
	[IFLA_IFNAME] = {.type = NLA_STRING}, [IFLA_IFALIAS] = {.type = NLA_STRING},
	[IFLA_MTU] = {.type = NLA_U32},	      [IFLA_GROUP] = {.type = NLA_U32},
	[IFLA_MASTER] = {.type = NLA_U32},    [IFLA_LINK] = {.type = NLA_U32},
};

static void read_text(char *to, size_t size, const struct nlattr *a)
{
	if (a)
		nla_strlcpy(to, a, size);
}

static void read_bridge(struct netd_bridge *out, struct nlattr *data)
{
	struct nlattr *a[IFLA_BR_MAX + 1];

	if (!data || nla_parse_nested(a, IFLA_BR_MAX, data, bridge_policy) < 0)
		return;
	if (a[IFLA_BR_STP_STATE])
		out->stp = nla_get_u32(a[IFLA_BR_STP_STATE]) != 0;
	if (a[IFLA_BR_FORWARD_DELAY])
		out->forward_delay = nla_get_u32(a[IFLA_BR_FORWARD_DELAY]);
	if (a[IFLA_BR_MCAST_SNOOPING])
		out->multicast_snooping = nla_get_u8(a[IFLA_BR_MCAST_SNOOPING]);
	if (a[IFLA_BR_NF_CALL_IPTABLES])
		out->nf_call_iptables = nla_get_u8(a[IFLA_BR_NF_CALL_IPTABLES]);
	if (a[IFLA_BR_NF_CALL_IP6TABLES])
		out->nf_call_ip6tables = nla_get_u8(a[IFLA_BR_NF_CALL_IP6TABLES]);
	if (a[IFLA_BR_NF_CALL_ARPTABLES])
		out->nf_call_arptables = nla_get_u8(a[IFLA_BR_NF_CALL_ARPTABLES]);
}

static void read_tun(struct netd_link *out, struct nlattr *data)
{
	struct nlattr *a[IFLA_TUN_MAX + 1];
	struct netd_tap *tap = &out->tap;

	if (!data || nla_parse_nested(a, IFLA_TUN_MAX, data, tun_policy) < 0)
		return;
	if (a[IFLA_TUN_TYPE] && nla_get_u8(a[IFLA_TUN_TYPE]) == IFF_TAP)
		out->kind = NETD_LINK_TAP;
	tap->has_owner = a[IFLA_TUN_OWNER] != NULL;
	tap->has_group = a[IFLA_TUN_GROUP] != NULL;
	tap->owner = tap->has_owner ? nla_get_u32(a[IFLA_TUN_OWNER]) : 0;
	tap->group = tap->has_group ? nla_get_u32(a[IFLA_TUN_GROUP]) : 0;
	tap->persistent = a[IFLA_TUN_PERSIST] && nla_get_u8(a[IFLA_TUN_PERSIST]);
	tap->vnet_hdr = a[IFLA_TUN_VNET_HDR] && nla_get_u8(a[IFLA_TUN_VNET_HDR]);
	tap->multi_queue = a[IFLA_TUN_MULTI_QUEUE] && nla_get_u8(a[IFLA_TUN_MULTI_QUEUE]);
}

static void read_port(struct netd_link *out, struct nlattr *kind, struct nlattr *data)
{
	struct nlattr *a[IFLA_BRPORT_MAX + 1];

	if (!kind || !data || strcmp(nla_get_string(kind), "bridge") != 0)
		return;
	if (nla_parse_nested(a, IFLA_BRPORT_MAX, data, port_policy) == 0 &&
	    a[IFLA_BRPORT_MODE])
		out->hairpin = nla_get_u8(a[IFLA_BRPORT_MODE]);
}

static void read_kind(struct netd_link *out, struct nlattr *info)
{
	struct nlattr *a[IFLA_INFO_MAX + 1];

	if (!info || nla_parse_nested(a, IFLA_INFO_MAX, info, info_policy) < 0)
		return;
	read_text(out->kind_name, sizeof(out->kind_name), a[IFLA_INFO_KIND]);
	if (strcmp(out->kind_name, "bridge") == 0) {
		out->kind = NETD_LINK_BRIDGE;
		read_bridge(&out->bridge, a[IFLA_INFO_DATA]);
	} else if (strcmp(out->kind_name, "tun") == 0) {
		read_tun(out, a[IFLA_INFO_DATA]);
	} else if (strcmp(out->kind_name, "veth") == 0) {
		out->kind = NETD_LINK_VETH;
	}
	read_port(out, a[IFLA_INFO_SLAVE_KIND], a[IFLA_INFO_SLAVE_DATA]);
}

static void read_counters(struct netd_link *out, struct nlattr *stats)
{
	struct rtnl_link_stats64 s = {0};

	if (!stats)
		return;
	memcpy(&s, nla_data(stats),
	       (size_t)nla_len(stats) < sizeof(s) ? (size_t)nla_len(stats) : sizeof(s));
	out->rx_bytes = s.rx_bytes;
	out->tx_bytes = s.tx_bytes;
	out->rx_packets = s.rx_packets;
	out->tx_packets = s.tx_packets;
}

static void read_af_spec(struct netd_link *out, struct nlattr *spec)
{
	struct nlattr *inet6 =
		spec ? nla_find(nla_data(spec), nla_len(spec), AF_INET6) : NULL;
	struct nlattr *mode;

	if (!inet6)
		return;
	mode = nla_find(nla_data(inet6), nla_len(inet6), IFLA_INET6_ADDR_GEN_MODE);
	out->no_ipv6_address =
		mode && nla_len(mode) >= 1 && nla_get_u8(mode) == ADDR_GEN_MODE_NONE;
}

static int visit_link(const struct nlmsghdr *m, void *data)
{
	const struct ifinfomsg *header = nlmsg_data(m);
	struct netd_state *state = data;
	struct nlattr *a[IFLA_MAX + 1];
	struct netd_link *link;

	if (m->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse((struct nlmsghdr *)(uintptr_t)m, sizeof(*header), a, IFLA_MAX,
			link_policy))
		return 0;
	link = netd_array_add(&state->links, &state->link_count, sizeof(*link));
	if (!link)
		return -ENOMEM;
	link->index = header->ifi_index;
	link->up = header->ifi_flags & IFF_UP;
	/* not IFF_RUNNING: that follows by up to a second, net/core/link_watch.c */
	link->running = header->ifi_flags & IFF_LOWER_UP;
	link->loopback = header->ifi_flags & IFF_LOOPBACK;
	link->hardware = header->ifi_type;
	link->no_arp = header->ifi_flags & (IFF_NOARP | IFF_POINTOPOINT);
	read_text(link->name, sizeof(link->name), a[IFLA_IFNAME]);
	read_text(link->alias, sizeof(link->alias), a[IFLA_IFALIAS]);
	if (link->loopback)
		link->home = netd_alias_cut_home(link->alias);
	if (a[IFLA_ADDRESS] && nla_len(a[IFLA_ADDRESS]) == sizeof(link->mac.bytes)) {
		memcpy(link->mac.bytes, nla_data(a[IFLA_ADDRESS]),
		       sizeof(link->mac.bytes));
		link->has_mac = true;
	}
	if (a[IFLA_MTU])
		link->mtu = nla_get_u32(a[IFLA_MTU]);
	if (a[IFLA_GROUP])
		link->group = nla_get_u32(a[IFLA_GROUP]);
	if (a[IFLA_MASTER])
		link->master_index = (int)nla_get_u32(a[IFLA_MASTER]);
	read_kind(link, a[IFLA_LINKINFO]);
	if (link->kind == NETD_LINK_VETH && a[IFLA_LINK])
		link->peer_index = (int)nla_get_u32(a[IFLA_LINK]);
	else if (a[IFLA_LINK] && !a[IFLA_LINK_NETNSID])
		link->lower_index = (int)nla_get_u32(a[IFLA_LINK]);
	read_af_spec(link, a[IFLA_AF_SPEC]);
	netd_setting_read_link(link, a[IFLA_AF_SPEC]);
	read_counters(link, a[IFLA_STATS64]);
	return 0;
}

static void forget_links(void *data)
{
	struct netd_state *state = data;

	free(state->links);
	state->links = NULL;
	state->link_count = state->sorted_count = 0;
}

/* Gives each port its master's name, which the dump has only as an index. */
static void name_masters(struct netd_state *state)
{
	for (size_t i = 0; i < state->link_count; i++) {
		struct netd_link *link = &state->links[i];
		const struct netd_link *master =
			link->master_index
				? netd_state_link_by_index(state, link->master_index)
				: NULL;

		if (master)
			memcpy(link->master, master->name, sizeof(link->master));
	}
}

int netd_link_dump(struct netd_nl *nl, bool counters, struct netd_state *out,
		   struct netd_error *err)
{
	struct ifinfomsg header = {.ifi_family = AF_UNSPEC};
	netd_auto_message struct nl_msg *m =
		netd_nl_message(RTM_GETLINK, 0, &header, sizeof(header));
	int r;

	if (!m)
		return netd_error_add(err, -ENOMEM, "out of memory");
	if (!counters)
		nla_put_u32(m, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	r = netd_nl_dump(nl, m, visit_link, forget_links, out, err);
	if (r < 0)
		return r;
	if (netd_state_sort_links(out) < 0)
		return netd_error_add(err, -ENOMEM, "out of memory");
	name_masters(out);
	return 0;
}
