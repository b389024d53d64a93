// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the interfaces that lead out of a host, or of a router. */
#include "advise/outside.h"
#include "kind/kind.h"

#include <string.h>

static bool is_default(const struct netd_route *r)
{
	return r->to.length == 0 && r->type == NETD_ROUTE_UNICAST;
}

static bool has_gateway(const struct netd_route *r)
{
	return r->via.family != 0;
}

static bool has_route(const struct netd_state *s, const struct netd_link *link,
		      int family, bool (*fits)(const struct netd_route *))
{
	for (size_t i = 0; i < s->route_count; i++) {
		const struct netd_route *r = &s->routes[i];

		if (r->to.addr.family == family && !strcmp(r->link, link->name) &&
		    fits(r))
			return true;
	}
	return false;
}

static bool has_address(const struct netd_state *s, const struct netd_link *link,
			int family)
{
	for (size_t i = 0; i < s->addr_count; i++) {
		const struct netd_ifaddr *a = &s->addrs[i];

		if (a->prefix.addr.family == family && !strcmp(a->link, link->name) &&
		    !netd_addr_is_link_local(&a->prefix.addr))
			return true;
	}
	return false;
}

static bool is_outside(const struct netd_state *s, const struct netd_link *link,
		       int family)
{
	if (has_route(s, link, family, is_default))
		return true;
	if (!link->up || link->loopback || link->master[0] || netd_link_is_ours(link))
		return false;
	if (has_route(s, link, family, has_gateway))
		return true;
	return netd_kind_is_foreign(link) && has_address(s, link, family);
}

void netd_outside_find(const struct netd_state *observed, int family,
		       struct netd_outside *out)
{
	out->count = 0;
	for (size_t i = 0; i < observed->link_count; i++) {
		if (!is_outside(observed, &observed->links[i], family))
			continue;
		if (out->count == NETD_OUTSIDES) {
			out->count = 0;
			return;
		}
		out->links[out->count++] = &observed->links[i];
	}
}
