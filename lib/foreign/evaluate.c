// SPDX-License-Identifier: GPL-2.0-or-later
/* What one rule does to a packet that is partly known. */
#include "foreign/evaluate.h"

#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "base/array.h"
#include "ruleset/packet.h"

/*
 * Theory of operation.  The expressions run one after another on registers of which some
 * bits are known.  Each one tells whether the packet goes on to the next expression:
 * certainly, or maybe.  An expression that is not in the table may match, and may have
 * written any register; so may extensions of xtables that xt.c does not know.  So a
 * result is certain only if it follows from what is known, and at worst a drop is not
 * found.
 */
struct machine {
	const struct netd_program *program;
	const struct netd_program_chain *chain;
	struct netd_packet *packet;
	struct netd_bits registers;
	enum netd_truth goes_on;
	enum netd_truth done; /* a verdict was given */
	netd_evaluate_visit visit;
	void *data;
};

/* The first byte of register @n (NFT_REG_*); NETD_BITS if there is no such register. */
static size_t place_of(uint32_t n)
{
	if (n >= NFT_REG_1 && n <= NFT_REG_4)
		return (n - NFT_REG_1) * NFT_REG_SIZE;
	if (n >= NFT_REG32_00 && n <= NFT_REG32_15)
		return (n - NFT_REG32_00) * NFT_REG32_SIZE;
	return NETD_BITS;
}

static size_t place(const struct nftnl_expr *e, uint16_t attr)
{
	if (nftnl_expr_is_set(e, attr))
		return place_of(nftnl_expr_get_u32(e, attr));
	return NETD_BITS;
}

static void forget_all(struct machine *m)
{
	netd_bits_forget(&m->registers, 0, NETD_BITS);
}

static void give(struct machine *m, const struct netd_program_verdict *v)
{
	m->visit(v, m->goes_on, m->data);
	m->done = m->goes_on;
}

static enum netd_truth run_meta(struct machine *m, const struct nftnl_expr *e)
{
	if (nftnl_expr_is_set(e, NFTNL_EXPR_META_DREG))
		netd_packet_meta(m->packet, nftnl_expr_get_u32(e, NFTNL_EXPR_META_KEY),
				 &m->registers, place(e, NFTNL_EXPR_META_DREG));
	return NETD_YES;
}

/* Without a flow, a rule that asks for more than the state ends (nft_ct_get_eval()). */
static enum netd_truth run_ct(struct machine *m, const struct nftnl_expr *e)
{
	uint32_t key = nftnl_expr_get_u32(e, NFTNL_EXPR_CT_KEY);

	if (!nftnl_expr_is_set(e, NFTNL_EXPR_CT_DREG))
		return NETD_YES;
	netd_packet_ct(m->packet, key, &m->registers, place(e, NFTNL_EXPR_CT_DREG));
	if (m->packet->untracked && key != NFT_CT_STATE)
		return NETD_NO;
	return NETD_YES;
}

static enum netd_truth run_payload(struct machine *m, const struct nftnl_expr *e)
{
	if (nftnl_expr_is_set(e, NFTNL_EXPR_PAYLOAD_SREG))
		m->packet->altered = true;
	if (nftnl_expr_is_set(e, NFTNL_EXPR_PAYLOAD_DREG))
		netd_packet_payload(m->packet,
				    nftnl_expr_get_u32(e, NFTNL_EXPR_PAYLOAD_BASE),
				    nftnl_expr_get_u32(e, NFTNL_EXPR_PAYLOAD_OFFSET),
				    nftnl_expr_get_u32(e, NFTNL_EXPR_PAYLOAD_LEN),
				    &m->registers, place(e, NFTNL_EXPR_PAYLOAD_DREG));
	return NETD_YES;
}

/* A bit is known if it was known before, or if the mask clears it. */
static enum netd_truth run_bitwise(struct machine *m, const struct nftnl_expr *e)
{
	uint32_t length = nftnl_expr_get_u32(e, NFTNL_EXPR_BITWISE_LEN), n = 0, k = 0;
	const uint8_t *mask = nftnl_expr_get(e, NFTNL_EXPR_BITWISE_MASK, &n);
	const uint8_t *flip = nftnl_expr_get(e, NFTNL_EXPR_BITWISE_XOR, &k);
	size_t from = place(e, NFTNL_EXPR_BITWISE_SREG);
	size_t to = place(e, NFTNL_EXPR_BITWISE_DREG);
	struct netd_bits old = m->registers;

