/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of which some bits are known, and what can be said of comparisons with them. */
#ifndef NETD_RULESET_BITS_H
#define NETD_RULESET_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Holds for no packet that is meant, for some or (as far as is known) any, for all. */
enum netd_truth {
	NETD_NO,
	NETD_MAYBE,
	NETD_YES,
};

/* NETD_BITS is all registers of nf_tables together (NFT_REG32_COUNT). */
#define NETD_BITS 64
struct netd_bits {
	uint8_t value[NETD_BITS]; /* 0 where nothing is known */
	uint8_t known[NETD_BITS];
};

enum netd_truth netd_truth_not(enum netd_truth t);
enum netd_truth netd_truth_and(enum netd_truth a, enum netd_truth b);

/* Each is about @length bytes from @at; what is beyond the end is not known. */
void netd_bits_set(struct netd_bits *b, size_t at, const void *value, size_t length);
void netd_bits_forget(struct netd_bits *b, size_t at, size_t length);
/* The first @bits bits of @value; the rest of @length bytes is forgotten. */
void netd_bits_set_prefix(struct netd_bits *b, size_t at, const void *value,
			  size_t length, unsigned bits);

/* Is it equal to @data / is it, as a number in network order, within [@low, @high]? */
enum netd_truth netd_bits_equal(const struct netd_bits *b, size_t at, const void *data,
				size_t length);
enum netd_truth netd_bits_within(const struct netd_bits *b, size_t at, const void *low,
				 const void *high, size_t length);

#endif
