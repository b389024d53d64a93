// SPDX-License-Identifier: GPL-2.0-or-later
/* Routers, hosts and the cables between them: their namespaces as they should be. */
#include "desired/desired_node.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/str.h"
#include "ruleset/compile.h"
#include "desired/desired.h"
#include "desired/desired_address.h"
#include "desired/desired_route.h"

/* One interface of a node, with what it is joined to. */
struct end {
	const struct netd_topology *t;
	const struct netd_facts *facts;
	const struct netd_node *node;
	const struct netd_node_interface *interface;
	const struct netd_network *network; /* or … */
	const struct netd_cable *cable;
	const struct netd_cable_end *other; /* … of the cable */
	char owner[NETD_OWNER];
	struct netd_mac mac;
	uint32_t mtu;
};

static struct netd_mac mac_of(const struct netd_topology *t,
			      const struct netd_facts *facts, const char *node,
			      const struct netd_node_interface *interface)
{
	char text[NETD_OWNER + NETD_IFNAME];

	if (interface->has_mac)
		return interface->mac;
	snprintf(text, sizeof(text), "%s/%s/%s", t->name, node, interface->name);
	return netd_desired_mac(facts->host_id, text);
}

static uint32_t mtu_of(const struct netd_node_interface *interface, uint32_t shared)
{
	if (interface->mtu)
		return interface->mtu;
	if (shared)
		return shared;
	return NETD_DESIRED_MTU;
}

static struct netd_desired_link *add_veth(struct netd_desired *out, const char *name,
					  const char *owner, struct netd_place place)
{
	struct netd_desired_link *link =
		netd_array_add(&out->links, &out->link_count, sizeof(*link));

	if (!link)
		return NULL;
	netd_copy(link->name, name);
	link->kind = NETD_LINK_VETH;
	link->up = true;
	link->group = NETD_LINK_GROUP;
	link->place = place;
	snprintf(link->alias, sizeof(link->alias), NETD_ALIAS_PREFIX "%s", owner);
	return link;
}

/* The inner end, as it is in its namespace. */
static struct netd_desired_link *add_inner(struct netd_desired *space,
					   const struct end *e, bool by_peer)
{
	struct netd_desired_link *link =
		add_veth(space, e->interface->name, e->owner, e->interface->place);

	if (!link)
		return NULL;
	link->has_mac = true;
	link->mac = e->mac;
	link->mtu = e->mtu;
	link->by_peer = by_peer;
	/* else the new address of a subnet goes with its old one */
	netd_link_want_setting(&link->attrs, NETD_SETTING_PROMOTE, 1);
	/* strict filtering drops what comes back by another way */
	if (e->node->kind == NETD_NODE_ROUTER)
		netd_link_want_setting(&link->attrs, NETD_SETTING_RP_FILTER, 2);
	return link;
}

/* The pair is made from the host's side, and its inner end straight in the namespace. */
static int add_port(struct netd_desired *host, struct netd_desired *space,
		    const struct end *e)
{
	struct netd_desired_link *inner = add_inner(space, e, true), *outer;

	if (!inner)
		return -ENOMEM;
	netd_copy(inner->peer, e->interface->port);
	outer = add_veth(host, e->interface->port, e->owner, e->interface->place);
	if (!outer)
		return -ENOMEM;
	outer->mtu = netd_desired_mtu(e->network, e->facts);
	netd_desired_high_mac(outer, e->network, e->facts);
	outer->no_ipv6_address = true;
	netd_copy(outer->master, e->network->bridge);
	netd_copy(outer->peer, e->interface->name);
	netd_copy(outer->peer_namespace, e->node->name);
	outer->has_peer_mac = true;
	outer->peer_mac = e->mac;
	outer->peer_mtu = e->mtu;
	return 0;
}

/* The cable's first end makes both. */
static int add_plug(struct netd_desired *space, const struct end *e)
{
	bool first = e->other == &e->cable->ends[1];
	struct netd_desired_link *inner = add_inner(space, e, !first);

	if (!inner)
		return -ENOMEM;
	netd_copy(inner->peer, e->other->interface.name);
	netd_copy(inner->peer_namespace, e->other->node);
	inner->has_peer_mac = true;
	inner->peer_mac = mac_of(e->t, e->facts, e->other->node, &e->other->interface);
	inner->peer_mtu = mtu_of(&e->other->interface, e->cable->mtu);
	return 0;
}

