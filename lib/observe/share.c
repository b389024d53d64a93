// SPDX-License-Identifier: GPL-2.0-or-later
/* Names and bridges that running topologies may not share. */
#include "observe/share.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* A bridge that netd did not make bears no mark of its owner. */
static bool share_bridge(const struct netd_topology *t, const struct netd_network *n,
			 const struct netd_topology *other, struct netd_error *err)
{
	for (size_t i = 0; n->existing && i < other->network_count; i++) {
		if (strcmp(other->networks[i].bridge, n->bridge) != 0)
			continue;
		netd_topology_error(t, err, n->place,
				    "bridge %s is that of network %s in topology %s",
				    n->bridge, other->networks[i].name, other->name);
		netd_error_hint(err, "destroy that one first, or choose another bridge");
		return true;
	}
	return false;
}

/* Hooks and users look networks and nodes up by name, so no two that run share one. */
static bool share_names(const struct netd_topology *t, const struct netd_topology *other,
			struct netd_error *err)
{
	bool taken = false;

	for (size_t i = 0; i < t->network_count; i++) {
		if (!netd_topology_network(other, t->networks[i].name))
			continue;
		taken = true;
		netd_topology_error(t, err, t->networks[i].place,
				    "network %s runs already, in topology %s",
				    t->networks[i].name, other->name);
		netd_error_hint(err, "destroy that one first, or rename this network");
	}
	for (size_t i = 0; i < t->network_count; i++)
		taken |= share_bridge(t, &t->networks[i], other, err);
	for (size_t i = 0; i < t->node_count; i++) {
		const char *kind = netd_node_kind_name(t->nodes[i].kind);

		if (!netd_topology_node(other, t->nodes[i].name))
			continue;
		taken = true;
		netd_topology_error(t, err, t->nodes[i].place,
				    "%s %s runs already, in topology %s", kind,
				    t->nodes[i].name, other->name);
		netd_error_hint(err, "destroy that one first, or rename this %s", kind);
	}
	return taken;
}

int netd_share_check(struct netd *netd, const struct netd_topology *t,
		     struct netd_topology **previous, struct netd_scope *others,
		     struct netd_error *err)
{
	netd_auto(netd_topologies_done) struct netd_topologies all = {0};
	bool taken = false;
	int r = netd_store_load_all(&netd->store, &all, err);

	for (size_t i = 0; i < all.count; i++) {
		if (strcmp(all.items[i]->name, t->name) == 0) {
			*previous = netd_take(all.items[i]);
			continue;
		}
		taken |= share_names(t, all.items[i], err);
		if (netd_scope_add_names(others, all.items[i]) < 0)
			return netd_error_no_memory(err);
	}
	if (r < 0)
		return r;
	if (taken)
		return -EEXIST;
	return 0;
}
