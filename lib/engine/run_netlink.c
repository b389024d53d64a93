// SPDX-License-Identifier: GPL-2.0-or-later
/* Ops that are a message to the kernel each, all in one burst. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "engine/run.h"
#include "host/space.h"
#include "base/cleanup.h"
#include "rtnl/address.h"
#include "kind/link.h"
#include "host/netns.h"
#include "kind/tap.h"
#include "kind/kind.h"

#define BULK_MIN 8   /* deletes that are worth a detour over a group */
#define METRIC6 1024 /* linux/ipv6_route.h IP6_RT_PRIO_USER */

/* That of the namespace of the run. */
static struct netd_nl *socket_of(const struct netd_run *run)
{
	return netd_space_nl(run->netd, run->ops->space);
}

/* Sent at once: the namespace's descriptor must live until the kernel has seen it. */
static int veth_into_namespace(const struct netd_run *run, const struct netd_op *op)
{
	netd_auto_close int ns = netd_netns_open(op->link.peer_namespace, run->err);
	netd_auto_message struct nl_msg *m = NULL;
	struct netd_reply reply = {0};
	int r;

	if (ns < 0)
		return ns;
	m = netd_link_create_message(&op->link, ns);
	if (!m)
		return -ENOMEM;
	r = netd_nl_burst(socket_of(run), &m, 1, &reply, run->err);
	if (r || !reply.code)
		return r;
	return netd_run_failed(run, op, reply.code, reply.text);
}

/* A tap has no group from birth: it is marked before it can outlive this process. */
static int tap_create(const struct netd_run *run, struct netd_link *link)
{
	netd_auto_message struct nl_msg *m = NULL;
	netd_auto_close int fd = -1;
	int r;

	link->tap.persistent = false;
	fd = netd_tap_open(link, run->err);
	if (fd < 0)
		return fd;
	m = netd_link_set_message(link, NETD_LINK_GROUP_NUMBER, 0);
	if (!m)
		return -ENOMEM;
	r = netd_nl_request(socket_of(run), m, run->err);
	if (r)
		return r;
	return netd_tap_keep(fd, link->name, run->err);
}

#define ETHERNET_MTU 1500 /* a bridge's, unless something else is said */

/*
 * A bridge follows its ports' MTU, and goes back to 1,500 with the last of them, unless
 * its own was changed once: the MTU in the message that makes it does not count
 * (net/bridge/br_device.c br_change_mtu()).  So it is made without, and then changed.
 */
static int bridge_create(const struct netd_run *run, const struct netd_op *op,
			 struct nl_msg **out)
{
	netd_auto_message struct nl_msg *m = NULL;
	struct netd_link plain = op->link;
	struct netd_reply reply = {0};
	int r;

	plain.mtu = 0;
	m = netd_link_create_message(&plain, -1);
	if (!m)
		return -ENOMEM;
	r = netd_nl_burst(socket_of(run), &m, 1, &reply, run->err);
	if (r || reply.code) {
		if (r)
			return r;
		return netd_run_failed(run, op, reply.code, reply.text);
	}
	*out = netd_link_set_message(&op->link, NETD_LINK_MTU, 0);
	if (!*out)
		return -ENOMEM;
	return 0;
}

static int link_create(const struct netd_run *run, const struct netd_op *op,
		       struct nl_msg **out)
{
	const struct netd_space *far =
		netd_space_find(run->netd, op->link.peer_namespace);
	const struct netd_kind *kind = netd_kind_of(&op->link);
	struct netd_link link = op->link;

	if (kind->is_device)
		return tap_create(run, &link);
	if (kind->follows_mtu && link.mtu && link.mtu != ETHERNET_MTU)
		return bridge_create(run, op, out);
	if (link.peer_namespace[0] && !far)
		return veth_into_namespace(run, op);
	*out = netd_link_create_message(&link, far ? far->fd : -1);
	if (!*out)
		return -ENOMEM;
	return 0;
}

/* Whoever opens a tap sets its flags: they stay as they are. */
static int set_owner(const struct netd_run *run, const struct netd_op *op)
{
	const struct netd_link *have =
		netd_state_link(netd_run_observed(run, op), op->link.name);
	struct netd_link link = op->link;

	if (have) {
		link.tap.multi_queue = have->tap.multi_queue;
		link.tap.vnet_hdr = have->tap.vnet_hdr;
	}
	return netd_tap_set_owner(&link, run->err);
}

static int link_set(const struct netd_run *run, const struct netd_op *op,
		    struct nl_msg **out)
{
	int r, master = 0;

	if (op->fields & NETD_LINK_TAP_OWNER) {
		r = set_owner(run, op);
		if (r < 0)
			return r;
	}

