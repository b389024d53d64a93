/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of netd_topology_check(), and the list of problems that they fill. */
#ifndef NETD_CHECK_CHECK_H
#define NETD_CHECK_CHECK_H

#include "model/topology.h"
#include "model/wiring.h"

/* No more problems than these are told of one file. */
#define NETD_PROBLEMS_MAX 100

/* A prefix test is paid for every machine and every forward. */
#define NETD_ADDRESSES_MAX 64

/* net/bridge/br_private.h BR_MAX_PORTS less port number 0. */
#define NETD_PORTS_MAX 1023

#define NETD_MTU_MIN 68 /* RFC 791: what every IPv4 host can take */
#define NETD_MTU_MAX 65535
#define NETD_MTU_MIN_IPV6 1280 /* RFC 8200, 5 */

/* Fills in what follows from other things: names, DNS by DHCP. */
void netd_check_defaults(struct netd_topology *t);

/*
 * Each part adds what it finds to @err (never NULL) and returns 0, or -ENOMEM if it could
 * not look.  They assume that netd_check_defaults() has run.
 */
typedef int netd_check_part(struct netd_topology *t, const struct netd_wiring *w,
			    struct netd_error *err);
netd_check_part netd_check_limits; /* -EINVAL: there is too much to look at */
netd_check_part netd_check_names;
netd_check_part netd_check_links;
netd_check_part netd_check_networks;
netd_check_part netd_check_interfaces;
netd_check_part netd_check_nodes;
netd_check_part netd_check_subnets;
netd_check_part netd_check_cables;
netd_check_part netd_check_routes;
netd_check_part netd_check_services;
netd_check_part netd_check_ranges;
netd_check_part netd_check_claims;
netd_check_part netd_check_machines;
netd_check_part netd_check_forwards;
netd_check_part netd_check_listens;

/* True if @err is full: what is costly to find out for one more need not be. */
bool netd_problems_enough(const struct netd_error *err);

/* Sorts by place, and closes a list that is too long with a word about it. */
void netd_problems_finish(struct netd_error *err);

/* Orders places as they stand in the file. */
int netd_place_compare(const struct netd_place *a, const struct netd_place *b);

#define NETD_LINE_TEXT 24
/* " (line N)", or "" if @place is nowhere; written into @out and returned. */
const char *netd_place_line(const struct netd_place *place, char out[NETD_LINE_TEXT]);

/* Why no host can have the address ("is a multicast address", …), or NULL. */
const char *netd_check_host_address(const struct netd_addr *a);

/* Why no host of the subnet @p can have the address @a, or NULL. */
const char *netd_check_subnet_address(const struct netd_prefix *p,
				      const struct netd_addr *a);
/* The same for a range: what is wrong with one of its addresses, *@at, that is one of the
 * interface's subnets' own or broadcast; NULL: nothing. */
const char *netd_check_range_edge(const struct netd_prefix *list, size_t count,
				  const struct netd_addr_range *range,
				  struct netd_addr *at);

/* Adds a problem if nothing can have the MAC. */
void netd_check_mac(const struct netd_topology *t, const struct netd_mac *m,
		    struct netd_place place, struct netd_error *err);

/* Adds a problem if an interface of these addresses cannot have that MTU; 0 is fine. */
void netd_check_mtu(const struct netd_topology *t, uint32_t mtu, struct netd_place place,
		    const struct netd_prefix *addresses, size_t count,
		    struct netd_error *err);

/* Adds problems of sources that no host can have, and of ports that are no range. */
void netd_check_nat(const struct netd_topology *t, const struct netd_nat *nat,
		    struct netd_error *err);

/* "IPv4", "IPv6". */
const char *netd_check_family(const struct netd_addr *a);

/* The @i-th of @places, or nowhere. */
struct netd_place netd_check_address_place(const struct netd_place *places, size_t count,
					   size_t i);

/* Adds a "did you mean" out of the interfaces' names to the last problem. */
void netd_check_suggest_interface(const struct netd_plugs *plugs, const char *name,
				  struct netd_error *err);
/* The interface of that name, or NULL. */
const struct netd_plug *netd_check_interface(const struct netd_plugs *plugs,
					     const char *name);
/* A gateway of the router's routes that is within the range, and is nobody's of the file:
 * check_claims.c tells of those; NULL: none. */
const struct netd_addr *netd_check_gateway(const struct netd_node *n,
					   const struct netd_plugs *plugs,
					   const struct netd_addr_range *range);

/*
 * What serves a network: its bridge, or an interface of a router on it.
 */
struct netd_server {
	struct netd_junction *junction;
	const struct netd_plug *plug; /* NULL: the bridge */
	const struct netd_prefix *addresses;
	size_t address_count;
	struct netd_dhcp *dhcp;
	struct netd_dns *dns;
	bool partial;
	char what[64]; /* "network \"lan\"", "router \"r1\", interface \"lan\"" */
};
/* Calls @visit for each; stops at the first that returns non-zero, and returns it. */
int netd_check_each_server(
	struct netd_topology *t, const struct netd_wiring *w, struct netd_error *err,
	int (*visit)(struct netd_topology *t, const struct netd_wiring *w,
		     const struct netd_server *server, struct netd_error *err));

#endif
