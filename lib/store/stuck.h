/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Topologies that can go neither forward nor back. */
#ifndef NETD_STORE_STUCK_H
#define NETD_STORE_STUCK_H

#include "store/store.h"

/*
 * Theory of operation.  When the way back of a change cannot be finished, all of it is
 * done that can be, and pending.yaml becomes STATE/stuck/NAME.yaml: what topology NAME is
 * to return to.  Its claims stay.  Nobody else is concerned: other topologies go on, and
 * the lock is free.  The next change of NAME, or `recover`, goes on from what the kernel
 * has then; when it gets through, the record goes.
 *
 * STATE/stuck/NAME.why has what the last try could not do, for people: nothing is lost
 * with it.
 *
 * Becoming stuck and being taken up again is one rename each, which needs no room on the
 * disk: whoever is killed leaves the one or the other.
 */

bool netd_stuck_is(const struct netd_store *store, const char *name);
/* What it is to return to; *@out is NULL if it is not stuck. */
int netd_stuck_load(const struct netd_store *store, const char *name,
		    struct netd_topology **out, struct netd_error *err);
/* The names of all stuck topologies, sorted; free each, then the array. */
int netd_stuck_names(const struct netd_store *store, char ***names, size_t *count,
		     struct netd_error *err);

/* Moves pending.yaml to stuck/NAME.yaml, and keeps the problems @why. */
int netd_stuck_keep(const struct netd_store *store, const char *name,
		    const struct netd_error *why, struct netd_error *err);
/* Moves stuck/NAME.yaml back to pending.yaml, for another try. */
int netd_stuck_resume(const struct netd_store *store, const char *name,
		      struct netd_error *err);
/* Removes the record: the topology is not stuck any more. */
int netd_stuck_forget(const struct netd_store *store, const char *name,
		      struct netd_error *err);

/* Adds what the last try could not do; nothing if that is not known. */
void netd_stuck_problems(const struct netd_store *store, const char *name,
			 struct netd_error *out);

/* Adds, behind the problems, that it is stuck; @failing: "not rolled back". */
void netd_stuck_say(const char *failing, const char *name, struct netd_error *err);

/*
 * Moves all that is known of topology @name (its record, what ran, its claims, what its
 * uplinks held) to STATE/left-NAME-1, -2 …: *@where, to be freed, is that directory.
 */
int netd_stuck_set_aside(const struct netd_store *store, const char *name, char **where,
			 struct netd_error *err);

#endif
