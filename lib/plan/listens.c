// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether what forwards of the host listen on is an address for that. */
#include "plan/listens.h"

#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "ruleset/compile.h"
#include "rtnl/listener.h"
#include "check/check.h"

/*
 * Theory of operation.  What comes in goes to the forward before the host itself sees it,
 * so a forward can take from the host what people reach it by.  That may be meant, so it
 * is said, not refused, and only once: of forwards that are there already nothing is
 * said.
 */
struct check {
	const struct netd_topology *t;
	const struct netd_state *have;
	const struct netd_desired *want;
	const struct netd_listener *own;
	size_t own_count;
	struct netd_error *notes, *err;
};

static bool is_there(const struct netd_state *have, const struct netd_forward *f)
{
	struct netd_element key = {0};
	uint8_t protocol = 0;

	netd_protocol_for_each(p, f->protocols) protocol = netd_protocol_number(p);
	netd_element_forward_key(&key, &f->listen, protocol, f->port_first);
	for (size_t i = 0; i < have->ruleset.element_count; i++)
		if (netd_element_compare(&have->ruleset.elements[i], &key) == 0)
			return true;
	return false;
}

/* A subnet whose own address, or broadcast address, is in the range: *@at. */
static const struct netd_ifaddr *find_edge(const struct netd_objects *s,
					   const struct netd_addr_range *range,
					   struct netd_addr *at)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (netd_check_range_edge(&s->addrs[i].prefix, 1, range, at))
			return &s->addrs[i];
	return NULL;
}

/* @f NULL: a source of NAT. */
static bool is_edge(const struct check *c, const struct netd_addr_range *range,
		    const struct netd_forward *f, struct netd_place place)
{
	char text[NETD_ADDR_TEXT], subnet[NETD_PREFIX_TEXT];
	struct netd_addr at;
	const struct netd_ifaddr *of = find_edge(&c->have->objects, range, &at);

	if (!of)
		of = find_edge(&c->want->objects, range, &at);
	if (!of || (f && is_there(c->have, f)))
		return false;
	netd_topology_error(c->t, c->err, place, "%s %s %s (%s on %s)",
			    f ? "listen address" : "NAT source",
			    netd_addr_format(&at, text),
			    netd_check_subnet_address(&of->prefix, &at),
			    netd_prefix_format(&of->prefix, subnet), of->link);
	return true;
}

/* A gateway of the host's that would be added to an interface of the host. */
static bool is_gateway(const struct check *c, const struct netd_addr_range *range,
		       const char *what, struct netd_place place)
{
	for (size_t i = 0; i < c->have->route_count; i++) {
		const struct netd_route *r = &c->have->routes[i];
		char text[NETD_ADDR_TEXT];

		if (r->via.family != range->first.family ||
		    netd_addr_compare(&r->via, &range->first) < 0 ||
		    netd_addr_compare(&r->via, &range->last) > 0)
			continue;
		netd_topology_error(c->t, c->err, place,
				    "%s %s is a gateway of this host, by %s", what,
				    netd_addr_format(&r->via, text), r->link);
		return true;
	}
	return false;
}

static const struct netd_ifaddr *find(const struct netd_objects *s,
				      const struct netd_addr *a)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (netd_addr_equal(&s->addrs[i].prefix.addr, a))
			return &s->addrs[i];
	return NULL;
}

/* The interface has no other of that family that is not ours. */
static bool is_only(const struct netd_state *s, const struct netd_ifaddr *own)
{
	for (size_t i = 0; i < s->addr_count; i++) {
		const struct netd_ifaddr *a = &s->addrs[i];

		if (a != own && strcmp(a->link, own->link) == 0 &&
		    a->prefix.addr.family == own->prefix.addr.family &&
		    a->protocol != NETD_PROTOCOL &&
		    !netd_addr_is_link_local(&a->prefix.addr))
			return false;
	}
	return true;
}

static const char trial[] = "if that is not meant, give the machine an address of its "
			    "own (`on:`), or forward other ports; if it is, try it with "
			    "--confirm 60s, and confirm it over a new connection";

