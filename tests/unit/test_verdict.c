// SPDX-License-Identifier: GPL-2.0-or-later
/* What is certain to be dropped by somebody else's chains, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>
#include <linux/netfilter/xt_conntrack.h>

#include "base/array.h"
#include "base/str.h"
#include "nft/batch.h"
#include "ruleset/packet.h"
#include "nft/step.h"
#include "foreign/verdict.h"

#define STATE_INVALID 1U
#define STATE_ESTABLISHED 2U
#define STATE_RELATED 4U
#define STATE_NEW 8U

static const uint32_t flow = STATE_ESTABLISHED | STATE_RELATED;
static const uint32_t new = STATE_NEW;
static const uint32_t dnat = IPS_DST_NAT;

/*
 * Sets: all of table inet t.
 */

struct element {
	const char *key, *end;
	uint32_t flags;
	int verdict; /* of maps */
	const char *chain;
};

static const struct set {
	const char *name;
	uint32_t flags, length, type, fields[2];
	struct element elements[4]; /* no key, no flags: the last one */
} sets[] = {
	{"names", NFT_SET_ANONYMOUS, 16, 41, {0}, {{"docker0"}, {"wg0"}}},
	{"lans", NFT_SET_ANONYMOUS, 16, 41, {0}, {{"docker0"}, {"lan"}}},
	{"ours", 0, 16, 41, {0}, {{"lan"}}},
	{"timed", NFT_SET_TIMEOUT, 16, 41, {0}, {{"docker0"}}},
	{"addresses", 0, 4, 7, {0}, {{"\300\0\2\1"}}}, /* not asked for */
	{"verdicts",
	 NFT_SET_ANONYMOUS | NFT_SET_MAP,
	 16,
	 41,
	 {0},
	 {{"lan", NULL, 0, NFT_GOTO, "dead"}, {"wg0", NULL, 0, NF_ACCEPT}}},
	{"rest",
	 NFT_SET_ANONYMOUS | NFT_SET_MAP,
	 16,
	 41,
	 {0},
	 {{"wg0", NULL, 0, NF_ACCEPT}, {NULL, NULL, NFT_SET_ELEM_CATCHALL, NF_DROP}}},
	{"states",
	 NFT_SET_ANONYMOUS | NFT_SET_MAP,
	 4,
	 26,
	 {0},
	 {{"\2\0\0\0", NULL, 0, NF_ACCEPT}, {"\1\0\0\0", NULL, 0, NF_DROP}}},
	/* 10.0.0.0/8 and 192.168.0.0/16, as nft makes them */
	{"ten",
	 NFT_SET_ANONYMOUS | NFT_SET_INTERVAL,
	 4,
	 7,
	 {0},
	 {{"\xc0\xa8\0\0"},
	  {"\x0b\0\0\0", NULL, NFT_SET_ELEM_INTERVAL_END},
	  {"\x0a\0\0\0"},
	  {"\xc0\xa9\0\0", NULL, NFT_SET_ELEM_INTERVAL_END}}},
	/* half of the subnet */
	{"half",
	 NFT_SET_ANONYMOUS | NFT_SET_INTERVAL,
	 4,
	 7,
	 {0},
	 {{"\x0a\1\0\0"}, {"\x0a\1\0\x80", NULL, NFT_SET_ELEM_INTERVAL_END}}},
	{"pairs",
	 NFT_SET_ANONYMOUS | NFT_SET_INTERVAL | NFT_SET_CONCAT,
	 20,
	 41 << 6 | 7,
	 {16, 4},
	 {{"lan\0\0\0\0\0\0\0\0\0\0\0\0\0\x0a\1\0\0",
	   "lan\0\0\0\0\0\0\0\0\0\0\0\0\0\x0a\1\xff\xff"},
	  {"wg0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
	   "wg0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff"}}},
};

static void put_key(struct nlmsghdr *nlh, uint16_t type, const char *key, uint32_t length)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);
	char value[64] = "";

	if (length == 16)
		netd_copy(value, key); /* a name */
	else
		memcpy(value, key, length);
	mnl_attr_put(nlh, NFTA_DATA_VALUE, length, value);
	mnl_attr_nest_end(nlh, nest);
}

