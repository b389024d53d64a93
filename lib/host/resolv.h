/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /etc/netns/NAME/resolv.conf, which `ip netns exec` shows as /etc/resolv.conf. */
#ifndef NETD_HOST_RESOLV_H
#define NETD_HOST_RESOLV_H

#include "model/state.h"

/*
 * A file whose first line is "# netd TOPOLOGY/NODE" is ours; others are never changed.
 * Missing files and directories are no error.
 */

/* Fills space->resolv, or sets space->resolv_foreign; *@owner is "" or the first line's.
 */
int netd_resolv_read(struct netd_state *space, char owner[NETD_OWNER],
		     struct netd_error *err);
/* Replaces it as a whole; -EEXIST if there is one that is not ours. */
int netd_resolv_write(const char *space, const char *text, struct netd_error *err);
/* Removes it if it is ours, and the directory if that is empty then (or was before: one
 * that we made may be). */
int netd_resolv_remove(const char *space, struct netd_error *err);
/* Removes the file that a killed netd_resolv_write() left beside it. */
void netd_resolv_tidy(const char *space);

#endif
