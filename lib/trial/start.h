/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts what is marked to be started at boot, as far as it can be. */
#ifndef NETD_TRIAL_START_H
#define NETD_TRIAL_START_H

#include "host/context.h"

/*
 * Notes which parts of @defined could not be started and are not in @running (NULL:
 * nothing runs), and why, as a start would say now.
 */
void netd_unstarted_note(struct netd *netd, const struct netd_topology *defined,
			 const struct netd_topology *running, struct netd_error *notes);

#endif