static void put_verdict(struct nlmsghdr *nlh, const struct element *e)
{
	struct nlattr *data = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_DATA);
	struct nlattr *verdict = mnl_attr_nest_start(nlh, NFTA_DATA_VERDICT);

	mnl_attr_put_u32(nlh, NFTA_VERDICT_CODE, htonl((uint32_t)e->verdict));
	if (e->chain)
		mnl_attr_put_strz(nlh, NFTA_VERDICT_CHAIN, e->chain);
	mnl_attr_nest_end(nlh, verdict);
	mnl_attr_nest_end(nlh, data);
}

static void put_elements(struct netd_batch *b, const struct set *s)
{
	struct nlmsghdr *nlh = netd_batch_message(b, NFT_MSG_NEWSETELEM, 0, 2048);
	struct nlattr *list;

	assert_non_null(nlh);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, "t");
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, s->name);
	list = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_LIST_ELEMENTS);
	for (size_t i = 0; i < 4 && (s->elements[i].key || s->elements[i].flags); i++) {
		const struct element *e = &s->elements[i];
		struct nlattr *elem = mnl_attr_nest_start(nlh, NFTA_LIST_ELEM);

		if (e->key)
			put_key(nlh, NFTA_SET_ELEM_KEY, e->key, s->length);
		if (e->end)
			put_key(nlh, NFTA_SET_ELEM_KEY_END, e->end, s->length);
		if (e->flags)
			mnl_attr_put_u32(nlh, NFTA_SET_ELEM_FLAGS, htonl(e->flags));
		if (s->flags & NFT_SET_MAP)
			put_verdict(nlh, e);
		mnl_attr_nest_end(nlh, elem);
	}
	mnl_attr_nest_end(nlh, list);
	netd_batch_commit_message(b, nlh);
}

static void put_fields(struct nlmsghdr *nlh, const struct set *s)
{
	struct nlattr *desc = mnl_attr_nest_start(nlh, NFTA_SET_DESC);
	struct nlattr *list = mnl_attr_nest_start(nlh, NFTA_SET_DESC_CONCAT);

	for (size_t i = 0; i < 2 && s->fields[i]; i++) {
		struct nlattr *field = mnl_attr_nest_start(nlh, NFTA_LIST_ELEM);

		mnl_attr_put_u32(nlh, NFTA_SET_FIELD_LEN, htonl(s->fields[i]));
		mnl_attr_nest_end(nlh, field);
	}
	mnl_attr_nest_end(nlh, list);
	mnl_attr_nest_end(nlh, desc);
}

static void put_set(struct netd_batch *b, const struct set *s)
{
	struct nlmsghdr *nlh = netd_batch_message(b, NFT_MSG_NEWSET, 0, 1024);

	assert_non_null(nlh);
	mnl_attr_put_strz(nlh, NFTA_SET_TABLE, "t");
	mnl_attr_put_strz(nlh, NFTA_SET_NAME, s->name);
	mnl_attr_put_u32(nlh, NFTA_SET_FLAGS, htonl(s->flags));
	mnl_attr_put_u32(nlh, NFTA_SET_KEY_TYPE, htonl(s->type));
	mnl_attr_put_u32(nlh, NFTA_SET_KEY_LEN, htonl(s->length));
	if (s->fields[0])
		put_fields(nlh, s);
	netd_batch_commit_message(b, nlh);
	put_elements(b, s);
}

/*
 * Rules: chain "f" is at the hook, the others are jumped to.
 */

