/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One change with a record, a watchdog and a probe around it. */
#ifndef NETD_TRIAL_TRIAL_H
#define NETD_TRIAL_TRIAL_H

#include "engine/transaction.h"

/*
 * Under the lock, with nothing pending and nothing on trial: netd_engine_apply() of
 * @change, which is on trial, as netd_apply_unconfirmed() has it.
 */
int netd_trial_apply(struct netd *netd, const struct netd_change *change,
		     const struct netd_trial *trial, struct netd_plan **plan,
		     enum netd_outcome *outcome, struct netd_error *err);

#endif
