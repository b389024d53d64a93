/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the kernel still has what a message asked for. */
#ifndef NETD_RULESET_MATCH_H
#define NETD_RULESET_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/netlink.h>

/*
 * True if @theirs, an object as nf_tables dumps it, says what @ours, the message that
 * made it, said.  Attributes that only the kernel adds (handles, counts, defaults) are
 * passed over; where we gave a list, theirs must be as long.  @skip has a bit, 1 << type,
 * for each attribute of ours that a dump does not return, or may return otherwise.
 */
bool netd_message_matches(const struct nlmsghdr *ours, const struct nlmsghdr *theirs,
			  uint32_t skip);

#endif
