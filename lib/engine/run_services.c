// SPDX-License-Identifier: GPL-2.0-or-later
/* Stops, starts and reloads DHCP and DNS servers. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/run.h"
#include "observe/services.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "dhcp/compile.h"
#include "dhcp/forget.h"
#include "dhcp/process.h"
#include "dhcp/upstream.h"
#include "host/netns.h"

/*
 * Theory of operation.  To start or end a dnsmasq is mostly waiting: for its first
 * process to be through with reading, for the kernel to let go of its sockets.  So a
 * batch of them goes through each step together.  One that fails does not keep the others
 * of its batch from being waited for; the rest is not begun then.
 */

#define BATCH 16
#define RESOLV_MAX (64UL << 10)
#define CONFIG_MAX (16UL << 20)

struct job {
	const struct netd_op *op;
	const struct netd_service *want; /* NULL: to be stopped */
	struct netd_dnsmasq d;
	char directory[PATH_MAX];
	char *resolv;
	struct netd_reservation *taken; /* addresses that machines take from others */
	size_t taken_count;
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
		free(j->taken);
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
static const char *host_resolv(const struct netd_objects *space)
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

static const struct netd_service *find(const struct netd_objects *s, const char *name)
{
	for (size_t i = 0; s && i < s->service_count; i++)
		if (strcmp(s->services[i].name, name) == 0)
			return &s->services[i];
	return NULL;
}

static int job_enter_space(struct job *j, const struct netd_desired *desired,
			   struct netd_error *err)
{
	struct netd_str servers = {0};

	if (!j->op->space[0])
		return 0;
	j->space = netd_netns_open(j->op->space, err);
	if (j->space < 0)
		return j->space;
	j->d.space = j->space;
	if (!netd_upstream_has_servers(desired->resolv, &desired->objects)) {
		j->d.host_resolv = host_resolv(&desired->objects);
		return 0;
	}
	netd_upstream_servers(desired->resolv, &desired->objects, &servers);
	j->resolv = netd_str_take(&servers);
	j->d.resolv = j->resolv;
	if (!j->resolv)
		return netd_error_no_memory(err);
	return 0;
}

/* What was observed without its files. */
static bool is_orphan(const struct netd_run *run, const char *name)
{
	const struct netd_service *have = find(&run->observed->objects, name);

	return have && !have->config[0];
}

static int job_make(const struct netd_run *run, const struct netd_op *op, struct job *j)
{
	int r = netd_services_directory(run->netd, op->service.name, j->directory,
					sizeof(j->directory));

	j->op = op;
	j->d = (struct netd_dnsmasq){
		.name = op->service.name,
		.directory = j->directory,
		.space = -1,
		.orphan = is_orphan(run, op->service.name),
		.guard = run->netd->watchdog,
	};
	if (r < 0) {
		netd_error_add(run->err, r, "dhcp %s: no directory in %s",
			       op->service.name, run->netd->state_dir);
		return r;
	}
	return 0;
}

/* What is to run, unless it is to be stopped. */
static int job_want(const struct netd_run *run, struct job *j)
{
	const struct netd_desired *desired = netd_run_desired(run, j->op);

	if (desired)
		j->want = find(&desired->objects, j->op->service.name);
	if (!desired || !j->want)
		return netd_error_add(run->err, -EINVAL, "dhcp %s: not planned",
				      j->op->service.name);
	return job_enter_space(j, desired, run->err);
}

/*
 * The steps; each goes on to the last job and returns the first error
 */

static int end_all(struct batch *b, struct netd_error *err)
{
	int first = 0;

	for (size_t i = 0; i < b->count; i++)
		b->jobs[i].ending = netd_dnsmasq_end(&b->jobs[i].d);
	for (size_t i = 0; i < b->count; i++) {
		int one = netd_dnsmasq_wait_end(&b->jobs[i].d, b->jobs[i].ending, err);

		if (!first)
			first = one;
	}
	return first;
}

static void service_path(const struct job *j, const char *file, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, NETD_SERVICES "/%s/%s", j->d.name, file);
}

