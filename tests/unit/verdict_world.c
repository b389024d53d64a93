// SPDX-License-Identifier: GPL-2.0-or-later
/* Somebody else's table, as if dumped: its sets, and rules of a test's choice. */
#include "verdict_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <libnftnl/expr.h>

#include "base/array.h"
#include "base/str.h"

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

struct nftnl_expr *world_lookup(const struct netd_step *s)
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

struct nftnl_expr *world_named(const struct netd_step *s)
{
	return nftnl_expr_alloc(s->data);
}

struct nftnl_expr *world_range(const struct netd_step *s)
{
	const char *bytes = s->data;
	struct nftnl_expr *e = nftnl_expr_alloc("range");

	nftnl_expr_set_u32(e, NFTNL_EXPR_RANGE_SREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_RANGE_OP, s->a);
	nftnl_expr_set(e, NFTNL_EXPR_RANGE_FROM_DATA, bytes, 4);
	nftnl_expr_set(e, NFTNL_EXPR_RANGE_TO_DATA, bytes + 4, 4);
	return e;
}

struct nftnl_expr *world_conntrack(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("match");
	struct xt_conntrack_mtinfo3 *info = calloc(1, sizeof(*info));

	if (!info)
		abort();
	info->match_flags = (uint16_t)(XT_CONNTRACK_STATE | s->b);
	info->invert_flags = (uint16_t)s->c;
	info->state_mask = (uint16_t)s->a;
	nftnl_expr_set_str(e, NFTNL_EXPR_MT_NAME, s->data);
	nftnl_expr_set_u32(e, NFTNL_EXPR_MT_REV, s->d);
	nftnl_expr_set(e, NFTNL_EXPR_MT_INFO, info, sizeof(*info));
	return e; /* @info is its own now */
}

struct nftnl_expr *world_match(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("match");
	const struct world_match *m = s->data;
	void *info = calloc(1, m->length);

	if (!info)
		abort();
	memcpy(info, m->info, m->length);
	nftnl_expr_set_str(e, NFTNL_EXPR_MT_NAME, m->name);
	nftnl_expr_set_u32(e, NFTNL_EXPR_MT_REV, 0);
	nftnl_expr_set(e, NFTNL_EXPR_MT_INFO, info, m->length);
	return e; /* @info is its own now */
}

struct nftnl_expr *world_target(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("target");

	nftnl_expr_set_str(e, NFTNL_EXPR_TG_NAME, s->data);
	nftnl_expr_set_u32(e, NFTNL_EXPR_TG_REV, 0);
	nftnl_expr_set(e, NFTNL_EXPR_TG_INFO, calloc(1, 8), 8);
	return e;
}

/* What all rows have: a chain that drops all, one that drops one thing. */
static const struct netd_rule common[] = {
	RULE("dead", "dead", STEP_DROP),
	RULE("udp", "udp", UDP, STEP_DROP),
	RULE("back", "back", STEP_RETURN),
	RULE("loop", "loop", STEP_JUMP("loop")),
};

static void put_rule(struct netd_batch *b, const struct netd_rule *row)
{
	struct netd_rule rule = *row;

	rule.table = "t";
	rule.family = NFPROTO_INET;
	netd_batch_rule(b, &rule);
}

/* All sets, the common chains and @rules, as if dumped. */
void world_put(struct netd_batch *b, const struct netd_rule *rules)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(sets); i++)
		put_set(b, &sets[i]);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(common); i++)
		put_rule(b, &common[i]);
	for (size_t i = 0; i < RULES && rules[i].chain; i++)
		put_rule(b, &rules[i]);
	assert_false(b->failed);
}

struct netd_packet world_packet(unsigned direction)
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

struct netd_foreign_chain world_base(bool policy_drops)
{
	return (struct netd_foreign_chain){.family = NFPROTO_INET,
					   .table = "t",
					   .name = "f",
					   .hook = NF_INET_FORWARD,
					   .policy_drops = policy_drops};
}
