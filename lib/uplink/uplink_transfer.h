/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one link holds, onto another: the single steps (see uplink.c for their order). */
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
 * Finds out what is to leave and what will arrive; without @ipv6 nothing of IPv6's, since
 * the other link cannot hold it.  Each adds a problem if it fails.
 */
int netd_transfer_collect(struct netd_transfer *t, bool ipv6);
/* Addresses that no route prefers yet, and neighbours. */
int netd_transfer_prepare(const struct netd_transfer *t);
/* Routes and rules: all are made, then the old ones go. */
int netd_transfer_switch_routes(const struct netd_transfer *t);
/* The addresses become what they were, and go from the other link. */
int netd_transfer_finish(const struct netd_transfer *t);
/* What the kernel makes IPv6 addresses of on @t->from, it makes them of on @t->to. */
int netd_transfer_keep_token(const struct netd_transfer *t);
/* -EIO if something did not arrive to the letter. */
int netd_transfer_check(const struct netd_transfer *t);
/* Makes what the file has and @t->to has not. */
int netd_transfer_restore(struct netd_transfer *t);
/* True if nothing arrived but the address that every link has. */
bool netd_transfer_is_bare(const struct netd_transfer *t);

#endif
