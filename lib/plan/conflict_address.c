// SPDX-License-Identifier: GPL-2.0-or-later
/* What on this host stands in the way of a topology's addresses and their subnets. */
#include "plan/conflict_address.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "kind/kind.h"

/*
 * Theory of operation.  A subnet is compared with the main table: what another table has
 * is for the packets that somebody's rules choose.  A route that refuses (blackhole and
 * its like) is as much of a conflict as one that leads somewhere.
 *
 * A conflict is refused in what is new.  What runs is not refused an edit, and what is
 * started from a definition is not refused a start, at boot above all, because somebody
 * has taken its subnet since: they get a note.  `overlaps: true` says that it is meant.
 */

bool netd_conflict_is_of(const struct netd_link *have, const struct netd_topology *t)
{
	const char *owner = netd_link_owner(have);

	/* Ours without an alias: a netd was killed between the two messages. */
	return netd_link_is_ours(have) && (!owner || netd_owner_is(owner, t->name));
}

static bool is_our_bridge(const struct netd_conflict *c, const char *link)
{
	const struct netd_link *have = netd_state_link(c->observed, link);

	return have && netd_conflict_is_of(have, c->t);
}

bool netd_conflict_by_route(const struct netd_route *r, const struct netd_prefix *subnet)
{
	if (r->to.addr.family != subnet->addr.family ||
	    netd_addr_is_link_local(&r->to.addr))
		return false;
	if (r->via.family == subnet->addr.family && netd_prefix_contains(subnet, &r->via))
		return true;
	return r->to.length && r->to.length >= subnet->length &&
	       netd_prefix_overlaps(&r->to, subnet);
}

bool netd_conflict_by_address(const struct netd_ifaddr *a,
			      const struct netd_prefix *subnet)
{
	return a->prefix.addr.family == subnet->addr.family &&
	       netd_prefix_contains(subnet, &a->prefix.addr);
}

/* The subnet of a NIC is that of the bridge which it joins. */
static bool is_uplink_of(const struct netd_conflict *c, const char *bridge,
			 const char *link)
{
	const struct netd_desired_link *want = netd_desired_link(c->desired, bridge);

	return want && want->uplink[0] && strcmp(want->uplink, link) == 0;
}

/* An address that came to a bridge with its uplink, and is not ours to move. */
static bool is_moved(const struct netd_conflict *c, const struct netd_ifaddr *want,
		     const struct netd_ifaddr *have)
{
	const struct netd_desired_link *bridge =
		netd_desired_link(c->desired, have->link);

	return bridge && bridge->uplink[0] && have->protocol != NETD_PROTOCOL &&
	       strcmp(have->link, want->link) != 0;
}

static const struct netd_network *network_of(const struct netd_conflict *c,
					     const struct netd_ifaddr *want)
{
	const char *slash = strchr(want->owner, '/');

	for (size_t i = 0; slash && i < c->t->network_count; i++)
		if (strcmp(c->t->networks[i].name, slash + 1) == 0)
			return &c->t->networks[i];
	return NULL;
}

/* True if it is there already, or is started as it was once defined. */
static bool is_accepted(const struct netd_conflict *c, const struct netd_ifaddr *want)
{
	const struct netd_network *n = network_of(c, want);

	for (size_t i = 0; i < c->observed->addr_count; i++) {
		const struct netd_ifaddr *have = &c->observed->addrs[i];

		if (netd_prefix_compare(&have->prefix, &want->prefix) == 0 &&
		    (is_our_bridge(c, have->link) || strcmp(have->link, want->link) == 0))
			return true;
	}
	return n && n->defined;
}

/* A problem, or a note if it is accepted all the same. */
static void say(const struct netd_conflict *c, const struct netd_ifaddr *want,
		const char *text, const char *hint)
{
	const struct netd_network *n = network_of(c, want);

	if (!is_accepted(c, want)) {
		netd_topology_error(c->t, c->err, want->place, "%s", text);
		if (hint)
			netd_error_hint(c->err, "%s", hint);
		return;
	}
	netd_error_add(c->notes, 0, "network %s: %s", n ? n->name : want->owner, text);
	netd_error_hint(c->notes, "it runs all the same; where both reach, the longer "
				  "prefix wins");
}

/* An address that another interface has already. */
static void check_address_free(const struct netd_conflict *c,
			       const struct netd_ifaddr *want)
{
	for (size_t i = 0; i < c->observed->addr_count; i++) {
		const struct netd_ifaddr *have = &c->observed->addrs[i];
		char address[NETD_ADDR_TEXT], text[160];

		/* moving it from one bridge of ours to another is no conflict */
		if (!netd_addr_equal(&have->prefix.addr, &want->prefix.addr) ||
		    strcmp(have->link, want->link) == 0 ||
		    (is_our_bridge(c, have->link) && !is_moved(c, want, have)))
			continue;
		snprintf(text, sizeof(text), "address %s is already on %s",
			 netd_addr_format(&want->prefix.addr, address), have->link);
		say(c, want, text, NULL);
	}
}

static void say_overlap(const struct netd_conflict *c, const struct netd_ifaddr *want,
			const char *other)
{
	struct netd_prefix mine = netd_prefix_network(&want->prefix);
	char subnet[NETD_PREFIX_TEXT], text[256];

	snprintf(text, sizeof(text), "subnet %s overlaps %s",
		 netd_prefix_format(&mine, subnet), other);
	say(c, want, text,
	    "choose a subnet that this host does not use yet, or, if it is meant, give "
	    "the network `overlaps: true`");
}

