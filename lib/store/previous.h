/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each topology was before its last change. */
#ifndef NETD_STORE_PREVIOUS_H
#define NETD_STORE_PREVIOUS_H

#include "store/store.h"

#define NETD_PREVIOUS "previous" /* in the state directory */

/*
 * Theory of operation.  A change leaves what was before as previous/NAME.yaml: its
 * pending.yaml, renamed.  One forward more (api/quick.c) has no such file, since
 * writing one would cost as much as there are forwards.  It is one line of a text, so
 * previous/NAME.line says which: what was before is what runs without it.  The seal that
 * the text has with the line says whether it is that text still.
 *
 * NAME.line is there before the text is changed, and NAME.yaml goes behind that.  So
 * whoever is killed between, or fails, what counts is right: the line if the text has it.
 */

/* Moves @from (pending.yaml, or a record) to what topology @name was before. */
int netd_previous_keep(const struct netd_store *store, const char *from, const char *name,
		       struct netd_error *err);
/* Removes what topology @name was before, since that is not known any more. */
void netd_previous_forget(const struct netd_store *store, const char *name);
/* *@out is NULL if that is not known. */
int netd_previous_load(const struct netd_store *store, const char *name,
		       struct netd_topology **out, struct netd_error *err);

/* The text of topology @name is about to get @length bytes at @offset, and @seal then. */
int netd_previous_save_line(const struct netd_store *store, const char *name,
			    size_t offset, size_t length, const char *seal,
			    struct netd_error *err);
/* The text has the line now: an older previous state is removed. */
void netd_previous_commit_line(const struct netd_store *store, const char *name);

#endif
