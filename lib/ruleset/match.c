// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether the kernel still has what a message asked for. */
#include "ruleset/match.h"

#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>

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
