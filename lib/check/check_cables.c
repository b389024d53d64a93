// SPDX-License-Identifier: GPL-2.0-or-later
/* Links: two ends at two nodes that exist, with addresses that meet. */
#include <string.h>

#include "base/suggest.h"
#include "check/check.h"

static void unknown_node(struct netd_topology *t, const struct netd_cable_end *end,
			 struct netd_error *err)
{
	struct netd_suggest suggest = {.word = end->node};

	if (netd_problems_enough(err))
		return;
	netd_topology_error(t, err, end->place, "there is no router or host \"%s\"",
			    end->node);
	for (size_t i = 0; i < t->node_count; i++)
		netd_suggest_try(&suggest, t->nodes[i].name);
	if (!netd_suggest_hint(&suggest, err))
		netd_error_hint(err, "a link joins two \"routers\" or \"hosts\" of this "
				     "file");
}

static void check_ends(struct netd_topology *t, const struct netd_wiring *w,
		       const struct netd_cable *c, struct netd_error *err)
{
	for (unsigned i = 0; i < c->end_count; i++)
		if (*c->ends[i].node && !netd_wiring_node(w, c->ends[i].node))
			unknown_node(t, &c->ends[i], err);
	if (c->end_count == 2) {
		if (*c->ends[0].node && strcmp(c->ends[0].node, c->ends[1].node) == 0)
			netd_topology_error(t, err, c->ends[1].place,
					    "both ends of link \"%s\" are at \"%s\"",
					    c->name, c->ends[0].node);
		return;
	}
	if (c->partial)
		return;
	if (c->end_count)
		netd_topology_error(t, err, c->place, "link \"%s\" has only one end",
				    c->name);
	else
		netd_topology_error(t, err, c->place, "link \"%s\" has no ends", c->name);
	netd_error_hint(err, "name two nodes: \"ends: {r1: {}, r2: {}}\"");
}

static bool meets(const struct netd_prefix *p, const struct netd_node_interface *far)
{
	bool any = false;

	for (size_t i = 0; i < far->address_count; i++) {
		const struct netd_prefix *q = &far->addresses[i];

		if (q->addr.family != p->addr.family || netd_addr_is_link_local(&q->addr))
			continue;
		any = true;
		if (netd_prefix_contains(p, &q->addr) ||
		    netd_prefix_contains(q, &p->addr))
			return true;
	}
	return !any;
}

/* A lone address (/32, /128) is reached by a route. */
static void check_addresses(struct netd_topology *t, const struct netd_cable *c,
			    struct netd_error *err)
{
	const struct netd_node_interface *i = &c->ends[1].interface;
	const struct netd_node_interface *far = &c->ends[0].interface;
	char text[NETD_PREFIX_TEXT];

	for (size_t k = 0; k < i->address_count; k++) {
		const struct netd_prefix *p = &i->addresses[k];

		if (p->length == netd_addr_bits(&p->addr) ||
		    netd_addr_is_link_local(&p->addr) || meets(p, far))
			continue;
		netd_topology_error(t, err,
				    netd_check_address_place(i->address_places,
							     i->address_place_count, k),
				    "address %s: the other end of the link, at \"%s\", "
				    "has none in its subnet",
				    netd_prefix_format(p, text), c->ends[0].node);
	}
}

int netd_check_cables(struct netd_topology *t, const struct netd_wiring *w,
		      struct netd_error *err)
{
	for (size_t i = 0; i < t->cable_count; i++) {
		const struct netd_cable *c = &t->cables[i];

		check_ends(t, w, c, err);
		netd_check_mtu(t, c->mtu, c->mtu_place, NULL, 0, err);
		if (c->end_count == 2 && !c->partial)
			check_addresses(t, c, err);
	}
	return 0;
}
