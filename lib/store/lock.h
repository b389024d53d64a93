/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one writer's lock, and who holds it. */
#ifndef NETD_STORE_LOCK_H
#define NETD_STORE_LOCK_H

#include <sys/types.h>

struct netd_error;

/* How long to wait for the lock, and who is told that it takes a while. */
struct netd_patience {
	unsigned seconds;
	/* Called once, after about a second; @holder: "`netdctl apply lab.yaml` (pid 9)".
	 */
	void (*notice)(const char *holder, void *data);
	void *data;
};

/*
 * Locks the file "lock" of the directory @dirfd (@path, for messages); made if missing,
 * for root's eyes only.  The descriptor that holds it until it is closed; -EBUSY names
 * who has it when the time is over.
 */
int netd_lock_acquire(int dirfd, const char *path, const struct netd_patience *patience,
		      struct netd_error *err);

/* Who had it last, which is who has it if somebody does; 0: unknown. */
pid_t netd_lock_holder(int dirfd);

#endif
