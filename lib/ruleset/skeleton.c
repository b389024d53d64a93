// SPDX-License-Identifier: GPL-2.0-or-later
/* The part of table inet netd that is the same on every host. */
#include "ruleset/skeleton.h"

#include <linux/rtnetlink.h>

#include <libnftnl/chain.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>

#include <arpa/inet.h>
#include <net/if_arp.h>
#include <string.h>

#include "base/array.h"
#include "nft/batch.h"
#include "nft/layout.h"
#include "nft/step.h"

/*
 * Theory of operation.  The way of a packet:
 *
 *   prerouting, output  `forwards`: DNAT by the maps; forwards of ports come before those
 * of whole addresses. forward   1. From a bridge to itself: accepted, whatever the mode.
 *             2. `pairs` by both interfaces: has entries only in a router's namespace,
 * where `from` and `to` have none.
 *             3. `from` by the incoming bridge.  It may refuse a packet, but accepts
 * none: the network that the packet enters judges it, too.
 *             4. `to` by the outgoing bridge.  For NAT: replies, and what a forward
 *                delivers, are accepted; new flows to inside addresses are not, wherever
 *                they come from.
 *   input     `input` by the incoming bridge: sources, and isolated networks.
 *   postrouting  First masquerade where a network, or the host, uses a forward, since the
 *             guest would answer directly; then return for packets that stay on their
 * bridge and for multicast; then the network's source NAT, or (`leave`) a router's.
 *
 * An isolated network's bridge does not forward, so what its guests send elsewhere never
 * reaches the chain `forward`: the kernel would drop it silently.  `shut`, in prerouting,
 * refuses it with an error; by the bridge's MAC, since br_netfilter sends frames between
 * guests through this chain, too.
 *
 * The chains own… accept sources to which a route leads back by the same bridge: its
 * subnets, and those that the host has routes to behind its guests.  So there is no list
 * of subnets, and a new route counts at once.  They check every packet: with the first
 * one alone, a guest could send packets in flows of others.  They are called from forward
 * and input, where frames between guests of one bridge have been accepted already.
 *
 * Rules ask which end opened a flow, not whether it exists: each packet of that end is
 * judged like the first one.  So if rules change, exactly those connections end which the
 * new rules would not admit.
 *
 * An accept here ends only our table.  The NAT chains get a flow's first packet only.
 * Invalid packets of NAT networks are dropped in both directions: nf_nat does not
 * translate them, so they would leave with the inside address.
 *
 * `local` accepts by `fib daddr . iif type`: local addresses of the same bridge,
 * broadcast and multicast (with DHCP, neighbour discovery, RA).  Replies to the host's
 * own flows come first.  Refusals are errors, never silent drops, so that a guest's
 * connect() fails at once: ICMP errors, but a reset in a TCP connection that exists,
 * which ignores ICMP errors.
 *
 * iifname in postrouting needs Linux 5.7; comments of the table and the chains 5.10; `fib
 * … oif` in forward and input 5.19.
 */
static const uint32_t ct_invalid = 1; /* NF_CT_STATE_INVALID_BIT */
static const uint32_t ct_established = 1 << 1;
static const uint32_t ct_dnat = IPS_DST_NAT;
static const uint32_t ct_meant = IPS_DST_NAT | IPS_EXPECTED; /* by a forward, a helper */
static const uint16_t ether = ARPHRD_ETHER;
static const uint32_t fib_local = RTN_LOCAL;
static const uint32_t fib_broadcast = RTN_BROADCAST;
static const uint32_t fib_multicast = RTN_MULTICAST;
static const uint32_t fib_anycast = RTN_ANYCAST;

static const struct base_chain {
	const char *name;
	const char *type;
	uint32_t hook;
	int32_t priority; /* include/uapi/linux/netfilter_ipv4.h */
} base_chains[] = {
	{"prerouting", "nat", NF_INET_PRE_ROUTING, -100},
	{"output", "nat", NF_INET_LOCAL_OUT, -100},
	{"input", "filter", NF_INET_LOCAL_IN, 0},
	{"forward", "filter", NF_INET_FORWARD, 0},
	{"postrouting", "nat", NF_INET_POST_ROUTING, 100},
};

