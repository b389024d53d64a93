// SPDX-License-Identifier: GPL-2.0-or-later
/* An area has guests behind it: a network on the host, or an interface in a router. */
#include "advise/area.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "ruleset/admit.h"
#include "ruleset/compile.h"

static struct netd_area *add(struct netd_scene *out)
{
	return netd_array_add(&out->areas, &out->area_count, sizeof(struct netd_area));
}

int netd_areas_of_host(const struct netd_topology *t, struct netd_scene *out)
{
	for (size_t i = 0; i < t->network_count; i++) {
		const struct netd_network *n = &t->networks[i];
		struct netd_area *a = add(out);

		if (!a)
			return -ENOMEM;
		*a = (struct netd_area){
			.network = n,
			.name = n->name,
			.link = n->bridge,
			.addresses = n->addresses,
			.address_count = n->address_count,
			.services = netd_admit_services_network(n),
			.nat = &n->nat,
			.forwards = n->forwards,
			.forward_count = n->forward_count,
		};
	}
	return 0;
}

int netd_areas_of_router(const struct netd_topology *t, const struct netd_node *n,
			 struct netd_scene *out)
{
	const struct netd_node_interface *own;

	for (size_t i = 0; (own = netd_node_interface(t, n, i, NULL, NULL)); i++) {
		struct netd_area *a = add(out);

		if (!a)
			return -ENOMEM;
		*a = (struct netd_area){
			.router = n,
			.name = own->name,
			.link = own->name,
			.addresses = own->addresses,
			.address_count = own->address_count,
			.services = netd_admit_services_interface(own),
			.nat = &n->nat,
			.forwards = n->forwards,
			.forward_count = n->forward_count,
		};
	}
	return 0;
}

static bool opens(const struct netd_network *n)
{
	return n->mode == NETD_MODE_ROUTED || n->mode == NETD_MODE_OPEN;
}

bool netd_area_leaves(const struct netd_area *a, const char *outside)
{
	if (a->router)
		return netd_ruleset_node_opens(a->router, a->link, outside);
	return a->network->mode == NETD_MODE_NAT || opens(a->network);
}

bool netd_area_enters(const struct netd_area *a, const char *outside)
{
	if (a->router)
		return netd_ruleset_node_opens(a->router, outside, a->link);
	return opens(a->network);
}

bool netd_area_reaches(const struct netd_area *from, const struct netd_area *to)
{
	if (from->router)
		return netd_ruleset_node_opens(from->router, from->link, to->link);
	return netd_area_leaves(from, to->link) && !from->nat->out[0] &&
	       opens(to->network);
}

bool netd_area_has(const struct netd_area *a, int family)
{
	for (size_t i = 0; i < a->address_count; i++)
		if (a->addresses[i].addr.family == family &&
		    !netd_addr_is_link_local(&a->addresses[i].addr))
			return true;
	return false;
}

struct netd_prefix netd_area_subnet(const struct netd_area *a, int family)
{
	struct netd_prefix found = {0};

	for (size_t i = 0; i < a->address_count; i++) {
		const struct netd_prefix *p = &a->addresses[i];

		if (p->addr.family != family || netd_addr_is_link_local(&p->addr))
			continue;
		if (found.addr.family)
			return (struct netd_prefix){0};
		found = netd_prefix_network(p);
	}
	return found;
}

bool netd_area_has_forward(const struct netd_area *a, const struct netd_forward *f)
{
	if (a->network)
		return true;
	for (size_t i = 0; i < a->address_count; i++)
		if (netd_prefix_contains(&a->addresses[i], &f->to))
			return true;
	return false;
}
