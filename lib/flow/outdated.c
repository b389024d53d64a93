// SPDX-License-Identifier: GPL-2.0-or-later
/* Which connections a change of the ruleset outdates. */
#include "flow/outdated.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter/nf_conntrack_common.h>

#include "base/array.h"
#include "ruleset/compile.h"
#include "flow/conntrack.h"
#include "ruleset/delta.h"
#include "flow/flow.h"
#include "nft/layout.h"

/*
 * Theory of operation.  nf_nat translates a flow's first packet only and keeps the result
 * in the entry: a reply's source is where a forward sent the flow, a reply's target the
 * source that was chosen.  So an entry shows which element made it: the key is made from
 * its original target and looked up in the delta (sorted), which is as quick for 10,000
 * forwards as for one.
 *
 * Rules refuse packet by packet (skeleton.c), so they stop existing connections, too. But
 * an isolated bridge does not forward, so no packet reaches a rule: connections that were
 * forwarded for a network are deleted when it becomes isolated, and the next packet,
 * which is a first one again, is refused before routing.
 *
 * The subnet that a flow came from tells its source NAT; behind a router (map `leave`)
 * there may be other subnets, so there, sources of no known subnet count, too.
 */
struct netd_source_change {
	const struct netd_bridge_subnets *network; /* NULL: sources of no subnet */
	bool was, is; /* a source NAT at all, before and now */
	bool moved;   /* of a router: by another interface now */
	struct netd_source_chain before, after;
};

/* The first element that is not before @key; NULL if all are. */
static const struct netd_element *find_first(const struct netd_element *list, size_t n,
					     const struct netd_element *key)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (netd_element_compare(key, &list[middle]) <= 0)
			high = middle;
		else
			low = middle + 1;
	}
	if (low < n)
		return &list[low];
	return NULL;
}

static const struct netd_element *find(const struct netd_element *list, size_t n,
				       const struct netd_element *key)
{
	const struct netd_element *e = find_first(list, n, key);

	if (e && !netd_element_compare(e, key))
		return e;
	return NULL;
}

/* True if the element's target is where the flow goes. */
static bool leads_there(const struct netd_element *e, const struct netd_flow *flow)
{
	size_t size = netd_addr_size(&flow->reply.source);
	uint16_t port = flow->original.target_port;

	if (e->data_length > size)
		port = (uint16_t)(e->data[size] << 8 | e->data[size + 1]);
	return !memcmp(e->data, flow->reply.source.bytes, size) &&
	       port == flow->reply.source_port;
}

static bool forward_outdates(const struct netd_outdated *o, const struct netd_flow *flow,
			     const struct netd_element *key)
{
	const struct netd_ruleset_delta *d = o->delta;
	const struct netd_element *removed = find(d->removed, d->removed_count, key);
	const struct netd_element *added = find(d->added, d->added_count, key);
	bool translated = flow->status & IPS_DST_NAT;
	bool whole_address =
		key->map == NETD_MAP_ADDRESS4 || key->map == NETD_MAP_ADDRESS6;

	if (added && leads_there(added, flow))
		return false;
	if (removed && translated && leads_there(removed, flow))
		return true;
	if (!added || flow->original.protocol != IPPROTO_UDP)
		return false;
	if (translated)
		return !whole_address;
	return !(flow->status & IPS_SEEN_REPLY);
}

static bool any_forward_outdates(const struct netd_outdated *o,
				 const struct netd_flow *flow)
{
	const struct netd_tuple *t = &flow->original;
	struct netd_element port = {0}, address = {0};

	netd_element_forward_key(&address, &t->target, 0, 0);
	if (forward_outdates(o, flow, &address))
		return true;
	if (!t->target_port)
		return false;
	netd_element_forward_key(&port, &t->target, t->protocol, t->target_port);
	return forward_outdates(o, flow, &port);
}

