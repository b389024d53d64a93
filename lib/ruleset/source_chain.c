// SPDX-License-Identifier: GPL-2.0-or-later
/* The chain "nat-BRIDGE": a network's source NAT where it is not the plain masquerade. */
#include "ruleset/source_chain.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/udata.h>
#include <linux/netfilter/nf_tables.h>

#include "base/array.h"
#include "nft/batch.h"
#include "nft/layout.h"
#include "nft/message.h"
#include "nft/step.h"
#include "model/ruleset.h"

/*
 * Theory of operation.  Each IP version has a rule with the port range for each protocol
 * that has ports, and one for the rest.  A packet of the other version goes on to the
 * next rule, so a version without a source ends at the masquerade.  A pool is
 * `persistent`: a guest keeps its source address from flow to flow.
 *
 * The output of `nft list` must load again, so nft 1.0.6 dictates two things.  A map from
 * bridges to ranges would be shorter, but nft cannot list a map whose data are intervals.
 * And it lists a range that is a whole prefix as "A/31:1024-65535", which it cannot
 * parse; so the last address of such a pool has rules of its own, in front, for the
 * guests whose address ends in ones: every n-th guest in a pool of n, as it should be.
 */
static const char *const protocols[] = {"\x06", "\x11", "\x84"}; /* tcp, udp, sctp */

struct ports {
	uint8_t first[2], last[2];
};

static struct ports get_ports(const struct netd_source_chain *c)
{
	return (struct ports){
		{(uint8_t)(c->port_first >> 8), (uint8_t)c->port_first},
		{(uint8_t)(c->port_last >> 8), (uint8_t)c->port_last},
	};
}

/* How many bits of host a range that is a whole prefix has; 0 if it is none, or one
 * address only. */
static unsigned prefix_host_bits(const struct netd_addr_range *range)
{
	unsigned bits = netd_addr_bits(&range->first);

	for (unsigned host = 1; host <= bits; host++) {
		struct netd_prefix p = {range->first, (uint8_t)(bits - host)};
		struct netd_prefix network = netd_prefix_network(&p);
		struct netd_addr last = netd_prefix_last(&p);

		if (netd_addr_equal(&network.addr, &range->first) &&
		    netd_addr_equal(&last, &range->last))
			return host;
	}
	return 0;
}

static const struct version {
	uint8_t family;
	uint32_t source; /* where the source address is: RFC 791 3.1, RFC 8200 3 */
} versions[] = {{NFPROTO_IPV4, 12}, {NFPROTO_IPV6, 8}};

static const struct version *version_of(const struct netd_addr *a)
{
	return &versions[a->family == AF_INET6];
}

/* The part of a rule that chooses packets: of @protocol (NULL: any), and (@ones) from
 * addresses that end in those bits. */
static struct netd_step *put_matches(struct netd_step *s, const char *protocol,
				     const struct netd_addr *ones)
{
	const struct version *v = version_of(ones);
	uint32_t size = (uint32_t)netd_addr_size(ones);

	if (protocol) {
		*s++ = (struct netd_step)STEP_META(L4PROTO, NFT_REG_1);
		*s++ = (struct netd_step)STEP_IS(1, protocol);
	}
	if (size) {
		*s++ = (struct netd_step)STEP_META(NFPROTO, NFT_REG_1);
		*s++ = (struct netd_step)STEP_IS(1, &v->family);
		*s++ = (struct netd_step)STEP_HEADER(NETWORK, v->source, size, NFT_REG_1);
		*s++ = (struct netd_step)STEP_MASK(size, ones->bytes);
		*s++ = (struct netd_step)STEP_IS(size, ones->bytes);
	}
	return s;
}

/* @protocol NULL: any, and no ports. */
static void add_snat(struct netd_batch *b, const struct netd_source_chain *c,
		     const struct netd_addr_range *range, const struct netd_addr *ones,
		     const char *protocol)
{
	struct ports ports = get_ports(c);
	uint32_t size = (uint32_t)netd_addr_size(&range->first);
	bool pool = !netd_addr_equal(&range->first, &range->last);
	struct netd_rule rule = {.chain = c->name};
	struct netd_step *s = put_matches(rule.steps, protocol, ones);
	uint32_t reg = NFT_REG_1, flags = NF_NAT_RANGE_MAP_IPS;
	uint32_t addr_min = reg++, addr_max = 0, port_min = 0, port_max = 0;

	*s++ = (struct netd_step){netd_expr_immediate, addr_min, size,
				  .data = range->first.bytes};
	if (pool) {
		addr_max = reg++;
		flags |= NF_NAT_RANGE_PERSISTENT;
		*s++ = (struct netd_step){netd_expr_immediate, addr_max, size,
					  .data = range->last.bytes};
	}
	if (protocol) {
		port_min = reg++;
		port_max = reg++;
		flags |= NF_NAT_RANGE_PROTO_SPECIFIED;
		*s++ = (struct netd_step){netd_expr_immediate, port_min, 2,
					  .data = ports.first};
		*s++ = (struct netd_step){netd_expr_immediate, port_max, 2,
					  .data = ports.last};
	}
	*s = (struct netd_step){netd_expr_nat, NFT_NAT_SNAT,
				version_of(&range->first)->family, flags,
				NETD_NAT_REGS(addr_min, addr_max, port_min, port_max)};
	netd_batch_rule(b, &rule);
}

