// SPDX-License-Identifier: GPL-2.0-or-later
/* Starts what is marked to be started at boot, as far as it can be. */
#include "trial/start.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "netd.h"
#include "plan/plan.h"
#include "trial/definition.h"

/*
 * Theory of operation.  The parts of a definition are its marked networks, then the
 * routers and hosts on no other networks.  All parts that do not run are started
 * together, as one change.  If that is refused or fails, each half of them is tried, and
 * so on: a few parts among many that cannot be started cost a few changes.  What is left
 * is tried once more, one by one, for its errors, and because its interface may have
 * appeared meanwhile.
 *
 * Parts that do not run even then are written to the file `unstarted`, a line "TOPOLOGY
 * KIND NAME" each: for `--again`, which does not start what somebody has stopped since,
 * and for status.
 */
struct run {
	struct netd_start s;
	void (*started)(const struct netd_plan *plan, void *data);
	void *data;
	enum netd_outcome outcome;
};

static void run_done(struct run *run)
{
	netd_start_done(&run->s);
}

/* Starts @count parts, all or none of them. */
static int attempt(struct run *run, size_t first, size_t count, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *wanted = NULL;
	struct netd_plan *plan = NULL;
	bool grown;
	int r = netd_start_compose(&run->s, first, count, &wanted, &grown, err);

	if (r < 0 || !grown)
		return r;
	r = netd_apply(run->s.netd, wanted, &plan, &run->outcome, err);
	if (r < 0)
		return r;
	netd_topology_free(run->s.running);
	run->s.running = netd_take(wanted);
	if (run->started)
		run->started(plan, run->data);
	netd_plan_free(plan);
	return 0;
}

/* True if trying other parts makes no sense. */
static bool is_hopeless(const struct run *run, int r)
{
	return r == -ENOMEM || run->outcome == NETD_NOT_ROLLED_BACK;
}

static int start_parts(struct run *run, size_t first, size_t count,
		       struct netd_error *err)
{
	struct netd_error why = {0};
	int r = attempt(run, first, count, &why);

	if (r < 0 && is_hopeless(run, r)) {
		netd_error_move(err, &why);
		return r;
	}
	netd_error_done(&why);
	if (r == 0 || count == 1)
		return 0;
	r = start_parts(run, first, count / 2, err);
	if (r < 0)
		return r;
	return start_parts(run, first + count / 2, count - count / 2, err);
}

/* Moves the problems of @why to @err, each with "network lan WHAT: " in front. */
static void move_problems(const struct run *run, const struct netd_start_part *p,
			  const char *what, struct netd_error *why,
			  struct netd_error *err)
{
	for (size_t i = 0; i < why->count; i++) {
		struct netd_problem *problem = &why->problems[i];
		char *text;

		if (asprintf(&text, "%s %s %s: %s", netd_start_kind(&run->s, p), p->name,
			     what, problem->text) < 0)
			continue;
		free(problem->text);
		problem->text = text;
	}
	netd_error_move(err, why);
}

/* 1 with problems if it still does not run; 0; -errno if no other part could start. */
static int start_last(struct run *run, size_t i, struct netd_error *err)
{
	const struct netd_start_part *p = &run->s.parts[i];
	const char *network = netd_start_missing(&run->s, p, run->s.running);
	struct netd_error why = {0};
	int r;

	if (netd_start_runs(&run->s, p))
		return 0;
	if (network) {
		netd_error_add(err, -ENOENT, "%s %s is not started: network %s is not",
			       netd_start_kind(&run->s, p), p->name, network);
		return 1;
	}
	r = attempt(run, i, 1, &why);
	move_problems(run, p, "is not started", &why, err);
	if (r < 0 && !is_hopeless(run, r))
		return 1;
	return r;
}

static int start_all(struct run *run, struct netd_error *err)
{
	int r = 0, left = 0;

	if (run->s.count)
		r = start_parts(run, 0, run->s.count, err);
	for (size_t i = 0; r >= 0 && i < run->s.count; i++) {
		r = start_last(run, i, err);
		left |= r > 0;
	}
	if (r < 0)
		return r;
	return left;
}

static int start(struct run *run, bool again, struct netd_error *err)
{
	int r = netd_running_or_empty(run->s.netd, run->s.defined->name, &run->s.running,
				      err);

	if (r < 0)
		return r;
	netd_start_read(&run->s);
	if (netd_start_list(&run->s, again) < 0)
		return netd_error_no_memory(err);
	if (!run->s.count && !again && run->started)
		run->started(&(struct netd_plan){0}, run->data);
	r = start_all(run, err);
	netd_start_write(&run->s);
	return r;
}

int netd_start_marked(struct netd *netd, const char *name, bool again,
		      void (*started)(const struct netd_plan *plan, void *data),
		      void *data, enum netd_outcome *outcome, struct netd_error *err)
{
	netd_auto_topology struct netd_topology *defined = NULL;
	netd_auto(run_done) struct run run = {
		.s.netd = netd,
		.started = started,
		.data = data,
		.outcome = NETD_UNTOUCHED,
	};
	int r = netd_begin(netd, outcome, err);

	if (r < 0)
		return r;
	r = netd_definition_load(netd, name, &defined, err);
	if (r < 0 || !netd_start_is_marked(defined))
		return r;
	run.s.defined = defined;
	r = start(&run, again, err);
	if (outcome)
		*outcome = run.outcome;
	return r;
}
