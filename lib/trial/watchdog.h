/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that takes a change back if nobody confirms it. */
#ifndef NETD_TRIAL_WATCHDOG_H
#define NETD_TRIAL_WATCHDOG_H

#include "host/context.h"

#define NETD_WATCH_LOCK "watchdog" /* in the state directory */

/* The bytes on the leash: of the watchdog, … */
#define NETD_WATCH_ARMED 'a'
/* … and of the command: */
#define NETD_WATCH_DONE 'd'
#define NETD_WATCH_MAY_KILL 'k' /* the watchdog may kill it if it keeps the lock */

/*
 * Starts a watchdog and waits until it is armed.  The caller closes *@leash; unless it
 * called netd_watchdog_release() before, the watchdog takes the change back then.  NULL:
 * the change is done already.  -EOPNOTSUPP: no program was set for it.
 */
int netd_watchdog_start(struct netd *netd, int *leash, struct netd_error *err);

/* The change is done; from now on the watchdog waits for the deadline only. */
void netd_watchdog_release(int leash);

/* Lets the watchdog kill this process if it keeps the lock for good. */
void netd_watchdog_may_kill(int leash);

/* True if a watchdog runs, or if that cannot be known. */
bool netd_watchdog_lives(const struct netd *netd);

/* Public: it is in netd.h too. */
NETD_PUBLIC int netd_watch(struct netd *netd, int leash, struct netd_error *err);

#endif
