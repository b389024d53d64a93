// SPDX-License-Identifier: GPL-2.0-or-later
/* How much of a thing there may be: what is compared with each other stays small. */
#include <errno.h>

#include "base/array.h"
#include "check/check.h"

/*
 * Theory of operation.  A file may be 16 MiB of anything.  Long lists (forwards,
 * machines, ports, nodes) are sorted or looked up; the others are walked for each of
 * those, and so have limits, none of which a lab comes near.  Beyond one, nothing more is
 * checked.
 */

static void limit(struct netd_topology *t, struct netd_place place, const char *kind,
		  const char *name, size_t count, size_t most, const char *what,
		  struct netd_error *err)
{
	if (count > most)
		netd_topology_error(t, err, place,
				    "%s \"%s\" has %zu %s, at most %zu are supported",
				    kind, name, count, what, most);
}

static void limit_services(struct netd_topology *t, const char *kind, const char *name,
			   const struct netd_dhcp *dhcp, const struct netd_dns *dns,
			   struct netd_error *err)
{
	const struct {
		size_t count, most;
		const char *what;
		struct netd_place place;
	} rows[] = {
		{dhcp->range_count, 256, "DHCP ranges", dhcp->place},
		{dhcp->server_count, 64, "name servers", dhcp->place},
		{dhcp->route_count, 64, "routes for guests", dhcp->place},
		{dns->forwarder_count, 256, "forwarders", dns->place},
		{dns->record_count, 1024, "records", dns->place},
	};

	/* ranges that an earlier check chose go around every host */
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rows); i++)
		if (i || !dhcp->range_count || !dhcp->ranges[0].chosen)
			limit(t, rows[i].place, kind, name, rows[i].count, rows[i].most,
			      rows[i].what, err);
}

static void limit_interface(struct netd_topology *t, const struct netd_node_interface *i,
			    struct netd_error *err)
{
	limit(t, i->place, "interface", i->name, i->address_count, NETD_ADDRESSES_MAX,
	      "addresses", err);
	limit_services(t, "interface", i->name, &i->dhcp, &i->dns, err);
}

static void limit_node(struct netd_topology *t, const struct netd_node *n,
		       const struct netd_plugs *plugs, struct netd_error *err)
{
	const char *kind = netd_node_kind_name(n->kind);

	limit(t, n->place, kind, n->name, plugs->count, 1024, "interfaces", err);
	limit(t, n->place, kind, n->name, n->route_count, 4096, "routes", err);
	limit(t, n->place, kind, n->name, n->server_count, 64, "name servers", err);
	limit(t, n->place, kind, n->name, n->allow_count, 1024, "pairs in \"allow\"",
	      err);
}

int netd_check_limits(struct netd_topology *t, const struct netd_wiring *w,
		      struct netd_error *err)
{
	size_t before = err->count;

	for (size_t i = 0; i < t->network_count; i++) {
		const struct netd_network *n = &t->networks[i];

		limit(t, n->place, "network", n->name, n->address_count,
		      NETD_ADDRESSES_MAX, "addresses", err);
		limit_services(t, "network", n->name, &n->dhcp, &n->dns, err);
	}
	for (size_t i = 0; i < w->count; i++)
		limit_interface(t, w->all[i].interface, err);
	for (size_t i = 0; i < t->node_count; i++)
		limit_node(t, &t->nodes[i], &w->nodes[i], err);
	if (err->count > before)
		return -EINVAL;
	return 0;
}
