// SPDX-License-Identifier: GPL-2.0-or-later
/* Collects what the chains of other programs drop, per rule or policy, as notes. */
#include "advise/finding.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter.h>

#include "advise/area.h"
#include "advise/passage.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "foreign/remedy.h"
#include "foreign/tool.h"
#include "ruleset/admit.h"

#define NOTES 8 /* about one place */

/* Bits of netd_phrase.families. */
enum {
	IPV4 = 1,
	IPV6 = 2,
};

static unsigned family_bit(int family)
{
	if (family == AF_INET)
		return IPV4;
	return IPV6;
}

static struct netd_finding *find(struct netd_findings *all,
				 const struct netd_finding *like)
{
	struct netd_finding *slot;

	/* the findings of the area at hand are the last ones */
	for (size_t i = all->count; i-- > 0;) {
		struct netd_finding *f = &all->items[i];

		if (f->area != like->area)
			break;
		if (f->other == like->other && f->chain == like->chain &&
		    f->verdict.chain == like->verdict.chain &&
		    f->verdict.rule == like->verdict.rule)
			return f;
	}
	slot = netd_array_add(&all->items, &all->count, sizeof(*slot));
	if (slot)
		*slot = *like;
	return slot;
}

static int add_phrase(struct netd_finding *f, const struct netd_passage *p, bool reply)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	unsigned family = family_bit(p->family);

	netd_passage_print(&text, p, reply);
	if (netd_str_error(&text))
		return -ENOMEM;
	for (size_t i = 0; i < f->phrase_count; i++)
		if (!strcmp(netd_str_text(&f->phrases[i].text), netd_str_text(&text))) {
			f->phrases[i].families |= family;
			return 0;
		}
	if (f->phrase_count == NETD_FINDING_PHRASES) {
		f->more++;
		return 0;
	}
	f->phrases[f->phrase_count++] = (struct netd_phrase){text, family};
	text = (struct netd_str){0};
	return 0;
}

int netd_findings_add(struct netd_findings *all, const struct netd_passage *p,
		      size_t number, bool reply, const struct netd_foreign_chain *chain,
		      const struct netd_verdict *verdict)
{
	struct netd_finding *f = find(all, &(struct netd_finding){.area = p->area,
								  .other = p->other,
								  .chain = chain,
								  .verdict = *verdict});

	if (!f)
		return -ENOMEM;
	f->needs |= netd_passage_need(p, reply);
	if (reply && f->first == number)
		return 0; /* without first packets, there are no answers */
	if (!reply)
		f->first = number;
	return add_phrase(f, p, reply);
}

static const char *hook_name(unsigned hook)
{
	static const char *const names[] = {
		[NF_INET_PRE_ROUTING] = "prerouting",	[NF_INET_LOCAL_IN] = "input",
		[NF_INET_FORWARD] = "forward",		[NF_INET_LOCAL_OUT] = "output",
		[NF_INET_POST_ROUTING] = "postrouting",
	};

	if (hook < NETD_ARRAY_SIZE(names))
		return names[hook];
	return "?";
}

static void print_place(struct netd_str *s, const struct netd_findings *all,
			const struct netd_finding *f)
{
	const struct netd_program_rule *rule = f->verdict.rule;
	const char *number = "rule with handle";

	netd_str_add(s, "chain ");
	netd_foreign_chain_print(s, f->chain);
	netd_str_addf(s, " (hook %s, priority %d)", hook_name(f->chain->hook),
		      f->chain->priority);
	if (all->router[0])
		netd_str_addf(s, " in router %s", all->router);
	netd_str_add(s, " drops, by its ");
	if (!rule) {
		netd_str_add(s, "policy");
		return;
	}
	if (netd_foreign_is_legacy(f->chain))
		number = "rule number";
	netd_str_addf(s, "%s %llu", number, (unsigned long long)rule->handle);
	if (strcmp(f->verdict.chain->name, f->chain->name) != 0)
		netd_str_addf(s, " in chain %s", f->verdict.chain->name);
	if (rule->comment[0])
		netd_str_addf(s, " (\"%s\")", rule->comment);
}

