// SPDX-License-Identifier: GPL-2.0-or-later
/* Source chains' parameters, out of the rules that the kernel dumped. */
#include "ruleset/learn.h"

#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>

#include "nft/batch.h"
#include "ruleset/match.h"
#include "nft/message.h"
#include "ruleset/source_chain.h"
#include "model/ruleset.h"

/*
 * Theory of operation.  A chain's parameters are gathered from all of its rules; then the
 * rules that these parameters give are built and compared with the dumped ones: if they
 * differ, the ports are zeroed, which no wanted chain has.
 */
/* The chain of that name; @*hint is where the last one was, since rules come chain by
 * chain in the chains' order. */
static struct netd_source_chain *find_chain(struct netd_ruleset *r, const char *name,
					    size_t *hint)
{
	for (size_t i = 0; i < r->chain_count; i++) {
		size_t at = (*hint + i) % r->chain_count;

		if (!strcmp(r->chains[at].name, name)) {
			*hint = at;
			return &r->chains[at];
		}
	}
	return NULL;
}

/* Compares the kept rules of one chain, from *@nlh on, with what its parameters give. */
static bool rules_match(const struct netd_source_chain *c, const struct nlmsghdr **nlh,
			int *left, struct netd_batch *scratch)
{
	const struct nlmsghdr *ours;
	int ours_left;
	bool same = true;

	scratch->length = 0;
	netd_source_chain_fill(scratch, c);
	ours = (const void *)scratch->data;
	ours_left = (int)scratch->length;
	while (netd_message_ok(*nlh, *left) &&
	       !strcmp(netd_message_text(*nlh, NFTA_RULE_CHAIN), c->name)) {
		same = same && netd_message_ok(ours, ours_left) &&
		       netd_message_matches(ours, *nlh, 0);
		if (netd_message_ok(ours, ours_left))
			ours = mnl_nlmsg_next(ours, &ours_left);
		*nlh = mnl_nlmsg_next(*nlh, left);
	}
	return same && !netd_message_ok(ours, ours_left);
}

int netd_source_chains_learn(struct netd_ruleset *r, const struct netd_batch *rules)
{
	const struct nlmsghdr *nlh = (const void *)rules->data;
	int left = (int)rules->length, status = 0;
	struct netd_batch scratch = {0};
	size_t hint = 0;

	for (; netd_message_ok(nlh, left) && status >= 0;
	     nlh = mnl_nlmsg_next(nlh, &left)) {
		struct netd_source_chain *c =
			find_chain(r, netd_message_text(nlh, NFTA_RULE_CHAIN), &hint);

		if (c)
			status = netd_source_chain_learn(c, nlh);
	}
	nlh = (const void *)rules->data;
	left = (int)rules->length;
	while (status >= 0 && netd_message_ok(nlh, left)) {
		struct netd_source_chain *c =
			find_chain(r, netd_message_text(nlh, NFTA_RULE_CHAIN), &hint);

		if (!c) {
			nlh = mnl_nlmsg_next(nlh, &left);
		} else if (!rules_match(c, &nlh, &left, &scratch)) {
			c->port_first = 0;
			c->port_last = 0;
		}
	}
	if (scratch.failed)
		status = -ENOMEM;
	netd_batch_done(&scratch);
	return status;
}