static void add_snats(struct netd_batch *b, const struct netd_source_chain *c,
		      const struct netd_addr_range *range, const struct netd_addr *ones)
{
	for (size_t p = 0; p < NETD_ARRAY_SIZE(protocols); p++)
		add_snat(b, c, range, ones, protocols[p]);
	add_snat(b, c, range, ones, NULL);
}

/* All ones in the last @host bits, zeros before. */
static struct netd_addr ending_in_ones(const struct netd_addr *like, unsigned host)
{
	struct netd_prefix p = {{.family = like->family},
				(uint8_t)(netd_addr_bits(like) - host)};

	return netd_prefix_last(&p);
}

static void add_source(struct netd_batch *b, const struct netd_source_chain *c,
		       const struct netd_addr_range *range)
{
	static const struct netd_addr any;
	unsigned host = prefix_host_bits(range);
	struct netd_addr_range rest = *range, last = {range->last, range->last};
	struct netd_addr ones;

	if (!host) {
		add_snats(b, c, range, &any);
		return;
	}
	ones = ending_in_ones(&range->first, host);
	add_snats(b, c, &last, &ones);
	/* The last address of a prefix ends in a one: the one before it in a zero. */
	rest.last.bytes[netd_addr_size(&rest.last) - 1] &= 0xfe;
	add_snats(b, c, &rest, &any);
}

static void add_masquerade(struct netd_batch *b, const struct netd_source_chain *c,
			   const char *protocol)
{
	struct ports ports = get_ports(c);

	netd_batch_rule(b,
			&(struct netd_rule){
				c->name,
				NULL,
				{STEP_META(L4PROTO, NFT_REG_1),
				 STEP_IS(1, protocol),
				 {netd_expr_immediate, NFT_REG_1, 2, .data = ports.first},
				 {netd_expr_immediate, NFT_REG_2, 2, .data = ports.last},
				 {netd_expr_masquerade, NF_NAT_RANGE_PROTO_SPECIFIED,
				  NFT_REG_1, NFT_REG_2}}});
}

void netd_source_chain_fill(struct netd_batch *b, const struct netd_source_chain *c)
{
	const struct netd_addr_range *ranges[] = {&c->source4, &c->source6};
	bool all = true;

	for (size_t i = 0; i < NETD_ARRAY_SIZE(ranges); i++) {
		if (!ranges[i]->first.family) {
			all = false;
			continue;
		}
		add_source(b, c, ranges[i]);
	}
	if (all)
		return;
	for (size_t p = 0; p < NETD_ARRAY_SIZE(protocols); p++)
		add_masquerade(b, c, protocols[p]);
	netd_batch_rule(b, &(struct netd_rule){c->name, NULL, {{netd_expr_masquerade}}});
}

void netd_source_chain_create(struct netd_batch *b, const struct netd_source_chain *c)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();
	struct nlmsghdr *nlh = netd_batch_message(b, NFT_MSG_NEWCHAIN, NLM_F_CREATE, 256);
	uint8_t udata[2 + NETD_OWNER];
	size_t length = strlen(c->owner) + 1;

	udata[0] = NFTNL_UDATA_CHAIN_COMMENT;
	udata[1] = (uint8_t)length;
	memcpy(udata + 2, c->owner, length);
	if (!chain || !nlh ||
	    nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, NETD_TABLE) < 0 ||
	    nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, c->name) < 0 ||
	    nftnl_chain_set_data(chain, NFTNL_CHAIN_USERDATA, udata,
				 2 + (uint32_t)length) < 0) {
		b->failed = true;
	} else {
		nftnl_chain_nlmsg_build_payload(nlh, chain);
		netd_batch_commit_message(b, nlh);
	}
	if (chain)
		nftnl_chain_free(chain);
}

static void name_message(struct netd_batch *b, uint16_t type, uint16_t table_attr,
			 uint16_t name_attr, const char *name)
{
	struct nlmsghdr *nlh = netd_batch_message(b, type, 0, 128);

	if (!nlh)
		return;
	mnl_attr_put_strz(nlh, table_attr, NETD_TABLE);
	mnl_attr_put_strz(nlh, name_attr, name);
	netd_batch_commit_message(b, nlh);
}

void netd_source_chain_empty(struct netd_batch *b, const struct netd_source_chain *c)
{
	name_message(b, NFT_MSG_DELRULE, NFTA_RULE_TABLE, NFTA_RULE_CHAIN, c->name);
}

void netd_source_chain_delete(struct netd_batch *b, const struct netd_source_chain *c)
{
	name_message(b, NFT_MSG_DELCHAIN, NFTA_CHAIN_TABLE, NFTA_CHAIN_NAME, c->name);
}

struct lesson {
	struct netd_addr addrs[2];
	unsigned addr_count, port_count;
	uint16_t ports[2];
};