static int cannot_remove(const struct job *j, const char *path, struct netd_error *err)
{
	if (errno != ENOENT)
		return netd_error_add(err, -errno, "dhcp %s: cannot remove %s: %s",
				      j->d.name, path, strerror(errno));
	return 0;
}

/* Its leases stay, and its config under another name, which says whose they are. */
static int forget_files(struct batch *b, struct netd_error *err)
{
	static const char *const files[] = {NETD_DNSMASQ_RESERVED, NETD_DNSMASQ_HOST,
					    NETD_DNSMASQ_NAMES, NETD_DNSMASQ_RESOLV,
					    NETD_DNSMASQ_LOG};
	int dir = b->netd->store.fd, r = 0;

	for (size_t i = 0; i < b->count; i++) {
		const struct job *j = &b->jobs[i];
		char path[PATH_MAX], stopped[PATH_MAX];

		for (size_t f = 0; f < NETD_ARRAY_SIZE(files); f++) {
			service_path(j, files[f], path);
			if (unlinkat(dir, path, 0) < 0)
				r = cannot_remove(j, path, err);
		}
		service_path(j, NETD_DNSMASQ_CONFIG, path);
		service_path(j, NETD_DNSMASQ_STOPPED, stopped);
		if (renameat(dir, path, dir, stopped) < 0)
			r = cannot_remove(j, path, err);
	}
	return r;
}

/*
 * Leases
 */

/* Those that were left by a service of somebody else's that had this name. */
static int forget_strangers(const struct batch *b, const struct job *j,
			    struct netd_error *err)
{
	char owner[NETD_OWNER] = "", link[NETD_IFNAME], space[NETD_NODE_NAME];
	netd_auto_free char *text = NULL;
	char path[PATH_MAX];
	int dir = b->netd->store.fd;

	service_path(j, NETD_DNSMASQ_STOPPED, path);
	if (netd_file_read(dir, path, CONFIG_MAX, &text, NULL, NULL) < 0)
		return 0;
	netd_dhcp_parse_marks(text, owner, link, space);
	if (unlinkat(dir, path, 0) < 0)
		return cannot_remove(j, path, err);
	if (strcmp(owner, j->want->owner) == 0)
		return 0;
	service_path(j, NETD_DNSMASQ_LEASES, path);
	if (unlinkat(dir, path, 0) < 0)
		return cannot_remove(j, path, err);
	return 0;
}

static bool is_taken(const struct netd_lease *lease, void *data)
{
	const struct job *j = data;

	return netd_reservations_take(j->taken, j->taken_count, lease);
}

/* Which leases stand in the way of reservations that are new. */
static int find_taken(const struct batch *b, struct job *j, struct netd_error *err)
{
	netd_auto_free char *text = NULL;
	const char *before = "";
	char path[PATH_MAX];
	int r;

	service_path(j, NETD_DNSMASQ_RESERVED, path);
	r = netd_file_read(b->netd->store.fd, path, CONFIG_MAX, &text, NULL, NULL);
	if (r < 0 && r != -ENOENT)
		return netd_error_add(err, r, "dhcp %s: cannot read %s: %s", j->d.name,
				      path, strerror(-r));
	if (text)
		before = text;
	r = netd_reservations_new(before, j->want->reserved, &j->taken, &j->taken_count);
	if (r < 0)
		return netd_error_add(err, r, "out of memory");
	return 0;
}

/* Before anything is written: what is new follows from what is there. */
static int prepare_leases(struct batch *b, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < b->count; i++) {
		r = find_taken(b, &b->jobs[i], err);
		if (r)
			return r;
	}
	return 0;
}

