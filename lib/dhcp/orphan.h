/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasqs of ours whose files are gone. */
#ifndef NETD_DHCP_ORPHAN_H
#define NETD_DHCP_ORPHAN_H

#include <sys/types.h>

/*
 * Calls @visit with the name of each service below @parent that a process on this host
 * serves, by its command line; until it returns other than 0, which is returned.  What
 * cannot be looked into is passed over.
 */
int netd_dnsmasq_each(const char *parent,
		      int (*visit)(pid_t pid, const char *name, void *data), void *data);

#endif
