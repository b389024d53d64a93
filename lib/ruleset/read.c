// SPDX-License-Identifier: GPL-2.0-or-later
/* What table inet netd holds in the kernel. */
#include "ruleset/read.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "nft/batch.h"
#include "nft/element.h"
#include "nft/layout.h"
#include "ruleset/source_chain.h"
#include "nft/message.h"
#include "nft/nft.h"
#include "ruleset/skeleton.h"

/*
 * Theory of operation.  The table is read by several requests, so the result is
 * consistent only if the generation is the same before and after; else all is read again,
 * a bounded number of times.
 *
 * The skeleton is built as if to be sent, and each object that the kernel dumps is
 * compared with the message that would make it.  Sets and chains are found by name, rules
 * by their order within their chain.  An object that is missing, different or added makes
 * the table not intact.  Rules of source chains are kept until all have been read
 * (learn.c).
 */
#define ATTEMPTS 10

struct object {
	const struct nlmsghdr *ours;
	bool seen;
};

struct reader {
	struct netd_nft *nft;
	struct netd_ruleset out;
	struct netd_batch skeleton;
	struct object *objects;
	size_t object_count;
	struct netd_batch rules; /* of source chains, as dumped */
	unsigned map;		 /* whose elements are being read */
};

/* Marks the first unseen message of the same type and name; false if there is none, or it
 * says something else. */
static bool see(struct reader *r, const struct nlmsghdr *theirs, uint16_t name_attr,
		uint32_t skip)
{
	const char *name = netd_message_text(theirs, name_attr);

	for (size_t i = 0; i < r->object_count; i++) {
		struct object *o = &r->objects[i];

		if (o->seen ||
		    (o->ours->nlmsg_type & 0xff) != (theirs->nlmsg_type & 0xff) ||
		    strcmp(netd_message_text(o->ours, name_attr), name))
			continue;
		o->seen = true;
		return netd_message_matches(o->ours, theirs, skip);
	}
	return false;
}

static int answer_table(const struct nlmsghdr *nlh, void *data)
{
	struct reader *r = data;

	r->out.intact &= see(r, nlh, NFTA_TABLE_NAME, 0);
	return 0;
}

static int add_source_chain(struct reader *r, const struct nlmsghdr *nlh)
{
	const struct nlattr *udata = netd_message_attr(nlh, NFTA_CHAIN_USERDATA);
	struct netd_source_chain *c =
		netd_array_add(&r->out.chains, &r->out.chain_count, sizeof(*c));

	if (!c)
		return -ENOMEM;
	r->out.intact &= netd_copy(c->name, netd_message_text(nlh, NFTA_CHAIN_NAME));
	if (udata)
		netd_comment_get(udata, NFTNL_UDATA_CHAIN_COMMENT, c->owner,
				 sizeof(c->owner));
	/* Nobody's, or on a hook: not one of ours. */
	r->out.intact &= *c->owner && !netd_message_attr(nlh, NFTA_CHAIN_HOOK);
	return 0;
}

static int answer_chain(const struct nlmsghdr *nlh, void *data)
{
	struct reader *r = data;

	if (strcmp(netd_message_text(nlh, NFTA_CHAIN_TABLE), NETD_TABLE))
		return 0;
	if (netd_chain_is_source(netd_message_text(nlh, NFTA_CHAIN_NAME)))
		return add_source_chain(r, nlh);
	r->out.intact &= see(r, nlh, NFTA_CHAIN_NAME, 0);
	return 0;
}

static int answer_set(const struct nlmsghdr *nlh, void *data)
{
	struct reader *r = data;

	/* The number is for the transaction only; the userdata are hints for nft's
	 * listing, and nft writes its own when it loads one. */
	r->out.intact &=
		see(r, nlh, NFTA_SET_NAME, 1U << NFTA_SET_ID | 1U << NFTA_SET_USERDATA);
	return 0;
}

/* Keeps a copy of the rule for later. */
static int keep_rule(struct reader *r, const struct nlmsghdr *nlh)
{
	struct nlmsghdr *copy =
		netd_batch_message(&r->rules, NFT_MSG_NEWRULE, 0, nlh->nlmsg_len);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, nlh, nlh->nlmsg_len);
	netd_batch_commit_message(&r->rules, copy);
	return 0;
}

static int answer_rule(const struct nlmsghdr *nlh, void *data)
{
	struct reader *r = data;

	if (netd_chain_is_source(netd_message_text(nlh, NFTA_RULE_CHAIN)))
		return keep_rule(r, nlh);
	r->out.intact &= see(r, nlh, NFTA_RULE_CHAIN, 0);
	return 0;
}

static int answer_elements(const struct nlmsghdr *nlh, void *data)
{
	struct reader *r = data;
	const struct nlattr *list = netd_message_attr(nlh, NFTA_SET_ELEM_LIST_ELEMENTS);
	const struct nlattr *attr;

	if (!list)
		return 0;
	mnl_attr_for_each_nested (attr, list) {
		struct netd_element e = {.map = (uint8_t)r->map}, *slot;

		if (netd_element_get(attr, &e) < 0) {
			/* Nothing that we would have put there: made anew without it. */
			r->out.intact = false;
			continue;
		}
		slot = netd_array_add(&r->out.elements, &r->out.element_count,
				      sizeof(*slot));
		if (!slot)
			return -ENOMEM;
		*slot = e;
	}
	return 0;
}

