// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes JSON (RFC 8259), indented by two blanks a level. */
#include "base/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"
#include "base/utf8.h"

static const struct {
	char byte;
	const char *escape;
} escapes[] = {
	{'"', "\\\""}, {'\\', "\\\\"}, {'\b', "\\b"}, {'\f', "\\f"},
	{'\n', "\\n"}, {'\r', "\\r"},  {'\t', "\\t"},
};

static void escape(struct netd_str *out, char c)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(escapes); i++) {
		if (escapes[i].byte == c) {
			netd_str_add(out, escapes[i].escape);
			return;
		}
	}
	netd_str_addf(out, "\\u%04x", (unsigned)(unsigned char)c);
}

static bool is_plain(char c)
{
	unsigned char u = (unsigned char)c;

	return u >= 0x20 && u < 0x7f && c != '"' && c != '\\';
}

void netd_json_quote(struct netd_str *out, const char *text, size_t length)
{
	netd_str_add_char(out, '"');
	for (size_t i = 0; i < length;) {
		size_t n = 0;

		while (i + n < length && is_plain(text[i + n]))
			n++;
		netd_str_add_bytes(out, text + i, n);
		i += n;
		if (i == length)
			break;
		n = netd_utf8_length(text + i, length - i);
		if (n == 1)
			escape(out, text[i]);
		else if (n == 2 && text[i] == '\xc2' && (unsigned char)text[i + 1] < 0xa0)
			/* U+0080 to U+009F: a terminal may obey them */
			netd_str_addf(out, "\\u%04x",
				      (unsigned)(unsigned char)text[i + 1]);
		else if (n)
			netd_str_add_bytes(out, text + i, n);
		else
			netd_str_add(out, "\xef\xbf\xbd"); /* U+FFFD */
		i += netd_max(n, 1);
	}
	netd_str_add_char(out, '"');
}

static void line(struct netd_json *j)
{
	if (j->compact)
		return;
	netd_str_add_char(j->out, '\n');
	for (unsigned i = 0; i < j->depth; i++)
		netd_str_add(j->out, "  ");
}

/* What stands before a key, or before a value of an array. */
static void next(struct netd_json *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (j->has_items)
		netd_str_add_char(j->out, ',');
	if (j->has_items && j->compact)
		netd_str_add_char(j->out, ' ');
	j->has_items = true;
	if (j->depth)
		line(j);
}

static void begin(struct netd_json *j, char c)
{
	next(j);
	netd_str_add_char(j->out, c);
	j->depth++;
	j->has_items = false;
}

static void end(struct netd_json *j, char c)
{
	j->depth--;
	if (j->has_items)
		line(j);
	netd_str_add_char(j->out, c);
	j->has_items = true;
}

void netd_json_begin_object(struct netd_json *j)
{
	begin(j, '{');
}

void netd_json_end_object(struct netd_json *j)
{
	end(j, '}');
}

void netd_json_begin_array(struct netd_json *j)
{
	begin(j, '[');
}

void netd_json_end_array(struct netd_json *j)
{
	end(j, ']');
}

void netd_json_key(struct netd_json *j, const char *key)
{
	next(j);
	netd_json_quote(j->out, key, strlen(key));
	netd_str_add(j->out, ": ");
	j->after_key = true;
}

void netd_json_string(struct netd_json *j, const char *text)
{
	if (!text) {
		netd_json_null(j);
		return;
	}
	next(j);
	netd_json_quote(j->out, text, strlen(text));
}

void netd_json_number(struct netd_json *j, int64_t number)
{
	next(j);
	netd_str_addf(j->out, "%" PRId64, number);
}

void netd_json_unsigned(struct netd_json *j, uint64_t number)
{
	next(j);
	netd_str_addf(j->out, "%" PRIu64, number);
}

void netd_json_bool(struct netd_json *j, bool value)
{
	next(j);
	netd_str_add(j->out, netd_true_false(value));
}

void netd_json_null(struct netd_json *j)
{
	next(j);
	netd_str_add(j->out, "null");
}

void netd_json_finish(struct netd_json *j)
{
	netd_str_add_char(j->out, '\n');
	j->has_items = false;
}