static bool contains(const struct netd_bridge_subnets *network, const struct netd_addr *a)
{
	for (size_t i = 0; i < network->count; i++)
		if (netd_prefix_contains(&network->subnets[i], a))
			return true;
	return false;
}

static const struct netd_addr_range *range_of(const struct netd_source_chain *c,
					      const struct netd_addr *like)
{
	if (netd_addr_size(like) == 4)
		return &c->source4;
	return &c->source6;
}

/* True if @c could have given the flow the source that it has. */
static bool could_have_made(const struct netd_source_change *s,
			    const struct netd_flow *flow)
{
	const struct netd_addr *source = &flow->reply.target;
	const struct netd_addr_range *before = range_of(&s->before, source);
	const struct netd_addr_range *after = range_of(&s->after, source);
	uint16_t port = flow->reply.target_port;

	if (!s->is || (port && (port < s->after.port_first || port > s->after.port_last)))
		return false;
	/* masquerade: the same only if it was that before */
	if (!after->first.family)
		return !before->first.family && !s->moved;
	return netd_addr_compare(&after->first, source) <= 0 &&
	       netd_addr_compare(source, &after->last) <= 0;
}

/* From behind another router: of such a flow, the way that it came is not known. */
static bool far_source_outdates(const struct netd_outdated *o,
				const struct netd_source_change *s,
				const struct netd_flow *flow)
{
	for (size_t i = 0; i < o->subnet_count; i++)
		if (contains(&o->subnets[i], &flow->original.source))
			return false;
	if (!(flow->status & IPS_SRC_NAT))
		return s->is && !s->was && !(flow->status & IPS_SEEN_REPLY);
	/* A forward's source is changed where its own network uses it, not by this. */
	return s->was && !(flow->status & IPS_DST_NAT) && !could_have_made(s, flow);
}

static bool source_outdates(const struct netd_outdated *o,
			    const struct netd_source_change *s,
			    const struct netd_flow *flow)
{
	if (!s->network)
		return far_source_outdates(o, s, flow);
	if (!contains(s->network, &flow->original.source) ||
	    contains(s->network, &flow->original.target))
		return false;
	if (!(flow->status & IPS_SRC_NAT))
		return s->is && !s->was && !(flow->status & IPS_SEEN_REPLY);
	/* A hairpin's source is the bridge's own address: not this source NAT's work. */
	return s->was && !contains(s->network, &flow->reply.target) &&
	       !could_have_made(s, flow);
}

/* The interface's entry of set `bridges` in @list; NULL if there is none. */
static const struct netd_element *find_bridge(const struct netd_element *list, size_t n,
					      const char *link)
{
	struct netd_element key = {.map = NETD_MAP_BRIDGES,
				   .key_length = 2 * NETD_IFNAME};

	memcpy(key.key, link, strnlen(link, NETD_IFNAME - 1));
	memcpy(key.key + NETD_IFNAME, key.key, NETD_IFNAME);
	return find(list, n, &key);
}

/* The element of @list that makes the bridge an isolated network's; NULL: none. */
static const struct netd_element *find_shut(const struct netd_element *list, size_t n,
					    const char *bridge)
{
	struct netd_element key = {.map = NETD_MAP_SHUT, .key_length = NETD_IFNAME + 8};
	const struct netd_element *e;

	memcpy(key.key, bridge, strnlen(bridge, NETD_IFNAME - 1));
	e = find_first(list, n, &key);
	if (!e || e->map != NETD_MAP_SHUT || memcmp(e->key, key.key, NETD_IFNAME) != 0)
		return NULL;
	return e;
}

/* True if the network is there already, and is isolated from now on. */
static bool becomes_isolated(const struct netd_outdated *o,
			     const struct netd_bridge_subnets *network)
{
	const struct netd_ruleset_delta *d = o->delta;

	return find_shut(d->added, d->added_count, network->bridge) &&
	       !find_bridge(d->added, d->added_count, network->bridge) &&
	       !find_shut(d->removed, d->removed_count, network->bridge);
}

