// SPDX-License-Identifier: GPL-2.0-or-later
/* Notes about somebody else's chains that drop what a network needs to pass.  Pure. */
#include "advise/obstacles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "ruleset/admit.h"
#include "foreign/program.h"
#include "foreign/remedy.h"
#include "foreign/verdict.h"
#include "model/facts.h"
#include "advise/passage.h"

/*
 * Theory of operation.  Every passage of every network (passage.c) is shown to every
 * chain of somebody else's on its way, in its first direction and as an answer.  A
 * drop is said only if it is certain, whatever interface of the outside is taken; what
 * the interpreter (foreign/verdict.c) leaves open is not said.  A note is about one
 * place (a rule, or a policy) and one network; it has all that is dropped there.
 *
 * How much is looked at is bounded: others' rules may be many, and so may be networks.
 */
#define BUDGET 2000000 /* rules, over all: about a second */
#define PAIRS 32       /* networks, of which pairs are looked at */
#define PHRASES 6      /* of a note */
#define NOTES 8	       /* about one place */

struct phrase {
	struct netd_str text;
	unsigned families; /* 1: IPv4, 2: IPv6 */
};

struct finding {
	const struct netd_network *network, *other;
	const struct netd_foreign_chain *chain;
	struct netd_verdict verdict;
	unsigned needs;
	size_t first; /* the last passage whose first packets are dropped */
	struct phrase phrases[PHRASES];
	size_t phrase_count, more;
};

struct search {
	const struct netd_foreign_chain **chains; /* as packets meet them */
	size_t chain_count;
	struct netd_program program;
	size_t budget;
	struct finding *findings;
	size_t finding_count;
	size_t passage; /* number of the one at hand */
	bool dropped;	/* of the network at hand */
};

static struct finding *find(struct search *s, const struct finding *like)
{
	struct finding *slot;

	/* those of one network stand together, at the end */
	for (size_t i = s->finding_count; i-- > 0;) {
		struct finding *f = &s->findings[i];

		if (f->network != like->network)
			break;
		if (f->other == like->other && f->chain == like->chain &&
		    f->verdict.chain == like->verdict.chain &&
		    f->verdict.rule == like->verdict.rule)
			return f;
	}
	slot = netd_array_add(&s->findings, &s->finding_count, sizeof(*slot));
	if (slot)
		*slot = *like;
	return slot;
}

static int add_phrase(struct finding *f, const struct netd_passage *p, bool reply)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	unsigned family = p->family == AF_INET ? 1 : 2;

	netd_passage_print(&text, p, reply);
	if (netd_str_error(&text))
		return -ENOMEM;
	for (size_t i = 0; i < f->phrase_count; i++)
		if (!strcmp(netd_str_text(&f->phrases[i].text), netd_str_text(&text))) {
			f->phrases[i].families |= family;
			return 0;
		}
	if (f->phrase_count == PHRASES) {
		f->more++;
		return 0;
	}
	f->phrases[f->phrase_count++] = (struct phrase){text, family};
	text = (struct netd_str){0};
	return 0;
}

static int add(struct search *s, const struct netd_passage *p, bool reply,
	       const struct netd_foreign_chain *chain, const struct netd_verdict *verdict)
{
	struct finding *f = find(s, &(struct finding){.network = p->network,
						      .other = p->other,
						      .chain = chain,
						      .verdict = *verdict});

	if (!f)
		return -ENOMEM;
	s->dropped = true;
	f->needs |= netd_passage_need(p, reply);
	if (reply && f->first == s->passage)
		return 0; /* that no answers pass goes without saying */
	if (!reply)
		f->first = s->passage;
	return add_phrase(f, p, reply);
}

/*
 * Judging
 */

/* An earlier chain may have changed it, or kept it from being tracked. */
static void forget(struct netd_packet *p)
{
	p->tracked = false;
	p->source = p->destination = (struct netd_prefix){0};
	p->source_port = p->destination_port = 0;
}

