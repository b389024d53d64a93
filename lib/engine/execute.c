// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a plan's ops against the kernel. */
#include "engine/execute.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/reason.h"
#include "engine/run.h"
#include "base/cleanup.h"
#include "base/str.h"

const struct netd_state *netd_run_observed(const struct netd_run *run,
					   const struct netd_op *op)
{
	if (op->space[0])
		return netd_state_space(run->observed, op->space);
	return run->observed;
}

const struct netd_state *netd_run_desired(const struct netd_run *run,
					  const struct netd_op *op)
{
	if (op->space[0])
		return netd_state_space(run->desired, op->space);
	return run->desired;
}

static struct netd_place op_place(const struct netd_op *op)
{
	switch (op->kind) {
	case NETD_OP_CREATE_LINK:
	case NETD_OP_RAISE_MTU:
	case NETD_OP_SET_LINK:
		return op->link.place;
	case NETD_OP_ADD_ADDRESS:
		return op->addr.place;
	case NETD_OP_MOVE_UPLINK:
		return op->uplink.place;
	case NETD_OP_ADD_ROUTE:
		return op->route.place;
	case NETD_OP_CREATE_NAMESPACE:
		return op->node.place;
	case NETD_OP_WRITE_RESOLV:
		return op->resolv.place;
	case NETD_OP_START_SERVICE:
	case NETD_OP_RELOAD_SERVICE:
		return op->service.place;
	case NETD_OP_STOP_SERVICE:
	case NETD_OP_DELETE_STALE:
	case NETD_OP_SET_SYSCTL:
	case NETD_OP_RETURN_UPLINK:
	case NETD_OP_STOP_LINK:
	case NETD_OP_FIREWALL:
	case NETD_OP_PLUG_PORT:
	case NETD_OP_CLAIM_SYSCTL:
	case NETD_OP_CLEAR_ADDRESS:
	case NETD_OP_DELETE_ADDRESS:
	case NETD_OP_DELETE_ROUTE:
	case NETD_OP_RELEASE_PORT:
	case NETD_OP_DELETE_LINK:
	case NETD_OP_DELETE_NAMESPACE:
	case NETD_OP_RESTORE_SYSCTL:
	case NETD_OP_COUNT:
		break;
	}
	return (struct netd_place){0};
}

