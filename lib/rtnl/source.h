/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of its addresses the host uses towards another. */
#ifndef NETD_RTNL_SOURCE_H
#define NETD_RTNL_SOURCE_H

#include "base/addr.h"

/* Nothing is sent.  Of an address of the host's own it is that address itself.
 * -errno: nothing leads there. */
int netd_source_towards(const struct netd_addr *to, struct netd_addr *out);

#endif
