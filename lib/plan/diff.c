// SPDX-License-Identifier: GPL-2.0-or-later
/* Observed × desired → the ordered list of what must be done.  Pure. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "plan/claims.h"
#include "plan/plan.h"

/* What the walk over one kind of object needs at hand. */
struct diff {
	const struct netd_plan_input *in;
	const struct netd_claims old; /* as the input has them */
	struct netd_claims claims;    /* as they will be */
	struct netd_plan *plan;
};

static struct netd_op *add_op(struct diff *d, enum netd_op_kind kind)
{
	struct netd_plan *plan = d->plan;
	struct netd_op *op = netd_array_add(&plan->ops, &plan->op_count, sizeof(*op));

	if (op)
		op->kind = kind;
	return op;
}

static int add_link_op(struct diff *d, enum netd_op_kind kind,
		       const struct netd_link *link, unsigned fields)
{
	struct netd_op *op = add_op(d, kind);

	if (!op)
		return -ENOMEM;
	op->link = *link;
	op->fields = fields;
	return 0;
}

static int add_addr_op(struct diff *d, enum netd_op_kind kind,
		       const struct netd_ifaddr *a)
{
	struct netd_op *op = add_op(d, kind);

	if (!op)
		return -ENOMEM;
	op->addr = *a;
	return 0;
}

static int add_sysctl_op(struct diff *d, enum netd_op_kind kind, const char *path,
			 int value)
{
	struct netd_op *op = add_op(d, kind);

	if (!op)
		return -ENOMEM;
	netd_copy(op->sysctl.path, path);
	op->sysctl.value = value;
	return 0;
}

/* Keeps, copies from another topology, or makes the claim of ours on that thing. */
static int claim(struct diff *d, enum netd_claim_kind kind, const char *key, int previous,
		 int ours)
{
	const struct netd_claim *mine =
		netd_claims_find(&d->old, d->in->topology, kind, key);
	const struct netd_claim *other =
		netd_claims_other(&d->old, d->in->topology, kind, key);
	struct netd_claim c = {.kind = kind, .previous = previous, .ours = ours};

	if (mine)
		c = *mine;
	else if (other)
		c = *other;
	netd_copy(c.topology, d->in->topology);
	netd_copy(c.key, key);
	if (!mine)
		d->plan->claims_changed = true;
	return netd_claims_add(&d->claims, &c);
}

/* True if anybody made that thing what it is: it was not so before us. */
static bool is_claimed(const struct diff *d, enum netd_claim_kind kind, const char *key)
{
	return netd_claims_find(&d->old, d->in->topology, kind, key) ||
	       netd_claims_other(&d->old, d->in->topology, kind, key);
}

/*
 * Links
 */

static bool bridge_equal(const struct netd_bridge *a, const struct netd_bridge *b)
{
	return a->stp == b->stp && a->forward_delay == b->forward_delay &&
	       a->multicast_snooping == b->multicast_snooping &&
	       a->nf_call_iptables == b->nf_call_iptables &&
	       a->nf_call_ip6tables == b->nf_call_ip6tables &&
	       a->nf_call_arptables == b->nf_call_arptables &&
	       a->group_fwd_mask == b->group_fwd_mask;
}

/* Which fields of an existing link differ from what it should be. */
static unsigned link_changes(const struct netd_link *want, const struct netd_link *have)
{
	unsigned fields = 0;

	if (want->up != have->up)
		fields |= NETD_LINK_UP;
	if (want->mtu && want->mtu != have->mtu)
		fields |= NETD_LINK_MTU;
	if (strcmp(want->master, have->master) != 0)
		fields |= NETD_LINK_MASTER;
	if (want->foreign)
		return fields;
	if (want->has_mac && memcmp(&want->mac, &have->mac, sizeof(want->mac)) != 0)
		fields |= NETD_LINK_MAC;
	if (strcmp(want->alias, have->alias) != 0)
		fields |= NETD_LINK_ALIAS_TEXT;
	if (want->group != have->group)
		fields |= NETD_LINK_GROUP_NUMBER;
	if (want->no_ipv6_address && !have->no_ipv6_address)
		fields |= NETD_LINK_NO_IPV6;
	if (want->kind == NETD_LINK_BRIDGE && !bridge_equal(&want->bridge, &have->bridge))
		fields |= NETD_LINK_BRIDGE_DATA;
	return fields;
}

