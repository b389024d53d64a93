/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host in memory, beside the kernel's: for tests of changes without root. */
#ifndef NETD_TESTS_FAKE_HOST_H
#define NETD_TESTS_FAKE_HOST_H

#include "host/context.h"
#include "model/state.h"

/*
 * Theory of operation.  `kernel` is what an observation shows, whole; running an op
 * changes it as the kernel would, with what the kernel does by itself: ports of a bridge
 * that goes are in none, addresses and routes go with their link, and an end of a pair
 * with the other one.  Uplinks are not known.
 *
 * Each op and each look is a step.  One step can fail, or run something else: a test of
 * what is left if the process were killed there, which must not return.
 */
struct fake_host {
	struct netd_state kernel;
	const struct netd_run *run; /* that is under way */
	int last_index;
	const char *neglected; /* a link whose fields are not set, without a word */

	unsigned watchdogs;  /* that were started; they live */
	unsigned sweeps;     /* so far: what services left was removed */
	unsigned steps, ops; /* so far; a step may be an op */
	unsigned fail_step;  /* the number of the one that fails; 0: none … */
	unsigned fail_until; /* … or of the last one of those that do */
	unsigned kill_step;
	void (*kill)(void *data); /* does not return */
	void *data;
};

extern const struct netd_host_ops fake_host_ops;

/* A host with "lo" and "eth0", which has 172.16.5.40/24 and the default route. */
void fake_host_init(struct fake_host *f);
void fake_host_done(struct fake_host *f);

/* A tap of somebody else's, plugged into @master ("": nowhere). */
struct netd_link *fake_host_plug(struct fake_host *f, const char *name,
				 const char *master);

/*
 * All of it that matters, a line for each thing, sorted: what is compared is that text.
 * The caller frees it.
 */
char *fake_host_text(const struct fake_host *f);

#endif
