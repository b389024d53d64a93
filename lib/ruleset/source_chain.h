/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The chain "nat-BRIDGE": a network's source NAT where it is not the plain masquerade. */
#ifndef NETD_RULESET_SOURCE_CHAIN_H
#define NETD_RULESET_SOURCE_CHAIN_H

struct netd_batch;
struct netd_ruleset;
struct netd_source_chain;

/* Adds the messages that make the chain (its owner is its comment), its rules, that empty
 * it, and that delete it with its rules. */
void netd_source_chain_create(struct netd_batch *b, const struct netd_source_chain *c);
void netd_source_chain_fill(struct netd_batch *b, const struct netd_source_chain *c);
void netd_source_chain_empty(struct netd_batch *b, const struct netd_source_chain *c);
void netd_source_chain_delete(struct netd_batch *b, const struct netd_source_chain *c);

/*
 * Fills in the parameters of @r's chains, which have their names already, from @rules:
 * the NFT_MSG_NEWRULE messages of all source chains, as dumped, chain by chain.  The
 * ports of a chain whose rules are not ours are 0.  -ENOMEM, -EBADMSG.
 */
int netd_source_chains_learn(struct netd_ruleset *r, const struct netd_batch *rules);

#endif
