// SPDX-License-Identifier: GPL-2.0-or-later
/* What somebody else's chains drop, place by place, and how that is said. */
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
#include "ruleset/admit.h"

#define NOTES 8 /* about one place */

static struct netd_finding *find(struct netd_findings *all,
				 const struct netd_finding *like)
{
	struct netd_finding *slot;

	/* those of one area stand together, at the end */
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
	unsigned family = p->family == AF_INET ? 1 : 2;

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
		return 0; /* that no answers pass goes without saying */
	if (!reply)
		f->first = number;
	return add_phrase(f, p, reply);
}

static void print_place(struct netd_str *s, const struct netd_findings *all,
			const struct netd_finding *f)
{
	const struct netd_program_rule *rule = f->verdict.rule;
	static const char *const hooks[] = {
		[NF_INET_PRE_ROUTING] = "prerouting",	[NF_INET_LOCAL_IN] = "input",
		[NF_INET_FORWARD] = "forward",		[NF_INET_LOCAL_OUT] = "output",
		[NF_INET_POST_ROUTING] = "postrouting",
	};

	netd_str_add(s, "chain ");
	netd_foreign_chain_print(s, f->chain);
	netd_str_addf(s, " (hook %s, priority %d)",
		      f->chain->hook < NETD_ARRAY_SIZE(hooks) && hooks[f->chain->hook]
			      ? hooks[f->chain->hook]
			      : "?",
		      f->chain->priority);
	if (all->router[0])
		netd_str_addf(s, " in router %s", all->router);
	netd_str_add(s, " drops, by its ");
	if (!rule) {
		netd_str_add(s, "policy");
		return;
	}
	netd_str_addf(s,
		      netd_foreign_is_legacy(f->chain) ? "rule number %llu"
						       : "rule with handle %llu",
		      (unsigned long long)rule->handle);
	if (strcmp(f->verdict.chain->name, f->chain->name) != 0)
		netd_str_addf(s, " in chain %s", f->verdict.chain->name);
	if (rule->comment[0])
		netd_str_addf(s, " (\"%s\")", rule->comment);
}

static bool has_both(const struct netd_area *a)
{
	unsigned families = 0;

	for (size_t i = 0; i < a->address_count; i++)
		families |= a->addresses[i].addr.family == AF_INET ? 1 : 2;
	return families == 3;
}

static void print_phrases(struct netd_str *s, const struct netd_finding *f)
{
	bool tell = has_both(f->area) && (f->chain->family == NFPROTO_INET ||
					  f->chain->family == NFPROTO_BRIDGE);

	for (size_t i = 0; i < f->phrase_count; i++) {
		const struct netd_phrase *p = &f->phrases[i];

		netd_str_addf(s, "%s%s%s", i ? "; " : ": ", netd_str_text(&p->text),
			      !tell || p->families == 3 ? ""
			      : p->families == 1	? " (IPv4)"
							: " (IPv6)");
	}
	if (f->more)
		netd_str_addf(s, "; and %zu more", f->more);
}

/* What the area lacks in all chains of the table. */
static unsigned all_needs(const struct netd_findings *all, const struct netd_finding *f)
{
	unsigned needs = 0;

	for (size_t i = 0; i < all->count; i++) {
		const struct netd_finding *k = &all->items[i];

		if (k->area == f->area && k->chain->family == f->chain->family &&
		    !strcmp(k->chain->table, f->chain->table))
			needs |= k->needs;
	}
	return needs;
}

/* @last is the hint of the note in front, which may be the same: then that is said. */
static void say(const struct netd_findings *all, const struct netd_finding *f,
		struct netd_str *last, struct netd_error *notes)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	netd_auto(netd_str_done) struct netd_str hint = {0};
	const struct netd_remedy remedy = {
		.program = all->program,
		.chain = f->chain,
		.verdict = f->verdict,
		.needs = f->needs,
		.all_needs = all_needs(all, f),
		.router = all->router,
		.bridge = f->area->link,
		.other = f->other ? f->other->link : "",
	};

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

static void say_rest(const struct netd_findings *all, const struct netd_finding *f,
		     size_t count, struct netd_error *notes)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	print_place(&text, all, f);
	netd_error_add(notes, 0, "%s, the like of %zu more %s", netd_str_text(&text),
		       count - NOTES, all->router[0] ? "interfaces" : "networks");
	netd_error_hint(notes, "the same helps there, with each one's name");
}

static bool is_same_place(const struct netd_finding *a, const struct netd_finding *b)
{
	return a->chain == b->chain && a->verdict.chain == b->verdict.chain &&
	       a->verdict.rule == b->verdict.rule;
}

void netd_findings_say(const struct netd_findings *all, struct netd_error *notes)
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
			say(all, &all->items[i], &last, notes);
		else if (!behind)
			say_rest(all, &all->items[i], before + 1, notes);
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
