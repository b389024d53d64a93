/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A NIC becomes the uplink of a bridge, and takes everything back. */
#ifndef NETD_APPLY_UPLINK_H
#define NETD_APPLY_UPLINK_H

#include "apply/uplink_file.h"
#include "plan/claims.h"
#include "plan/plan.h"

struct netd;

/* Saves what each NIC that @plan moves holds, if that was not done before; @claims: those
 * that were there before. */
int netd_uplinks_capture(struct netd *netd, const char *topology,
			 const struct netd_claims *claims, const struct netd_plan *plan,
			 const struct netd_state *observed, struct netd_error *err);

#endif
