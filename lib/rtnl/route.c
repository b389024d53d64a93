// SPDX-License-Identifier: GPL-2.0-or-later
/* Routes and neighbours over rtnetlink. */
#include <errno.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "rtnl/uplink_bytes.h"
#include "rtnl/address.h"

#define METRIC6 1024 /* linux/ipv6_route.h IP6_RT_PRIO_USER: what 0 means */

static const unsigned char types[] = {
	[NETD_ROUTE_UNICAST] = RTN_UNICAST,
	[NETD_ROUTE_BLACKHOLE] = RTN_BLACKHOLE,
	[NETD_ROUTE_UNREACHABLE] = RTN_UNREACHABLE,
	[NETD_ROUTE_PROHIBIT] = RTN_PROHIBIT,
};

static unsigned char scope_of(const struct netd_route *r, int type)
{
	if (type == RTM_DELROUTE)
		return RT_SCOPE_NOWHERE; /* any */
	if (r->via.family || r->type != NETD_ROUTE_UNICAST)
		return RT_SCOPE_UNIVERSE;
	return RT_SCOPE_LINK;
}

static struct nl_msg *route_message(int type, int flags, const struct netd_route *r,
				    int index)
{
	struct rtmsg header = {
		.rtm_family = r->to.addr.family,
		.rtm_dst_len = r->to.length,
		.rtm_table = RT_TABLE_MAIN,
		.rtm_protocol = r->protocol,
		.rtm_scope = scope_of(r, type),
		.rtm_type = types[r->type],
	};
	int size = (int)netd_addr_size(&r->to.addr);
	struct nl_msg *m;

	if (r->table && r->table < 256)
		header.rtm_table = (unsigned char)r->table;
	if (r->onlink)
		header.rtm_flags = RTNH_F_ONLINK;
	m = netd_nl_message(type, flags, &header, sizeof(header));
	if (!m)
		return NULL;
	if (r->to.length)
		nla_put(m, RTA_DST, size, r->to.addr.bytes);
	if (index)
		nla_put_u32(m, RTA_OIF, (uint32_t)index);
	if (r->via.family)
		nla_put(m, RTA_GATEWAY, (int)netd_addr_size(&r->via), r->via.bytes);
	if (r->source.family)
		nla_put(m, RTA_PREFSRC, (int)netd_addr_size(&r->source), r->source.bytes);
	if (r->metric)
		nla_put_u32(m, RTA_PRIORITY, r->metric);
	if (r->table > 255)
		nla_put_u32(m, RTA_TABLE, r->table);
	return m;
}

struct nl_msg *netd_route_add_message(const struct netd_route *r, int index, bool replace)
{
	int flags = NLM_F_CREATE | NLM_F_EXCL;

	if (replace)
		flags = NLM_F_CREATE | NLM_F_REPLACE;
	return route_message(RTM_NEWROUTE, flags, r, index);
}

struct nl_msg *netd_route_delete_message(const struct netd_route *r, int index)
{
	return route_message(RTM_DELROUTE, 0, r, index);
}

static bool read_type(unsigned char type, enum netd_route_type *out)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(types); i++) {
		if (types[i] != type)
			continue;
		*out = (enum netd_route_type)i;
		return true;
	}
	return false;
}

static void read_addr(struct netd_addr *out, uint8_t family, const struct nlattr *a)
{
	const struct netd_addr like = {.family = family};

	if (!a || (size_t)nla_len(a) != netd_addr_size(&like))
		return;
	out->family = family;
	memcpy(out->bytes, nla_data(a), netd_addr_size(&like));
}

static const struct nla_policy policy[RTA_MAX + 1] = {
	[RTA_OIF] = {.type = NLA_U32},
	[RTA_TABLE] = {.type = NLA_U32},
	[RTA_PRIORITY] = {.type = NLA_U32},
};

