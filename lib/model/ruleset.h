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
 * skeleton, lib/ruleset/skeleton.c).  A network, forward or machine adds only elements
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
	NETD_MAP_PAIRS,	   /* ifname . ifname : verdict, what may pass in a router */
	NETD_MAP_LEAVE,	   /* ifname . ifname : verdict, a router's source NAT */
	NETD_MAP_SHUT,	   /* ifname . MAC : verdict, what is sent to the bridge itself */
	NETD_MAP_FORWARD4, /* addr . proto . port : addr . port */
	NETD_MAP_FORWARD6,
	NETD_MAP_ADDRESS4, /* addr : addr */
	NETD_MAP_ADDRESS6,
	NETD_MAP_COUNT,
};

/* The regular chains of the skeleton that a verdict can jump to. */
enum netd_chain {
	NETD_CHAIN_NONE,
	NETD_CHAIN_FORWARDS,  /* the forward maps */
	NETD_CHAIN_REFUSE,    /* an error to whoever sent it */
	NETD_CHAIN_CLOSED,    /* refuse all */
	NETD_CHAIN_SHUT,      /* an isolated network sends off its bridge */
	NETD_CHAIN_ANSWERS,   /* a NAT network answers */
	NETD_CHAIN_NAT_FROM,  /* a NAT network sends */
	NETD_CHAIN_NAT_ASKED, /* the same in a router, where others may open flows to it
			       */
	NETD_CHAIN_NAT_OUT,   /* a NAT network with `out:` sends */
	NETD_CHAIN_NAT_TO,    /* a NAT network is sent to */
	NETD_CHAIN_LOCAL,     /* an isolated network reaches the bridge's own addresses */
	NETD_CHAIN_MASQUERADE, /* the plain masquerade */
	NETD_CHAIN_FOREIGN,    /* a source from elsewhere */
	NETD_CHAIN_OWN,	       /* sources of one's own only … */
	NETD_CHAIN_OWN_CLOSED, /* … and then as the chain of that name */
	NETD_CHAIN_OWN_NAT,
	NETD_CHAIN_OWN_OUT,
	NETD_CHAIN_OWN_LOCAL,
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

/*
 * What a link's guests ask the host for, and may: where somebody else's chain at the
 * input hook drops, accept rules of ours go into that chain, since an accept in our own
 * table would not help.
 */
enum netd_service_bit {
	NETD_ADMIT_DHCP = 1 << 0,
	NETD_ADMIT_DNS = 1 << 1,
	NETD_ADMIT_TFTP = 1 << 2,
	NETD_ADMIT_DHCP6 = 1 << 3,
	NETD_ADMIT_ND = 1 << 4, /* neighbour discovery: nothing of IPv6 goes without */
	NETD_ADMIT_RS = 1 << 5, /* what asks for router advertisements */
};

struct netd_admit {
	char link[NETD_IFNAME];
	char owner[NETD_OWNER]; /* "TOPOLOGY/NETWORK" or "TOPOLOGY/NODE" */
	unsigned services;
};

/* Beginning of the names of tables that hold back DHCP's answers: lib/dhcp/guard_hold.c.
 */
#define NETD_GUARD_TABLE "netd-dhcp-"

/*
 * Somebody else's base chain where packets come in or pass (observed only).  Tables of
 * iptables-legacy have a prefix that no name in nft's language has.
 */
#define NETD_FOREIGN_NAME 256 /* NFT_NAME_MAXLEN */
#define NETD_LEGACY_PREFIX "legacy "
struct netd_foreign_chain {
	uint8_t family; /* NFPROTO_* */
	char table[NETD_FOREIGN_NAME], name[NETD_FOREIGN_NAME];
	uint8_t hook; /* NF_INET_* */
	int32_t priority;
	bool policy_drops;
	bool unread;	 /* its rules are too many, or not of interest */
	bool drops;	 /* input only: what no rule of it accepts */
	bool firewalld;	 /* input only: firewalld makes it anew at each reload */
	bool locked;	 /* its table has an owner: nobody else can change it */
	uint64_t before; /* the rule that drops the rest; 0: its policy does */
};

/* One accept rule of ours in somebody else's chain. */
#define NETD_ADMIT_SPOILED UINT8_MAX
struct netd_admit_rule {
	size_t chain; /* index in netd_ruleset.foreign */
	uint8_t row;  /* lib/ruleset/admit.h; SPOILED: not as we made it */
	char link[NETD_IFNAME];
	char owner[NETD_OWNER];
	uint64_t handle; /* observed only */
};

struct netd_ruleset {
	bool present; /* table inet netd is there */
	bool intact;  /* observed only: its skeleton is as this version makes it */
	struct netd_element *elements; /* sorted by netd_element_compare once compiled */
	size_t element_count;
	struct netd_source_chain *chains;
	size_t chain_count;
	struct netd_admit *admits; /* desired only */
	size_t admit_count;
	bool passes; /* desired only: packets pass, so others' rules about that matter */
	bool serves; /* observed only: there may be rules of ours in others' chains */
	struct netd_foreign_chain *foreign; /* observed only … */
	size_t foreign_count;
	struct netd_admit_rule *admitted; /* … and what of ours is in them */
	size_t admitted_count;
	void *others; /* observed only: the rules and sets of others' tables through which
			 packets pass, as nf_tables dumped them */
	size_t others_length;
	uint32_t generation; /* observed only: NFTA_GEN_ID, for compare-and-swap */
};

void netd_ruleset_done(struct netd_ruleset *r);

/* Orders by map, then key bytes: two equal elements are the same slot of the kernel's. */
int netd_element_compare(const struct netd_element *a, const struct netd_element *b);
/* True if the two deliver the same (data, verdict and comment). */
bool netd_element_equal(const struct netd_element *a, const struct netd_element *b);

#endif
