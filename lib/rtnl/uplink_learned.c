// SPDX-License-Identifier: GPL-2.0-or-later
/* Routes that the kernel has by router advertisement, moved to another interface. */
/*
 * Theory of operation.  The kernel marks such a route (RTF_ADDRCONF), and no message can
 * make one with that mark.  One without it, but of the same metric and gateway, is in the
 * way: at the next advertisement the kernel cannot add its own, and gives up before it
 * comes to the prefixes (net/ipv6/ndisc.c ndisc_router_discovery(), net/ipv6/ip6_fib.c
 * fib6_add_rt2node()), so that addresses are not renewed and die.
 *
 * So what arrives stands in for the kernel's own, with a metric that is worse by one,
 * until that is there: the kernel solicits an advertisement by itself, when the
 * link-local address arrives, and again every few seconds.  From then on it is not used,
 * and it expires when the other would have.  If the two are to move, only one of them
 * arrives.
 */
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "rtnl/uplink_bytes.h"

#define METRIC_USER 1024   /* linux/ipv6_route.h IP6_RT_PRIO_USER */
#define LIFETIME_MAX 9000U /* seconds; RFC 4861 6.2.1 AdvDefaultLifetime */

/* Where the metric stands in its bytes; NULL if no advertisement made it. */
static uint32_t *metric_of(const struct netd_held *held)
{
	const struct rtmsg *header = (const void *)held->bytes.text;
	struct nlattr *metric;

	if (held->kind != NETD_HELD_ROUTE || header->rtm_family != AF_INET6 ||
	    header->rtm_protocol != RTPROT_RA || !netd_held_attribute(held, RTA_GATEWAY))
		return NULL;
	metric = netd_held_attribute(held, RTA_PRIORITY);
	if (metric)
		return nla_data(metric);
	return NULL;
}

bool netd_held_is_learned(const struct netd_held *held, uint32_t own_metric)
{
	const uint32_t *metric = metric_of(held);

	return metric && (*metric == own_metric || *metric == METRIC_USER);
}

void netd_held_stand_in(struct netd_held *held)
{
	uint32_t *metric = metric_of(held), life = LIFETIME_MAX;

	++*metric;
	if (!netd_held_attribute(held, RTA_EXPIRES))
		netd_held_put(&held->bytes, RTA_EXPIRES, &life, sizeof(life));
}

static bool is_stand_in_for(const struct netd_held *held, const struct netd_held *own,
			    uint32_t own_metric)
{
	const uint32_t *worse = metric_of(held), *metric = metric_of(own);
	struct netd_held_route a, b;

	if (!worse || !metric || *worse != *metric + 1 ||
	    !netd_held_is_learned(own, own_metric))
		return false;
	a = netd_held_route(held);
	b = netd_held_route(own);
	return netd_prefix_compare(&a.to, &b.to) == 0;
}

bool netd_held_is_replaced(const struct netd_held *held,
			   const struct netd_held_list *list, uint32_t own_metric)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_stand_in_for(held, &list->items[i], own_metric))
			return true;
	return false;
}
