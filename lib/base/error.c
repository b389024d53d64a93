// SPDX-License-Identifier: GPL-2.0-or-later
/* What went wrong, where, in whose words, and what to do about it. */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* Stands in for a text that there was no memory for; never freed. */
static char no_memory[] = "out of memory";

static void text_free(char *text)
{
	if (text != no_memory)
		free(text);
}

__attribute__((format(printf, 1, 0))) static char *text_format(const char *fmt,
							       va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		return no_memory;
	return text;
}

static char *text_copy(const char *text)
{
	char *copy;

	if (!text)
		return NULL;
	copy = strdup(text);
	if (!copy)
		return no_memory;
	return copy;
}

static struct netd_problem *last(struct netd_error *err)
{
	if (err && err->count)
		return &err->problems[err->count - 1];
	return NULL;
}

void netd_error_done(struct netd_error *err)
{
	if (!err)
		return;
	for (size_t i = 0; i < err->count; i++) {
		struct netd_problem *p = &err->problems[i];

		text_free(p->text);
		text_free(p->kernel);
		text_free(p->hint);
		text_free(p->file);
		text_free(p->excerpt);
	}
	free(err->problems);
	*err = (struct netd_error){0};
}

int netd_error_vadd(struct netd_error *err, int code, const char *fmt, va_list args)
{
	struct netd_problem *p;

	if (!err)
		return code;
	p = netd_array_add(&err->problems, &err->count, sizeof(*p));
	if (!p)
		return code;
	p->code = code;
	p->text = text_format(fmt, args);
	return code;
}

int netd_error_add(struct netd_error *err, int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	netd_error_vadd(err, code, fmt, args);
	va_end(args);
	return code;
}

int netd_error_errno(struct netd_error *err, const char *what, const char *object)
{
	int code = -errno;

	return netd_error_add(err, code, "cannot %s %s: %s", what, object,
			      strerror(-code));
}

int netd_error_no_memory(struct netd_error *err)
{
	return netd_error_add(err, -ENOMEM, "out of memory");
}

void netd_error_hint(struct netd_error *err, const char *fmt, ...)
{
	struct netd_problem *p = last(err);
	va_list args;

	if (!p)
		return;
	va_start(args, fmt);
	text_free(p->hint);
	p->hint = text_format(fmt, args);
	va_end(args);
}

void netd_error_kernel(struct netd_error *err, const char *text)
{
	struct netd_problem *p = last(err);

	if (!p)
		return;
	text_free(p->kernel);
	p->kernel = text_copy(text);
}

void netd_error_place(struct netd_error *err, const char *file, struct netd_place place,
		      const char *excerpt)
{
	struct netd_problem *p = last(err);

	if (!p)
		return;
	text_free(p->file);
	text_free(p->excerpt);
	p->file = text_copy(file);
	p->excerpt = text_copy(excerpt);
	p->place = place;
}

void netd_error_context(struct netd_error *err, const char *fmt, ...)
{
	struct netd_problem *p = last(err);
	char *context, *text;
	va_list args;

	if (!p)
		return;
	va_start(args, fmt);
	context = text_format(fmt, args);
	va_end(args);
	if (asprintf(&text, "%s: %s", context, p->text) >= 0) {
		text_free(p->text);
		p->text = text;
	}
	text_free(context);
}

int netd_error_code(const struct netd_error *err)
{
	if (err && err->count)
		return err->problems[0].code;
	return 0;
}

void netd_error_move(struct netd_error *to, struct netd_error *from)
{
	for (size_t i = 0; to && i < from->count; i++) {
		struct netd_problem *p =
			netd_array_add(&to->problems, &to->count, sizeof(*p));

		if (!p)
			break;
		*p = from->problems[i];
		from->problems[i] = (struct netd_problem){0};
	}
	netd_error_done(from);
}
