// SPDX-License-Identifier: GPL-2.0-or-later
/* An existing bridge, as the network of a topology. */
#include <errno.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "host/context.h"
#include "observe/observe.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "edit/edit.h"
#include "netd.h"
#include "kind/kind.h"
#include "kind/tap.h"

/*
 * Theory of operation.  What the kernel has is written in the words of a topology file,
 * and read as such, so that all checks of a file hold.  The network is `existing` and of
 * mode bridged: netd adds no rule, sets nothing, and marks nothing; so applying it writes
 * nothing to the kernel.  Left out is what somebody else looks after: addresses with a
 * lifetime, routes that are not static, taps that die with whoever opened them.
 */

struct source {
	const struct netd_state *state;
	const struct netd_link *bridge;
	struct netd_network *out;
};

static bool is_nic(const struct netd_link *link)
{
	return netd_kind_is_foreign(link) && !link->kind_name[0] && !link->loopback &&
	       link->hardware == ARPHRD_ETHER;
}

/* By the bridge's first NIC the host is reached; NULL if it has none. */
static const struct netd_link *find_uplink(const struct source *s)
{
	for (size_t i = 0; i < s->state->link_count; i++) {
		const struct netd_link *link = &s->state->links[i];

		if (strcmp(link->master, s->bridge->name) == 0 && is_nic(link))
			return link;
	}
	return NULL;
}

static bool stays(const struct netd_link *port)
{
	return !netd_link_is_tap(port) || port->tap.persistent;
}

static int add_ports(const struct source *s, const struct netd_link *uplink)
{
	for (size_t i = 0; i < s->state->link_count; i++) {
		const struct netd_link *link = &s->state->links[i];
		struct netd_port *port;

		if (strcmp(link->master, s->bridge->name) != 0 || link == uplink ||
		    !stays(link) || netd_link_is_ours(link) ||
		    netd_ifname_problem(link->name))
			continue;
		port = netd_array_add(&s->out->ports, &s->out->port_count, sizeof(*port));
		if (!port)
			return -ENOMEM;
		netd_copy(port->name, link->name);
	}
	return 0;
}

/* A topology has one address per subnet; the others stay the bridge's, unmentioned. */
static bool has_subnet_of(const struct source *s, const struct netd_prefix *address)
{
	for (size_t i = 0; i < s->out->address_count; i++)
		if (netd_prefix_overlaps(&s->out->addresses[i], address))
			return true;
	return false;
}

static int add_addresses(const struct source *s)
{
	for (size_t i = 0; i < s->state->addr_count; i++) {
		const struct netd_ifaddr *a = &s->state->addrs[i];
		struct netd_prefix *address;

		if (strcmp(a->link, s->bridge->name) != 0 || a->dynamic ||
		    a->protocol == NETD_PROTOCOL ||
		    netd_addr_is_link_local(&a->prefix.addr) ||
		    has_subnet_of(s, &a->prefix))
			continue;
		address = netd_array_add(&s->out->addresses, &s->out->address_count,
					 sizeof(*address));
		if (!address)
			return -ENOMEM;
		*address = a->prefix;
	}
	return 0;
}

/* What an admin, or a script of theirs, made. */
static bool is_static(const struct netd_route *r)
{
	return r->protocol == RTPROT_BOOT || r->protocol == RTPROT_STATIC;
}

static int add_routes(const struct source *s)
{
	for (size_t i = 0; i < s->state->route_count; i++) {
		const struct netd_route *r = &s->state->routes[i];
		struct netd_static_route *route;

		if (strcmp(r->link, s->bridge->name) != 0 || r->table || !is_static(r) ||
		    r->type != NETD_ROUTE_UNICAST)
			continue;
		route = netd_array_add(&s->out->routes, &s->out->route_count,
				       sizeof(*route));
		if (!route)
			return -ENOMEM;
		*route = (struct netd_static_route){
			.to = r->to,
			.via = r->via,
			.source = r->source,
			.metric = r->metric,
			.onlink = r->onlink,
		};
	}
	return 0;
}

static int describe(const struct source *s, struct netd_error *err)
{
	const struct netd_link *uplink = find_uplink(s);
	struct netd_network *n = s->out;

	n->mode = NETD_MODE_BRIDGED;
	n->existing = true;
	netd_copy(n->bridge, s->bridge->name);
	if (uplink)
		netd_copy(n->uplink, uplink->name);
	if (add_addresses(s) < 0 || add_routes(s) < 0 || add_ports(s, uplink) < 0)
		return netd_error_no_memory(err);
	return 0;
}

static int refuse(const struct netd_link *bridge, const char *name,
		  struct netd_error *err)
{
	const char *owner;

	if (!bridge || !netd_kind_of(bridge)->is_network) {
		if (bridge)
			netd_error_add(err, -ENOENT, "%s is no bridge", name);
		else
			netd_error_add(err, -ENOENT, "there is no bridge %s", name);
		netd_error_hint(err, "`ip link show type bridge` shows those there are");
		return -ENOENT;
	}
	if (!netd_link_is_ours(bridge))
		return 0;
	owner = netd_link_owner(bridge);
	if (owner)
		netd_error_add(err, -EEXIST, "bridge %s is netd's own, of %s", name,
			       owner);
	else
		netd_error_add(err, -EEXIST, "bridge %s is netd's own", name);
	netd_error_hint(err, "there is nothing to adopt");
	return -EEXIST;
}

int netd_network_adopt(struct netd *netd, struct netd_topology *t, const char *name,
		       const char *bridge, struct netd_error *err)
{
	netd_auto(netd_state_done) struct netd_state state = {0};
	netd_auto(netd_edit_end) struct netd_edit edit = {0};
	struct source s = {.state = &state};
	int r = netd_context_open(netd, false, err);

	if (r < 0)
		return r;
	r = netd_observe(netd, NETD_PART_ROUTES, NULL, &state, err);
	if (r < 0)
		return r;
	s.bridge = netd_state_link(&state, bridge);
	r = refuse(s.bridge, bridge, err);
	if (r < 0)
		return r;
	r = netd_edit_begin(&edit, t, err);
	if (r < 0)
		return r;
	r = netd_network_add(t, name, NULL, err);
	if (r < 0)
		return r;
	s.out = netd_topology_network(t, name);
	r = describe(&s, err);
	if (r < 0)
		return r;
	return netd_edit_keep(&edit, netd_topology_check(t, err));
}
