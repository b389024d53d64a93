/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state directory: what is running, what was changed outside, what was under way. */
#ifndef NETD_STORE_STORE_H
#define NETD_STORE_STORE_H

#include "store/lock.h"
#include "model/topology.h"
#include "model/claims.h"

struct netd_str;

#define NETD_TOPOLOGIES "topologies"
#define NETD_UNPLUGGED "unplugged"
#define NETD_UNSTARTED "unstarted"

/*
 * Theory of operation.  Below the state directory (/run/netd):
 *
 *   lock               flock; says who the writer is (store/lock.h)
 *   topologies/N.yaml  the running topology N, as netdctl export prints it
 *   networks/N         symlink to the bridge of running network N; what the hooks read
 *   claims             what was changed of things that are not ours (model/claims.h)
 *   previous/N.yaml    topology N as it was before the last change of it; or N.line
 *                      (store/previous.h)
 *   unplugged          ports that wait for their network (observe/plugs.h)
 *   unstarted          what was marked and could not be started (api/start.c)
 *   reserve/           room for what undoing has to write (store/reserve.h)
 *   stuck/N.yaml       what topology N is to return to, but could not (store/stuck.h)
 *   unconfirmed.yaml   a change that waits to be confirmed (store/unconfirmed.h)
 *   target.yaml        during a change: the topology as it will be; there before
 *                      pending.yaml, without which it means nothing
 *   pending.yaml       during a change: the topology as it was before, without networks
 *                      if there was none.  Found later, it says that a netd was killed:
 *                      recovering is applying it.
 *
 * Every file is replaced by rename after fsync.  Before the first op, pending.yaml and
 * the new claims are there; after the last one, topologies/N.yaml is, then pending.yaml
 * goes: it becomes previous/N.yaml.
 *
 * Each begins with a line that says which version of the state it is and how long
 * (store/seal.h).  One that is damaged, cut off or of another version is never guessed
 * at: the writer moves it to NAME.bad-1, -2 … and says so.
 */
struct netd_store {
	char *path;
	int fd;	  /* the directory */
	int lock; /* the locked file, -1 while unlocked */
};

/*
 * Opens (and makes, if @create) the directory.  -ENOENT without a problem if missing;
 * -EPERM if anybody but root and the calling user could have a hand in it, or in a
 * directory below it.
 */
int netd_store_open(struct netd_store *store, const char *path, bool create,
		    struct netd_error *err);
void netd_store_done(struct netd_store *store);

/* Waits for the one writer's lock; -EBUSY names who has it when the time is over. */
int netd_store_lock(struct netd_store *store, const struct netd_patience *patience,
		    struct netd_error *err);
void netd_store_unlock(struct netd_store *store);

/* -EPERM with a problem for each directory in it that is a link, or somebody else's. */
int netd_store_guard(const struct netd_store *store, struct netd_error *err);
/* The same of a file: what is wrong with it, or NULL. */
const char *netd_store_file_problem(const struct netd_store *store, const char *path);

/*
 * Files by their paths below the directory; *@text (without its first line) and *@out
 * stay NULL if there is none.  -EBADMSG: what is there cannot be used.
 */
int netd_store_read(const struct netd_store *store, const char *path, char **text,
		    size_t *length, struct netd_error *err);
int netd_store_load_file(const struct netd_store *store, const char *path,
			 struct netd_topology **out, struct netd_error *err);

/* -ENOMEM, too, if @text has failed. */
int netd_store_write(const struct netd_store *store, const char *path,
		     const struct netd_str *text, struct netd_error *err);
/* Moves what cannot be used out of the way, if the lock is held; -EBADMSG. */
int netd_store_set_aside(const struct netd_store *store, const char *path,
			 const char *why, struct netd_error *err);

/* That of NAME.yaml in @directory; *@out is NULL if there is none. */
int netd_store_load_named(const struct netd_store *store, const char *directory,
			  const char *name, struct netd_topology **out,
			  struct netd_error *err);
/* *@out is NULL if that topology is not running. */
int netd_store_load(const struct netd_store *store, const char *name,
		    struct netd_topology **out, struct netd_error *err);
/* True if what is saved under that name is @t to the letter (nothing, if it is empty). */
bool netd_store_has(const struct netd_store *store, const struct netd_topology *t);
/* Saves a running topology; an empty one is removed. */
int netd_store_save(const struct netd_store *store, const struct netd_topology *t,
		    struct netd_error *err);

/*
 * Saves @t, which is what pending.yaml has, as running.  On a full disk, pending.yaml is
 * linked to that name instead of copied.
 */
int netd_store_restore_pending(const struct netd_store *store,
			       const struct netd_topology *t, struct netd_error *err);

/* Reads all files, and sets aside what cannot be used; -EBADMSG.  Needs the lock. */
int netd_store_check(const struct netd_store *store, struct netd_error *err);

/* The N of all N.yaml in @directory, sorted; free each, then the array. */
int netd_store_names(const struct netd_store *store, const char *directory, char ***names,
		     size_t *count);

struct netd_topologies {
	struct netd_topology **items; /* NULL: taken out */
	size_t count;
};
void netd_topologies_done(struct netd_topologies *all);

/*
 * All running topologies, sorted by name, into the zeroed @out, which the caller frees,
 * also after an error.  None if the state directory is not there.
 */
int netd_store_load_all(const struct netd_store *store, struct netd_topologies *out,
			struct netd_error *err);

/* True if a change was begun and not ended. */
bool netd_store_is_pending(const struct netd_store *store);
/* *@out is NULL if there is none, or none that can be used. */
void netd_store_load_target(const struct netd_store *store, struct netd_topology **out);
/* Removes what a change that was killed at its very end left of it. */
void netd_store_forget_target(const struct netd_store *store);
/* Makes target.yaml, which has @t, the running topology, by a rename. */
int netd_store_commit_target(const struct netd_store *store,
			     const struct netd_topology *t, struct netd_error *err);
int netd_store_load_pending(const struct netd_store *store, struct netd_topology **out,
			    struct netd_error *err);
/*
 * A change begins.  @head: lines of comments to be put in front of what is pending
 * (observe/plugs.h), or "".  @target NULL: whatever is found, it must be taken back.
 */
int netd_store_save_pending(const struct netd_store *store, const struct netd_topology *t,
			    const char *head, const struct netd_topology *target,
			    struct netd_error *err);
/* Moves pending.yaml to previous/NAME.yaml. */
int netd_store_keep_pending(const struct netd_store *store, const char *name,
			    struct netd_error *err);
/* As netd_store_save_pending() on a full disk: links the running topology of that name to
 * pending.yaml, without head and target. */
int netd_store_link_pending(const struct netd_store *store, const char *name);
/* Renames pending.yaml to @path, or @path to pending.yaml. */
int netd_store_move_pending(const struct netd_store *store, const char *path,
			    struct netd_error *err);
int netd_store_make_pending(const struct netd_store *store, const char *path,
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
