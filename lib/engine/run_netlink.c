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

static int hand_out(struct nl_msg *m, struct nl_msg **out)
{
	if (!m)
		return -ENOMEM;
	*out = m;
	return 0;
}

static int send_now(const struct netd_run *run, const struct netd_op *op,
		    struct nl_msg *m)
{
	struct netd_reply reply = {0};
	int r;

	if (!m)
		return -ENOMEM;
	r = netd_nl_burst(socket_of(run), &m, 1, &reply, run->err);
	if (r || !reply.code)
		return r;
	return netd_run_failed(run, op, reply.code, reply.text);
}

/* Sent at once: the namespace's descriptor must live until the kernel has seen it. */
static int veth_into_namespace(const struct netd_run *run, const struct netd_op *op)
{
	netd_auto_close int ns = netd_netns_open(op->link.peer_namespace, run->err);
	netd_auto_message struct nl_msg *m = NULL;

	if (ns < 0)
		return ns;
	m = netd_link_create_message(&op->link, ns);
	return send_now(run, op, m);
}

/* A tap has no group from birth: it is marked before it can outlive this process. */
static int tap_create(const struct netd_run *run, struct netd_link_attrs *link)
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
	struct netd_desired_link plain = op->link;
	int r;

	plain.mtu = 0;
	m = netd_link_create_message(&plain, -1);
	r = send_now(run, op, m);
	if (r < 0)
		return r;
	return hand_out(netd_link_set_message(&op->link.attrs, NETD_LINK_MTU, 0), out);
}

int netd_message_create_link(const struct netd_run *run, const struct netd_op *op,
			     struct nl_msg **out)
{
	const struct netd_space *far =
		netd_space_find(run->netd, op->link.peer_namespace);
	const struct netd_kind *kind = netd_kind_of(&op->link);
	struct netd_desired_link link = op->link;
	int ns = -1;

	if (kind->is_device)
		return tap_create(run, &link.attrs);
	if (kind->follows_mtu && link.mtu && link.mtu != ETHERNET_MTU)
		return bridge_create(run, op, out);
	if (link.peer_namespace[0] && !far)
		return veth_into_namespace(run, op);
	if (far)
		ns = far->fd;
	return hand_out(netd_link_create_message(&link, ns), out);
}

/* Whoever opens a tap sets its flags: they stay as they are. */
static int set_owner(const struct netd_run *run, const struct netd_op *op)
{
	const struct netd_link *have =
		netd_state_link(netd_run_observed(run, op), op->link.name);
	struct netd_link_attrs link = op->link.attrs;

	if (have) {
		link.tap.multi_queue = have->tap.multi_queue;
		link.tap.vnet_hdr = have->tap.vnet_hdr;
	}
	return netd_tap_set_owner(&link, run->err);
}

int netd_message_set_link(const struct netd_run *run, const struct netd_op *op,
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
	return hand_out(netd_link_set_message(&op->link.attrs, op->fields, master), out);
}

int netd_message_delete_link(const struct netd_run *run, const struct netd_op *op,
			     struct nl_msg **out)
{
	(void)run;
	/* By index: one that took the name meanwhile is not ours. */
	return hand_out(netd_link_delete_message(op->index), out);
}

int netd_message_add_address(const struct netd_run *run, const struct netd_op *op,
			     struct nl_msg **out)
{
	int index = netd_nl_ifindex(socket_of(run), op->addr.link);

	if (index < 0)
		return netd_run_failed(run, op, index, NULL);
	return hand_out(netd_address_add_message(&op->addr, index), out);
}

int netd_message_delete_address(const struct netd_run *run, const struct netd_op *op,
				struct nl_msg **out)
{
	int index = netd_nl_ifindex(socket_of(run), op->addr.link);

	if (index < 0)
		return 0; /* gone with its interface */
	return hand_out(netd_address_delete_message(&op->addr, index), out);
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

int netd_message_add_route(const struct netd_run *run, const struct netd_op *op,
			   struct nl_msg **out)
{
	int index = route_link(run, op);

	if (index < 0)
		return netd_run_failed(run, op, index, NULL);
	return hand_out(netd_route_add_message(&op->route, index, op->replaces), out);
}

int netd_message_delete_route(const struct netd_run *run, const struct netd_op *op,
			      struct nl_msg **out)
{
	struct netd_route route = op->route;
	int index = route_link(run, op);

