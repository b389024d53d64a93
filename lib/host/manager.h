/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that say of an interface that they look after it. */
#ifndef NETD_HOST_MANAGER_H
#define NETD_HOST_MANAGER_H

#include "model/state.h"

struct netd_error;

struct netd_manager {
	const char *name; /* "systemd-networkd" */
	/* Adds how @nic comes into @bridge. */
	void (*hint)(struct netd_error *err, const char *bridge,
		     const struct netd_link *nic);
	/* Commands: it lets go of what netd made.  NULL: unknown. */
	const char *release;
};

/* Whoever says so of the link of that index in a file of its own; NULL: nobody. */
const struct netd_manager *netd_manager_of(int index);

#endif
