// SPDX-License-Identifier: GPL-2.0-or-later
/* Attributes of a netfilter message, by their type. */
#include "nft/message.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

const struct nlattr *netd_message_attr(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each (attr, nlh, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

const struct nlattr *netd_message_inside(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	if (!nest)
		return NULL;
	mnl_attr_for_each_nested (attr, nest) {
		if (mnl_attr_get_type(attr) == type)
			return attr;
	}
	return NULL;
}

static bool has_name(const struct nlattr *expr)
{
	const struct nlattr *name = netd_message_inside(expr, NFTA_EXPR_NAME);

	return name && mnl_attr_validate(name, MNL_TYPE_NUL_STRING) >= 0;
}

/* A verdict whose code cannot be read counts. */
static bool goes_to_chain(const struct nlattr *verdict)
{
	const struct nlattr *code = netd_message_inside(verdict, NFTA_VERDICT_CODE);
	int number = NFT_JUMP;

	if (mnl_attr_validate(code, MNL_TYPE_U32) >= 0)
		number = (int)ntohl(mnl_attr_get_u32(code));
	return number == NFT_JUMP || number == NFT_GOTO;
}

/* False for a jump without a chain: libnftnl would read uninitialised memory. */
static bool is_whole(const struct nlattr *expr)
{
	const struct nlattr *data = netd_message_inside(
		netd_message_inside(expr, NFTA_EXPR_DATA), NFTA_IMMEDIATE_DATA);
	const struct nlattr *verdict = netd_message_inside(data, NFTA_DATA_VERDICT);

	if (strcmp(mnl_attr_get_str(netd_message_inside(expr, NFTA_EXPR_NAME)),
		   "immediate") != 0 ||
	    !verdict)
		return true;
	return netd_message_inside(verdict, NFTA_VERDICT_CODE) &&
	       (netd_message_inside(verdict, NFTA_VERDICT_CHAIN) ||
		!goes_to_chain(verdict));
}

/* A string that ends within its attribute, or none at all. */
static bool has_end(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *attr = netd_message_attr(nlh, type);

	return !attr || mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0;
}

bool netd_message_is_rule(const struct nlmsghdr *nlh)
{
	const struct nlattr *list = netd_message_attr(nlh, NFTA_RULE_EXPRESSIONS);
	const struct nlattr *attr;

	if (!has_end(nlh, NFTA_RULE_TABLE) || !has_end(nlh, NFTA_RULE_CHAIN))
		return false;
	if (!list)
		return true;
	mnl_attr_for_each_nested (attr, list) {
		if (!has_name(attr) || !is_whole(attr))
			return false;
	}
	return true;
}

const char *netd_message_text(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *attr = netd_message_attr(nlh, type);

	if (attr && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
		return mnl_attr_get_str(attr);
	return "";
}

/*
 * Comparing
 */

/*
 * Theory of operation.  What was sent is compared with what is dumped without knowledge
 * of single expressions, so no change of a rule goes unnoticed.  The n-th attribute of a
 * type must equal the n-th of that type.  NLA_F_NESTED in our message tells which
 * attributes nest, since libmnl and libnftnl always set it; not all kernels do.
 */
struct attrs {
	const char *begin;
	size_t length;
};

static struct attrs inside(const struct nlattr *attr)
{
	return (struct attrs){mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr)};
}

static struct attrs behind_header(const struct nlmsghdr *nlh)
{
	size_t header = NLMSG_HDRLEN + MNL_ALIGN(sizeof(struct nfgenmsg));
	struct attrs attrs = {.begin = (const char *)nlh + header};

	if (nlh->nlmsg_len > header)
		attrs.length = nlh->nlmsg_len - header;
	return attrs;
}

#define for_each(attr, list)                                                          \
	for (const struct nlattr *attr = (const void *)(list).begin; mnl_attr_ok(     \
		     attr, (int)((list).begin + (list).length - (const char *)attr)); \
	     attr = mnl_attr_next(attr))

/* The @n-th attribute of @type, from 0; NULL if there are not as many. */
static const struct nlattr *nth(struct attrs list, uint16_t type, unsigned n)
{
	for_each(attr, list)
	{
		if (mnl_attr_get_type(attr) == type && !n--)
			return attr;
	}
	return NULL;
}

/* How many of @attr's type stand before it in @list. */
static unsigned rank(struct attrs list, const struct nlattr *attr)
{
	unsigned n = 0;

	for_each(other, list)
	{
		if (other == attr)
			break;
		n += mnl_attr_get_type(other) == mnl_attr_get_type(attr);
	}
	return n;
}

static bool matches(struct attrs ours, struct attrs theirs, uint32_t skip)
{
	for_each(attr, ours)
	{
		uint16_t type = mnl_attr_get_type(attr);
		unsigned n = rank(ours, attr);
		const struct nlattr *their = nth(theirs, type, n);

		if (skip >> type & 1)
			continue;
		if (!their || (!nth(ours, type, n + 1) && nth(theirs, type, n + 1)))
			return false;
		if (attr->nla_type & NLA_F_NESTED) {
			if (!matches(inside(attr), inside(their), 0))
				return false;
		} else if (mnl_attr_get_payload_len(attr) !=
				   mnl_attr_get_payload_len(their) ||
			   memcmp(mnl_attr_get_payload(attr), mnl_attr_get_payload(their),
				  mnl_attr_get_payload_len(attr))) {
			return false;
		}
	}
	return true;
}

bool netd_message_matches(const struct nlmsghdr *ours, const struct nlmsghdr *theirs,
			  uint32_t skip)
{
	return (ours->nlmsg_type & 0xff) == (theirs->nlmsg_type & 0xff) &&
	       matches(behind_header(ours), behind_header(theirs), skip);
}