static int drop_leases(struct batch *b, struct netd_error *err)
{
	for (size_t i = 0; i < b->count; i++) {
		struct job *j = &b->jobs[i];
		int r = forget_strangers(b, j, err);

		if (r)
			return r;
		if (j->taken_count)
			r = netd_dnsmasq_drop_leases(&j->d, is_taken, j, err);
		if (r)
			return r;
	}
	return 0;
}

static int write_all(struct batch *b, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < b->count; i++) {
		r = netd_dnsmasq_write(&b->jobs[i].d, b->jobs[i].want, err);
		if (r)
			return r;
	}
	return 0;
}

static int start_all(struct batch *b, struct netd_error *err)
{
	size_t begun = 0;
	int first = 0;

	for (; begun < b->count; begun++) {
		first = netd_dnsmasq_begin(&b->jobs[begun].d, &b->jobs[begun].launching,
					   err);
		if (first)
			break;
	}
	for (size_t i = 0; i < begun; i++) {
		int one = netd_dnsmasq_finish(&b->jobs[i].d, &b->jobs[i].launching, err);

		if (!first)
			first = one;
	}
	return first;
}

static int stop(struct batch *b, struct netd_error *err)
{
	int r = end_all(b, err);

	if (r)
		return r;
	return forget_files(b, err);
}

static int start(struct batch *b, struct netd_error *err)
{
	int r = end_all(b, err);

	if (r)
		return r;
	r = drop_leases(b, err);
	if (r)
		return r;
	r = write_all(b, err);
	if (r)
		return r;
	return start_all(b, err);
}

/* Where a lease stands in the way, dnsmasq has to be started again without it. */
static int reload_one(struct batch *b, struct job *j, struct netd_error *err)
{
	struct batch one = {b->netd, j, 1};
	int r = 0;

	if (j->taken_count)
		r = netd_dnsmasq_count_leases(&j->d, is_taken, j, err);
	if (r < 0)
		return r;
	if (r > 0)
		return start(&one, err);
	r = write_all(&one, err);
	if (r)
		return r;
	return netd_dnsmasq_reload(&j->d, err);
}

static int reload(struct batch *b, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < b->count; i++) {
		r = reload_one(b, &b->jobs[i], err);
		if (r)
			return r;
	}
	return 0;
}

static int want_all(struct batch *b, const struct netd_run *run)
{
	for (size_t i = 0; i < b->count; i++) {
		int r = job_want(run, &b->jobs[i]);

		if (r < 0)
			return r;
	}
	return prepare_leases(b, run->err);
}

static int batch_make(struct batch *b, const struct netd_run *run,
		      const struct netd_op *ops, size_t count)
{
	int r = 0;

	b->jobs = calloc(count, sizeof(*b->jobs));
	if (!b->jobs)
		return netd_error_no_memory(run->err);
	for (; b->count < count; b->count++) {
		b->jobs[b->count].space = -1;
		r = job_make(run, &ops[b->count], &b->jobs[b->count]);
		if (r)
			return r;
	}
	return 0;
}

typedef int (*step)(struct batch *b, struct netd_error *err);

static int run_batch(const struct netd_run *run, const struct netd_op *ops, size_t count,
		     step go)
{
	netd_auto(batch_done) struct batch b = {.netd = run->netd};
	int r = batch_make(&b, run, ops, count);

	if (r < 0)
		return r;
	if (go != stop) {
		r = want_all(&b, run);
		if (r < 0)
			return r;
	}
	return go(&b, run->err);
}

static int run_batches(const struct netd_run *run, step go)
{
	for (size_t i = 0, count; i < run->count; i += count) {
		int r;

		count = run->count - i;
		if (count > BATCH)
			count = BATCH;
		r = run_batch(run, run->ops + i, count, go);
		if (r < 0)
			return r;
	}
	return 0;
}

int netd_run_stops(const struct netd_run *run)
{
	return run_batches(run, stop);
}

int netd_run_starts(const struct netd_run *run)
{
	return run_batches(run, start);
}

int netd_run_reloads(const struct netd_run *run)
{
	return run_batches(run, reload);
}
