// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes of which some bits are known, and what can be said of comparisons with them. */
#include "ruleset/bits.h"

#include <string.h>

enum netd_truth netd_truth_not(enum netd_truth t)
{
	return NETD_YES - t;
}

enum netd_truth netd_truth_and(enum netd_truth a, enum netd_truth b)
{
	if (a < b)
		return a;
	return b;
}

static size_t room(size_t at, size_t length)
{
	if (at >= NETD_BITS)
		return 0;
	if (length < NETD_BITS - at)
		return length;
	return NETD_BITS - at;
}

void netd_bits_set(struct netd_bits *b, size_t at, const void *value, size_t length)
{
	length = room(at, length);
	if (!length)
		return;
	memcpy(b->value + at, value, length);
	memset(b->known + at, 0xff, length);
}

void netd_bits_forget(struct netd_bits *b, size_t at, size_t length)
{
	length = room(at, length);
	if (!length)
		return;
	memset(b->value + at, 0, length);
	memset(b->known + at, 0, length);
}

void netd_bits_set_prefix(struct netd_bits *b, size_t at, const void *value,
			  size_t length, unsigned bits)
{
	size_t whole = bits / 8;

	if (whole > length)
		whole = length;
	netd_bits_forget(b, at, length);
	netd_bits_set(b, at, value, whole);
	if (whole < length && bits % 8 && at + whole < NETD_BITS) {
		uint8_t mask = (uint8_t)(0xff00 >> bits % 8);

		b->known[at + whole] = mask;
		b->value[at + whole] = ((const uint8_t *)value)[whole] & mask;
	}
}

enum netd_truth netd_bits_equal(const struct netd_bits *b, size_t at, const void *data,
				size_t length)
{
	const uint8_t *bytes = data;
	enum netd_truth t = NETD_YES;

	for (size_t i = 0; i < length; i++) {
		if (at + i >= NETD_BITS)
			return NETD_MAYBE;
		if ((b->value[at + i] ^ bytes[i]) & b->known[at + i])
			return NETD_NO;
		if (b->known[at + i] != 0xff)
			t = NETD_MAYBE;
	}
	return t;
}

/* The smallest and the largest number that it can be. */
static void bounds(const struct netd_bits *b, size_t at, size_t length,
		   uint8_t low[NETD_BITS], uint8_t high[NETD_BITS])
{
	for (size_t i = 0; i < length; i++) {
		low[i] = b->value[at + i];
		high[i] = b->value[at + i] | (uint8_t)~b->known[at + i];
	}
}

enum netd_truth netd_bits_within(const struct netd_bits *b, size_t at, const void *low,
				 const void *high, size_t length)
{
	uint8_t least[NETD_BITS], most[NETD_BITS];

	if (!length)
		return NETD_YES;
	if (room(at, length) < length)
		return NETD_MAYBE;
	bounds(b, at, length, least, most);
	if (memcmp(most, low, length) < 0 || memcmp(least, high, length) > 0)
		return NETD_NO;
	if (memcmp(least, low, length) >= 0 && memcmp(most, high, length) <= 0)
		return NETD_YES;
	return NETD_MAYBE;
}
