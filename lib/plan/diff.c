// SPDX-License-Identifier: GPL-2.0-or-later
/* Observed × desired → the ordered list of what must be done.  Pure. */
#include "plan/diff.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "kind/kind.h"

struct netd_op *netd_diff_add(struct netd_diff *d, enum netd_op_kind kind)
{
	struct netd_plan *plan = d->plan;
	struct netd_op *op = netd_array_add(&plan->ops, &plan->op_count, sizeof(*op));

	if (!op)
		return NULL;
	op->kind = kind;
	netd_copy(op->space, d->space);
	return op;
}

int netd_diff_add_link(struct netd_diff *d, enum netd_op_kind kind,
		       const struct netd_desired_link *link, unsigned fields)
{
	struct netd_op *op = netd_diff_add(d, kind);

	if (!op)
		return -ENOMEM;
	op->link = *link;
	op->fields = fields;
	return 0;
}

int netd_diff_add_seen(struct netd_diff *d, enum netd_op_kind kind,
		       const struct netd_link *link, unsigned fields)
{
	struct netd_op *op = netd_diff_add(d, kind);

	if (!op)
		return -ENOMEM;
	op->link.attrs = link->attrs;
	op->index = link->index;
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

int netd_diff_add_route(struct netd_diff *d, enum netd_op_kind kind,
			const struct netd_route *r, bool replaces)
{
	struct netd_op *op = netd_diff_add(d, kind);

	if (!op)
		return -ENOMEM;
	op->route = *r;
	op->replaces = replaces;
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

bool netd_diff_is_made(const struct netd_diff *d, const struct netd_link *link)
{
	const char *owner = netd_link_owner(link);

	if (owner)
		return netd_owner_is(owner, d->in->topology);
	return d->in->nameless && netd_link_is_ours(link);
}

static int keep_other_claims(struct netd_diff *d)
{
	int r = 0;

	for (size_t i = 0; i < d->old.count; i++) {
		if (strcmp(d->old.items[i].topology, d->in->topology) != 0)
			r = netd_claims_add(&d->claims, &d->old.items[i]);
		if (r)
			return r;
	}
	return 0;
}

static int diff_firewall(struct netd_diff *d, struct netd_error *err)
{
	const struct netd_ruleset *have = &d->in->observed->ruleset;
	struct netd_plan *plan = d->plan;
	struct netd_plan_firewall change = {.generation = have->generation}, *slot;
	int r;

	if (d->in->observed->ruleset_skipped)
		return 0;
	r = netd_ruleset_diff(have, &d->in->desired->ruleset, d->in->topology,
			      &change.delta, err);
	if (r < 0 || netd_ruleset_delta_is_empty(&change.delta)) {
		netd_ruleset_delta_done(&change.delta);
		return r;
	}
	netd_copy(change.space, d->space);
	slot = netd_array_add(&plan->firewalls, &plan->firewall_count, sizeof(*slot));
	if (!slot) {
		netd_ruleset_delta_done(&change.delta);
		return -ENOMEM;
	}
	*slot = change;
	if (!netd_diff_add(d, NETD_OP_FIREWALL))
		return -ENOMEM;
	return 0;
}

static int holds_ports(const struct netd_op *op)
{
	return netd_kind_of(&op->link)->is_network;
}

static int compare_kinds(const void *a, const void *b)
{
	const struct netd_op *x = *(const struct netd_op *const *)a;
	const struct netd_op *y = *(const struct netd_op *const *)b;

	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	/* ports go before their bridges */
	if (x->kind == NETD_OP_DELETE_LINK && holds_ports(x) != holds_ports(y))
		return holds_ports(x) - holds_ports(y);
	if (strcmp(x->space, y->space) != 0)
		return strcmp(x->space, y->space);
	if (x < y)
		return -1;
	return x > y; /* stable */
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

typedef int (*walk)(struct netd_diff *d);

static int walk_all(struct netd_diff *d, const walk *walks, size_t count,
		    struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < count; i++) {
		r = walks[i](d);
		if (r)
			return r;
	}
	return diff_firewall(d, err);
}

static int diff_host(struct netd_diff *d, const struct netd_state *observed,
		     struct netd_error *err)
{
	static const walk walks[] = {
		keep_other_claims, netd_diff_links,    netd_diff_addrs,
		netd_diff_sysctls, netd_diff_uplinks,  netd_diff_host_routes,
		netd_diff_release, netd_diff_services, netd_diff_gone_spaces,
		netd_diff_plugs,
	};
	const struct netd_plan_input *before = d->in;
	struct netd_plan_input in = *d->host;
	int r;

	in.observed = observed;
	d->in = &in;
	r = walk_all(d, walks, NETD_ARRAY_SIZE(walks), err);
	d->in = before;
	return r;
}

static int diff_space(struct netd_diff *host, const struct netd_state *observed,
		      const struct netd_desired *desired, struct netd_error *err)
{
	static const walk walks[] = {
		netd_diff_links,  netd_diff_addrs,  netd_diff_sysctls,
		netd_diff_routes, netd_diff_resolv, netd_diff_services,
	};
	struct netd_plan_input in = *host->host;
	struct netd_diff d = {
		.in = &in,
		.host = host->host,
		.space = desired->space,
		.is_new = !observed->alive,
		.plan = host->plan,
	};
	struct netd_op *op;

	in.observed = observed;
	in.desired = desired;
	if (d.is_new) {
		op = netd_diff_add(&d, NETD_OP_CREATE_NAMESPACE);
		if (!op)
			return -ENOMEM;
		op->node.place = desired->place;
	}
	return walk_all(&d, walks, NETD_ARRAY_SIZE(walks), err);
}

static int diff_all(struct netd_diff *d, struct netd_error *err)
{
	netd_auto(netd_diff_present_done) struct netd_present present = {0};
	const struct netd_desired *desired = d->host->desired;
	int r = netd_diff_present(d, &present);

	if (r < 0)
		return r;
	r = diff_host(d, &present.states[0], err);
	if (r < 0)
		return r;
	for (size_t i = 1; i < present.count; i++) {
		r = diff_space(d, &present.states[i], &desired->spaces[i - 1], err);
		if (r < 0)
			return r;
	}
	return sort_ops(d->plan);
}

int netd_plan_make(const struct netd_plan_input *in, struct netd_plan *out,
		   struct netd_error *err)
{
	struct netd_diff d = {
		.in = in,
		.host = in,
		.space = "",
		.old = {(struct netd_claim *)(uintptr_t)in->claims, in->claim_count},
		.plan = out,
	};
	int r;

	netd_copy(out->topology, in->topology);
	r = diff_all(&d, err);
	out->claims = d.claims.items;
	out->claim_count = d.claims.count;
	if (r == -ENOMEM && !netd_error_code(err))
		netd_error_add(err, r, "out of memory");
	if (r < 0)
		netd_plan_done(out);
	return r;
}

const struct netd_plan_firewall *netd_plan_firewall(const struct netd_plan *plan,
						    const char *space)
{
	for (size_t i = 0; i < plan->firewall_count; i++)
		if (strcmp(plan->firewalls[i].space, space) == 0)
			return &plan->firewalls[i];
	return NULL;
}

void netd_plan_done(struct netd_plan *plan)
{
	free(plan->ops);
	free(plan->evidence);
	free(plan->claims);
	for (size_t i = 0; i < plan->firewall_count; i++)
		netd_ruleset_delta_done(&plan->firewalls[i].delta);
	free(plan->firewalls);
	netd_error_done(&plan->notes);
	*plan = (struct netd_plan){0};
}

void netd_plan_note(struct netd_plan *plan, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	netd_error_vadd(&plan->notes, 0, fmt, args);
	va_end(args);
}

struct netd_plan *netd_plan_free(struct netd_plan *plan)
{
	if (plan)
		netd_plan_done(plan);
	free(plan);
	return NULL;
}