static int no_ipv6(const struct end *e, struct netd_place place, struct netd_error *err)
{
	netd_topology_error(e->t, err, place,
			    "%s has an IPv6 address, but this kernel has no IPv6",
			    e->node->name);
	return -EOPNOTSUPP;
}

static int add_sysctl(struct netd_desired *space, const char *family, const char *link,
		      const char *name, int value)
{
	struct netd_sysctl *s =
		netd_array_add(&space->sysctls, &space->sysctl_count, sizeof(*s));

	if (!s)
		return -ENOMEM;
	snprintf(s->path, sizeof(s->path), "%s/conf/%s/%s", family, link, name);
	s->value = value;
	s->initial = strcmp(link, "default") == 0;
	s->wide = s->initial || strcmp(link, "all") == 0;
	s->inherited = !s->wide;
	return 0;
}

/* What IPv6 is set to on each interface, and new ones come with. */
static const struct {
	const char *name;
	int values[2]; /* by enum netd_node_kind */
} settings[] = {
	{"accept_ra", {[NETD_NODE_ROUTER] = 0, [NETD_NODE_HOST] = 1}},
	{"accept_dad", {0, 0}},
};

static int add_settings(struct netd_desired *space, const struct netd_node *node,
			const struct netd_facts *facts, const char *link)
{
	int r = 0;

	for (size_t i = 0; facts->ipv6 && i < NETD_ARRAY_SIZE(settings); i++) {
		r = add_sysctl(space, "ipv6", link, settings[i].name,
			       settings[i].values[node->kind]);
		if (r)
			return r;
	}
	return 0;
}

/* A new namespace has the host's IPv4 settings (net/ipv4/devinet.c
 * devinet_init_net()), so a host's forwarding is switched off, too. */
static int add_wide_settings(struct netd_desired *space, const struct netd_node *node,
			     const struct netd_facts *facts)
{
	bool forwards = node->kind == NETD_NODE_ROUTER;
	int r = add_sysctl(space, "ipv4", "all", "forwarding", forwards);

	if (r)
		return r;
	/* it may be 1 where conf/all is 0: forwarding.c */
	r = add_sysctl(space, "ipv4", "default", "forwarding", forwards);
	if (r)
		return r;
	if (facts->ipv6)
		r = add_sysctl(space, "ipv6", "all", "forwarding", forwards);
	if (r)
		return r;
	return add_settings(space, node, facts, "default");
}

static int add_addresses(struct netd_desired *space, const struct end *e,
			 struct netd_error *err)
{
	const struct netd_node_interface *in = e->interface;
	int r;