/* What a link that was just made still lacks. */
static unsigned link_completion(const struct netd_link *want)
{
	unsigned fields = NETD_LINK_ALIAS_TEXT | NETD_LINK_UP;

	if (want->master[0])
		fields |= NETD_LINK_MASTER;
	if (want->no_ipv6_address)
		fields |= NETD_LINK_NO_IPV6;
	if (want->kind == NETD_LINK_TAP)
		fields |= NETD_LINK_GROUP_NUMBER | (want->mtu ? NETD_LINK_MTU : 0);
	return fields;
}

/* What an interface that is not ours was before it became a port. */
static int claim_port(struct diff *d, const struct netd_link *want,
		      const struct netd_link *have)
{
	int r = 0;

	if (have && (have->mtu != want->mtu || is_claimed(d, NETD_CLAIM_MTU, want->name)))
		r = claim(d, NETD_CLAIM_MTU, want->name, (int)have->mtu, (int)want->mtu);
	return r ? r : claim(d, NETD_CLAIM_PORT, want->name, have && have->up, 1);
}

static int want_link(struct diff *d, const struct netd_link *want)
{
	const struct netd_link *have = netd_state_link(d->in->observed, want->name);
	unsigned fields;
	int r = 0;

	if (!have) {
		r = add_link_op(d, NETD_OP_CREATE_LINK, want, 0);
		fields = link_completion(want);
	} else {
		fields = link_changes(want, have);
	}
	if (r == 0 && want->foreign)
		r = claim_port(d, want, have);
	if (r == 0 && fields)
		r = add_link_op(d, NETD_OP_SET_LINK, want, fields);
	return r;
}

static bool is_doomed(const struct diff *d, const struct netd_link *have)
{
	const char *owner = netd_link_owner(have);

	return netd_link_is_ours(have) && owner &&
	       netd_owner_is(owner, d->in->topology) &&
	       !netd_state_link(d->in->desired, have->name);
}

static int drop_link(struct diff *d, const struct netd_link *have)
{
	struct netd_link down = *have;
	int r = 0;

	down.up = false;
	if (have->kind == NETD_LINK_BRIDGE && have->up)
		r = add_link_op(d, NETD_OP_STOP_LINK, &down, NETD_LINK_UP);
	return r < 0 ? r : add_link_op(d, NETD_OP_DELETE_LINK, have, 0);
}

static int diff_links(struct diff *d)
{
	const struct netd_state *observed = d->in->observed, *desired = d->in->desired;
	int r = 0;

	for (size_t i = 0; r == 0 && i < desired->link_count; i++)
		r = want_link(d, &desired->links[i]);
	for (size_t i = 0; r == 0 && i < observed->link_count; i++)
		if (is_doomed(d, &observed->links[i]))
			r = drop_link(d, &observed->links[i]);
	return r;
}

/*
 * Addresses
 */

static const struct netd_ifaddr *find_addr(const struct netd_state *s,
					   const struct netd_ifaddr *a)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (strcmp(s->addrs[i].link, a->link) == 0 &&
		    netd_prefix_compare(&s->addrs[i].prefix, &a->prefix) == 0)
			return &s->addrs[i];
	return NULL;
}

