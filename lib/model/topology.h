/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person asks for: a topology with its networks, machines, forwards and ports. */
#ifndef NETD_MODEL_TOPOLOGY_H
#define NETD_MODEL_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/error.h"

#define NETD_IFNAME 16 /* IFNAMSIZ: 15 bytes and the NUL */
#define NETD_TOPOLOGY_NAME 32
#define NETD_MACHINE_NAME 64			      /* a DNS label, RFC 1035 2.3.4 */
#define NETD_OWNER (NETD_TOPOLOGY_NAME + NETD_IFNAME) /* "TOPOLOGY/NETWORK" */

enum netd_mode {
	NETD_MODE_ISOLATED, /* ports see each other and the bridge's own addresses */
	NETD_MODE_NAT,	    /* may open flows to the outside, under another source */
	NETD_MODE_ROUTED,   /* forwarded both ways, unchanged */
	NETD_MODE_OPEN,	    /* forwarded, and no filter rule of ours at all */
	NETD_MODE_BRIDGED,  /* an uplink joins the bridge */
};

/* A set of protocols that have ports; in the order in which texts name them. */
enum netd_protocol {
	NETD_TCP = 1 << 0,
	NETD_UDP = 1 << 1,
	NETD_SCTP = 1 << 2,
};

/* Source NAT of a network.  All optional: no source = masquerade. */
struct netd_nat {
	struct netd_addr_range source4, source6; /* first.family 0: masquerade */
	uint16_t port_first, port_last;		 /* 0-0: 1024-65535 */
	char out[NETD_IFNAME]; /* the only interface that may be left through */
	char on[NETD_IFNAME];  /* the sources are added to this interface */
	struct netd_place place;
	struct netd_place source4_place, source6_place, out_place, on_place;
};

/* A guest that the network knows. */
struct netd_machine {
	char name[NETD_MACHINE_NAME];
	bool has_mac;
	struct netd_mac mac;
	struct netd_addr address4, address6; /* family 0: none */
	bool partial; /* not all of it could be read: no problem that follows from that is
			 told */
	struct netd_place place;
	struct netd_place mac_place, address4_place, address6_place;
};

/* DNAT.  Ports 0-0: the whole address, every protocol. */
struct netd_forward {
	struct netd_addr listen;
	uint16_t port_first, port_last;
	unsigned protocols; /* bits of enum netd_protocol; 0 for a whole address */
	char machine[NETD_MACHINE_NAME]; /* as written; "" if an address was written */
	struct netd_addr to;		 /* resolved */
	uint16_t to_port;		 /* of port_first; the others follow in step */
	char on[NETD_IFNAME];		 /* listen is added to this interface; "" = no */
	struct netd_place place;
	struct netd_place to_place, on_place;
};

enum netd_port_kind {
	NETD_PORT_INTERFACE, /* exists already; enslaved and released */
	NETD_PORT_TAP,	     /* a persistent tap of ours */
	NETD_PORT_VETH,	     /* a veth pair of ours; @peer is the far end */
};

struct netd_port {
	char name[NETD_IFNAME];
	enum netd_port_kind kind;
	/* tap */
	bool has_owner, has_group, multi_queue, vnet_hdr;
	uint32_t owner, group; /* uid, gid */
	/* veth */
	char peer[NETD_IFNAME];
	char peer_namespace[NETD_MACHINE_NAME]; /* a name in /run/netns; "" = the host's
						 */
	bool partial;				/* as of a machine */
	struct netd_place place;
	struct netd_place peer_place;
};

struct netd_network {
	char name[NETD_IFNAME];
	char bridge[NETD_IFNAME]; /* never empty once checked */
	enum netd_mode mode;
	bool has_mac;
	struct netd_mac mac;
	uint32_t mtu; /* 0: the kernel's default, 1500 */
	bool stp;
	bool autostart;
	char uplink[NETD_IFNAME]; /* bridged only */
	struct netd_prefix *addresses;
	struct netd_place *address_places; /* beside addresses */
	size_t address_count;
	size_t address_place_count;
	struct netd_nat nat;
	struct netd_machine *machines;
	size_t machine_count;
	struct netd_forward *forwards;
	size_t forward_count;
	struct netd_port *ports;
	size_t port_count;
	bool partial; /* as of a machine */
	struct netd_place place, bridge_place, mode_place, mac_place, mtu_place,
		uplink_place;
};

