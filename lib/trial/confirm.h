/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes that are taken back unless somebody confirms them. */
#ifndef NETD_TRIAL_CONFIRM_H
#define NETD_TRIAL_CONFIRM_H

#include "host/caller.h"
#include "host/context.h"

/*
 * -EBUSY with a problem if a change waits to be confirmed: nothing else may begin, and
 * the lock is released, which the end of that change needs.
 */
int netd_confirm_gate(struct netd *netd, struct netd_error *err);

/*
 * Under the lock: takes back a change whose time is over; 1 if there was one, even if its
 * topology is stuck now.  One whose time is not over, but whose watchdog is gone, gets
 * another.
 */
int netd_confirm_expire(struct netd *netd, const struct netd_caller *caller,
			struct netd_error *err);

/*
 * Takes the lock, and back whatever waits, in time or not; 1 if there was something.  If
 * it fails, the topology is stuck, or what waits is there for the next try.
 */
int netd_confirm_revert(struct netd *netd, const struct netd_caller *caller,
			const char *because, struct netd_error *err);

/* Under the lock: netd_confirm(). */
int netd_confirm_keep(struct netd *netd, const char *name, char **confirmed,
		      struct netd_error *err);
/*
 * Under the lock: takes back what waits; 1 if something did, whose topology is *@done, to
 * be freed.  -ENOENT: it is not @name (NULL: any).
 */
int netd_confirm_refuse(struct netd *netd, const struct netd_caller *caller,
			const char *name, char **done, enum netd_outcome *outcome,
			struct netd_error *err);
/* -ENOENT with a problem: nothing waits, and what became of the last that did. */
int netd_confirm_nothing(struct netd *netd, struct netd_error *err);

/* What is to be known of changes on trial, and of the last that was taken back. */
void netd_confirm_status(const struct netd *netd, struct netd_error *notes);
/* How many seconds it has left, if @topology is on trial. */
bool netd_confirm_left(const struct netd *netd, const char *topology, unsigned *seconds);

#endif
