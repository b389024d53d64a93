// SPDX-License-Identifier: GPL-2.0-or-later
/* From a topology's networks to the elements and chains of the host's table inet netd. */
#include "ruleset/compile.h"

#include <errno.h>
#include <stdio.h>

#include "base/error.h"
#include "ruleset/admit.h"
#include "ruleset/builder.h"
#include "nft/layout.h"
#include "model/state.h"

/*
 * Theory of operation.  A mode is a row of `modes`: the chains to which its bridge's
 * entries in the maps from, to, input and source jump.  The chains are in skeleton.c.
 *
 *   isolated  closed both ways; may reach the bridge's own addresses on the host only
 *   nat       may open flows (from-nat, or from-nat-out with `out:`), under another
 *             source; is sent replies and forwards only (to-nat)
 *   routed, open  no entry: passes both ways unchanged; isolated and NAT networks at the
 *             other end still protect themselves by their own entries
 *   bridged   no entry
 *
 * Unless the network says `antispoof: false`, what it sends passes the chain own… first,
 * both ways: to others and to the host.
 *
 * Every bridge is in `bridges`: what stays on one bridge passes, whatever the mode, also
 * where br_netfilter sends bridged frames through these hooks; and hairpin needs it.
 */
static const struct mode_chains {
	uint8_t from, from_out, to, input;
	bool source;
} modes[] = {
	[NETD_MODE_ISOLATED] = {NETD_CHAIN_CLOSED, NETD_CHAIN_CLOSED, NETD_CHAIN_CLOSED,
				NETD_CHAIN_LOCAL, false},
	[NETD_MODE_NAT] = {NETD_CHAIN_NAT_FROM, NETD_CHAIN_NAT_OUT, NETD_CHAIN_NAT_TO,
			   NETD_CHAIN_NONE, true},
	[NETD_MODE_ROUTED] = {0},
	[NETD_MODE_OPEN] = {0},
	[NETD_MODE_BRIDGED] = {0},
};

/* The chain that checks the source before each of these. */
static const uint8_t checked[NETD_CHAIN_COUNT] = {
	[NETD_CHAIN_NONE] = NETD_CHAIN_OWN,
	[NETD_CHAIN_CLOSED] = NETD_CHAIN_OWN_CLOSED,
	[NETD_CHAIN_NAT_FROM] = NETD_CHAIN_OWN_NAT,
	[NETD_CHAIN_NAT_OUT] = NETD_CHAIN_OWN_OUT,
	[NETD_CHAIN_LOCAL] = NETD_CHAIN_OWN_LOCAL,
};

/* Without an address of the host's, no route leads back to the network. */
static bool is_checked(const struct netd_network *n)
{
	return !n->no_antispoof && n->address_count && n->mode != NETD_MODE_BRIDGED;
}

/* bridge : jump @chain, or nothing for NETD_CHAIN_NONE. */
static int add_verdict(struct netd_builder *b, enum netd_map map, const char *bridge,
		       uint8_t chain)
{
	if (chain)
		return netd_build_names(b, map, bridge, NULL, chain);
	return 0;
}

static int add_source(struct netd_builder *b, const struct netd_network *n)
{
	char own[2 * NETD_IFNAME];
	int r;

	snprintf(own, sizeof(own), NETD_SOURCE_CHAIN_PREFIX "%s", n->bridge);
	r = netd_build_source(b, NETD_MAP_SOURCE, n->bridge, NULL, &n->nat, own);
	if (r < 0)
		return r;
	return netd_build_source_chain(b, &n->nat, own);
}

static int add_forward(struct netd_builder *b, const struct netd_network *n,
		       const struct netd_forward *f)
{
	char listen[NETD_ADDR_TEXT];

	if (n->mode != NETD_MODE_ISOLATED)
		return netd_build_forward(b, f);
	netd_topology_error(b->topology, b->err, f->place,
			    "network %s is isolated: the forward from %s could never "
			    "pass",
			    n->name, netd_addr_format(&f->listen, listen));
	netd_error_hint(b->err, "give the network mode: nat, or leave the forward out");
	return -EINVAL;
}

/* An existing bridge without rules or services in the topology needs no entry. */
static bool is_left_alone(const struct netd_network *n, unsigned services)
{
	return n->existing && n->mode == NETD_MODE_BRIDGED && !n->forward_count &&
	       !(services & ~(unsigned)NETD_ADMIT_ND);
}

/* Errors for what an isolated network sends off its bridge, if the MAC is ours.  Without
 * an address, the bridge is nobody's gateway. */
static int add_shut(struct netd_builder *b, const struct netd_network *n,
		    const struct netd_desired *links)
{
	const struct netd_desired_link *link;

	if (n->mode != NETD_MODE_ISOLATED || !n->address_count || !links)
		return 0;
	link = netd_desired_link(links, n->bridge);
	if (!link || !link->has_mac)
		return 0;
	return netd_build_shut(b, n->bridge, &link->mac);
}

static int add_verdicts(struct netd_builder *b, const struct netd_network *n)
{
	const struct mode_chains *mode = &modes[n->mode];
	uint8_t from = mode->from, input = mode->input;
	int r;

	if (*n->nat.out)
		from = mode->from_out;
	if (is_checked(n)) {
		from = checked[from];
		input = checked[input];
	}
	r = add_verdict(b, NETD_MAP_FROM, n->bridge, from);
	if (r < 0)
		return r;
	r = add_verdict(b, NETD_MAP_TO, n->bridge, mode->to);
	if (r < 0)
		return r;
	return add_verdict(b, NETD_MAP_INPUT, n->bridge, input);
}

static int add_nat(struct netd_builder *b, const struct netd_network *n)
{
	int r = 0;

	if (*n->nat.out)
		r = netd_build_names(b, NETD_MAP_EGRESS, n->bridge, n->nat.out,
				     NETD_CHAIN_NONE);
	if (r < 0)
		return r;
	return add_source(b, n);
}

static int add_network(struct netd_builder *b, const struct netd_network *n,
		       const struct netd_desired *links)
{
	unsigned services = netd_admit_services_network(n);
	int r;

	if (is_left_alone(n, services))
		return 0;
	r = netd_build_bridge(b, n->bridge, services);
	if (r < 0)
		return r;
	r = netd_build_admit(b, n->bridge, services);
	if (r < 0)
		return r;
	r = add_verdicts(b, n);
	if (r < 0)
		return r;
	r = add_shut(b, n, links);
	if (r < 0)
		return r;
	if (modes[n->mode].source)
		r = add_nat(b, n);
	for (size_t i = 0; r >= 0 && i < n->forward_count; i++)
		r = add_forward(b, n, &n->forwards[i]);
	return r;
}

int netd_ruleset_compile(const struct netd_topology *t, const struct netd_desired *links,
			 struct netd_ruleset *out, struct netd_error *err)
{
	struct netd_builder b = {.topology = t, .kind = "network", .err = err};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < t->network_count; i++) {
		b.object = t->networks[i].name;
		r = add_network(&b, &t->networks[i], links);
	}
	b.out.passes = t->network_count > 0;
	return netd_build_finish(&b, r, out);
}
