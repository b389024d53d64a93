/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A string that grows; once memory ran out it stays failed, so callers check once. */
#ifndef NETD_BASE_STR_H
#define NETD_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

/* A zeroed struct is an empty string.  @text is NUL-terminated, or NULL if empty. */
struct netd_str {
	char *text;
	size_t length;
	size_t capacity;
	bool failed;
};

void netd_str_done(struct netd_str *s);

/* Each appends; on lack of memory sets failed and leaves the text as it was. */
void netd_str_add(struct netd_str *s, const char *text);
void netd_str_add_bytes(struct netd_str *s, const char *text, size_t length);
void netd_str_addf(struct netd_str *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void netd_str_add_char(struct netd_str *s, char c);
/* Appends @between unless @s is empty: what is behind it is one more item of a list. */
void netd_str_next(struct netd_str *s, const char *between);

/* 0, or -ENOMEM if any append failed. */
int netd_str_error(const struct netd_str *s);

/* The text, "" if there is none; owned by @s. */
const char *netd_str_text(const struct netd_str *s);

/* Gives the text away (free it with free()) and empties @s; NULL on lack of memory. */
char *netd_str_take(struct netd_str *s);

static inline const char *netd_true_false(bool value)
{
	if (value)
		return "true";
	return "false";
}

/* @text, or @otherwise if it is NULL. */
static inline const char *netd_text_or(const char *text, const char *otherwise)
{
	if (text)
		return text;
	return otherwise;
}

/* Moves the text of @s into *@out, which the caller frees; -ENOMEM with a problem. */
struct netd_error;
int netd_str_hand_over(struct netd_str *s, char **out, struct netd_error *err);

/* Copies @from to the array @to; false (and nothing copied) if it does not fit. */
bool netd_str_copy(char *to, size_t size, const char *from);
#define netd_copy(array, from) netd_str_copy(array, sizeof(array), from)

#endif
