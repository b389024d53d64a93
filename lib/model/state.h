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
 * Theory of operation.  Desired and observed state are made of the same parts, so the
 * differ compares like with like; what only one of them can know, the other has no field
 * for.  The desired one, struct netd_desired, holds what our topology asks for and
 * nothing else; the observed one, struct netd_state, holds all that the kernel showed,
 * ours or not.
 *
 * Links are named, never numbered: an index is reused.  `index` is only what a dump saw.
 *
 * A state is that of one network namespace.  The host's has those of our routers and
 * hosts in `spaces`; the differ goes from one to the next.  A namespace bears our mark on
 * its loopback (group, and "netd:TOPOLOGY/NODE" as its alias), set before the namespace
 * has a name.
 */

/* Our marks.  The group is honoured in RTM_NEWLINK itself, so a link is never without it.
 */
#define NETD_LINK_GROUP 0x6e657464 /* "netd" */
#define NETD_LINK_GROUP_DOOMED \
	0x6e657478	  /* "netx": about to be deleted, in one message */
#define NETD_PROTOCOL 110 /* of routes and addresses (IFA_PROTO, RTPROT) */
#define NETD_ALIAS_PREFIX "netd:"
/* Of a guest's tap that QEMU's hook or helper plugged in: no mark of ownership. */
#define NETD_ALIAS_HOOK "netd-hook"
/* Behind a namespace's mark: the inode of the host's namespace that it was made for. */
#define NETD_ALIAS_HOME " of "
#define NETD_ALIAS (sizeof(NETD_ALIAS_PREFIX) + NETD_OWNER + sizeof(NETD_ALIAS_HOME) + 20)

enum netd_link_kind {
	NETD_LINK_OTHER, /* loopback, physical, anything that we do not make */
	NETD_LINK_BRIDGE,
	NETD_LINK_TAP,
	NETD_LINK_VETH,
};

/*
 * Bridge attributes as the kernel holds them (linux/if_link.h IFLA_BR_*): those that netd
 * sets.  What it does not set is not here, so nobody compares it: it is the admin's.
 */
struct netd_bridge {
	bool stp;
	bool multicast_snooping;
	bool nf_call_iptables, nf_call_ip6tables, nf_call_arptables;
	uint32_t forward_delay; /* 1/100 s */
	uint32_t group_fwd_mask;
};

struct netd_tap {
	bool has_owner, has_group, multi_queue, vnet_hdr, persistent;
	uint32_t owner, group;
};

/* Settings of a link that its dump has (rtnl/setting.h). */
enum netd_setting {
	NETD_SETTING_FORWARDING4,
	NETD_SETTING_RP_FILTER,
	NETD_SETTING_PROMOTE,
	NETD_SETTING_FORWARDING6,
	NETD_SETTING_ACCEPT_RA,
	NETD_SETTING_ACCEPT_DAD,
	NETD_SETTING_AUTOCONF,
	NETD_SETTING_DISABLE_IPV6,
	NETD_SETTING_COUNT,
};

/* What can be wanted of a link and is seen of one: what a change compares and sets. */
struct netd_link_attrs {
	char name[NETD_IFNAME];
	enum netd_link_kind kind;
	bool up;
	bool loopback;	      /* made by the kernel together with its namespace */
	bool no_ipv6_address; /* IN6_ADDR_GEN_MODE_NONE */
	bool has_mac;	      /* desired: false = any */
	struct netd_mac mac;
	uint32_t mtu; /* desired: 0 = any */
	uint32_t group;
	char alias[NETD_ALIAS];
	char master[NETD_IFNAME]; /* "" = none */
	struct netd_bridge bridge;
	struct netd_tap tap;
	char peer[NETD_IFNAME];	 /* veth */
	unsigned settings_known; /* bits of the next; desired: IPv4's only, that we set */
	int settings[NETD_SETTING_COUNT];
};