	if (!mask || !flip || n < length || k < length || from + length > NETD_BITS ||
	    to + length > NETD_BITS ||
	    nftnl_expr_get_u32(e, NFTNL_EXPR_BITWISE_OP) != NFT_BITWISE_BOOL) {
		forget_all(m);
		return NETD_YES;
	}
	for (size_t i = 0; i < length; i++) {
		uint8_t known = old.known[from + i] | (uint8_t)~mask[i];

		m->registers.known[to + i] = known;
		m->registers.value[to + i] =
			((old.value[from + i] & mask[i]) ^ flip[i]) & known;
	}
	return NETD_YES;
}

static enum netd_truth run_compare(struct machine *m, const struct nftnl_expr *e)
{
	uint32_t op = nftnl_expr_get_u32(e, NFTNL_EXPR_CMP_OP), length = 0;
	const void *data = nftnl_expr_get(e, NFTNL_EXPR_CMP_DATA, &length);
	const struct netd_bits *r = &m->registers;
	size_t at = place(e, NFTNL_EXPR_CMP_SREG);
	uint8_t least[NETD_BITS] = {0}, most[NETD_BITS];

	if (!data || length > NETD_BITS)
		return NETD_MAYBE;
	memset(most, 0xff, sizeof(most));
	switch (op) {
	case NFT_CMP_EQ:
		return netd_bits_equal(r, at, data, length);
	case NFT_CMP_NEQ:
		return netd_truth_not(netd_bits_equal(r, at, data, length));
	case NFT_CMP_LTE:
		return netd_bits_within(r, at, least, data, length);
	case NFT_CMP_GT:
		return netd_truth_not(netd_bits_within(r, at, least, data, length));
	case NFT_CMP_GTE:
		return netd_bits_within(r, at, data, most, length);
	case NFT_CMP_LT:
		return netd_truth_not(netd_bits_within(r, at, data, most, length));
	default:
		return NETD_MAYBE;
	}
}

static enum netd_truth run_range(struct machine *m, const struct nftnl_expr *e)
{
	uint32_t n = 0, k = 0;
	const void *from = nftnl_expr_get(e, NFTNL_EXPR_RANGE_FROM_DATA, &n);
	const void *to = nftnl_expr_get(e, NFTNL_EXPR_RANGE_TO_DATA, &k);
	enum netd_truth t;

	if (!from || !to || n != k || n > NETD_BITS)
		return NETD_MAYBE;
	t = netd_bits_within(&m->registers, place(e, NFTNL_EXPR_RANGE_SREG), from, to, n);
	if (nftnl_expr_get_u32(e, NFTNL_EXPR_RANGE_OP) == NFT_RANGE_NEQ)
		return netd_truth_not(t);
	return t;
}

static enum netd_truth run_immediate(struct machine *m, const struct nftnl_expr *e)
{
	const char *chain = nftnl_expr_get_str(e, NFTNL_EXPR_IMM_CHAIN);
	struct netd_program_verdict v = {.chain = ""};
	uint32_t length = 0;
	const void *data;

	if (chain)
		v.chain = chain;
	if (nftnl_expr_is_set(e, NFTNL_EXPR_IMM_VERDICT)) {
		v.code = nftnl_expr_get_u32(e, NFTNL_EXPR_IMM_VERDICT);
		give(m, &v);
		return NETD_YES;
	}
	data = nftnl_expr_get(e, NFTNL_EXPR_IMM_DATA, &length);
	if (data)
		netd_bits_set(&m->registers, place(e, NFTNL_EXPR_IMM_DREG), data, length);
	return NETD_YES;
}

static void take_element(const struct netd_program_element *e, enum netd_truth found,
			 void *data)
{
	struct machine *m = data;

	m->visit(&e->verdict, netd_truth_and(m->goes_on, found), m->data);
}

static enum netd_truth run_lookup(struct machine *m, const struct nftnl_expr *e)
{
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_LOOKUP_SET);
	bool maps = nftnl_expr_is_set(e, NFTNL_EXPR_LOOKUP_DREG);
	bool verdict =
		maps && nftnl_expr_get_u32(e, NFTNL_EXPR_LOOKUP_DREG) == NFT_REG_VERDICT;
	const struct netd_program_set *s =
		name ? netd_program_set(m->program, m->chain->family, m->chain->table,
					name)
		     : NULL;
	static const struct netd_program_verdict anything = {NF_QUEUE, ""};
	enum netd_truth found;

	if (!s || !s->listed) {
		if (verdict)
			m->visit(&anything, NETD_MAYBE, m->data);
		forget_all(m);
		return NETD_MAYBE;
	}
	found = netd_lookup(s, &m->registers, place(e, NFTNL_EXPR_LOOKUP_SREG),
			    verdict ? take_element : NULL, m);
	if (verdict)
		m->done = netd_truth_and(m->goes_on, found);
	else if (maps)
		forget_all(m);
	if (nftnl_expr_get_u32(e, NFTNL_EXPR_LOOKUP_FLAGS) & NFT_LOOKUP_F_INV)
		return netd_truth_not(found);
	return found;
}

