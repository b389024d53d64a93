// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers as people write them. */
#include "base/number.h"

#include <ctype.h>
#include <errno.h>

int netd_parse_number(const char *text, unsigned long max, unsigned long *out)
{
	unsigned long n = 0;

	if (!*text || (text[0] == '0' && text[1]))
		return -EINVAL;
	for (; *text; text++) {
		if (!isdigit((unsigned char)*text))
			return -EINVAL;
		n = n * 10 + (unsigned long)(*text - '0');
		if (n > max)
			return -ERANGE;
	}
	*out = n;
	return 0;
}

int netd_hex_digit(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	if (isxdigit((unsigned char)c))
		return tolower((unsigned char)c) - 'a' + 10;
	return -1;
}
