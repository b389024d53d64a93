/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ifupdown: what /etc/network/interfaces says, and what of it is in effect. */
#ifndef NETD_HOST_IFUPDOWN_H
#define NETD_HOST_IFUPDOWN_H

#include <stdbool.h>

#include "model/state.h"

struct netd_error;

/* True if ifup configured the interface, and ifdown did not take that back. */
bool netd_ifupdown_has(const char *nic);

/* Adds how ifupdown makes @bridge with @nic in it, and with what @nic has now. */
void netd_ifupdown_hint(struct netd_error *err, const char *bridge,
			const struct netd_link *nic);

#endif
