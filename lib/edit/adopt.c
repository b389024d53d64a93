// SPDX-License-Identifier: GPL-2.0-or-later
/* An existing bridge, as the network of a topology. */
#include <errno.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "host/context.h"
#include "observe/observe.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "netd.h"

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
	struct netd_str *out;
};

static bool is_nic(const struct netd_link *link)
{
	return link->kind == NETD_LINK_OTHER && !link->kind_name[0] && !link->loopback &&
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
	return port->kind != NETD_LINK_TAP || port->tap.persistent;
}

static void add_ports(const struct source *s, const struct netd_link *uplink)
{
	const char *comma = "";

	netd_str_add(s->out, ", ports: {");
	for (size_t i = 0; i < s->state->link_count; i++) {
		const struct netd_link *link = &s->state->links[i];

		if (strcmp(link->master, s->bridge->name) != 0 || link == uplink ||
		    !stays(link) || netd_link_is_ours(link) ||
		    netd_ifname_problem(link->name))
			continue;
		netd_str_addf(s->out, "%s\"%s\": {}", comma, link->name);
		comma = ", ";
	}
	netd_str_add(s->out, "}");
}

static void add_addresses(const struct source *s)
{
	const char *comma = "";
	char text[NETD_PREFIX_TEXT];

	netd_str_add(s->out, ", addresses: [");
	for (size_t i = 0; i < s->state->addr_count; i++) {
		const struct netd_ifaddr *a = &s->state->addrs[i];

		if (strcmp(a->link, s->bridge->name) != 0 || a->dynamic ||
		    a->protocol == NETD_PROTOCOL ||
		    netd_addr_is_link_local(&a->prefix.addr))
			continue;
		netd_str_addf(s->out, "%s\"%s\"", comma,
			      netd_prefix_format(&a->prefix, text));
		comma = ", ";
	}
	netd_str_add(s->out, "]");
}

/* What an admin, or a script of theirs, made. */
static bool is_static(const struct netd_route *r)
{
	return r->protocol == RTPROT_BOOT || r->protocol == RTPROT_STATIC;
}

static void add_route(const struct source *s, const struct netd_route *r)
{
	char prefix[NETD_PREFIX_TEXT], addr[NETD_ADDR_TEXT];

	netd_str_addf(s->out, "{to: \"%s\"", netd_prefix_format(&r->to, prefix));
	if (r->via.family)
		netd_str_addf(s->out, ", via: \"%s\"", netd_addr_format(&r->via, addr));
	if (r->source.family)
		netd_str_addf(s->out, ", source: \"%s\"",
			      netd_addr_format(&r->source, addr));
	if (r->metric)
		netd_str_addf(s->out, ", metric: %u", r->metric);
	netd_str_add(s->out, r->onlink ? ", onlink: true}" : "}");
}

static void add_routes(const struct source *s)
{
	const char *comma = "";

	netd_str_add(s->out, ", routes: [");
	for (size_t i = 0; i < s->state->route_count; i++) {
		const struct netd_route *r = &s->state->routes[i];

		if (strcmp(r->link, s->bridge->name) != 0 || r->table || !is_static(r) ||
		    r->type != NETD_ROUTE_UNICAST)
			continue;
		netd_str_add(s->out, comma);
		add_route(s, r);
		comma = ", ";
	}
	netd_str_add(s->out, "]");
}

static void describe(const struct source *s)
{
	const struct netd_link *uplink = find_uplink(s);

	netd_str_addf(s->out, "{mode: bridged, existing: true, bridge: \"%s\"",
		      s->bridge->name);
	if (uplink)
		netd_str_addf(s->out, ", uplink: \"%s\"", uplink->name);
	add_addresses(s);
	add_routes(s);
	add_ports(s, uplink);
	netd_str_add(s->out, "}");
}

static int refuse(const struct netd_link *bridge, const char *name,
		  struct netd_error *err)
{
	const char *owner;

	if (!bridge || bridge->kind != NETD_LINK_BRIDGE) {
		netd_error_add(err, -ENOENT,
			       bridge ? "%s is no bridge" : "there is no bridge %s",
			       name);
		netd_error_hint(err, "`ip link show type bridge` shows those there are");
		return -ENOENT;
	}
	if (!netd_link_is_ours(bridge))
		return 0;
	owner = netd_link_owner(bridge);
	netd_error_add(err, -EEXIST, "bridge %s is netd's own%s%s", name,
		       owner ? ", of " : "", owner ? owner : "");
	netd_error_hint(err, "there is nothing to adopt");
	return -EEXIST;
}

int netd_network_adopt(struct netd *netd, struct netd_topology *t, const char *name,
		       const char *bridge, struct netd_error *err)
{
	netd_auto(netd_state_done) struct netd_state state = {0};
	netd_auto(netd_str_done) struct netd_str settings = {0};
	struct source s = {.state = &state, .out = &settings};
	int r = netd_context_open(netd, false, err);

	if (r == 0)
		r = netd_observe(netd, NETD_PART_ROUTES, NULL, &state, err);
	if (r < 0)
		return r;
	s.bridge = netd_state_link(&state, bridge);
	r = refuse(s.bridge, bridge, err);
	if (r < 0)
		return r;
	describe(&s);
	return netd_str_error(&settings)
		       ? netd_error_add(err, -ENOMEM, "out of memory")
		       : netd_network_add(t, name, netd_str_text(&settings), err);
}
