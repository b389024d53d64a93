/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports that others plugged into our bridges, and that come back with their network. */
#ifndef NETD_OBSERVE_PLUGS_H
#define NETD_OBSERVE_PLUGS_H

#include "host/context.h"
#include "base/str.h"
#include "model/state.h"
#include "plan/plan.h"

/*
 * Theory of operation.  A guest's tap is in no topology: QEMU's hook plugged it in.  The
 * kernel forgets the ports of a bridge that is deleted; netd remembers them in two
 * places.
 *
 * The pending topology that is saved before the first op begins with a line for each such
 * port, "# port NAME INDEX BRIDGE", a comment to everybody else.  If the change is rolled
 * back, these ports are plugged in again.
 *
 * If the change is kept, and it deleted a network, its ports are written to the file
 * `unplugged`, one line "TOPOLOGY NETWORK NAME INDEX" each.  When that network comes
 * back, they are among the inputs of its plan, and so are the ports of a network whose
 * bridge gets another name.
 *
 * The index tells whether a port is still the same interface.
 */
struct netd_guest_ports {
	struct netd_guest_port *items; /* free() */
	size_t count;
};

/*
 * Which ports belong on which bridges of @t, into the zeroed @out: those on bridges of
 * @other, what runs (may be NULL), and those that wait for a network of @t.  Ports that
 * wait for a network of that name in another topology are told in @notes.
 */
int netd_plugs_plan(const struct netd *netd, const struct netd_topology *t,
		    const struct netd_topology *other, const struct netd_state *observed,
		    struct netd_guest_ports *out, struct netd_error *notes,
		    struct netd_error *err);

/* Appends a line for each port of @observed on a bridge of @t that is not netd's. */
void netd_plugs_collect(const struct netd_state *observed, const struct netd_topology *t,
			struct netd_str *out);

/* Appends those lines of a file @text (may be NULL) that was saved with them. */
void netd_plugs_copy(const char *text, struct netd_str *out);

/*
 * Plugs the ports in those lines in again, if they are in no bridge, or in another one of
 * ours.  No error: a port that is gone needs nothing.
 */
void netd_plugs_restore(struct netd *netd, const char *text);

/*
 * @from became @to: the ports in the lines of @text whose networks were deleted wait for
 * them from now on; those that waited for networks of @to no longer wait.  If that cannot
 * be written, @notes (may be NULL) says so.
 */
void netd_plugs_keep(struct netd *netd, const char *text,
		     const struct netd_topology *from, const struct netd_topology *to,
		     struct netd_error *notes);

#endif