static struct nftnl_expr *find(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("lookup");

	nftnl_expr_set_u32(e, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
	nftnl_expr_set_str(e, NFTNL_EXPR_LOOKUP_SET, s->data);
	if (s->a)
		nftnl_expr_set_u32(e, NFTNL_EXPR_LOOKUP_FLAGS, s->a);
	if (s->b)
		nftnl_expr_set_u32(e, NFTNL_EXPR_LOOKUP_DREG, NFT_REG_VERDICT);
	return e;
}

static struct nftnl_expr *named(const struct netd_step *s)
{
	return nftnl_expr_alloc(s->data);
}

static struct nftnl_expr *range(const struct netd_step *s)
{
	const char *bytes = s->data;
	struct nftnl_expr *e = nftnl_expr_alloc("range");

	nftnl_expr_set_u32(e, NFTNL_EXPR_RANGE_SREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_RANGE_OP, s->a);
	nftnl_expr_set(e, NFTNL_EXPR_RANGE_FROM_DATA, bytes, 4);
	nftnl_expr_set(e, NFTNL_EXPR_RANGE_TO_DATA, bytes + 4, 4);
	return e;
}

static struct nftnl_expr *xt_match(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("match");
	struct xt_conntrack_mtinfo3 *info = calloc(1, sizeof(*info));

	info->match_flags = (uint16_t)(XT_CONNTRACK_STATE | s->b);
	info->invert_flags = (uint16_t)s->c;
	info->state_mask = (uint16_t)s->a;
	nftnl_expr_set_str(e, NFTNL_EXPR_MT_NAME, s->data);
	nftnl_expr_set_u32(e, NFTNL_EXPR_MT_REV, s->d);
	nftnl_expr_set(e, NFTNL_EXPR_MT_INFO, info, sizeof(*info));
	return e; /* @info is its own now */
}

static struct nftnl_expr *xt_target(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("target");

	nftnl_expr_set_str(e, NFTNL_EXPR_TG_NAME, s->data);
	nftnl_expr_set_u32(e, NFTNL_EXPR_TG_REV, 0);
	nftnl_expr_set(e, NFTNL_EXPR_TG_INFO, calloc(1, 8), 8);
	return e;
}

#define IN STEP_META(IIFNAME, NFT_REG_1)
#define OUT STEP_META(OIFNAME, NFT_REG_1)
#define IS(name) STEP_IS(sizeof(name), name)
#define BEGINS(name) STEP_IS(sizeof(name) - 1, name)
#define NOT(length, data)                                          \
	{                                                          \
		netd_expr_compare, NFT_CMP_NEQ, length, 0, 0, data \
	}
#define CMP(op, length, data)                                       \
	{                                                           \
		netd_expr_compare, NFT_CMP_##op, length, 0, 0, data \
	}
#define TCP STEP_META(L4PROTO, NFT_REG_1), STEP_IS(1, "\x06")
#define UDP STEP_META(L4PROTO, NFT_REG_1), STEP_IS(1, "\x11")
#define SADDR                                                                   \
	{                                                                       \
		netd_expr_payload, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFT_REG_1 \
	}
#define DPORT(data) STEP_DPORT(NFT_REG_1), STEP_IS(2, data)
#define FIND(name)                     \
	{                              \
		find, 0, 0, 0, 0, name \
	}
#define FIND_NOT(name)                                \
	{                                             \
		find, NFT_LOOKUP_F_INV, 0, 0, 0, name \
	}
#define MAP(name)                      \
	{                              \
		find, 0, 1, 0, 0, name \
	}
#define STATE(s) STEP_CT(STATE, s)
#define XT_STATE(mask)                               \
	{                                            \
		xt_match, mask, 0, 0, 3, "conntrack" \
	}
#define EXPR(name)                      \
	{                               \
		named, 0, 0, 0, 0, name \
	}
#define GOTO(name)                                                   \
	{                                                            \
		netd_expr_verdict, (uint32_t)NFT_GOTO, 0, 0, 0, name \
	}
#define RULE(in, named_, ...)                                            \
	{                                                                \
		.chain = in, .comment = named_, .steps = { __VA_ARGS__ } \
	}

/* What all rows have: a chain that drops all, one that drops one thing. */
static const struct netd_rule common[] = {
	RULE("dead", "dead", STEP_DROP),
	RULE("udp", "udp", UDP, STEP_DROP),
	RULE("back", "back", STEP_RETURN),
	RULE("loop", "loop", STEP_JUMP("loop")),
};

/* TCP from 10.1.0.0/24 on lan to eth0, of a new flow; and an answer to it. */
enum { FIRST = 1, ANSWER = 2, BOTH = 3 };

#define RULES 5
static const struct {
	const char *name;
	bool policy_drops;
	struct netd_rule rules[RULES];
	unsigned dropped;    /* which of the two, for certain */
	const char *culprit; /* a rule's comment; "": the policy */
} rows[] = {
	{"no rules, accepts", false, {{0}}, 0, NULL},
	{"no rules, drops", true, {{0}}, BOTH, ""},
	{"a rule drops all", false, {RULE("f", "r", STEP_DROP)}, BOTH, "r"},
	{"a rule refuses all", false, {RULE("f", "r", STEP_REJECT)}, BOTH, "r"},
	{"accepted in front of it",
	 true,
	 {RULE("f", "a", STEP_ACCEPT), RULE("f", "r", STEP_DROP)},
	 0,
	 NULL},
	{"by interface", true, {RULE("f", "a", IN, IS("lan"), STEP_ACCEPT)}, ANSWER, ""},
	{"by another interface",
	 true,
	 {RULE("f", "a", IN, IS("lan2"), STEP_ACCEPT)},
	 BOTH,
	 ""},
	{"by a name's beginning",
	 true,
	 {RULE("f", "a", IN, BEGINS("la"), STEP_ACCEPT),
	  RULE("f", "b", OUT, BEGINS("la"), STEP_ACCEPT)},
	 0,
	 NULL},
	{"not by that interface",
	 false,
	 {RULE("f", "r", IN, NOT(4, "lan"), STEP_DROP)},
	 ANSWER,
	 "r"},
	{"both interfaces",
	 true,
	 {RULE("f", "a", IN, IS("lan"), OUT, IS("eth0"), STEP_ACCEPT),
	  RULE("f", "b", IN, IS("eth0"), OUT, IS("wg0"), STEP_ACCEPT)},
	 ANSWER,
	 ""},
	{"answers pass", true, {RULE("f", "a", STATE(&flow), STEP_ACCEPT)}, FIRST, ""},
	{"new ones pass", true, {RULE("f", "a", STATE(&new), STEP_ACCEPT)}, ANSWER, ""},
	{"DNAT passes",
	 true,
	 {RULE("f", "a", STEP_CT(STATUS, &dnat), STEP_ACCEPT)},
	 BOTH,
	 ""},
	{"iptables' states",
	 true,
	 {RULE("f", "a", XT_STATE(STATE_ESTABLISHED | STATE_RELATED), STEP_ACCEPT)},
	 FIRST,
	 ""},
	{"iptables' states, inverted",
	 true,
	 {RULE("f", "a",
	       {xt_match, STATE_ESTABLISHED, 0, XT_CONNTRACK_STATE, 3, "conntrack"},
	       STEP_ACCEPT)},
	 ANSWER,
	 ""},
	{"iptables' states and more",
	 true,
	 {RULE("f", "a", {xt_match, 0, XT_CONNTRACK_EXPIRES, 0, 3, "conntrack"},
	       STEP_ACCEPT)},
	 0,
	 NULL},
	{"iptables' SNAT is not known",
	 true,
	 {RULE("f", "a", XT_STATE(XT_CONNTRACK_STATE_SNAT), STEP_ACCEPT)},
	 0,
	 NULL},
	{"iptables' DNAT is",
	 true,
	 {RULE("f", "a", XT_STATE(XT_CONNTRACK_STATE_DNAT), STEP_ACCEPT)},
	 BOTH,
	 ""},
	{"an old revision of it",
	 true,
	 {RULE("f", "a", {xt_match, 0, 0, 0, 1, "conntrack"}, STEP_ACCEPT)},
	 0,
	 NULL},
	{"a comment of iptables'",
	 false,
	 {RULE("f", "r", {xt_match, 0, 0, 0, 0, "comment"}, STEP_DROP)},
	 BOTH,
	 "r"},
	{"an unknown match may or may not",
	 false,
	 {RULE("f", "r", {xt_match, 0, 0, 0, 0, "addrtype"}, STEP_DROP)},
	 0,
	 NULL},
	{"the same, accepting",
	 true,
	 {RULE("f", "a", {xt_match, 0, 0, 0, 0, "addrtype"}, STEP_ACCEPT)},
	 0,
	 NULL},
	{"REJECT", false, {RULE("f", "r", {xt_target, 0, 0, 0, 0, "REJECT"})}, BOTH, "r"},
	{"LOG", true, {RULE("f", "l", {xt_target, 0, 0, 0, 0, "LOG"})}, BOTH, ""},
	{"an unknown target",
	 true,
	 {RULE("f", "x", {xt_target, 0, 0, 0, 0, "X"})},
	 0,
	 NULL},
	{"counters and logs",
	 false,
	 {RULE("f", "r", EXPR("counter"), EXPR("log"), STEP_DROP)},
	 BOTH,
	 "r"},
	{"a limit", false, {RULE("f", "r", EXPR("limit"), STEP_DROP)}, 0, NULL},
	{"an unknown expression leaves nothing known",
	 true,
	 {RULE("f", "a", IN, EXPR("hash"), IS("wg0"), STEP_ACCEPT)},
	 0,
	 NULL},
	{"another protocol", true, {RULE("f", "a", UDP, STEP_ACCEPT)}, BOTH, ""},
	{"some port", true, {RULE("f", "a", TCP, DPORT("\0\x50"), STEP_ACCEPT)}, 0, NULL},
	{"IPv6", true, {RULE("f", "a", STEP_IPV6, STEP_ACCEPT)}, BOTH, ""},
	{"IPv4", true, {RULE("f", "a", STEP_IPV4, STEP_ACCEPT)}, 0, NULL},
	{"its subnet",
	 true,
	 {RULE("f", "a", SADDR, STEP_MASK(4, "\xff\0\0\0"), STEP_IS(4, "\x0a\0\0\0"),
	       STEP_ACCEPT),
	  RULE("f", "b", STATE(&flow), STEP_ACCEPT)},
	 0,
	 NULL},
	{"another subnet",
	 true,
	 {RULE("f", "a", SADDR, STEP_MASK(4, "\xff\0\0\0"), STEP_IS(4, "\x0b\0\0\0"),
	       STEP_ACCEPT)},
	 FIRST,
	 ""},
	{"an address in it",
	 true,
	 {RULE("f", "a", SADDR, STEP_IS(4, "\x0a\1\0\7"), STEP_ACCEPT)},
	 0,
	 NULL},
	{"less than it",
	 true,
	 {RULE("f", "a", SADDR, CMP(LT, 4, "\x0a\1\0\0"), STEP_ACCEPT)},
	 FIRST,
	 ""},
	{"at least it",
	 false,
	 {RULE("f", "r", SADDR, CMP(GTE, 4, "\x0a\1\0\0"), CMP(LTE, 4, "\x0a\1\0\xff"),
	       STEP_DROP)},
	 FIRST,
	 "r"},
	{"more than its first",
	 false,
	 {RULE("f", "r", SADDR, CMP(GT, 4, "\x0a\1\0\0"), STEP_DROP)},
	 0,
	 NULL},
	{"within a range",
	 false,
	 {RULE("f", "r", SADDR, {range, NFT_RANGE_EQ, 0, 0, 0, "\x0a\0\0\0\x0a\2\0\0"},
	       STEP_DROP)},
	 FIRST,
	 "r"},
	{"not within a range",
	 false,
	 {RULE("f", "r", SADDR, {range, NFT_RANGE_NEQ, 0, 0, 0, "\x0a\2\0\0\x0a\3\0\0"},
	       STEP_DROP)},
	 FIRST,
	 "r"},
	{"a set without it",
	 true,
	 {RULE("f", "a", IN, FIND("names"), STEP_ACCEPT)},
	 BOTH,
	 ""},
	{"a set with it",
	 true,
	 {RULE("f", "a", IN, FIND("lans"), STEP_ACCEPT)},
	 ANSWER,
	 ""},
	{"not in a set",
	 false,
	 {RULE("f", "r", IN, FIND_NOT("names"), STEP_DROP)},
	 BOTH,
	 "r"},
	{"a set of names that has one",
	 true,
	 {RULE("f", "a", IN, FIND("ours"), STEP_ACCEPT)},
	 ANSWER,
	 ""},
	{"a set that time changes",
	 true,
	 {RULE("f", "a", IN, FIND("timed"), STEP_ACCEPT)},
	 0,
	 NULL},
	{"a set that is not there",
	 true,
	 {RULE("f", "a", IN, FIND("gone"), STEP_ACCEPT)},
	 0,
	 NULL},
	{"a set of addresses is not looked at",
	 true,
	 {RULE("f", "a", SADDR, FIND("addresses"), STEP_ACCEPT)},
	 0,
	 NULL},
	{"intervals around it",
	 false,
	 {RULE("f", "r", SADDR, FIND("ten"), STEP_DROP)},
	 FIRST,
	 "r"},
	{"intervals over half of it",
	 false,
	 {RULE("f", "r", SADDR, FIND("half"), STEP_DROP)},
	 0,
	 NULL},
	{"a concatenation of intervals",
	 false,
	 {RULE("f", "r", IN,
	       {netd_expr_payload, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFT_REG_2},
	       FIND("pairs"), STEP_DROP)},
	 FIRST,
	 "r"},
	{"a map of verdicts",
	 false,
	 {RULE("f", "m", IN, MAP("verdicts"))},
	 FIRST,
	 "dead"},
	{"a map with a rest", false, {RULE("f", "m", IN, MAP("rest"))}, BOTH, "m"},
	{"a map of states",
	 true,
	 {RULE("f", "m", {netd_expr_ct, NFT_CT_STATE}, MAP("states"))},
	 FIRST,
	 ""},
	{"a map that is not there", true, {RULE("f", "m", IN, MAP("gone"))}, 0, NULL},
	{"jump to a chain that drops",
	 false,
	 {RULE("f", "j", STEP_JUMP("dead"))},
	 BOTH,
	 "dead"},
	{"jump and come back",
	 false,
	 {RULE("f", "j", STEP_JUMP("udp")), RULE("f", "k", STEP_JUMP("back")),
	  RULE("f", "e", STEP_JUMP("empty")), RULE("f", "r", STEP_DROP)},
	 BOTH,
	 "r"},
	{"goto and do not",
	 false,
	 {RULE("f", "j", GOTO("udp")), RULE("f", "r", STEP_DROP)},
	 0,
	 NULL},
	{"goto and meet the policy",
	 true,
	 {RULE("f", "j", GOTO("back")), RULE("f", "a", STEP_ACCEPT)},
	 BOTH,
	 ""},
	{"return from the base chain",
	 true,
	 {RULE("f", "a", STEP_RETURN), RULE("f", "b", STEP_ACCEPT)},
	 BOTH,
	 ""},
	{"it may go where all is dropped",
	 true,
	 {RULE("f", "j", EXPR("limit"), STEP_JUMP("dead"))},
	 BOTH,
	 ""},
	{"a loop ends", true, {RULE("f", "j", STEP_JUMP("loop"))}, 0, NULL},
};

static void put_rule(struct netd_batch *b, const struct netd_rule *row)
{
	struct netd_rule rule = *row;

	rule.table = "t";
	rule.family = NFPROTO_INET;
	netd_batch_rule(b, &rule);
}

/* All sets, the common chains and @rules, as if dumped. */
static void put_table(struct netd_batch *b, const struct netd_rule *rules)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(sets); i++)
		put_set(b, &sets[i]);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(common); i++)
		put_rule(b, &common[i]);
	for (size_t i = 0; i < RULES && rules[i].chain; i++)
		put_rule(b, &rules[i]);
	assert_false(b->failed);
}

