/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Somebody else's table, as if dumped: its sets, and rules of a test's choice. */
#ifndef NETD_TESTS_VERDICT_WORLD_H
#define NETD_TESTS_VERDICT_WORLD_H

#include <netinet/in.h>
#include <stdbool.h>

#include <linux/netfilter/xt_conntrack.h>

#include "foreign/verdict.h"
#include "nft/batch.h"
#include "nft/step.h"
#include "ruleset/packet.h"

#define STATE_INVALID 1U
#define STATE_ESTABLISHED 2U
#define STATE_RELATED 4U
#define STATE_NEW 8U

/* TCP from 10.1.0.0/24 on lan to eth0, of a new flow; and an answer to it. */
enum { FIRST = 1, ANSWER = 2, BOTH = 3 };

#define RULES 5

/* Expressions that netd itself never makes; each takes a step as expr.h's builders do. */
struct nftnl_expr *world_lookup(const struct netd_step *s); /* flags, whether it maps */
struct nftnl_expr *world_named(const struct netd_step *s);
struct nftnl_expr *world_range(const struct netd_step *s);
/* states, further flags, inverted flags, revision */
struct nftnl_expr *world_conntrack(const struct netd_step *s);
/* another match of xtables; data is a struct world_match */
struct world_match {
	const char *name;
	uint32_t length;
	const void *info;
};
struct nftnl_expr *world_match(const struct netd_step *s);
struct nftnl_expr *world_target(const struct netd_step *s);

/* clang-format 14 takes a macro in braces for a block, 19 does not. */
/* clang-format off */
#define IN STEP_META(IIFNAME, NFT_REG_1)
#define OUT STEP_META(OIFNAME, NFT_REG_1)
#define IS(name) STEP_IS(sizeof(name), name)
#define BEGINS(name) STEP_IS(sizeof(name) - 1, name)
#define NOT(length, data) {netd_expr_compare, NFT_CMP_NEQ, length, 0, 0, data}
#define CMP(op, length, data) {netd_expr_compare, NFT_CMP_##op, length, 0, 0, data}
#define TCP STEP_META(L4PROTO, NFT_REG_1), STEP_IS(1, "\x06")
#define UDP STEP_META(L4PROTO, NFT_REG_1), STEP_IS(1, "\x11")
#define SADDR {netd_expr_payload, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFT_REG_1}
#define DPORT(data) STEP_DPORT(NFT_REG_1), STEP_IS(2, data)
#define FIND(name) {world_lookup, 0, 0, 0, 0, name}
#define FIND_NOT(name) {world_lookup, NFT_LOOKUP_F_INV, 0, 0, 0, name}
#define MAP(name) {world_lookup, 0, 1, 0, 0, name}
#define STATE(s) STEP_CT(STATE, s)
#define XT_STATE(mask) {world_conntrack, mask, 0, 0, 3, "conntrack"}
#define EXPR(name) {world_named, 0, 0, 0, 0, name}
#define GOTO(name) {netd_expr_verdict, (uint32_t)NFT_GOTO, 0, 0, 0, name}
#define RULE(in, named_, ...) \
	{.chain = in, .comment = named_, .steps = {__VA_ARGS__}}
/* clang-format on */

/* All sets, some chains (dead, udp, back, loop), and @rules. */
void world_put(struct netd_batch *b, const struct netd_rule *rules);
struct netd_packet world_packet(unsigned direction);
/* Chain f, at hook forward. */
struct netd_foreign_chain world_base(bool policy_drops);

#endif