static bool has_both(const struct netd_area *a)
{
	unsigned families = 0;

	for (size_t i = 0; i < a->address_count; i++)
		families |= family_bit(a->addresses[i].addr.family);
	return families == (IPV4 | IPV6);
}

static void print_phrases(struct netd_str *s, const struct netd_finding *f)
{
	static const char *const versions[] = {
		[IPV4] = " (IPv4)", [IPV6] = " (IPv6)", [IPV4 | IPV6] = ""};
	bool tell = has_both(f->area) && (f->chain->family == NFPROTO_INET ||
					  f->chain->family == NFPROTO_BRIDGE);
	const char *separator = ": ";

	for (size_t i = 0; i < f->phrase_count; i++) {
		const struct netd_phrase *p = &f->phrases[i];

		netd_str_addf(s, "%s%s", separator, netd_str_text(&p->text));
		if (tell)
			netd_str_add(s, versions[p->families]);
		separator = "; ";
	}
	if (f->more)
		netd_str_addf(s, "; and %zu more", f->more);
}

static bool is_firewalld(const struct netd_findings *all,
			 const struct netd_foreign_chain *chain)
{
	return netd_tool_is_firewalld(
		&(struct netd_remedy){.program = all->program, .chain = chain});
}

/* True if the same commands are about both chains: those of a table, and firewalld's. */
static bool is_one_whole(const struct netd_findings *all,
			 const struct netd_foreign_chain *a,
			 const struct netd_foreign_chain *b)
{
	return (a->family == b->family && !strcmp(a->table, b->table)) ||
	       (is_firewalld(all, a) && is_firewalld(all, b));
}

/* Which of the area's needs are dropped by the chains that one tool's commands cover. */
static unsigned all_needs(const struct netd_findings *all, const struct netd_finding *f)
{
	unsigned needs = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct netd_finding *k = &all->items[i];

		if (k->area == f->area && is_one_whole(all, k->chain, f->chain))
			needs |= k->needs;
	}
	return needs;
}

/* @last: the hint of the previous note; the same hint is not repeated. */
static void add_note(const struct netd_findings *all, const struct netd_finding *f,
		     struct netd_str *last, struct netd_error *notes)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	netd_auto(netd_str_done) struct netd_str hint = {0};
	struct netd_remedy remedy = {
		.program = all->program,
		.chain = f->chain,
		.verdict = f->verdict,
		.needs = f->needs,
		.all_needs = all_needs(all, f),
		.router = all->router,
		.bridge = f->area->link,
		.other = "",
	};

	if (f->other)
		remedy.other = f->other->link;
	print_place(&text, all, f);
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

static void add_rest_note(const struct netd_findings *all, const struct netd_finding *f,
			  size_t count, struct netd_error *notes)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	const char *areas = "networks";

	if (all->router[0])
		areas = "interfaces";
	print_place(&text, all, f);
	netd_error_add(notes, 0, "%s, the like of %zu more %s", netd_str_text(&text),
		       count - NOTES, areas);
	netd_error_hint(notes, "the same helps there, with each one's name");
}

static bool is_same_place(const struct netd_finding *a, const struct netd_finding *b)
{
	return a->chain == b->chain && a->verdict.chain == b->verdict.chain &&
	       a->verdict.rule == b->verdict.rule;
}

void netd_findings_note(const struct netd_findings *all, struct netd_error *notes)
{
	netd_auto(netd_str_done) struct netd_str last = {0};

	for (size_t i = 0; i < all->count; i++) {
		size_t before = 0, behind = 0;

		for (size_t k = 0; k < all->count; k++)
			if (is_same_place(&all->items[k], &all->items[i])) {
				before += k < i;
				behind += k > i;
			}
		if (before < NOTES)
			add_note(all, &all->items[i], &last, notes);
		else if (!behind)
			add_rest_note(all, &all->items[i], before + 1, notes);
	}
}

void netd_findings_done(struct netd_findings *all)
{
	for (size_t i = 0; i < all->count; i++)
		for (size_t k = 0; k < all->items[i].phrase_count; k++)
			netd_str_done(&all->items[i].phrases[k].text);
	free(all->items);
	all->items = NULL;
	all->count = 0;
}
