// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of an interface of a router, a host or a cable. */
#include <errno.h>

#include "config/reader.h"

int netd_read_interface_addresses(struct netd_reader *r, const struct netd_yaml *value,
				  const struct netd_key *key, void *object)
{
	struct netd_node_interface *i = NETD_FIELD_OF(key, object);

	return netd_read_prefixes(r, value,
				  (struct netd_prefixes){
					  &i->addresses,
					  &i->address_count,
					  &i->address_places,
					  &i->address_place_count,
				  });
}

#define FIELD(field) NETD_FIELD(struct netd_node_interface, field)
#define PLACE(field) .place = offsetof(struct netd_node_interface, field)

#define SAME_KEYS                                                                   \
	{"addresses", netd_read_interface_addresses},                               \
		{"mac", netd_read_mac,                                              \
		 NETD_FIELD_WITH(struct netd_node_interface, mac, has_mac),         \
		 PLACE(mac_place)},                                                 \
	{                                                                           \
		"mtu", netd_read_number, FIELD(mtu), PLACE(mtu_place), .min = 68,   \
								       .max = 65535 \
	}

static const char not_a_router[] = "only networks and routers serve it";

static const struct netd_key router_keys[] = {
	{"network", netd_read_text, FIELD(network), PLACE(network_place)},
	SAME_KEYS,
	{"dhcp", netd_read_dhcp, FIELD(dhcp)},
	{"dns", netd_read_dns, FIELD(dns)},
};

static const struct netd_key host_keys[] = {
	{"network", netd_read_text, FIELD(network), PLACE(network_place)},
	SAME_KEYS,
	{"dhcp", .refused = not_a_router},
	{"dns", .refused = "name servers are the host's, not an interface's"},
};

static const char no_network[] = "it is served on a network, and a link has none";

static const struct netd_key cable_keys[] = {
	{"interface", netd_read_text, FIELD(name), PLACE(place)},
	SAME_KEYS,
	{"network", .refused = "a link joins two nodes without a network"},
	{"dhcp", .refused = no_network},
	{"dns", .refused = no_network},
};

static const struct {
	const struct netd_key *keys;
	size_t count;
	const char *what;
} tables[] = {
	[NETD_OF_ROUTER] = {router_keys, NETD_ARRAY_SIZE(router_keys), "an interface"},
	[NETD_OF_HOST] = {host_keys, NETD_ARRAY_SIZE(host_keys), "an interface"},
	[NETD_OF_CABLE] = {cable_keys, NETD_ARRAY_SIZE(cable_keys), "an end of a link"},
};

int netd_read_interface(struct netd_reader *r, const struct netd_yaml *node,
			enum netd_interface_of of, struct netd_node_interface *i)
{
	int result = netd_read_mapping(r, node, tables[of].keys, tables[of].count,
				       tables[of].what, i);

	if (result < 0)
		i->partial = true;
	return result;
}

static int read_entry(struct netd_reader *r, const struct netd_yaml *name,
		      const struct netd_yaml *value, void *object)
{
	struct netd_node *n = object;
	struct netd_node_interface *i =
		netd_array_add(&n->interfaces, &n->interface_count, sizeof(*i));
	int result;

	if (!i)
		return netd_reader_no_memory(r);
	i->place = name->place;
	result = netd_read_name(r, name, "interface name", i->name, sizeof(i->name));
	if (result < 0)
		i->partial = true;
	return netd_read_interface(
		       r, value,
		       n->kind == NETD_NODE_ROUTER ? NETD_OF_ROUTER : NETD_OF_HOST, i) < 0
		       ? -EINVAL
		       : result;
}

int netd_read_interfaces(struct netd_reader *r, const struct netd_yaml *value,
			 const struct netd_key *key, void *object)
{
	return netd_read_entries(r, value, key, object, read_entry);
}
