/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is plugged into what: the interfaces of routers and hosts by network and by node.
 */
#ifndef NETD_MODEL_WIRING_H
#define NETD_MODEL_WIRING_H

#include "model/topology.h"

/* An interface of a node, and where it leads. */
struct netd_plug {
	struct netd_node *node; /* NULL: the file has none of that name */
	struct netd_node_interface *interface;
	struct netd_junction *junction; /* the network's; NULL: a cable, or unknown */
	const struct netd_cable *cable; /* NULL: on a network */
	const struct netd_plug *far;	/* the cable's other end */
};

struct netd_plugs {
	struct netd_plug **items;
	size_t count;
};

/*
 * A network with what is plugged into it.  Its subnets, by family (IPv4 first), are those
 * of its own addresses; if it has none of that family, those of the first router on it.
 */
struct netd_junction {
	struct netd_network *network;
	struct netd_plugs plugs;
	struct netd_subnets {
		const struct netd_prefix *addresses; /* of both families */
		size_t count;			     /* 0: no subnet is known */
		const struct netd_plug *plug; /* the router's; NULL: the network's */
	} subnets[2];
};

/* Points into the topology, which must not grow or shrink meanwhile. */
struct netd_wiring {
	struct netd_plug *all; /* of nodes, then of cables */
	size_t count;
	struct netd_junction *junctions; /* beside t->networks */
	struct netd_plugs *nodes;	 /* beside t->nodes */
	struct netd_network **networks_by_name;
	struct netd_node **nodes_by_name;
	struct netd_topology *t;
	/* of netd_topology_check_among(); NULL: nobody has anything */
	netd_address_held held;
	void *held_data;
};

/* 0 or -ENOMEM; what was made is freed by netd_wiring_done(). */
int netd_wiring_init(struct netd_wiring *w, struct netd_topology *t);
void netd_wiring_done(struct netd_wiring *w);

/* NULL if there is none of that name; the first of several. */
struct netd_junction *netd_wiring_junction(const struct netd_wiring *w, const char *name);
struct netd_node *netd_wiring_node(const struct netd_wiring *w, const char *name);
/* Every interface of @node, those of cables behind its own. */
const struct netd_plugs *netd_wiring_plugs(const struct netd_wiring *w,
					   const struct netd_node *node);
/* True if one of the interfaces has the address. */
bool netd_plugs_have(const struct netd_plugs *plugs, const struct netd_addr *a);

/* The subnet that holds @a; NULL if there is none.  Link-local ones do not count. */
const struct netd_prefix *netd_junction_subnet(const struct netd_junction *s,
					       const struct netd_addr *a);
/* A subnet of that family, not a link-local one; NULL if there is none. */
const struct netd_prefix *netd_junction_any_subnet(const struct netd_junction *s,
						   int family);
/* The address of @list whose subnet holds @a; NULL if there is none. */
const struct netd_prefix *netd_prefixes_find(const struct netd_prefix *list, size_t count,
					     const struct netd_addr *a);

#endif
