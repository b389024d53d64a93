/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which network namespace a state directory belongs to, and the other way round. */
#ifndef NETD_HOST_HOME_H
#define NETD_HOST_HOME_H

#include "host/context.h"

/*
 * -EPERM with a problem if the state directory is that of another network namespace, or
 * this namespace's state is in another directory.  Under the lock (@write) it becomes
 * this namespace's if it was nobody's.  The context is connected.
 */
int netd_home_check(struct netd *netd, bool write, struct netd_error *err);

/*
 * True if the network namespace of that inode may still be there; @out: "network
 * namespace A", or what else is known of it.
 */
bool netd_home_lives(uint64_t inode, char *out, size_t size);

#endif
