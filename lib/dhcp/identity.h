/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which process is the dnsmasq of a directory. */
#ifndef NETD_DHCP_IDENTITY_H
#define NETD_DHCP_IDENTITY_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/*
 * A descriptor of the process of @directory, which the caller closes; -ESRCH if there is
 * none, another -errno if that cannot be known.  search() also finds a process that has
 * no pid file yet, or that was killed and is ending; @orphan: one whose files are gone.
 */
int netd_dnsmasq_open(const char *directory);
int netd_dnsmasq_search(const char *directory, bool orphan);

/* Adds a problem that says so, for such an -errno, and returns it. */
int netd_dnsmasq_unknown(const char *name, int code, struct netd_error *err);

#endif
