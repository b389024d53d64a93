/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a NIC cannot, or should not, be bridged. */
#ifndef NETD_UPLINK_UPLINK_CHECK_H
#define NETD_UPLINK_UPLINK_CHECK_H

#include "model/state.h"
#include "model/claims.h"

struct netd;

/*
 * Why an uplink of @t cannot or should not be bridged: a problem for each, before
 * anything is touched.  What is only worth knowing goes to @notes.
 */
int netd_uplinks_check(struct netd *netd, const struct netd_topology *t,
		       const struct netd_state *observed,
		       const struct netd_claims *claims, struct netd_error *notes,
		       struct netd_error *err);

#endif
