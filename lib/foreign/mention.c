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
 * Theory of operation.  An interface's name is compared in many ways: whole and padded
 * with NULs, as iptables does (up to the NUL), in sets, in concatenations.  All of them
 * have the name and a NUL, behind the header of an attribute or the end of another value.
 * So it is looked for as bytes, and expressions need not be understood; at worst, a
 * comment that ends with the name counts.  What is found is only told to people.
 */
#define QUESTION_ROOM (2 * NETD_FOREIGN_NAME + 128)

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

static int ask(struct netd_nft *nft, uint16_t type, const struct set *set,
	       netd_nft_answer answer, struct search *s)
{
	char buffer[QUESTION_ROOM] = {0};
	struct nlmsghdr *nlh = netd_nft_request(
		nft, buffer, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), NLM_F_DUMP,
		set ? set->family : NFPROTO_UNSPEC);

	if (set) {
		mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, set->table);
		mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, set->name);
	}
	return netd_nft_ask(nft, nlh, answer, s, NULL);
}

int netd_firewall_mention(struct netd_nft *nft, const char *interface,
			  struct netd_mention *out)
{
	struct search s = {.interface = interface, .out = out};
	int r = ask(nft, NFT_MSG_GETRULE, NULL, answer_rule, &s);

	if (r == 0 && !s.found)
		r = ask(nft, NFT_MSG_GETSET, NULL, answer_set, &s);
	for (size_t i = 0; r == 0 && !s.found && i < s.set_count; i++)
		r = ask(nft, NFT_MSG_GETSETELEM, &s.sets[i], answer_elements, &s);
	free(s.sets);
	if (r < 0)
		return r;
	return s.found;
}
