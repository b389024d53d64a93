// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of a machine. */
#include <errno.h>

#include "config/reader.h"

static int read_address(struct netd_reader *r, const struct netd_yaml *value,
			const struct netd_key *key, void *object)
{
	struct netd_machine *m = object;
	struct netd_addr_range ranges[2] = {{.first = m->address4},
					    {.first = m->address6}};
	struct netd_pair pair = {
		.expected = "an address (without prefix length)",
		.single = true,
		.out = {&ranges[0], &ranges[1]},
		.place = {&m->address4_place, &m->address6_place},
	};
	int result = netd_read_pair(r, value, &pair);

	(void)key;
	m->address4 = ranges[0].first;
	m->address6 = ranges[1].first;
	return result;
}

static int read_addresses(struct netd_reader *r, const struct netd_yaml *value,
			  const struct netd_key *key, void *object)
{
	return netd_read_list(r, value, key, object, read_address);
}

static const struct netd_key machine_keys[] = {
	{"mac", netd_read_mac, NETD_FIELD_WITH(struct netd_machine, mac, has_mac),
	 .place = offsetof(struct netd_machine, mac_place)},
	{"address", read_addresses},
};

static int read_machine(struct netd_reader *r, const struct netd_yaml *name,
			const struct netd_yaml *value, void *object)
{
	struct netd_network *n = object;
	struct netd_machine *m =
		netd_array_add(&n->machines, &n->machine_count, sizeof(*m));

	if (!m)
		return netd_reader_no_memory(r);
	m->place = name->place;
	if (netd_read_name(r, name, "machine name", m->name, sizeof(m->name)))
		m->partial = true;
	if (netd_read_mapping(r, value, machine_keys, NETD_ARRAY_SIZE(machine_keys),
			      "a machine", m))
		m->partial = true;
	return m->partial ? -EINVAL : 0;
}

int netd_read_machines(struct netd_reader *r, const struct netd_yaml *value,
		       const struct netd_key *key, void *object)
{
	return netd_read_entries(r, value, key, object, read_machine);
}
