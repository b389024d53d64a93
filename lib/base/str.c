// SPDX-License-Identifier: GPL-2.0-or-later
/* A string that grows; once memory ran out it stays failed, so callers check once. */
#include "base/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"

void netd_str_done(struct netd_str *s)
{
	free(s->text);
	*s = (struct netd_str){0};
}

/* Room for @more bytes and the NUL. */
static bool reserve(struct netd_str *s, size_t more)
{
	size_t need = s->length + more + 1;
	size_t capacity = netd_max(s->capacity, 64);
	char *text;

	if (s->failed)
		return false;
	if (need <= s->capacity)
		return true;
	while (capacity < need)
		capacity *= 2;
	text = realloc(s->text, capacity);
	if (!text) {
		s->failed = true;
		return false;
	}
	s->text = text;
	s->capacity = capacity;
	return true;
}

void netd_str_add_bytes(struct netd_str *s, const char *text, size_t length)
{
	if (!reserve(s, length))
		return;
	memcpy(s->text + s->length, text, length);
	s->length += length;
	s->text[s->length] = '\0';
}

void netd_str_add(struct netd_str *s, const char *text)
{
	netd_str_add_bytes(s, text, strlen(text));
}

void netd_str_add_char(struct netd_str *s, char c)
{
	netd_str_add_bytes(s, &c, 1);
}

void netd_str_addf(struct netd_str *s, const char *fmt, ...)
{
	va_list args;
	int length;

	va_start(args, fmt);
	length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (length < 0 || !reserve(s, (size_t)length))
		return;
	va_start(args, fmt);
	vsnprintf(s->text + s->length, (size_t)length + 1, fmt, args);
	va_end(args);
	s->length += (size_t)length;
}

void netd_str_next(struct netd_str *s, const char *between)
{
	if (s->length)
		netd_str_add(s, between);
}

int netd_str_error(const struct netd_str *s)
{
	if (s->failed)
		return -ENOMEM;
	return 0;
}

const char *netd_str_text(const struct netd_str *s)
{
	return netd_text_or(s->text, "");
}

char *netd_str_take(struct netd_str *s)
{
	char *text;

	reserve(s, 0);
	if (s->failed) {
		netd_str_done(s);
		return NULL;
	}
	text = s->text;
	text[s->length] = '\0';
	*s = (struct netd_str){0};
	return text;
}

int netd_str_hand_over(struct netd_str *s, char **out, struct netd_error *err)
{
	char *text = netd_str_take(s);

	if (!text)
		return netd_error_no_memory(err);
	*out = text;
	return 0;
}

bool netd_str_copy(char *to, size_t size, const char *from)
{
	size_t length = strlen(from);

	if (length >= size)
		return false;
	memcpy(to, from, length + 1);
	return true;
}
