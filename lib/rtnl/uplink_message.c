// SPDX-License-Identifier: GPL-2.0-or-later
/* Held objects as requests, and onto another interface. */
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "rtnl/uplink_bytes.h"

/* So bad that no other route of that subnet is worse. */
#define WORST_METRIC 0xfffffffeU
#define PREPARED6 (IFA_F_NODAD | IFA_F_NOPREFIXROUTE)

/*
 * Onto another interface
 */

static void rewrite_header(struct netd_held *out, const struct netd_holder *to)
{
	if (out->kind == NETD_HELD_ADDRESS)
		((struct ifaddrmsg *)(void *)out->bytes.text)->ifa_index =
			(uint32_t)to->index;
	else if (out->kind == NETD_HELD_NEIGHBOUR)
		((struct ndmsg *)(void *)out->bytes.text)->ndm_ifindex = to->index;
}

/* "eth0" and "eth0:1" follow the name; what else somebody wrote stays. */
static void put_label(struct netd_str *out, const struct nlattr *a,
		      const struct netd_holder *from, const struct netd_holder *to)
{
	const char *label = nla_data(a);
	size_t length = strlen(from->name);
	char text[NETD_IFNAME];

	if (strncmp(label, from->name, length) == 0 &&
	    (!label[length] || label[length] == ':') &&
	    snprintf(text, sizeof(text), "%s%s", to->name, label + length) <
		    (int)sizeof(text))
		label = text;
	netd_held_put(out, (uint16_t)nla_type(a), label, strlen(label) + 1);
}

static void put_name(struct netd_str *out, const struct nlattr *a,
		     const struct netd_holder *from, const struct netd_holder *to)
{
	const char *name = nla_data(a);

	if (strcmp(name, from->name) == 0)
		name = to->name;
	netd_held_put(out, (uint16_t)nla_type(a), name, strlen(name) + 1);
}

static void put_index(struct netd_str *out, const struct nlattr *a,
		      const struct netd_holder *from, const struct netd_holder *to)
{
	uint32_t index = nla_get_u32(a);

	if ((int)index == from->index)
		index = (uint32_t)to->index;
	netd_held_put(out, (uint16_t)nla_type(a), &index, sizeof(index));
}

static void put_ways(struct netd_str *out, const struct nlattr *a,
		     const struct netd_holder *from, const struct netd_holder *to)
{
	size_t start = out->length + NLA_HDRLEN;
	struct rtnexthop *way;
	int left = nla_len(a);

	netd_held_put(out, (uint16_t)nla_type(a), nla_data(a), (size_t)left);
	if (netd_str_error(out))
		return;
	way = (struct rtnexthop *)(void *)(out->text + start);
	for (; left > 0 && RTNH_OK(way, left); way = netd_held_next_way(way, &left))
		if (way->rtnh_ifindex == from->index)
			way->rtnh_ifindex = to->index;
}

static const struct {
	enum netd_held_kind kind;
	int type;
	void (*put)(struct netd_str *out, const struct nlattr *a,
		    const struct netd_holder *from, const struct netd_holder *to);
} rewrites[] = {
	{NETD_HELD_ADDRESS, IFA_LABEL, put_label},
	{NETD_HELD_ROUTE, RTA_OIF, put_index},
	{NETD_HELD_ROUTE, RTA_MULTIPATH, put_ways},
	{NETD_HELD_RULE, FRA_IIFNAME, put_name},
	{NETD_HELD_RULE, FRA_OIFNAME, put_name},
};

static void rewrite_attribute(struct netd_held *out, const struct nlattr *a,
			      const struct netd_holder *from,
			      const struct netd_holder *to)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rewrites); i++) {
		if (rewrites[i].kind != out->kind || rewrites[i].type != nla_type(a))
			continue;
		rewrites[i].put(&out->bytes, a, from, to);
		return;
	}
	netd_held_put(&out->bytes, (uint16_t)nla_type(a), nla_data(a),
		      (size_t)nla_len(a));
}

int netd_held_rewrite(const struct netd_held *held, const struct netd_holder *from,
		      const struct netd_holder *to, struct netd_held *out)
{
	size_t header = NLMSG_ALIGN(netd_held_header(held->kind));
	int left, all;
	struct nlattr *a = netd_held_attributes(held, &left);

	*out = (struct netd_held){.kind = held->kind, .behind = held->behind};
	netd_str_add_bytes(&out->bytes, held->bytes.text, header);
	out->stable = header;
	for (all = left; nla_ok(a, left); a = nla_next(a, &left)) {
		rewrite_attribute(out, a, from, to);
		if (header + (size_t)(all - left) < held->stable)
			out->stable = out->bytes.length;
	}
	if (netd_str_error(&out->bytes)) {
		netd_str_done(&out->bytes);
		return -ENOMEM;
	}
	rewrite_header(out, to);
	return 0;
}

