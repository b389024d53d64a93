/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of the packets of a flow where a chain sees them. */
#ifndef NETD_RULESET_PACKET_H
#define NETD_RULESET_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "ruleset/bits.h"
#include "model/topology.h"

/* Zero or empty: not known. */
struct netd_packet {
	uint8_t family; /* NFPROTO_IPV4 or NFPROTO_IPV6: of the packet, not of a table */
	uint8_t protocol;
	bool bridged; /* seen by a chain of family bridge */
	char in[NETD_IFNAME], out[NETD_IFNAME];
	int in_index, out_index;
	char in_bridge[NETD_IFNAME], out_bridge[NETD_IFNAME];
	bool tracked;	/* the next three are known */
	bool reply;	/* of an established flow; else the first packet of a new one */
	bool forwarded; /* its destination was changed */
	bool untracked; /* it is of no flow, for certain: neighbour discovery */
	struct netd_prefix source, destination;
	uint16_t source_port, destination_port; /* in host order */
	bool altered; /* set by rules that may change it, or keep it from being tracked */
};

/*
 * What meta, ct and payload put into a register: @key is an NFT_META_* or NFT_CT_*, @base
 * an NFT_PAYLOAD_*.  Each writes from byte @at on, and forgets what is not known.
 */
void netd_packet_meta(const struct netd_packet *p, uint32_t key, struct netd_bits *out,
		      size_t at);
void netd_packet_ct(const struct netd_packet *p, uint32_t key, struct netd_bits *out,
		    size_t at);
void netd_packet_payload(const struct netd_packet *p, uint32_t base, uint32_t offset,
			 uint32_t length, struct netd_bits *out, size_t at);

/* NF_CT_STATE_BIT() of it; and whether IPS_DST_NAT is set.  Only if it is tracked. */
uint32_t netd_packet_state(const struct netd_packet *p);

#endif
