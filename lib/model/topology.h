/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person asks for: a topology with its networks, machines, forwards and ports. */
#ifndef NETD_MODEL_TOPOLOGY_H
#define NETD_MODEL_TOPOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netd-types.h"
#include "base/addr.h"
#include "base/error.h"

#define NETD_IFNAME 16 /* IFNAMSIZ: 15 bytes and the NUL */
#define NETD_TOPOLOGY_NAME 32
#define NETD_MACHINE_NAME 64 /* a DNS label, RFC 1035 2.3.4 */
#define NETD_NODE_NAME 32    /* a file below /run/netns, a DNS label */
#define NETD_DOMAIN 254	     /* RFC 1035 2.3.4, and the NUL */
/* "TOPOLOGY/NETWORK", "TOPOLOGY/NODE" */
#define NETD_OWNER (NETD_TOPOLOGY_NAME + NETD_NODE_NAME)

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
	/* of the addresses: not written, chosen out of the network's range by the check
	 */
	bool chosen4, chosen6;
	/* what is chosen if it is free; family 0: what follows from the names */
	struct netd_addr kept4, kept6;
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

/* A route that guests are told of (option 121, RFC 3442; IPv4 only). */
struct netd_dhcp_route {
	struct netd_prefix to;
	struct netd_addr via;
	struct netd_place place;
};

struct netd_dhcp_range {
	struct netd_addr_range range; /* of either family */
	bool chosen;		      /* not written, chosen by the check */
	struct netd_place place;
};

/* An address in a list, as written. */
struct netd_listed_addr {
	struct netd_addr addr;
	struct netd_place place;
};

/*
 * DHCP, DHCPv6 and router advertisements, on a network or on one interface of a router.
 * Families follow the addresses of the interface that serves.
 */
struct netd_dhcp {
	bool enabled;
	bool optional; /* `required: false`: without dnsmasq, the rest comes up all the
			  same */
	struct netd_dhcp_range *ranges; /* none of a family: the check chooses one */
	size_t range_count;
	uint32_t lease;		  /* seconds; 0: 3,600; UINT32_MAX: for ever */
	bool no_gateway;	  /* `gateway: none` */
	struct netd_addr gateway; /* family 0: the interface's own (none if isolated) */
	struct netd_listed_addr *servers; /* name servers told of; none: the own address
					     if it serves DNS */
	size_t server_count;
	uint32_t mtu; /* told to guests; 0: the interface's, if it is not 1,500 */
	struct netd_dhcp_route *routes;
	size_t route_count;
	struct netd_dhcp_boot {
		char file[128];		 /* RFC 2131 2: 128 bytes with the NUL */
		struct netd_addr server; /* family 0: the own address */
		struct netd_place place;
	} boot;
	char tftp_root[NETD_DOMAIN]; /* absolute path; "": no TFTP */
	bool no_ra;		     /* `ra: false`: no router advertisements */
	bool no_slaac;		     /* `slaac: false`: addresses by DHCPv6 only */
	struct netd_place place, gateway_place, tftp_place;
};

struct netd_dns_forwarder {
	char domain[NETD_DOMAIN]; /* only for names below it; "" = all */
	struct netd_addr addr;
	uint16_t port; /* 0: 53 */
	struct netd_place place;
};

struct netd_dns_record {
	char name[NETD_DOMAIN];
	struct netd_addr addr;
	struct netd_place place;
};

/* Names of a network: its machines', `records:`, and those of others by forwarders. */
struct netd_dns {
	bool enabled;			       /* by the check, unless said: as DHCP is */
	bool said;			       /* `dns:` was written */
	char domain[NETD_DOMAIN];	       /* "": names stand without one */
	struct netd_dns_forwarder *forwarders; /* none: the host's resolv.conf */
	size_t forwarder_count;
	bool no_forward; /* `forwarders: none`; always so on isolated networks */
	struct netd_dns_record *records;
	size_t record_count;
	struct netd_place place, domain_place;
};

enum netd_route_type {
	NETD_ROUTE_UNICAST,
	NETD_ROUTE_BLACKHOLE,
	NETD_ROUTE_UNREACHABLE,
	NETD_ROUTE_PROHIBIT,
};

struct netd_static_route {
	struct netd_prefix to;	     /* default: 0.0.0.0/0 or ::/0 */
	struct netd_addr via;	     /* family 0: on the link */
	struct netd_addr source;     /* family 0: the kernel chooses */
	char interface[NETD_IFNAME]; /* `dev:`; "" = that which @via is reached by */
	uint32_t metric;	     /* 0: the kernel's default */
	enum netd_route_type type;
	bool onlink; /* @via need not be in a subnet of the interface */
	struct netd_place place, via_place, interface_place, source_place;
};

