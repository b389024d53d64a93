/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a topology to the kernel objects that it asks for. */
#ifndef NETD_DESIRED_DESIRED_H
#define NETD_DESIRED_DESIRED_H

#include "model/facts.h"

/*
 * Fills the zeroed @out with every link, address, sysctl and firewall element that @t
 * (checked) asks for on this host.  Pure.  -ENOMEM, or -EOPNOTSUPP with a problem at its
 * place for what this kernel or this version cannot do.
 */
int netd_desired_make(const struct netd_topology *t, const struct netd_facts *facts,
		      struct netd_desired *out, struct netd_error *err);

/* The MTU of its bridge: as the file says, or as an existing bridge has it. */
uint32_t netd_desired_mtu(const struct netd_network *n, const struct netd_facts *facts);

/*
 * A bridge that netd did not make takes the lowest MAC of its ports: what netd adds to it
 * gets a high one (net/bridge/br_stp_if.c br_stp_recalculate_bridge_id()).
 */
void netd_desired_high_mac(struct netd_desired_link *port, const struct netd_network *n,
			   const struct netd_facts *facts);

/* The MAC that a bridge gets unless its file names one: stable, local, per host. */
struct netd_mac netd_desired_mac(const char *host_id, const char *owner);

#endif
