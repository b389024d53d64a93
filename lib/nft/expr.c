// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules as rows of steps, each step one nf_tables expression. */
#include "nft/expr.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/udata.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "nft/batch.h"
#include "nft/layout.h"

struct nftnl_expr *netd_expr_meta(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("meta");

	if (!e)
		return NULL;
	nftnl_expr_set_u32(e, NFTNL_EXPR_META_KEY, s->a);
	nftnl_expr_set_u32(e, NFTNL_EXPR_META_DREG, s->b);
	return e;
}

struct nftnl_expr *netd_expr_compare(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("cmp");

	if (!e)
		return NULL;
	nftnl_expr_set_u32(e, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_CMP_OP, s->a);
	nftnl_expr_set(e, NFTNL_EXPR_CMP_DATA, s->data, s->b);
	return e;
}

struct nftnl_expr *netd_expr_payload(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("payload");

	if (!e)
		return NULL;
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_BASE, s->a);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_OFFSET, s->b);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_LEN, s->c);
	nftnl_expr_set_u32(e, NFTNL_EXPR_PAYLOAD_DREG, s->d);
	return e;
}

struct nftnl_expr *netd_expr_mask(const struct netd_step *s)
{
	static const uint8_t zeros[16];
	struct nftnl_expr *e = nftnl_expr_alloc("bitwise");

	if (!e)
		return NULL;
	nftnl_expr_set_u32(e, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_BITWISE_OP, NFT_BITWISE_BOOL);
	nftnl_expr_set_u32(e, NFTNL_EXPR_BITWISE_LEN, s->a);
	nftnl_expr_set(e, NFTNL_EXPR_BITWISE_MASK, s->data, s->a);
	nftnl_expr_set(e, NFTNL_EXPR_BITWISE_XOR, zeros, s->a);
	return e;
}

/* A verdict map's result is the verdict register; another map's overwrites the key. */
struct nftnl_expr *netd_expr_lookup(const struct netd_step *s)
{
	const struct netd_map_layout *map = netd_map_layout(s->a);
	struct nftnl_expr *e = nftnl_expr_alloc("lookup");
	uint32_t to = NFT_REG_1;

	if (!e)
		return NULL;
	nftnl_expr_set_u32(e, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
	nftnl_expr_set_str(e, NFTNL_EXPR_LOOKUP_SET, map->name);
	if (map->data[0] == NETD_PART_VERDICT)
		to = NFT_REG_VERDICT;
	if (map->data[0])
		nftnl_expr_set_u32(e, NFTNL_EXPR_LOOKUP_DREG, to);
	return e;
}

struct nftnl_expr *netd_expr_ct(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("ct");

	if (!e)
		return NULL;
	nftnl_expr_set_u32(e, NFTNL_EXPR_CT_KEY, s->a);
	nftnl_expr_set_u32(e, NFTNL_EXPR_CT_DREG, NFT_REG_1);
	return e;
}

struct nftnl_expr *netd_expr_fib(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("fib");

	if (!e)
		return NULL;
	nftnl_expr_set_u32(e, NFTNL_EXPR_FIB_DREG, NFT_REG_1);
	nftnl_expr_set_u32(e, NFTNL_EXPR_FIB_RESULT, s->b);
	nftnl_expr_set_u32(e, NFTNL_EXPR_FIB_FLAGS, s->a);
	return e;
}

struct nftnl_expr *netd_expr_verdict(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("immediate");

	if (!e)
		return NULL;
	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_VERDICT, s->a);
	if (s->data)
		nftnl_expr_set_str(e, NFTNL_EXPR_IMM_CHAIN, s->data);
	return e;
}

struct nftnl_expr *netd_expr_immediate(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("immediate");

	if (!e)
		return NULL;
	nftnl_expr_set_u32(e, NFTNL_EXPR_IMM_DREG, s->a);
	nftnl_expr_set(e, NFTNL_EXPR_IMM_DATA, s->data, s->b);
	return e;
}

