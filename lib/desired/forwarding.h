/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which interfaces outside must forward, so that replies come back to the networks. */
#ifndef NETD_DESIRED_FORWARDING_H
#define NETD_DESIRED_FORWARDING_H

#include "model/facts.h"

/* Adds those settings to out->sysctls as foreign ones; -ENOMEM. */
int netd_forwarding_add(const struct netd_topology *t, const struct netd_facts *facts,
			struct netd_desired *out);

/*
 * True if a network of @t is its guests' IPv6 router by advertisements: then it matters
 * who else lives from such (netd_observe_listeners()).
 */
bool netd_forwarding_advertises(const struct netd_topology *t);

#endif
