/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one rule does to a packet that is partly known. */
#ifndef NETD_FOREIGN_EVALUATE_H
#define NETD_FOREIGN_EVALUATE_H

#include <stdint.h>
#include <stdbool.h>
#include "ruleset/bits.h"
#include "foreign/program.h"

struct netd_packet;

/* Gets a verdict that the rule gives the packet (YES) or may give it (MAYBE). */
typedef void (*netd_evaluate_visit)(const struct netd_program_verdict *v,
				    enum netd_truth given, void *data);

/*
 * Runs the rule.  YES if one of the verdicts that @visit got ends it; else the packet may
 * (MAYBE) or does (NO) go on to the next rule.  Sets @packet->altered.
 */
enum netd_truth netd_evaluate(const struct netd_program *p,
			      const struct netd_program_chain *chain,
			      const struct netd_program_rule *rule,
			      struct netd_packet *packet, netd_evaluate_visit visit,
			      void *data);

/* Sees an element that is found for certain (YES), or by some (MAYBE). */
typedef void (*netd_lookup_visit)(const struct netd_program_element *e,
				  enum netd_truth found, void *data);

/*
 * Whether the key at byte @at of @key is in @s, which must be listed.  @visit, unless
 * NULL, sees every element that it may be.
 */
enum netd_truth netd_lookup(const struct netd_program_set *s, const struct netd_bits *key,
			    size_t at, netd_lookup_visit visit, void *data);

struct nftnl_expr;

/* Whether the packet passes the expression "match". */
enum netd_truth netd_xt_match(const struct nftnl_expr *e, const struct netd_packet *p);

/* What the expression "target" does: NF_DROP, NFT_CONTINUE, or (NF_QUEUE) anything. */
uint32_t netd_xt_target(const struct nftnl_expr *e);
/* True if the packet may be another, or one that is not tracked, behind that target. */
bool netd_xt_alters(const struct nftnl_expr *e);

#endif
