/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports that others plugged into our bridges, kept for the way back. */
#ifndef NETD_APPLY_PLUGS_H
#define NETD_APPLY_PLUGS_H

#include "apply/context.h"
#include "base/str.h"
#include "model/state.h"

/*
 * Theory of operation.  A guest's tap is in no topology: QEMU's hook plugged it in.  If a
 * change deletes its bridge and is taken back, the bridge is made anew, but the kernel
 * has forgotten who was on it.  So what is put on disk before the first op has a line
 * for each such port in front of the topology, "# port NAME INDEX BRIDGE", a comment to
 * everybody else.  The index says whether it is still the same interface.
 */

/* Appends a line for each port of @observed on a bridge of @t that is not netd's. */
void netd_plugs_collect(const struct netd_state *observed, const struct netd_topology *t,
			struct netd_str *out);

/* Appends those lines of a file @text (may be NULL) that was saved with them. */
void netd_plugs_copy(const char *text, struct netd_str *out);

/*
 * Puts those back that are in no bridge now.  No error: a port that is gone needs
 * nothing.
 */
void netd_plugs_restore(struct netd *netd, const char *text);

#endif