static enum netd_truth run_reject(struct machine *m, const struct nftnl_expr *e)
{
	static const struct netd_program_verdict drop = {NF_DROP, ""};

	(void)e;
	give(m, &drop);
	return NETD_YES;
}

static enum netd_truth run_nothing(struct machine *m, const struct nftnl_expr *e)
{
	(void)m;
	(void)e;
	return NETD_YES;
}

static enum netd_truth run_notrack(struct machine *m, const struct nftnl_expr *e)
{
	(void)e;
	m->packet->altered = true;
	return NETD_YES;
}

/* A counter changes nothing; other objects that rules refer to may. */
static enum netd_truth run_object(struct machine *m, const struct nftnl_expr *e)
{
	(void)m;
	if (nftnl_expr_is_set(e, NFTNL_EXPR_OBJREF_IMM_TYPE) &&
	    nftnl_expr_get_u32(e, NFTNL_EXPR_OBJREF_IMM_TYPE) == NFT_OBJECT_COUNTER)
		return NETD_YES;
	return NETD_MAYBE;
}

static enum netd_truth run_match(struct machine *m, const struct nftnl_expr *e)
{
	return netd_xt_match(e, m->packet);
}

static enum netd_truth run_target(struct machine *m, const struct nftnl_expr *e)
{
	struct netd_program_verdict v = {.code = netd_xt_target(e), .chain = ""};

	m->packet->altered |= netd_xt_alters(e);
	if (v.code != (uint32_t)NFT_CONTINUE)
		give(m, &v);
	return NETD_YES;
}

/* Hands the packet to something that is not evaluated here. */
static enum netd_truth run_elsewhere(struct machine *m, const struct nftnl_expr *e)
{
	static const struct netd_program_verdict anything = {NF_QUEUE, ""};

	(void)e;
	give(m, &anything);
	return NETD_YES;
}

static const struct {
	const char *name;
	enum netd_truth (*run)(struct machine *m, const struct nftnl_expr *e);
} expressions[] = {
	{"meta", run_meta},	      {"ct", run_ct},
	{"payload", run_payload},     {"bitwise", run_bitwise},
	{"cmp", run_compare},	      {"range", run_range},
	{"immediate", run_immediate}, {"lookup", run_lookup},
	{"reject", run_reject},	      {"counter", run_nothing},
	{"log", run_nothing},	      {"last", run_nothing},
	{"dup", run_nothing},	      {"objref", run_object},
	{"notrack", run_notrack},     {"flow_offload", run_nothing},
	{"match", run_match},	      {"target", run_target},
	{"queue", run_elsewhere},     {"synproxy", run_elsewhere},
	{"tproxy", run_elsewhere},    {"fwd", run_elsewhere},
};

static enum netd_truth run(struct machine *m, const struct nftnl_expr *e)
{
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME);

	for (size_t i = 0; name && i < NETD_ARRAY_SIZE(expressions); i++)
		if (!strcmp(expressions[i].name, name))
			return expressions[i].run(m, e);
	forget_all(m);
	return NETD_MAYBE;
}

/* An error only ends the loop, once no other expression can matter. */
static int step(struct nftnl_expr *e, void *data)
{
	struct machine *m = data;
	enum netd_truth t = run(m, e);

	if (m->done != NETD_NO)
		return -1;
	m->goes_on = netd_truth_and(m->goes_on, t);
	if (m->goes_on == NETD_NO)
		return -1;
	return 0;
}

enum netd_truth netd_evaluate(const struct netd_program *p,
			      const struct netd_program_chain *chain,
			      const struct netd_program_rule *rule,
			      struct netd_packet *packet, netd_evaluate_visit visit,
			      void *data)
{
	static const struct netd_program_verdict anything = {NF_QUEUE, ""};
	struct machine m = {.program = p,
			    .chain = chain,
			    .packet = packet,
			    .goes_on = NETD_YES,
			    .done = NETD_NO,
			    .visit = visit,
			    .data = data};

	if (rule->rule) {
		nftnl_expr_foreach(rule->rule, step, &m);
		return m.done;
	}
	visit(&anything, NETD_MAYBE, data);
	return NETD_MAYBE;
}
