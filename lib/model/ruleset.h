/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The content of table inet netd: what is the same on every host, and what networks add.
 */
#ifndef NETD_MODEL_RULESET_H
#define NETD_MODEL_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "model/topology.h"

/*
 * Theory of operation.  The table's chains, rules, sets and maps are constant (the
 * skeleton, lib/firewall/skeleton.c).  A network, forward or machine adds only elements
 * to the sets and maps, and, if its source NAT is not the plain masquerade, one small
 * regular chain that a map jumps to.  So a packet pays the same for one network as for a
 * thousand, and the differ compares elements, not rules.
 *
 * Each element bears "TOPOLOGY/NETWORK" as its comment, with a blank and free words
 * behind it where that helps a reader, so that a netd without its state knows whose it
 * is.
 */
#define NETD_COMMENT 112

/* The maps and sets of the skeleton; their key and data types are in its table. */
enum netd_map {
	NETD_MAP_BRIDGES,  /* set ifname . ifname: the same bridge twice */
	NETD_MAP_FROM,	   /* ifname : verdict, what a network may send */
	NETD_MAP_TO,	   /* ifname : verdict, what a network may be sent */
	NETD_MAP_EGRESS,   /* set ifname . ifname: bridge . out, for `nat: {out:}` */
	NETD_MAP_INPUT,	   /* ifname : verdict, what a network may send to the host */
	NETD_MAP_SOURCE,   /* ifname : verdict, its source NAT */
	NETD_MAP_FORWARD4, /* addr . proto . port : addr . port */
	NETD_MAP_FORWARD6,
	NETD_MAP_ADDRESS4, /* addr : addr */
	NETD_MAP_ADDRESS6,
	NETD_MAP_COUNT,
};

/* The regular chains of the skeleton that a verdict can jump to. */
enum netd_chain {
	NETD_CHAIN_NONE,
	NETD_CHAIN_CLOSED,   /* refuse all */
	NETD_CHAIN_NAT_FROM, /* a NAT network sends */
	NETD_CHAIN_NAT_OUT,  /* a NAT network with `out:` sends */
	NETD_CHAIN_NAT_TO,   /* a NAT network is sent to */
	NETD_CHAIN_LOCAL,    /* an isolated network reaches the bridge's own addresses */
	NETD_CHAIN_MASQUERADE, /* the plain masquerade */
	NETD_CHAIN_COUNT,
};

/*
 * One element of one map or set.  Keys and data are packed as the kernel has them: each
 * part padded to four bytes (ifname to sixteen), numbers in network order.
 */
struct netd_element {
	uint8_t map; /* enum netd_map */
	uint8_t key_length, data_length;
	uint8_t chain; /* enum netd_chain, for verdict maps; NONE: source_chain */
	uint8_t key[32];
	uint8_t data[20];
	char source_chain[2 * NETD_IFNAME]; /* "nat-BRIDGE", if the verdict jumps there */
	char comment[NETD_COMMENT];
};

/* A network's own source NAT: the regular chain "nat-BRIDGE". */
struct netd_source_chain {
	char name[2 * NETD_IFNAME];
	char owner[NETD_OWNER];
	struct netd_addr_range source4, source6; /* first.family 0: masquerade */
	uint16_t port_first, port_last;
};

struct netd_ruleset {
	bool present; /* table inet netd is there */
	bool intact;  /* observed only: its skeleton is as this version makes it */
	struct netd_element *elements; /* sorted by netd_element_compare once compiled */
	size_t element_count;
	struct netd_source_chain *chains;
	size_t chain_count;
	uint32_t generation; /* observed only: NFTA_GEN_ID, for compare-and-swap */
};

void netd_ruleset_done(struct netd_ruleset *r);

/* Orders by map, then key bytes: two equal elements are the same slot of the kernel's. */
int netd_element_compare(const struct netd_element *a, const struct netd_element *b);
/* True if the two deliver the same (data, verdict and comment). */
bool netd_element_equal(const struct netd_element *a, const struct netd_element *b);

#endif