static int add_route(struct netd_state *state, const struct netd_route *route)
{
	struct netd_route *slot =
		netd_array_add(&state->routes, &state->route_count, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = *route;
	return 0;
}

static void read_link(struct netd_state *state, int index, struct netd_route *out)
{
	const struct netd_link *link = netd_state_link_by_index(state, index);

	state->torn |= !link;
	/* IPv6 dumps a route that refuses with the loopback */
	if (link && out->type == NETD_ROUTE_UNICAST)
		memcpy(out->link, link->name, sizeof(out->link));
}

/* Each way of one of IPv6's is a route of its own, which can come and go alone. */
static int add_ways(struct netd_state *state, const struct netd_route *route,
		    struct nlattr *ways)
{
	struct rtnexthop *way = nla_data(ways);
	int left = nla_len(ways), r = 0;

	for (; RTNH_OK(way, left); way = netd_held_next_way(way, &left)) {
		struct netd_route one = *route;
		struct nlattr *first = (void *)(way + 1);

		read_link(state, way->rtnh_ifindex, &one);
		one.onlink = way->rtnh_flags & RTNH_F_ONLINK;
		read_addr(&one.via, one.to.addr.family,
			  nla_find(first, way->rtnh_len - (int)RTNH_LENGTH(0),
				   RTA_GATEWAY));
		r = add_route(state, &one);
		if (r)
			return r;
	}
	return 0;
}

static int visit_route(const struct nlmsghdr *m, void *data)
{
	const struct rtmsg *header = nlmsg_data(m);
	struct netd_state *state = data;
	struct nlattr *a[RTA_MAX + 1];
	struct netd_route out = {0};

	if (m->nlmsg_type != RTM_NEWROUTE || nlmsg_datalen(m) < (int)sizeof(*header) ||
	    !read_type(header->rtm_type, &out.type) ||
	    nlmsg_parse((struct nlmsghdr *)(uintptr_t)m, sizeof(*header), a, RTA_MAX,
			policy))
		return 0;
	out.to.addr.family = header->rtm_family;
	if (!netd_addr_size(&out.to.addr) ||
	    header->rtm_dst_len > netd_addr_bits(&out.to.addr))
		return 0;
	out.tos = header->rtm_tos;
	out.to.length = header->rtm_dst_len;
	read_addr(&out.to.addr, header->rtm_family, a[RTA_DST]);
	out.onlink = header->rtm_flags & RTNH_F_ONLINK;
	read_addr(&out.via, header->rtm_family, a[RTA_GATEWAY]);
	read_addr(&out.source, header->rtm_family, a[RTA_PREFSRC]);
	out.protocol = header->rtm_protocol;
	out.table = netd_nl_u32(a[RTA_TABLE], header->rtm_table);
	if (out.table == RT_TABLE_MAIN)
		out.table = 0;
	out.metric = netd_nl_u32(a[RTA_PRIORITY], 0);
	if (header->rtm_family == AF_INET6 && out.metric == METRIC6)
		out.metric = 0;
	if (a[RTA_MULTIPATH] && header->rtm_family == AF_INET6)
		return add_ways(state, &out, a[RTA_MULTIPATH]);
	if (a[RTA_OIF])
		read_link(state, (int)nla_get_u32(a[RTA_OIF]), &out);
	return add_route(state, &out);
}

static void forget_routes(void *data)
{
	struct netd_state *state = data;

	free(state->routes);
	state->routes = NULL;
	state->route_count = 0;
}

int netd_route_dump(struct netd_nl *nl, struct netd_state *out, struct netd_error *err)
{
	/* With strict checking the kernel sends the main table alone. */
	struct rtmsg header = {.rtm_family = AF_UNSPEC};
	netd_auto_message struct nl_msg *m =
		netd_nl_message(RTM_GETROUTE, 0, &header, sizeof(header));

	if (!m)
		return netd_error_no_memory(err);
	nla_put_u32(m, RTA_TABLE, RT_TABLE_MAIN);
	return netd_nl_dump(nl, m, visit_route, forget_routes, out, err);
}

static struct nl_msg *neighbour_message(int type, int flags, int index,
					const struct netd_addr *a)
{
	struct ndmsg header = {
		.ndm_family = a->family,
		.ndm_ifindex = index,
		.ndm_state = NUD_PERMANENT,
	};
	struct nl_msg *m = netd_nl_message(type, flags, &header, sizeof(header));

	if (m)
		nla_put(m, NDA_DST, (int)netd_addr_size(a), a->bytes);
	return m;
}

struct nl_msg *netd_neighbour_add_message(int index, const struct netd_addr *a,
					  const struct netd_mac *mac)
{
	struct nl_msg *m =
		neighbour_message(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, index, a);

	if (m)
		nla_put(m, NDA_LLADDR, sizeof(mac->bytes), mac->bytes);
	return m;
}

struct nl_msg *netd_neighbour_delete_message(int index, const struct netd_addr *a)
{
	return neighbour_message(RTM_DELNEIGH, 0, index, a);
}
