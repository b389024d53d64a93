// SPDX-License-Identifier: GPL-2.0-or-later
/* The part of a ruleset's delta that is about somebody else's chains. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/error.h"
#include "base/str.h"
#include "ruleset/admit.h"
#include "ruleset/delta.h"
#include "model/state.h"

/*
 * Theory of operation.  The same rules are wanted in every chain that drops.  Both sides
 * are sorted and walked together; a rule of ours that is there twice, was changed, or is
 * in a chain that no longer drops, has no match and is deleted.  A locked chain (its
 * table has an owner) is left as it is.
 */
struct differ {
	const struct netd_ruleset *have, *want;
	struct netd_ruleset_delta *out;
	const char *topology;
	struct netd_admit_rule *wanted, *present;
	size_t wanted_count, present_count;
};

static int add(struct netd_admit_rule **list, size_t *count,
	       const struct netd_admit_rule *rule)
{
	struct netd_admit_rule *slot = netd_array_add(list, count, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = *rule;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct netd_admit_rule *x = a, *y = b;
	int order;

	if (x->chain != y->chain) {
		if (x->chain < y->chain)
			return -1;
		return 1;
	}
	order = strcmp(x->link, y->link);
	if (order)
		return order;
	if (x->row != y->row)
		return (int)x->row - (int)y->row;
	return strcmp(x->owner, y->owner);
}

static int want_chain(struct differ *d, size_t chain, const struct netd_admit *admit)
{
	struct netd_admit_rule rule = {.chain = chain};

	netd_copy(rule.link, admit->link);
	netd_copy(rule.owner, admit->owner);
	for (unsigned row = 0; row < netd_admit_row_count(); row++) {
		rule.row = (uint8_t)row;
		if (netd_admit_row_fits(row, admit->services,
					d->have->foreign[chain].family) &&
		    add(&d->wanted, &d->wanted_count, &rule) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int collect(struct differ *d)
{
	for (size_t c = 0; c < d->have->foreign_count; c++)
		for (size_t i = 0; d->have->foreign[c].drops && i < d->want->admit_count;
		     i++)
			if (want_chain(d, c, &d->want->admits[i]) < 0)
				return -ENOMEM;
	for (size_t i = 0; i < d->have->admitted_count; i++)
		if (netd_owner_is(d->have->admitted[i].owner, d->topology) &&
		    add(&d->present, &d->present_count, &d->have->admitted[i]) < 0)
			return -ENOMEM;
	netd_array_sort(d->wanted, d->wanted_count, sizeof(*d->wanted), compare);
	netd_array_sort(d->present, d->present_count, sizeof(*d->present), compare);
	return 0;
}

static int lack(struct differ *d, const struct netd_admit_rule *rule)
{
	struct netd_ruleset_delta *out = d->out;

	if (d->have->foreign[rule->chain].locked)
		return 0;
	return add(&out->admits_added, &out->admits_added_count, rule);
}

static int drop(struct differ *d, const struct netd_admit_rule *rule)
{
	struct netd_ruleset_delta *out = d->out;

	if (d->have->foreign[rule->chain].locked)
		return 0;
	return add(&out->admits_removed, &out->admits_removed_count, rule);
}

/* As compare(); the side without items left comes last. */
static int compare_at(const struct differ *d, size_t i, size_t j)
{
	if (i == d->present_count)
		return 1;
	if (j == d->wanted_count)
		return -1;
	return compare(&d->present[i], &d->wanted[j]);
}

static int walk(struct differ *d)
{
	size_t i = 0, j = 0;

	while (i < d->present_count || j < d->wanted_count) {
		int order = compare_at(d, i, j), r = 0;

		if (order < 0)
			r = drop(d, &d->present[i]);
		else if (order > 0)
			r = lack(d, &d->wanted[j]);
		if (r < 0)
			return r;
		i += order <= 0;
		j += order >= 0;
	}
	return 0;
}

static int copy_chains(struct differ *d)
{
	size_t size = d->have->foreign_count * sizeof(*d->have->foreign);

	if (!d->out->admits_added && !d->out->admits_removed)
		return 0;
	d->out->foreign = malloc(size);
	if (!d->out->foreign)
		return -ENOMEM;
	memcpy(d->out->foreign, d->have->foreign, size);
	d->out->foreign_count = d->have->foreign_count;
	return 0;
}

static int diff(struct differ *d)
{
	int r = collect(d);

	if (r < 0)
		return r;
	r = walk(d);
	if (r < 0)
		return r;
	return copy_chains(d);
}

int netd_delta_admits(const struct netd_ruleset *have, const struct netd_ruleset *want,
		      const char *topology, struct netd_ruleset_delta *out,
		      struct netd_error *err)
{
	struct differ d = {.have = have, .want = want, .out = out, .topology = topology};
	int r = diff(&d);

	free(d.wanted);
	free(d.present);
	if (r < 0)
		return netd_error_no_memory(err);
	return 0;
}

void netd_delta_admits_print(struct netd_str *s, const struct netd_ruleset_delta *d)
{
	for (size_t i = 0; i < d->admits_removed_count; i++) {
		const struct netd_admit_rule *rule = &d->admits_removed[i];

		netd_str_add(s, "delete rule ");
		netd_foreign_chain_print(s, &d->foreign[rule->chain]);
		netd_str_addf(s, " handle %llu\n", (unsigned long long)rule->handle);
	}
	for (size_t i = 0; i < d->admits_added_count; i++) {
		const struct netd_admit_rule *rule = &d->admits_added[i];
		const struct netd_foreign_chain *chain = &d->foreign[rule->chain];

		if (chain->before)
			netd_str_add(s, "insert rule ");
		else
			netd_str_add(s, "add rule ");
		netd_foreign_chain_print(s, chain);
		if (chain->before)
			netd_str_addf(s, " handle %llu",
				      (unsigned long long)chain->before);
		netd_str_add(s, " ");
		netd_admit_print(s, rule);
		netd_str_add(s, "\n");
	}
}
