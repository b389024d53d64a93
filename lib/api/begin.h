/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every change begins with: recover, then see whether something is on trial. */
#ifndef NETD_API_BEGIN_H
#define NETD_API_BEGIN_H

#include "host/context.h"

/* As netd_begin(), also while something is on trial. */
int netd_begin_during_trial(struct netd *netd, enum netd_outcome *outcome,
			    struct netd_error *err);

/* -ENOENT with a problem: it does not run, or is stuck. */
int netd_not_running(const struct netd *netd, const char *name, struct netd_error *err);

#endif
