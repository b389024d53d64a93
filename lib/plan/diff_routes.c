// SPDX-License-Identifier: GPL-2.0-or-later
/* Routes of the host and of a node: which to add, replace, remove. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "plan/diff.h"

static bool has_address4(const struct netd_objects *s, const char *link, bool foreign)
{
	for (size_t i = 0; i < s->addr_count; i++)
		if (s->addrs[i].prefix.addr.family == AF_INET &&
		    (!foreign || s->addrs[i].protocol != NETD_PROTOCOL) &&
		    strcmp(s->addrs[i].link, link) == 0)
			return true;
	return false;
}

/* With the last IPv4 address of a link, the kernel drops the link's IPv4 routes
 * (net/ipv4/fib_frontend.c fib_inetaddr_event()); addresses go before routes come. */
static bool is_swept(const struct netd_diff *d, const struct netd_route *have)
{
	return have->to.addr.family == AF_INET && have->link[0] &&
	       has_address4(&d->in->observed->objects, have->link, false) &&
	       !has_address4(&d->in->observed->objects, have->link, true) &&
	       !has_address4(&d->in->desired->objects, have->link, false);
}

/* … and stays. */
static bool is_there(const struct netd_diff *d, const struct netd_route *want,
		     bool anybodys)
{
	const struct netd_state *s = d->in->observed;

	for (size_t i = 0; i < s->route_count; i++)
		if (netd_route_same_slot(&s->routes[i], want) &&
		    netd_route_is_alike(want, &s->routes[i]) &&
		    (anybodys || s->routes[i].protocol == want->protocol))
			return !is_swept(d, &s->routes[i]);
	return false;
}

static const struct netd_route *find_slot(const struct netd_objects *s,
					  const struct netd_route *like)
{
	for (size_t i = 0; i < s->route_count; i++)
		if (netd_route_same_slot(&s->routes[i], like))
			return &s->routes[i];
	return NULL;
}

int netd_diff_routes(struct netd_diff *d)
{
	const struct netd_state *observed = d->in->observed;
	const struct netd_desired *desired = d->in->desired;
	int r = 0;

	for (size_t i = 0; i < desired->route_count; i++) {
		if (!is_there(d, &desired->routes[i], false))
			r = netd_diff_add_route(d, NETD_OP_ADD_ROUTE, &desired->routes[i],
						true);
		if (r)
			return r;
	}
	for (size_t i = 0; i < observed->route_count; i++) {
		const struct netd_route *have = &observed->routes[i];

		if (have->protocol == NETD_PROTOCOL &&
		    !find_slot(&desired->objects, have))
			r = netd_diff_add_route(d, NETD_OP_DELETE_ROUTE, have, false);
		if (r)
			return r;
	}
	return 0;
}

/*
 * The host's own
 */

static bool is_own_bridge(const struct netd_diff *d, const char *link)
{
	const struct netd_desired_link *want = netd_desired_link(d->in->desired, link);

	return want && !want->foreign;
}

/* A change is refused where that is so (conflict.c), but not the way back from one. */
static int note_taken(struct netd_diff *d, const struct netd_route *want)
{
	char to[NETD_PREFIX_TEXT];

	netd_plan_note(d->plan,
		       "route %s by %s: somebody else's route has its place, and stays",
		       netd_prefix_format(&want->to, to), want->link);
	return 0;
}

/* One that the admin made leads there as well, and stays. */
static int want_host_route(struct netd_diff *d, const struct netd_route *want)
{
	bool there = is_there(d, want, true);
	const struct netd_route *slot = find_slot(&d->in->observed->objects, want);
	char key[NETD_SYSCTL_PATH];
	int r = 0;

	if (!there && slot && slot->protocol != NETD_PROTOCOL && !is_swept(d, slot))
		return note_taken(d, want);
	netd_claim_route_key(want, key);
	if (!is_own_bridge(d, want->link) &&
	    (!there || netd_diff_is_claimed(d, NETD_CLAIM_ROUTE, key)))
		r = netd_diff_claim(d, NETD_CLAIM_ROUTE, key, 0, 1);
	if (r || there)
		return r;
	return netd_diff_add_route(d, NETD_OP_ADD_ROUTE, want,
				   slot && slot->protocol == NETD_PROTOCOL);
}

int netd_diff_host_routes(struct netd_diff *d)
{
	const struct netd_state *observed = d->in->observed;
	const struct netd_desired *desired = d->in->desired;
	int r = 0;

	for (size_t i = 0; i < desired->route_count; i++) {
		r = want_host_route(d, &desired->routes[i]);
		if (r)
			return r;
	}
	for (size_t i = 0; i < observed->route_count; i++) {
		const struct netd_route *have = &observed->routes[i];

		/* With its bridge gone, or going, a route goes by itself. */
		if (have->protocol == NETD_PROTOCOL && is_own_bridge(d, have->link) &&
		    !find_slot(&desired->objects, have))
			r = netd_diff_add_route(d, NETD_OP_DELETE_ROUTE, have, false);
		if (r)
			return r;
	}
	return 0;
}

int netd_diff_release_route(struct netd_diff *d, const struct netd_claim *c)
{
	const struct netd_state *observed = d->in->observed;
	char key[NETD_SYSCTL_PATH];

	for (size_t i = 0; i < observed->route_count; i++) {
		const struct netd_route *have = &observed->routes[i];

		netd_claim_route_key(have, key);
		if (have->protocol == NETD_PROTOCOL && strcmp(key, c->key) == 0)
			return netd_diff_add_route(d, NETD_OP_DELETE_ROUTE, have, false);
	}
	return 0;
}
