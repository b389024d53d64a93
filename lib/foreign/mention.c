// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether somebody else's rules name an interface. */
#include "foreign/mention.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "base/array.h"
#include "base/str.h"
#include "nft/layout.h"
#include "nft/message.h"
#include "nft/nft.h"
#include "model/topology.h"

/*
 * Theory of operation.  Rules compare an interface's name in many ways: whole and padded
 * with NULs, up to the NUL as iptables does, in sets, in concatenations.  All have the
 * name and a NUL, behind the header of an attribute or the end of another value.  So netd
 * searches for these bytes, and need not understand expressions; at worst, a comment that
 * ends with the name counts.  The result is only shown to people.
 */

struct set {
	uint8_t family;
	char table[NETD_FOREIGN_NAME], name[NETD_FOREIGN_NAME];
};

struct search {
	const char *interface;
	struct netd_mention *out;
	bool found;
	struct set *sets;
	size_t set_count;
};

static bool goes_on(char c)
{
	return c && (strchr("._-", c) || (c >= '0' && c <= '9') ||
		     ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
}

static bool has_name(const struct nlattr *attr, const char *name)
{
	const char *bytes, *at, *end;

	if (!attr)
		return false;
	bytes = at = mnl_attr_get_payload(attr);
	end = bytes + mnl_attr_get_payload_len(attr);
	while ((at = memmem(at, (size_t)(end - at), name, strlen(name) + 1))) {
		if (at == bytes || !goes_on(at[-1]))
			return true;
		at++;
	}
	return false;
}

static void found(struct search *s, const char *kind, const char *table, const char *name)
{
	s->found = true;
	s->out->kind = kind;
	netd_copy(s->out->table, table);
	netd_copy(s->out->name, name);
}

static int answer_rule(const struct nlmsghdr *nlh, void *data)
{
	const char *table = netd_message_text(nlh, NFTA_RULE_TABLE);
	struct search *s = data;

	if (!s->found && strcmp(table, NETD_TABLE) != 0 &&
	    has_name(netd_message_attr(nlh, NFTA_RULE_EXPRESSIONS), s->interface))
		found(s, "chain", table, netd_message_text(nlh, NFTA_RULE_CHAIN));
	return 0;
}

static int answer_set(const struct nlmsghdr *nlh, void *data)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);
	const char *table = netd_message_text(nlh, NFTA_SET_TABLE);
	struct search *s = data;
	struct set *set;

	if (strcmp(table, NETD_TABLE) == 0)
		return 0;
	set = netd_array_add(&s->sets, &s->set_count, sizeof(*set));
	if (!set)
		return -ENOMEM;
	set->family = nfg->nfgen_family;
	netd_copy(set->table, table);
	netd_copy(set->name, netd_message_text(nlh, NFTA_SET_NAME));
	return 0;
}

static int answer_elements(const struct nlmsghdr *nlh, void *data)
{
	const char *table = netd_message_text(nlh, NFTA_SET_ELEM_LIST_TABLE);
	struct search *s = data;

	if (!s->found &&
	    has_name(netd_message_attr(nlh, NFTA_SET_ELEM_LIST_ELEMENTS), s->interface))
		found(s, "set", table, netd_message_text(nlh, NFTA_SET_ELEM_LIST_SET));
	return 0;
}

static int search_all(struct netd_nft *nft, struct search *s)
{
	int r = netd_nft_get(nft, NFT_MSG_GETRULE, NLM_F_DUMP, NFPROTO_UNSPEC, NULL, NULL,
			     answer_rule, s);

	if (r < 0 || s->found)
		return r;
	r = netd_nft_get(nft, NFT_MSG_GETSET, NLM_F_DUMP, NFPROTO_UNSPEC, NULL, NULL,
			 answer_set, s);
	for (size_t i = 0; r >= 0 && !s->found && i < s->set_count; i++)
		r = netd_nft_get(nft, NFT_MSG_GETSETELEM, NLM_F_DUMP, s->sets[i].family,
				 s->sets[i].table, s->sets[i].name, answer_elements, s);
	return r;
}

int netd_firewall_mention(struct netd_nft *nft, const char *interface,
			  struct netd_mention *out)
{
	struct search s = {.interface = interface, .out = out};
	int r = search_all(nft, &s);

	free(s.sets);
	if (r < 0)
		return r;
	return s.found;
}
