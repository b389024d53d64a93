// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of a topology. */
#include "config/reader.h"

static const struct netd_key topology_keys[] = {
	{"name", netd_read_text, NETD_FIELD(struct netd_topology, name),
	 .place = offsetof(struct netd_topology, name_place)},
	{"autostart", netd_read_bool, NETD_FIELD(struct netd_topology, autostart)},
	{"networks", netd_read_networks},
	{"routers", netd_read_routers},
	{"hosts", netd_read_hosts},
	{"links", netd_read_cables},
};

int netd_read_topology(struct netd_reader *r, const struct netd_yaml *node)
{
	return netd_read_mapping(r, node, topology_keys, NETD_ARRAY_SIZE(topology_keys),
				 "a topology", r->t);
}