/* With one interface of the outside, or (NULL) with any. */
static bool drops(struct search *s, const struct netd_passage *p, bool reply,
		  const struct netd_foreign_chain *c, const struct netd_link *outside,
		  bool *altered, struct netd_verdict *out)
{
	struct netd_packet packet;
	bool dropped;

	if (!netd_passage_packet(p, c, reply, outside, &packet))
		return false;
	if (*altered)
		forget(&packet);
	dropped = netd_verdict_drops(&s->program, c, &packet, &s->budget, out);
	*altered |= packet.altered;
	return dropped;
}

static bool drops_all(struct search *s, const struct netd_passage *p, bool reply,
		      const struct netd_foreign_chain *c, bool *altered,
		      struct netd_verdict *out)
{
	bool was = *altered, result = true;

	if (!p->outside.count)
		return drops(s, p, reply, c, NULL, altered, out);
	for (size_t i = p->outside.count; result && i-- > 0;) {
		bool now = was;

		result = drops(s, p, reply, c, p->outside.links[i], &now, out);
		*altered |= now;
	}
	return result;
}

/* Packets meet the chains by hook, and there by priority; PRE_ROUTING is the first. */
static int compare_chains(const void *a, const void *b)
{
	const struct netd_foreign_chain *x = *(const struct netd_foreign_chain *const *)a;
	const struct netd_foreign_chain *y = *(const struct netd_foreign_chain *const *)b;

	if (x->hook != y->hook)
		return (int)x->hook - (int)y->hook;
	if (x->priority < y->priority)
		return -1;
	return x->priority > y->priority;
}

static int list_chains(struct search *s, const struct netd_ruleset *have)
{
	s->chains = calloc(have->foreign_count + 1, sizeof(struct netd_foreign_chain *));
	if (!s->chains)
		return -ENOMEM;
	for (size_t i = 0; i < have->foreign_count; i++)
		s->chains[s->chain_count++] = &have->foreign[i];
	netd_array_sort(s->chains, s->chain_count, sizeof(struct netd_foreign_chain *),
			compare_chains);
	return 0;
}

static int judge(const struct netd_passage *p, void *data)
{
	struct search *s = data;
	int r = 0;

	s->passage++;
	for (unsigned reply = 0; reply < 2; reply++) {
		bool altered = false;

		for (size_t i = 0; r == 0 && i < s->chain_count; i++) {
			const struct netd_foreign_chain *c = s->chains[i];
			struct netd_verdict verdict;

			if (s->budget && drops_all(s, p, reply, c, &altered, &verdict))
				r = add(s, p, reply, c, &verdict);
		}
	}
	return r;
}

/* What is told of a network's way to the outside need not be told of each other one. */
static int judge_pairs(struct search *s, const struct netd_topology *t,
		       const struct netd_facts *facts, const bool *dropped)
{
	int r = 0;

	for (size_t i = 0; i < t->network_count; i++) {
		for (size_t k = 0; r == 0 && k < t->network_count; k++)
			if (i != k && !dropped[i] && !dropped[k])
				r = netd_passages_between(&t->networks[i],
							  &t->networks[k], facts, judge,
							  s);
		if (r)
			return r;
	}
	return 0;
}

/* Into @dropped, one for each network: whether its way to the outside was told of. */
static int judge_each(struct search *s, const struct netd_topology *t,
		      const struct netd_facts *facts, const struct netd_state *desired,
		      bool *dropped)
{
	for (size_t i = 0; i < t->network_count; i++) {
		int r;

		s->dropped = false;
		r = netd_passages_of(&t->networks[i], facts, desired, judge, s);
		if (r)
			return r;
		dropped[i] = s->dropped;
	}
	return 0;
}

static int judge_networks(struct search *s, const struct netd_topology *t,
			  const struct netd_facts *facts,
			  const struct netd_state *desired)
{
	netd_auto_free bool *dropped = calloc(t->network_count + 1, sizeof(*dropped));
	int r;

	if (!dropped)
		return -ENOMEM;
	r = judge_each(s, t, facts, desired, dropped);
	if (r)
		return r;
	if (t->network_count <= PAIRS)
		r = judge_pairs(s, t, facts, dropped);
	return r;
}

