// SPDX-License-Identifier: GPL-2.0-or-later
/* What must change in table inet netd so that one topology has what it wants. */
#include "ruleset/delta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "model/state.h"
#include "nft/layout.h"
#include "nft/print.h"

/*
 * Theory of operation.  Both sides are sorted by key and walked together.  Every element
 * is removed, added or kept; those that are kept matter, and are copied, only if the
 * table must be made anew.
 */
struct differ {
	const char *topology;
	bool remake; /* the table is there but not as it should be */
	bool others; /* something stays that is not the topology's */
	struct netd_ruleset_delta out;
	struct netd_error *err;
	int result;
};

static bool is_ours(const struct differ *d, const char *owner)
{
	return netd_owner_is(owner, d->topology);
}

static void add_to(struct differ *d, void *items, size_t *count, const void *item,
		   size_t size)
{
	void *slot = netd_array_add_(items, count, size);

	if (slot)
		memcpy(slot, item, size);
	else if (!d->result)
		d->result = netd_error_no_memory(d->err);
}

#define ADD(d, list, item) \
	add_to(d, (void **)&(d)->out.list, &(d)->out.list##_count, item, sizeof(*(item)))

static void keep_element(struct differ *d, const struct netd_element *e)
{
	d->others |= !is_ours(d, e->comment);
	if (d->remake)
		ADD(d, kept, e);
}

static void refuse_element(struct differ *d, const struct netd_element *have,
			   const struct netd_element *want)
{
	const char *holder = "somebody unknown",
		   *hint = "it bears no comment of netd's; if it is not needed, delete "
			   "it with "
			   "nft";
	netd_auto(netd_str_done) struct netd_str key = {0};

	if (*have->comment) {
		holder = have->comment;
		hint = "choose another bridge, address or port, or destroy the other "
		       "topology";
	}
	netd_element_print_key(&key, want);
	d->result = netd_error_add(d->err, -EEXIST,
				   "'%s' wants the entry %s of the firewall's map %s, "
				   "which '%s' holds",
				   want->comment, netd_str_text(&key),
				   netd_map_layout(want->map)->name, holder);
	netd_error_hint(d->err, "%s", hint);
}

/* One slot: @have or @want may be NULL, not both. */
static void diff_element(struct differ *d, const struct netd_element *have,
			 const struct netd_element *want)
{
	if (!have) {
		if (want)
			ADD(d, added, want);
	} else if (!want && is_ours(d, have->comment)) {
		ADD(d, removed, have);
	} else if (!want) {
		keep_element(d, have);
	} else if (!is_ours(d, have->comment)) {
		refuse_element(d, have, want);
	} else if (netd_element_equal(have, want)) {
		keep_element(d, have);
	} else {
		ADD(d, removed, have);
		ADD(d, added, want);
	}
}

static int compare_elements(const void *a, const void *b)
{
	const struct netd_element *const *x = a, *const *y = b;

	return netd_element_compare(*x, *y);
}

static int compare_chains(const void *a, const void *b)
{
	const struct netd_source_chain *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

/* An array of pointers to the @n items at @items, sorted; one more than needed, so that
 * NULL is lack of memory only. */
static void *sort_pointers(const void *items, size_t n, size_t size,
			   int (*compare)(const void *, const void *))
{
	const void **list = calloc(n + 1, sizeof(*list));
	bool sorted = true;

	if (!list)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		list[i] = (const char *)items + i * size;
		sorted &= i == 0 || compare(&list[i - 1], &list[i]) <= 0;
	}
	if (!sorted)
		qsort(list, n, sizeof(*list), compare);
	return list;
}

/* Walks both sides, sorted, and hands each slot's two sides to @visit. */
static int walk(struct differ *d, const void *have, size_t have_count, const void *want,
		size_t want_count, size_t size,
		int (*compare)(const void *, const void *),
		void (*visit)(struct differ *, const void *, const void *))
{
	const void **a = sort_pointers(have, have_count, size, compare);
	const void **b = sort_pointers(want, want_count, size, compare);
	size_t i = 0, j = 0;

	while (a && b && (i < have_count || j < want_count)) {
		/* the side without items left comes last */
		int order = (j < want_count) - (i < have_count);

		if (!order)
			order = compare(&a[i], &b[j]);
		if (order < 0)
			visit(d, a[i], NULL);
		else if (order > 0)
			visit(d, NULL, b[j]);
		else
			visit(d, a[i], b[j]);
		i += order <= 0;
		j += order >= 0;
	}
	if ((!a || !b) && !d->result)
		d->result = netd_error_no_memory(d->err);
	free(a);
	free(b);
	return d->result;
}

static void visit_element(struct differ *d, const void *have, const void *want)
{
	diff_element(d, have, want);
}

static bool chain_equal(const struct netd_source_chain *a,
			const struct netd_source_chain *b)
{
	return !strcmp(a->owner, b->owner) && a->port_first == b->port_first &&
	       a->port_last == b->port_last &&
	       netd_addr_equal(&a->source4.first, &b->source4.first) &&
	       netd_addr_equal(&a->source4.last, &b->source4.last) &&
	       netd_addr_equal(&a->source6.first, &b->source6.first) &&
	       netd_addr_equal(&a->source6.last, &b->source6.last);
}

static void visit_chain(struct differ *d, const void *h, const void *w)
{
	const struct netd_source_chain *have = h, *want = w;

	if (have && !want && !is_ours(d, have->owner)) {
		d->others = true;
		if (d->remake)
			ADD(d, chains_kept, have);
	} else if (have && want && chain_equal(have, want)) {
		if (d->remake)
			ADD(d, chains_kept, have);
	} else {
		if (have)
			ADD(d, chains_removed, have);
		if (want)
			ADD(d, chains_added, want);
	}
}

int netd_ruleset_diff(const struct netd_ruleset *have, const struct netd_ruleset *want,
		      const char *topology, struct netd_ruleset_delta *out,
		      struct netd_error *err)
{
	struct differ d = {
		.topology = topology,
		.remake = have->present && !have->intact,
		.err = err,
	};
	bool needed;

	walk(&d, have->elements, have->element_count, want->elements, want->element_count,
	     sizeof(*have->elements), compare_elements, visit_element);
	walk(&d, have->chains, have->chain_count, want->chains, want->chain_count,
	     sizeof(*have->chains), compare_chains, visit_chain);
	if (d.result >= 0)
		d.result = netd_delta_admits(have, want, topology, &d.out, err);
	if (d.result < 0) {
		netd_ruleset_delta_done(&d.out);
		return d.result;
	}
	needed = d.others || want->element_count || want->chain_count;
	d.out.delete_table = have->present && (d.remake || !needed);
	d.out.create_table = needed && (d.remake || !have->present);
	*out = d.out;
	return 0;
}

void netd_ruleset_delta_done(struct netd_ruleset_delta *d)
{
	if (!d)
		return;
	free(d->removed);
	free(d->added);
	free(d->kept);
	free(d->chains_removed);
	free(d->chains_added);
	free(d->chains_kept);
	free(d->foreign);
	free(d->admits_removed);
	free(d->admits_added);
	*d = (struct netd_ruleset_delta){0};
}

bool netd_ruleset_delta_is_empty(const struct netd_ruleset_delta *d)
{
	return !d->delete_table && !d->create_table && !d->removed_count &&
	       !d->added_count && !d->chains_removed_count && !d->chains_added_count &&
	       !d->admits_removed_count && !d->admits_added_count;
}

static void print_elements(struct netd_str *s, const char *verb,
			   const struct netd_element *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		netd_str_addf(s, "%s element inet " NETD_TABLE " %s { ", verb,
			      netd_map_layout(e[i].map)->name);
		if (*verb == 'd')
			netd_element_print_key(s, &e[i]);
		else
			netd_element_print(s, &e[i]);
		netd_str_add(s, " }\n");
	}
}

static void print_chains(struct netd_str *s, const char *verb,
			 const struct netd_source_chain *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		netd_str_addf(s, "%s chain inet " NETD_TABLE " %s", verb, c[i].name);
		if (*verb == 'a') {
			netd_str_addf(s, " { comment \"%s\"; ", c[i].owner);
			netd_source_chain_print(s, &c[i]);
			netd_str_add(s, " }");
		}
		netd_str_add(s, "\n");
	}
}

void netd_ruleset_delta_print(struct netd_str *s, const struct netd_ruleset_delta *d)
{
	if (d->delete_table)
		netd_str_add(s, "delete table inet " NETD_TABLE "\n");
	if (d->create_table)
		netd_str_add(s, "add table inet " NETD_TABLE "\n");
	if (!d->delete_table) {
		print_elements(s, "delete", d->removed, d->removed_count);
		print_chains(s, "delete", d->chains_removed, d->chains_removed_count);
	}
	print_chains(s, "add", d->chains_added, d->chains_added_count);
	print_elements(s, "add", d->added, d->added_count);
	netd_delta_admits_print(s, d);
}