#define NAT_FLAGS NF_NAT_RANGE_MAP_IPS
#define NAT_PORT_FLAGS (NF_NAT_RANGE_MAP_IPS | NF_NAT_RANGE_PROTO_SPECIFIED)

/* The 32-bit registers behind a v4 and a v6 address in NFT_REG_1; 12 is NFT_REG_2. */
#define BEHIND4 NFT_REG32_01
#define BEHIND4B NFT_REG32_02
#define BEHIND6 NFT_REG_2
#define BEHIND6B NFT_REG32_05

/* clang-format off */
#define DNAT(family, flags, registers) \
	{netd_expr_nat, NFT_NAT_DNAT, family, flags, registers}
#define MASQUERADE_PORTS(protocol) \
	{"masquerade-plain", NULL, \
	 {STEP_META(L4PROTO, NFT_REG_1), STEP_IS(1, protocol), \
	  {netd_expr_immediate, NFT_REG_1, 2, 0, 0, "\x04\x00"}, \
	  {netd_expr_immediate, NFT_REG_2, 2, 0, 0, "\xff\xff"}, \
	  {netd_expr_masquerade, NF_NAT_RANGE_PROTO_SPECIFIED, NFT_REG_1, NFT_REG_2}}}
#define OWN(chain) \
	{chain, "no route leads back there", {STEP_FOREIGN, STEP_JUMP("foreign")}}

