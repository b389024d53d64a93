/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers: the lesser, the greater, and as people write them. */
#ifndef NETD_BASE_NUMBER_H
#define NETD_BASE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

static inline size_t netd_min(size_t a, size_t b)
{
	if (a < b)
		return a;
	return b;
}

static inline size_t netd_max(size_t a, size_t b)
{
	if (a > b)
		return a;
	return b;
}

/* Like memcmp(): which of the two comes first. */
static inline int netd_order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/*
 * A decimal number of at most @max, without sign or leading zero and with nothing behind
 * it.  0, -EINVAL if it is none, -ERANGE if it is larger; *@out only on success.
 */
int netd_parse_number(const char *text, unsigned long max, unsigned long *out);
/* What a hexadecimal digit stands for; -1 if it is none. */
int netd_hex_digit(char c);

#endif
