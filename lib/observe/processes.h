/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes that run in a router's or host's namespace, and end with it. */
#ifndef NETD_OBSERVE_PROCESSES_H
#define NETD_OBSERVE_PROCESSES_H

#include "host/context.h"
#include "plan/plan.h"

/*
 * @ops: @count ops that delete namespaces.  Ends what runs there: asked to first, killed
 * if that takes too long; or, with @keep, ends nothing.  It takes a few seconds at most.
 * @notes says who was ended, and who was not, and why.
 */
void netd_processes_end(const struct netd *netd, const struct netd_op *ops, size_t count,
			bool keep, struct netd_error *notes);

/* Notes in @plan whom its ops would end. */
void netd_processes_announce(const struct netd *netd, struct netd_plan *plan);

#endif
