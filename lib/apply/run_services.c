// SPDX-License-Identifier: GPL-2.0-or-later
/* Stops, starts and reloads DHCP and DNS servers. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/run.h"
#include "apply/services.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "dhcp/launch.h"
#include "dhcp/process.h"
#include "dhcp/upstream.h"
#include "kernel/netns.h"

/*
 * Theory of operation.  To start or end a dnsmasq is mostly waiting: for its first
 * process to be through with reading, for the kernel to let go of its sockets.  So a
 * batch of them goes through each step together.  One that fails does not keep the others
 * of its batch from being waited for; the rest is not begun then.
 */

#define BATCH 16
#define RESOLV_MAX (64UL << 10)

struct job {
	const struct netd_op *op;
	const struct netd_service *want; /* NULL: to be stopped */
	struct netd_dnsmasq d;
	char directory[PATH_MAX];
	char *resolv;
	int space;  /* descriptor, or -1 */
	int ending; /* the process that is about to end, or -1 */
	struct netd_launching launching;
};

struct batch {
	struct netd *netd;
	struct job *jobs;
	size_t count;
};

static void batch_done(struct batch *b)
{
	for (size_t i = 0; i < b->count; i++) {
		struct job *j = &b->jobs[i];

		free(j->resolv);
		if (j->space >= 0)
			close(j->space);
	}
	free(b->jobs);
}

/*
 * Getting ready
 */

/*
 * Where that of a router names nobody but itself, the host's is asked; where that one
 * names only a server on the host, which a router does not reach, the one behind it
 * (systemd-resolved keeps a list).
 */
static const char *host_resolv(const struct netd_state *space)
{
	static const char *const files[] = {"/etc/resolv.conf",
					    "/run/systemd/resolve/resolv.conf"};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(files); i++) {
		netd_auto_free char *text = NULL;

		if (netd_file_read(AT_FDCWD, files[i], RESOLV_MAX, &text, NULL, NULL) ==
			    0 &&
		    netd_upstream_has_servers(text, space))
			return files[i];
	}
	return files[0];
}

static const struct netd_service *find(const struct netd_state *s, const char *name)
{
	for (size_t i = 0; s && i < s->service_count; i++)
		if (strcmp(s->services[i].name, name) == 0)
			return &s->services[i];
	return NULL;
}

static int job_enter_space(struct job *j, const struct netd_state *desired,
			   struct netd_error *err)
{
	struct netd_str servers = {0};

	if (!j->op->space[0])
		return 0;
	j->space = netd_netns_open(j->op->space, err);
	if (j->space < 0)
		return j->space;
	j->d.space = j->space;
	if (!netd_upstream_has_servers(desired->resolv, desired)) {
		j->d.host_resolv = host_resolv(desired);
		return 0;
	}
	netd_upstream_servers(desired->resolv, desired, &servers);
	j->resolv = netd_str_take(&servers);
	j->d.resolv = j->resolv;
	return j->resolv ? 0 : netd_error_add(err, -ENOMEM, "out of memory");
}

static int job_make(const struct netd_run *run, const struct netd_op *op, struct job *j)
{
	const struct netd_state *desired = netd_run_desired(run, op);
	int r = netd_services_directory(run->netd, op->service.name, j->directory,
					sizeof(j->directory));

	j->op = op;
	j->d = (struct netd_dnsmasq){
		.name = op->service.name, .directory = j->directory, .space = -1};
	if (r < 0)
		return netd_error_add(run->err, r, "dhcp %s: no directory in %s",
				      op->service.name, run->netd->state_dir);
	if (op->kind == NETD_OP_STOP_SERVICE)
		return 0;
	j->want = find(desired, op->service.name);
	if (!j->want)
		return netd_error_add(run->err, -EINVAL, "dhcp %s: not planned",
				      op->service.name);
	return job_enter_space(j, desired, run->err);
}

/*
 * The steps; each goes on to the last job and returns the first error
 */

static int end_all(struct batch *b, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < b->count; i++)
		b->jobs[i].ending = netd_dnsmasq_end(&b->jobs[i].d);
	for (size_t i = 0; i < b->count; i++) {
		int one = netd_dnsmasq_wait_end(&b->jobs[i].d, b->jobs[i].ending, err);

		r = r ? r : one;
	}
	return r;
}

static int forget_files(struct batch *b, struct netd_error *err)
{
	static const char *const files[] = {NETD_DNSMASQ_CONFIG, NETD_DNSMASQ_RESERVED,
					    NETD_DNSMASQ_NAMES, NETD_DNSMASQ_RESOLV,
					    NETD_DNSMASQ_LOG};
	int r = 0;

	for (size_t i = 0; i < b->count; i++)
		for (size_t f = 0; f < NETD_ARRAY_SIZE(files); f++) {
			const char *name = b->jobs[i].d.name;
			char path[PATH_MAX];

			snprintf(path, sizeof(path), NETD_SERVICES "/%s/%s", name,
				 files[f]);
			if (unlinkat(b->netd->store.fd, path, 0) < 0 && errno != ENOENT)
				r = netd_error_add(err, -errno,
						   "dhcp %s: cannot remove %s: %s", name,
						   path, strerror(errno));
		}
	return r;
}

static int write_all(struct batch *b, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->count; i++)
		r = netd_dnsmasq_write(&b->jobs[i].d, b->jobs[i].want, err);
	return r;
}

static int start_all(struct batch *b, struct netd_error *err)
{
	size_t begun = 0;
	int r = 0;

	for (; r == 0 && begun < b->count; begun += r == 0)
		r = netd_dnsmasq_begin(&b->jobs[begun].d, &b->jobs[begun].launching, err);
	for (size_t i = 0; i < begun; i++) {
		int one = netd_dnsmasq_finish(&b->jobs[i].d, &b->jobs[i].launching, err);

		r = r ? r : one;
	}
	return r;
}

static int run_stop(struct batch *b, struct netd_error *err)
{
	int r = end_all(b, err);

	return r ? r : forget_files(b, err);
}

static int run_start(struct batch *b, struct netd_error *err)
{
	int r = end_all(b, err);

	if (r == 0)
		r = write_all(b, err);
	return r ? r : start_all(b, err);
}

static int run_reload(struct batch *b, struct netd_error *err)
{
	int r = write_all(b, err);

	for (size_t i = 0; r == 0 && i < b->count; i++)
		r = netd_dnsmasq_reload(&b->jobs[i].d, err);
	return r;
}

static int batch_make(struct batch *b, const struct netd_run *run,
		      const struct netd_op *ops, size_t count)
{
	int r = 0;

	b->jobs = calloc(count, sizeof(*b->jobs));
	if (!b->jobs)
		return netd_error_add(run->err, -ENOMEM, "out of memory");
	for (; r == 0 && b->count < count; b->count++) {
		b->jobs[b->count].space = -1;
		r = job_make(run, &ops[b->count], &b->jobs[b->count]);
	}
	return r;
}

static int run_batch(const struct netd_run *run, const struct netd_op *ops, size_t count)
{
	netd_auto(batch_done) struct batch b = {.netd = run->netd};
	int r = batch_make(&b, run, ops, count);

	if (r < 0)
		return r;
	if (run->ops->kind == NETD_OP_STOP_SERVICE)
		return run_stop(&b, run->err);
	return run->ops->kind == NETD_OP_START_SERVICE ? run_start(&b, run->err)
						       : run_reload(&b, run->err);
}

int netd_run_services(const struct netd_run *run)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < run->count; i += BATCH)
		r = run_batch(run, run->ops + i,
			      run->count - i < BATCH ? run->count - i : BATCH);
	return r;
}
