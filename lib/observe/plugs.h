/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports that others plugged into our bridges, which come back with their network. */
#ifndef NETD_OBSERVE_PLUGS_H
#define NETD_OBSERVE_PLUGS_H

#include "host/context.h"
#include "base/str.h"
#include "model/state.h"
#include "plan/plan.h"

/*
 * Theory of operation.  A guest's tap is in no topology: QEMU's hook plugged it in.  The
 * kernel forgets who was on a bridge that goes; netd remembers it in two places.
 *
 * What is put on disk before the first op has a line for each such port in front of the
 * topology, "# port NAME INDEX BRIDGE", a comment to everybody else.  If the change is
 * taken back, they are plugged in again.
 *
 * If it is kept, and a network went with it, its ports are put into the file `unplugged`,
 * "TOPOLOGY NETWORK NAME INDEX" each.  When that network comes back, they are among the
 * inputs of its plan, and so are those of a network whose bridge gets another name.
 *
 * The index says whether it is still the same interface.
 */
struct netd_plugs {
	struct netd_plug *items; /* free() */
	size_t count;
};

/*
 * Which ports are to be on which bridges of @t, into the zeroed @out: those on bridges of
 * @other, what runs (may be NULL), and those that wait for a network of @t.  @notes:
 * which wait for one of that name in another topology.
 */
int netd_plugs_plan(const struct netd *netd, const struct netd_topology *t,
		    const struct netd_topology *other, const struct netd_state *observed,
		    struct netd_plugs *out, struct netd_error *notes,
		    struct netd_error *err);

/* Appends a line for each port of @observed on a bridge of @t that is not netd's. */
void netd_plugs_collect(const struct netd_state *observed, const struct netd_topology *t,
			struct netd_str *out);

/* Appends those lines of a file @text (may be NULL) that was saved with them. */
void netd_plugs_copy(const char *text, struct netd_str *out);

/*
 * Puts those back that are in no bridge, or in another one of ours.  No error: a port
 * that is gone needs nothing.
 */
void netd_plugs_restore(struct netd *netd, const char *text);

/*
 * @from became @to: of the lines in @text, those of networks that went wait for them from
 * now on; what waited for networks of @to waits no more.  If that cannot be written, it
 * is said in @notes (may be NULL).
 */
void netd_plugs_keep(struct netd *netd, const char *text,
		     const struct netd_topology *from, const struct netd_topology *to,
		     struct netd_error *notes);

#endif
