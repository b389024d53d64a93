// SPDX-License-Identifier: GPL-2.0-or-later
/* Text from elsewhere, made fit for a terminal. */
#include "base/safe.h"

#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"
#include "base/str.h"
#include "base/utf8.h"

/* Characters that make a terminal do something, or show a text in another order. */
static const struct {
	uint32_t first, last;
} harmful[] = {
	{0x00, 0x1f},	  {0x7f, 0x9f},	    {0x200e, 0x200f},	{0x2028, 0x202e},
	{0x2066, 0x2069}, {0xfeff, 0xfeff}, {0xe0000, 0xe007f},
};

static uint32_t decode(const char *text, size_t length)
{
	static const uint8_t masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = (unsigned char)text[0] & masks[length];

	for (size_t i = 1; i < length; i++)
		c = c << 6 | ((unsigned char)text[i] & 0x3f);
	return c;
}

static bool is_harmful(uint32_t c)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(harmful); i++)
		if (c >= harmful[i].first && c <= harmful[i].last)
			return true;
	return false;
}

/* How many bytes at the beginning are plain ASCII, as nearly all texts are. */
static size_t plain_length(const char *text, size_t left)
{
	size_t n = 0;

	while (n < left && (unsigned char)text[n] >= 0x20 &&
	       (unsigned char)text[n] < 0x7f)
		n++;
	return n;
}

void netd_render_safe_bytes(const char *text, size_t length, struct netd_str *out)
{
	while (length) {
		size_t n = plain_length(text, length);

		if (!n) {
			n = netd_utf8_length(text, length);
			if (!n || is_harmful(decode(text, n))) {
				netd_str_add(out, "\xef\xbf\xbd"); /* U+FFFD */
				n = netd_max(n, 1);
				text += n;
				length -= n;
				continue;
			}
		}
		netd_str_add_bytes(out, text, n);
		text += n;
		length -= n;
	}
}

void netd_render_safe(const char *text, struct netd_str *out)
{
	netd_render_safe_bytes(text, strlen(text), out);
}
