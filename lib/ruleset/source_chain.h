/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The chain "nat-BRIDGE": a network's source NAT where it is not the plain masquerade. */
#ifndef NETD_RULESET_SOURCE_CHAIN_H
#define NETD_RULESET_SOURCE_CHAIN_H

#include <linux/netlink.h>

struct netd_batch;
struct netd_source_chain;

/* Adds the messages that make the chain (its owner is its comment), its rules, that empty
 * it, and that delete it with its rules. */
void netd_source_chain_create(struct netd_batch *b, const struct netd_source_chain *c);
void netd_source_chain_fill(struct netd_batch *b, const struct netd_source_chain *c);
void netd_source_chain_empty(struct netd_batch *b, const struct netd_source_chain *c);
void netd_source_chain_delete(struct netd_batch *b, const struct netd_source_chain *c);

/* Takes from one NFT_MSG_NEWRULE what it says about sources and ports.  -errno if it is
 * not a rule at all. */
int netd_source_chain_learn(struct netd_source_chain *c, const struct nlmsghdr *nlh);

#endif
