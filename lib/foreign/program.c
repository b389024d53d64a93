// SPDX-License-Identifier: GPL-2.0-or-later
/* Somebody else's rules, as dumped, by table and chain; and the sets that they use. */
#include "foreign/program.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/rule.h>
#include <libnftnl/udata.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "base/array.h"
#include "nft/element.h"
#include "nft/message.h"

/*
 * Theory of operation.  libnftnl parses the rules, since they are evaluated expression by
 * expression.  Elements of sets stay where they are in the messages, with pointers to
 * them. A set with a malformed element counts as not listed: it may contain anything.
 *
 * So does a set that packets or timeouts change, or whose elements have conditions of
 * their own.
 */
#define CHANGES (NFT_SET_TIMEOUT | NFT_SET_EVAL | NFT_SET_EXPR)

static uint8_t family_of(const struct nlmsghdr *nlh)
{
	return ((const struct nfgenmsg *)mnl_nlmsg_get_payload(nlh))->nfgen_family;
}

static uint32_t number(const struct nlattr *attr)
{
	if (attr && mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
		return ntohl(mnl_attr_get_u32(attr));
	return 0;
}

/*
 * Rules
 */

static bool is_in(const struct netd_program_chain *c, const struct nlmsghdr *nlh)
{
	return c->family == family_of(nlh) &&
	       !strcmp(c->name, netd_message_text(nlh, NFTA_RULE_CHAIN)) &&
	       !strcmp(c->table, netd_message_text(nlh, NFTA_RULE_TABLE));
}

static struct netd_program_chain *last_chain(struct netd_program *p,
					     const struct nlmsghdr *nlh)
{
	struct netd_program_chain *c;

	if (p->chain_count && is_in(&p->chains[p->chain_count - 1], nlh))
		return &p->chains[p->chain_count - 1];
	c = netd_array_add(&p->chains, &p->chain_count, sizeof(*c));
	if (!c)
		return NULL;
	c->family = family_of(nlh);
	c->table = netd_message_text(nlh, NFTA_RULE_TABLE);
	c->name = netd_message_text(nlh, NFTA_RULE_CHAIN);
	c->first = p->rule_count;
	return c;
}

static int add_rule(struct netd_program *p, const struct nlmsghdr *nlh)
{
	const struct nlattr *udata = netd_message_attr(nlh, NFTA_RULE_USERDATA);
	const struct nlattr *handle = netd_message_attr(nlh, NFTA_RULE_HANDLE);
	struct netd_program_chain *chain = last_chain(p, nlh);
	struct netd_program_rule *rule;

	if (!chain)
		return -ENOMEM;
	rule = netd_array_add(&p->rules, &p->rule_count, sizeof(*rule));
	if (!rule)
		return -ENOMEM;
	chain->count++;
	if (handle && mnl_attr_validate(handle, MNL_TYPE_U64) >= 0)
		rule->handle = be64toh(mnl_attr_get_u64(handle));
	if (udata)
		netd_comment_get(udata, NFTNL_UDATA_RULE_COMMENT, rule->comment,
				 sizeof(rule->comment));
	if (!netd_message_is_rule(nlh))
		return 0;
	rule->rule = nftnl_rule_alloc();
	if (!rule->rule)
		return -ENOMEM;
	if (nftnl_rule_nlmsg_parse(nlh, rule->rule) < 0) {
		nftnl_rule_free(rule->rule);
		rule->rule = NULL;
	}
	return 0;
}

/*
 * Sets
 */

static void read_fields(struct netd_program_set *s, const struct nlattr *desc)
{
	const struct nlattr *list = netd_message_inside(desc, NFTA_SET_DESC_CONCAT);
	const struct nlattr *field;

	if (!list)
		return;
	mnl_attr_for_each_nested (field, list) {
		uint32_t length = number(netd_message_inside(field, NFTA_SET_FIELD_LEN));

		if (s->field_count == NETD_PROGRAM_FIELDS || !length || length > 64)
			return;
		s->fields[s->field_count++] = (uint8_t)length;
	}
}

static int add_set(struct netd_program *p, const struct nlmsghdr *nlh)
{
	struct netd_program_set *s = netd_array_add(&p->sets, &p->set_count, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->family = family_of(nlh);
	s->table = netd_message_text(nlh, NFTA_SET_TABLE);
	s->name = netd_message_text(nlh, NFTA_SET_NAME);
	s->flags = number(netd_message_attr(nlh, NFTA_SET_FLAGS));
	s->key_length = number(netd_message_attr(nlh, NFTA_SET_KEY_LEN));
	s->listed = netd_program_wants_elements(nlh);
	read_fields(s, netd_message_attr(nlh, NFTA_SET_DESC));
	return 0;
}

/* The value in an element's key, as long as the set's keys are; else NULL. */
static const uint8_t *key_of(const struct netd_program_set *s, const struct nlattr *elem,
			     uint16_t type)
{
	const struct nlattr *value =
		netd_message_inside(netd_message_inside(elem, type), NFTA_DATA_VALUE);

	if (value && mnl_attr_get_payload_len(value) == s->key_length)
		return mnl_attr_get_payload(value);
	return NULL;
}

static struct netd_program_verdict verdict_of(const struct nlattr *elem)
{
	const struct nlattr *v = netd_message_inside(
		netd_message_inside(elem, NFTA_SET_ELEM_DATA), NFTA_DATA_VERDICT);
	const struct nlattr *chain = netd_message_inside(v, NFTA_VERDICT_CHAIN);
	struct netd_program_verdict out = {
		number(netd_message_inside(v, NFTA_VERDICT_CODE)), ""};

	if (chain && mnl_attr_validate(chain, MNL_TYPE_NUL_STRING) >= 0)
		out.chain = mnl_attr_get_str(chain);
	return out;
}

static int add_element(struct netd_program_set *s, const struct nlattr *elem)
{
	uint32_t flags = number(netd_message_inside(elem, NFTA_SET_ELEM_FLAGS));
	const uint8_t *key = key_of(s, elem, NFTA_SET_ELEM_KEY);
	struct netd_program_element *e;

	if (!key && !(flags & NFT_SET_ELEM_CATCHALL)) {
		s->listed = false;
		return 0;
	}
	e = netd_array_add(&s->elements, &s->element_count, sizeof(*e));
	if (!e)
		return -ENOMEM;
	if (!(flags & NFT_SET_ELEM_CATCHALL))
		e->key = key;
	e->key_end = key_of(s, elem, NFTA_SET_ELEM_KEY_END);
	e->ends = flags & NFT_SET_ELEM_INTERVAL_END;
	e->verdict = verdict_of(elem);
	return 0;
}

static int add_elements(struct netd_program *p, const struct nlmsghdr *nlh)
{
	const struct nlattr *list = netd_message_attr(nlh, NFTA_SET_ELEM_LIST_ELEMENTS);
	const struct netd_program_set *found = netd_program_set(
		p, family_of(nlh), netd_message_text(nlh, NFTA_SET_ELEM_LIST_TABLE),
		netd_message_text(nlh, NFTA_SET_ELEM_LIST_SET));
	const struct nlattr *elem;

	if (!list || !found)
		return 0;
	mnl_attr_for_each_nested (elem, list) {
		if (add_element(&p->sets[found - p->sets], elem) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* enum datatypes of nft's include/datatype.h; six bits each in a concatenation. */
#define TYPE_IFNAME 41
#define TYPE_BITS 6

static bool has_names(uint32_t type)
{
	for (; type; type >>= TYPE_BITS)
		if ((type & ((1U << TYPE_BITS) - 1)) == TYPE_IFNAME)
			return true;
	return false;
}

bool netd_program_wants_elements(const struct nlmsghdr *nlh)
{
	uint32_t flags = number(netd_message_attr(nlh, NFTA_SET_FLAGS));
	uint32_t length = number(netd_message_attr(nlh, NFTA_SET_KEY_LEN));

	if (flags & CHANGES || !length || length > NETD_PROGRAM_FIELDS * 4)
		return false;
	return flags & NFT_SET_ANONYMOUS ||
	       has_names(number(netd_message_attr(nlh, NFTA_SET_KEY_TYPE)));
}

/*
 * The whole
 */

static const struct {
	uint8_t type;
	int (*add)(struct netd_program *p, const struct nlmsghdr *nlh);
} kinds[] = {
	{NFT_MSG_NEWRULE, add_rule},
	{NFT_MSG_NEWSET, add_set},
	{NFT_MSG_NEWSETELEM, add_elements},
};

static int add_message(struct netd_program *p, const struct nlmsghdr *nlh)
{
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(struct nfgenmsg))
		return 0;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(kinds); i++)
		if ((nlh->nlmsg_type & 0xff) == kinds[i].type)
			return kinds[i].add(p, nlh);
	return 0;
}

int netd_program_init(struct netd_program *p, const void *messages, size_t length)
{
	const struct nlmsghdr *nlh = messages;
	int left = (int)length, r = 0;

	*p = (struct netd_program){0};
	for (; r >= 0 && netd_message_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		r = add_message(p, nlh);
	if (r < 0)
		netd_program_done(p);
	return r;
}

void netd_program_done(struct netd_program *p)
{
	for (size_t i = 0; i < p->rule_count; i++)
		if (p->rules[i].rule)
			nftnl_rule_free(p->rules[i].rule);
	for (size_t i = 0; i < p->set_count; i++)
		free(p->sets[i].elements);
	free(p->rules);
	free(p->chains);
	free(p->sets);
	*p = (struct netd_program){0};
}

const struct netd_program_chain *netd_program_chain(const struct netd_program *p,
						    uint8_t family, const char *table,
						    const char *name)
{
	for (size_t i = 0; i < p->chain_count; i++)
		if (p->chains[i].family == family && !strcmp(p->chains[i].name, name) &&
		    !strcmp(p->chains[i].table, table))
			return &p->chains[i];
	return NULL;
}

const struct netd_program_set *netd_program_set(const struct netd_program *p,
						uint8_t family, const char *table,
						const char *name)
{
	for (size_t i = 0; i < p->set_count; i++)
		if (p->sets[i].family == family && !strcmp(p->sets[i].name, name) &&
		    !strcmp(p->sets[i].table, table))
			return &p->sets[i];
	return NULL;
}
