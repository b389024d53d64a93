/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short names for the steps that rules are written with. */
#ifndef NETD_NFT_STEP_H
#define NETD_NFT_STEP_H

#include <netinet/in.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>

#include "nft/expr.h"

/* clang-format off */
#define STEP_META(key, reg)	{netd_expr_meta, NFT_META_##key, reg}
#define STEP_IS(length, data)	{netd_expr_compare, NFT_CMP_EQ, length, 0, 0, data}
#define STEP_NOT_ZERO		{netd_expr_compare, NFT_CMP_NEQ, 4, 0, 0, "\0\0\0"}
#define STEP_MASK(length, data)	{netd_expr_mask, length, 0, 0, 0, data}
#define STEP_LOOKUP(map)	{netd_expr_lookup, NETD_MAP_##map}
#define STEP_HEADER(header, offset, length, reg) \
	{netd_expr_payload, NFT_PAYLOAD_##header##_HEADER, offset, length, reg}

/* Two interface names, as one key. */
#define STEP_NAMES(first, second) STEP_META(first, NFT_REG_1), STEP_META(second, NFT_REG_2)

#define STEP_IPV4 STEP_META(NFPROTO, NFT_REG_1), STEP_IS(1, "\x02")
#define STEP_IPV6 STEP_META(NFPROTO, NFT_REG_1), STEP_IS(1, "\x0a")

/* The destination: RFC 791 3.1 and RFC 8200 3. */
#define STEP_DADDR4		STEP_HEADER(NETWORK, 16, 4, NFT_REG_1)
#define STEP_DADDR6		STEP_HEADER(NETWORK, 24, 16, NFT_REG_1)
/* ARPHRD_ETHER; then the frame's destination (IEEE 802.3 3.2.4) */
#define STEP_ETHER		STEP_META(IIFTYPE, NFT_REG_1), STEP_IS(2, &ether)
#define STEP_DMAC(reg)		STEP_HEADER(LL, 0, 6, reg)
#define STEP_DPORT(reg)		STEP_HEADER(TRANSPORT, 2, 2, reg)
/* RFC 9293 3.1 */
#define STEP_TCP_FLAGS		STEP_HEADER(TRANSPORT, 13, 1, NFT_REG_1)
#define STEP_ICMP_TYPE		STEP_HEADER(TRANSPORT, 0, 1, NFT_REG_1)

/* @data points to a uint32_t in host order. */
#define STEP_CT(key, data)	{netd_expr_ct, NFT_CT_##key}, STEP_MASK(4, data), STEP_NOT_ZERO
#define STEP_FIB(flags, data)	{netd_expr_fib, flags, NFT_FIB_RESULT_ADDRTYPE}, STEP_IS(4, data)
/* No route to the source leads back by the interface that the packet came in by. */
#define STEP_FOREIGN \
	{netd_expr_fib, NFTA_FIB_F_SADDR | NFTA_FIB_F_IIF | NFTA_FIB_F_PRESENT, \
	 NFT_FIB_RESULT_OIF}, STEP_IS(4, "\0\0\0")
/* A flow's packets from the one who answers: IP_CT_DIR_REPLY. */
#define STEP_ANSWER		{netd_expr_ct, NFT_CT_DIRECTION}, STEP_IS(1, "\x01")

#define STEP_ACCEPT		{netd_expr_verdict, NF_ACCEPT}
#define STEP_DROP		{netd_expr_verdict, NF_DROP}
#define STEP_RETURN		{netd_expr_verdict, (uint32_t)NFT_RETURN}
#define STEP_JUMP(name)		{netd_expr_verdict, (uint32_t)NFT_JUMP, 0, 0, 0, name}
#define STEP_GOTO(name)		{netd_expr_verdict, (uint32_t)NFT_GOTO, 0, 0, 0, name}
#define STEP_RESET		{netd_expr_reject, NFT_REJECT_TCP_RST}
#define STEP_REJECT \
	{netd_expr_reject, NFT_REJECT_ICMPX_UNREACH, NFT_REJECT_ICMPX_ADMIN_PROHIBITED}
/* clang-format on */

#endif
