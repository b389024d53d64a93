// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel tells of changes that may concern what runs. */
/*
 * Theory of operation.  Two netlink sockets: rtnetlink for links, addresses, routes,
 * rules and the sysctls that it tells of, in this namespace and (NETLINK_LISTEN_ALL_NSID)
 * in all that have an id here, as each router and host of netd has by its veth pairs;
 * nfnetlink for nf_tables.  What is told is not kept: it only says that a look is due,
 * and the look reads what is so.  So an overflow (ENOBUFS) is no more than another reason
 * to look.
 *
 * A transaction of nf_tables is told as its parts, and at its end who made it
 * (NFT_MSG_NEWGEN): one that names none of netd's tables is nobody's business here.
 *
 * Not told by the kernel: rules in the namespaces of routers, most sysctls, and
 * namespaces that go without having had a link.
 */
#include "monitor.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "log.h"

#define BUFFER_BYTES (8 * 1024 * 1024) /* 1,000 links that come at once are 7.4 MB */
#define TABLE "netd"		       /* as `nft list tables` has it, in any family */
#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

struct feed {
	struct monitor *monitor;
	struct mnl_socket *socket;
	sd_event_source *source;
};

struct monitor {
	void (*changed)(bool rules, const char *who, void *data);
	void *data;
	struct feed links, rules;
	bool ours; /* the transaction that is being told names a table of netd's */
};

/*
 * rtnetlink
 */

/* Those of routing daemons (/etc/iproute2/rt_protos) come by the thousand. */
static bool is_of_routing_daemon(unsigned char protocol)
{
	return (protocol >= RTPROT_GATED && protocol <= RTPROT_KEEPALIVED) ||
	       protocol == RTPROT_BABEL || protocol >= RTPROT_BGP;
}

/* A new route takes nothing away, unless it replaces one. */
static bool is_route_of_interest(const struct nlmsghdr *h)
{
	const struct rtmsg *route = mnl_nlmsg_get_payload(h);

	if (h->nlmsg_type == RTM_NEWROUTE && !(h->nlmsg_flags & NLM_F_REPLACE))
		return false;
	return !is_of_routing_daemon(route->rtm_protocol);
}

static int on_link_message(const struct nlmsghdr *h, void *data)
{
	struct monitor *m = data;

	if ((h->nlmsg_type == RTM_NEWROUTE || h->nlmsg_type == RTM_DELROUTE) &&
	    !is_route_of_interest(h))
		return MNL_CB_OK;
	m->changed(false, NULL, m->data);
	return MNL_CB_OK;
}

/*
 * nf_tables
 */

static int find_table(const struct nlattr *a, void *data)
{
	bool *ours = data;

	/* attribute 1 is the table's name in every message but NEWGEN's */
	if (mnl_attr_get_type(a) == NFTA_TABLE_NAME &&
	    mnl_attr_validate(a, MNL_TYPE_NUL_STRING) >= 0 &&
	    strcmp(mnl_attr_get_str(a), TABLE) == 0)
		*ours = true;
	return MNL_CB_OK;
}

struct maker {
	uint32_t pid;
	const char *name;
};

static int find_maker(const struct nlattr *a, void *data)
{
	struct maker *m = data;

	if (mnl_attr_get_type(a) == NFTA_GEN_PROC_PID &&
	    mnl_attr_validate(a, MNL_TYPE_U32) >= 0)
		m->pid = ntohl(mnl_attr_get_u32(a));
	if (mnl_attr_get_type(a) == NFTA_GEN_PROC_NAME &&
	    mnl_attr_validate(a, MNL_TYPE_NUL_STRING) >= 0)
		m->name = mnl_attr_get_str(a);
	return MNL_CB_OK;
}

static void end_transaction(struct monitor *m, const struct nlmsghdr *h)
{
	struct maker maker = {0};
	char who[64];

	if (!m->ours)
		return;
	m->ours = false;
	mnl_attr_parse(h, sizeof(struct nfgenmsg), find_maker, &maker);
	if (!maker.name) {
		m->changed(true, NULL, m->data);
		return;
	}
	snprintf(who, sizeof(who), "%s (pid %u)", maker.name, maker.pid);
	m->changed(true, who, m->data);
}