/*
 * Saying
 */

static void print_place(struct netd_str *s, const struct finding *f)
{
	const struct netd_program_rule *rule = f->verdict.rule;
	static const char *const hooks[] = {
		[NF_INET_PRE_ROUTING] = "prerouting",	[NF_INET_LOCAL_IN] = "input",
		[NF_INET_FORWARD] = "forward",		[NF_INET_LOCAL_OUT] = "output",
		[NF_INET_POST_ROUTING] = "postrouting",
	};

	netd_str_add(s, "chain ");
	netd_foreign_chain_print(s, f->chain);
	netd_str_addf(s, " (hook %s, priority %d) drops, by its ",
		      f->chain->hook < NETD_ARRAY_SIZE(hooks) && hooks[f->chain->hook]
			      ? hooks[f->chain->hook]
			      : "?",
		      f->chain->priority);
	if (!rule) {
		netd_str_add(s, "policy");
		return;
	}
	netd_str_addf(s, "rule with handle %llu", (unsigned long long)rule->handle);
	if (strcmp(f->verdict.chain->name, f->chain->name) != 0)
		netd_str_addf(s, " in chain %s", f->verdict.chain->name);
	if (rule->comment[0])
		netd_str_addf(s, " (\"%s\")", rule->comment);
}

static bool has_both(const struct netd_network *n)
{
	unsigned families = 0;

	for (size_t i = 0; i < n->address_count; i++)
		families |= n->addresses[i].addr.family == AF_INET ? 1 : 2;
	return families == 3;
}

static void print_phrases(struct netd_str *s, const struct finding *f)
{
	bool tell = has_both(f->network) && (f->chain->family == NFPROTO_INET ||
					     f->chain->family == NFPROTO_BRIDGE);

	for (size_t i = 0; i < f->phrase_count; i++) {
		const struct phrase *p = &f->phrases[i];

		netd_str_addf(s, "%s%s%s", i ? "; " : ": ", netd_str_text(&p->text),
			      !tell || p->families == 3 ? ""
			      : p->families == 1	? " (IPv4)"
							: " (IPv6)");
	}
	if (f->more)
		netd_str_addf(s, "; and %zu more", f->more);
}

/* What the network lacks in all chains of the table. */
static unsigned all_needs(const struct search *s, const struct finding *f)
{
	unsigned needs = 0;

	for (size_t i = 0; i < s->finding_count; i++) {
		const struct finding *k = &s->findings[i];

		if (k->network == f->network && k->chain->family == f->chain->family &&
		    !strcmp(k->chain->table, f->chain->table))
			needs |= k->needs;
	}
	return needs;
}

/* @last is the hint of the note in front, which may be the same: then that is said. */
static void say(const struct search *s, const struct finding *f, struct netd_str *last,
		struct netd_error *notes)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	netd_auto(netd_str_done) struct netd_str hint = {0};
	const struct netd_remedy remedy = {
		.program = &s->program,
		.chain = f->chain,
		.verdict = f->verdict,
		.needs = f->needs,
		.all_needs = all_needs(s, f),
		.bridge = f->network->bridge,
		.other = f->other ? f->other->bridge : "",
	};

	print_place(&text, f);
	print_phrases(&text, f);
	netd_remedy_print(&hint, &remedy);
	netd_error_add(notes, 0, "%s", netd_str_text(&text));
	if (!strcmp(netd_str_text(last), netd_str_text(&hint))) {
		netd_error_hint(notes, "the same commands help");
		return;
	}
	netd_error_hint(notes, "%s", netd_str_text(&hint));
	netd_str_done(last);
	*last = hint;
	hint = (struct netd_str){0};
}

static void say_rest(const struct finding *f, size_t count, struct netd_error *notes)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	print_place(&text, f);
	netd_error_add(notes, 0, "%s, the like of %zu more networks",
		       netd_str_text(&text), count - NOTES);
	netd_error_hint(notes, "the same helps there, with each one's bridge");
}

