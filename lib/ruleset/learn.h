/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Source chains' parameters, out of the rules that the kernel dumped. */
#ifndef NETD_RULESET_LEARN_H
#define NETD_RULESET_LEARN_H

struct netd_batch;
struct netd_ruleset;

/*
 * Fills in the parameters of @r's chains, which have their names already, from @rules:
 * the NFT_MSG_NEWRULE messages of all source chains, as dumped, chain by chain.  The
 * ports of a chain whose rules are not ours are 0.  -ENOMEM, -EBADMSG.
 */
int netd_source_chains_learn(struct netd_ruleset *r, const struct netd_batch *rules);

#endif
