// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a plan's ops against the kernel. */
#include "apply/execute.h"

#include <errno.h>
#include <string.h>

#include "apply/reason.h"
#include "apply/run.h"
#include "base/str.h"

const struct netd_state *netd_run_observed(const struct netd_run *run,
					   const struct netd_op *op)
{
	return op->space[0] ? netd_state_space(run->observed, op->space) : run->observed;
}

const struct netd_state *netd_run_desired(const struct netd_run *run,
					  const struct netd_op *op)
{
	return op->space[0] ? netd_state_space(run->desired, op->space) : run->desired;
}

static struct netd_place op_place(const struct netd_op *op)
{
	switch (op->kind) {
	case NETD_OP_CREATE_LINK:
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
	[NETD_OP_SET_SYSCTL] = {netd_run_sysctls, true},
	[NETD_OP_RETURN_UPLINK] = {netd_run_uplinks, true},
	[NETD_OP_STOP_LINK] = {netd_run_netlink, false},
	[NETD_OP_FIREWALL] = {netd_run_firewall, false},
	[NETD_OP_MOVE_UPLINK] = {netd_run_uplinks, true},
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

int netd_execute(struct netd *netd, const struct netd_topology *t, struct netd_plan *plan,
		 const struct netd_state *observed, const struct netd_state *desired,
		 struct netd_error *err)
{
	for (size_t i = 0, n; i < plan->op_count; i += n) {
		struct netd_run_link last = {0};
		struct netd_run run = {
			.last = &last,
			.netd = netd,
			.t = t,
			.plan = plan,
			.observed = observed,
			.desired = desired,
			.ops = &plan->ops[i],
			.notes = &plan->notes,
			.err = err,
		};
		int r;

		n = run_length(run.ops, plan->op_count - i);
		run.count = n;
		r = runners[run.ops->kind].run(&run);
		if (r < 0)
			return r;
	}
	return 0;
}
