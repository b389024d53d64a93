// SPDX-License-Identifier: GPL-2.0-or-later
/* A host in memory: table inet netd. */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "fake_kernel.h"
#include "plan/plan.h"

void fake_rules_delete(struct netd_ruleset *r, const struct netd_element *e, size_t n)
{
	for (size_t k = 0; k < n; k++)
		for (size_t i = r->element_count; i-- > 0;)
			if (netd_element_compare(&r->elements[i], &e[k]) == 0)
				FAKE_REMOVE(r, elements, element_count, i);
}

void fake_rules_add(struct netd_ruleset *r, const struct netd_element *e, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		struct netd_element *slot = FAKE_ADD(r, elements, element_count);

		if (!slot)
			abort();
		*slot = e[k];
	}
}

static void delete_chains(struct netd_ruleset *r, const struct netd_source_chain *c,
			  size_t n)
{
	for (size_t k = 0; k < n; k++)
		for (size_t i = r->chain_count; i-- > 0;)
			if (strcmp(r->chains[i].name, c[k].name) == 0)
				FAKE_REMOVE(r, chains, chain_count, i);
}

static void add_chains(struct netd_ruleset *r, const struct netd_source_chain *c,
		       size_t n)
{
	for (size_t k = 0; k < n; k++) {
		struct netd_source_chain *slot = FAKE_ADD(r, chains, chain_count);

		if (!slot)
			abort();
		*slot = c[k];
	}
}

int fake_kernel_commit(struct fake_host *f, struct netd_state *s,
		       const struct netd_op *op)
{
	const struct netd_ruleset_delta *d =
		&netd_plan_firewall(f->run->plan, op->space)->delta;
	struct netd_ruleset *r = &s->ruleset;
	uint32_t generation = ++r->generation;

	if (d->delete_table) {
		netd_ruleset_done(r);
		r->generation = generation;
	}
	if (d->create_table) {
		r->present = true;
		add_chains(r, d->chains_kept, d->chains_kept_count);
		fake_rules_add(r, d->kept, d->kept_count);
	}
	if (!d->delete_table) {
		fake_rules_delete(r, d->removed, d->removed_count);
		delete_chains(r, d->chains_removed, d->chains_removed_count);
	}
	add_chains(r, d->chains_added, d->chains_added_count);
	fake_rules_add(r, d->added, d->added_count);
	return 0;
}
