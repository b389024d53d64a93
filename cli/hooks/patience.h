/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a failure may pass by itself, since netd is changing something just now. */
#ifndef NETD_HOOKS_PATIENCE_H
#define NETD_HOOKS_PATIENCE_H

#include "attach/attach.h"

/* Zeroed but for the directory before the first try. */
struct patience {
	const char *state_dir;
	unsigned waited; /* milliseconds */
	int last;	 /* no try after the next one */
};

/* After a failure: true if it should be tried again; waits a little, if need be. */
int patience_again(struct patience *p, const struct netd_attach_failure *f);

#endif
