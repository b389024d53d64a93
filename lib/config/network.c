// SPDX-License-Identifier: GPL-2.0-or-later
/* The keys of a topology and of its networks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/reader.h"

static const char *const modes[] = {
	[NETD_MODE_ISOLATED] = "isolated", [NETD_MODE_NAT] = "nat",
	[NETD_MODE_ROUTED] = "routed",	   [NETD_MODE_OPEN] = "open",
	[NETD_MODE_BRIDGED] = "bridged",   NULL,
};

static int read_address(struct netd_reader *r, const struct netd_yaml *value,
			const struct netd_key *key, void *object)
{
	const char *text =
		netd_read_scalar(r, value, "an address with its prefix length");
	struct netd_network *n = object;
	struct netd_prefix prefix, *p;
	struct netd_place *place;
	struct netd_addr addr;

	(void)key;
	if (!text)
		return -EINVAL;
	if (netd_prefix_parse(text, &prefix)) {
		netd_reader_problem(r, value,
				    "\"%s\" is not an address with its prefix length",
				    text);
		if (netd_addr_parse(text, &addr) == 0)
			netd_error_hint(r->err, "add the prefix length: \"%s/%d\"", text,
					netd_addr_bits(&addr) == 32 ? 24 : 64);
		return -EINVAL;
	}
	p = netd_array_add(&n->addresses, &n->address_count, sizeof(*p));
	if (!p)
		return netd_reader_no_memory(r);
	*p = prefix;
	place = netd_array_add(&n->address_places, &n->address_place_count,
			       sizeof(*place));
	if (!place)
		return netd_reader_no_memory(r);
	*place = value->place;
	return 0;
}

static int read_addresses(struct netd_reader *r, const struct netd_yaml *value,
			  const struct netd_key *key, void *object)
{
	struct netd_network *n = object;

	free(n->addresses);
	free(n->address_places);
	n->addresses = NULL;
	n->address_places = NULL;
	n->address_count = n->address_place_count = 0;
	return netd_read_list(r, value, key, object, read_address);
}

static int read_mac(struct netd_reader *r, const struct netd_yaml *value,
		    const struct netd_key *key, void *object)
{
	struct netd_network *n = object;

	(void)key;
	n->has_mac = netd_read_mac(r, value, &n->mac) == 0;
	return n->has_mac ? 0 : -EINVAL;
}

#define NETWORK(field) NETD_FIELD(struct netd_network, field)
#define PLACE(field) .place = offsetof(struct netd_network, field)

static const struct netd_key network_keys[] = {
	{"bridge", netd_read_text, NETWORK(bridge), PLACE(bridge_place)},
	{"mode", netd_read_choice, NETWORK(mode), PLACE(mode_place), .choices = modes},
	{"addresses", read_addresses},
	{"mac", read_mac, PLACE(mac_place)},
	{"mtu", netd_read_number, NETWORK(mtu), PLACE(mtu_place), .min = 68,
	 .max = 65535},
	{"stp", netd_read_bool, NETWORK(stp)},
	{"autostart", netd_read_bool, NETWORK(autostart)},
	{"uplink", netd_read_text, NETWORK(uplink), PLACE(uplink_place)},
	{"nat", netd_read_nat},
	{"machines", netd_read_machines},
	{"forwards", netd_read_forwards},
	{"ports", netd_read_ports_map},
	{"dhcp", .later = true},
	{"dns", .later = true},
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

static const struct netd_key topology_keys[] = {
	{"name", netd_read_text, NETD_FIELD(struct netd_topology, name),
	 .place = offsetof(struct netd_topology, name_place)},
	{"networks", netd_read_networks},
	{"routers", .later = true},
	{"hosts", .later = true},
	{"links", .later = true},
};

int netd_read_topology(struct netd_reader *r, const struct netd_yaml *node)
{
	return netd_read_mapping(r, node, topology_keys, NETD_ARRAY_SIZE(topology_keys),
				 "a topology", r->t);
}
