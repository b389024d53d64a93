// SPDX-License-Identifier: GPL-2.0-or-later
/* Observed × desired → the ordered list of what must be done.  Pure. */
#include "plan/diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"

struct netd_op *netd_diff_add(struct netd_diff *d, enum netd_op_kind kind)
{
	struct netd_plan *plan = d->plan;
	struct netd_op *op = netd_array_add(&plan->ops, &plan->op_count, sizeof(*op));

	if (op)
		op->kind = kind;
	return op;
}

int netd_diff_add_link(struct netd_diff *d, enum netd_op_kind kind,
		       const struct netd_link *link, unsigned fields)
{
	struct netd_op *op = netd_diff_add(d, kind);

	if (!op)
		return -ENOMEM;
	op->link = *link;
	op->fields = fields;
	return 0;
}

int netd_diff_add_addr(struct netd_diff *d, enum netd_op_kind kind,
		       const struct netd_ifaddr *a)
{
	struct netd_op *op = netd_diff_add(d, kind);

	if (!op)
		return -ENOMEM;
	op->addr = *a;
	return 0;
}

int netd_diff_add_sysctl(struct netd_diff *d, enum netd_op_kind kind, const char *path,
			 int value)
{
	struct netd_op *op = netd_diff_add(d, kind);

	if (!op)
		return -ENOMEM;
	netd_copy(op->sysctl.path, path);
	op->sysctl.value = value;
	return 0;
}

static int keep_other_claims(struct netd_diff *d)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < d->old.count; i++)
		if (strcmp(d->old.items[i].topology, d->in->topology) != 0)
			r = netd_claims_add(&d->claims, &d->old.items[i]);
	return r;
}

static int diff_firewall(struct netd_diff *d, struct netd_error *err)
{
	struct netd_ruleset_delta *delta = &d->plan->firewall;
	int r;

	if (d->in->skip_firewall)
		return 0;
	r = netd_ruleset_diff(&d->in->observed->ruleset, &d->in->desired->ruleset,
			      d->in->topology, delta, err);

	if (r < 0 || netd_ruleset_delta_is_empty(delta))
		return r;
	return netd_diff_add(d, NETD_OP_FIREWALL) ? 0 : -ENOMEM;
}

static int is_bridge(const struct netd_op *op)
{
	return op->link.kind == NETD_LINK_BRIDGE;
}

static int compare_kinds(const void *a, const void *b)
{
	const struct netd_op *x = *(const struct netd_op *const *)a;
	const struct netd_op *y = *(const struct netd_op *const *)b;

	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	/* ports go before their bridges */
	if (x->kind == NETD_OP_DELETE_LINK && is_bridge(x) != is_bridge(y))
		return is_bridge(x) - is_bridge(y);
	return x < y ? -1 : x > y; /* stable */
}

static int sort_ops(struct netd_plan *plan)
{
	struct netd_op **order, *sorted = NULL;
	size_t count = 0;

	if (plan->op_count < 2)
		return 0;
	order = calloc(plan->op_count, sizeof(*order));
	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < plan->op_count; i++)
		order[i] = &plan->ops[i];
	qsort(order, plan->op_count, sizeof(*order), compare_kinds);
	for (size_t i = 0; i < plan->op_count; i++) {
		struct netd_op *op = netd_array_add(&sorted, &count, sizeof(*op));

		if (!op) {
			free(order);
			free(sorted);
			return -ENOMEM;
		}
		*op = *order[i];
	}
	free(order);
	free(plan->ops);
	plan->ops = sorted;
	return 0;
}

int netd_plan_make(const struct netd_plan_input *in, struct netd_plan *out,
		   struct netd_error *err)
{
	struct netd_diff d = {
		.in = in,
		.old = {(struct netd_claim *)(uintptr_t)in->claims, in->claim_count},
		.plan = out,
	};
	int r;

	netd_copy(out->topology, in->topology);
	out->generation = in->observed->ruleset.generation;
	r = keep_other_claims(&d);
	if (r == 0)
		r = netd_diff_links(&d);
	if (r == 0)
		r = netd_diff_addrs(&d);
	if (r == 0)
		r = netd_diff_sysctls(&d);
	if (r == 0)
		r = netd_diff_release(&d);
	if (r == 0)
		r = diff_firewall(&d, err);
	if (r == 0)
		r = sort_ops(out);
	out->claims = d.claims.items;
	out->claim_count = d.claims.count;
	if (r == -ENOMEM && !netd_error_code(err))
		netd_error_add(err, r, "out of memory");
	if (r < 0)
		netd_plan_done(out);
	return r;
}

void netd_plan_done(struct netd_plan *plan)
{
	free(plan->ops);
	free(plan->claims);
	netd_ruleset_delta_done(&plan->firewall);
	*plan = (struct netd_plan){0};
}