static int on_rule_message(const struct nlmsghdr *h, void *data)
{
	struct monitor *m = data;

	if (NFNL_SUBSYS_ID(h->nlmsg_type) != NFNL_SUBSYS_NFTABLES)
		return MNL_CB_OK;
	if (NFNL_MSG_TYPE(h->nlmsg_type) == NFT_MSG_NEWGEN)
		end_transaction(m, h);
	else
		mnl_attr_parse(h, sizeof(struct nfgenmsg), find_table, &m->ours);
	return MNL_CB_OK;
}

/*
 * Both sockets
 */

static void overflown(struct monitor *m, const struct feed *feed)
{
	log_line(LOG_NOTICE, NULL,
		 "more changes at once than netd could follow: looking "
		 "at everything");
	m->changed(feed == &m->rules, NULL, m->data);
}

static int feed_read(struct feed *feed, mnl_cb_t callback)
{
	char buffer[65536];
	ssize_t n;

	for (;;) {
		n = mnl_socket_recvfrom(feed->socket, buffer, sizeof(buffer));
		if (n < 0 && errno == ENOBUFS)
			overflown(feed->monitor, feed);
		else if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		else if (n < 0)
			return -errno;
		else
			mnl_cb_run(buffer, (size_t)n, 0, 0, callback, feed->monitor);
	}
}

static int on_links(sd_event_source *s, int fd, uint32_t revents, void *data)
{
	(void)s;
	(void)fd;
	(void)revents;
	return feed_read(data, on_link_message);
}

static int on_rules(sd_event_source *s, int fd, uint32_t revents, void *data)
{
	(void)s;
	(void)fd;
	(void)revents;
	return feed_read(data, on_rule_message);
}

static int feed_open(struct feed *feed, struct monitor *m, int protocol,
		     const int *groups)
{
	int size = BUFFER_BYTES, on = 1, fd;

	feed->monitor = m;
	feed->socket = mnl_socket_open2(protocol, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!feed->socket || mnl_socket_bind(feed->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	fd = mnl_socket_get_fd(feed->socket);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	/* an old kernel refuses it, and then tells of this namespace alone */
	if (protocol == NETLINK_ROUTE)
		setsockopt(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &on, sizeof(on));
	for (; *groups; groups++)
		if (mnl_socket_setsockopt(feed->socket, NETLINK_ADD_MEMBERSHIP,
					  (void *)groups, sizeof(*groups)) < 0)
			return -errno;
	return fd;
}

static int open_both(struct monitor *m, sd_event *event)
{
	static const int links[] = {
		RTNLGRP_LINK,
		RTNLGRP_IPV4_IFADDR,
		RTNLGRP_IPV6_IFADDR,
		RTNLGRP_IPV4_ROUTE,
		RTNLGRP_IPV6_ROUTE,
		RTNLGRP_IPV4_RULE,
		RTNLGRP_IPV6_RULE,
		RTNLGRP_IPV4_NETCONF,
		RTNLGRP_IPV6_NETCONF,
		RTNLGRP_NSID,
		0,
	};
	static const int rules[] = {NFNLGRP_NFTABLES, 0};
	int fd = feed_open(&m->links, m, NETLINK_ROUTE, links), r;

	if (fd < 0)
		return fd;
	r = sd_event_add_io(event, &m->links.source, fd, EPOLLIN, on_links, &m->links);
	if (r < 0)
		return r;
	fd = feed_open(&m->rules, m, NETLINK_NETFILTER, rules);
	if (fd < 0)
		return fd;
	return sd_event_add_io(event, &m->rules.source, fd, EPOLLIN, on_rules, &m->rules);
}

static void feed_close(struct feed *feed)
{
	sd_event_source_disable_unref(feed->source);
	if (feed->socket)
		mnl_socket_close(feed->socket);
}

int monitor_new(struct daemon *daemon,
		void (*changed)(bool rules, const char *who, void *data), void *data,
		struct monitor **out)
{
	struct monitor *m = calloc(1, sizeof(*m));
	int r;

	if (!m)
		return -ENOMEM;
	m->changed = changed;
	m->data = data;
	r = open_both(m, daemon->event);
	if (r < 0) {
		log_line(LOG_ERR, NULL, "cannot follow the kernel's changes: %s",
			 strerror(-r));
		monitor_free(m);
		return r;
	}
	*out = m;
	return 0;
}

struct monitor *monitor_free(struct monitor *m)
{
	if (!m)
		return NULL;
	feed_close(&m->links);
	feed_close(&m->rules);
	free(m);
	return NULL;
}
