// SPDX-License-Identifier: GPL-2.0-or-later
/* Forwards: where they listen, whom they reach; machine names become addresses. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/suggest.h"
#include "check/check.h"

/*
 * What forwards belong to, a network or a router, and the networks whose machines they
 * may name: the network itself, or those that the router joins.
 */
struct scope {
	const struct netd_junction *junction; /* of a network */
	const struct netd_node *node;	      /* of a router */
	struct netd_network *network;	      /* NULL: of a router */
	const char *name;
	const struct netd_plugs *plugs;
	struct netd_forward *forwards;
	size_t count;
	bool partial;
	const struct netd_machine **machines; /* sorted by name */
	size_t machine_count;
};

static const char *scope_kind(const struct scope *s)
{
	if (s->node)
		return "router";
	return "network";
}

static int compare_machines(const void *a, const void *b)
{
	const struct netd_machine *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static int compare_name(const void *name, const void *machine)
{
	const struct netd_machine *const *m = machine;

	return strcmp(name, (*m)->name);
}

/* The @i-th network of the scope; NULL behind the last. */
static struct netd_network *scope_network(const struct scope *s, size_t i)
{
	if (!s->plugs) {
		if (i == 0)
			return s->network;
		return NULL;
	}
	for (size_t k = 0; k < s->plugs->count; k++)
		if (s->plugs->items[k]->junction && i-- == 0)
			return s->plugs->items[k]->junction->network;
	return NULL;
}

static int index_machines(struct scope *s)
{
	const struct netd_network *n;
	size_t count = 0;

	for (size_t i = 0; (n = scope_network(s, i)); i++)
		count += n->machine_count;
	s->machines = calloc(count + 1, sizeof(struct netd_machine *));
	if (!s->machines)
		return -ENOMEM;
	for (size_t i = 0; (n = scope_network(s, i)); i++)
		for (size_t k = 0; k < n->machine_count; k++)
			s->machines[s->machine_count++] = &n->machines[k];
	netd_array_sort(s->machines, count, sizeof(*s->machines), compare_machines);
	return 0;
}

/* In the scope's list, so that those of the same name are its neighbours. */
static const struct netd_machine **find_machine(const struct scope *s, const char *name)
{
	return bsearch(name, s->machines, s->machine_count, sizeof(*s->machines),
		       compare_name);
}

/* A machine of another network, or one of a name like it. */
static void unknown_machine(struct netd_topology *t, const struct scope *s,
			    const struct netd_forward *f, struct netd_error *err)
{
	struct netd_suggest suggest = {.word = f->machine};
	const char *lacks = "has no", *whose = "the network's",
		   *reason = "the forward belongs there";

	if (netd_problems_enough(err))
		return;
	if (s->node) {
		lacks = "joins no network with a";
		whose = "a network's";
		reason = "the router does not join it";
	}
	netd_topology_error(t, err, f->to_place, "%s \"%s\" %s machine \"%s\"",
			    scope_kind(s), s->name, lacks, f->machine);
	for (size_t i = 0; i < s->machine_count; i++)
		netd_suggest_try(&suggest, s->machines[i]->name);
	if (netd_suggest_hint(&suggest, err))
		return;
	netd_error_hint(err, "add it to %s \"machines\", or write its address", whose);
	for (size_t i = 0; i < t->network_count; i++)
		if (netd_network_machine(&t->networks[i], f->machine))
			netd_error_hint(err,
					"machine \"%s\" is one of network \"%s\": %s",
					f->machine, t->networks[i].name, reason);
}

/* Two networks of a router may have a machine of one name each. */
static void check_ambiguous(struct netd_topology *t, const struct scope *s,
			    const struct netd_machine **found,
			    const struct netd_forward *f, struct netd_error *err)
{
	const struct netd_machine **end = s->machines + s->machine_count - 1;

	if (!s->node || ((found == s->machines || strcmp(found[-1]->name, f->machine)) &&
			 (found == end || strcmp(found[1]->name, f->machine))))
		return;
	netd_topology_error(t, err, f->to_place,
			    "router \"%s\" joins two networks with a machine \"%s\"",
			    s->node->name, f->machine);
	netd_error_hint(err, "write the address that is meant");
}

/* Fills in the address of the machine that the forward names. */
static void resolve(struct netd_topology *t, const struct scope *s,
		    struct netd_forward *f, struct netd_error *err)
{
	const struct netd_machine **found = find_machine(s, f->machine), *m;

	memset(&f->to, 0, sizeof(f->to));
	if (!found) {
		if (!s->partial)
			unknown_machine(t, s, f, err);
		return;
	}
	m = *found;
	check_ambiguous(t, s, found, f, err);
	f->to = m->address6;
	if (f->listen.family == AF_INET)
		f->to = m->address4;
	if (f->to.family || m->partial)
		return;
	netd_topology_error(t, err, f->to_place, "machine \"%s\" has no %s address",
			    m->name, netd_check_family(&f->listen));
	netd_error_hint(err, "give it one: %s: {address: …}", m->name);
}

static void check_listen(struct netd_topology *t, const struct netd_forward *f,
			 struct netd_error *err)
{
	const char *problem = netd_check_host_address(&f->listen);
	char text[NETD_ADDR_TEXT];

	if (problem)
		netd_topology_error(t, err, f->place, "listen address %s %s",
				    netd_addr_format(&f->listen, text), problem);
	if (problem && netd_addr_is_loopback(&f->listen))
		netd_error_hint(err,
				"listen on one of the host's own addresses; the host "
				"itself reaches it there too");
}

/* A port range that counts upwards, and fits behind the port it is shifted to. */
static void check_ports(struct netd_topology *t, const struct netd_forward *f,
			struct netd_error *err)
{
	if (f->port_first > f->port_last || (f->port_last && !f->port_first)) {
		netd_topology_error(t, err, f->place,
				    "ports %u-%u are not a range from 1 to 65535",
				    f->port_first, f->port_last);
		return;
	}
	if (!f->port_first && f->protocols)
		netd_topology_error(t, err, f->place,
				    "a forward of a whole address has no protocol");
	else if (!f->port_first && f->to_port)
		netd_topology_error(t, err, f->place,
				    "a forward of a whole address has no port");
	if (f->port_first && !f->protocols)
		netd_topology_error(t, err, f->place,
				    "a forward of a port needs a protocol");
	if (f->port_first &&
	    (!f->to_port || f->to_port + f->port_last - f->port_first > 65535))
		netd_topology_error(t, err, f->to_place,
				    "the ports reached are not within 1 to 65535");
}

static const struct netd_prefix *scope_subnet(const struct scope *s,
					      const struct netd_addr *a)
{
	const struct netd_prefix *found = NULL;

	if (!s->plugs)
		return netd_junction_subnet(s->junction, a);
	for (size_t i = 0; i < s->plugs->count && !found; i++) {
		const struct netd_node_interface *f = s->plugs->items[i]->interface;

		found = netd_prefixes_find(f->addresses, f->address_count, a);
	}
	return found;
}

/* A router reaches what it has a route to, too; anything is behind a default route. */
static bool is_routed(const struct scope *s, const struct netd_addr *a)
{
	for (size_t i = 0; s->node && i < s->node->route_count; i++) {
		const struct netd_static_route *r = &s->node->routes[i];

		if (r->type == NETD_ROUTE_UNICAST && r->to.length &&
		    r->to.addr.family == a->family && netd_prefix_contains(&r->to, a))
			return true;
	}
	return false;
}

static void check_target(struct netd_topology *t, const struct scope *s,
			 const struct netd_forward *f, struct netd_error *err)
{
	static const char *const outside[] = {"is in no subnet of the network",
					      "is in no subnet of the router"};
	const struct netd_prefix *subnet;
	const char *problem = NULL;
	char text[NETD_ADDR_TEXT], who[NETD_MACHINE_NAME + 16] = "";

	if (f->to.family != f->listen.family) {
		netd_topology_error(t, err, f->to_place,
				    "an %s address cannot be forwarded to an %s address",
				    netd_check_family(&f->listen),
				    netd_check_family(&f->to));
		return;
	}
	subnet = scope_subnet(s, &f->to);
	if (subnet)
		problem = netd_check_subnet_address(subnet, &f->to);
	else if (!s->partial && !is_routed(s, &f->to))
		problem = outside[s->node != NULL];
	if (!problem)
		return;
	if (*f->machine)
		snprintf(who, sizeof(who), "machine \"%s\": ", f->machine);
	netd_topology_error(t, err, f->to_place, "%saddress %s %s", who,
			    netd_addr_format(&f->to, text), problem);
	if (!subnet && s->node)
		netd_error_hint(err, "a forward of a router reaches what its interfaces "
				     "and routes reach");
	else if (!subnet)
		netd_error_hint(err,
				"a forward reaches machines of its own network, \"%s\"",
				s->name);
}

/* True if `nat: {source, on}` adds the address to the router. */
static bool is_source(const struct netd_nat *nat, const struct netd_addr *a)
{
	const struct netd_addr_range *r = &nat->source6;

	if (a->family == AF_INET)
		r = &nat->source4;
	return *nat->on && r->first.family && netd_addr_compare(a, &r->first) >= 0 &&
	       netd_addr_compare(a, &r->last) <= 0;
}

/* An address that nobody can have, or that the router's way out has. */
static bool check_added(struct netd_topology *t, const struct scope *s,
			const struct netd_forward *f, struct netd_error *err)
{
	const struct netd_addr_range range = {f->listen, f->listen};
	char text[NETD_ADDR_TEXT];
	struct netd_addr at;

	netd_addr_format(&f->listen, text);
	for (size_t i = 0; i < s->plugs->count; i++) {
		const struct netd_node_interface *own = s->plugs->items[i]->interface;
		const char *problem = netd_check_range_edge(
			own->addresses, own->address_count, &range, &at);

		if (!problem)
			continue;
		netd_topology_error(t, err, f->place, "listen address %s %s", text,
				    problem);
		return false;
	}
	if (!netd_check_gateway(s->node, s->plugs, &range))
		return true;
	netd_topology_error(t, err, f->place,
			    "listen address %s is a gateway of router \"%s\"", text,
			    s->node->name);
	return false;
}

/* Where a router listens is its own business: nothing of the host's is there. */
static void check_router_listen(struct netd_topology *t, const struct scope *s,
				const struct netd_forward *f, struct netd_error *err)
{
	char text[NETD_ADDR_TEXT];

	if (!check_added(t, s, f, err))
		return;
	if (*f->on) {
		if (netd_check_interface(s->plugs, f->on) || s->partial)
			return;
		netd_topology_error(t, err, f->on_place,
				    "router \"%s\" has no interface \"%s\"",
				    s->node->name, f->on);
		netd_check_suggest_interface(s->plugs, f->on, err);
		return;
	}
	/* an address of no subnet may be routed to it, one of a subnet is asked for there
	 */
	if (s->partial || !scope_subnet(s, &f->listen) ||
	    netd_plugs_have(s->plugs, &f->listen) ||
	    is_source(&s->node->nat, &f->listen) || netd_check_host_address(&f->listen))
		return;
	netd_topology_error(t, err, f->place,
			    "listen address %s is no address of router \"%s\"",
			    netd_addr_format(&f->listen, text), s->node->name);
	netd_error_hint(err, "to add it to an interface, say \"on\": nobody would answer "
			     "for it there");
}

static void check_forward(struct netd_topology *t, const struct scope *s,
			  struct netd_forward *f, struct netd_error *err)
{
	check_listen(t, f, err);
	check_ports(t, f, err);
	if (*f->machine)
		resolve(t, s, f, err);
	else if (!f->to.family)
		netd_topology_error(t, err, f->to_place, "a forward to nowhere");
	if (f->to.family)
		check_target(t, s, f, err);
	if (s->node)
		check_router_listen(t, s, f, err);
	else if (*f->on && s->network && strcmp(f->on, s->network->bridge) == 0)
		netd_topology_error(t, err, f->on_place,
				    "\"on\" is the network's own bridge");
}

/* Forwards need a host that routes. */
static void check_mode(struct netd_topology *t, const struct netd_network *n,
		       struct netd_error *err)
{
	if (n->partial || (n->mode != NETD_MODE_ISOLATED && n->mode != NETD_MODE_BRIDGED))
		return;
	netd_topology_error(t, err, n->forwards[0].place,
			    "network \"%s\" has forwards, but its mode is %s", n->name,
			    netd_mode_name(n->mode));
	netd_error_hint(err, "say \"mode: nat\", \"routed\" or \"open\"");
}

static int check_scope(struct netd_topology *t, struct scope *s, struct netd_error *err)
{
	if (s->count == 0)
		return 0;
	if (index_machines(s))
		return -ENOMEM;
	if (s->network)
		check_mode(t, s->network, err);
	for (size_t i = 0; i < s->count; i++)
		check_forward(t, s, &s->forwards[i], err);
	free(s->machines);
	return 0;
}

static bool any_partial(const struct netd_node *n, const struct netd_plugs *plugs)
{
	for (size_t i = 0; i < plugs->count; i++)
		if (plugs->items[i]->interface->partial ||
		    (plugs->items[i]->junction &&
		     plugs->items[i]->junction->network->partial))
			return true;
	return n->partial;
}

int netd_check_forwards(struct netd_topology *t, const struct netd_wiring *w,
			struct netd_error *err)
{
	int r;

	for (size_t i = 0; i < t->network_count; i++) {
		struct netd_network *n = &t->networks[i];
		struct scope s = {.junction = &w->junctions[i],
				  .network = n,
				  .name = n->name,
				  .forwards = n->forwards,
				  .count = n->forward_count,
				  .partial = n->partial};

		r = check_scope(t, &s, err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < t->node_count; i++) {
		struct netd_node *n = &t->nodes[i];
		struct scope s = {.node = n,
				  .name = n->name,
				  .plugs = &w->nodes[i],
				  .forwards = n->forwards,
				  .count = n->forward_count,
				  .partial = any_partial(n, &w->nodes[i])};

		r = check_scope(t, &s, err);
		if (r < 0)
			return r;
	}
	return 0;
}