/*
 * Requests
 */

static struct nl_msg *message(const struct netd_held *held, int type, int flags,
			      size_t length)
{
	return netd_nl_message(type, flags, held->bytes.text, length);
}

static const struct {
	int add, delete, flags;
} types[] = {
	[NETD_HELD_ADDRESS] = {RTM_NEWADDR, RTM_DELADDR, NLM_F_EXCL},
	[NETD_HELD_NEIGHBOUR] = {RTM_NEWNEIGH, RTM_DELNEIGH, NLM_F_REPLACE},
	/* without NLM_F_EXCL: in front of its like (net/ipv4/fib_trie.c) */
	[NETD_HELD_ROUTE] = {RTM_NEWROUTE, RTM_DELROUTE, 0},
	[NETD_HELD_RULE] = {RTM_NEWRULE, RTM_DELRULE, NLM_F_EXCL},
};

struct nl_msg *netd_held_add_message(const struct netd_held *held)
{
	int flags = NLM_F_CREATE | types[held->kind].flags;

	if (held->behind)
		flags |= NLM_F_APPEND;
	return message(held, types[held->kind].add, flags, held->bytes.length);
}

struct nl_msg *netd_held_delete_message(const struct netd_held *held)
{
	return message(held, types[held->kind].delete, 0, held->stable);
}

/*
 * IPv4 lets the metric of an address' own route be changed later, IPv6 whether it has one
 * at all, and each of them only that (inet_rtm_newaddr(), inet6_addr_modify()).
 */
struct nl_msg *netd_held_prepare_message(const struct netd_held *held)
{
	const struct ifaddrmsg *header = (const void *)held->bytes.text;
	uint32_t flags =
		netd_nl_u32(netd_held_attribute(held, IFA_FLAGS), header->ifa_flags);
	uint32_t metric = WORST_METRIC;
	struct netd_held copy = {.kind = held->kind};
	struct nl_msg *m = NULL;

	/* The last of two attributes counts. */
	netd_str_add_bytes(&copy.bytes, held->bytes.text, held->bytes.length);
	if (header->ifa_family == AF_INET6) {
		flags |= PREPARED6;
		netd_held_put(&copy.bytes, IFA_FLAGS, &flags, sizeof(flags));
	} else {
		netd_held_put(&copy.bytes, IFA_RT_PRIORITY, &metric, sizeof(metric));
	}
	if (netd_str_error(&copy.bytes) == 0)
		m = message(&copy, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
			    copy.bytes.length);
	netd_str_done(&copy.bytes);
	return m;
}

static bool has_worst_metric(const struct netd_held *held, int type)
{
	return netd_nl_u32(netd_held_attribute(held, type), 0) == WORST_METRIC;
}

static bool has_prepared_flags(const struct netd_held *held)
{
	uint32_t flags = netd_nl_u32(netd_held_attribute(held, IFA_FLAGS), 0);

	return (flags & PREPARED6) == PREPARED6;
}

/* Somebody may want an address like that; then it is so on both links. */
static bool is_prepared6(const struct netd_held *held, const struct netd_held_list *other)
{
	struct netd_ifaddr a = netd_held_address(held), b;

	for (size_t i = 0; has_prepared_flags(held) && i < other->count; i++) {
		if (other->items[i].kind != NETD_HELD_ADDRESS)
			continue;
		b = netd_held_address(&other->items[i]);
		if (netd_prefix_compare(&a.prefix, &b.prefix) == 0)
			return !has_prepared_flags(&other->items[i]);
	}
	return false;
}

bool netd_held_is_prepared(const struct netd_held *held,
			   const struct netd_held_list *other)
{
	if (held->kind == NETD_HELD_ROUTE)
		return has_worst_metric(held, RTA_PRIORITY);
	return held->kind == NETD_HELD_ADDRESS &&
	       (has_worst_metric(held, IFA_RT_PRIORITY) || is_prepared6(held, other));
}

bool netd_held_set_onlink(struct netd_held *held)
{
	struct rtmsg *header = (void *)held->bytes.text;

	if (held->kind != NETD_HELD_ROUTE || header->rtm_flags & RTNH_F_ONLINK ||
	    !netd_held_route(held).gateway.family)
		return false;
	header->rtm_flags |= RTNH_F_ONLINK;
	return true;
}

struct nl_msg *netd_held_finish_message(const struct netd_held *held)
{
	return message(held, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE,
		       held->bytes.length);
}
