/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tap devices: made and unmade through /dev/net/tun, and what only they have. */
#ifndef NETD_KIND_TAP_H
#define NETD_KIND_TAP_H

#include "model/state.h"

/*
 * Theory of operation.  A persistent tap without an owner and a group can be opened by
 * every local user; with one of them, by that user, or by the members of that group; with
 * both, by that user if in that group (drivers/net/tun.c tun_not_capable()).  Root may
 * always.  So a tap that is to have neither gets root as its owner.  An owner, or a
 * group, can be replaced but not taken off again.
 */

/*
 * Opens a tap named link->name ("" or with %d: the kernel chooses, and the name is
 * written back) with the flags of link->tap (IFF_TAP | IFF_NO_PI, multi_queue, vnet_hdr,
 * owner, group, persistent).  The descriptor is the caller's; a tap that is not
 * persistent dies with its last one.  A later opener must ask for the same multi_queue
 * and vnet_hdr. -errno with a problem in @err: -ENOENT or -ENODEV no /dev/net/tun, -EBUSY
 * the name is taken, -EPERM no privilege.
 */
int netd_tap_open(struct netd_link_attrs *link, struct netd_error *err);

/*
 * Makes the tap @name behind @fd persistent.  What must never outlive us unmarked is
 * opened without, marked, and kept then: until here it dies with us.
 */
int netd_tap_keep(int fd, const char *name, struct netd_error *err);

/*
 * Gives the persistent tap link->name the owner and group of link->tap; multi_queue and
 * vnet_hdr are as it has them.  -EBUSY with a problem in @err: a program has it open.
 */
int netd_tap_set_owner(const struct netd_link_attrs *link, struct netd_error *err);

bool netd_link_is_tap(const struct netd_link *link);
/*
 * An older netd made taps that everybody can open.  While a program has one open, nobody
 * else can, and its owner cannot be set.
 */
bool netd_tap_is_open_to_all(const struct netd_link *have);
/* True if @want is a tap that is to have another owner or group. */
bool netd_tap_owner_differs(const struct netd_link_attrs *want,
			    const struct netd_link_attrs *have);

#endif
