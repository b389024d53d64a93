/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What runs of a topology, and its definition. */
#ifndef NETD_TRIAL_AGREE_H
#define NETD_TRIAL_AGREE_H

#include "host/context.h"

/*
 * A topology was rolled back from @ran to @runs: writes what runs now into its
 * definition, where that has just what was rolled back; only the definition of `default`
 * is netd's to write.  Where the two still disagree, @notes says so, and how to choose.
 */
void netd_agree_follow(struct netd *netd, const struct netd_topology *ran,
		       const struct netd_topology *runs, struct netd_error *notes);

/* Public: it is in netd.h too. */
NETD_PUBLIC bool netd_topology_agrees(const struct netd_topology *a,
				      const struct netd_topology *b, const char *name);

#endif