static void note_whole(const struct check *c, const struct netd_forward *f,
		       const struct netd_ifaddr *own)
{
	char text[NETD_ADDR_TEXT];

	if (f->protocols || own->protocol == NETD_PROTOCOL || !is_only(c->have, own) ||
	    is_there(c->have, f))
		return;
	netd_error_add(c->notes, 0,
		       "all that arrives at %s will go to the forward: it is the only %s "
		       "address of %s, so nobody reaches the host itself there any more "
		       "(SSH, …); connections that are there go on",
		       netd_addr_format(&f->listen, text), netd_check_family(&f->listen),
		       own->link);
	netd_error_hint(c->notes, "%s", trial);
}

static void note_port(const struct check *c, const struct netd_forward *f)
{
	const struct netd_listener *l =
		netd_listener_find(c->own, c->own_count, f->protocols, &f->listen,
				   f->port_first, f->port_last);
	char text[NETD_ADDR_TEXT];

	if (!l || is_there(c->have, f))
		return;
	netd_error_add(c->notes, 0,
		       "%s port %u of %s will go to the forward: the host itself serves "
		       "it now, and nobody will reach that there any more",
		       netd_protocol_name(l->protocol), l->port,
		       netd_addr_format(&f->listen, text));
	netd_error_hint(c->notes, "%s", trial);
}

static void note_nobody(const struct check *c, const struct netd_forward *f)
{
	char text[NETD_ADDR_TEXT];

	if (is_there(c->have, f))
		return;
	netd_error_add(c->notes, 0,
		       "no interface has the address %s that a forward listens on: "
		       "nothing arrives there, unless it is added later or routed to "
		       "this host",
		       netd_addr_format(&f->listen, text));
	netd_error_hint(c->notes, "`on: IFACE` in the forward adds it");
}

/* Forwards of one address stand together; what concerns the address is said once. */
static void check_forward(const struct check *c, const struct netd_forward *f, bool first)
{
	const struct netd_addr_range at = {f->listen, f->listen};
	const struct netd_ifaddr *own = find(&c->have->objects, &f->listen);

	if (first && (is_edge(c, &at, f, f->place) ||
		      (*f->on && is_gateway(c, &at, "listen address", f->place))))
		return;
	if (own)
		note_whole(c, f, own);
	if (own && f->protocols)
		note_port(c, f);
	if (first && !own && !*f->on && !find(&c->want->objects, &f->listen))
		note_nobody(c, f);
}

static void check_network(const struct check *c, const struct netd_network *n)
{
	for (size_t i = 0; i < n->forward_count; i++)
		check_forward(c, &n->forwards[i],
			      i == 0 || !netd_addr_equal(&n->forwards[i - 1].listen,
							 &n->forwards[i].listen));
	if (n->nat.source4.first.family)
		is_edge(c, &n->nat.source4, NULL, n->nat.source4_place);
	if (*n->nat.on && n->nat.source4.first.family)
		is_gateway(c, &n->nat.source4, "NAT source", n->nat.source4_place);
	if (*n->nat.on && n->nat.source6.first.family)
		is_gateway(c, &n->nat.source6, "NAT source", n->nat.source6_place);
}

int netd_listens_check(const struct netd_topology *t, const struct netd_facts *facts,
		       const struct netd_desired *desired,
		       const struct netd_listener *own, size_t count,
		       struct netd_error *notes, struct netd_error *err)
{
	struct netd_error found = {0}; /* apart from what the caller has already */
	const struct check c = {t, facts->observed, desired, own, count, notes, &found};
	int r;

	for (size_t i = 0; i < t->network_count; i++)
		check_network(&c, &t->networks[i]);
	r = netd_error_code(&found);
	netd_error_move(err, &found);
	return r;
}

bool netd_listens_any(const struct netd_topology *t)
{
	for (size_t i = 0; i < t->network_count; i++)
		if (t->networks[i].forward_count)
			return true;
	return false;
}

const struct netd_forward *netd_listens_take(const struct netd_topology *t,
					     const struct netd_addr *a)
{
	for (size_t i = 0; i < t->network_count; i++)
		for (size_t k = 0; k < t->networks[i].forward_count; k++) {
			const struct netd_forward *f = &t->networks[i].forwards[k];

			if (!f->protocols && netd_addr_equal(&f->listen, a))
				return f;
		}
	return NULL;
}
