// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a plan's ops against the kernel. */
#include "apply/execute.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apply/reason.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "firewall/commit.h"
#include "firewall/conntrack.h"
#include "firewall/read.h"
#include "kernel/address.h"
#include "kernel/link.h"
#include "kernel/netns.h"
#include "kernel/sysctl.h"
#include "kernel/tap.h"

#define COMMIT_TRIES 10
#define BULK_MIN 8 /* deletes that are worth a detour over a group */

/* A run of ops of one kind. */
struct run {
	struct netd *netd;
	const struct netd_topology *t;
	const struct netd_plan *plan;
	const struct netd_state *observed, *desired;
	const struct netd_op *ops;
	size_t count;
	struct netd_error *err;
};

static struct netd_place op_place(const struct netd_op *op)
{
	switch (op->kind) {
	case NETD_OP_CREATE_LINK:
	case NETD_OP_SET_LINK:
		return op->link.place;
	case NETD_OP_ADD_ADDRESS:
		return op->addr.place;
	case NETD_OP_SET_SYSCTL:
	case NETD_OP_STOP_LINK:
	case NETD_OP_FIREWALL:
	case NETD_OP_CLAIM_SYSCTL:
	case NETD_OP_DELETE_ADDRESS:
	case NETD_OP_RELEASE_PORT:
	case NETD_OP_DELETE_LINK:
	case NETD_OP_RESTORE_SYSCTL:
	case NETD_OP_COUNT:
		break;
	}
	return (struct netd_place){0};
}

/* Adds the problem of one failed op; returns @code. */
static int op_failed(const struct run *run, const struct netd_op *op, int code,
		     const char *kernel)
{
	struct netd_str what = {0};
	const char *hint, *reason = netd_op_reason(op->kind, code, &hint);
	struct netd_place place = op_place(op);

	netd_op_describe(op, run->plan, &what);
	if (place.line)
		netd_topology_error(run->t, run->err, place, "%s: %s",
				    netd_str_text(&what), reason);
	else
		netd_error_add(run->err, code, "%s: %s", netd_str_text(&what), reason);
	if (run->err && run->err->count)
		run->err->problems[run->err->count - 1].code = code;
	if (kernel && *kernel)
		netd_error_kernel(run->err, kernel);
	if (hint)
		netd_error_hint(run->err, "%s", hint);
	netd_str_done(&what);
	return code;
}

/*
 * Netlink ops: one message each, all in one burst
 */

/* Sent at once: the namespace's descriptor must live until the kernel has seen it. */
static int veth_into_namespace(const struct run *run, const struct netd_op *op)
{
	netd_auto_close int ns = netd_netns_open(op->link.peer_namespace, run->err);
	netd_auto_message struct nl_msg *m = NULL;
	struct netd_reply reply = {0};
	int r;

	if (ns < 0)
		return ns;
	m = netd_link_create_message(&op->link, 0, ns);
	if (!m)
		return -ENOMEM;
	r = netd_nl_burst(&run->netd->nl, &m, 1, &reply, run->err);
	return r || !reply.code ? r : op_failed(run, op, reply.code, reply.text);
}

/* A tap has no group from birth: it is marked before it can outlive this process. */
static int tap_create(const struct run *run, struct netd_link *link)
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
	r = netd_nl_request(&run->netd->nl, m, run->err);
	return r ? r : netd_tap_keep(fd, link->name, run->err);
}

static int link_create(const struct run *run, const struct netd_op *op,
		       struct nl_msg **out)
{
	struct netd_link link = op->link;

	if (link.kind == NETD_LINK_TAP)
		return tap_create(run, &link);
	if (link.peer_namespace[0])
		return veth_into_namespace(run, op);
	*out = netd_link_create_message(&link, 0, -1);
	return *out ? 0 : -ENOMEM;
}

static int link_set(const struct run *run, const struct netd_op *op, struct nl_msg **out)
{
	int master = 0;

	if (op->fields & NETD_LINK_MASTER && op->link.master[0]) {
		master = netd_nl_ifindex(&run->netd->nl, op->link.master);
		if (master < 0)
			return op_failed(run, op, master, NULL);
	}
	*out = netd_link_set_message(&op->link, op->fields, master);
	return *out ? 0 : -ENOMEM;
}