	if (op->fields & NETD_LINK_MASTER && op->link.master[0]) {
		master = netd_nl_ifindex(socket_of(run), op->link.master);
		if (master < 0)
			return netd_run_failed(run, op, master, NULL);
	}
	*out = netd_link_set_message(&op->link, op->fields, master);
	if (!*out)
		return -ENOMEM;
	return 0;
}

static int link_delete(const struct netd_run *run, const struct netd_op *op,
		       struct nl_msg **out)
{
	(void)run;
	/* By index: one that took the name meanwhile is not ours. */
	*out = netd_link_delete_message(op->link.index);
	if (!*out)
		return -ENOMEM;
	return 0;
}

static int address_add(const struct netd_run *run, const struct netd_op *op,
		       struct nl_msg **out)
{
	int index = netd_nl_ifindex(socket_of(run), op->addr.link);

	if (index < 0)
		return netd_run_failed(run, op, index, NULL);
	*out = netd_address_add_message(&op->addr, index);
	if (!*out)
		return -ENOMEM;
	return 0;
}

static int address_delete(const struct netd_run *run, const struct netd_op *op,
			  struct nl_msg **out)
{
	int index = netd_nl_ifindex(socket_of(run), op->addr.link);

	if (index < 0)
		return 0; /* gone with its interface */
	*out = netd_address_delete_message(&op->addr, index);
	if (!*out)
		return -ENOMEM;
	return 0;
}

/* 0 if the kernel finds the link by itself.  Many routes leave by one link. */
static int route_link(const struct netd_run *run, const struct netd_op *op)
{
	const struct netd_route *r = &op->route;

	if (!r->link[0])
		return 0;
	if (strcmp(run->last->name, r->link) != 0) {
		run->last->index = netd_nl_ifindex(socket_of(run), r->link);
		memcpy(run->last->name, r->link, sizeof(run->last->name));
	}
	return run->last->index;
}

static int route_add(const struct netd_run *run, const struct netd_op *op,
		     struct nl_msg **out)
{
	int index = route_link(run, op);

	if (index < 0)
		return netd_run_failed(run, op, index, NULL);
	*out = netd_route_add_message(&op->route, index, op->replaces);
	if (!*out)
		return -ENOMEM;
	return 0;
}

static int route_delete(const struct netd_run *run, const struct netd_op *op,
			struct nl_msg **out)
{
	struct netd_route route = op->route;
	int index = route_link(run, op);

	if (index < 0)
		return 0; /* gone with its interface */
	/* 0 would be any */
	if (!route.metric && route.to.addr.family == AF_INET6)
		route.metric = METRIC6;
	*out = netd_route_delete_message(&route, index);
	if (!*out)
		return -ENOMEM;
	return 0;
}

/* How a kind becomes a message, and which failure means that it is done already. */
static const struct {
	int (*message)(const struct netd_run *run, const struct netd_op *op,
		       struct nl_msg **out);
	int fine;
} netlink_kinds[NETD_OP_COUNT] = {
	[NETD_OP_DELETE_STALE] = {link_delete, -ENODEV},
	[NETD_OP_CREATE_LINK] = {link_create, 0},
	[NETD_OP_STOP_LINK] = {link_set, -ENODEV},
	[NETD_OP_CLEAR_ADDRESS] = {address_delete, -EADDRNOTAVAIL},
	[NETD_OP_ADD_ADDRESS] = {address_add, 0},
	[NETD_OP_SET_LINK] = {link_set, 0},
	[NETD_OP_DELETE_ADDRESS] = {address_delete, -EADDRNOTAVAIL},
	[NETD_OP_ADD_ROUTE] = {route_add, 0},
	[NETD_OP_DELETE_ROUTE] = {route_delete, -ESRCH},
	[NETD_OP_RELEASE_PORT] = {link_set, -ENODEV},
	[NETD_OP_DELETE_LINK] = {link_delete, -ENODEV},
};

static int send_burst(const struct netd_run *run, struct nl_msg **messages,
		      const size_t *origin, size_t count)
{
	netd_auto_free struct netd_reply *replies = calloc(count, sizeof(*replies));
	int fine = netlink_kinds[run->ops->kind].fine;
	int r, first = 0;

	if (!replies)
		return -ENOMEM;
	r = netd_nl_burst(socket_of(run), messages, count, replies, run->err);
	for (size_t i = 0; r == 0 && i < count; i++) {
		int code = replies[i].code;

		if (code == 0 || code == fine)
			continue;
		netd_run_failed(run, &run->ops[origin[i]], code, replies[i].text);
		first = first ? first : code;
	}
	if (r)
		return r;
	return first;
}

