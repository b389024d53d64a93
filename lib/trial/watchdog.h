/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that takes a change back if nobody confirms it. */
#ifndef NETD_TRIAL_WATCHDOG_H
#define NETD_TRIAL_WATCHDOG_H

#include "host/context.h"

/*
 * Starts one and waits until it is armed.  *@leash, to be closed by the caller, tells it
 * by its end that the change was cut short, unless netd_watchdog_release() came before.
 * NULL: it needs none, the change is done.  -EOPNOTSUPP: no program was set for it.
 */
int netd_watchdog_start(struct netd *netd, int *leash, struct netd_error *err);

/* The change is done; from now on it waits for the deadline only. */
void netd_watchdog_release(int leash);

/* It may kill this process if that keeps the lock for good. */
void netd_watchdog_may_kill(int leash);

/* True if one is there, also if that cannot be known. */
bool netd_watchdog_lives(const struct netd *netd);

#endif
