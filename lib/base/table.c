// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of named values, as an aligned text table or as JSON. */
#include "base/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/array.h"
#include "base/error.h"
#include "base/json.h"
#include "base/number.h"
#include "base/safe.h"

void netd_table_done(struct netd_table *t)
{
	for (size_t i = 0; i < t->cell_count; i++)
		free(t->cells[i]);
	free(t->cells);
	t->cells = NULL;
	t->cell_count = 0;
}

int netd_table_hand_over(struct netd_table *t, struct netd_table **out,
			 struct netd_error *err)
{
	struct netd_table *taken = NULL;

	if (!t->failed)
		taken = malloc(sizeof(*taken));
	if (!taken)
		return netd_error_no_memory(err);
	*taken = *t;
	*t = (struct netd_table){0};
	*out = taken;
	return 0;
}

static void add_cell(struct netd_table *t, char *text)
{
	char **cell = NULL;

	if (text)
		cell = netd_array_add(&t->cells, &t->cell_count, sizeof(*cell));
	if (cell) {
		*cell = text;
		return;
	}
	free(text);
	t->failed = true;
}

void netd_table_add_text(struct netd_table *t, const char *text)
{
	add_cell(t, strdup(netd_text_or(text, "")));
}

void netd_table_add_number(struct netd_table *t, uint64_t number)
{
	netd_table_addf(t, "%llu", (unsigned long long)number);
}

void netd_table_add_flag(struct netd_table *t, bool flag)
{
	static const char *const words[] = {"", "yes"};

	netd_table_add_text(t, words[flag]);
}

void netd_table_add_mac(struct netd_table *t, const struct netd_mac *mac)
{
	char text[NETD_MAC_TEXT] = "";

	if (mac)
		netd_mac_format(mac, text);
	netd_table_add_text(t, text);
}

void netd_table_add_addr(struct netd_table *t, const struct netd_addr *a)
{
	char text[NETD_ADDR_TEXT] = "";

	if (a && a->family)
		netd_addr_format(a, text);
	netd_table_add_text(t, text);
}

void netd_table_addf(struct netd_table *t, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	add_cell(t, text);
}

static size_t column_width(const struct netd_table *t, size_t column)
{
	size_t width = strlen(t->columns[column].title);

	for (size_t i = column; i < t->cell_count; i += t->column_count)
		width = netd_max(width, strlen(t->cells[i]));
	return width;
}

/* One line: @cells[0…], or the titles if it is NULL. */
static void render_line(const struct netd_table *t, const size_t *widths,
			char *const *cells, struct netd_str *out)
{
	size_t start = out->length;

	for (size_t c = 0; c < t->column_count; c++) {
		const struct netd_column *column = &t->columns[c];
		const char *text = column->title;
		int width = (int)widths[c];
		struct netd_str safe = {0};

		if (!column->title)
			continue;
		if (cells)
			text = cells[c];
		if (cells && !*text)
			text = "-";
		if (column->kind != NETD_COLUMN_NUMBER &&
		    column->kind != NETD_COLUMN_OPTIONAL)
			width = -width; /* to the left */
		/* Names from the kernel may hold any bytes; JSON has its own escapes. */
		netd_render_safe(text, &safe);
		if (out->length > start)
			netd_str_add(out, "  ");
		netd_str_addf(out, "%*s", width, netd_str_text(&safe));
		out->failed = out->failed || safe.failed;
		netd_str_done(&safe);
	}
	while (!out->failed && out->length > start && out->text[out->length - 1] == ' ')
		out->text[--out->length] = '\0';
	netd_str_add_char(out, '\n');
}

int netd_table_render_text(const struct netd_table *t, struct netd_str *out)
{
	size_t widths[16] = {0};

	if (t->failed)
		return -ENOMEM;
	if (!t->cell_count)
		return 0;
	for (size_t c = 0; c < t->column_count; c++)
		if (t->columns[c].title)
			widths[c] = column_width(t, c);
	render_line(t, widths, NULL, out);
	for (size_t i = 0; i < t->cell_count; i += t->column_count)
		render_line(t, widths, &t->cells[i], out);
	return netd_str_error(out);
}

static void render_list(struct netd_json *j, const char *words, const char *between)
{
	netd_json_begin_array(j);
	while (*words) {
		size_t length = strcspn(words, between);
		char *word = strndup(words, length);

		netd_json_string(j, word);
		free(word);
		words += length;
		words += strspn(words, between);
	}
	netd_json_end_array(j);
}

static void render_value(struct netd_json *j, enum netd_column_kind kind,
			 const char *text)
{
	switch (kind) {
	case NETD_COLUMN_TEXT:
		if (*text)
			netd_json_string(j, text);
		else
			netd_json_null(j);
		break;
	case NETD_COLUMN_OPTIONAL:
		if (*text)
			netd_json_number(j, strtoll(text, NULL, 10));
		else
			netd_json_null(j);
		break;
	case NETD_COLUMN_NUMBER:
		netd_json_number(j, strtoll(text, NULL, 10)); /* of none: 0 */
		break;
	case NETD_COLUMN_LIST:
		render_list(j, text, " ");
		break;
	case NETD_COLUMN_LINES:
		render_list(j, text, "\n");
		break;
	case NETD_COLUMN_FLAG:
		netd_json_bool(j, *text != '\0');
		break;
	}
}

int netd_table_write_json(const struct netd_table *t, struct netd_json *j)
{
	if (t->failed)
		return -ENOMEM;
	netd_json_begin_array(j);
	for (size_t i = 0; i < t->cell_count; i++) {
		size_t c = i % t->column_count;

		if (c == 0)
			netd_json_begin_object(j);
		if (t->columns[c].key) {
			netd_json_key(j, t->columns[c].key);
			render_value(j, t->columns[c].kind, t->cells[i]);
		}
		if (c + 1 == t->column_count)
			netd_json_end_object(j);
	}
	netd_json_end_array(j);
	return 0;
}

int netd_table_render_json(const struct netd_table *t, struct netd_str *out)
{
	struct netd_json j = {.out = out};
	int r = netd_table_write_json(t, &j);

	if (r < 0)
		return r;
	netd_json_finish(&j);
	return netd_str_error(out);
}
