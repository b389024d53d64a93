/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tap devices: made and unmade through /dev/net/tun. */
#ifndef NETD_KERNEL_TAP_H
#define NETD_KERNEL_TAP_H

#include "model/state.h"

/*
 * Opens a tap named link->name ("" or with %d: the kernel chooses, and the name is
 * written back) with the flags of link->tap (IFF_TAP | IFF_NO_PI, multi_queue, vnet_hdr,
 * owner, group, persistent).  The descriptor is the caller's; a tap that is not
 * persistent dies with its last one.  A later opener must ask for the same multi_queue
 * and vnet_hdr. -errno with a problem in @err: -ENOENT or -ENODEV no /dev/net/tun, -EBUSY
 * the name is taken, -EPERM no privilege.
 */
int netd_tap_open(struct netd_link *link, struct netd_error *err);

/* Makes a persistent tap and lets go of it. */
int netd_tap_create(const struct netd_link *link, struct netd_error *err);

#endif
