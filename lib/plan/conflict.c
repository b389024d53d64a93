// SPDX-License-Identifier: GPL-2.0-or-later
/* What on this host stands in a topology's way; found before anything is touched. */
#include "plan/conflict.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "model/check.h"

/* What each check needs; a check adds its problems and returns nothing. */
struct check {
	const struct netd_topology *t;
	const struct netd_state *observed;
	const struct netd_state *desired;
	struct netd_error *err;
};

static const char *kind_of(const struct netd_link *link)
{
	if (link->kind == NETD_LINK_TAP)
		return "tap";
	return link->kind_name[0] ? link->kind_name : "physical interface";
}

static bool is_of(const struct netd_link *have, const struct netd_topology *t)
{
	const char *owner = netd_link_owner(have);

	/* Ours without an alias: a netd was killed between the two messages. */
	return netd_link_is_ours(have) && (!owner || netd_owner_is(owner, t->name));
}

/* A name of ours that something else bears already. */
static void check_taken(const struct check *c, const struct netd_link *want,
			const struct netd_link *have)
{
	const char *what = want->kind == NETD_LINK_BRIDGE ? "bridge"
			   : want->kind == NETD_LINK_TAP  ? "tap"
							  : "veth";

	if (is_of(have, c->t) && have->kind == want->kind)
		return;
	if (netd_link_is_ours(have) && netd_link_owner(have)) {
		netd_topology_error(c->t, c->err, want->place,
				    "%s %s: the name belongs to %s", what, want->name,
				    netd_link_owner(have));
		netd_error_hint(c->err,
				"destroy that one first, or choose another name%s",
				want->kind == NETD_LINK_BRIDGE ? " with `bridge:`" : "");
		return;
	}
	netd_topology_error(c->t, c->err, want->place,
			    "%s %s: the name is taken by a %s that netd did not make",
			    what, want->name, kind_of(have));
	netd_error_hint(c->err, "remove that %s, or choose another name%s", kind_of(have),
			want->kind == NETD_LINK_BRIDGE ? " with `bridge:`" : "");
}

static bool has_addresses(const struct netd_state *s, const char *link)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (strcmp(s->addrs[i].link, link) == 0 &&
		    !netd_addr_is_link_local(&s->addrs[i].prefix.addr))
			return true;
	return false;
}

/* Why @have cannot be made a port of @bridge; NULL if it can. */
static const char *port_problem(const struct check *c, const struct netd_link *have,
				const char *bridge)
{
	if (have->loopback)
		return "a loopback interface cannot be a port";
	if (have->kind == NETD_LINK_BRIDGE)
		return "a bridge cannot be a port of a bridge";
	if (have->master[0] && strcmp(have->master, bridge) != 0)
		return "it is a port of another bridge already";
	if (has_addresses(c->observed, have->name))
		return "it has addresses, which would stop working";
	return NULL;
}

static void check_foreign_port(const struct check *c, const struct netd_link *want,
			       const struct netd_link *have)
{
	const char *problem;

	if (!have) {
		netd_topology_error(c->t, c->err, want->place,
				    "port %s: there is no such interface", want->name);
		netd_error_hint(c->err,
				"to make one, give it `type: tap` or `type: veth`");
		return;
	}
	problem = port_problem(c, have, want->master);
	if (problem)
		netd_topology_error(c->t, c->err, want->place, "port %s: %s", want->name,
				    problem);
}

static void check_links(const struct check *c)
{
	for (size_t i = 0; i < c->desired->link_count; i++) {
		const struct netd_link *want = &c->desired->links[i];
		const struct netd_link *have = netd_state_link(c->observed, want->name);

		if (want->foreign)
			check_foreign_port(c, want, have);
		else if (have)
			check_taken(c, want, have);
	}
}

/* True if @link will be there: it is now, or it is one of ours to come. */
static bool will_exist(const struct check *c, const char *link)
{
	return netd_state_link(c->observed, link) || netd_state_link(c->desired, link);
}

