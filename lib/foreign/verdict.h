/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether somebody else's base chain is certain to drop a packet, and where. */
#ifndef NETD_FOREIGN_VERDICT_H
#define NETD_FOREIGN_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "foreign/program.h"

struct netd_packet;

/* Who drops: @rule of @chain; NULL: the base chain's policy. */
struct netd_verdict {
	const struct netd_program_chain *chain;
	const struct netd_program_rule *rule;
};

/*
 * True if the base chain, which must have been read, drops whatever packet it may be, and
 * fills @out.  Sets @packet->altered.  *@budget is how many rules may still be looked at,
 * over all calls; what comes behind the last one is not certain.  Where accept rules of
 * ours stand, or will (@base->drops), the packet must be one of those that they accept.
 */
bool netd_verdict_drops(const struct netd_program *p,
			const struct netd_foreign_chain *base, struct netd_packet *packet,
			size_t *budget, struct netd_verdict *out);

/* What may come of a chain; the inner half of netd_verdict_drops(). */
struct netd_verdict_walk;
unsigned netd_verdict_walk(struct netd_verdict_walk *w,
			   const struct netd_program_chain *chain);

#endif
