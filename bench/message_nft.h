/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests to nf_tables, for the floors. */
#ifndef BENCH_MESSAGE_NFT_H
#define BENCH_MESSAGE_NFT_H

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>

#include "message.h"

#define TABLE "floor"

static inline struct nfgenmsg *begin_nft(uint8_t type, uint16_t flags)
{
	struct nfgenmsg *g =
		begin((uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), flags, sizeof(*g));

	*g = (struct nfgenmsg){.nfgen_family = NFPROTO_IPV4};
	return g;
}

static inline void batch(uint16_t type)
{
	struct nfgenmsg *g = begin(type, 0, sizeof(*g));

	*g = (struct nfgenmsg){.res_id = htobe16(NFNL_SUBSYS_NFTABLES)};
	end();
}

static inline void batch_begin(void)
{
	batch(NFNL_MSG_BATCH_BEGIN);
}

/* The last request before it is the one that is acknowledged. */
static inline void batch_end(void)
{
	message->nlmsg_flags |= NLM_F_ACK;
	wanted++;
	batch(NFNL_MSG_BATCH_END);
}

static inline void table(uint8_t type)
{
	begin_nft(type, type == NFT_MSG_NEWTABLE ? NLM_F_CREATE : 0);
	put_text(NFTA_TABLE_NAME, TABLE);
	end();
}

static inline void add_base_chain(const char *name, const char *type, uint32_t number,
				  int32_t priority)
{
	void *hook;

	begin_nft(NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	put_text(NFTA_CHAIN_TABLE, TABLE);
	put_text(NFTA_CHAIN_NAME, name);
	put_text(NFTA_CHAIN_TYPE, type);
	hook = nest(NFTA_CHAIN_HOOK);
	put_be32(NFTA_HOOK_HOOKNUM, number);
	put_be32(NFTA_HOOK_PRIORITY, (uint32_t)priority);
	unnest(hook);
	end();
}

/*
 * @data_length 0: a set.  @count 0: it can grow.  The types are for nft's listing only.
 */
static inline void add_set(const char *name, uint32_t id, uint32_t key_type,
			   uint32_t key_length, uint32_t data_type, uint32_t data_length,
			   uint32_t count)
{
	void *desc;

	begin_nft(NFT_MSG_NEWSET, NLM_F_CREATE);
	put_text(NFTA_SET_TABLE, TABLE);
	put_text(NFTA_SET_NAME, name);
	put_be32(NFTA_SET_ID, id);
	put_be32(NFTA_SET_KEY_TYPE, key_type);
	put_be32(NFTA_SET_KEY_LEN, key_length);
	if (data_length) {
		put_be32(NFTA_SET_FLAGS, NFT_SET_MAP);
		put_be32(NFTA_SET_DATA_TYPE, data_type);
		put_be32(NFTA_SET_DATA_LEN, data_length);
	}
	if (count) {
		desc = nest(NFTA_SET_DESC);
		put_be32(NFTA_SET_DESC_SIZE, count);
		unnest(desc);
	}
	end();
}

static inline void put_value(uint16_t type, const void *data, size_t size)
{
	void *value = nest(type);

	put(NFTA_DATA_VALUE, data, size);
	unnest(value);
}

static inline void add_element(const void *key, size_t key_size, const void *data,
			       size_t data_size)
{
	void *element = nest(NFTA_LIST_ELEM);

	put_value(NFTA_SET_ELEM_KEY, key, key_size);
	if (data_size)
		put_value(NFTA_SET_ELEM_DATA, data, data_size);
	unnest(element);
}

/*
 * Elements come in lists: an attribute's length has 16 bits.
 */
static inline void *begin_elements(uint8_t type, const char *set)
{
	begin_nft(type, type == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0);
	put_text(NFTA_SET_ELEM_LIST_TABLE, TABLE);
	put_text(NFTA_SET_ELEM_LIST_SET, set);
	return nest(NFTA_SET_ELEM_LIST_ELEMENTS);
}

static inline void end_elements(void *list)
{
	unnest(list);
	end();
}

/*
 * Expressions
 */
struct rule {
	void *list, *element, *data;
};

static inline void rule_begin(struct rule *r, const char *chain)
{
	begin_nft(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	put_text(NFTA_RULE_TABLE, TABLE);
	put_text(NFTA_RULE_CHAIN, chain);
	r->list = nest(NFTA_RULE_EXPRESSIONS);
}

static inline void rule_end(struct rule *r)
{
	unnest(r->list);
	end();
}

static inline void expression(struct rule *r, const char *name)
{
	r->element = nest(NFTA_LIST_ELEM);
	put_text(NFTA_EXPR_NAME, name);
	r->data = nest(NFTA_EXPR_DATA);
}

static inline void expression_end(struct rule *r)
{
	unnest(r->data);
	unnest(r->element);
}

/* meta or ct KEY into a register. */
static inline void load(struct rule *r, const char *what, uint32_t key, uint32_t reg)
{
	expression(r, what);
	put_be32(NFTA_META_KEY, key); /* = NFTA_CT_KEY is 2, NFTA_META_DREG is 1 */
	put_be32(NFTA_META_DREG, reg);
	expression_end(r);
}

static inline void compare(struct rule *r, uint32_t op, const void *data, size_t size)
{
	expression(r, "cmp");
	put_be32(NFTA_CMP_SREG, NFT_REG_1);
	put_be32(NFTA_CMP_OP, op);
	put_value(NFTA_CMP_DATA, data, size);
	expression_end(r);
}

static inline void mask(struct rule *r, uint32_t bits)
{
	static const uint32_t zero;

	expression(r, "bitwise");
	put_be32(NFTA_BITWISE_SREG, NFT_REG_1);
	put_be32(NFTA_BITWISE_DREG, NFT_REG_1);
	put_be32(NFTA_BITWISE_LEN, sizeof(bits));
	put_value(NFTA_BITWISE_MASK, &bits, sizeof(bits));
	put_value(NFTA_BITWISE_XOR, &zero, sizeof(zero));
	expression_end(r);
}

static inline void payload(struct rule *r, uint32_t base, uint32_t offset,
			   uint32_t length, uint32_t reg)
{
	expression(r, "payload");
	put_be32(NFTA_PAYLOAD_DREG, reg);
	put_be32(NFTA_PAYLOAD_BASE, base);
	put_be32(NFTA_PAYLOAD_OFFSET, offset);
	put_be32(NFTA_PAYLOAD_LEN, length);
	expression_end(r);
}

/* In a set; or, with @to, out of a map. */
static inline void lookup(struct rule *r, const char *set, uint32_t id, uint32_t to)
{
	expression(r, "lookup");
	put_text(NFTA_LOOKUP_SET, set);
	put_be32(NFTA_LOOKUP_SET_ID, id);
	put_be32(NFTA_LOOKUP_SREG, NFT_REG_1);
	if (to)
		put_be32(NFTA_LOOKUP_DREG, to);
	expression_end(r);
}

static inline void immediate(struct rule *r, uint32_t reg, const void *data, size_t size)
{
	expression(r, "immediate");
	put_be32(NFTA_IMMEDIATE_DREG, reg);
	put_value(NFTA_IMMEDIATE_DATA, data, size);
	expression_end(r);
}

static inline void verdict(struct rule *r, int32_t code)
{
	void *data, *inner;

	expression(r, "immediate");
	put_be32(NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	data = nest(NFTA_IMMEDIATE_DATA);
	inner = nest(NFTA_DATA_VERDICT);
	put_be32(NFTA_VERDICT_CODE, (uint32_t)code);
	unnest(inner);
	unnest(data);
	expression_end(r);
}

#endif
