/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What planning must know of the host beside its objects, and what was taken from it. */
#ifndef NETD_MODEL_FACTS_H
#define NETD_MODEL_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/state.h"

enum netd_claim_kind {
	NETD_CLAIM_SYSCTL,  /* key: path below /proc/sys/net */
	NETD_CLAIM_ADDRESS, /* key: "LINK PREFIX"; ours to remove */
	NETD_CLAIM_MTU,	    /* key: LINK; previous: its MTU */
	NETD_CLAIM_PORT,    /* key: LINK; previous: 1 if it was up */
	NETD_CLAIM_UPLINK,  /* key: LINK; what it held is in a file of its own */
	NETD_CLAIM_BRIDGE,  /* key: LINK; it exists, and a network is on it */
	NETD_CLAIM_ROUTE,   /* key: "LINK PREFIX METRIC"; ours to remove */
};

/*
 * Something that is not ours and that a topology changed: what it was before, so that it
 * can be given back.  Several topologies may claim the same thing; the last one to
 * release it restores it.  On disk before the change is made.
 */
struct netd_claim {
	char topology[NETD_TOPOLOGY_NAME];
	enum netd_claim_kind kind;
	char key[NETD_SYSCTL_PATH];
	int previous;
	int ours; /* the value that we set; something else found later is left alone */
};

/* The host, as far as a plan depends on it.  Same facts, same plan. */
struct netd_facts {
	const struct netd_state *observed;
	const struct netd_topology *ran; /* what runs, or was meant to; NULL: unknown */
	const struct netd_claim *claims;
	size_t claim_count;
	char host_id[64];      /* /etc/machine-id; seeds MAC addresses; "" is fine */
	bool ipv6;	       /* the kernel has IPv6 */
	bool force_forwarding; /* conf/IFACE/force_forwarding, Linux 6.17 */
	bool router4, router6; /* conf/all/forwarding, conf/all/force_forwarding */
	bool bridge_nf_call;   /* the host sends bridged frames through iptables */
	bool no_dnsmasq;       /* it is not installed */
};

#endif