static const struct netd_rule rules[] = {
	{"prerouting", "what an isolated network sends to the host",
	 {STEP_ETHER, STEP_META(IIFNAME, NFT_REG_1), STEP_DMAC(NFT_REG_2),
	  STEP_LOOKUP(SHUT)}},
	{"prerouting", "of others", {STEP_JUMP("forwards")}},
	{"output", "of the host itself", {STEP_JUMP("forwards")}},
	{"input", "what a network may send to the host",
	 {STEP_META(IIFNAME, NFT_REG_1), STEP_LOOKUP(INPUT)}},

	{"forward", "inside one network",
	 {STEP_NAMES(IIFNAME, OIFNAME), STEP_LOOKUP(BRIDGES), STEP_ACCEPT}},
	{"forward", "between the interfaces of a router",
	 {STEP_NAMES(IIFNAME, OIFNAME), STEP_LOOKUP(PAIRS)}},
	{"forward", "what a network may send",
	 {STEP_META(IIFNAME, NFT_REG_1), STEP_LOOKUP(FROM)}},
	{"forward", "what a network may be sent",
	 {STEP_META(OIFNAME, NFT_REG_1), STEP_LOOKUP(TO)}},

	{"postrouting", "a network uses its own forward",
	 {STEP_NAMES(IIFNAME, OIFNAME), STEP_LOOKUP(BRIDGES), STEP_CT(STATUS, &ct_dnat),
	  STEP_JUMP("masquerade-plain")}},
	{"postrouting", "the host uses a forward",
	 {STEP_NAMES(OIFNAME, OIFNAME), STEP_LOOKUP(BRIDGES), STEP_CT(STATUS, &ct_dnat),
	  STEP_FIB(NFTA_FIB_F_SADDR, &fib_local), STEP_JUMP("masquerade-plain")}},
	{"postrouting", "inside one network",
	 {STEP_NAMES(IIFNAME, OIFNAME), STEP_LOOKUP(BRIDGES), STEP_RETURN}},
	{"postrouting", "multicast, broadcast",
	 {STEP_IPV4, STEP_DADDR4, STEP_MASK(4, "\xf0\0\0"), STEP_IS(4, "\xe0\0\0"),
	  STEP_RETURN}},
	{"postrouting", NULL,
	 {STEP_IPV4, STEP_DADDR4, STEP_IS(4, "\xff\xff\xff\xff"), STEP_RETURN}},
	{"postrouting", NULL,
	 {STEP_IPV6, STEP_HEADER(NETWORK, 24, 1, NFT_REG_1), STEP_IS(1, "\xff"),
	  STEP_RETURN}},
	{"postrouting", "a network's source NAT",
	 {STEP_META(IIFNAME, NFT_REG_1), STEP_LOOKUP(SOURCE)}},

	{"postrouting", "a router's source NAT",
	 {STEP_NAMES(IIFNAME, OIFNAME), STEP_LOOKUP(LEAVE)}},

	{"forwards", "of ports",
	 {STEP_IPV4, STEP_DADDR4, STEP_META(L4PROTO, BEHIND4), STEP_DPORT(BEHIND4B),
	  STEP_LOOKUP(FORWARD4),
	  DNAT(NFPROTO_IPV4, NAT_PORT_FLAGS, NETD_NAT_REGS(NFT_REG_1, 0, BEHIND4, 0))}},
	{"forwards", NULL,
	 {STEP_IPV6, STEP_DADDR6, STEP_META(L4PROTO, BEHIND6), STEP_DPORT(BEHIND6B),
	  STEP_LOOKUP(FORWARD6),
	  DNAT(NFPROTO_IPV6, NAT_PORT_FLAGS, NETD_NAT_REGS(NFT_REG_1, 0, BEHIND6, 0))}},
	{"forwards", "of a whole address",
	 {STEP_IPV4, STEP_DADDR4, STEP_LOOKUP(ADDRESS4),
	  DNAT(NFPROTO_IPV4, NAT_FLAGS, NETD_NAT_REGS(NFT_REG_1, 0, 0, 0))}},
	{"forwards", NULL,
	 {STEP_IPV6, STEP_DADDR6, STEP_LOOKUP(ADDRESS6),
	  DNAT(NFPROTO_IPV6, NAT_FLAGS, NETD_NAT_REGS(NFT_REG_1, 0, 0, 0))}},

	{"refuse", "a flow that rules have changed under",
	 {STEP_META(L4PROTO, NFT_REG_1), STEP_IS(1, "\x06"),
	  STEP_CT(STATE, &ct_established), STEP_RESET}},
	{"refuse", NULL, {STEP_REJECT}},

	{"closed", "an isolated network", {STEP_JUMP("refuse")}},

	{"shut-off", "the bridge's own addresses",
	 {STEP_FIB(NFTA_FIB_F_DADDR | NFTA_FIB_F_IIF, &fib_local), STEP_RETURN}},
	{"shut-off", "nobody to send an error to", {STEP_FOREIGN, STEP_DROP}},
	{"shut-off", "a connection from before",
	 {STEP_META(L4PROTO, NFT_REG_1), STEP_IS(1, "\x06"), STEP_TCP_FLAGS,
	  STEP_MASK(1, "\x02"), STEP_IS(1, "\0"), STEP_RESET}},
	{"shut-off", NULL, {STEP_REJECT}},

	{"answers", "to forwards", {STEP_CT(STATUS, &ct_meant), STEP_RETURN}},
	{"answers", "to flows that none may open", {STEP_JUMP("refuse")}},

	{"from-nat", "would leave untranslated",
	 {STEP_CT(STATE, &ct_invalid), STEP_DROP}},
	{"from-nat", NULL, {STEP_ANSWER, STEP_GOTO("answers")}},

	{"from-nat-asked", "would leave untranslated",
	 {STEP_CT(STATE, &ct_invalid), STEP_DROP}},

	{"from-nat-out", "would leave untranslated",
	 {STEP_CT(STATE, &ct_invalid), STEP_DROP}},
	{"from-nat-out", NULL, {STEP_ANSWER, STEP_GOTO("answers")}},
	{"from-nat-out", "the way out of this network",
	 {STEP_NAMES(IIFNAME, OIFNAME), STEP_LOOKUP(EGRESS), STEP_RETURN}},
	{"from-nat-out", NULL, {STEP_JUMP("refuse")}},

	{"to-nat", "replies", {STEP_ANSWER, STEP_ACCEPT}},
	{"to-nat", "forwards", {STEP_CT(STATUS, &ct_meant), STEP_ACCEPT}},
	{"to-nat", NULL, {STEP_CT(STATE, &ct_invalid), STEP_DROP}},
	{"to-nat", "inside addresses are not for others", {STEP_JUMP("refuse")}},

	{"local", "replies to the host", {STEP_ANSWER, STEP_ACCEPT}},
	{"local", "the bridge's own addresses",
	 {STEP_FIB(NFTA_FIB_F_DADDR | NFTA_FIB_F_IIF, &fib_local), STEP_ACCEPT}},
	{"local", "DHCP",
	 {STEP_FIB(NFTA_FIB_F_DADDR | NFTA_FIB_F_IIF, &fib_broadcast), STEP_ACCEPT}},
	{"local", "neighbour discovery, DHCPv6",
	 {STEP_FIB(NFTA_FIB_F_DADDR | NFTA_FIB_F_IIF, &fib_multicast), STEP_ACCEPT}},
	{"local", NULL,
	 {STEP_FIB(NFTA_FIB_F_DADDR | NFTA_FIB_F_IIF, &fib_anycast), STEP_ACCEPT}},
	{"local", "what a helper expects", {STEP_CT(STATUS, &ct_meant), STEP_ACCEPT}},
	{"local", "other addresses of the host", {STEP_JUMP("refuse")}},

	{"foreign", "who has to give up an old address asks by it",
	 {STEP_META(L4PROTO, NFT_REG_1), STEP_IS(1, "\x11"), STEP_DPORT(NFT_REG_1),
	  STEP_IS(2, "\0\x43"),
	  STEP_FIB(NFTA_FIB_F_DADDR | NFTA_FIB_F_IIF, &fib_broadcast), STEP_RETURN}},
	{"foreign", NULL, {STEP_DROP}},

	OWN("own"),
	OWN("own-closed"),
	{"own-closed", NULL, {STEP_GOTO("closed")}},
	OWN("own-from-nat"),
	{"own-from-nat", NULL, {STEP_GOTO("from-nat")}},
	OWN("own-from-nat-out"),
	{"own-from-nat-out", NULL, {STEP_GOTO("from-nat-out")}},
	OWN("own-local"),
	{"own-local", NULL, {STEP_GOTO("local")}},

	MASQUERADE_PORTS("\x06"),
	MASQUERADE_PORTS("\x11"),
	MASQUERADE_PORTS("\x84"),
	{"masquerade-plain", "no ports", {{netd_expr_masquerade}}},
};
/* clang-format on */