static struct netd_packet packet_of(unsigned direction)
{
	struct netd_packet p = {.family = NFPROTO_IPV4,
				.protocol = 6,
				.tracked = true,
				.reply = direction == ANSWER,
				.in = "lan",
				.out = "eth0"};
	struct netd_prefix subnet;

	assert_int_equal(netd_prefix_parse("10.1.0.0/24", &subnet), 0);
	if (p.reply) {
		netd_copy(p.in, "eth0");
		netd_copy(p.out, "lan");
		p.destination = subnet;
	} else {
		p.source = subnet;
	}
	return p;
}

static struct netd_foreign_chain base(bool policy_drops)
{
	return (struct netd_foreign_chain){.family = NFPROTO_INET,
					   .table = "t",
					   .name = "f",
					   .hook = NF_INET_FORWARD,
					   .policy_drops = policy_drops};
}

static void verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++) {
		struct netd_foreign_chain chain = base(rows[i].policy_drops);
		struct netd_program program;
		struct netd_batch b = {0};

		put_table(&b, rows[i].rules);
		assert_int_equal(netd_program_init(&program, b.data, b.length), 0);
		for (unsigned way = FIRST; way <= ANSWER; way++) {
			struct netd_packet p = packet_of(way);
			bool expected = rows[i].dropped & way;
			struct netd_verdict v;
			size_t budget = 1000;

			if (netd_verdict_drops(&program, &chain, &p, &budget, &v) !=
			    expected)
				fail_msg("%s: %s is %sdropped", rows[i].name,
					 way == FIRST ? "the first" : "the answer",
					 expected ? "not " : "");
			if (expected)
				assert_string_equal(v.rule ? v.rule->comment : "",
						    rows[i].culprit);
		}
		netd_program_done(&program);
		netd_batch_done(&b);
	}
}