static int link_delete(const struct run *run, const struct netd_op *op,
		       struct nl_msg **out)
{
	(void)run;
	/* By index: one that took the name meanwhile is not ours. */
	*out = netd_link_delete_message(op->link.index);
	return *out ? 0 : -ENOMEM;
}

static int address_add(const struct run *run, const struct netd_op *op,
		       struct nl_msg **out)
{
	int index = netd_nl_ifindex(&run->netd->nl, op->addr.link);

	if (index < 0)
		return op_failed(run, op, index, NULL);
	*out = netd_address_add_message(&op->addr, index);
	return *out ? 0 : -ENOMEM;
}

static int address_delete(const struct run *run, const struct netd_op *op,
			  struct nl_msg **out)
{
	int index = netd_nl_ifindex(&run->netd->nl, op->addr.link);

	if (index < 0)
		return 0; /* gone with its interface */
	*out = netd_address_delete_message(&op->addr, index);
	return *out ? 0 : -ENOMEM;
}

/* How a kind becomes a message, and which failure means that it is done already. */
static const struct {
	int (*message)(const struct run *run, const struct netd_op *op,
		       struct nl_msg **out);
	int fine;
} netlink_kinds[NETD_OP_COUNT] = {
	[NETD_OP_CREATE_LINK] = {link_create, 0},
	[NETD_OP_STOP_LINK] = {link_set, -ENODEV},
	[NETD_OP_ADD_ADDRESS] = {address_add, 0},
	[NETD_OP_SET_LINK] = {link_set, 0},
	[NETD_OP_DELETE_ADDRESS] = {address_delete, -EADDRNOTAVAIL},
	[NETD_OP_RELEASE_PORT] = {link_set, -ENODEV},
	[NETD_OP_DELETE_LINK] = {link_delete, -ENODEV},
};

static int send_burst(const struct run *run, struct nl_msg **messages,
		      const size_t *origin, size_t count)
{
	netd_auto_free struct netd_reply *replies = calloc(count, sizeof(*replies));
	int fine = netlink_kinds[run->ops->kind].fine;
	int r, first = 0;

	if (!replies)
		return -ENOMEM;
	r = netd_nl_burst(&run->netd->nl, messages, count, replies, run->err);
	for (size_t i = 0; r == 0 && i < count; i++) {
		int code = replies[i].code;

		if (code == 0 || code == fine)
			continue;
		op_failed(run, &run->ops[origin[i]], code, replies[i].text);
		first = first ? first : code;
	}
	return r ? r : first;
}

static int run_netlink(const struct run *run)
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

/*
 * Many taps and veths go by one message, a fraction of the price of one each: they are
 * moved to a group that holds nothing else first.  Bridges do not: a group of them would
 * hold the kernel's one lock for long (the ops behind are theirs).
 */
static int delete_bulk(const struct run *run, const struct netd_op *ops, size_t count)
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
		r = netd_nl_burst(&run->netd->nl, marks, count, replies, run->err);
	if (r == 0)
		r = netd_nl_request(&run->netd->nl, m, run->err);
	for (size_t i = 0; marks && i < count; i++)
		if (marks[i])
			nlmsg_free(marks[i]);
	return r;
}

static int run_deletes(const struct run *run)
{
	struct run rest = *run;
	size_t ports = 0;
	int r;

	while (ports < run->count && run->ops[ports].link.kind != NETD_LINK_BRIDGE)
		ports++;
	if (ports < BULK_MIN)
		return run_netlink(run);
	r = delete_bulk(run, run->ops, ports);
	rest.ops += ports;
	rest.count -= ports;
	return r || rest.count == 0 ? r : run_netlink(&rest);
}

/*
 * The others
 */

