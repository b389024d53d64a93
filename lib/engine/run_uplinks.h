/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A NIC becomes the uplink of a bridge, and takes everything back. */
#ifndef NETD_ENGINE_RUN_UPLINKS_H
#define NETD_ENGINE_RUN_UPLINKS_H

#include "store/uplink_file.h"
#include "model/claims.h"
#include "plan/plan.h"

struct netd;

/* Saves what each NIC that @plan moves holds, if that was not done before; @claims: those
 * that were there before. */
int netd_uplinks_capture(struct netd *netd, const char *topology,
			 const struct netd_claims *claims, const struct netd_plan *plan,
			 const struct netd_state *observed, struct netd_error *err);

#endif
