/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Somebody else's chains where packets come in or pass, and our rules in them. */
#ifndef NETD_FOREIGN_FOREIGN_H
#define NETD_FOREIGN_FOREIGN_H

#include <stdbool.h>

struct netd_error;
struct netd_nft;
struct netd_ruleset;

/*
 * Adds to @have, as netd_firewall_read() filled it, what matters to guests that are to
 * reach DHCP and DNS: `foreign` and `admitted`; and, if @want->passes, what is in the way
 * of packets that pass: `foreign` and `others`.  If neither @want has such guests nor
 * @have (by a mark in map `bridges`, or @have->serves, which the caller may set), and
 * nothing passes, it asks the kernel nothing.  What changes between the two calls is
 * found out when the difference is committed, by @have's generation.  -EAGAIN: others
 * change nftables without pause; -ENOMEM, -errno of the kernel's.
 */
int netd_firewall_read_foreign(struct netd_nft *nft, const struct netd_ruleset *want,
			       struct netd_ruleset *have, struct netd_error *err);

/* Whether anybody else filters what passes: one question.  -errno, no problem added. */
int netd_firewall_is_passed(struct netd_nft *nft, bool *out);

/* Fills @out->others for the tables of those of @out->foreign that are not at the input
 * hook.  -ENOMEM, -EINTR: changed meanwhile, -errno of the kernel's. */
int netd_foreign_rules_read(struct netd_nft *nft, struct netd_ruleset *out);

#endif