/* What is beyond the budget, or was not read, is not certain. */
static void bounds(void **state)
{
	static const struct netd_rule rules[RULES] = {RULE("f", "a", UDP, STEP_ACCEPT),
						      RULE("f", "b", UDP, STEP_ACCEPT),
						      RULE("f", "r", STEP_DROP)};
	struct netd_foreign_chain chain = base(false);
	struct netd_packet p = packet_of(FIRST);
	struct netd_program program;
	struct netd_batch b = {0};
	struct netd_verdict v;
	size_t budget = 3;

	(void)state;
	put_table(&b, rules);
	assert_int_equal(netd_program_init(&program, b.data, b.length), 0);
	assert_true(netd_verdict_drops(&program, &chain, &p, &budget, &v));
	assert_int_equal(budget, 0);
	budget = 2;
	assert_false(netd_verdict_drops(&program, &chain, &p, &budget, &v));
	budget = 100;
	chain.unread = true;
	assert_false(netd_verdict_drops(&program, &chain, &p, &budget, &v));
	netd_program_done(&program);
	netd_batch_done(&b);
}

/* Rules that keep packets from being tracked, or write into them. */
static void alters(void **state)
{
	static const struct {
		struct netd_rule rules[RULES];
		bool altered;
	} cases[] = {
		{{RULE("f", "a", STEP_ACCEPT)}, false},
		{{RULE("f", "a", EXPR("notrack"))}, true},
		{{RULE("f", "a", UDP, EXPR("notrack"))}, false},
		{{RULE("f", "a", {xt_target, 0, 0, 0, 0, "CT"})}, true},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++) {
		struct netd_foreign_chain chain = base(false);
		struct netd_packet p = packet_of(FIRST);
		struct netd_program program;
		struct netd_batch b = {0};
		struct netd_verdict v;
		size_t budget = 100;

		put_table(&b, cases[i].rules);
		assert_int_equal(netd_program_init(&program, b.data, b.length), 0);
		netd_verdict_drops(&program, &chain, &p, &budget, &v);
		assert_int_equal(p.altered, cases[i].altered);
		netd_program_done(&program);
		netd_batch_done(&b);
	}
}

