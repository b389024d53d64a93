// SPDX-License-Identifier: GPL-2.0-or-later
/* Ops that go into namespaces, make or unmake them. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "observe/processes.h"
#include "host/resolv.h"
#include "engine/run.h"
#include "host/space.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "host/sysctl.h"

/* What a setting is in a namespace that was just made: read once, in the first of them.
 */
static int fresh_value(struct netd_state *fresh, const char *path, int *value)
{
	int r;

	if (netd_state_sysctl(fresh, path, value))
		return 0;
	r = netd_sysctl_read(path, value);
	if (r < 0)
		return r;
	if (!netd_objects_add_sysctl(&fresh->objects, path, *value))
		return -ENOMEM;
	return 0;
}

static int write_fresh(const struct netd_sysctl *want, struct netd_state *fresh)
{
	int value, r = fresh_value(fresh, want->path, &value);

	if (r < 0 || value == want->value)
		return r;
	return netd_sysctl_write(want->path, want->value);
}

/*
 * The settings that new links come with, and those of all, as far as a new namespace has
 * them otherwise.  A write that changes nothing is not cheap: some wait for the kernel's
 * one lock of networking by trying again and again (restart_syscall()).
 */
static int write_wide(const struct netd_run *run, const struct netd_op *op,
		      const struct netd_desired *want, struct netd_state *fresh)
{
	for (size_t i = 0; i < want->sysctl_count; i++) {
		const struct netd_sysctl *s = &want->sysctls[i];
		struct netd_op sysctl = {.kind = NETD_OP_SET_SYSCTL, .sysctl = *s};
		int r;

		if (!s->wide)
			continue;
		r = write_fresh(s, fresh);
		memcpy(sysctl.space, op->space, sizeof(sysctl.space));
		if (r < 0)
			return netd_run_failed(run, &sysctl, r, NULL);
	}
	return 0;
}

static int create_space(const struct netd_run *run, const struct netd_op *op,
			struct netd_state *fresh)
{
	const struct netd_desired *want = netd_run_desired(run, op);
	const struct netd_desired_link *lo = NULL;
	struct netd_link_attrs marked;
	struct netd_space *space;
	int r;

	if (want)
		lo = netd_desired_link(want, "lo");
	if (!lo)
		return netd_run_failed(run, op, -ENOENT, NULL);
	marked = lo->attrs;
	snprintf(marked.alias, sizeof(marked.alias),
		 NETD_ALIAS_PREFIX "%s" NETD_ALIAS_HOME "%" PRIu64, want->owner,
		 run->netd->home_inode);
	r = netd_space_make(run->netd, op->space, &marked, &space, run->err);
	if (r)
		return r;
	return write_wide(run, op, want, fresh);
}

static int create_spaces(const struct netd_run *run)
{
	netd_auto(netd_state_done) struct netd_state fresh = {0};
	int r = netd_netns_prepare(run->err);

	netd_spaces_expect(run->netd->space_count + run->count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < run->count; i++) {
		r = create_space(run, &run->ops[i], &fresh);
		if (r < 0)
			return r;
	}
	return 0;
}

int netd_run_create_spaces(const struct netd_run *run)
{
	int r = create_spaces(run);
	int back = netd_spaces_leave(run->netd, run->err);

	if (r)
		return r;
	return back;
}

int netd_run_delete_spaces(const struct netd_run *run)
{
	netd_processes_end(run->netd, run->ops, run->count, run->keep_processes,
			   run->notes);
	for (size_t i = 0; i < run->count; i++) {
		const struct netd_op *op = &run->ops[i];

		int r = netd_resolv_remove(op->space, run->err);

		if (r < 0)
			return r;
		r = netd_space_delete(run->netd, op->space, op->node.inode, run->err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Goes where @op is; the ops stand by namespace, so one visit each is enough. */
static int visit(const struct netd_run *run, const struct netd_op *op)
{
	struct netd_space *space = netd_space_find(run->netd, op->space);

	if (!op->space[0])
		return netd_spaces_leave(run->netd, run->err);
	if (space)
		return netd_space_enter(run->netd, space, run->err);
	return netd_run_failed(run, op, -ENOENT, NULL);
}

static int write_sysctls(const struct netd_run *run)
{
	int fine = netd_op_runs[run->ops->kind].fine;

	for (size_t i = 0; i < run->count; i++) {
		const struct netd_op *op = &run->ops[i];
		int r = 0;

		if (i == 0 || strcmp(op->space, op[-1].space) != 0)
			r = visit(run, op);
		if (r < 0)
			return r;
		r = netd_sysctl_write(op->sysctl.path, op->sysctl.value);
		if (r < 0 && r != fine)
			return netd_run_failed(run, op, r, NULL);
	}
	return 0;
}

int netd_run_sysctls(const struct netd_run *run)
{
	int r = write_sysctls(run);
	int back = netd_spaces_leave(run->netd, run->err);

	if (r)
		return r;
	return back;
}

int netd_run_resolv(const struct netd_run *run)
{
	int r = 0;

	for (size_t i = 0; i < run->count; i++) {
		const struct netd_op *op = &run->ops[i];
		const struct netd_desired *want = netd_run_desired(run, op);

		if (netd_op_sign(op) == '-')
			r = netd_resolv_remove(op->space, run->err);
		else if (want && want->resolv)
			r = netd_resolv_write(op->space, want->resolv, run->err);
		if (r)
			return r;
	}
	return 0;
}
