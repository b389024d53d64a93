/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of named values, as an aligned text table or as JSON. */
#ifndef NETD_BASE_TABLE_H
#define NETD_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum netd_column_kind {
	NETD_COLUMN_TEXT,     /* JSON string, null if empty */
	NETD_COLUMN_NUMBER,   /* right-aligned; JSON number */
	NETD_COLUMN_OPTIONAL, /* the same, but null if empty */
	NETD_COLUMN_LIST,     /* blank-separated words; JSON array */
	NETD_COLUMN_LINES,    /* newline-separated texts; JSON array */
	NETD_COLUMN_FLAG,     /* "yes" or ""; JSON boolean */
};

struct netd_column {
	const char *title; /* of the text table; NULL: only in JSON */
	const char *key;   /* in JSON; NULL: only in the text table */
	enum netd_column_kind kind;
};

/* A table whose columns are a static array; cells are added row by row, left to right. */
struct netd_table {
	const struct netd_column *columns;
	size_t column_count;
	char **cells; /* owned */
	size_t cell_count;
	bool failed; /* memory ran out */
};

void netd_table_done(struct netd_table *t);

/* Moves @t into *@out, to be freed by netd_table_free(); -ENOMEM with a problem. */
struct netd_error;
int netd_table_hand_over(struct netd_table *t, struct netd_table **out,
			 struct netd_error *err);

/* Each adds the next cell. */
void netd_table_add_text(struct netd_table *t, const char *text);
void netd_table_add_number(struct netd_table *t, uint64_t number);
void netd_table_add_flag(struct netd_table *t, bool flag);
/* "" if @mac, or @a, is NULL. */
struct netd_mac;
struct netd_addr;
void netd_table_add_mac(struct netd_table *t, const struct netd_mac *mac);
void netd_table_add_addr(struct netd_table *t, const struct netd_addr *a);
void netd_table_addf(struct netd_table *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Appends the table to @out; -ENOMEM.  Without rows the text is empty. */
int netd_table_render_text(const struct netd_table *t, struct netd_str *out);
int netd_table_render_json(const struct netd_table *t, struct netd_str *out);
/* The same as a value within a larger text. */
struct netd_json;
int netd_table_write_json(const struct netd_table *t, struct netd_json *j);

#endif