/* A link as it should be. */
struct netd_desired_link {
	union {
		struct netd_link_attrs;
		struct netd_link_attrs attrs; /* the same */
	};
	bool foreign; /* exists already, only its master and MTU are ours */
	bool by_peer; /* made together with its peer, by the peer's op */
	char peer_namespace[NETD_MACHINE_NAME]; /* veth; "" = the host's */
	bool has_peer_mac;			/* what the peer is made with, … */
	struct netd_mac peer_mac;
	uint32_t peer_mtu;	  /* … 0: as @mtu */
	char uplink[NETD_IFNAME]; /* of a bridge: the NIC that joins it */
	struct netd_place place, uplink_place;
};

/* A link as a dump shows it. */
struct netd_link {
	union {
		struct netd_link_attrs;
		struct netd_link_attrs attrs; /* the same */
	};
	int index, master_index;
	int peer_index;	 /* a veth's other end's, where that is */
	int lower_index; /* what a VLAN, macvlan … stands upon; 0: none */
	bool running;
	bool no_arp;	   /* has no neighbours, or just one */
	uint16_t hardware; /* ARPHRD_… */
	uint64_t rx_bytes, tx_bytes;
	uint64_t rx_packets, tx_packets;
	char kind_name[NETD_IFNAME]; /* "vlan", "tun", "" … */
	/* whose it is, where alias or group do not say so any more, but its name and the
	 * other one do; else "" */
	char recorded[NETD_OWNER];
	uint64_t home; /* of a loopback: as its alias says; 0: it does not */
	/* what it held was saved when it became that bridge's uplink … */
	char captured_for[NETD_IFNAME];
	char captured_as[NETD_IFNAME]; /* … under the name that it had then */
	bool captured_whole;	       /* … and all of it is on the bridge */
	char lost_uplink[NETD_IFNAME]; /* of a bridge: saved, but gone */
};

/* What of a link a change sets; each has a row in kind/attribute.c. */
enum netd_link_field {
	NETD_LINK_UP = 1 << 0,
	NETD_LINK_MAC = 1 << 1,
	NETD_LINK_MTU = 1 << 2,
	NETD_LINK_MASTER = 1 << 3, /* "" releases */
	NETD_LINK_ALIAS_TEXT = 1 << 4,
	NETD_LINK_GROUP_NUMBER = 1 << 5,
	NETD_LINK_KIND_DATA = 1 << 6,  /* what kind/kind.h has values for */
	NETD_LINK_SETTINGS = 1 << 9,   /* IPv4's, of those in link->settings */
	NETD_LINK_NO_IPV6 = 1 << 8,    /* no IPv6 address of its own, as ports want it */
	NETD_LINK_TAP_OWNER = 1 << 10, /* and group; not by a message: kind/tap.h */
};

struct netd_ifaddr {
	char link[NETD_IFNAME];
	struct netd_prefix prefix;
	uint8_t protocol; /* NETD_PROTOCOL on ours */
	bool dynamic;	  /* observed only: has a lifetime */
	bool temporary;	  /* observed only: the kernel's, for privacy: RFC 8981 */
	bool no_source;	  /* desired only: never the source of a flow of the host's */
	char owner[NETD_OWNER];	 /* desired only: "TOPOLOGY/NETWORK" */
	struct netd_place place; /* desired only */
};

struct netd_route {
	struct netd_prefix to;	/* 0.0.0.0/0 and ::/0: default */
	char link[NETD_IFNAME]; /* "" unless unicast */
	uint32_t table, metric; /* 0: main; IPv6's default metric, 1024, reads as 0 */
	uint8_t protocol;	/* NETD_PROTOCOL on ours */
	uint8_t tos;		/* observed only: for packets of that kind alone */
	enum netd_route_type type;
	struct netd_addr via, source; /* family 0: none */
	bool onlink;
	struct netd_place place; /* desired only */
};

/*
 * A dnsmasq that serves one link.  Its files are compared as texts: an equal text is an
 * equal state.
 */
