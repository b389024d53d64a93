// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether somebody else's base chain is certain to drop a packet, and where. */
#include "foreign/verdict.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "foreign/evaluate.h"
#include "ruleset/packet.h"

/*
 * Theory of operation.  The packet is partly known; where a rule depends on the rest,
 * both ways are followed.  So a chain has a set of outcomes, those of its rules one after
 * another until no packet goes on, and the packet is certainly dropped if that is the
 * only one.  A rule that may match adds its outcome, and the packet goes on as well.
 *
 * The rule that dropped last is reported: the walk ends where everything is dropped.
 *
 * The kernel allows jumps 16 deep (NFT_JUMP_STACK_SIZE) and no loops; depth and number of
 * rules are bounded all the same, and beyond the bound any outcome is possible.
 */
#define DEPTH 16

enum outcome {
	ACCEPT = 1 << 0,
	DROP = 1 << 1,
	LEAVE = 1 << 2, /* goes back to where the chain was jumped to from */
	NEXT = 1 << 3,	/* of a rule: goes on to the next one */
};
#define ANYTHING (ACCEPT | DROP | LEAVE | NEXT)

struct netd_verdict_walk {
	uint64_t admitted; /* the rule in front of which ours stand, or will */
	const struct netd_program *program;
	struct netd_packet *packet;
	size_t *budget;
	unsigned depth;
	struct netd_verdict *blame;
};

/* A rule at work: what it may come to. */
struct rule_walk {
	struct netd_verdict_walk *walk;
	struct netd_verdict here;
	unsigned outcomes;
};

static unsigned go(struct netd_verdict_walk *w, const struct netd_program_chain *from,
		   const char *name)
{
	const struct netd_program_chain *to =
		netd_program_chain(w->program, from->family, from->table, name);
	unsigned outcomes;

	if (!to)
		return LEAVE; /* it has no rules */
	if (w->depth == DEPTH)
		return ACCEPT | DROP | LEAVE;
	w->depth++;
	outcomes = netd_verdict_walk(w, to);
	w->depth--;
	return outcomes;
}

static unsigned jump(struct netd_verdict_walk *w, const struct netd_program_chain *from,
		     const char *name)
{
	unsigned outcomes = go(w, from, name);

	if (outcomes & LEAVE)
		return (outcomes & ~(unsigned)LEAVE) | NEXT;
	return outcomes;
}

static void take(const struct netd_program_verdict *v, enum netd_truth given, void *data)
{
	struct rule_walk *r = data;

	(void)given; /* netd_evaluate() sums it up */
	switch ((int)v->code) {
	case NF_ACCEPT:
		r->outcomes |= ACCEPT;
		break;
	case NF_DROP:
		r->outcomes |= DROP;
		*r->walk->blame = r->here;
		break;
	case NFT_JUMP:
		r->outcomes |= jump(r->walk, r->here.chain, v->chain);
		break;
	case NFT_GOTO:
		r->outcomes |= go(r->walk, r->here.chain, v->chain);
		break;
	case NFT_RETURN:
		r->outcomes |= LEAVE;
		break;
	case NFT_CONTINUE:
		r->outcomes |= NEXT;
		break;
	default:
		r->outcomes |= ANYTHING;
		break;
	}
}

static unsigned walk_rule(struct netd_verdict_walk *w,
			  const struct netd_program_chain *chain,
			  const struct netd_program_rule *rule)
{
	struct rule_walk r = {.walk = w, .here = {chain, rule}};

	if (!*w->budget)
		return ANYTHING;
	if (w->admitted && rule->handle == w->admitted)
		return ACCEPT;
	(*w->budget)--;
	if (netd_evaluate(w->program, chain, rule, w->packet, take, &r) != NETD_YES)
		r.outcomes |= NEXT;
	return r.outcomes;
}

unsigned netd_verdict_walk(struct netd_verdict_walk *w,
			   const struct netd_program_chain *chain)
{
	unsigned outcomes = 0;

	for (size_t i = 0; i < chain->count; i++) {
		unsigned of_rule =
			walk_rule(w, chain, &w->program->rules[chain->first + i]);

		outcomes |= of_rule & ~(unsigned)NEXT;
		if (!(of_rule & NEXT))
			return outcomes;
	}
	return outcomes | LEAVE;
}

/* At the input hook only what ours accept is asked about (delta_admits.c). */
static bool takes_ours(const struct netd_foreign_chain *base)
{
	return base->drops && !base->locked;
}

bool netd_verdict_drops(const struct netd_program *p,
			const struct netd_foreign_chain *base, struct netd_packet *packet,
			size_t *budget, struct netd_verdict *out)
{
	const struct netd_program_chain *chain =
		netd_program_chain(p, base->family, base->table, base->name);
	struct netd_verdict_walk w = {
		.program = p, .packet = packet, .budget = budget, .blame = out};
	unsigned outcomes;

	*out = (struct netd_verdict){0};
	if (base->unread)
		return false;
	if (takes_ours(base))
		w.admitted = base->before;
	outcomes = chain ? netd_verdict_walk(&w, chain) : LEAVE;
	if (outcomes & LEAVE && base->policy_drops && !takes_ours(base)) {
		*out = (struct netd_verdict){0};
		outcomes = (outcomes & ~(unsigned)LEAVE) | DROP;
	}
	return outcomes == DROP;
}
