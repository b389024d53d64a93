/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who would take a port out of its bridge again. */
#ifndef NETD_ADVISE_PORT_MANAGER_H
#define NETD_ADVISE_PORT_MANAGER_H

#include "model/topology.h"

/*
 * -EBUSY, with a problem that names it and what to do, if a program manages the
 * interface that becomes a port, or systemd-networkd would that which netd makes.  0 if
 * it is in the bridge already.
 */
int netd_port_unmanaged(const struct netd_network *n, const struct netd_port *p,
			struct netd_error *err);

#endif
