// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules and sets of the tables through whose chains packets come or pass. */
#include "foreign/foreign.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "nft/batch.h"
#include "nft/message.h"
#include "nft/nft.h"
#include "foreign/program.h"
#include "model/ruleset.h"

/*
 * Theory of operation.  One request for all rules of a table, since chains jump to each
 * other, and one for its sets; then one for each set whose elements are of use.  The
 * answers are kept as they came, a set before its elements.  A table with very many
 * rules, or a set with very many elements, is a list of bad addresses, and is left out:
 * it is not judged.
 */
#define MOST (4U << 20) /* bytes of one answer */

struct reader {
	struct netd_nft *nft;
	struct netd_batch kept, sets;
	size_t first; /* byte of this answer */
	bool too_much;
};

static int keep(struct netd_batch *b, const struct nlmsghdr *nlh)
{
	struct nlmsghdr *copy = netd_batch_message(b, 0, 0, nlh->nlmsg_len);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, nlh, nlh->nlmsg_len);
	netd_batch_commit_message(b, copy);
	return 0;
}

static int answer(const struct nlmsghdr *nlh, void *data)
{
	struct reader *r = data;

	r->too_much |= r->kept.length - r->first > MOST;
	if (r->too_much)
		return 0;
	return keep(&r->kept, nlh);
}

static int answer_set(const struct nlmsghdr *nlh, void *data)
{
	struct reader *r = data;

	if (netd_program_wants_elements(nlh))
		return keep(&r->sets, nlh);
	return 0;
}

/* Takes back what was kept of an answer that is too long. */
static void begin(struct reader *r)
{
	r->first = r->kept.length;
	r->too_much = false;
}

static void end(struct reader *r)
{
	if (r->too_much)
		r->kept.length = r->first;
}

static int read_elements(struct reader *r, const struct nlmsghdr *set)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(set);
	int status;

	begin(r);
	status = keep(&r->kept, set);
	if (status >= 0)
		status = netd_nft_get(r->nft, NFT_MSG_GETSETELEM, NLM_F_DUMP,
				      nfg->nfgen_family,
				      netd_message_text(set, NFTA_SET_TABLE),
				      netd_message_text(set, NFTA_SET_NAME), answer, r);
	end(r);
	return status;
}

static int read_sets(struct reader *r, const struct netd_foreign_chain *c)
{
	const struct nlmsghdr *nlh;
	int status, left;

	r->sets.length = 0;
	status = netd_nft_get(r->nft, NFT_MSG_GETSET, NLM_F_DUMP, c->family, c->table,
			      NULL, answer_set, r);
	nlh = (const void *)r->sets.data;
	left = (int)r->sets.length;
	for (; status >= 0 && netd_message_ok(nlh, left);
	     nlh = mnl_nlmsg_next(nlh, &left))
		status = read_elements(r, nlh);
	return status;
}

static int read_table(struct reader *r, struct netd_foreign_chain *c)
{
	int status;

	begin(r);
	status = netd_nft_get(r->nft, NFT_MSG_GETRULE, NLM_F_DUMP, c->family, c->table,
			      NULL, answer, r);
	end(r);
	c->unread = r->too_much;
	if (status < 0 || r->too_much)
		return status;
	return read_sets(r, c);
}

/* The first chain of the table's; NULL if @c is that one. */
static const struct netd_foreign_chain *sibling(const struct netd_ruleset *out,
						const struct netd_foreign_chain *c)
{
	for (const struct netd_foreign_chain *k = out->foreign; k < c; k++)
		if (k->family == c->family && !strcmp(k->table, c->table))
			return k;
	return NULL;
}

/* A table with several such chains is read once. */
static int read_chain(struct reader *r, struct netd_ruleset *out, size_t i)
{
	struct netd_foreign_chain *c = &out->foreign[i];
	const struct netd_foreign_chain *first = sibling(out, c);

	if (!first)
		return read_table(r, c);
	c->unread = first->unread;
	return 0;
}

int netd_foreign_rules_read(struct netd_nft *nft, struct netd_ruleset *out)
{
	struct reader r = {.nft = nft};
	int status = 0;

	for (size_t i = 0; status >= 0 && i < out->foreign_count; i++)
		status = read_chain(&r, out, i);
	netd_batch_done(&r.sets);
	if (status < 0) {
		netd_batch_done(&r.kept);
		return status;
	}
	out->others = r.kept.data;
	out->others_length = r.kept.length;
	return 0;
}
