/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Room on the disk for what undoing and destroying have to write. */
#ifndef NETD_STORE_RESERVE_H
#define NETD_STORE_RESERVE_H

#include "store/store.h"
#include "model/state.h"

/*
 * Theory of operation.  The disk may be full by the time that a change is undone, because
 * it filled up on the way or because that is what the change failed of.  Most of undoing
 * is renames, which take no room; but what was given back has to be taken out of the
 * claims, and the file of a NIC that returns has to say so.
 *
 * So as long as there are claims or such files, STATE/reserve/ has a few files 1, 2 …
 * with room for the largest of them.  Where a file cannot be written since the disk is
 * full, one of these is written over and changes places with it: no block, no inode is
 * taken from the disk, and what was replaced is what is in reserve next.  They are made
 * before the first op of a change, which does not begin without.
 *
 * STATE/reserve/services is room for the files of DHCP and DNS servers, which others
 * write, too; it is given away when a change is undone.
 */

/*
 * Makes it for what is claimed and captured by now, and with @services for those of
 * @observed; -ENOSPC.
 */
int netd_reserve_make(const struct netd_store *store, const struct netd_state *observed,
		      bool services, struct netd_error *err);
/* Releases the room that is kept for services. */
void netd_reserve_release(const struct netd_store *store);
/* A change is over: what is not needed any more goes, what was used is made anew if that
 * can be. */
void netd_reserve_tidy(const struct netd_store *store);

/* As netd_store_write(); if the disk is full, out of the reserve. */
int netd_reserve_write(const struct netd_store *store, const char *path,
		       const struct netd_str *text, struct netd_error *err);

#endif
