// SPDX-License-Identifier: GPL-2.0-or-later
/* The check of a whole topology: its parts in turn, and what they share. */
#include "model/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"

static int (*const parts[])(struct netd_topology *t, struct netd_error *err) = {
	netd_check_names,    netd_check_links,	  netd_check_networks, netd_check_subnets,
	netd_check_machines, netd_check_forwards, netd_check_listens,
};

int netd_topology_check(struct netd_topology *t, struct netd_error *err)
{
	struct netd_error found = {0};
	int r = 0;

	for (size_t i = 0; i < NETD_ARRAY_SIZE(parts) && r == 0; i++)
		r = parts[i](t, &found);
	if (r == -ENOMEM)
		netd_error_add(&found, -ENOMEM, "out of memory");
	if (r == 0)
		r = netd_error_code(&found);
	netd_problems_finish(&found);
	netd_error_move(err, &found);
	return r;
}

int netd_place_compare(const struct netd_place *a, const struct netd_place *b)
{
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->column < b->column ? -1 : a->column > b->column;
}

const char *netd_place_line(const struct netd_place *place, char out[NETD_LINE_TEXT])
{
	out[0] = '\0';
	if (place->line)
		snprintf(out, NETD_LINE_TEXT, " (line %u)", place->line);
	return out;
}

const char *netd_check_host_address(const struct netd_addr *a)
{
	static const uint8_t broadcast[4] = {255, 255, 255, 255};

	if (netd_addr_is_unspecified(a))
		return "is the unspecified address";
	if (netd_addr_is_loopback(a))
		return "is a loopback address";
	if (netd_addr_is_multicast(a))
		return "is a multicast address";
	if (a->family == AF_INET && memcmp(a->bytes, broadcast, 4) == 0)
		return "is the broadcast address";
	return NULL;
}

const char *netd_check_subnet_address(const struct netd_prefix *p,
				      const struct netd_addr *a)
{
	struct netd_prefix network = netd_prefix_network(p);
	struct netd_addr last = netd_prefix_last(p);

	/* RFC 3021: a /31 has no such addresses. */
	if (a->family != AF_INET || p->length >= 31)
		return NULL;
	if (netd_addr_equal(a, &network.addr))
		return "is the address of the subnet itself";
	if (netd_addr_equal(a, &last))
		return "is the broadcast address of its subnet";
	return NULL;
}

const struct netd_prefix *netd_check_subnet(const struct netd_network *n,
					    const struct netd_addr *a)
{
	for (size_t i = 0; i < n->address_count; i++)
		if (n->addresses[i].addr.family == a->family &&
		    netd_prefix_contains(&n->addresses[i], a))
			return &n->addresses[i];
	return NULL;
}

const char *netd_check_mac(const struct netd_mac *m)
{
	if (netd_mac_is_zero(m))
		return "is all zero";
	if (netd_mac_is_multicast(m))
		return "is a multicast address";
	return NULL;
}
