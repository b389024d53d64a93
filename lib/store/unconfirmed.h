/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of a change that waits to be confirmed. */
#ifndef NETD_STORE_UNCONFIRMED_H
#define NETD_STORE_UNCONFIRMED_H

#include <stdint.h>

#include "store/store.h"

#define NETD_UNCONFIRMED "unconfirmed.yaml" /* in the state directory */

/*
 * Theory of operation.  STATE/unconfirmed.yaml is there from before the first op of the
 * change until it is confirmed or taken back.  Its first lines say until when; the rest
 * is the topology as it was before.  What is to become its definition when it is
 * confirmed, if that changes, stands between, in comments.  There is at most one record,
 * for the whole host: two that overlap could not be taken back in any order.
 *
 * The deadline is counted by the clock that goes on while the host sleeps and that nobody
 * can set; it means nothing after a reboot, which therefore counts as being over.
 */
struct netd_unconfirmed {
	struct netd_topology *previous;
	uint64_t deadline; /* nanoseconds, CLOCK_BOOTTIME */
	int64_t until;	   /* the same for people: seconds since 1970 */
	bool rebooted;	   /* it is of another boot */
};
void netd_unconfirmed_done(struct netd_unconfirmed *u);

/* CLOCK_BOOTTIME in nanoseconds. */
uint64_t netd_boottime(void);

bool netd_unconfirmed_is(const struct netd_store *store);
/* u->previous is NULL if nothing waits. */
int netd_unconfirmed_load(const struct netd_store *store, struct netd_unconfirmed *u,
			  struct netd_error *err);
/* What was saved with it as the definition; *@out stays NULL if nothing was. */
int netd_unconfirmed_definition(const struct netd_unconfirmed *u,
				struct netd_topology **out, struct netd_error *err);
/* Keeps @previous, and @definition (may be NULL), for @seconds from now; both stay the
 * caller's.  @head: as of netd_store_save_pending(). */
int netd_unconfirmed_save(const struct netd_store *store,
			  const struct netd_topology *previous,
			  const struct netd_topology *definition, const char *head,
			  unsigned seconds, struct netd_error *err);
int netd_unconfirmed_remove(const struct netd_store *store, struct netd_error *err);
/* Seconds that are left, rounded up; 0: it is over. */
unsigned netd_unconfirmed_left(const struct netd_unconfirmed *u);

/*
 * What became of the last one that was taken back: "lab was rolled back at …: …", in
 * *@out to be freed; NULL if nothing is known of one.  The next change forgets it.
 */
void netd_reverted_note(const struct netd_store *store, const char *name,
			const char *why);
void netd_reverted_read(const struct netd_store *store, char **out);
void netd_reverted_forget(const struct netd_store *store);

#endif
