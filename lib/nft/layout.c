// SPDX-License-Identifier: GPL-2.0-or-later
/* Names and types of the maps, sets and chains of table inet netd. */
#include "nft/layout.h"

#include <string.h>

#include "base/array.h"

static const struct netd_map_layout maps[NETD_MAP_COUNT] = {
	[NETD_MAP_BRIDGES] = {"bridges", {NETD_PART_IFNAME, NETD_PART_IFNAME}, {0}},
	[NETD_MAP_FROM] = {"from", {NETD_PART_IFNAME}, {NETD_PART_VERDICT}},
	[NETD_MAP_TO] = {"to", {NETD_PART_IFNAME}, {NETD_PART_VERDICT}},
	[NETD_MAP_EGRESS] = {"egress", {NETD_PART_IFNAME, NETD_PART_IFNAME}, {0}},
	[NETD_MAP_INPUT] = {"input", {NETD_PART_IFNAME}, {NETD_PART_VERDICT}},
	[NETD_MAP_SOURCE] = {"source", {NETD_PART_IFNAME}, {NETD_PART_VERDICT}},
	[NETD_MAP_PAIRS] = {"pairs",
			    {NETD_PART_IFNAME, NETD_PART_IFNAME},
			    {NETD_PART_VERDICT}},
	[NETD_MAP_LEAVE] = {"leave",
			    {NETD_PART_IFNAME, NETD_PART_IFNAME},
			    {NETD_PART_VERDICT}},
	[NETD_MAP_SHUT] = {"shut",
			   {NETD_PART_IFNAME, NETD_PART_MAC},
			   {NETD_PART_VERDICT}},
	[NETD_MAP_FORWARD4] = {"forward4",
			       {NETD_PART_ADDR4, NETD_PART_PROTOCOL, NETD_PART_PORT},
			       {NETD_PART_ADDR4, NETD_PART_PORT}},
	[NETD_MAP_FORWARD6] = {"forward6",
			       {NETD_PART_ADDR6, NETD_PART_PROTOCOL, NETD_PART_PORT},
			       {NETD_PART_ADDR6, NETD_PART_PORT}},
	[NETD_MAP_ADDRESS4] = {"address4", {NETD_PART_ADDR4}, {NETD_PART_ADDR4}},
	[NETD_MAP_ADDRESS6] = {"address6", {NETD_PART_ADDR6}, {NETD_PART_ADDR6}},
};

enum { BYTEORDER_HOST = 1, BYTEORDER_BIG = 2 };

static const struct {
	uint8_t size;
	uint32_t type;
	uint32_t byteorder;
} parts[NETD_PART_COUNT] = {
	[NETD_PART_IFNAME] = {16, 41, BYTEORDER_HOST},
	[NETD_PART_ADDR4] = {4, 7, BYTEORDER_BIG},
	[NETD_PART_ADDR6] = {16, 8, BYTEORDER_BIG},
	[NETD_PART_MAC] = {6, 9, BYTEORDER_BIG},
	[NETD_PART_PROTOCOL] = {1, 12, BYTEORDER_BIG},
	[NETD_PART_PORT] = {2, 13, BYTEORDER_BIG},
	[NETD_PART_VERDICT] = {0, 0xffffff00, 0}, /* NFT_DATA_VERDICT */
};

static const char *const chains[NETD_CHAIN_COUNT] = {
	[NETD_CHAIN_NONE] = "",
	[NETD_CHAIN_FORWARDS] = "forwards",
	[NETD_CHAIN_REFUSE] = "refuse",
	[NETD_CHAIN_CLOSED] = "closed",
	[NETD_CHAIN_SHUT] = "shut-off",
	[NETD_CHAIN_ANSWERS] = "answers",
	[NETD_CHAIN_NAT_FROM] = "from-nat",
	[NETD_CHAIN_NAT_ASKED] = "from-nat-asked",
	[NETD_CHAIN_NAT_OUT] = "from-nat-out",
	[NETD_CHAIN_NAT_TO] = "to-nat",
	[NETD_CHAIN_LOCAL] = "local",
	[NETD_CHAIN_MASQUERADE] = "masquerade-plain",
	[NETD_CHAIN_FOREIGN] = "foreign",
	[NETD_CHAIN_OWN] = "own",
	[NETD_CHAIN_OWN_CLOSED] = "own-closed",
	[NETD_CHAIN_OWN_NAT] = "own-from-nat",
	[NETD_CHAIN_OWN_OUT] = "own-from-nat-out",
	[NETD_CHAIN_OWN_LOCAL] = "own-local",
};

const struct netd_map_layout *netd_map_layout(unsigned map)
{
	return &maps[map];
}

unsigned netd_map_by_name(const char *name)
{
	unsigned i;

	for (i = 0; i < NETD_MAP_COUNT; i++)
		if (!strcmp(maps[i].name, name))
			break;
	return i;
}

size_t netd_part_room(enum netd_part part)
{
	return (parts[part].size + 3U) & ~3U;
}

size_t netd_parts_room(const enum netd_part list[NETD_PARTS])
{
	size_t room = 0;

	for (size_t i = 0; i < NETD_PARTS; i++)
		room += netd_part_room(list[i]);
	return room;
}

uint32_t netd_part_type(enum netd_part part)
{
	return parts[part].type;
}

uint32_t netd_part_byteorder(enum netd_part part)
{
	return parts[part].byteorder;
}

const char *netd_chain_name(unsigned chain)
{
	return chains[chain];
}

unsigned netd_chain_by_name(const char *name)
{
	for (unsigned i = 1; i < NETD_CHAIN_COUNT; i++)
		if (!strcmp(chains[i], name))
			return i;
	return NETD_CHAIN_NONE;
}

bool netd_chain_is_source(const char *name)
{
	return !strncmp(name, NETD_SOURCE_CHAIN_PREFIX,
			sizeof(NETD_SOURCE_CHAIN_PREFIX) - 1) ||
	       !strncmp(name, NETD_LEAVE_CHAIN_PREFIX,
			sizeof(NETD_LEAVE_CHAIN_PREFIX) - 1);
}

const char *netd_element_target(const struct netd_element *e)
{
	if (e->chain)
		return chains[e->chain];
	return e->source_chain;
}