static int run_sysctls(const struct run *run)
{
	bool restores = run->ops->kind == NETD_OP_RESTORE_SYSCTL;

	for (size_t i = 0; i < run->count; i++) {
		const struct netd_sysctl *s = &run->ops[i].sysctl;
		int r = netd_sysctl_write(s->path, s->value);

		if (r < 0 && !(restores && r == -ENOENT))
			return op_failed(run, &run->ops[i], r, NULL);
	}
	return 0;
}

static size_t add_subnets(const struct netd_state *s, struct netd_bridge_subnets *out)
{
	for (size_t i = 0; i < s->addr_count; i++)
		out[i] = (struct netd_bridge_subnets){s->addrs[i].link,
						      &s->addrs[i].prefix, 1};
	return s->addr_count;
}

/* Connections that the old rules made and the new ones would not. */
static int forget_flows(const struct run *run)
{
	netd_auto_free struct netd_bridge_subnets *subnets =
		calloc(run->observed->addr_count + run->desired->addr_count + 1,
		       sizeof(*subnets));
	size_t count;
	int r;

	if (!subnets)
		return -ENOMEM;
	count = add_subnets(run->observed, subnets);
	count += add_subnets(run->desired, subnets + count);
	r = netd_conntrack_forget(&run->netd->nft, &run->plan->firewall, subnets, count,
				  NULL, run->err);
	if (r != -EOPNOTSUPP)
		return r;
	/* A kernel without ctnetlink: such flows end when they expire. */
	netd_error_done(run->err);
	return 0;
}

/*
 * Somebody's transaction may come between reading and committing: the kernel says so
 * (-ERESTART), and the difference is taken again.
 */
static int run_firewall(const struct run *run)
{
	struct netd *netd = run->netd;
	struct netd_ruleset_delta again = {0};
	const struct netd_ruleset_delta *delta = &run->plan->firewall;
	uint32_t generation;
	int r = netd_firewall_commit(&netd->nft, delta, run->plan->generation, run->err);

	for (int tries = 0; r == -ERESTART && tries < COMMIT_TRIES; tries++) {
		struct netd_ruleset now = {0};

		netd_error_done(run->err);
		netd_ruleset_delta_done(&again);
		r = netd_firewall_read(&netd->nft, &now, run->err);
		generation = now.generation;
		if (r == 0)
			r = netd_ruleset_diff(&now, &run->desired->ruleset,
					      run->plan->topology, &again, run->err);
		netd_ruleset_done(&now);
		if (r == 0)
			r = netd_firewall_commit(&netd->nft, &again, generation,
						 run->err);
	}
	netd_ruleset_delta_done(&again);
	return r ? r : forget_flows(run);
}

static int (*const runners[NETD_OP_COUNT])(const struct run *run) = {
	[NETD_OP_CREATE_LINK] = run_netlink,	[NETD_OP_SET_SYSCTL] = run_sysctls,
	[NETD_OP_STOP_LINK] = run_netlink,	[NETD_OP_FIREWALL] = run_firewall,
	[NETD_OP_ADD_ADDRESS] = run_netlink,	[NETD_OP_SET_LINK] = run_netlink,
	[NETD_OP_CLAIM_SYSCTL] = run_sysctls,	[NETD_OP_DELETE_ADDRESS] = run_netlink,
	[NETD_OP_RELEASE_PORT] = run_netlink,	[NETD_OP_DELETE_LINK] = run_deletes,
	[NETD_OP_RESTORE_SYSCTL] = run_sysctls,
};

int netd_execute(struct netd *netd, const struct netd_topology *t,
		 const struct netd_plan *plan, const struct netd_state *observed,
		 const struct netd_state *desired, struct netd_error *err)
{
	for (size_t i = 0, n; i < plan->op_count; i += n) {
		struct run run = {
			.netd = netd,
			.t = t,
			.plan = plan,
			.observed = observed,
			.desired = desired,
			.ops = &plan->ops[i],
			.err = err,
		};
		int r;

		for (n = 1; i + n < plan->op_count && run.ops[n].kind == run.ops->kind;)
			n++;
		run.count = n;
		r = runners[run.ops->kind](&run);
		if (r < 0)
			return r;
	}
	return 0;
}
