// SPDX-License-Identifier: GPL-2.0-or-later
/* What nothing uses yet: a subnet, and a name for a bridge. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observe/observe.h"
#include "show/show.h"
#include "base/cleanup.h"
#include "base/number.h"
#include "base/str.h"
#include "netd.h"
#include "plan/conflict_address.h"

/*
 * Theory of operation.  Taken is what an address or a route of the host overlaps, and
 * what any topology asks for, whether it runs or is only defined: that one is to start
 * later. If nothing else is left (a VPN has 0.0.0.0/1 and 128.0.0.0/1, an office
 * 192.168/16), what is only a part of a wider route will do: the longer prefix wins.
 */

/* Above it, a name is not looked for, nor a subnet: of a /24, what its /16 holds. */
#define TRIES 256
#define TRIES_BITS 8

/* @wide: by what is wider, too, and stays reachable but for that part. */
static bool is_taken_by_state(const struct netd_state *s, const struct netd_prefix *p,
			      bool wide, struct netd_str *by)
{
	char text[NETD_PREFIX_TEXT];

	for (size_t i = 0; i < s->addr_count; i++) {
		const struct netd_ifaddr *a = &s->addrs[i];

		if (!netd_conflict_by_address(a, p) &&
		    !(wide && netd_prefix_overlaps(&a->prefix, p)))
			continue;
		netd_str_addf(by, "%s on %s",
			      netd_prefix_format(&s->addrs[i].prefix, text),
			      s->addrs[i].link);
		return true;
	}
	for (size_t i = 0; i < s->route_count; i++) {
		const struct netd_route *r = &s->routes[i];

		if (!netd_conflict_by_route(r, p) &&
		    !(wide && r->to.length && netd_prefix_overlaps(&r->to, p)))
			continue;
		netd_str_addf(by, "a route to %s", netd_prefix_format(&r->to, text));
		return true;
	}
	return false;
}

static bool is_taken_by(const struct netd_topology *t, const struct netd_prefix *p,
			struct netd_str *by)
{
	for (size_t i = 0; i < t->network_count; i++) {
		const struct netd_network *n = &t->networks[i];

		for (size_t j = 0; j < n->address_count; j++) {
			if (!netd_prefix_overlaps(&n->addresses[j], p))
				continue;
			netd_str_addf(by, "network %s of topology %s", n->name, t->name);
			return true;
		}
	}
	return false;
}

static bool is_taken(const struct netd_scene *s, const struct netd_prefix *p, bool wide,
		     struct netd_str *by)
{
	if (is_taken_by_state(&s->state, p, wide, by))
		return true;
	for (size_t i = 0; i < s->running_count; i++)
		if (is_taken_by(s->running[i], p, by))
			return true;
	for (size_t i = 0; i < s->defined_count; i++)
		if (is_taken_by(s->defined[i], p, by))
			return true;
	return false;
}

/* @p moved to the next subnet of its size. */
static void step(struct netd_prefix *p)
{
	unsigned host_bits = netd_addr_bits(&p->addr) - p->length;

	if (host_bits < 32)
		p->addr = netd_addr_offset(&p->addr, 1U << host_bits);
}

static int hand_over(struct netd_str *text, char **out, struct netd_error *err)
{
	char *taken = netd_str_take(text);

	if (!taken)
		return netd_error_no_memory(err);
	*out = taken;
	return 0;
}

/* The first of @p and those behind it, within @area, that is free; true if there is one.
 */
static bool search(const struct netd_scene *s, const struct netd_prefix *area, bool wide,
		   struct netd_prefix *p, struct netd_str *taken)
{
	for (int i = 0; i < TRIES && netd_prefix_contains(area, &p->addr); i++, step(p)) {
		netd_auto(netd_str_done) struct netd_str by = {0};

		if (!is_taken(s, p, wide, &by))
			return true;
		if (!taken->length)
			netd_str_add(taken, netd_str_text(&by));
	}
	return false;
}

int netd_spare_subnet(struct netd *netd, const char *address, char **out, char **taken,
		      struct netd_error *err)
{
	netd_auto(netd_scene_done) struct netd_scene s = {0};
	netd_auto(netd_str_done) struct netd_str by = {0}, text = {0};
	char buffer[NETD_PREFIX_TEXT];
	struct netd_prefix first, p, area;
	int r = netd_prefix_parse(address, &first);
	bool found;

	if (r < 0)
		return netd_error_add(err, r, "\"%s\" is no address with its length",
				      address);
	area = p = first;
	area.length -= netd_min(area.length, TRIES_BITS);
	r = netd_scene_make(netd, &s, err);
	if (r < 0)
		return r;
	found = search(&s, &area, true, &p, &by);
	if (!found) {
		p = first;
		netd_str_done(&by);
		found = search(&s, &area, false, &p, &by);
	}
	if (!found) {
		netd_error_add(err, -EEXIST,
			       "no free subnet from %s on: the first is taken by %s",
			       address, netd_str_text(&by));
		netd_error_hint(err, "choose one with --address");
		return -EEXIST;
	}
	netd_str_add(&text, netd_prefix_format(&p, buffer));
	r = hand_over(&text, out, err);
	if (r)
		return r;
	if (by.length)
		*taken = netd_str_take(&by);
	return 0;
}

static bool has_bridge(struct netd_topology *const *all, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < all[i]->network_count; j++)
			if (strcmp(all[i]->networks[j].bridge, name) == 0)
				return true;
	return false;
}

int netd_spare_bridge(struct netd *netd, const char *stem, char **out,
		      struct netd_error *err)
{
	netd_auto(netd_scene_done) struct netd_scene s = {0};
	int r = netd_scene_make(netd, &s, err);

	if (r < 0)
		return r;
	for (int i = 0; i < TRIES; i++) {
		netd_auto(netd_str_done) struct netd_str name = {0};

		netd_str_addf(&name, "%s%d", stem, i);
		if (netd_state_link(&s.state, netd_str_text(&name)) ||
		    has_bridge(s.running, s.running_count, netd_str_text(&name)) ||
		    has_bridge(s.defined, s.defined_count, netd_str_text(&name)))
			continue;
		return hand_over(&name, out, err);
	}
	netd_error_add(err, -EEXIST, "%s0 to %s%d are taken", stem, stem, TRIES - 1);
	netd_error_hint(err, "choose a name with --bridge");
	return -EEXIST;
}
