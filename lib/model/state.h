/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel has, or should have: links, addresses, routes, sysctls, rules. */
#ifndef NETD_MODEL_STATE_H
#define NETD_MODEL_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "model/ruleset.h"
#include "model/topology.h"

/*
 * Theory of operation.  Desired and observed state are both a struct netd_state, so the
 * differ compares like with like.  The desired one holds what our topology asks for and
 * nothing else; the observed one holds all that the kernel showed, ours or not.
 *
 * Links are named, never numbered: an index is reused.  `index` is only what a dump saw.
 */

/* Our marks.  The group is honoured in RTM_NEWLINK itself, so a link is never without it.
 */
#define NETD_LINK_GROUP 0x6e657464 /* "netd" */
#define NETD_LINK_GROUP_DOOMED \
	0x6e657478	  /* "netx": about to be deleted, in one message */
#define NETD_PROTOCOL 110 /* of routes and addresses (IFA_PROTO, RTPROT) */
#define NETD_ALIAS_PREFIX "netd:"
#define NETD_ALIAS (sizeof(NETD_ALIAS_PREFIX) + NETD_OWNER)

enum netd_link_kind {
	NETD_LINK_OTHER, /* loopback, physical, anything that we do not make */
	NETD_LINK_BRIDGE,
	NETD_LINK_TAP,
	NETD_LINK_VETH,
};

/* Bridge attributes as the kernel holds them (linux/if_link.h IFLA_BR_*). */
struct netd_bridge {
	bool stp;
	bool multicast_snooping;
	bool nf_call_iptables, nf_call_ip6tables, nf_call_arptables;
	uint16_t group_fwd_mask;
	uint32_t forward_delay; /* 1/100 s */
};

struct netd_tap {
	bool has_owner, has_group, multi_queue, vnet_hdr, persistent;
	uint32_t owner, group;
};

struct netd_link {
	char name[NETD_IFNAME];
	enum netd_link_kind kind;
	bool up;
	bool hairpin;
	bool foreign; /* desired only: exists already, only its master and MTU are ours */
	bool no_ipv6_address; /* IN6_ADDR_GEN_MODE_NONE */
	bool has_mac;	      /* desired only: false = any */
	struct netd_mac mac;
	uint32_t mtu; /* desired: 0 = any */
	uint32_t group;
	char alias[NETD_ALIAS];
	char master[NETD_IFNAME]; /* "" = none */
	struct netd_bridge bridge;
	struct netd_tap tap;
	char peer[NETD_IFNAME];			/* veth */
	char peer_namespace[NETD_MACHINE_NAME]; /* veth, desired only */
	bool running, loopback;			/* observed only */
	uint64_t rx_bytes, tx_bytes;		/* observed only */
	uint64_t rx_packets, tx_packets;	/* observed only */
	int index;				/* observed only */
	int master_index;			/* observed only */
	char kind_name[NETD_IFNAME];		/* observed only: "vlan", "tun", "" … */
	struct netd_place place;		/* desired only */
};

/* What of a link a change sets. */
enum netd_link_field {
	NETD_LINK_UP = 1 << 0,
	NETD_LINK_MAC = 1 << 1,
	NETD_LINK_MTU = 1 << 2,
	NETD_LINK_MASTER = 1 << 3, /* "" releases */
	NETD_LINK_ALIAS_TEXT = 1 << 4,
	NETD_LINK_GROUP_NUMBER = 1 << 5,
	NETD_LINK_BRIDGE_DATA = 1 << 6,
	NETD_LINK_HAIRPIN = 1 << 7,
	NETD_LINK_NO_IPV6 = 1 << 8, /* no IPv6 address of its own, as ports want it */
};

struct netd_ifaddr {
	char link[NETD_IFNAME];
	struct netd_prefix prefix;
	uint8_t protocol; /* NETD_PROTOCOL on ours */
	bool dynamic;	  /* observed only: has a lifetime */
	bool no_source;	  /* desired only: never the source of a flow of the host's */
	char owner[NETD_OWNER];	 /* desired only: "TOPOLOGY/NETWORK" */
	struct netd_place place; /* desired only */
};

struct netd_route {
	struct netd_prefix to; /* 0.0.0.0/0 and ::/0: default */
	char link[NETD_IFNAME];
	uint32_t table, metric;
	uint8_t protocol;
};

/* One file below /proc/sys/net, by its path there, e.g. "ipv4/conf/eth0/forwarding". */
#define NETD_SYSCTL_PATH 96
struct netd_sysctl {
	char path[NETD_SYSCTL_PATH];
	int value;
	bool foreign;	 /* not of a link of ours: the previous value is captured and
			    restored */
	bool overridden; /* desired only: has the value, but a wider switch that is set
			    and given back would take it along: captured all the same */
	char owner[NETD_OWNER]; /* desired only */
};

struct netd_state {
	struct netd_link *links;
	size_t link_count;
	struct netd_link **by_name, **by_index; /* sorted; see netd_state_sort_links() */
	size_t sorted_count;
	struct netd_ifaddr *addrs;
	size_t addr_count;
	struct netd_route *routes;
	size_t route_count;
	struct netd_sysctl *sysctls;
	size_t sysctl_count;
	bool sysctls_sorted;
	struct netd_ruleset ruleset;
};

/* Frees what @s holds and zeroes it. */
void netd_state_done(struct netd_state *s);

/*
 * Each makes the lookups below fast, as long as nothing is added behind it.  -ENOMEM
 * leaves them slow.  The order of the links stays, that of the sysctls is by path then.
 */
int netd_state_sort_links(struct netd_state *s);
void netd_state_sort_sysctls(struct netd_state *s);

/* The link of that name or index; NULL if there is none. */
struct netd_link *netd_state_link(const struct netd_state *s, const char *name);
struct netd_link *netd_state_link_by_index(const struct netd_state *s, int index);

/* The value of that sysctl as @s knows it in *@value; false if it does not. */
bool netd_state_sysctl(const struct netd_state *s, const char *path, int *value);

/* True if the link bears our group. */
bool netd_link_is_ours(const struct netd_link *link);
/* "TOPOLOGY/NETWORK" out of our ifalias; NULL if it bears none. */
const char *netd_link_owner(const struct netd_link *link);
/* True if @owner is "TOPOLOGY/…" of that topology. */
bool netd_owner_is(const char *owner, const char *topology);

#endif
