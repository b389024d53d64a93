/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules as rows of steps, each step one nf_tables expression. */
#ifndef NETD_NFT_EXPR_H
#define NETD_NFT_EXPR_H

#include <stddef.h>
#include <stdint.h>

struct nftnl_expr;
struct netd_batch;

/*
 * Theory of operation.  A rule is a row of steps: a builder and its numbers.  Registers
 * are written as the kernel reports them (1-4, and 8-23 for the 32-bit ones that do not
 * begin one of those), and every attribute as it comes back in a dump, so that a rule can
 * be compared with what it was made from, byte by byte (skeleton.c).
 */
struct netd_step {
	struct nftnl_expr *(*build)(const struct netd_step *step);
	uint32_t a, b, c, d;
	const void *data; /* borrowed */
};

#define NETD_STEPS 12
struct netd_rule {
	const char *chain;
	const char *comment; /* NULL: none */
	struct netd_step steps[NETD_STEPS];
	/* of a chain that is somebody else's: */
	const char *table; /* NULL: ours */
	uint8_t family;
	uint64_t before; /* a rule's handle; 0: at the end */
};

/* The builders.  Each returns NULL if memory ran out. */
struct nftnl_expr *netd_expr_meta(const struct netd_step *s);	 /* key, register */
struct nftnl_expr *netd_expr_compare(const struct netd_step *s); /* op, length, data */
struct nftnl_expr *netd_expr_payload(const struct netd_step *s); /* base, offset, length,
								    register */
struct nftnl_expr *netd_expr_mask(const struct netd_step *s);	 /* length, data */
struct nftnl_expr *netd_expr_lookup(const struct netd_step *s);	 /* map */
struct nftnl_expr *netd_expr_ct(const struct netd_step *s);	 /* key */
struct nftnl_expr *netd_expr_fib(const struct netd_step *s);	 /* flags, result */
struct nftnl_expr *netd_expr_verdict(const struct netd_step *s); /* code, chain */
struct nftnl_expr *netd_expr_immediate(const struct netd_step *s); /* register, length,
								      data */
struct nftnl_expr *netd_expr_nat(const struct netd_step *s);	   /* type, family, flags,
								      registers */
struct nftnl_expr *netd_expr_masquerade(const struct netd_step *s); /* flags, first port's
								       register, last's */
struct nftnl_expr *netd_expr_reject(const struct netd_step *s);	    /* type, code */

/* The registers of a nat step, packed for its @d: 0 = not given. */
#define NETD_NAT_REGS(addr_min, addr_max, port_min, port_max) \
	((addr_min) | (addr_max) << 8 | (port_min) << 16 | (uint32_t)(port_max) << 24)

/* Adds NFT_MSG_NEWRULE for @rule to the batch. */
void netd_batch_rule(struct netd_batch *b, const struct netd_rule *rule);

#endif