/* True if the address sits on a link of this topology, not on one outside. */
static bool is_inside(const struct diff *d, const struct netd_ifaddr *a)
{
	const struct netd_link *want = netd_state_link(d->in->desired, a->link);
	const struct netd_link *have = netd_state_link(d->in->observed, a->link);
	const char *owner = have ? netd_link_owner(have) : NULL;

	return (want && !want->foreign) || (have && netd_link_is_ours(have) && owner &&
					    netd_owner_is(owner, d->in->topology));
}

/* An address outside is there whatever its prefix length: it is to be answered for. */
static const struct netd_ifaddr *find_outside_addr(const struct netd_state *s,
						   const struct netd_ifaddr *a)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (strcmp(s->addrs[i].link, a->link) == 0 &&
		    netd_addr_equal(&s->addrs[i].prefix.addr, &a->prefix.addr))
			return &s->addrs[i];
	return NULL;
}

static int want_addr(struct diff *d, const struct netd_ifaddr *want)
{
	bool inside = is_inside(d, want);
	const struct netd_ifaddr *have =
		inside ? find_addr(d->in->observed, want)
		       : find_outside_addr(d->in->observed, want);
	char key[NETD_SYSCTL_PATH];
	int r = 0;

	netd_claim_address_key(want, key);
	/* An address that the admin gave it is there, and will stay there. */
	if (!inside && (!have || is_claimed(d, NETD_CLAIM_ADDRESS, key)))
		r = claim(d, NETD_CLAIM_ADDRESS, key, 0, 1);
	if (r == 0 && !have)
		r = add_addr_op(d, NETD_OP_ADD_ADDRESS, want);
	return r;
}

static int drop_inside_addr(struct diff *d, const struct netd_ifaddr *have)
{
	const struct netd_link *link = netd_state_link(d->in->desired, have->link);

	/* With its link gone, or going, the address goes by itself. */
	if (!link || link->foreign || have->protocol != NETD_PROTOCOL ||
	    find_addr(d->in->desired, have))
		return 0;
	return add_addr_op(d, NETD_OP_DELETE_ADDRESS, have);
}

static int diff_addrs(struct diff *d)
{
	const struct netd_state *observed = d->in->observed, *desired = d->in->desired;
	int r = 0;

	for (size_t i = 0; r == 0 && i < desired->addr_count; i++)
		r = want_addr(d, &desired->addrs[i]);
	for (size_t i = 0; r == 0 && i < observed->addr_count; i++)
		r = drop_inside_addr(d, &observed->addrs[i]);
	return r;
}

/*
 * Settings
 */

static int want_sysctl(struct diff *d, const struct netd_sysctl *want)
{
	int have = 0;
	bool known = netd_state_sysctl(d->in->observed, want->path, &have);
	int r = 0;

	if (want->foreign && ((known && have != want->value) ||
			      is_claimed(d, NETD_CLAIM_SYSCTL, want->path)))
		r = claim(d, NETD_CLAIM_SYSCTL, want->path, have, want->value);
	if (r < 0 || (known && have == want->value))
		return r;
	return add_sysctl_op(d, want->foreign ? NETD_OP_CLAIM_SYSCTL : NETD_OP_SET_SYSCTL,
			     want->path, want->value);
}

static int diff_sysctls(struct diff *d)
{
	const struct netd_state *desired = d->in->desired;
	int r = 0;

	for (size_t i = 0; r == 0 && i < desired->sysctl_count; i++)
		r = want_sysctl(d, &desired->sysctls[i]);
	return r;
}

/*
 * Claims that this topology lets go: what nobody else wants goes back to what it was.
 */

static int release_address(struct diff *d, const struct netd_claim *c)
{
	const struct netd_state *observed = d->in->observed;
	char key[NETD_SYSCTL_PATH];

	for (size_t i = 0; i < observed->addr_count; i++) {
		netd_claim_address_key(&observed->addrs[i], key);
		if (strcmp(key, c->key) == 0)
			return add_addr_op(d, NETD_OP_DELETE_ADDRESS,
					   &observed->addrs[i]);
	}
	return 0;
}

