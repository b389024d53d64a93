// SPDX-License-Identifier: GPL-2.0-or-later
/* Routes of somebody else's where a topology's belong. */
#include "plan/conflict_routes.h"

#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/str.h"

struct check {
	const struct netd_topology *t;
	const struct netd_state *observed;
	struct netd_error *err;
};

/* True if @link is this topology's; without a name, a netd was killed as it made it. */
static bool is_own(const struct check *c, const struct netd_link *link)
{
	const char *owner = netd_link_owner(link);

	return !owner || netd_owner_is(owner, c->t->name);
}

/* True if somebody else's route is where @want belongs. */
static bool takes_place(const struct check *c, const struct netd_route *want,
			const struct netd_route *have)
{
	const struct netd_link *link = netd_state_link(c->observed, have->link);
	bool ours = have->protocol == NETD_PROTOCOL && link && netd_link_is_ours(link);

	if (!netd_route_same_slot(want, have))
		return false;
	if (ours)
		return !is_own(c, link);
	return have->protocol != NETD_PROTOCOL;
}

/* What `ip` is told to remove it. */
static void print_removal(const struct netd_route *r, struct netd_str *out)
{
	char to[NETD_PREFIX_TEXT], via[NETD_ADDR_TEXT];

	if (r->to.addr.family == AF_INET6)
		netd_str_add(out, "ip -6 route del ");
	else
		netd_str_add(out, "ip route del ");
	if (r->type != NETD_ROUTE_UNICAST)
		netd_str_addf(out, "%s ", netd_route_type_name(r->type));
	netd_str_add(out, netd_prefix_format(&r->to, to));
	if (r->via.family)
		netd_str_addf(out, " via %s", netd_addr_format(&r->via, via));
	if (r->link[0])
		netd_str_addf(out, " dev %s", r->link);
	if (r->metric)
		netd_str_addf(out, " metric %u", r->metric);
	if (r->table)
		netd_str_addf(out, " table %u", r->table);
}

/* "a route to 10.1.0.0/16 is there already, via 10.0.0.1, by eth0" */
static void print_route(const struct netd_route *r, struct netd_str *out)
{
	char text[NETD_PREFIX_TEXT];

	netd_str_addf(out, "a route to %s is there already",
		      r->to.length ? netd_prefix_format(&r->to, text) : "default");
	if (r->via.family)
		netd_str_addf(out, ", via %s", netd_addr_format(&r->via, text));
	if (r->link[0])
		netd_str_addf(out, ", by %s", r->link);
}

static void route_error(const struct check *c, const struct netd_route *want,
			const struct netd_route *have)
{
	netd_auto(netd_str_done) struct netd_str there = {0};
	netd_auto(netd_str_done) struct netd_str removal = {0};

	print_route(have, &there);
	netd_topology_error(c->t, c->err, want->place, "%s", netd_str_text(&there));
	print_removal(have, &removal);
	netd_error_hint(
		c->err,
		"give this one another \"metric\" (the lower one wins), or remove "
		"that one: `%s`",
		netd_str_text(&removal));
}

/* The admin's own that leads there as well is as good as ours. */
static void check_route_free(const struct check *c, const struct netd_route *want)
{
	const struct netd_route *taker = NULL;

	for (size_t i = 0; i < c->observed->route_count; i++) {
		const struct netd_route *have = &c->observed->routes[i];

		if (netd_route_same_slot(want, have) && netd_route_is_alike(want, have))
			return;
		if (!taker && takes_place(c, want, have))
			taker = have;
	}
	if (taker)
		route_error(c, want, taker);
}

void netd_conflict_routes(const struct netd_topology *t,
			  const struct netd_state *observed,
			  const struct netd_desired *desired, struct netd_error *err)
{
	const struct check c = {t, observed, err};

	for (size_t i = 0; i < desired->route_count; i++)
		check_route_free(&c, &desired->routes[i]);
}
