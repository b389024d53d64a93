/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts of dnsmasq's files for one segment of a topology.  Pure. */
#ifndef NETD_DHCP_COMPILE_H
#define NETD_DHCP_COMPILE_H

#include "model/state.h"

/* One link, and what a server of DHCP or DNS on it must know.  Owns nothing. */
struct netd_segment {
	const struct netd_topology *topology;
	const struct netd_network *network;  /* its machines and nodes have names */
	const char *name;		     /* of the service */
	const char *owner;		     /* "TOPOLOGY/NETWORK" or "TOPOLOGY/ROUTER" */
	const char *link;		     /* in the namespace that serves */
	const char *space;		     /* that namespace; "": the host's */
	const struct netd_prefix *addresses; /* of that link */
	size_t address_count;
	const struct netd_dhcp *dhcp;
	const struct netd_dns *dns;
	uint32_t mtu;  /* of the link; 0: 1500 */
	bool isolated; /* no way out: no default route, no names of others */
	struct netd_place place;
};

/*
 * Fills the zeroed @out: dnsmasq.conf, the reservations (dhcp-hostsfile) and the names
 * (addn-hosts).  Paths, user and upstream servers of the host are no part of the texts:
 * they are in the command line (dhcp/process.h).  -ENOMEM, or -EINVAL with a problem if a
 * value could be read as something else by dnsmasq.  netd_service_done() frees it.
 */
int netd_dhcp_compile(const struct netd_segment *s, struct netd_service *out,
		      struct netd_error *err);

/*
 * The marks in the first lines of a config: its owner, and where it runs.  -EINVAL if
 * @config is none of ours.
 */
int netd_dhcp_parse_marks(const char *config, char owner[NETD_OWNER],
			  char link[NETD_IFNAME], char space[NETD_NODE_NAME]);
/* True if that config says that names are asked for at resolv.conf's servers. */
bool netd_dhcp_config_uses_resolv(const char *config);
/* True if that config says that IPv4 addresses are given out of a range. */
bool netd_dhcp_config_gives_ipv4(const char *config);
/* True if that config says that DNS is served. */
bool netd_dhcp_config_has_dns(const char *config);

#endif