/* Where rules of ours stand, or will, what reaches them is not dropped. */
static void ours(void **state)
{
	static const struct {
		struct netd_rule rules[RULES];
		bool drops, locked, dropped;
	} cases[] = {
		{{RULE("f", "a", UDP, STEP_ACCEPT)}, false, false, true},
		{{RULE("f", "a", UDP, STEP_ACCEPT)}, true, false, false},
		{{RULE("f", "a", UDP, STEP_ACCEPT)}, true, true, true},
		{{RULE("f", "r", STEP_DROP)}, true, false, true},
	};

	(void)state;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(cases); i++) {
		struct netd_foreign_chain chain = base(true);
		struct netd_packet p = packet_of(FIRST);
		struct netd_program program;
		struct netd_batch b = {0};
		struct netd_verdict v;
		size_t budget = 100;

		chain.hook = NF_INET_LOCAL_IN;
		chain.drops = cases[i].drops;
		chain.locked = cases[i].locked;
		put_table(&b, cases[i].rules);
		assert_int_equal(netd_program_init(&program, b.data, b.length), 0);
		assert_int_equal(netd_verdict_drops(&program, &chain, &p, &budget, &v),
				 cases[i].dropped);
		netd_program_done(&program);
		netd_batch_done(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(bounds),
		cmocka_unit_test(alters),
		cmocka_unit_test(ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