struct netd_topology {
	char name[NETD_TOPOLOGY_NAME];
	char *file; /* where it was read from, for messages; may be NULL */
	char *text; /* that file's content, for excerpts; may be NULL */
	size_t text_length;
	struct netd_network *networks;
	size_t network_count;
	struct netd_place name_place;
};

/* An empty topology of that name (at most 31 bytes), or NULL. */
struct netd_topology *netd_topology_new(const char *name);
/* A deep copy, or NULL on lack of memory. */
struct netd_topology *netd_topology_copy(const struct netd_topology *t);
/* Frees it all; takes NULL, returns NULL.  Public: it is in netd.h too. */
__attribute__((visibility("default"))) struct netd_topology *netd_topology_free(
	struct netd_topology *t);
static inline void netd_topology_cleanup(struct netd_topology **t)
{
	netd_topology_free(*t);
}
#define netd_auto_topology __attribute__((cleanup(netd_topology_cleanup)))

/* NULL if there is none of that name. */
struct netd_network *netd_topology_network(const struct netd_topology *t,
					   const char *name);
struct netd_machine *netd_network_machine(const struct netd_network *n, const char *name);

/* Appends a zeroed network; NULL on lack of memory. */
struct netd_network *netd_topology_add_network(struct netd_topology *t);
/* Takes network @i out and frees what it held. */
void netd_topology_remove_network(struct netd_topology *t, size_t i);
void netd_network_done(struct netd_network *n);
/* Deep-copies @from over the zeroed @to; -ENOMEM. */
int netd_network_copy(struct netd_network *to, const struct netd_network *from);

/*
 * Checks a whole topology: names, subnets, forwards, ports; resolves machine names in
 * forwards and fills in defaults (bridge = name).  Adds every problem it finds, each with
 * its place, and returns the first one's code (-EINVAL), or 0.
 */
int netd_topology_check(struct netd_topology *t, struct netd_error *err);

/*
 * Adds a problem at @place of the file that @t came from, with the line itself, and
 * returns -EINVAL.
 */
int netd_topology_error(const struct netd_topology *t, struct netd_error *err,
			struct netd_place place, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Zeroes every place of @t and what is in it. */
void netd_topology_forget_places(struct netd_topology *t);

/* True if the two ask for the same; files, texts and places do not count. */
bool netd_topology_equal(const struct netd_topology *a, const struct netd_topology *b);

/* "isolated", … / the mode of that name, or -EINVAL. */
const char *netd_mode_name(enum netd_mode mode);
int netd_mode_parse(const char *name, enum netd_mode *out);
/* Of a single bit: "tcp", 6. */
const char *netd_protocol_name(unsigned protocol);
uint8_t netd_protocol_number(unsigned protocol);
/* All bits, for walking: for (p = NETD_TCP; p <= NETD_SCTP; p <<= 1). */
#define netd_protocol_for_each(p, set)                       \
	for (unsigned p = NETD_TCP; p <= NETD_SCTP; p <<= 1) \
		if ((set)&p)

/*
 * NULL if @name may name an interface, else what is wrong with it ("is longer than 15
 * bytes", …).  net/core/dev.c dev_valid_name(), and no characters but A-Z a-z 0-9 . _ -.
 */
const char *netd_ifname_problem(const char *name);
/* The same for a topology: at most 31 bytes of A-Z a-z 0-9 . _ -, not first '.' or '-'.
 */
const char *netd_topology_name_problem(const char *name);
/* The same for a machine: a DNS label of at most 63 letters, digits and '-'. */
const char *netd_machine_name_problem(const char *name);

#endif