struct nftnl_expr *netd_expr_nat(const struct netd_step *s)
{
	static const uint16_t attrs[] = {
		NFTNL_EXPR_NAT_REG_ADDR_MIN,
		NFTNL_EXPR_NAT_REG_ADDR_MAX,
		NFTNL_EXPR_NAT_REG_PROTO_MIN,
		NFTNL_EXPR_NAT_REG_PROTO_MAX,
	};
	struct nftnl_expr *e = nftnl_expr_alloc("nat");

	if (!e)
		return NULL;
	nftnl_expr_set_u32(e, NFTNL_EXPR_NAT_TYPE, s->a);
	nftnl_expr_set_u32(e, NFTNL_EXPR_NAT_FAMILY, s->b);
	if (s->c)
		nftnl_expr_set_u32(e, NFTNL_EXPR_NAT_FLAGS, s->c);
	for (unsigned i = 0; i < 4; i++)
		if (s->d >> 8 * i & 0xff)
			nftnl_expr_set_u32(e, attrs[i], s->d >> 8 * i & 0xff);
	return e;
}

struct nftnl_expr *netd_expr_masquerade(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("masq");

	if (!e || !s->a)
		return e;
	nftnl_expr_set_u32(e, NFTNL_EXPR_MASQ_FLAGS, s->a);
	nftnl_expr_set_u32(e, NFTNL_EXPR_MASQ_REG_PROTO_MIN, s->b);
	nftnl_expr_set_u32(e, NFTNL_EXPR_MASQ_REG_PROTO_MAX, s->c);
	return e;
}

struct nftnl_expr *netd_expr_reject(const struct netd_step *s)
{
	struct nftnl_expr *e = nftnl_expr_alloc("reject");

	if (!e)
		return NULL;
	nftnl_expr_set_u32(e, NFTNL_EXPR_REJECT_TYPE, s->a);
	if (s->a != NFT_REJECT_TCP_RST) /* has none, and the kernel reports none */
		nftnl_expr_set_u8(e, NFTNL_EXPR_REJECT_CODE, (uint8_t)s->b);
	return e;
}

static bool set_comment(struct nftnl_rule *r, const char *comment)
{
	uint8_t udata[2 + NFTNL_UDATA_COMMENT_MAXLEN];
	size_t length = strlen(comment) + 1;

	if (length > NFTNL_UDATA_COMMENT_MAXLEN)
		return false;
	udata[0] = NFTNL_UDATA_RULE_COMMENT;
	udata[1] = (uint8_t)length;
	memcpy(udata + 2, comment, length);
	return nftnl_rule_set_data(r, NFTNL_RULE_USERDATA, udata, 2 + (uint32_t)length) >=
	       0;
}

static struct nftnl_rule *build(const struct netd_rule *rule)
{
	struct nftnl_rule *r = nftnl_rule_alloc();
	const char *table = NETD_TABLE;

	if (!r)
		return NULL;
	if (rule->table)
		table = rule->table;
	nftnl_rule_set_str(r, NFTNL_RULE_TABLE, table);
	nftnl_rule_set_str(r, NFTNL_RULE_CHAIN, rule->chain);
	if (rule->before)
		nftnl_rule_set_u64(r, NFTNL_RULE_POSITION, rule->before);
	if (rule->comment && !set_comment(r, rule->comment))
		goto failed;
	for (size_t i = 0; i < NETD_STEPS && rule->steps[i].build; i++) {
		struct nftnl_expr *e = rule->steps[i].build(&rule->steps[i]);

		if (!e)
			goto failed;
		nftnl_rule_add_expr(r, e);
	}
	return r;
failed:
	nftnl_rule_free(r);
	return NULL;
}

void netd_batch_rule(struct netd_batch *b, const struct netd_rule *rule)
{
	struct nftnl_rule *r = build(rule);
	uint16_t flags = NLM_F_CREATE;
	struct nlmsghdr *nlh;

	if (!rule->before)
		flags |= NLM_F_APPEND;
	nlh = netd_batch_message(b, NFT_MSG_NEWRULE, flags, 2048);
	if (!r || !nlh) {
		b->failed = true;
	} else {
		if (rule->table)
			netd_batch_set_family(nlh, rule->family);
		nftnl_rule_nlmsg_build_payload(nlh, r);
		netd_batch_commit_message(b, nlh);
	}
	if (r)
		nftnl_rule_free(r);
}
