/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of iptables-legacy and ip6tables-legacy, which nf_tables does not show. */
#ifndef NETD_FOREIGN_LEGACY_H
#define NETD_FOREIGN_LEGACY_H

#include <stdbool.h>
#include <stdint.h>

struct netd_error;
struct netd_ruleset;

/*
 * Adds the tables of this thread's network namespace to @out->foreign and @out->others,
 * as iptables-nft would have written their rules; a rule's handle is its number in its
 * chain.  A table that is not there is not made by asking.  -ENOMEM with a problem.
 */
int netd_legacy_read(struct netd_ruleset *out, struct netd_error *err);

/* Whether there are any tables; asks no question that makes one. */
bool netd_legacy_is_there(void);

/* The priority at which a table of iptables has its chains; false: there is none so
 * called that filters. */
bool netd_iptables_priority(const char *table, int32_t *out);

#endif