static bool is_same_place(const struct finding *a, const struct finding *b)
{
	return a->chain == b->chain && a->verdict.chain == b->verdict.chain &&
	       a->verdict.rule == b->verdict.rule;
}

/* A note for each, up to a number for one place. */
static void say_all(const struct search *s, struct netd_error *notes)
{
	netd_auto(netd_str_done) struct netd_str last = {0};

	for (size_t i = 0; i < s->finding_count; i++) {
		size_t before = 0, behind = 0;

		for (size_t k = 0; k < s->finding_count; k++)
			if (is_same_place(&s->findings[k], &s->findings[i])) {
				before += k < i;
				behind += k > i;
			}
		if (before < NOTES)
			say(s, &s->findings[i], &last, notes);
		else if (!behind)
			say_rest(&s->findings[i], before + 1, notes);
	}
}

static bool passes(const struct netd_network *n)
{
	return n->mode != NETD_MODE_ISOLATED && n->mode != NETD_MODE_BRIDGED;
}

static bool serves(const struct netd_network *n)
{
	return netd_admit_services_network(n) != 0;
}

/* What is said of rules that nf_tables does not show, of the first network that needs it.
 */
static const struct {
	unsigned hook;
	bool (*matters)(const struct netd_network *n);
	const char *chain, *what, *whose;
} legacy[] = {
	{NF_INET_FORWARD, passes, "FORWARD", "what passes this host", "packets"},
	{NF_INET_LOCAL_IN, serves, "INPUT", "what comes in to this host", "DHCP and DNS"},
	{NF_INET_LOCAL_OUT, serves, "OUTPUT", "what this host sends", "DHCP and DNS"},
};

static bool has_family(const struct netd_network *n, uint8_t family)
{
	for (size_t i = 0; i < n->address_count; i++)
		if (n->addresses[i].addr.family == family)
			return true;
	return false;
}

static void say_legacy(const struct netd_topology *t, uint8_t family, size_t row,
		       const char *program, struct netd_error *notes)
{
	for (size_t i = 0; i < t->network_count; i++) {
		const struct netd_network *n = &t->networks[i];

		if (!has_family(n, family) || !legacy[row].matters(n))
			continue;
		netd_error_add(notes, 0,
			       "%s has rules, or a policy, for %s; they are not looked "
			       "at, and may drop %s of networks",
			       program, legacy[row].what, legacy[row].whose);
		netd_error_hint(notes, "`%s -S %s` shows them", program,
				legacy[row].chain);
		return;
	}
}

static void say_all_legacy(const struct netd_topology *t, const struct netd_facts *facts,
			   struct netd_error *notes)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(legacy); i++) {
		if (facts->legacy4 >> legacy[i].hook & 1)
			say_legacy(t, AF_INET, i, "iptables-legacy", notes);
		if (facts->legacy6 >> legacy[i].hook & 1)
			say_legacy(t, AF_INET6, i, "ip6tables-legacy", notes);
	}
}

static void search_done(struct search *s)
{
	for (size_t i = 0; i < s->finding_count; i++)
		for (size_t k = 0; k < s->findings[i].phrase_count; k++)
			netd_str_done(&s->findings[i].phrases[k].text);
	free(s->findings);
	free(s->chains);
	netd_program_done(&s->program);
}

int netd_obstacles_note(const struct netd_topology *t, const struct netd_facts *facts,
			const struct netd_state *desired, struct netd_error *notes)
{
	const struct netd_ruleset *have = &facts->observed->ruleset;
	struct search s = {.budget = BUDGET};
	int r = list_chains(&s, have);

	if (r == 0)
		r = netd_program_init(&s.program, have->others, have->others_length);
	if (r == 0 && s.chain_count)
		r = judge_networks(&s, t, facts, desired);
	if (r == 0)
		say_all(&s, notes);
	if (r == 0)
		say_all_legacy(t, facts, notes);
	search_done(&s);
	return r;
}
