// SPDX-License-Identifier: GPL-2.0-or-later
/* Routes that a topology asks for. */
#include "desired/desired_route.h"

#include <errno.h>

#include "base/array.h"
#include "base/str.h"

int netd_desired_route(struct netd_desired *out, const struct netd_static_route *want,
		       const char *link)
{
	struct netd_route *r =
		netd_array_add(&out->routes, &out->route_count, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->to = netd_prefix_network(&want->to);
	r->metric = want->metric;
	r->protocol = NETD_PROTOCOL;
	r->type = want->type;
	r->via = want->via;
	r->source = want->source;
	r->onlink = want->onlink;
	r->place = want->place;
	if (want->type == NETD_ROUTE_UNICAST)
		netd_copy(r->link, link);
	return 0;
}
