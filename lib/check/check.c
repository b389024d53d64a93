// SPDX-License-Identifier: GPL-2.0-or-later
/* The check of a whole topology: its parts in turn, and what they share. */
#include "check/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/number.h"

/* In this order: machines get addresses out of ranges, forwards reach machines. */
static netd_check_part *const parts[] = {
	netd_check_limits,   netd_check_names,	    netd_check_links,
	netd_check_networks, netd_check_interfaces, netd_check_nodes,
	netd_check_subnets,  netd_check_cables,	    netd_check_routes,
	netd_check_services, netd_check_ranges,	    netd_check_claims,
	netd_check_machines, netd_check_forwards,   netd_check_listens,
};

static int run_parts(struct netd_topology *t, netd_address_held held, void *data,
		     struct netd_error *err)
{
	struct netd_wiring w;
	int r;

	netd_check_defaults(t);
	r = netd_wiring_init(&w, t);
	w.held = held;
	w.held_data = data;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(parts) && r >= 0; i++)
		r = parts[i](t, &w, err);
	netd_wiring_done(&w);
	return r;
}

int netd_topology_check_among(struct netd_topology *t, netd_address_held held, void *data,
			      struct netd_error *err)
{
	struct netd_error found = {0};
	int r = run_parts(t, held, data, &found);

	if (r == -ENOMEM)
		netd_error_no_memory(&found);
	if (r >= 0)
		r = netd_error_code(&found);
	netd_problems_finish(&found);
	netd_error_move(err, &found);
	t->checked = r == 0;
	return r;
}

int netd_topology_check(struct netd_topology *t, struct netd_error *err)
{
	return netd_topology_check_among(t, NULL, NULL, err);
}

int netd_topology_checked(const struct netd_topology **t, struct netd_topology **copy,
			  struct netd_error *err)
{
	int r;

	if ((*t)->checked)
		return 0;
	*copy = netd_topology_copy(*t);
	if (!*copy)
		return netd_error_no_memory(err);
	r = netd_topology_check(*copy, err);
	if (r < 0)
		return r;
	*t = *copy;
	return 0;
}

int netd_place_compare(const struct netd_place *a, const struct netd_place *b)
{
	if (a->line != b->line)
		return netd_order(a->line, b->line);
	return netd_order(a->column, b->column);
}

const char *netd_place_line(const struct netd_place *place, char out[NETD_LINE_TEXT])
{
	out[0] = '\0';
	if (netd_place_file_line(place))
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

const char *netd_check_range_edge(const struct netd_prefix *list, size_t count,
				  const struct netd_addr_range *range,
				  struct netd_addr *at)
{
	for (size_t i = 0; i < count; i++) {
		const struct netd_addr ends[] = {netd_prefix_network(&list[i]).addr,
						 netd_prefix_last(&list[i])};

		for (size_t k = 0; k < 2; k++) {
			const char *problem =
				netd_check_subnet_address(&list[i], &ends[k]);

			if (!problem || ends[k].family != range->first.family ||
			    netd_addr_compare(&ends[k], &range->first) < 0 ||
			    netd_addr_compare(&ends[k], &range->last) > 0)
				continue;
			*at = ends[k];
			return problem;
		}
	}
	return NULL;
}

void netd_check_mac(const struct netd_topology *t, const struct netd_mac *m,
		    struct netd_place place, struct netd_error *err)
{
	const char *problem = NULL;
	char text[NETD_MAC_TEXT];

	if (netd_mac_is_zero(m))
		problem = "is all zero";
	if (netd_mac_is_multicast(m))
		problem = "is a multicast address";
	if (problem)
		netd_topology_error(t, err, place, "MAC address %s %s",
				    netd_mac_format(m, text), problem);
}

void netd_check_mtu(const struct netd_topology *t, uint32_t mtu, struct netd_place place,
		    const struct netd_prefix *addresses, size_t count,
		    struct netd_error *err)
{
	const char *problem = NULL;

	if (mtu < NETD_MTU_MIN || mtu > NETD_MTU_MAX)
		problem = "is not within 68 to 65535";
	for (size_t i = 0; !problem && mtu < NETD_MTU_MIN_IPV6 && i < count; i++)
		if (addresses[i].addr.family == AF_INET6)
			problem = "is too small for IPv6, which needs 1280";
	if (mtu && problem)
		netd_topology_error(t, err, place, "MTU %u %s", mtu, problem);
}

/* The ends of a pool, which a host could have. */
static void check_source(const struct netd_topology *t,
			 const struct netd_addr_range *pool, struct netd_place place,
			 struct netd_error *err)
{
	const struct netd_addr *ends[] = {&pool->first, &pool->last};
	char text[NETD_ADDR_TEXT];

	for (size_t i = 0; pool->first.family && i < NETD_ARRAY_SIZE(ends); i++) {
		const char *problem = netd_check_host_address(ends[i]);

		if (!problem)
			continue;
		netd_topology_error(t, err, place, "NAT source %s %s",
				    netd_addr_format(ends[i], text), problem);
		return;
	}
}

void netd_check_nat(const struct netd_topology *t, const struct netd_nat *nat,
		    struct netd_error *err)
{
	check_source(t, &nat->source4, nat->source4_place, err);
	check_source(t, &nat->source6, nat->source6_place, err);
	if (nat->port_first > nat->port_last || (nat->port_last && !nat->port_first))
		netd_topology_error(t, err, nat->place,
				    "NAT ports %u-%u are not a range from 1 to 65535",
				    nat->port_first, nat->port_last);
}

const char *netd_check_family(const struct netd_addr *a)
{
	if (a->family == AF_INET)
		return "IPv4";
	return "IPv6";
}

struct netd_place netd_check_address_place(const struct netd_place *places, size_t count,
					   size_t i)
{
	static const struct netd_place nowhere;

	if (i < count)
		return places[i];
	return nowhere;
}
