// SPDX-License-Identifier: GPL-2.0-or-later
/* What somebody else's rule does with the packets that reach it. */
#include "foreign/fate.h"

#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "base/array.h"
#include "base/str.h"
#include "nft/message.h"

/*
 * Theory of operation.  Expressions are judged one by one, also those of iptables-nft:
 * "match" and "target" are extensions of xtables, by their names.  An unknown expression
 * counts as a condition: so at worst netd does not notice that a chain drops.
 */
enum sense {
	SENSE_CONDITION,
	SENSE_INDIFFERENT, /* counts, logs */
	SENSE_DROP,
	SENSE_JUMP,
	SENSE_PASS, /* accepts, returns, or gives the packet away */
};

/* NULL: an extension that does not say which one it is. */
static enum sense by_name(const char *name)
{
	static const struct {
		const char *name;
		enum sense sense;
	} names[] = {
		{"counter", SENSE_INDIFFERENT}, {"log", SENSE_INDIFFERENT},
		{"comment", SENSE_INDIFFERENT}, {"LOG", SENSE_INDIFFERENT},
		{"NFLOG", SENSE_INDIFFERENT},	{"reject", SENSE_DROP},
		{"REJECT", SENSE_DROP},		{"queue", SENSE_PASS},
		{"synproxy", SENSE_PASS},	{"tproxy", SENSE_PASS},
	};

	for (size_t i = 0; name && i < NETD_ARRAY_SIZE(names); i++)
		if (!strcmp(names[i].name, name))
			return names[i].sense;
	return SENSE_CONDITION;
}

static enum sense of_verdict(const struct nftnl_expr *e)
{
	if (!nftnl_expr_is_set(e, NFTNL_EXPR_IMM_VERDICT))
		return SENSE_CONDITION; /* a value, in a register */
	switch ((int)nftnl_expr_get_u32(e, NFTNL_EXPR_IMM_VERDICT)) {
	case NF_DROP:
		return SENSE_DROP;
	case NFT_JUMP:
	case NFT_GOTO:
		return SENSE_JUMP;
	case NFT_CONTINUE:
		return SENSE_INDIFFERENT;
	default:
		return SENSE_PASS;
	}
}

static enum sense sense_of(const struct nftnl_expr *e)
{
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME);

	if (!strcmp(name, "immediate"))
		return of_verdict(e);
	if (!strcmp(name, "match"))
		return by_name(nftnl_expr_get_str(e, NFTNL_EXPR_MT_NAME));
	if (!strcmp(name, "target")) {
		enum sense sense = by_name(nftnl_expr_get_str(e, NFTNL_EXPR_TG_NAME));

		if (sense == SENSE_CONDITION)
			return SENSE_PASS;
		return sense;
	}
	if (!strcmp(name, "lookup") && nftnl_expr_is_set(e, NFTNL_EXPR_LOOKUP_DREG) &&
	    nftnl_expr_get_u32(e, NFTNL_EXPR_LOOKUP_DREG) == NFT_REG_VERDICT)
		return SENSE_PASS;
	return by_name(name);
}

struct judge {
	struct netd_fate *fate;
	bool conditional;
};

static int judge(struct nftnl_expr *e, void *data)
{
	struct judge *j = data;
	const char *chain;

	switch (sense_of(e)) {
	case SENSE_CONDITION:
		j->conditional = true;
		break;
	case SENSE_INDIFFERENT:
		break;
	case SENSE_DROP:
		j->fate->drops_all |= !j->conditional;
		break;
	case SENSE_JUMP:
		j->fate->may_pass = true;
		chain = nftnl_expr_get_str(e, NFTNL_EXPR_IMM_CHAIN);
		if (!j->conditional && chain)
			netd_copy(j->fate->jumps_to, chain);
		break;
	case SENSE_PASS:
		j->fate->may_pass = true;
		j->conditional = true; /* of what comes behind it */
		break;
	}
	return 0;
}

void netd_fate_of(const struct nlmsghdr *nlh, struct netd_fate *out)
{
	struct nftnl_rule *r = nftnl_rule_alloc();
	struct judge j = {.fate = out};

	*out = (struct netd_fate){0};
	if (r && netd_message_is_rule(nlh) && nftnl_rule_nlmsg_parse(nlh, r) >= 0) {
		out->handle = nftnl_rule_get_u64(r, NFTNL_RULE_HANDLE);
		nftnl_expr_foreach(r, judge, &j);
	} else {
		out->may_pass = true;
	}
	if (r)
		nftnl_rule_free(r);
}
