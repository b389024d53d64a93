// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a plan's ops against the kernel. */
#include "engine/execute.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

const struct netd_desired *netd_run_desired(const struct netd_run *run,
					    const struct netd_op *op)
{
	if (op->space[0])
		return netd_desired_space(run->desired, op->space);
	return run->desired;
}

int netd_run_failed(const struct netd_run *run, const struct netd_op *op, int code,
		    const char *kernel)
{
	struct netd_str what = {0};
	const char *hint, *reason = netd_op_reason(op->kind, code, &hint);
	struct netd_place place = netd_op_place(op);

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

int netd_run_ops(const struct netd_run *run)
{
	return netd_op_runs[run->ops->kind].run(run);
}

/* How many ops from @ops on go together. */
static size_t run_length(const struct netd_op *ops, size_t left)
{
	bool across = netd_op_runs[ops->kind].across;
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

static bool is_hopeless(const struct netd_op *op, const struct netd_op *const *failed,
			size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (netd_op_holds_up(failed[i], op))
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
		return netd_error_no_memory(whole->err);
	for (size_t i = 0; i < plan->op_count; i++) {
		const struct netd_op *op = &plan->ops[i];
		int r;

		if (is_hopeless(op, failed, count))
			continue;
		r = run_some(whole, i, 1);
		if (r >= 0)
			continue;
		name_op(whole, op);
		failed[count++] = op;
		if (!first)
			first = r;
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
