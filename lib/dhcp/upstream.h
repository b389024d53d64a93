/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The servers in a resolv.conf that a router's DNS can ask.  Pure. */
#ifndef NETD_DHCP_UPSTREAM_H
#define NETD_DHCP_UPSTREAM_H

#include "base/str.h"
#include "model/state.h"

/*
 * Adds the "nameserver ADDRESS" lines of @resolv (a resolv.conf's text; may be NULL) that
 * are of use to a server in @space: no loopback addresses, none of its own.
 */
void netd_upstream_servers(const char *resolv, const struct netd_objects *space,
			   struct netd_str *out);

/* True if there is any. */
bool netd_upstream_has_servers(const char *resolv, const struct netd_objects *space);

#endif