/* The host's own address: what is sent to it, or by it, is not forwarded. */
static bool is_own(const struct netd_outdated *o, const struct netd_addr *a)
{
	for (size_t i = 0; i < o->subnet_count; i++)
		for (size_t k = 0; k < o->subnets[i].count; k++)
			if (netd_addr_equal(&o->subnets[i].subnets[k].addr, a))
				return true;
	return false;
}

/* One end is in a network that is isolated now, and the other neither there nor the
 * host. */
static bool is_shut_off(const struct netd_outdated *o, const struct netd_flow *flow)
{
	const struct netd_addr *from = &flow->original.source;
	const struct netd_addr *to = &flow->reply.source;

	for (size_t i = 0; i < o->subnet_count; i++) {
		const struct netd_bridge_subnets *network = &o->subnets[i];

		if (contains(network, from) != contains(network, to) &&
		    becomes_isolated(o, network))
			return !is_own(o, from) && !is_own(o, to);
	}
	return false;
}

bool netd_flow_is_outdated(const struct netd_outdated *o, const struct netd_flow *flow)
{
	if (o->forwards && any_forward_outdates(o, flow))
		return true;
	if (o->shut && is_shut_off(o, flow))
		return true;
	for (size_t i = 0; i < o->source_count; i++)
		if (source_outdates(o, &o->sources[i], flow))
			return true;
	return false;
}

/* The bridge's entry of map `source` in @list; NULL if there is none. */
static const struct netd_element *find_source(const struct netd_element *list, size_t n,
					      const char *bridge)
{
	struct netd_element key = {.map = NETD_MAP_SOURCE, .key_length = NETD_IFNAME};

	memcpy(key.key, bridge, strnlen(bridge, NETD_IFNAME - 1));
	return find(list, n, &key);
}

static const struct netd_source_chain *find_chain(const struct netd_source_chain *list,
						  size_t n, const char *bridge)
{
	size_t skip = sizeof(NETD_SOURCE_CHAIN_PREFIX) - 1;

	for (size_t i = 0; i < n; i++)
		if (!strncmp(list[i].name, NETD_SOURCE_CHAIN_PREFIX, skip) &&
		    !strcmp(list[i].name + skip, bridge))
			return &list[i];
	return NULL;
}

/* One side of a change: the chain if there is one, else the plain masquerade. */
static void fill_side(struct netd_source_chain *out, bool *there,
		      const struct netd_element *e, const struct netd_source_chain *c)
{
	static const struct netd_source_chain plain = {
		.port_first = 1024,
		.port_last = UINT16_MAX,
	};

	*there = e || c;
	*out = plain;
	if (c)
		*out = *c;
}

static int add_change(struct netd_outdated *o, const struct netd_source_change *change)
{
	struct netd_source_change *slot =
		netd_array_add(&o->sources, &o->source_count, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = *change;
	return 0;
}

static int add_source(struct netd_outdated *o, const struct netd_bridge_subnets *network)
{
	const struct netd_ruleset_delta *d = o->delta;
	const char *bridge = network->bridge;
	struct netd_source_change change = {.network = network};

	fill_side(&change.before, &change.was,
		  find_source(d->removed, d->removed_count, bridge),
		  find_chain(d->chains_removed, d->chains_removed_count, bridge));
	fill_side(&change.after, &change.is,
		  find_source(d->added, d->added_count, bridge),
		  find_chain(d->chains_added, d->chains_added_count, bridge));
	if (change.was || change.is)
		return add_change(o, &change);
	return 0;
}

/* The link's entry of map `leave`, whatever it leaves by. */
static const struct netd_element *find_leave(const struct netd_element *list, size_t n,
					     const char *link)
{
	struct netd_element key = {.map = NETD_MAP_LEAVE, .key_length = 2 * NETD_IFNAME};
	const struct netd_element *e;

	memcpy(key.key, link, strnlen(link, NETD_IFNAME - 1));
	e = find_first(list, n, &key);
	if (e && e->map == NETD_MAP_LEAVE && !memcmp(e->key, key.key, NETD_IFNAME))
		return e;
	return NULL;
}

/* A router has one such chain at most. */
static const struct netd_source_chain *find_leave_chain(
	const struct netd_source_chain *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strncmp(list[i].name, NETD_LEAVE_CHAIN_PREFIX,
			     sizeof(NETD_LEAVE_CHAIN_PREFIX) - 1))
			return &list[i];
	return NULL;
}

