/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a topology to the kernel objects that it asks for. */
#ifndef NETD_PLAN_DESIRED_H
#define NETD_PLAN_DESIRED_H

#include "plan/facts.h"

/*
 * Fills the zeroed @out with every link, address, sysctl and firewall element that @t
 * (checked) asks for on this host.  Pure.  -ENOMEM, or -EOPNOTSUPP with a problem at its
 * place for what this kernel or this version cannot do.
 */
int netd_desired_make(const struct netd_topology *t, const struct netd_facts *facts,
		      struct netd_state *out, struct netd_error *err);

/* The MAC that a bridge gets unless its file names one: stable, local, per host. */
struct netd_mac netd_desired_mac(const char *host_id, const char *owner);

#endif