static void learn_immediate(struct lesson *l, const uint8_t *data, uint32_t length)
{
	struct netd_addr *a;

	if (length == 2 && l->port_count < 2) {
		l->ports[l->port_count++] = (uint16_t)(data[0] << 8 | data[1]);
	} else if ((length == 4 || length == 16) && l->addr_count < 2) {
		a = &l->addrs[l->addr_count++];
		a->family = AF_INET;
		if (length == 16)
			a->family = AF_INET6;
		memcpy(a->bytes, data, length);
	}
}

static int learn_expr(struct nftnl_expr *e, void *data)
{
	const char *name = nftnl_expr_get_str(e, NFTNL_EXPR_NAME);
	uint32_t length = 0;
	const void *value;

	if (strcmp(name, "immediate"))
		return 0;
	value = nftnl_expr_get(e, NFTNL_EXPR_IMM_DATA, &length);
	if (value)
		learn_immediate(data, value, length);
	return 0;
}

static void widen(struct netd_addr_range *range, const struct netd_addr *a)
{
	if (!range->first.family || netd_addr_compare(a, &range->first) < 0)
		range->first = *a;
	if (!range->last.family || netd_addr_compare(a, &range->last) > 0)
		range->last = *a;
}

/* Reads the sources and ports of one NFT_MSG_NEWRULE.  -EBADMSG if it is no rule. */
static int learn_rule(struct netd_source_chain *c, const struct nlmsghdr *nlh)
{
	struct nftnl_rule *r = nftnl_rule_alloc();
	struct lesson l = {0};
	struct netd_addr_range *range;

	if (!r)
		return -ENOMEM;
	if (!netd_message_is_rule(nlh) || nftnl_rule_nlmsg_parse(nlh, r) < 0) {
		nftnl_rule_free(r);
		return -EBADMSG;
	}
	nftnl_expr_foreach(r, learn_expr, &l);
	nftnl_rule_free(r);
	if (l.port_count == 2) {
		c->port_first = l.ports[0];
		c->port_last = l.ports[1];
	}
	if (l.addr_count) {
		range = &c->source4;
		if (l.addrs[0].family == AF_INET6)
			range = &c->source6;
		widen(range, &l.addrs[0]);
		widen(range, &l.addrs[l.addr_count - 1]);
	}
	return 0;
}

/*
 * All chains of a table
 */

/*
 * Theory of operation.  A chain's parameters are gathered from all of its rules; then the
 * rules that these parameters give are built and compared with the dumped ones: if they
 * differ, the ports are zeroed, which no wanted chain has.
 */
/* The chain of that name; @*hint is where the last one was, since rules come chain by
 * chain in the chains' order. */
static struct netd_source_chain *find_chain(struct netd_ruleset *r, const char *name,
					    size_t *hint)
{
	for (size_t i = 0; i < r->chain_count; i++) {
		size_t at = (*hint + i) % r->chain_count;

		if (!strcmp(r->chains[at].name, name)) {
			*hint = at;
			return &r->chains[at];
		}
	}
	return NULL;
}

/* Compares the kept rules of one chain, from *@nlh on, with what its parameters give. */
static bool rules_match(const struct netd_source_chain *c, const struct nlmsghdr **nlh,
			int *left, struct netd_batch *scratch)
{
	const struct nlmsghdr *ours;
	int ours_left;
	bool same = true;

	scratch->length = 0;
	netd_source_chain_fill(scratch, c);
	ours = (const void *)scratch->data;
	ours_left = (int)scratch->length;
	while (netd_message_ok(*nlh, *left) &&
	       !strcmp(netd_message_text(*nlh, NFTA_RULE_CHAIN), c->name)) {
		same = same && netd_message_ok(ours, ours_left) &&
		       netd_message_matches(ours, *nlh, 0);
		if (netd_message_ok(ours, ours_left))
			ours = mnl_nlmsg_next(ours, &ours_left);
		*nlh = mnl_nlmsg_next(*nlh, left);
	}
	return same && !netd_message_ok(ours, ours_left);
}

int netd_source_chains_learn(struct netd_ruleset *r, const struct netd_batch *rules)
{
	const struct nlmsghdr *nlh = (const void *)rules->data;
	int left = (int)rules->length, status = 0;
	struct netd_batch scratch = {0};
	size_t hint = 0;

	for (; netd_message_ok(nlh, left) && status >= 0;
	     nlh = mnl_nlmsg_next(nlh, &left)) {
		struct netd_source_chain *c =
			find_chain(r, netd_message_text(nlh, NFTA_RULE_CHAIN), &hint);

		if (c)
			status = learn_rule(c, nlh);
	}
	nlh = (const void *)rules->data;
	left = (int)rules->length;
	while (status >= 0 && netd_message_ok(nlh, left)) {
		struct netd_source_chain *c =
			find_chain(r, netd_message_text(nlh, NFTA_RULE_CHAIN), &hint);

		if (!c) {
			nlh = mnl_nlmsg_next(nlh, &left);
		} else if (!rules_match(c, &nlh, &left, &scratch)) {
			c->port_first = 0;
			c->port_last = 0;
		}
	}
	if (scratch.failed)
		status = -ENOMEM;
	netd_batch_done(&scratch);
	return status;
}