struct netd_network {
	char name[NETD_IFNAME];
	char bridge[NETD_IFNAME]; /* never empty once checked */
	enum netd_mode mode;
	bool has_mac;
	struct netd_mac mac;
	uint32_t mtu; /* 0: the kernel's default, 1500 */
	bool stp;
	uint32_t group_fwd_mask; /* 0: as somebody else set it */
	bool autostart;
	bool overlaps;	   /* its subnets may be what the host reaches otherwise */
	bool defined;	   /* as a definition has it; not in a file, nor compared */
	bool no_antispoof; /* `antispoof: false`: guests may send from any address */
	bool existing; /* the bridge is somebody else's: it is used, and stays as it is */
	char uplink[NETD_IFNAME]; /* bridged only */
	struct netd_prefix *addresses;
	struct netd_place *address_places; /* beside addresses */
	size_t address_count;
	size_t address_place_count;
	struct netd_static_route *routes; /* of the host, by this network */
	size_t route_count;
	struct netd_nat nat;
	struct netd_machine *machines;
	size_t machine_count;
	struct netd_forward *forwards;
	size_t forward_count;
	struct netd_port *ports;
	size_t port_count;
	struct netd_dhcp dhcp;
	struct netd_dns dns;
	bool partial; /* as of a machine */
	struct netd_place place, bridge_place, mode_place, mac_place, mtu_place,
		uplink_place, existing_place;
};

/*
 * A node is a namespace of its own: a router, which forwards between its interfaces, or a
 * host, which does not.  An interface is the inner end of a veth pair; the outer one is a
 * port of a network's bridge, or, for a cable (`links:`), an interface of another node.
 */
enum netd_node_kind {
	NETD_NODE_ROUTER,
	NETD_NODE_HOST,
};

struct netd_node_interface {
	char name[NETD_IFNAME];	   /* inside the namespace */
	char network[NETD_IFNAME]; /* "" for an end of a cable */
	char port[NETD_IFNAME];	   /* the outer end's name on the host, by the check; ""
				      for an end of a cable */
	bool has_mac;
	struct netd_mac mac;
	uint32_t mtu; /* 0: the network's or the cable's */
	struct netd_prefix *addresses;
	struct netd_place *address_places; /* beside addresses */
	size_t address_count;
	size_t address_place_count;
	struct netd_dhcp dhcp; /* routers only: serves the network from here */
	struct netd_dns dns;
	bool partial; /* as of a machine */
	struct netd_place place, network_place, mac_place, mtu_place;
};

/* New flows from interface @from to interface @to pass; replies always do. */
struct netd_allow {
	char from[NETD_IFNAME], to[NETD_IFNAME];
	struct netd_place place;
};

struct netd_node {
	char name[NETD_NODE_NAME]; /* of the namespace, too */
	enum netd_node_kind kind;
	struct netd_node_interface *interfaces; /* those of cables are in the cables */
	size_t interface_count;
	struct netd_static_route *routes;
	size_t route_count;
	struct netd_listed_addr *servers; /* of its resolv.conf; none: see dhcp/resolv */
	size_t server_count;
	char search[NETD_DOMAIN]; /* the domain that its resolv.conf searches */
	/* routers only: */
	struct netd_nat nat; /* .out "" = none; else its outside interface */
	struct netd_forward *forwards;
	size_t forward_count;
	bool isolate; /* nothing passes between its networks; by nat.out it may leave */
	struct netd_allow *allows; /* only these pass, by nat.out too; none: all */
	size_t allow_count;
	bool partial; /* as of a machine */
	struct netd_place place, search_place;
};

/* A veth pair between two nodes, without a bridge: an entry of `links:`. */
struct netd_cable {
	char name[NETD_IFNAME];
	uint32_t mtu; /* 0: 1,500 */
	struct netd_cable_end {
		char node[NETD_NODE_NAME];
		struct netd_node_interface interface;
		struct netd_place place;
	} ends[2];
	unsigned end_count; /* 2 once checked */
	bool partial;	    /* as of a machine */
	struct netd_place place, mtu_place;
};

struct netd_topology {
	char name[NETD_TOPOLOGY_NAME];
	char *file; /* where it was read from, for messages; may be NULL */
	char *text; /* that file's content, for excerpts; may be NULL */
	size_t text_length;
	struct netd_network *networks;
	size_t network_count;
	struct netd_node *nodes; /* routers and hosts, in the file's order */
	size_t node_count;
	struct netd_cable *cables;
	size_t cable_count;
	bool autostart; /* all of it, whatever its networks say */
	bool checked;	/* by netd_topology_check(), and not edited since */
	struct netd_place name_place;
};

/* An empty topology of that name (at most 31 bytes), or NULL. */
struct netd_topology *netd_topology_new(const char *name);
/* A deep copy, or NULL on lack of memory. */
struct netd_topology *netd_topology_copy(const struct netd_topology *t);
/* Frees it all; takes NULL, returns NULL.  Public: it is in netd.h too. */
NETD_PUBLIC struct netd_topology *netd_topology_free(struct netd_topology *t);
static inline void netd_topology_cleanup(struct netd_topology **t)
{
	netd_topology_free(*t);
}
#define netd_auto_topology __attribute__((cleanup(netd_topology_cleanup)))

/* NULL if there is none of that name. */
struct netd_network *netd_topology_network(const struct netd_topology *t,
					   const char *name);