	for (size_t i = 0; i < in->address_count; i++) {
		struct netd_place place = in->place;

		if (in->address_places)
			place = in->address_places[i];
		if (in->addresses[i].addr.family == AF_INET6 && !e->facts->ipv6)
			return no_ipv6(e, place, err);
		r = netd_desired_address(space, e->owner, in->name, &in->addresses[i],
					 place);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Of what the interface is joined to. */
static uint32_t shared_mtu(const struct end *e)
{
	if (e->cable)
		return e->cable->mtu;
	return netd_desired_mtu(e->network, e->facts);
}

static int add_end(struct netd_desired *host, struct netd_desired *space, struct end *e,
		   struct netd_error *err)
{
	const struct netd_node_interface *in = e->interface;
	int r;

	e->network = NULL;
	if (!e->cable) {
		e->network = netd_topology_network(e->t, in->network);
		if (!e->network)
			return netd_topology_error(e->t, err, in->place,
						   "%s: there is no network %s",
						   e->node->name, in->network);
	}
	e->mac = mac_of(e->t, e->facts, e->node->name, in);
	e->mtu = mtu_of(in, shared_mtu(e));
	if (e->cable)
		r = add_plug(space, e);
	else
		r = add_port(host, space, e);
	if (r)
		return r;
	r = add_settings(space, e->node, e->facts, in->name);
	if (r)
		return r;
	return add_addresses(space, e, err);
}

/* The interface by which @via is reached; "" if no subnet has it. */
static const char *link_towards(const struct netd_desired *space,
				const struct netd_addr *via)
{
	for (size_t i = 0; via->family && i < space->addr_count; i++)
		if (netd_prefix_contains(&space->addrs[i].prefix, via))
			return space->addrs[i].link;
	return "";
}

static int add_routes(struct netd_desired *space, const struct netd_node *node)
{
	int r = 0;

	for (size_t i = 0; i < node->route_count; i++) {
		const struct netd_static_route *want = &node->routes[i];
		const char *link = want->interface;

		if (!*link)
			link = link_towards(space, &want->via);
		r = netd_desired_route(space, want, link);
		if (r)
			return r;
	}
	return 0;
}

/* What NAT and forwards of a router put onto its interfaces. */
static int add_outside(struct netd_desired *space, const struct netd_topology *t,
		       const struct netd_node *node, struct netd_error *err)
{
	char what[NETD_NODE_NAME + 16];
	int r;

	snprintf(what, sizeof(what), "router %s", node->name);
	r = netd_desired_pools(space, t, space->owner, what, &node->nat, err);
	if (r)
		return r;
	for (size_t i = 0; i < node->forward_count; i++) {
		if (node->forwards[i].on[0])
			r = netd_desired_outside_address(
				space, space->owner, node->forwards[i].on,
				&node->forwards[i].listen, node->forwards[i].place);
		if (r)
			return r;
	}
	return 0;
}

static int add_loopback(struct netd_desired *space, struct netd_place place)
{
	struct netd_desired_link *lo = add_veth(space, "lo", space->owner, place);

	if (!lo)
		return -ENOMEM;
	lo->kind = NETD_LINK_OTHER;
	lo->loopback = true;
	return 0;
}

static int add_ends(struct netd_desired *host, struct netd_desired *space, struct end *e,
		    struct netd_error *err)
{
	for (size_t i = 0;; i++) {
		int r;

		e->interface =
			netd_node_interface(e->t, e->node, i, &e->cable, &e->other);
		if (!e->interface)
			return 0;
		r = add_end(host, space, e, err);
		if (r < 0)
			return r;
	}
}

static int add_node(const struct netd_topology *t, const struct netd_node *node,
		    const struct netd_facts *facts, struct netd_desired *out,
		    struct netd_error *err)
{
	struct netd_desired *space =
		netd_array_add(&out->spaces, &out->space_count, sizeof(*space));
	struct end e = {.t = t, .facts = facts, .node = node};
	int r;

	if (!space)
		return -ENOMEM;
	space->place = node->place;
	netd_copy(space->space, node->name);
	snprintf(e.owner, sizeof(e.owner), "%s/%s", t->name, node->name);
	netd_copy(space->owner, e.owner);
	r = add_loopback(space, node->place);
	if (r)
		return r;
	r = add_wide_settings(space, node, facts);
	if (r)
		return r;
	r = add_ends(out, space, &e, err);
	if (r)
		return r;
	r = add_outside(space, t, node, err);
	if (r)
		return r;
	r = add_routes(space, node);
	if (r)
		return r;
	r = netd_ruleset_compile_node(t, node, &space->ruleset, err);
	if (r)
		return r;
	r = netd_desired_resolv(t, node, &space->resolv);
	if (r)
		return r;
	return netd_desired_sort_links(space);
}

static int compare_spaces(const void *a, const void *b)
{
	return strcmp(((const struct netd_desired *)a)->space,
		      ((const struct netd_desired *)b)->space);
}

int netd_desired_nodes(const struct netd_topology *t, const struct netd_facts *facts,
		       struct netd_desired *out, struct netd_error *err)
{
	for (size_t i = 0; i < t->node_count; i++) {
		int r = add_node(t, &t->nodes[i], facts, out, err);

		if (r < 0)
			return r;
	}
	if (out->space_count)
		qsort(out->spaces, out->space_count, sizeof(*out->spaces),
		      compare_spaces);
	return 0;
}