/* An existing bridge has that address with another subnet. */
static bool differs(const struct netd_conflict *c, const struct netd_ifaddr *want,
		    const struct netd_ifaddr *have)
{
	char a[NETD_PREFIX_TEXT], b[NETD_PREFIX_TEXT];

	if (strcmp(have->link, want->link) != 0 ||
	    have->prefix.length == want->prefix.length)
		return false;
	netd_topology_error(c->t, c->err, want->place, "bridge %s has %s, not %s",
			    want->link, netd_prefix_format(&have->prefix, a),
			    netd_prefix_format(&want->prefix, b));
	return true;
}

/* What is on bridges of ours is sorted out elsewhere; so is what the bridge itself has,
 * and what the NIC has that will join it. */
static bool is_settled(const struct netd_conflict *c, const struct netd_ifaddr *want,
		       const char *link)
{
	return is_our_bridge(c, link) || strcmp(link, want->link) == 0 ||
	       is_uplink_of(c, want->link, link);
}

static bool is_beside(const struct netd_conflict *c, const struct netd_ifaddr *want,
		      const struct netd_ifaddr *have)
{
	return !is_settled(c, want, have->link) || is_moved(c, want, have);
}

/* A part of another topology's network: there it would be refused, too. */
static bool is_in_anothers(const struct netd_conflict *c, const struct netd_ifaddr *want,
			   const struct netd_ifaddr *have)
{
	const struct netd_link *link = netd_state_link(c->observed, have->link);

	return link && netd_link_is_ours(link) && have->protocol == NETD_PROTOCOL &&
	       !netd_addr_is_link_local(&have->prefix.addr) &&
	       netd_prefix_overlaps(&have->prefix, &want->prefix);
}

/* True if there is something to say, and it was said, of an address that is there. */
static bool check_beside_address(const struct netd_conflict *c,
				 const struct netd_ifaddr *want,
				 const struct netd_ifaddr *have)
{
	char prefix[NETD_PREFIX_TEXT], text[128];

	if (netd_addr_equal(&have->prefix.addr, &want->prefix.addr))
		/* else check_address_free has said so */
		return netd_desired_link(c->desired, want->link)->foreign &&
		       differs(c, want, have);
	if (!is_beside(c, want, have) ||
	    !(netd_conflict_by_address(have, &want->prefix) ||
	      is_in_anothers(c, want, have)))
		return false;
	snprintf(text, sizeof(text), "the address %s on %s",
		 netd_prefix_format(&have->prefix, prefix), have->link);
	say_overlap(c, want, text);
	return true;
}

static bool check_beside_route(const struct netd_conflict *c,
			       const struct netd_ifaddr *want,
			       const struct netd_route *have)
{
	char to[NETD_PREFIX_TEXT], via[NETD_ADDR_TEXT], text[192];
	const char *on = "this host";

	if (have->link[0])
		on = have->link;
	if (!netd_conflict_by_route(have, &want->prefix) ||
	    is_settled(c, want, have->link))
		return false;
	netd_prefix_format(&have->to, to);
	if (netd_prefix_overlaps(&have->to, &want->prefix) && have->to.length)
		snprintf(text, sizeof(text), "the route %s on %s", to, on);
	else
		snprintf(text, sizeof(text), "the gateway %s of the route %s on %s",
			 netd_addr_format(&have->via, via),
			 have->to.length ? to : "default", on);
	say_overlap(c, want, text);
	return true;
}

/* Part of a LAN of the host's: that works, but not for the machines that are there. */
static void note_part(const struct netd_conflict *c, const struct netd_ifaddr *want)
{
	struct netd_prefix mine = netd_prefix_network(&want->prefix);
	char a[NETD_PREFIX_TEXT], b[NETD_PREFIX_TEXT];

	for (size_t i = 0; i < c->observed->addr_count; i++) {
		const struct netd_ifaddr *have = &c->observed->addrs[i];

		if (have->prefix.addr.family != mine.addr.family ||
		    !netd_prefix_overlaps(&have->prefix, &mine) ||
		    netd_addr_equal(&have->prefix.addr, &want->prefix.addr) ||
		    !is_beside(c, want, have))
			continue;
		netd_error_add(c->notes, 0,
			       "subnet %s is a part of %s on %s: what has an address of "
			       "it there is out of this host's reach",
			       netd_prefix_format(&mine, a),
			       netd_prefix_format(&have->prefix, b), have->link);
		return;
	}
}

/* The subnet of a bridge against everything that the host reaches otherwise. */
static void check_subnet_free(const struct netd_conflict *c,
			      const struct netd_ifaddr *want)
{
	const struct netd_network *n = network_of(c, want);
	const struct netd_state *o = c->observed;

	if (n && n->overlaps)
		return;
	for (size_t i = 0; i < o->addr_count; i++)
		if (check_beside_address(c, want, &o->addrs[i]))
			return;
	for (size_t i = 0; i < o->route_count; i++)
		if (check_beside_route(c, want, &o->routes[i]))
			return;
	note_part(c, want);
}

void netd_conflict_addresses(const struct netd_conflict *c)
{
	for (size_t i = 0; i < c->desired->addr_count; i++) {
		const struct netd_ifaddr *want = &c->desired->addrs[i];
		const struct netd_desired_link *link =
			netd_desired_link(c->desired, want->link);

		check_address_free(c, want);
		if (link && (!link->foreign || netd_kind_of(link)->is_network))
			check_subnet_free(c, want);
	}
}