static int send_ops(const struct netd_run *run)
{
	netd_auto_free struct nl_msg **messages = calloc(run->count, sizeof(*messages));
	netd_auto_free size_t *origin = calloc(run->count, sizeof(*origin));
	size_t count = 0;
	int r = messages && origin ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < run->count; i++) {
		origin[count] = i;
		r = netlink_kinds[run->ops->kind].message(run, &run->ops[i],
							  &messages[count]);
		if (r == 0 && messages[count])
			count++;
	}
	if (r == 0 && count)
		r = send_burst(run, messages, origin, count);
	for (size_t i = 0; messages && i < count; i++)
		nlmsg_free(messages[i]);
	return r;
}

int netd_run_netlink(const struct netd_run *run)
{
	if (!socket_of(run))
		return netd_run_failed(run, run->ops, -ENOENT, NULL);
	return send_ops(run);
}

/*
 * Many taps and veths go by one message, a fraction of the price of one each: they are
 * moved to a group that holds nothing else first.  Bridges do not: a group of them would
 * hold the kernel's one lock for long (the ops behind are theirs).
 */
static int delete_bulk(const struct netd_run *run, const struct netd_op *ops,
		       size_t count)
{
	netd_auto_message struct nl_msg *m =
		netd_link_delete_group_message(NETD_LINK_GROUP_DOOMED);
	netd_auto_free struct nl_msg **marks = calloc(count, sizeof(*marks));
	netd_auto_free struct netd_reply *replies = calloc(count, sizeof(*replies));
	int r = m && marks && replies ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++) {
		struct netd_link link = ops[i].link;

		link.group = NETD_LINK_GROUP_DOOMED;
		link.up = false;
		marks[i] = netd_link_set_message(
			&link, NETD_LINK_GROUP_NUMBER | NETD_LINK_UP, 0);
		r = marks[i] ? 0 : -ENOMEM;
	}
	if (r == 0)
		r = netd_nl_burst(socket_of(run), marks, count, replies, run->err);
	if (r == 0)
		r = netd_nl_request(socket_of(run), m, run->err);
	for (size_t i = 0; marks && i < count; i++)
		if (marks[i])
			nlmsg_free(marks[i]);
	return r;
}

int netd_run_deletes(const struct netd_run *run)
{
	struct netd_run rest = *run;
	size_t ports = 0;
	int r;

	while (ports < run->count && !netd_kind_of(&run->ops[ports].link)->is_network)
		ports++;
	if (ports < BULK_MIN)
		return netd_run_netlink(run);
	r = delete_bulk(run, run->ops, ports);
	rest.ops += ports;
	rest.count -= ports;
	if (r || rest.count == 0)
		return r;
	return netd_run_netlink(&rest);
}

#define RAISE_STEPS 4

/*
 * A port makes no IPv6 address if it is down when IPv6 comes, and is told so before it is
 * up again.  In one message, the kernel would change the MTU first, and the mode last
 * (net/core/rtnetlink.c do_setlink()).
 */
static int raise_mtu(const struct netd_run *run, const struct netd_op *op)
{
	static const struct {
		unsigned field;
		bool down;
	} steps[RAISE_STEPS] = {
		{NETD_LINK_UP, true},
		{NETD_LINK_MTU, false},
		{NETD_LINK_NO_IPV6, false},
		{NETD_LINK_UP, false},
	};
	struct nl_msg *messages[RAISE_STEPS] = {0};
	struct netd_reply replies[RAISE_STEPS] = {0};
	size_t count = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < RAISE_STEPS; i++) {
		struct netd_link link = op->link;

		if (!(op->fields & steps[i].field))
			continue;
		link.up &= !steps[i].down;
		messages[count] = netd_link_set_message(&link, steps[i].field, 0);
		r = messages[count++] ? 0 : -ENOMEM;
	}
	if (r == 0)
		r = netd_nl_burst(socket_of(run), messages, count, replies, run->err);
	for (size_t i = 0; i < count; i++) {
		if (r == 0 && replies[i].code)
			r = netd_run_failed(run, op, replies[i].code, replies[i].text);
		if (messages[i])
			nlmsg_free(messages[i]);
	}
	return r;
}

int netd_run_raise_mtu(const struct netd_run *run)
{
	int r = 0;

	if (!socket_of(run))
		return netd_run_failed(run, run->ops, -ENOENT, NULL);
	for (size_t i = 0; i < run->count; i++) {
		r = raise_mtu(run, &run->ops[i]);
		if (r)
			return r;
	}
	return 0;
}
