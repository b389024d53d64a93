/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel tells of changes that may concern what runs. */
#ifndef NETD_DAEMON_MONITOR_H
#define NETD_DAEMON_MONITOR_H

#include <stdbool.h>

#include "daemon.h"

struct monitor;

/*
 * @changed is told, with @data, that something may have been changed: @rules says that it
 * was netd's firewall, and @who, which may be NULL, by which program ("nft (pid 12)").
 */
int monitor_new(struct daemon *daemon,
		void (*changed)(bool rules, const char *who, void *data), void *data,
		struct monitor **out);
struct monitor *monitor_free(struct monitor *monitor);

#endif
