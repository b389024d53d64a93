/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands where a plan changes something, and who seems to have put it there. */
#ifndef NETD_PLAN_DRIFT_H
#define NETD_PLAN_DRIFT_H

#include "plan/plan.h"

/*
 * Fills plan->evidence with what the kernel's state tells: the present values, the bridge
 * that a port is in and whose it is, by which protocol a route came.  Pure.  -ENOMEM.
 */
int netd_drift_explain(struct netd_plan *plan, const struct netd_state *observed);

#endif
