// SPDX-License-Identifier: GPL-2.0-or-later
/* Routers, hosts and links of a topology file, out of a topology. */
#include <string.h>
#include <sys/socket.h>

#include "config/emit.h"

static void emit_settings(const struct netd_emitter *e,
			  const struct netd_node_interface *i)
{
	netd_emit_prefixes(e, "addresses", i->addresses, i->address_count);
	netd_emit_mac(e, i->has_mac, &i->mac);
	netd_emit_number(e, "mtu", i->mtu, i->mtu);
	netd_emit_dhcp(e, &i->dhcp);
	netd_emit_dns(e, &i->dns);
}

static void emit_interfaces(const struct netd_emitter *e, const struct netd_node *n)
{
	if (!n->interface_count)
		return;
	e->key(e->to, "interfaces");
	e->begin_mapping(e->to, false);
	for (size_t k = 0; k < n->interface_count; k++) {
		const struct netd_node_interface *i = &n->interfaces[k];

		e->key(e->to, i->name);
		e->begin_mapping(e->to, true);
		if (strcmp(i->network, i->name) != 0)
			netd_emit_string(e, "network", i->network);
		emit_settings(e, i);
		e->end_mapping(e->to);
	}
	e->end_mapping(e->to);
}

/* The only interface of a host, among the host's own keys. */
static void emit_only_interface(const struct netd_emitter *e,
				const struct netd_node_interface *i)
{
	netd_emit_string(e, "network", i->network);
	if (strcmp(i->name, "eth0") != 0)
		netd_emit_string(e, "interface", i->name);
	emit_settings(e, i);
}

static void emit_destination(const struct netd_emitter *e,
			     const struct netd_static_route *r)
{
	/* "default" is IPv4's unless the gateway or the source says otherwise */
	bool clear = r->to.addr.family == AF_INET || r->via.family || r->source.family;
	char text[NETD_PREFIX_TEXT];

	netd_emit_string(e, "to",
			 r->to.length == 0 && clear ? "default"
						    : netd_prefix_format(&r->to, text));
}

static void emit_route(const struct netd_emitter *e, const struct netd_static_route *r)
{
	char text[NETD_ADDR_TEXT];

	e->begin_mapping(e->to, true);
	emit_destination(e, r);
	if (r->via.family)
		netd_emit_string(e, "via", netd_addr_format(&r->via, text));
	netd_emit_string(e, "dev", r->interface);
	netd_emit_number(e, "metric", r->metric, r->metric);
	if (r->source.family)
		netd_emit_string(e, "source", netd_addr_format(&r->source, text));
	netd_emit_truth(e, "onlink", r->onlink);
	if (r->type != NETD_ROUTE_UNICAST)
		netd_emit_string(e, "type", netd_route_type_name(r->type));
	e->end_mapping(e->to);
}

void netd_emit_routes(const struct netd_emitter *e, const struct netd_static_route *list,
		      size_t count)
{
	if (!count)
		return;
	e->key(e->to, "routes");
	e->begin_list(e->to, false);
	for (size_t i = 0; i < count; i++)
		emit_route(e, &list[i]);
	e->end_list(e->to);
}

static void emit_allows(const struct netd_emitter *e, const struct netd_node *n)
{
	if (!n->allow_count)
		return;
	e->key(e->to, "allow");
	e->begin_list(e->to, false);
	for (size_t i = 0; i < n->allow_count; i++) {
		e->begin_mapping(e->to, true);
		netd_emit_string(e, "from", n->allows[i].from);
		netd_emit_string(e, "to", n->allows[i].to);
		e->end_mapping(e->to);
	}
	e->end_list(e->to);
}

static void emit_node(const struct netd_emitter *e, const struct netd_node *n)
{
	e->key(e->to, n->name);
	e->begin_mapping(e->to, false);
	if (n->kind == NETD_NODE_HOST && n->interface_count == 1)
		emit_only_interface(e, &n->interfaces[0]);
	else
		emit_interfaces(e, n);
	netd_emit_routes(e, n->routes, n->route_count);
	netd_emit_nat(e, &n->nat);
	netd_emit_forwards(e, n->forwards, n->forward_count);
	netd_emit_truth(e, "isolate", n->isolate);
	emit_allows(e, n);
	netd_emit_listed(e, "dns", n->servers, n->server_count);
	netd_emit_string(e, "search", n->search);
	e->end_mapping(e->to);
}

static void emit_kind(const struct netd_emitter *e, const struct netd_topology *t,
		      enum netd_node_kind kind, const char *key)
{
	bool any = false;

	for (size_t i = 0; i < t->node_count; i++) {
		if (t->nodes[i].kind != kind)
			continue;
		if (!any) {
			e->key(e->to, key);
			e->begin_mapping(e->to, false);
		}
		any = true;
		emit_node(e, &t->nodes[i]);
	}
	if (any)
		e->end_mapping(e->to);
}

void netd_emit_nodes(const struct netd_emitter *e, const struct netd_topology *t)
{
	emit_kind(e, t, NETD_NODE_ROUTER, "routers");
	emit_kind(e, t, NETD_NODE_HOST, "hosts");
}

static void emit_end(const struct netd_emitter *e, const struct netd_cable *c,
		     const struct netd_cable_end *end)
{
	e->key(e->to, end->node);
	e->begin_mapping(e->to, true);
	if (strcmp(end->interface.name, c->name) != 0)
		netd_emit_string(e, "interface", end->interface.name);
	emit_settings(e, &end->interface);
	e->end_mapping(e->to);
}

void netd_emit_cables(const struct netd_emitter *e, const struct netd_topology *t)
{
	if (!t->cable_count)
		return;
	e->key(e->to, "links");
	e->begin_mapping(e->to, false);
	for (size_t i = 0; i < t->cable_count; i++) {
		const struct netd_cable *c = &t->cables[i];

		e->key(e->to, c->name);
		e->begin_mapping(e->to, false);
		netd_emit_number(e, "mtu", c->mtu, c->mtu);
		e->key(e->to, "ends");
		e->begin_mapping(e->to, false);
		for (unsigned k = 0; k < c->end_count; k++)
			emit_end(e, c, &c->ends[k]);
		e->end_mapping(e->to);
		e->end_mapping(e->to);
	}
	e->end_mapping(e->to);
}
