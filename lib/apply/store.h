/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state directory: what is running, what was changed outside, what was under way. */
#ifndef NETD_APPLY_STORE_H
#define NETD_APPLY_STORE_H

#include "model/topology.h"
#include "plan/claims.h"

/*
 * Theory of operation.  Below the state directory (/run/netd):
 *
 *   lock               flock; holds "PID COMMAND" of the writer
 *   topologies/N.yaml  the running topology N, as netdctl export prints it
 *   networks/N         symlink to the bridge of running network N; what the hooks read
 *   claims             what was changed of things that are not ours (plan/claims.h)
 *   pending.yaml       during a change: the topology as it was before, without networks
 *                      if there was none.  Found later, it says that a netd was killed:
 *                      recovering is applying it.
 *
 * Every file is replaced by rename after fsync.  Before the first op, pending.yaml and
 * the new claims are there; after the last one, topologies/N.yaml is, then pending.yaml
 * goes.
 */
struct netd_store {
	char *path;
	int fd;	  /* the directory */
	int lock; /* the locked file, -1 while unlocked */
};

/* Opens (and makes, if @create) the directory.  -ENOENT without a problem if missing. */
int netd_store_open(struct netd_store *store, const char *path, bool create,
		    struct netd_error *err);
void netd_store_done(struct netd_store *store);

/* Waits up to @seconds for the one writer's lock; -EBUSY names who has it. */
int netd_store_lock(struct netd_store *store, unsigned seconds, struct netd_error *err);

/* *@out is NULL if that topology is not running. */
int netd_store_load(const struct netd_store *store, const char *name,
		    struct netd_topology **out, struct netd_error *err);
/* True if what is saved under that name is @t to the letter (nothing, if it is empty). */
bool netd_store_has(const struct netd_store *store, const struct netd_topology *t);
/* Saves a running topology; one without networks is removed. */
int netd_store_save(const struct netd_store *store, const struct netd_topology *t,
		    struct netd_error *err);

/* All running topologies, sorted by name; free each, then the array. */
int netd_store_load_all(const struct netd_store *store, struct netd_topology ***out,
			size_t *count, struct netd_error *err);

/* True if a change was begun and not ended. */
bool netd_store_is_pending(const struct netd_store *store);
int netd_store_load_pending(const struct netd_store *store, struct netd_topology **out,
			    struct netd_error *err);
int netd_store_save_pending(const struct netd_store *store, const struct netd_topology *t,
			    struct netd_error *err);
int netd_store_remove_pending(const struct netd_store *store, struct netd_error *err);

int netd_store_load_claims(const struct netd_store *store, struct netd_claims *out,
			   struct netd_error *err);
int netd_store_save_claims(const struct netd_store *store,
			   const struct netd_claim *claims, size_t count,
			   struct netd_error *err);

/* Makes the records of @t's networks, and removes those that only @previous had. */
int netd_store_update_records(const struct netd_store *store,
			      const struct netd_topology *previous,
			      const struct netd_topology *t, struct netd_error *err);

#endif