struct netd_machine *netd_network_machine(const struct netd_network *n, const char *name);

/* NULL if there is no router or host of that name. */
struct netd_node *netd_topology_node(const struct netd_topology *t, const char *name);
/*
 * The @i-th interface of @node, those of its cables behind its own; NULL behind the last.
 * If it is a cable's, *@cable and *@other (each may be NULL) say which and its far end,
 * else they are NULL.
 */
struct netd_node_interface *netd_node_interface(const struct netd_topology *t,
						const struct netd_node *node, size_t i,
						const struct netd_cable **cable,
						const struct netd_cable_end **other);
/* The interface of that name, of a cable or not; NULL if there is none. */
struct netd_node_interface *netd_node_interface_find(const struct netd_topology *t,
						     const struct netd_node *node,
						     const char *name);
/* True if nothing is asked for. */
static inline bool netd_topology_is_empty(const struct netd_topology *t)
{
	return t->network_count == 0 && t->node_count == 0 && t->cable_count == 0;
}

/* Each appends a zeroed one; NULL on lack of memory. */
struct netd_network *netd_topology_add_network(struct netd_topology *t);
struct netd_node *netd_topology_add_node(struct netd_topology *t);
struct netd_cable *netd_topology_add_cable(struct netd_topology *t);
/* Takes network @i out and frees what it held. */
void netd_topology_remove_network(struct netd_topology *t, size_t i);
void netd_network_done(struct netd_network *n);
/* Takes node @i out and frees what it held; cables that end at it stay. */
void netd_topology_remove_node(struct netd_topology *t, size_t i);
void netd_node_done(struct netd_node *n);
void netd_node_interface_done(struct netd_node_interface *i);
/* Deep-copies @from over the zeroed @to; -ENOMEM. */
int netd_network_copy(struct netd_network *to, const struct netd_network *from);
/* The same for nodes and cables. */
void netd_topology_remove_cable(struct netd_topology *t, size_t i);
void netd_cable_done(struct netd_cable *c);
int netd_node_copy(struct netd_node *to, const struct netd_node *from);
int netd_cable_copy(struct netd_cable *to, const struct netd_cable *from);

/*
 * Checks a whole topology: names, subnets, forwards, ports; resolves machine names in
 * forwards and fills in defaults (bridge = name).  Adds every problem it finds, each with
 * its place, and returns the first one's code (-EINVAL), or 0.
 */
int netd_topology_check(struct netd_topology *t, struct netd_error *err);
/*
 * 0 if *@t has been checked and not been edited since.  Else it checks a copy, which it
 * puts into *@copy, to be freed, and into *@t; errors as above.
 */
int netd_topology_checked(const struct netd_topology **t, struct netd_topology **copy,
			  struct netd_error *err);

/*
 * The same; of the addresses that are chosen for machines, none is one that @held says
 * somebody else has.  What a machine has kept is not asked about.
 */
typedef bool (*netd_address_held)(const struct netd_network *n,
				  const struct netd_machine *m, const struct netd_addr *a,
				  void *data);
int netd_topology_check_among(struct netd_topology *t, netd_address_held held, void *data,
			      struct netd_error *err);

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
bool netd_network_equal(const struct netd_network *a, const struct netd_network *b);
bool netd_node_equal(const struct netd_node *a, const struct netd_node *b);

/* The words for enums, in their order; NULL ends them. */
extern const char *const netd_modes[],
	*const netd_port_kinds[], *const netd_route_types[], *const netd_protocols[];

/* "isolated", … */
const char *netd_mode_name(enum netd_mode mode);
/* "router", "host". */
const char *netd_node_kind_name(enum netd_node_kind kind);
/* "unicast", … */
const char *netd_route_type_name(enum netd_route_type type);
/* Of a single bit: "tcp", 6. */
const char *netd_protocol_name(unsigned protocol);
uint8_t netd_protocol_number(unsigned protocol);
/* All bits, for walking: for (p = NETD_TCP; p <= NETD_SCTP; p <<= 1). */
#define netd_protocol_for_each(p, set)                       \
	for (unsigned p = NETD_TCP; p <= NETD_SCTP; p <<= 1) \
		if (p & (set))

/*
 * NULL if @name may name an interface, else what is wrong with it ("is longer than 15
 * bytes", …).  net/core/dev.c dev_valid_name(), and no characters but A-Z a-z 0-9 . _ -.
 */
const char *netd_ifname_problem(const char *name);
/* The same for a network whose bridge has another name: "default" and "all" may be. */
const char *netd_network_name_problem(const char *name);
/* The same for a topology: at most 31 bytes of A-Z a-z 0-9 . _ -, not first '.' or '-'.
 */
const char *netd_topology_name_problem(const char *name);
/* The same for a machine: a DNS label of at most 63 letters, digits and '-'. */
const char *netd_machine_name_problem(const char *name);
/* The same for a router or host: a DNS label of at most 31 letters, digits and '-'. */
const char *netd_node_name_problem(const char *name);
/* The same for a domain or a name in it: labels of letters, digits, '-' and '_'. */
const char *netd_domain_problem(const char *name);

#endif
