/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules and sets of the tables through whose chains packets pass. */
#ifndef NETD_FOREIGN_FOREIGN_RULES_H
#define NETD_FOREIGN_FOREIGN_RULES_H

struct netd_nft;
struct netd_ruleset;

/* Fills @out->others for the tables of those of @out->foreign that are not at the input
 * hook.  -ENOMEM, -EINTR: changed meanwhile, -errno of the kernel's. */
int netd_foreign_rules_read(struct netd_nft *nft, struct netd_ruleset *out);

#endif