#define NETD_SERVICE_NAME (NETD_NODE_NAME + NETD_IFNAME) /* and a directory's */
struct netd_service {
	char name[NETD_SERVICE_NAME]; /* "NETWORK" or "ROUTER.INTERFACE" */
	char owner[NETD_OWNER];
	char link[NETD_IFNAME];
	char *config;	/* a change takes a restart */
	char *reserved; /* dhcp-hostsdir and names; a change takes a SIGHUP */
	char *names;
	bool running; /* observed only: as its config says, and there */
	bool hidden; /* observed only: taken for running, since the caller may not look */
	int guard;   /* observed only: -errno if its guard has ended (dhcp/guard.h) */
	char last_words[160];	 /* observed only: of one that does not; "" if none */
	struct netd_place place; /* desired only */
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
	bool kept; /* desired only: whatever it is, it stays; captured if it has the value
		      that conf/default will be set to, or is overridden */
	char nic[NETD_IFNAME]; /* desired only: of a bridge of ours that may not be there
				  yet, and will have this NIC's value: captured, too */
	bool filed;   /* observed only: a file of sysctl.d(5) sets it so; asked of what
			 is to be given back, and of all interfaces only */
	bool wide;    /* desired only, of a space: of all of it, set as it is made … */
	bool initial; /* … and not looked at again: it counts for new links only */

	bool inherited; /* desired only, of a space: a link of a new one has it by
			   conf/default */

	char owner[NETD_OWNER]; /* desired only */
};

/* What a namespace has, or should have, beside its links. */
struct netd_objects {
	struct netd_ifaddr *addrs;
	size_t addr_count;
	struct netd_route *routes;
	size_t route_count;
	struct netd_sysctl *sysctls;
	size_t sysctl_count;
	bool sysctls_sorted;
	struct netd_ruleset ruleset;
	struct netd_service *services; /* desired: of this namespace; observed: in the
					  host's state, all */
	size_t service_count;
	char space[NETD_NODE_NAME]; /* "" = the host's own */
	char owner[NETD_OWNER];	    /* of a space: "TOPOLOGY/NODE"; "" = not ours */
	char *resolv;		    /* of a space: its resolv.conf; NULL: none of ours */
};

/* A namespace as it should be. */
struct netd_desired {
	union {
		struct netd_objects;
		struct netd_objects objects; /* the same */
	};
	struct netd_desired_link *links;
	size_t link_count;
	struct netd_desired_link **by_name; /* sorted: netd_desired_sort_links() */
	size_t sorted_count;
	struct netd_place place;     /* of a space */
	struct netd_desired *spaces; /* of the host only; sorted by name */
	size_t space_count;
};

/* A namespace as dumps show it. */
struct netd_state {
	union {
		struct netd_objects;
		struct netd_objects objects; /* the same */
	};
	struct netd_link *links;
	size_t link_count;
	struct netd_link **by_name, **by_index; /* sorted; see netd_state_sort_links() */
	size_t sorted_count;
	bool torn;			 /* a dump names a link that came after another */
	bool ruleset_skipped;		 /* not read, known to be as desired */
	bool alive;			 /* of a space: it is there … */
	bool leftover;			 /* … or only a file that once was its name */
	char elsewhere[NETD_OWNER + 96]; /* of a space that another host's namespace
					    has: "lab/r1 of …"; else "" */
	uint64_t inode;			 /* of a space: which namespace it is */
	bool resolv_foreign;		 /* somebody else wrote its resolv.conf */
	struct netd_state *spaces;	 /* of the host only; sorted by name */
	size_t space_count;
};

/* Each frees what @s holds and zeroes it. */
void netd_state_done(struct netd_state *s);
void netd_desired_done(struct netd_desired *s);
void netd_service_done(struct netd_service *s);

/*
 * Each makes the lookups below fast, as long as nothing is added behind it.  -ENOMEM
 * leaves them slow.  The order of the links stays, that of the sysctls is by path then.
 */
