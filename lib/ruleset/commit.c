// SPDX-License-Identifier: GPL-2.0-or-later
/* Changes of table inet netd, each one transaction. */
#include "ruleset/commit.h"

#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>

#include "ruleset/admit.h"
#include "nft/batch.h"
#include "ruleset/delta.h"
#include "nft/layout.h"
#include "ruleset/skeleton.h"
#include "ruleset/source_chain.h"

/*
 * Theory of operation.  The order within the transaction: an element that jumps to a
 * chain goes before the chain, and comes after it.  A chain whose owner stays the same is
 * emptied and filled again, because elements that do not change still point to it.
 */
static void delete_table(struct netd_batch *b)
{
	struct nlmsghdr *nlh = netd_batch_message(b, NFT_MSG_DELTABLE, 0, 64);

	if (!nlh)
		return;
	mnl_attr_put_strz(nlh, NFTA_TABLE_NAME, NETD_TABLE);
	netd_batch_commit_message(b, nlh);
}

/* The chain of that name in a sorted list, if its owner is the same; else NULL. */
static const struct netd_source_chain *find_same(const struct netd_source_chain *list,
						 size_t n,
						 const struct netd_source_chain *c)
{
	size_t low = 0;

	while (n) {
		size_t half = n / 2;
		int order = strcmp(c->name, list[low + half].name);

		if (!order) {
			if (strcmp(c->owner, list[low + half].owner))
				return NULL;
			return &list[low + half];
		}
		if (order > 0) {
			low += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return NULL;
}

static void remove_chains(struct netd_batch *b, const struct netd_ruleset_delta *d)
{
	for (size_t i = 0; i < d->chains_removed_count; i++) {
		const struct netd_source_chain *c = &d->chains_removed[i];

		if (find_same(d->chains_added, d->chains_added_count, c))
			netd_source_chain_empty(b, c);
		else
			netd_source_chain_delete(b, c);
	}
}

static void add_chains(struct netd_batch *b, const struct netd_ruleset_delta *d)
{
	for (size_t i = 0; i < d->chains_added_count; i++) {
		const struct netd_source_chain *c = &d->chains_added[i];

		if (d->delete_table ||
		    !find_same(d->chains_removed, d->chains_removed_count, c))
			netd_source_chain_create(b, c);
		netd_source_chain_fill(b, c);
	}
}

static void change_foreign(struct netd_batch *b, const struct netd_ruleset_delta *d)
{
	for (size_t i = 0; i < d->admits_removed_count; i++) {
		const struct netd_admit_rule *rule = &d->admits_removed[i];

		netd_admit_delete(b, &d->foreign[rule->chain], rule);
	}
	for (size_t i = 0; i < d->admits_added_count; i++) {
		const struct netd_admit_rule *rule = &d->admits_added[i];

		netd_admit_put(b, &d->foreign[rule->chain], rule);
	}
}

static void keep(struct netd_batch *b, const struct netd_ruleset_delta *d)
{
	for (size_t i = 0; i < d->chains_kept_count; i++) {
		netd_source_chain_create(b, &d->chains_kept[i]);
		netd_source_chain_fill(b, &d->chains_kept[i]);
	}
	netd_batch_elements(b, NFT_MSG_NEWSETELEM, 0, d->kept, d->kept_count);
}

int netd_firewall_commit(struct netd_nft *nft, const struct netd_ruleset_delta *d,
			 uint32_t generation, struct netd_error *err)
{
	__attribute__((cleanup(netd_batch_done))) struct netd_batch b = {0};

	if (d->delete_table) {
		delete_table(&b);
	} else {
		netd_batch_elements(&b, NFT_MSG_DELSETELEM, 0, d->removed,
				    d->removed_count);
		remove_chains(&b, d);
	}
	if (d->create_table) {
		netd_skeleton_build(&b);
		keep(&b, d);
	}
	if (d->create_table || !d->delete_table) {
		add_chains(&b, d);
		netd_batch_elements(&b, NFT_MSG_NEWSETELEM, NLM_F_EXCL, d->added,
				    d->added_count);
	}
	change_foreign(&b, d);
	return netd_batch_send(&b, nft, generation, err);
}

int netd_firewall_add_elements(struct netd_nft *nft, const struct netd_element *e,
			       size_t n, bool exclusive, struct netd_error *err)
{
	__attribute__((cleanup(netd_batch_done))) struct netd_batch b = {0};

	netd_batch_elements(&b, NFT_MSG_NEWSETELEM, exclusive ? NLM_F_EXCL : 0, e, n);
	return netd_batch_send(&b, nft, 0, err);
}

int netd_firewall_delete_elements(struct netd_nft *nft, const struct netd_element *e,
				  size_t n, struct netd_error *err)
{
	__attribute__((cleanup(netd_batch_done))) struct netd_batch b = {0};

	netd_batch_elements(&b, NFT_MSG_DELSETELEM, 0, e, n);
	return netd_batch_send(&b, nft, 0, err);
}