static int release_sysctl(struct diff *d, const struct netd_claim *c)
{
	int value;

	/* Gone with its interface, or changed by somebody since: not ours to touch. */
	if (!netd_state_sysctl(d->in->observed, c->key, &value) || value != c->ours ||
	    value == c->previous)
		return 0;
	return add_sysctl_op(d, NETD_OP_RESTORE_SYSCTL, c->key, c->previous);
}

static int release_mtu(struct diff *d, const struct netd_claim *c)
{
	const struct netd_link *have = netd_state_link(d->in->observed, c->key);
	struct netd_link link;

	if (!have || have->mtu != (uint32_t)c->ours)
		return 0;
	link = *have;
	link.mtu = (uint32_t)c->previous;
	return add_link_op(d, NETD_OP_RELEASE_PORT, &link, NETD_LINK_MTU);
}

static int release_port(struct diff *d, const struct netd_claim *c)
{
	const struct netd_link *have = netd_state_link(d->in->observed, c->key);
	const struct netd_link *master =
		have && have->master[0] ? netd_state_link(d->in->observed, have->master)
					: NULL;
	const char *owner = master ? netd_link_owner(master) : NULL;
	struct netd_link link;

	if (!owner || !netd_owner_is(owner, d->in->topology))
		return 0;
	link = *have;
	link.master[0] = '\0';
	link.up = c->previous;
	return add_link_op(d, NETD_OP_RELEASE_PORT, &link,
			   NETD_LINK_MASTER | NETD_LINK_UP);
}

static int release(struct diff *d, const struct netd_claim *c)
{
	static int (*const releases[])(struct diff *, const struct netd_claim *) = {
		[NETD_CLAIM_SYSCTL] = release_sysctl,
		[NETD_CLAIM_ADDRESS] = release_address,
		[NETD_CLAIM_MTU] = release_mtu,
		[NETD_CLAIM_PORT] = release_port,
	};

	d->plan->claims_changed = true;
	if (netd_claims_other(&d->old, c->topology, c->kind, c->key))
		return 0;
	return releases[c->kind](d, c);
}

/* Backwards: what was changed last (a global switch) goes back first. */
static int release_claims(struct diff *d)
{
	int r = 0;

	for (size_t i = d->old.count; r == 0 && i-- > 0;) {
		const struct netd_claim *c = &d->old.items[i];

		if (strcmp(c->topology, d->in->topology) == 0 &&
		    !netd_claims_find(&d->claims, c->topology, c->kind, c->key))
			r = release(d, c);
	}
	return r;
}

static int keep_other_claims(struct diff *d)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < d->old.count; i++)
		if (strcmp(d->old.items[i].topology, d->in->topology) != 0)
			r = netd_claims_add(&d->claims, &d->old.items[i]);
	return r;
}

static int diff_firewall(struct diff *d, struct netd_error *err)
{
	struct netd_ruleset_delta *delta = &d->plan->firewall;
	int r;

	if (d->in->skip_firewall)
		return 0;
	r = netd_ruleset_diff(&d->in->observed->ruleset, &d->in->desired->ruleset,
			      d->in->topology, delta, err);

	if (r < 0 || netd_ruleset_delta_is_empty(delta))
		return r;
	return add_op(d, NETD_OP_FIREWALL) ? 0 : -ENOMEM;
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
	struct diff d = {
		.in = in,
		.old = {(struct netd_claim *)(uintptr_t)in->claims, in->claim_count},
		.plan = out,
	};
	int r;

	netd_copy(out->topology, in->topology);
	out->generation = in->observed->ruleset.generation;
	r = keep_other_claims(&d);
	if (r == 0)
		r = diff_links(&d);
	if (r == 0)
		r = diff_addrs(&d);
	if (r == 0)
		r = diff_sysctls(&d);
	if (r == 0)
		r = release_claims(&d);
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