int netd_state_sort_links(struct netd_state *s);
int netd_desired_sort_links(struct netd_desired *s);
void netd_state_sort_sysctls(struct netd_state *s);

/* The namespace of that name; NULL if there is none. */
struct netd_state *netd_state_space(const struct netd_state *host, const char *name);
struct netd_desired *netd_desired_space(const struct netd_desired *host,
					const char *name);

/* The link of that name or index; NULL if there is none. */
struct netd_link *netd_state_link(const struct netd_state *s, const char *name);
struct netd_desired_link *netd_desired_link(const struct netd_desired *s,
					    const char *name);
struct netd_link *netd_state_link_by_index(const struct netd_state *s, int index);

/* The bridge, or other master, that @link is a port of; NULL if none, or @link is NULL.
 */
struct netd_link *netd_state_master(const struct netd_state *s,
				    const struct netd_link *link);

/* The other end of the pair that @link is an end of, if it is in @there and each of the
 * two is the other's; else NULL. */
struct netd_link *netd_state_peer(const struct netd_state *there,
				  const struct netd_link *link);

/* The NIC that became an uplink under that name, whatever it is called now; else the link
 * of that name. */
struct netd_link *netd_state_uplink(const struct netd_state *s, const char *name);
/* The bridge of the uplink of that name, which is not there any more; else NULL. */
const struct netd_link *netd_state_bridge_without_uplink(const struct netd_state *s,
							 const char *uplink);

/* Adds a sysctl with that path and value to @s; NULL if memory ran out. */
struct netd_sysctl *netd_objects_add_sysctl(struct netd_objects *s, const char *path,
					    int value);

/* The value of that sysctl as @s knows it in *@value; false if it does not. */
bool netd_state_sysctl(const struct netd_state *s, const char *path, int *value);
bool netd_desired_sysctl(const struct netd_desired *s, const char *path, int *value);

/* True if the link bears our group, or was recognised. */
bool netd_link_is_ours(const struct netd_link *link);
/*
 * Two of three marks are enough: group, alias, name.  Fills @have->recorded if it has the
 * name and kind of @want, and also its group or its alias, but not another one's alias.
 */
void netd_link_recognise(struct netd_link *have, const struct netd_desired_link *want);
/*
 * The same of a namespace, by its loopback: whose it is, NULL if not ours.  @known: the
 * "TOPOLOGY/NODE" that has its name; "" if none.
 */
const char *netd_loopback_owner(const struct netd_link *lo, const char *known);
/* "ipv4/conf/eth0/forwarding" → the same setting of @link; "" if @path is none such. */
void netd_sysctl_path_of(const char *path, const char *link, char out[NETD_SYSCTL_PATH]);

/* The eth0 of such a path; "" if it is none. */
void netd_sysctl_link(const char *path, char out[NETD_SYSCTL_PATH]);

/* One of IPv4's, which go along when the link is set up. */
void netd_link_want_setting(struct netd_link_attrs *link, enum netd_setting setting,
			    int value);
/*
 * Cuts what is behind "netd:TOPOLOGY/NODE" off such a text, the alias of a loopback: the
 * inode of the namespace that it was made for; 0 if there is none.
 */
uint64_t netd_alias_cut_home(char *alias);
/* "TOPOLOGY/NETWORK" out of our ifalias, or as recognised; NULL if it bears none. */
const char *netd_link_owner(const struct netd_link *link);
/* True if it is ours, and of that topology; @link may be NULL. */
bool netd_link_is_of(const struct netd_link *link, const char *topology);
/* True if the two are one slot of the kernel's: not both can be there. */
bool netd_route_same_slot(const struct netd_route *a, const struct netd_route *b);
/* True if packets go the same way by both, whoever made them. */
bool netd_route_is_alike(const struct netd_route *want, const struct netd_route *have);
/* True if @owner is "TOPOLOGY/…" of that topology. */
bool netd_owner_is(const char *owner, const char *topology);

#endif