int netd_run_failed(const struct netd_run *run, const struct netd_op *op, int code,
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

/* Who runs which kind; @across: ops of all namespaces together. */
static const struct {
	int (*run)(const struct netd_run *run);
	bool across;
} runners[NETD_OP_COUNT] = {
	[NETD_OP_STOP_SERVICE] = {netd_run_services, true},
	[NETD_OP_DELETE_STALE] = {netd_run_netlink, false},
	[NETD_OP_CREATE_NAMESPACE] = {netd_run_create_spaces, true},
	[NETD_OP_CREATE_LINK] = {netd_run_netlink, false},
	[NETD_OP_RAISE_MTU] = {netd_run_raise_mtu, false},
	[NETD_OP_SET_SYSCTL] = {netd_run_sysctls, true},
	[NETD_OP_RETURN_UPLINK] = {netd_run_uplinks, true},
	[NETD_OP_STOP_LINK] = {netd_run_netlink, false},
	[NETD_OP_FIREWALL] = {netd_run_firewall, false},
	[NETD_OP_MOVE_UPLINK] = {netd_run_uplinks, true},
	[NETD_OP_CLEAR_ADDRESS] = {netd_run_netlink, false},
	[NETD_OP_ADD_ADDRESS] = {netd_run_netlink, false},
	[NETD_OP_SET_LINK] = {netd_run_netlink, false},
	[NETD_OP_PLUG_PORT] = {netd_run_plugs, false},
	[NETD_OP_CLAIM_SYSCTL] = {netd_run_sysctls, true},
	[NETD_OP_DELETE_ADDRESS] = {netd_run_netlink, false},
	[NETD_OP_ADD_ROUTE] = {netd_run_netlink, false},
	[NETD_OP_DELETE_ROUTE] = {netd_run_netlink, false},
	[NETD_OP_RELEASE_PORT] = {netd_run_netlink, false},
	[NETD_OP_DELETE_LINK] = {netd_run_deletes, false},
	[NETD_OP_DELETE_NAMESPACE] = {netd_run_delete_spaces, true},
	[NETD_OP_RESTORE_SYSCTL] = {netd_run_sysctls, true},
	[NETD_OP_WRITE_RESOLV] = {netd_run_resolv, true},
	[NETD_OP_START_SERVICE] = {netd_run_services, true},
	[NETD_OP_RELOAD_SERVICE] = {netd_run_services, true},
};

int netd_run_ops(const struct netd_run *run)
{
	return runners[run->ops->kind].run(run);
}

/* How many ops from @ops on go together. */
static size_t run_length(const struct netd_op *ops, size_t left)
{
	bool across = runners[ops->kind].across;
	size_t n = 1;

	while (n < left && ops[n].kind == ops->kind &&
	       (across || strcmp(ops[n].space, ops->space) == 0))
		n++;
	return n;
}

static int run_some(const struct netd_run *whole, size_t from, size_t count)
{
	struct netd_run_link last = {0};
	struct netd_run run = *whole;

	run.last = &last;
	run.ops = &whole->plan->ops[from];
	run.count = count;
	return run.netd->ops->run(&run);
}

static int run_bursts(const struct netd_run *whole)
{
	const struct netd_plan *plan = whole->plan;

	for (size_t i = 0, n; i < plan->op_count; i += n) {
		int r;

		n = run_length(&plan->ops[i], plan->op_count - i);
		r = run_some(whole, i, n);
		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * Op by op
 */

/* The interface that an op makes, changes or takes something from; "": none. */
static const char *op_link(const struct netd_op *op)
{
	switch (op->kind) {
	case NETD_OP_DELETE_STALE:
	case NETD_OP_CREATE_LINK:
	case NETD_OP_RAISE_MTU:
	case NETD_OP_SET_LINK:
	case NETD_OP_PLUG_PORT:
	case NETD_OP_STOP_LINK:
	case NETD_OP_RELEASE_PORT:
	case NETD_OP_DELETE_LINK:
		return op->link.name;
	case NETD_OP_ADD_ADDRESS:
	case NETD_OP_CLEAR_ADDRESS:
	case NETD_OP_DELETE_ADDRESS:
		return op->addr.link;
	case NETD_OP_ADD_ROUTE:
	case NETD_OP_DELETE_ROUTE:
		return op->route.link;
	case NETD_OP_MOVE_UPLINK:
	case NETD_OP_RETURN_UPLINK:
		return op->uplink.bridge;
	case NETD_OP_START_SERVICE:
	case NETD_OP_RELOAD_SERVICE:
		return op->service.link;
	case NETD_OP_STOP_SERVICE:
	case NETD_OP_CREATE_NAMESPACE:
	case NETD_OP_SET_SYSCTL:
	case NETD_OP_FIREWALL:
	case NETD_OP_CLAIM_SYSCTL:
	case NETD_OP_DELETE_NAMESPACE:
	case NETD_OP_RESTORE_SYSCTL:
	case NETD_OP_WRITE_RESOLV:
	case NETD_OP_COUNT:
		break;
	}
	return "";
}

/* What lets packets in or through: not without the rules and settings that were to be
 * there before. */
static bool opens(const struct netd_op *op)
{
	return op->kind == NETD_OP_ADD_ADDRESS || op->kind == NETD_OP_CLAIM_SYSCTL ||
	       op->kind == NETD_OP_START_SERVICE ||
	       (op->kind == NETD_OP_SET_LINK && op->link.up);
}

/* The interface that a setting is of: "ipv6/conf/LINK/accept_ra". */
static bool is_setting_of(const char *path, const char *link)
{
	const char *name = strstr(path, "/conf/");
	size_t length = strlen(link);

	name = name ? name + strlen("/conf/") : "";
	return length && strncmp(name, link, length) == 0 && name[length] == '/';
}

/* True if @op needs what @failed was to do, whose problem is told. */
static bool depends(const struct netd_op *op, const struct netd_op *failed)
{
	const char *link = op_link(op), *broken = op_link(failed);

	if (strcmp(op->space, failed->space) != 0)
		return false;
	if (failed->kind == NETD_OP_CREATE_NAMESPACE)
		return op->kind != NETD_OP_DELETE_NAMESPACE;
	if (failed->kind == NETD_OP_FIREWALL)
		return opens(op);
	if (failed->kind == NETD_OP_SET_SYSCTL)
		return opens(op) && is_setting_of(failed->sysctl.path, link);
	if (*link && strcmp(link, broken) == 0)
		return true;
	/* its addresses are on the other of the two */
	if (failed->kind == NETD_OP_MOVE_UPLINK || failed->kind == NETD_OP_RETURN_UPLINK)
		return strcmp(link, failed->uplink.nic) == 0;
	return op->kind == NETD_OP_SET_LINK && op->fields & NETD_LINK_MASTER && *broken &&
	       strcmp(op->link.master, broken) == 0;
}

static bool is_hopeless(const struct netd_op *op, const struct netd_op *const *failed,
			size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (depends(op, failed[i]))
			return true;
	return false;
}

/* Says which op it was, where the words of its error do not. */
static void name_op(const struct netd_run *run, const struct netd_op *op)
{
	netd_auto(netd_str_done) struct netd_str what = {0};
	const struct netd_error *err = run->err;

	netd_op_describe(op, run->plan, &what);
	if (err && err->count &&
	    !strstr(err->problems[err->count - 1].text, netd_str_text(&what)))
		netd_error_context(run->err, "%s", netd_str_text(&what));
}

static int run_each(const struct netd_run *whole)
{
	const struct netd_plan *plan = whole->plan;
	netd_auto_free const struct netd_op **failed =
		calloc(plan->op_count + 1, sizeof(*failed));
	size_t count = 0;
	int first = 0;

	if (!failed)
		return netd_error_add(whole->err, -ENOMEM, "out of memory");
	for (size_t i = 0; i < plan->op_count; i++) {
		int r = is_hopeless(&plan->ops[i], failed, count) ? 0
								  : run_some(whole, i, 1);

		if (r < 0) {
			name_op(whole, &plan->ops[i]);
			failed[count++] = &plan->ops[i];
		}
		first = first ? first : r;
	}
	return first;
}

int netd_execute(struct netd *netd, const struct netd_topology *t, struct netd_view *v,
		 enum netd_pace pace, bool keep_processes, struct netd_error *err)
{
	const struct netd_run run = {
		.netd = netd,
		.t = t,
		.plan = &v->plan,
		.observed = &v->observed,
		.desired = &v->desired,
		.keep_processes = keep_processes,
		.notes = &v->plan.notes,
		.err = err,
	};

	if (pace == NETD_IN_BURSTS)
		return run_bursts(&run);
	return run_each(&run);
}
