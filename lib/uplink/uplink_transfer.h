/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves what one link holds to another: the single steps (engine/run_uplinks.c: order).
 */
#ifndef NETD_UPLINK_UPLINK_TRANSFER_H
#define NETD_UPLINK_UPLINK_TRANSFER_H

#include "host/context.h"
#include "store/uplink_file.h"

struct netd_transfer {
	struct netd *netd;
	struct netd_capture *capture;
	const struct netd_holder *from, *to;
	struct netd_held_list leaving, arriving; /* as they are, and as they will be */
	struct netd_error *err;
};

void netd_transfer_done(struct netd_transfer *t);

/*
 * Finds out what is to leave and what will arrive; without @ipv6 nothing of IPv6, which
 * the other link cannot hold.  Each function adds a problem if it fails.
 */
int netd_transfer_collect(struct netd_transfer *t, bool ipv6);
/* Addresses that no route prefers yet, and neighbours. */
int netd_transfer_prepare(const struct netd_transfer *t);
/* Routes and rules: makes all, then deletes the old ones. */
int netd_transfer_switch_routes(const struct netd_transfer *t);
/* The addresses become what they were, and are deleted from the other link. */
int netd_transfer_finish(const struct netd_transfer *t);
/* The kernel makes the same IPv6 addresses on @t->to as it did on @t->from. */
int netd_transfer_keep_token(const struct netd_transfer *t);
/* -EIO if something did not arrive as it was. */
int netd_transfer_check(const struct netd_transfer *t);
/* Makes what is in the file and not on @t->to. */
int netd_transfer_restore(struct netd_transfer *t);
/* True if nothing arrived but the address that every link has. */
bool netd_transfer_is_bare(const struct netd_transfer *t);

#endif
