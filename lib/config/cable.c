// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of a link between two nodes. */
#include <errno.h>

#include "config/reader.h"

static int read_end(struct netd_reader *r, const struct netd_yaml *name,
		    const struct netd_yaml *value, void *object)
{
	struct netd_cable *c = object;
	struct netd_cable_end *end;
	int result;

	if (c->end_count == 2)
		return netd_reader_problem(r, name, "a third end: a link has two");
	end = &c->ends[c->end_count++];
	end->place = end->interface.place = name->place;
	result = netd_read_name(r, name, "node name", end->node, sizeof(end->node));
	if (netd_read_interface(r, value, NETD_OF_CABLE, &end->interface))
		return -EINVAL;
	return result;
}

static int read_ends(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_key *key, void *object)
{
	return netd_read_entries(r, value, key, object, read_end);
}

static const struct netd_key cable_keys[] = {
	{"ends", read_ends},
	{"mtu", netd_read_number, NETD_FIELD(struct netd_cable, mtu),
	 .place = offsetof(struct netd_cable, mtu_place), .min = 68, .max = 65535},
};

static int read_cable(struct netd_reader *r, const struct netd_yaml *name,
		      const struct netd_yaml *value, void *object)
{
	struct netd_topology *t = object;
	struct netd_cable *c = netd_topology_add_cable(t);

	if (!c)
		return netd_reader_no_memory(r);
	c->place = name->place;
	if (netd_read_name(r, name, "link name", c->name, sizeof(c->name)))
		c->partial = true;
	if (netd_read_mapping(r, value, cable_keys, NETD_ARRAY_SIZE(cable_keys), "a link",
			      c))
		c->partial = true;
	return c->partial ? -EINVAL : 0;
}

int netd_read_cables(struct netd_reader *r, const struct netd_yaml *value,
		     const struct netd_key *key, void *object)
{
	return netd_read_entries(r, value, key, object, read_cable);
}