static void add_table(struct netd_batch *b)
{
	static const char comment[] = "\x00\x15netd; see netdctl(8)";
	struct nftnl_table *t = nftnl_table_alloc();
	struct nlmsghdr *nlh = netd_batch_message(b, NFT_MSG_NEWTABLE, NLM_F_CREATE, 256);

	_Static_assert(sizeof(comment) == 2 + 21, "the length byte is wrong");
	if (!t || !nlh || nftnl_table_set_str(t, NFTNL_TABLE_NAME, NETD_TABLE) < 0 ||
	    nftnl_table_set_data(t, NFTNL_TABLE_USERDATA, comment, sizeof(comment)) < 0) {
		b->failed = true;
	} else {
		nftnl_table_set_u32(t, NFTNL_TABLE_FLAGS, 0);
		nftnl_table_nlmsg_build_payload(nlh, t);
		netd_batch_commit_message(b, nlh);
	}
	if (t)
		nftnl_table_free(t);
}

/* nft packs the types of a key's parts into one number, six bits each. */
static uint32_t concat_type(const enum netd_part parts[NETD_PARTS])
{
	uint32_t type = 0;

	for (size_t i = 0; i < NETD_PARTS && parts[i]; i++)
		type = type << 6 | netd_part_type(parts[i]);
	return type;
}

/* A concatenation has no byte order of its own. */
static uint32_t byteorder(const enum netd_part parts[NETD_PARTS])
{
	if (parts[1])
		return 0;
	return netd_part_byteorder(parts[0]);
}