	if (index < 0)
		return 0; /* gone with its interface */
	/* 0 would be any */
	if (!route.metric && route.to.addr.family == AF_INET6)
		route.metric = METRIC6;
	return hand_out(netd_route_delete_message(&route, index), out);
}

/*
 * Bursts
 */

struct burst {
	struct nl_msg **messages;
	const struct netd_op **ops; /* whose each of them is */
	struct netd_reply *replies;
	size_t count;
};

static int burst_init(struct burst *b, size_t max)
{
	b->messages = calloc(max, sizeof(struct nl_msg *));
	b->ops = calloc(max, sizeof(struct netd_op *));
	b->replies = calloc(max, sizeof(*b->replies));
	if (!b->messages || !b->ops || !b->replies)
		return -ENOMEM;
	return 0;
}

static void burst_done(struct burst *b)
{
	for (size_t i = 0; i < b->count; i++)
		nlmsg_free(b->messages[i]);
	free(b->messages);
	free((void *)b->ops);
	free(b->replies);
}

/* Takes @m over; NULL: memory ran out. */
static int burst_add(struct burst *b, const struct netd_op *op, struct nl_msg *m)
{
	if (!m)
		return -ENOMEM;
	b->ops[b->count] = op;
	b->messages[b->count++] = m;
	return 0;
}

/* A problem for each op that failed; the first one's code. */
static int burst_send(struct burst *b, const struct netd_run *run)
{
	int fine = netd_op_runs[run->ops->kind].fine, first = 0, r;
	const struct netd_op *failed = NULL;

	r = netd_nl_burst(socket_of(run), b->messages, b->count, b->replies, run->err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < b->count; i++) {
		int code = b->replies[i].code;

		if (!code || code == fine || b->ops[i] == failed)
			continue;
		failed = b->ops[i];
		netd_run_failed(run, failed, code, b->replies[i].text);
		if (!first)
			first = code;
	}
	return first;
}

static int send_ops(const struct netd_run *run)
{
	netd_auto(burst_done) struct burst b = {0};
	int r = burst_init(&b, run->count);

	if (r < 0)
		return r;
	for (size_t i = 0; i < run->count; i++) {
		const struct netd_op *op = &run->ops[i];
		struct nl_msg *m = NULL;

		r = netd_op_runs[op->kind].message(run, op, &m);
		if (r < 0)
			return r;
		if (m)
			burst_add(&b, op, m);
	}
	if (!b.count)
		return 0;
	return burst_send(&b, run);
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
static int delete_bulk(const struct netd_run *run, size_t count)
{
	netd_auto_message struct nl_msg *m =
		netd_link_delete_group_message(NETD_LINK_GROUP_DOOMED);
	netd_auto(burst_done) struct burst marks = {0};
	int r = burst_init(&marks, count);

	if (r < 0 || !m)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct netd_link_attrs link = run->ops[i].link.attrs;

		link.group = NETD_LINK_GROUP_DOOMED;
		link.up = false;
		r = burst_add(&marks, &run->ops[i],
			      netd_link_set_message(
				      &link, NETD_LINK_GROUP_NUMBER | NETD_LINK_UP, 0));
		if (r < 0)
			return r;
	}
	/* what is gone already needs no mark */
	r = netd_nl_burst(socket_of(run), marks.messages, count, marks.replies, run->err);
	if (r < 0)
		return r;
	return netd_nl_request(socket_of(run), m, run->err);
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
	r = delete_bulk(run, ports);
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
	netd_auto(burst_done) struct burst b = {0};
	int r = burst_init(&b, RAISE_STEPS);

	if (r < 0)
		return r;
	for (size_t i = 0; i < RAISE_STEPS; i++) {
		struct netd_link_attrs link = op->link.attrs;

		if (!(op->fields & steps[i].field))
			continue;
		link.up &= !steps[i].down;
		r = burst_add(&b, op, netd_link_set_message(&link, steps[i].field, 0));
		if (r < 0)
			return r;
	}
	return burst_send(&b, run);
}

int netd_run_raise_mtu(const struct netd_run *run)
{
	if (!socket_of(run))
		return netd_run_failed(run, run->ops, -ENOENT, NULL);
	for (size_t i = 0; i < run->count; i++) {
		int r = raise_mtu(run, &run->ops[i]);
		if (r)
			return r;
	}
	return 0;
}
