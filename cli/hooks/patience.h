/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether to try again: a change in progress may be the cause of a failure. */
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
