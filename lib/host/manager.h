/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that say of an interface that they look after it. */
#ifndef NETD_HOST_MANAGER_H
#define NETD_HOST_MANAGER_H

#include <stdbool.h>

#include "model/state.h"

struct netd_error;

struct netd_manager {
	const char *name; /* "systemd-networkd" */
	/* Adds how @nic, with its addresses of @observed, comes into @bridge. */
	void (*hint)(struct netd_error *err, const char *bridge,
		     const struct netd_link *nic, const struct netd_state *observed);
	/* Commands: it lets go of what netd made.  NULL: unknown. */
	const char *release;
	/* A command: it lets go, for good, of an interface without addresses, whose name
	 * stands for each %s. */
	const char *leave;
};

/* False: none of them runs, or has run since the boot; nobody need be asked for links. */
bool netd_managers_run(void);

/* Whoever says so of the link of that index in a file of its own; NULL: nobody. */
const struct netd_manager *netd_manager_of(int index);

/* Adds the hint by which the manager leaves the port alone. */
void netd_manager_hint_port(struct netd_error *err, const struct netd_manager *manager,
			    const char *port);

#endif
