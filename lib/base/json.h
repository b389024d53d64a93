/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes JSON (RFC 8259), indented by two blanks a level. */
#ifndef NETD_BASE_JSON_H
#define NETD_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Commas, line ends and indentation come by themselves.  Within an object every value is
 * preceded by netd_json_key().  Whether memory ran out, @out knows (netd_str_error()).
 * The text always is valid UTF-8: bytes that are not become U+FFFD.
 */
struct netd_json {
	struct netd_str *out;
	unsigned depth;
	bool compact;	/* all on one line */
	bool has_items; /* the object or array that is open */
	bool after_key;
};

static inline struct netd_json netd_json_to(struct netd_str *out)
{
	return (struct netd_json){.out = out};
}

void netd_json_begin_object(struct netd_json *j);
void netd_json_end_object(struct netd_json *j);
void netd_json_begin_array(struct netd_json *j);
void netd_json_end_array(struct netd_json *j);

void netd_json_key(struct netd_json *j, const char *key);
/* A NULL @text is null. */
void netd_json_string(struct netd_json *j, const char *text);
void netd_json_number(struct netd_json *j, int64_t number);
void netd_json_unsigned(struct netd_json *j, uint64_t number);
void netd_json_bool(struct netd_json *j, bool value);
void netd_json_null(struct netd_json *j);

/* Ends the text with a newline; all that was opened must be closed. */
void netd_json_finish(struct netd_json *j);

/* Appends @length bytes of @text with quotes and escapes. */
void netd_json_quote(struct netd_str *out, const char *text, size_t length);

#endif
