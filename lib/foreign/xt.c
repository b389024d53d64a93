// SPDX-License-Identifier: GPL-2.0-or-later
/* The extensions of xtables in rules of iptables-nft. */
#include "foreign/evaluate.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <libnftnl/expr.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

#include "base/array.h"
#include "ruleset/packet.h"

/*
 * Theory of operation.  What iptables-nft can say in nf_tables' own expressions it does
 * (interfaces, addresses, protocol, most ports); the rest are xtables' structures, bytes
 * of a length that goes with name and revision.  Of these the state of a connection is
 * looked into, since firewalls stand on it, and what iptables-legacy says of ports and
 * types of ICMPv6.
 */

/* Revisions 2 and 3 are the same up to these. */
static enum netd_truth match_conntrack(const void *info, uint32_t length,
				       const struct netd_packet *p)
{
	struct xt_conntrack_mtinfo3 c = {0};
	uint32_t state = netd_packet_state(p);
	enum netd_truth t;

	if (length < offsetof(struct xt_conntrack_mtinfo3, origsrc_port_high))
		return NETD_MAYBE;
	memcpy(&c, info, length < sizeof(c) ? length : sizeof(c));
	if ((!p->tracked && !p->untracked) ||
	    (c.match_flags & ~XT_CONNTRACK_STATE_ALIAS) != XT_CONNTRACK_STATE)
		return NETD_MAYBE;
	if (p->forwarded)
		state |= XT_CONNTRACK_STATE_DNAT;
	if (c.state_mask & state)
		t = NETD_YES;
	else
		t = c.state_mask & XT_CONNTRACK_STATE_SNAT ? NETD_MAYBE : NETD_NO;
	if (c.invert_flags & XT_CONNTRACK_STATE)
		return netd_truth_not(t);
	return t;
}

/* A port that is not known is 0; the protocol is a condition of its own. */
static enum netd_truth match_port(uint16_t port, const uint16_t range[2], bool inverted)
{
	enum netd_truth t = NETD_NO;

	if (range[0] == 0 && range[1] == UINT16_MAX)
		t = NETD_YES;
	else if (!port)
		t = NETD_MAYBE;
	else if (port >= range[0] && port <= range[1])
		t = NETD_YES;
	if (inverted)
		return netd_truth_not(t);
	return t;
}

/* XT_UDP_INV_* are the same bits. */
static enum netd_truth match_ports(const struct netd_packet *p, const uint16_t source[2],
				   const uint16_t destination[2], uint8_t inverted)
{
	return netd_truth_and(
		match_port(p->source_port, source, inverted & XT_TCP_INV_SRCPT),
		match_port(p->destination_port, destination,
			   inverted & XT_TCP_INV_DSTPT));
}

static enum netd_truth match_tcp(const void *info, uint32_t length,
				 const struct netd_packet *p)
{
	struct xt_tcp tcp;

	if (length < sizeof(tcp))
		return NETD_MAYBE;
	memcpy(&tcp, info, sizeof(tcp));
	if (tcp.option || tcp.flg_mask)
		return NETD_MAYBE;
	return match_ports(p, tcp.spts, tcp.dpts, tcp.invflags);
}

static enum netd_truth match_udp(const void *info, uint32_t length,
				 const struct netd_packet *p)
{
	struct xt_udp udp;

	if (length < sizeof(udp))
		return NETD_MAYBE;
	memcpy(&udp, info, sizeof(udp));
	return match_ports(p, udp.spts, udp.dpts, udp.invflags);
}

/* A packet of ICMPv6 has type and code for its source port (admit.c). */
static enum netd_truth match_icmp6(const void *info, uint32_t length,
				   const struct netd_packet *p)
{
	uint8_t type = (uint8_t)(p->source_port >> 8), code = (uint8_t)p->source_port;
	struct ip6t_icmp icmp;
	enum netd_truth t = NETD_NO;

	if (length < sizeof(icmp) || p->protocol != IPPROTO_ICMPV6)
		return NETD_MAYBE;
	memcpy(&icmp, info, sizeof(icmp));
	if (type == icmp.type && code >= icmp.code[0] && code <= icmp.code[1])
		t = NETD_YES;
	if (icmp.invflags & IP6T_ICMP_INV)
		return netd_truth_not(t);
	return t;
}

static enum netd_truth match_all(const void *info, uint32_t length,
				 const struct netd_packet *p)
{
	(void)info;
	(void)length;
	(void)p;
	return NETD_YES;
}

static const struct {
	const char *name;
	uint32_t first_revision, last_revision;
	enum netd_truth (*match)(const void *info, uint32_t length,
				 const struct netd_packet *p);
} matches[] = {
	{"comment", 0, 0, match_all}, {"conntrack", 2, 3, match_conntrack},
	{"tcp", 0, 0, match_tcp},     {"udp", 0, 0, match_udp},
	{"icmp6", 0, 0, match_icmp6},
};

enum netd_truth netd_xt_match(const struct nftnl_expr *e, const struct netd_packet *p)
{
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_MT_NAME);
	uint32_t revision = nftnl_expr_get_u32(e, NFTNL_EXPR_MT_REV), length = 0;
	const void *info = nftnl_expr_get(e, NFTNL_EXPR_MT_INFO, &length);

	for (size_t i = 0; name && info && i < NETD_ARRAY_SIZE(matches); i++)
		if (!strcmp(matches[i].name, name) &&
		    revision >= matches[i].first_revision &&
		    revision <= matches[i].last_revision)
			return matches[i].match(info, length, p);
	return NETD_MAYBE;
}

static const struct target {
	const char *name;
	uint32_t verdict;
	bool alters;
} targets[] = {
	{"REJECT", NF_DROP, false},
	{"LOG", (uint32_t)NFT_CONTINUE, false},
	{"NFLOG", (uint32_t)NFT_CONTINUE, false},
	{"MARK", (uint32_t)NFT_CONTINUE, false},
	{"CONNMARK", (uint32_t)NFT_CONTINUE, false},
	{"TCPMSS", (uint32_t)NFT_CONTINUE, false},
	{"TRACE", (uint32_t)NFT_CONTINUE, false},
	{"AUDIT", (uint32_t)NFT_CONTINUE, false},
	{"CT", (uint32_t)NFT_CONTINUE, true}, /* --notrack */
};

static const struct target *find_target(const struct nftnl_expr *e)
{
	static const struct target unknown = {"", NF_QUEUE, true};
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_TG_NAME);

	for (size_t i = 0; name && i < NETD_ARRAY_SIZE(targets); i++)
		if (!strcmp(targets[i].name, name))
			return &targets[i];
	return &unknown;
}

uint32_t netd_xt_target(const struct nftnl_expr *e)
{
	return find_target(e)->verdict;
}

bool netd_xt_alters(const struct nftnl_expr *e)
{
	return find_target(e)->alters;
}
