/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes that run in a router's or host's namespace, and end with it. */
#ifndef NETD_OBSERVE_PROCESSES_H
#define NETD_OBSERVE_PROCESSES_H

#include "host/context.h"
#include "plan/plan.h"

/*
 * Ends what runs in the namespaces that @ops (@count of them) delete, by a signal that
 * asks first, and by SIGKILL after some seconds; with @keep, ends nothing.  @notes says
 * which processes were ended, which were not, and why.
 */
void netd_processes_end(const struct netd *netd, const struct netd_op *ops, size_t count,
			bool keep, struct netd_error *notes);

/* Notes in @plan which processes its ops would end. */
void netd_processes_announce(const struct netd *netd, struct netd_plan *plan);

#endif
