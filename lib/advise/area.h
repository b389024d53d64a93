/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An area has guests behind it: a network on the host, or an interface in a router. */
#ifndef NETD_ADVISE_AREA_H
#define NETD_ADVISE_AREA_H

#include "model/topology.h"

struct netd_forward;
struct netd_state;

/* Borrows from the topology. */
struct netd_area {
	const struct netd_network *network; /* NULL: it is an interface of a router */
	const struct netd_node *router;	    /* NULL: it is a network */
	const char *name, *link;	    /* link: the bridge, or the interface */
	const struct netd_prefix *addresses;
	size_t address_count;
	unsigned services; /* enum netd_service_bit */
	const struct netd_nat *nat;
	const struct netd_forward *forwards; /* of a router: all that it has */
	size_t forward_count;
};

/* One namespace: what is there, what is wanted, and the areas in it. */
struct netd_scene {
	const char *router; /* "" = the host's */
	const struct netd_state *observed;
	const struct netd_desired *desired;
	bool bridge_nf_call; /* bridged frames pass chains of IP, too */
	struct netd_area *areas;
	size_t area_count;
};

/* Fills @out->areas with the networks of @t, or with the interfaces of router @n; to be
 * freed.  -ENOMEM. */
int netd_areas_of_host(const struct netd_topology *t, struct netd_scene *out);
int netd_areas_of_router(const struct netd_topology *t, const struct netd_node *n,
			 struct netd_scene *out);

/* True if our rules accept new flows to the outside by that link, or from it. */
bool netd_area_leaves(const struct netd_area *a, const char *outside);
bool netd_area_enters(const struct netd_area *a, const char *outside);
/* The same from one area to another of the same namespace. */
bool netd_area_reaches(const struct netd_area *from, const struct netd_area *to);

/* Whether it has an address of that family (AF_*) beside link-local ones; its subnet, if
 * it has one only, else family 0. */
bool netd_area_has(const struct netd_area *a, int family);
struct netd_prefix netd_area_subnet(const struct netd_area *a, int family);
/* Whether that forward goes to a guest there. */
bool netd_area_has_forward(const struct netd_area *a, const struct netd_forward *f);

#endif
