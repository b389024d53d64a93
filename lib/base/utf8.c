// SPDX-License-Identifier: GPL-2.0-or-later
/* Well-formed UTF-8 (RFC 3629), one character at a time. */
#include "base/utf8.h"

#include <stdint.h>

#include "base/array.h"

/* RFC 3629, 4: the first byte decides on the length and on the range of the second. */
static const struct {
	uint8_t first, last;
	uint8_t length;
	uint8_t second_first, second_last;
} forms[] = {
	{0xc2, 0xdf, 2, 0x80, 0xbf}, {0xe0, 0xe0, 3, 0xa0, 0xbf},
	{0xe1, 0xec, 3, 0x80, 0xbf}, {0xed, 0xed, 3, 0x80, 0x9f},
	{0xee, 0xef, 3, 0x80, 0xbf}, {0xf0, 0xf0, 4, 0x90, 0xbf},
	{0xf1, 0xf3, 4, 0x80, 0xbf}, {0xf4, 0xf4, 4, 0x80, 0x8f},
};

size_t netd_utf8_length(const char *text, size_t left)
{
	const uint8_t *b = (const uint8_t *)text;

	if (left == 0)
		return 0;
	if (b[0] < 0x80)
		return 1;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(forms); i++) {
		if (b[0] < forms[i].first || b[0] > forms[i].last)
			continue;
		if (left < forms[i].length || b[1] < forms[i].second_first ||
		    b[1] > forms[i].second_last)
			return 0;
		for (size_t k = 2; k < forms[i].length; k++)
			if ((b[k] & 0xc0) != 0x80)
				return 0;
		return forms[i].length;
	}
	return 0;
}
