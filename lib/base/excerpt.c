// SPDX-License-Identifier: GPL-2.0-or-later
/* A line of a file with a caret below it. */
#include "base/excerpt.h"

#include <string.h>

#include "base/number.h"
#include "base/safe.h"

/*
 * Theory of operation.  Places count bytes, a terminal counts cells.  The line is first
 * turned into cells, one character each (tabs become blanks, what is harmful U+FFFD);
 * with it the caret's bytes become cells.  Then a window of WINDOW cells around the caret
 * is shown.
 */
#define INDENT "    "
#define WINDOW 96
#define BEFORE 48 /* cells kept before the caret when the line is cut */
#define TAB 8

struct cells {
	struct netd_str text;
	size_t count;
};

static void add_blanks(struct cells *c, size_t count)
{
	while (count--) {
		netd_str_add_char(&c->text, ' ');
		c->count++;
	}
}

/* Characters of a text that is valid UTF-8. */
static size_t count_cells(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

/* Adds the first @length bytes of @line. */
static void add_bytes(struct cells *c, const char *line, size_t length)
{
	while (length) {
		const char *tab = memchr(line, '\t', length);
		struct netd_str piece = {0}, safe = {0};
		size_t n = length;

		if (tab)
			n = (size_t)(tab - line);
		netd_str_add_bytes(&piece, line, n);
		netd_render_safe(netd_str_text(&piece), &safe);
		netd_str_add(&c->text, netd_str_text(&safe));
		c->count += count_cells(netd_str_text(&safe));
		netd_str_done(&piece);
		netd_str_done(&safe);
		line += n;
		length -= n;
		if (tab) {
			add_blanks(c, TAB - c->count % TAB);
			line++;
			length--;
		}
	}
}

/* Where the cell @n begins. */
static const char *cell_at(const char *text, size_t n)
{
	while (*text) {
		if (((unsigned char)*text & 0xc0) != 0x80 && n-- == 0)
			break;
		text++;
	}
	return text;
}

static void add_caret(size_t before, size_t width, const struct netd_excerpt_style *style,
		      struct netd_str *out)
{
	netd_str_addf(out, INDENT "%*s%s^", (int)before, "", style->caret_on);
	while (width-- > 1)
		netd_str_add_char(out, '~');
	netd_str_addf(out, "%s\n", style->caret_off);
}

void netd_render_excerpt(const char *line, struct netd_place place,
			 const struct netd_excerpt_style *style, struct netd_str *out)
{
	size_t length = strlen(line);
	size_t start = netd_min(netd_max(place.column, 1) - 1, length);
	size_t end = netd_min(start + netd_max(place.width, 1), length);
	size_t indent, first, last, caret, caret_end;
	const char *text;
	struct cells c = {0};

	add_bytes(&c, line, start);
	caret = c.count;
	add_bytes(&c, line + start, end - start);
	caret_end = netd_max(c.count, caret + 1);
	add_bytes(&c, line + end, length - end);
	text = netd_str_text(&c.text);
	indent = strspn(text, " ");
	first = netd_min(indent, caret);
	if (c.count - first > WINDOW && caret - first > BEFORE)
		first = caret - BEFORE;
	last = netd_min(first + WINDOW, c.count);
	netd_str_add(out, INDENT);
	if (first > indent)
		netd_str_add(out, "…");
	netd_str_add_bytes(out, cell_at(text, first),
			   (size_t)(cell_at(text, last) - cell_at(text, first)));
	if (last < c.count)
		netd_str_add(out, "…");
	netd_str_add_char(out, '\n');
	caret_end = netd_min(caret_end, netd_max(last, caret + 1));
	add_caret(caret - first + (first > indent), caret_end - caret, style, out);
	netd_str_done(&c.text);
}