/* As fill_side(): an entry may stay while its chain changes, or jump to none. */
static void fill_leave_side(struct netd_source_chain *out, bool *there, const char *link,
			    const struct netd_element *e,
			    const struct netd_source_chain *c)
{
	size_t skip = sizeof(NETD_LEAVE_CHAIN_PREFIX) - 1;

	if (e && !*e->source_chain)
		c = NULL;
	if (!e && c && !strcmp(c->name + skip, link))
		c = NULL;
	fill_side(out, there, e, c);
}

/* True if the interface stays, and its NAT does not. */
static bool stays(const struct netd_ruleset_delta *d, const char *link)
{
	return d->delete_table || !find_bridge(d->removed, d->removed_count, link);
}

/* What is NATed by the way that it leaves by; the first such link that stays stands for
 * those that are behind other routers, too. */
static int add_leave(struct netd_outdated *o, const struct netd_bridge_subnets *network,
		     bool *far)
{
	const struct netd_ruleset_delta *d = o->delta;
	const char *link = network->bridge;
	const struct netd_element *removed =
		find_leave(d->removed, d->removed_count, link);
	const struct netd_element *added = find_leave(d->added, d->added_count, link);
	struct netd_source_change change = {.network = network};
	int r;

	fill_leave_side(&change.before, &change.was, link, removed,
			find_leave_chain(d->chains_removed, d->chains_removed_count));
	fill_leave_side(&change.after, &change.is, link, added,
			find_leave_chain(d->chains_added, d->chains_added_count));
	change.moved = removed && added &&
		       memcmp(removed->key, added->key, removed->key_length) != 0;
	if (!change.was && !change.is)
		return 0;
	r = add_change(o, &change);
	if (r < 0 || *far || !stays(d, link))
		return r;
	*far = true;
	change.network = NULL;
	return add_change(o, &change);
}

static bool has_forwards(const struct netd_element *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].map >= NETD_MAP_FORWARD4)
			return true;
	return false;
}

/* As forward_outdates() has it: a new forward of anything but UDP outdates nothing. */
static bool may_take_over(const struct netd_element *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct netd_element *e = &list[i];
		size_t address = 4;

		if (e->map == NETD_MAP_FORWARD6)
			address = 16;
		if (e->map >= NETD_MAP_ADDRESS4 ||
		    (e->map >= NETD_MAP_FORWARD4 && e->key[address] == IPPROTO_UDP))
			return true;
	}
	return false;
}

int netd_outdated_init(struct netd_outdated *out, const struct netd_ruleset_delta *d,
		       const struct netd_bridge_subnets *subnets, size_t n)
{
	bool far = false;

	*out = (struct netd_outdated){.delta = d, .subnets = subnets, .subnet_count = n};
	out->forwards = has_forwards(d->removed, d->removed_count) ||
			may_take_over(d->added, d->added_count);
	for (size_t i = 0; i < n; i++) {
		out->shut |= becomes_isolated(out, &subnets[i]);
		if (add_source(out, &subnets[i]) < 0 ||
		    add_leave(out, &subnets[i], &far) < 0) {
			netd_outdated_done(out);
			return -ENOMEM;
		}
	}
	return 0;
}

void netd_outdated_done(struct netd_outdated *o)
{
	free(o->sources);
	*o = (struct netd_outdated){0};
}

bool netd_outdated_matters(const struct netd_outdated *o)
{
	return o->forwards || o->source_count || o->shut;
}
