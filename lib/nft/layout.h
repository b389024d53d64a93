/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names and types of the maps, sets and chains of table inet netd. */
#ifndef NETD_NFT_LAYOUT_H
#define NETD_NFT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/ruleset.h"

#define NETD_TABLE "netd" /* family inet */
/* What a network's own source NAT chain is called: this and the bridge's name.  No chain
 * of the skeleton begins like this, whatever a bridge is called. */
#define NETD_SOURCE_CHAIN_PREFIX "nat-"
/* And a router's: this and the outside interface's name. */
#define NETD_LEAVE_CHAIN_PREFIX "leave-"

/* What a key or data is made of; each part is padded to a multiple of four bytes. */
enum netd_part {
	NETD_PART_NONE,
	NETD_PART_IFNAME,
	NETD_PART_ADDR4,
	NETD_PART_ADDR6,
	NETD_PART_MAC,
	NETD_PART_PROTOCOL,
	NETD_PART_PORT,
	NETD_PART_VERDICT,
	NETD_PART_COUNT,
};

#define NETD_PARTS 3

struct netd_map_layout {
	const char *name;
	enum netd_part key[NETD_PARTS];
	enum netd_part data[NETD_PARTS]; /* NONE first: a set */
};

/* Of enum netd_map. */
const struct netd_map_layout *netd_map_layout(unsigned map);
/* The map of that name, or NETD_MAP_COUNT. */
unsigned netd_map_by_name(const char *name);

/* Bytes that a part takes up in a key, with its padding. */
size_t netd_part_room(enum netd_part part);
size_t netd_parts_room(const enum netd_part list[NETD_PARTS]);

/* nft's number for the type (enum datatypes of its include/datatype.h), which it needs in
 * order to list a set, and the byte order that it must be told (enum byteorder). */
uint32_t netd_part_type(enum netd_part part);
uint32_t netd_part_byteorder(enum netd_part part);

/* "closed", …; "" for NETD_CHAIN_NONE / the chain of that name, or NETD_CHAIN_NONE. */
const char *netd_chain_name(unsigned chain);
unsigned netd_chain_by_name(const char *name);

/* True if a chain of that name has a source NAT of its own, of either kind. */
bool netd_chain_is_source(const char *name);

/* The chain that an element's verdict jumps to; "" if it has none. */
const char *netd_element_target(const struct netd_element *e);

#endif
