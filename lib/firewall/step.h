/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short names for the steps that rules are written with. */
#ifndef NETD_FIREWALL_STEP_H
#define NETD_FIREWALL_STEP_H

#include <netinet/in.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>

#include "firewall/expr.h"

#define STEP_META(key, reg)                         \
	{                                           \
		netd_expr_meta, NFT_META_##key, reg \
	}
#define STEP_IS(length, data)                                     \
	{                                                         \
		netd_expr_compare, NFT_CMP_EQ, length, 0, 0, data \
	}
#define STEP_NOT_ZERO                                             \
	{                                                         \
		netd_expr_compare, NFT_CMP_NEQ, 4, 0, 0, "\0\0\0" \
	}
#define STEP_MASK(length, data)                       \
	{                                             \
		netd_expr_mask, length, 0, 0, 0, data \
	}
#define STEP_LOOKUP(map)                         \
	{                                        \
		netd_expr_lookup, NETD_MAP_##map \
	}

/* Two interface names, as one key. */
#define STEP_NAMES(first, second) \
	STEP_META(first, NFT_REG_1), STEP_META(second, NFT_REG_2)

#define STEP_IPV4 STEP_META(NFPROTO, NFT_REG_1), STEP_IS(1, "\x02")
#define STEP_IPV6 STEP_META(NFPROTO, NFT_REG_1), STEP_IS(1, "\x0a")

/* RFC 791 3.1 and RFC 8200 3: where the destination is. */
#define STEP_DADDR4                                                             \
	{                                                                       \
		netd_expr_payload, NFT_PAYLOAD_NETWORK_HEADER, 16, 4, NFT_REG_1 \
	}
#define STEP_DADDR6                                                              \
	{                                                                        \
		netd_expr_payload, NFT_PAYLOAD_NETWORK_HEADER, 24, 16, NFT_REG_1 \
	}
#define STEP_DPORT(reg)                                                    \
	{                                                                  \
		netd_expr_payload, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, reg \
	}

#define STEP_ICMP_TYPE                                                           \
	{                                                                        \
		netd_expr_payload, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1, NFT_REG_1 \
	}

/* @data points to a uint32_t in host order. */
#define STEP_CT(key, data) {netd_expr_ct, NFT_CT_##key}, STEP_MASK(4, data), STEP_NOT_ZERO
#define STEP_FIB(flags, data) {netd_expr_fib, flags}, STEP_IS(4, data)

#define STEP_ACCEPT                          \
	{                                    \
		netd_expr_verdict, NF_ACCEPT \
	}
#define STEP_DROP                          \
	{                                  \
		netd_expr_verdict, NF_DROP \
	}
#define STEP_RETURN                                     \
	{                                               \
		netd_expr_verdict, (uint32_t)NFT_RETURN \
	}
#define STEP_JUMP(name)                                              \
	{                                                            \
		netd_expr_verdict, (uint32_t)NFT_JUMP, 0, 0, 0, name \
	}
#define STEP_REJECT                                         \
	{                                                   \
		netd_expr_reject, NFT_REJECT_ICMPX_UNREACH, \
			NFT_REJECT_ICMPX_ADMIN_PROHIBITED   \
	}

#endif
