/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes that are taken back unless somebody confirms them. */
#ifndef NETD_TRIAL_CONFIRM_H
#define NETD_TRIAL_CONFIRM_H

#include "host/context.h"

/*
 * -EBUSY with a problem if a change waits to be confirmed: nothing else may begin, and
 * the lock is let go of, which the end of that change needs.
 */
int netd_confirm_gate(struct netd *netd, struct netd_error *err);

/*
 * Under the lock: takes back a change whose time is over; 1 if there was one, even if its
 * topology is stuck now.  One whose time is not over, but whose watchdog is gone, gets
 * another.
 */
int netd_confirm_expire(struct netd *netd, struct netd_error *err);

/*
 * Takes the lock, and back whatever waits, in time or not; 1 if there was something.  If
 * it fails, the topology is stuck, or what waits is there for the next try.
 */
int netd_confirm_revert(struct netd *netd, const char *because, struct netd_error *err);

/* What is to be known of changes on trial, and of the last that was taken back. */
void netd_confirm_status(const struct netd *netd, struct netd_error *notes);
/* How many seconds it has left, if @topology is on trial. */
bool netd_confirm_left(const struct netd *netd, const char *topology, unsigned *seconds);

#endif
