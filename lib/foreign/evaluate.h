/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one rule does to a packet of which something is known. */
#ifndef NETD_FOREIGN_EVALUATE_H
#define NETD_FOREIGN_EVALUATE_H

#include "ruleset/bits.h"
#include "foreign/program.h"

struct netd_packet;

/* Sees a verdict that the rule gives the packet (YES) or may give it (MAYBE). */
typedef void (*netd_evaluate_visit)(const struct netd_program_verdict *v,
				    enum netd_truth given, void *data);

/*
 * Runs the rule.  YES if the verdicts that were seen are all that can come of it; else
 * the packet may (MAYBE) or does (NO) go on to the next rule.  Sets @packet->altered.
 */
enum netd_truth netd_evaluate(const struct netd_program *p,
			      const struct netd_program_chain *chain,
			      const struct netd_program_rule *rule,
			      struct netd_packet *packet, netd_evaluate_visit visit,
			      void *data);

#endif
