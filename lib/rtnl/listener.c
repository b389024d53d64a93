// SPDX-License-Identifier: GPL-2.0-or-later
/* What programs of the host listen on, by sock_diag(7). */
#include "rtnl/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/array.h"
#include "model/topology.h"
#include "rtnl/sock_diag.h"

struct collector {
	unsigned protocol;
	struct netd_listener *list;
	size_t count;
	bool failed; /* out of memory */
};

/* net/ipv4/inet_diag.c inet_diag_msg_attrs_fill() */
static bool is_v6_only(const struct nlmsghdr *h)
{
	const struct nlattr *attr;

	mnl_attr_for_each (attr, h, sizeof(struct inet_diag_msg))
		if (mnl_attr_get_type(attr) == INET_DIAG_SKV6ONLY &&
		    mnl_attr_get_payload_len(attr) == 1)
			return mnl_attr_get_u8(attr);
	return false;
}

static int add(const struct nlmsghdr *h, void *data)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(h);
	struct collector *c = data;
	struct netd_listener *l;

	if (m->id.idiag_dport)
		return MNL_CB_OK;
	l = netd_array_add(&c->list, &c->count, sizeof(*l));
	if (!l) {
		c->failed = true;
		return MNL_CB_STOP;
	}
	l->addr = netd_sock_diag_source(m);
	l->both = m->idiag_family == AF_INET6 && !is_v6_only(h);
	l->protocol = c->protocol;
	l->port = ntohs(m->id.idiag_sport);
	return MNL_CB_OK;
}

int netd_listeners_dump(unsigned protocols, uint16_t port, struct netd_listener **out,
			size_t *count)
{
	static const int families[] = {AF_INET, AF_INET6};
	struct collector c = {0};

	netd_protocol_for_each(p, protocols & (NETD_TCP | NETD_UDP))
	{
		uint32_t states = 1U << TCP_LISTEN;

		if (p == NETD_UDP) /* without a peer it is in that state */
			states = 1U << TCP_CLOSE;
		c.protocol = p;
		for (size_t k = 0; k < NETD_ARRAY_SIZE(families) && !c.failed; k++)
			netd_sock_diag_inet(families[k], netd_protocol_number(p), states,
					    port, add, &c);
	}
	if (c.failed) {
		free(c.list);
		return -ENOMEM;
	}
	*out = c.list;
	*count = c.count;
	return 0;
}

static bool reaches(const struct netd_listener *l, const struct netd_addr *addr)
{
	if (netd_addr_is_unspecified(&l->addr))
		return l->both || l->addr.family == addr->family;
	return netd_addr_equal(&l->addr, addr);
}

const struct netd_listener *netd_listener_find(const struct netd_listener *list,
					       size_t count, unsigned protocol,
					       const struct netd_addr *addr,
					       uint16_t first, uint16_t last)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].protocol & protocol && list[i].port >= first &&
		    list[i].port <= last && reaches(&list[i], addr))
			return &list[i];
	return NULL;
}
