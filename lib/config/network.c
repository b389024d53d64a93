// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of a network. */
#include <errno.h>

#include "config/reader.h"

static const char *const modes[] = {
	[NETD_MODE_ISOLATED] = "isolated", [NETD_MODE_NAT] = "nat",
	[NETD_MODE_ROUTED] = "routed",	   [NETD_MODE_OPEN] = "open",
	[NETD_MODE_BRIDGED] = "bridged",   NULL,
};

static int read_addresses(struct netd_reader *r, const struct netd_yaml *value,
			  const struct netd_key *key, void *object)
{
	struct netd_network *n = object;

	(void)key;
	return netd_read_prefixes(r, value,
				  (struct netd_prefixes){
					  &n->addresses,
					  &n->address_count,
					  &n->address_places,
					  &n->address_place_count,
				  });
}

#define NETWORK(field) NETD_FIELD(struct netd_network, field)
#define PLACE(field) .place = offsetof(struct netd_network, field)

static const struct netd_key network_keys[] = {
	{"bridge", netd_read_text, NETWORK(bridge), PLACE(bridge_place)},
	{"mode", netd_read_choice, NETWORK(mode), PLACE(mode_place), .choices = modes},
	{"addresses", read_addresses},
	{"mac", netd_read_mac, NETD_FIELD_WITH(struct netd_network, mac, has_mac),
	 PLACE(mac_place)},
	{"mtu", netd_read_number, NETWORK(mtu), PLACE(mtu_place), .min = 68,
	 .max = 65535},
	{"stp", netd_read_bool, NETWORK(stp)},
	{"autostart", netd_read_bool, NETWORK(autostart)},
	{"antispoof", netd_read_not, NETWORK(no_antispoof)},
	{"existing", netd_read_bool, NETWORK(existing), PLACE(existing_place)},
	{"overlaps", netd_read_bool, NETWORK(overlaps)},
	{"uplink", netd_read_text, NETWORK(uplink), PLACE(uplink_place)},
	{"routes", netd_read_routes,
	 NETD_FIELD_WITH(struct netd_network, routes, route_count)},
	{"nat", netd_read_nat, NETWORK(nat)},
	{"machines", netd_read_machines},
	{"forwards", netd_read_forwards,
	 NETD_FIELD_WITH(struct netd_network, forwards, forward_count)},
	{"ports", netd_read_ports_map},
	{"dhcp", netd_read_dhcp, NETWORK(dhcp)},
	{"dns", netd_read_dns, NETWORK(dns)},
};

int netd_read_network_settings(struct netd_reader *r, const struct netd_yaml *node,
			       struct netd_network *n)
{
	return netd_read_mapping(r, node, network_keys, NETD_ARRAY_SIZE(network_keys),
				 "a network", n);
}

static int read_network(struct netd_reader *r, const struct netd_yaml *name,
			const struct netd_yaml *value, void *object)
{
	struct netd_topology *t = object;
	struct netd_network *n = netd_topology_add_network(t);

	if (!n)
		return netd_reader_no_memory(r);
	n->place = name->place;
	if (netd_read_name(r, name, "network name", n->name, sizeof(n->name)))
		n->partial = true;
	if (netd_read_network_settings(r, value, n))
		n->partial = true;
	return n->partial ? -EINVAL : 0;
}

int netd_read_networks(struct netd_reader *r, const struct netd_yaml *value,
		       const struct netd_key *key, void *object)
{
	return netd_read_entries(r, value, key, object, read_network);
}
