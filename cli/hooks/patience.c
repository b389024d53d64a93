// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether to try again: a change in progress may be the cause of a failure. */
/*
 * Theory of operation.  The hooks take no lock: a port is put into a bridge whatever netd
 * does elsewhere at that moment.  Only if the network or its bridge is not there they
 * look whether a change is under way (STATE/pending.yaml): it may be about to make them,
 * or to make them anew.  Then, and for no more than three seconds, they try again and
 * again; a failure would end QEMU.  What a killed netd left behind looks the same, and
 * costs these three seconds.
 *
 * The change may have ended between the failure and the look, so there is always one try
 * more.
 */
#include "patience.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define LIMIT_MS 3000
#define PAUSE_MS 10
#define PENDING "/pending.yaml"
#define PATH_SIZE 512

/* Failures that a change in progress can cause. */
static const struct {
	enum netd_attach_step step;
	int code;
} passing[] = {
	{NETD_ATTACH_NETWORK, -ENOENT},
	{NETD_ATTACH_FIND_BRIDGE, -ENODEV},
	{NETD_ATTACH_JOIN, -ENODEV},
};

static int may_pass(const struct netd_attach_failure *f)
{
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		if (passing[i].step == f->step && passing[i].code == f->code)
			return 1;
	return 0;
}

static int is_under_way(const char *state_dir)
{
	char path[PATH_SIZE];
	size_t n = strlen(state_dir);
	struct stat st;

	if (n + sizeof(PENDING) > sizeof(path))
		return 0;
	memcpy(path, state_dir, n);
	memcpy(path + n, PENDING, sizeof(PENDING));
	return stat(path, &st) == 0;
}

int patience_again(struct patience *p, const struct netd_attach_failure *f)
{
	const struct timespec pause = {0, PAUSE_MS * 1000000L};

	if (p->last || !may_pass(f))
		return 0;
	if (p->waited >= LIMIT_MS || !is_under_way(p->state_dir)) {
		p->last = 1;
		return 1;
	}
	nanosleep(&pause, NULL);
	p->waited += PAUSE_MS;
	return 1;
}
