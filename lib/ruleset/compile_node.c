// SPDX-License-Identifier: GPL-2.0-or-later
/* From a router to the elements and chains of table inet netd in its namespace. */
#include <stdio.h>
#include <string.h>

#include "ruleset/admit.h"
#include "ruleset/builder.h"
#include "ruleset/compile.h"
#include "nft/layout.h"

/*
 * Theory of operation.  On the host, what may pass is said of a bridge; in a router, of a
 * pair of interfaces: map `pairs`, in the chain forward, from the one to the other.
 *
 *   nat.out = O  (I, O): invalid packets would leave untranslated, so they go (from-nat);
 *                (O, I): replies and forwards only (to-nat), for every other interface I
 *   isolate      (I, J): to-nat, too, unless J is O
 *   allow        (I, J): to-nat, too, unless it is listed; (I, O) and (O, I) like all
 *                others.  If (O, I) is listed, (I, O) has answers to flows that others
 *                opened (from-nat-asked)
 *
 * Source NAT is by the pair, too (map `leave`): what the router itself sends has no
 * incoming interface, and keeps its source.  Every interface is in `bridges` with itself,
 * as a network's bridge is on the host: a machine that uses its own network's forward is
 * told apart by that.
 */
struct pair {
	const struct netd_node *node;
	const char *from, *to;
};

static bool is_allowed(const struct netd_node *n, const char *from, const char *to)
{
	for (size_t i = 0; i < n->allow_count; i++)
		if (!strcmp(n->allows[i].from, from) && !strcmp(n->allows[i].to, to))
			return true;
	return false;
}

static uint8_t pair_chain(const struct pair *p)
{
	const struct netd_node *n = p->node;
	bool leaves = *n->nat.out && !strcmp(p->to, n->nat.out);
	bool enters = *n->nat.out && !strcmp(p->from, n->nat.out);

	if (n->allow_count && !is_allowed(n, p->from, p->to))
		return NETD_CHAIN_NAT_TO;
	if (leaves && is_allowed(n, p->to, p->from))
		return NETD_CHAIN_NAT_ASKED;
	if (leaves)
		return NETD_CHAIN_NAT_FROM;
	if (n->isolate || (enters && !n->allow_count))
		return NETD_CHAIN_NAT_TO;
	return NETD_CHAIN_NONE;
}

bool netd_ruleset_node_opens(const struct netd_node *n, const char *from, const char *to)
{
	return pair_chain(&(struct pair){n, from, to}) != NETD_CHAIN_NAT_TO;
}

/* The chain of the node's own source NAT. */
static const char *own_chain(const struct netd_nat *nat, char out[2 * NETD_IFNAME])
{
	snprintf(out, 2 * (size_t)NETD_IFNAME, NETD_LEAVE_CHAIN_PREFIX "%s", nat->out);
	return out;
}

static int add_pair(struct netd_builder *b, const struct pair *p)
{
	const struct netd_nat *nat = &p->node->nat;
	uint8_t chain = pair_chain(p);
	char own[2 * NETD_IFNAME];
	int r = 0;

	if (chain)
		r = netd_build_names(b, NETD_MAP_PAIRS, p->from, p->to, chain);
	if (r >= 0 && *nat->out && !strcmp(p->to, nat->out))
		r = netd_build_source(b, NETD_MAP_LEAVE, p->from, p->to, nat,
				      own_chain(nat, own));
	return r;
}

static int add_interface(struct netd_builder *b, const struct netd_node *n,
			 const struct netd_node_interface *own)
{
	const struct netd_node_interface *other;
	int r = netd_build_bridge(b, own->name, netd_admit_services_interface(own));

	for (size_t i = 0;
	     r >= 0 && (other = netd_node_interface(b->topology, n, i, NULL, NULL)); i++)
		if (strcmp(other->name, own->name) != 0)
			r = add_pair(b, &(struct pair){n, own->name, other->name});
	return r;
}

static bool has_rules(const struct netd_node *n)
{
	return *n->nat.out || n->forward_count || n->isolate || n->allow_count;
}

static bool serves(const struct netd_topology *t, const struct netd_node *n)
{
	const struct netd_node_interface *own;

	for (size_t i = 0; (own = netd_node_interface(t, n, i, NULL, NULL)); i++)
		if (own->dhcp.enabled || own->dns.enabled)
			return true;
	return false;
}

static int add_interfaces(struct netd_builder *b, const struct netd_node *n)
{
	const struct netd_node_interface *own;

	for (size_t i = 0; (own = netd_node_interface(b->topology, n, i, NULL, NULL));
	     i++) {
		int r = has_rules(n) ? add_interface(b, n, own) : 0;

		if (r < 0)
			return r;
		r = netd_build_admit(b, own->name, netd_admit_services_interface(own));
		if (r < 0)
			return r;
	}
	return 0;
}

/* One that only hands packets on has nothing of ours, and costs no look at its rules. */
static int add_node(struct netd_builder *b, const struct netd_node *n)
{
	char chain[2 * NETD_IFNAME];
	int r;

	if (!has_rules(n) && !serves(b->topology, n))
		return 0;
	b->out.passes = true;
	r = add_interfaces(b, n);
	if (r < 0)
		return r;
	if (*n->nat.out) {
		r = netd_build_source_chain(b, &n->nat, own_chain(&n->nat, chain));
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < n->forward_count; i++) {
		r = netd_build_forward(b, &n->forwards[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

int netd_ruleset_compile_node(const struct netd_topology *t, const struct netd_node *n,
			      struct netd_ruleset *out, struct netd_error *err)
{
	struct netd_builder b = {
		.topology = t, .kind = "router", .object = n->name, .err = err};
	int r = 0;

	if (n->kind == NETD_NODE_ROUTER)
		r = add_node(&b, n);
	return netd_build_finish(&b, r, out);
}
