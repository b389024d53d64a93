/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Services that run on although their directories are gone. */
#ifndef NETD_OBSERVE_ORPHANS_H
#define NETD_OBSERVE_ORPHANS_H

#include "host/context.h"
#include "model/state.h"

/*
 * Adds to the services of @host, observed already, each dnsmasq of this state directory
 * whose files are gone, if a link or namespace with @topology's mark says that it is that
 * topology's.  Its texts are "".  -ENOMEM.
 */
int netd_orphans_observe(const struct netd *netd, const char *topology,
			 struct netd_state *host);

#endif