static void check_interface(const struct check *c, const char *name, const char *key,
			    struct netd_place place)
{
	if (!name[0] || will_exist(c, name))
		return;
	netd_topology_error(c->t, c->err, place,
			    "%s: there is no interface %s on this host", key, name);
}

static void check_interfaces(const struct check *c)
{
	for (size_t i = 0; i < c->t->network_count; i++) {
		const struct netd_network *n = &c->t->networks[i];

		check_interface(c, n->nat.out, "nat.out", n->nat.out_place);
		check_interface(c, n->nat.on, "nat.on", n->nat.on_place);
		for (size_t j = 0; j < n->forward_count; j++)
			check_interface(c, n->forwards[j].on, "forward.on",
					n->forwards[j].on_place);
	}
}

static bool is_our_bridge(const struct check *c, const char *link)
{
	const struct netd_link *have = netd_state_link(c->observed, link);

	return have && is_of(have, c->t);
}

/* An address that another interface has already. */
static void check_address_free(const struct check *c, const struct netd_ifaddr *want)
{
	for (size_t i = 0; i < c->observed->addr_count; i++) {
		const struct netd_ifaddr *have = &c->observed->addrs[i];
		char text[NETD_ADDR_TEXT];

		/* moving it from one bridge of ours to another is no conflict */
		if (!netd_addr_equal(&have->prefix.addr, &want->prefix.addr) ||
		    strcmp(have->link, want->link) == 0 || is_our_bridge(c, have->link))
			continue;
		netd_topology_error(
			c->t, c->err, want->place, "address %s is already on %s",
			netd_addr_format(&want->prefix.addr, text), have->link);
	}
}

static bool overlap_error(const struct check *c, const struct netd_ifaddr *want,
			  const struct netd_prefix *other, const char *what,
			  const char *link)
{
	struct netd_prefix mine = netd_prefix_network(&want->prefix);
	char a[NETD_PREFIX_TEXT], b[NETD_PREFIX_TEXT];

	if (!netd_prefix_overlaps(&mine, other) || is_our_bridge(c, link))
		return false;
	netd_topology_error(c->t, c->err, want->place,
			    "subnet %s overlaps the %s %s on %s",
			    netd_prefix_format(&mine, a), what,
			    netd_prefix_format(other, b), link[0] ? link : "this host");
	netd_error_hint(c->err, "choose a subnet that this host does not use yet");
	return true;
}

/* The subnet of a bridge against everything that the host reaches otherwise. */
static void check_subnet_free(const struct check *c, const struct netd_ifaddr *want)
{
	const struct netd_state *o = c->observed;

	for (size_t i = 0; i < o->addr_count; i++) {
		if (netd_addr_equal(&o->addrs[i].prefix.addr, &want->prefix.addr))
			continue; /* check_address_free has said so */
		if (overlap_error(c, want, &o->addrs[i].prefix, "address",
				  o->addrs[i].link))
			return;
	}
	for (size_t i = 0; i < o->route_count; i++) {
		const struct netd_route *r = &o->routes[i];

		if (r->to.length && !netd_addr_is_link_local(&r->to.addr) &&
		    overlap_error(c, want, &r->to, "route", r->link))
			return;
	}
}

static void check_addresses(const struct check *c)
{
	for (size_t i = 0; i < c->desired->addr_count; i++) {
		const struct netd_ifaddr *want = &c->desired->addrs[i];
		const struct netd_link *link = netd_state_link(c->desired, want->link);

		check_address_free(c, want);
		if (link && !link->foreign)
			check_subnet_free(c, want);
	}
}

int netd_conflict_check(const struct netd_topology *t, const struct netd_facts *facts,
			const struct netd_state *desired, struct netd_error *err)
{
	struct netd_error mine = {0};
	const struct check c = {t, facts->observed, desired, &mine};
	int r;

	check_links(&c);
	check_interfaces(&c);
	check_addresses(&c);
	netd_problems_finish(&mine);
	r = netd_error_code(&mine);
	netd_error_move(err, &mine);
	return r;
}
