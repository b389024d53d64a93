// SPDX-License-Identifier: GPL-2.0-or-later
/* Links over rtnetlink: the dump, and what of it the model keeps. */
#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "kind/attribute.h"
#include "kind/kind.h"
#include "kind/link.h"

static const struct nla_policy link_policy[IFLA_MAX + 1] = {
	[IFLA_IFNAME] = {.type = NLA_STRING},
	[IFLA_LINK] = {.type = NLA_U32},
};

static void read_counters(struct netd_link *out, struct nlattr *stats)
{
	struct rtnl_link_stats64 s = {0};
	size_t length = sizeof(s);

	if (!stats)
		return;
	if ((size_t)nla_len(stats) < length)
		length = (size_t)nla_len(stats);
	memcpy(&s, nla_data(stats), length);
	out->rx_bytes = s.rx_bytes;
	out->tx_bytes = s.tx_bytes;
	out->rx_packets = s.rx_packets;
	out->tx_packets = s.tx_packets;
}

/* The other end of a pair, or what a VLAN, macvlan … stands upon. */
static void read_other(struct netd_link *out, struct nlattr *const *a)
{
	if (!a[IFLA_LINK])
		return;
	if (netd_kind_of(out)->is_pair)
		out->peer_index = (int)nla_get_u32(a[IFLA_LINK]);
	else if (!a[IFLA_LINK_NETNSID])
		out->lower_index = (int)nla_get_u32(a[IFLA_LINK]);
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
	if (a[IFLA_IFNAME])
		nla_strlcpy(link->name, a[IFLA_IFNAME], sizeof(link->name));
	netd_link_read(link, a);
	if (link->loopback)
		link->home = netd_alias_cut_home(link->alias);
	read_other(link, a);
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
		const struct netd_link *master;

		if (!link->master_index)
			continue;
		master = netd_state_link_by_index(state, link->master_index);
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
		return netd_error_no_memory(err);
	if (!counters)
		nla_put_u32(m, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	r = netd_nl_dump(nl, m, visit_link, forget_links, out, err);
	if (r < 0)
		return r;
	if (netd_state_sort_links(out) < 0)
		return netd_error_no_memory(err);
	name_masters(out);
	return 0;
}
