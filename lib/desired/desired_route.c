// SPDX-License-Identifier: GPL-2.0-or-later
/* Routes that a topology asks for. */
#include "desired/desired_route.h"

#include <errno.h>

#include "base/array.h"
#include "base/str.h"

int netd_desired_route(struct netd_desired *out, const struct netd_static_route *want,
		       const char *link)
{
	struct netd_route *route =
		netd_array_add(&out->routes, &out->route_count, sizeof(*route));

	if (!route)
		return -ENOMEM;
	route->to = netd_prefix_network(&want->to);
	route->metric = want->metric;
	route->protocol = NETD_PROTOCOL;
	route->type = want->type;
	route->via = want->via;
	route->source = want->source;
	route->onlink = want->onlink;
	route->place = want->place;
	if (want->type == NETD_ROUTE_UNICAST)
		netd_copy(route->link, link);
	return 0;
}