/* The byte orders: without them, nft lists an interface's name as "". */
static int set_userdata(struct nftnl_set *s, const struct netd_map_layout *map)
{
	struct nftnl_udata_buf *udata = nftnl_udata_buf_alloc(64);
	int r = -1;

	if (udata &&
	    nftnl_udata_put_u32(udata, NFTNL_UDATA_SET_KEYBYTEORDER,
				byteorder(map->key)) &&
	    (!map->data[0] || nftnl_udata_put_u32(udata, NFTNL_UDATA_SET_DATABYTEORDER,
						  byteorder(map->data))))
		r = nftnl_set_set_data(s, NFTNL_SET_USERDATA, nftnl_udata_buf_data(udata),
				       nftnl_udata_buf_len(udata));
	if (udata)
		nftnl_udata_buf_free(udata);
	return r;
}

static void add_set(struct netd_batch *b, unsigned index)
{
	const struct netd_map_layout *map = netd_map_layout(index);
	struct nftnl_set *s = nftnl_set_alloc();
	struct nlmsghdr *nlh = netd_batch_message(b, NFT_MSG_NEWSET, NLM_F_CREATE, 512);

	if (!s || !nlh || nftnl_set_set_str(s, NFTNL_SET_TABLE, NETD_TABLE) < 0 ||
	    nftnl_set_set_str(s, NFTNL_SET_NAME, map->name) < 0 ||
	    set_userdata(s, map) < 0) {
		b->failed = true;
		goto out;
	}
	nftnl_set_set_u32(s, NFTNL_SET_KEY_TYPE, concat_type(map->key));
	nftnl_set_set_u32(s, NFTNL_SET_KEY_LEN, (uint32_t)netd_parts_room(map->key));
	nftnl_set_set_u32(s, NFTNL_SET_ID, index + 1);
	if (map->data[0]) {
		nftnl_set_set_u32(s, NFTNL_SET_FLAGS, NFT_SET_MAP);
		nftnl_set_set_u32(s, NFTNL_SET_DATA_TYPE, concat_type(map->data));
	}
	/* The kernel knows how long a verdict is, and reports its own number for it. */
	if (map->data[0] && map->data[0] != NETD_PART_VERDICT)
		nftnl_set_set_u32(s, NFTNL_SET_DATA_LEN,
				  (uint32_t)netd_parts_room(map->data));
	nftnl_set_nlmsg_build_payload(nlh, s);
	netd_batch_commit_message(b, nlh);
out:
	if (s)
		nftnl_set_free(s);
}

static void add_chain(struct netd_batch *b, const char *name,
		      const struct base_chain *base)
{
	struct nftnl_chain *c = nftnl_chain_alloc();
	struct nlmsghdr *nlh = netd_batch_message(b, NFT_MSG_NEWCHAIN, NLM_F_CREATE, 256);

	if (!c || !nlh || nftnl_chain_set_str(c, NFTNL_CHAIN_TABLE, NETD_TABLE) < 0 ||
	    nftnl_chain_set_str(c, NFTNL_CHAIN_NAME, name) < 0 ||
	    (base && nftnl_chain_set_str(c, NFTNL_CHAIN_TYPE, base->type) < 0)) {
		b->failed = true;
		goto out;
	}
	if (base) {
		nftnl_chain_set_u32(c, NFTNL_CHAIN_HOOKNUM, base->hook);
		nftnl_chain_set_s32(c, NFTNL_CHAIN_PRIO, base->priority);
		nftnl_chain_set_u32(c, NFTNL_CHAIN_POLICY, NF_ACCEPT);
	}
	nftnl_chain_nlmsg_build_payload(nlh, c);
	netd_batch_commit_message(b, nlh);
out:
	if (c)
		nftnl_chain_free(c);
}

void netd_skeleton_build(struct netd_batch *b)
{
	add_table(b);
	for (unsigned i = 0; i < NETD_MAP_COUNT; i++)
		add_set(b, i);
	for (unsigned i = NETD_CHAIN_NONE + 1; i < NETD_CHAIN_COUNT; i++)
		add_chain(b, netd_chain_name(i), NULL);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(base_chains); i++)
		add_chain(b, base_chains[i].name, &base_chains[i]);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(rules); i++)
		netd_batch_rule(b, &rules[i]);
}
