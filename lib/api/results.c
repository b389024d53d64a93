// SPDX-License-Identifier: GPL-2.0-or-later
/* Results as data: the values of tables and the problems of errors. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "base/table.h"
#include "netd.h"

struct netd_table *netd_table_free(struct netd_table *table)
{
	if (table)
		netd_table_done(table);
	free(table);
	return NULL;
}

size_t netd_table_rows(const struct netd_table *table)
{
	return table->cell_count / table->column_count;
}

/* Columns without a key are for people only. */
const char *netd_table_key(const struct netd_table *table, size_t column)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i].key && column-- == 0)
			return table->columns[i].key;
	return NULL;
}

/* The column of that name; column_count if there is none. */
static size_t find_column(const struct netd_table *table, const char *key)
{
	size_t i = 0;

	while (i < table->column_count &&
	       !(table->columns[i].key && strcmp(table->columns[i].key, key) == 0))
		i++;
	return i;
}

const char *netd_outcome_name(enum netd_outcome outcome)
{
	static const char *const names[] = {
		[NETD_UNTOUCHED] = "untouched",
		[NETD_DONE] = "done",
		[NETD_ROLLED_BACK] = "rolled back",
		[NETD_NOT_ROLLED_BACK] = "not rolled back",
		[NETD_KEPT] = "kept",
	};

	return names[outcome];
}

enum netd_value_kind netd_table_kind(const struct netd_table *table, const char *key)
{
	static const enum netd_value_kind kinds[] = {
		[NETD_COLUMN_TEXT] = NETD_VALUE_TEXT,
		[NETD_COLUMN_NUMBER] = NETD_VALUE_NUMBER,
		[NETD_COLUMN_OPTIONAL] = NETD_VALUE_NUMBER,
		[NETD_COLUMN_LIST] = NETD_VALUE_WORDS,
		[NETD_COLUMN_LINES] = NETD_VALUE_LINES,
		[NETD_COLUMN_FLAG] = NETD_VALUE_FLAG,
	};
	size_t column = find_column(table, key);

	if (column == table->column_count)
		return NETD_VALUE_TEXT;
	return kinds[table->columns[column].kind];
}

const char *netd_table_value(const struct netd_table *table, size_t row, const char *key)
{
	size_t column = find_column(table, key);

	if (column == table->column_count || row >= netd_table_rows(table))
		return NULL;
	return table->cells[row * table->column_count + column];
}

bool netd_table_number(const struct netd_table *table, size_t row, const char *key,
		       int64_t *out)
{
	const char *text = netd_table_value(table, row, key);
	size_t column = find_column(table, key);
	enum netd_column_kind kind;

	if (!text || !*text)
		return false;
	kind = table->columns[column].kind;
	if (kind != NETD_COLUMN_NUMBER && kind != NETD_COLUMN_OPTIONAL)
		return false;
	*out = strtoll(text, NULL, 10);
	return true;
}

char *netd_table_format(const struct netd_table *table, enum netd_format format)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	int r;

	if (format == NETD_FORMAT_JSON)
		r = netd_table_render_json(table, &text);
	else
		r = netd_table_render_text(table, &text);
	if (r < 0)
		return NULL;
	return netd_str_take(&text);
}

size_t netd_error_count(const struct netd_error *err)
{
	return err->count;
}

bool netd_error_get(const struct netd_error *err, size_t i, struct netd_problem_info *out)
{
	const struct netd_problem *p;

	if (i >= err->count)
		return false;
	p = &err->problems[i];
	*out = (struct netd_problem_info){
		.code = p->code,
		.text = p->text,
		.hint = p->hint,
		.kernel = p->kernel,
		.file = p->file,
		.line = netd_place_file_line(&p->place),
		.column = p->place.column,
	};
	return true;
}
