/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel tells of changes that may concern what runs. */
#ifndef NETD_DAEMON_LISTEN_H
#define NETD_DAEMON_LISTEN_H

#include <stdbool.h>

#include "daemon.h"

struct listen;

/*
 * @changed is told, with @data, that something may have been changed: @rules says that it
 * was netd's firewall, and @who, which may be NULL, by which program ("nft (pid 12)").
 */
int listen_new(struct daemon *daemon,
	       void (*changed)(bool rules, const char *who, void *data), void *data,
	       struct listen **out);
struct listen *listen_free(struct listen *listen);

#endif
