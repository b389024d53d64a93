/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What netd does by itself, as signals to all who listen. */
#ifndef NETD_DAEMON_ANNOUNCE_H
#define NETD_DAEMON_ANNOUNCE_H

#include <stddef.h>

#include "daemon.h"

/* A signal's row for introspection; a NULL member ends them. */
struct announce_row {
	const char *member, *signature, *names;
};
extern const struct announce_row announce_rows[];

/* @what was repaired, after @who changed something; "" if that is not known. */
void announce_repaired(const struct daemon *daemon, const char *topology, size_t changes,
		       const char *what, const char *who);
/* The topology is left as it is. */
void announce_given_up(const struct daemon *daemon, const char *topology,
		       const char *who);

#endif
