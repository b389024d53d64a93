// SPDX-License-Identifier: GPL-2.0-or-later
/* The extensions of xtables in rules of iptables-nft. */
#include "foreign/xt.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <libnftnl/expr.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/xt_conntrack.h>

#include "base/array.h"
#include "ruleset/packet.h"

/*
 * Theory of operation.  What iptables-nft can say in nf_tables' own expressions it does
 * (interfaces, addresses, protocol, most ports); the rest are xtables' structures, bytes
 * of a length that goes with name and revision.  Of these only the state of a connection
 * is looked into, since firewalls stand on it.
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
	if (!p->tracked ||
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
	{"comment", 0, 0, match_all},
	{"conntrack", 2, 3, match_conntrack},
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