/* Asks for objects of our table; @set: for the elements of that one. */
static int dump(struct reader *r, uint8_t type, const char *set, netd_nft_answer answer)
{
	return netd_nft_get(r->nft, type, NLM_F_DUMP, NFPROTO_INET, NETD_TABLE, set,
			    answer, r);
}

static int ask_table(struct reader *r, netd_nft_answer answer)
{
	return netd_nft_get(r->nft, NFT_MSG_GETTABLE, NLM_F_ACK, NFPROTO_INET, NETD_TABLE,
			    NULL, answer, r);
}

static int answer_generation(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr = netd_message_attr(nlh, NFTA_GEN_ID);

	if (!attr || mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
		return -EBADMSG;
	*(uint32_t *)data = ntohl(mnl_attr_get_u32(attr));
	return 0;
}

static int ask_generation(struct netd_nft *nft, uint32_t *generation)
{
	return netd_nft_get(nft, NFT_MSG_GETGEN, NLM_F_ACK, AF_UNSPEC, NULL, NULL,
			    answer_generation, generation);
}

static int build_skeleton(struct reader *r)
{
	const struct nlmsghdr *nlh;
	int left;

	if (r->skeleton.seq)
		return 0;
	netd_skeleton_build(&r->skeleton);
	if (r->skeleton.failed)
		return -ENOMEM;
	nlh = (const void *)r->skeleton.data;
	left = (int)r->skeleton.length;
	for (; netd_message_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		struct object *o =
			netd_array_add(&r->objects, &r->object_count, sizeof(*o));

		if (!o)
			return -ENOMEM;
		o->ours = nlh;
	}
	return 0;
}

static int read_objects(struct reader *r)
{
	static const struct {
		uint8_t type;
		netd_nft_answer answer;
	} rows[] = {
		{NFT_MSG_GETCHAIN, answer_chain},
		{NFT_MSG_GETSET, answer_set},
		{NFT_MSG_GETRULE, answer_rule},
	};
	int status;

	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		status = dump(r, rows[i].type, NULL, rows[i].answer);
		if (status < 0)
			return status;
	}
	status = netd_source_chains_learn(&r->out, &r->rules);
	for (size_t i = 0; i < r->object_count; i++)
		r->out.intact &= r->objects[i].seen;
	return status;
}

static int read_elements(struct reader *r)
{
	for (r->map = 0; r->map < NETD_MAP_COUNT; r->map++) {
		int status = dump(r, NFT_MSG_GETSETELEM, netd_map_layout(r->map)->name,
				  answer_elements);

		if (status == -ENOENT)
			r->out.intact = false; /* somebody deleted the set */
		else if (status < 0)
			return status;
	}
	return 0;
}

/* The table is there.  -ENOENT: it was deleted meanwhile. */
static int read_table(struct reader *r)
{
	uint32_t after = 0;
	int status = read_objects(r);

	if (status < 0)
		return status;
	status = read_elements(r);
	if (status < 0)
		return status;
	status = ask_generation(r->nft, &after);
	if (status < 0)
		return status;
	if (after != r->out.generation)
		return -EINTR;
	return 0;
}

/* One pass.  -EINTR: changed meanwhile. */
static int read_once(struct reader *r)
{
	int status;

	netd_ruleset_done(&r->out);
	r->rules.length = 0;
	status = ask_generation(r->nft, &r->out.generation);
	if (status < 0)
		return status;
	status = build_skeleton(r);
	if (status < 0)
		return status;
	for (size_t i = 0; i < r->object_count; i++)
		r->objects[i].seen = false;
	r->out.intact = true;
	status = ask_table(r, answer_table);
	r->out.present = status >= 0;
	if (status == -ENOENT) {
		r->out.intact = false;
		return 0;
	}
	if (status < 0)
		return status;
	status = read_table(r);
	if (status == -ENOENT)
		return -EINTR;
	return status;
}

static int refuse(int code, struct netd_error *err)
{
	netd_error_add(err, code, "cannot read the kernel's firewall: %s",
		       strerror(-code));
	if (code == -EPERM)
		netd_error_hint(err, "reading nf_tables needs root (CAP_NET_ADMIN)");
	else if (code == -EAGAIN)
		netd_error_hint(err, "something changes nftables without pause; `nft "
				     "monitor` shows what");
	else if (code == -EINVAL || code == -EOPNOTSUPP)
		netd_error_hint(err, "the kernel needs nf_tables (CONFIG_NF_TABLES, "
				     "CONFIG_NF_TABLES_INET)");
	return code;
}

int netd_firewall_read(struct netd_nft *nft, struct netd_ruleset *out,
		       struct netd_error *err)
{
	struct reader r = {.nft = nft};
	int status = -EINTR;

	for (unsigned i = 0; status == -EINTR && i < ATTEMPTS; i++)
		status = read_once(&r);
	netd_batch_done(&r.skeleton);
	netd_batch_done(&r.rules);
	free(r.objects);
	if (status == -EINTR)
		status = -EAGAIN;
	if (status < 0) {
		netd_ruleset_done(&r.out);
		return refuse(status, err);
	}
	*out = r.out;
	return 0;
}

int netd_firewall_probe(struct netd_nft *nft, bool *present, uint32_t *generation,
			struct netd_error *err)
{
	struct reader r = {.nft = nft};
	int status = ask_generation(nft, generation);

	if (status >= 0 && present)
		status = ask_table(&r, NULL);
	if (status < 0 && status != -ENOENT)
		return refuse(status, err);
	if (present)
		*present = status >= 0;
	return 0;
}
