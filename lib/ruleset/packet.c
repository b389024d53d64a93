// SPDX-License-Identifier: GPL-2.0-or-later
/* What is known of the packets of a flow where a chain sees them. */
#include "ruleset/packet.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>

#include "base/str.h"

/*
 * Theory of operation.  Registers hold what the kernel's nft_meta, nft_ct and nft_payload
 * would write, byte for byte: their numbers in host order, names padded with NULs,
 * headers as on the wire.  A value that does not fill its last four bytes is followed by
 * zeroes (nft_reg_store8() and the like).
 */

#define WORD 4 /* a 32-bit register */

static void put(struct netd_bits *out, size_t at, const void *value, size_t length)
{
	static const uint8_t zero[WORD];

	if (length % WORD)
		netd_bits_set(out, at + length / WORD * WORD, zero, WORD);
	netd_bits_set(out, at, value, length);
}

static void put_name(struct netd_bits *out, size_t at, const char *name)
{
	char padded[NETD_IFNAME] = "";

	netd_bits_forget(out, at, sizeof(padded));
	if (!*name)
		return;
	netd_copy(padded, name);
	put(out, at, padded, sizeof(padded));
}

static void put_number(struct netd_bits *out, size_t at, int number)
{
	netd_bits_forget(out, at, WORD);
	if (number)
		put(out, at, &number, sizeof(number));
}

static void put_byte(struct netd_bits *out, size_t at, uint8_t byte, bool known)
{
	netd_bits_forget(out, at, WORD);
	if (known)
		put(out, at, &byte, 1);
}

/* A frame's chains are of family bridge, whatever is in it. */
static void put_family(const struct netd_packet *p, struct netd_bits *out, size_t at)
{
	uint8_t family = p->family;

	if (p->bridged)
		family = NFPROTO_BRIDGE;
	put_byte(out, at, family, true);
}

static uint16_t ether_type(const struct netd_packet *p)
{
	if (p->family == NFPROTO_IPV4)
		return htons(ETHERTYPE_IP);
	return htons(ETHERTYPE_IPV6);
}

static void put_ether_type(const struct netd_packet *p, struct netd_bits *out, size_t at)
{
	uint16_t type = ether_type(p);

	put(out, at, &type, sizeof(type));
}

void netd_packet_meta(const struct netd_packet *p, uint32_t key, struct netd_bits *out,
		      size_t at)
{
	switch (key) {
	case NFT_META_IIFNAME:
		put_name(out, at, p->in);
		break;
	case NFT_META_OIFNAME:
		put_name(out, at, p->out);
		break;
	case NFT_META_BRI_IIFNAME:
		put_name(out, at, p->in_bridge);
		break;
	case NFT_META_BRI_OIFNAME:
		put_name(out, at, p->out_bridge);
		break;
	case NFT_META_IIF:
		put_number(out, at, p->in_index);
		break;
	case NFT_META_OIF:
		put_number(out, at, p->out_index);
		break;
	case NFT_META_NFPROTO:
		put_family(p, out, at);
		break;
	case NFT_META_PROTOCOL:
		put_ether_type(p, out, at);
		break;
	case NFT_META_L4PROTO:
		put_byte(out, at, p->protocol, p->protocol);
		break;
	default:
		netd_bits_forget(out, at, NETD_IFNAME); /* none is longer */
	}
}

uint32_t netd_packet_state(const struct netd_packet *p)
{
	/* net/netfilter/nf_conntrack_proto_icmpv6.c noct_valid_new */
	if (p->untracked)
		return NF_CT_STATE_UNTRACKED_BIT;
	/* linux/netfilter/nf_conntrack_common.h NF_CT_STATE_BIT() */
	return 1U << ((p->reply ? IP_CT_ESTABLISHED : IP_CT_NEW) + 1);
}

void netd_packet_ct(const struct netd_packet *p, uint32_t key, struct netd_bits *out,
		    size_t at)
{
	uint32_t state = netd_packet_state(p);
	uint32_t bit = IPS_DST_NAT, status = 0;

	if (p->forwarded)
		status = bit;
	netd_bits_forget(out, at, NETD_IFNAME);
	if (!p->tracked && !p->untracked)
		return;
	if (key == NFT_CT_STATE) {
		put(out, at, &state, sizeof(state));
	} else if (p->untracked) {
		return;
	} else if (key == NFT_CT_DIRECTION) {
		put_byte(out, at, p->reply, true);
	} else if (key == NFT_CT_STATUS && at <= NETD_BITS - WORD) {
		memcpy(out->value + at, &status, sizeof(status));
		memcpy(out->known + at, &bit, sizeof(bit));
	}
}

/* RFC 791 3.1, RFC 8200 3: protocol and addresses.  IPv6 may have headers between. */
static void network_header(const struct netd_packet *p, struct netd_bits *out)
{
	size_t size = 16, from = 8;

	if (p->family == NFPROTO_IPV4) {
		size = 4;
		from = 12;
		if (p->protocol)
			netd_bits_set(out, 9, &p->protocol, 1);
	}
	if (netd_addr_size(&p->source.addr) == size)
		netd_bits_set_prefix(out, from, p->source.addr.bytes, size,
				     p->source.length);
	if (netd_addr_size(&p->destination.addr) == size)
		netd_bits_set_prefix(out, from + size, p->destination.addr.bytes, size,
				     p->destination.length);
}

/* IEEE 802.3 3.2: behind two addresses; a frame without a tag is meant. */
static void link_header(const struct netd_packet *p, struct netd_bits *out)
{
	uint16_t type = ether_type(p);

	if (p->bridged)
		netd_bits_set(out, 12, &type, sizeof(type));
}

static void transport_header(const struct netd_packet *p, struct netd_bits *out)
{
	uint16_t source = htons(p->source_port), destination = htons(p->destination_port);

	if (source)
		netd_bits_set(out, 0, &source, sizeof(source));
	if (destination)
		netd_bits_set(out, 2, &destination, sizeof(destination));
}

void netd_packet_payload(const struct netd_packet *p, uint32_t base, uint32_t offset,
			 uint32_t length, struct netd_bits *out, size_t at)
{
	struct netd_bits header = {0};

	if (base == NFT_PAYLOAD_NETWORK_HEADER)
		network_header(p, &header);
	else if (base == NFT_PAYLOAD_LL_HEADER)
		link_header(p, &header);
	else if (base == NFT_PAYLOAD_TRANSPORT_HEADER)
		transport_header(p, &header);
	netd_bits_forget(out, at, NETD_BITS);
	if (at >= NETD_BITS || length > NETD_BITS - at || offset > NETD_BITS ||
	    length > NETD_BITS - offset)
		return;
	put(out, at, header.value + offset, length);
	memcpy(out->known + at, header.known + offset, length);
}
