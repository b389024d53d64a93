// SPDX-License-Identifier: GPL-2.0-or-later
/* Problems at a place of the file that a topology came from. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/number.h"
#include "base/str.h"
#include "check/check.h"

/*
 * Theory of operation.  A file may be 16 MiB of one line or of nothing but mistakes: what
 * is told about it stays small.  An excerpt ends EXCERPT_MORE bytes behind its caret, and
 * none is taken of a place further right than EXCERPT_MAX.  One problem more than
 * NETD_PROBLEMS_MAX is kept while they are gathered, as a scratch pad for hints;
 * netd_problems_finish() puts a closing word in its place.
 */
#define EXCERPT_MORE 256
#define EXCERPT_MAX 16384

/* The line at @place, or NULL. */
static char *excerpt(const struct netd_topology *t, struct netd_place place)
{
	const char *line = t->text, *end, *stop;
	size_t length;

	if (!line || place.line == 0 || place.column > EXCERPT_MAX)
		return NULL;
	end = line + t->text_length;
	if (netd_place_is_option(&place))
		place.line -= NETD_PLACE_OPTIONS - 1;
	for (unsigned i = 1; i < place.line; i++) {
		line = memchr(line, '\n', (size_t)(end - line));
		if (!line)
			return NULL;
		line++;
	}
	stop = memchr(line, '\n', (size_t)(end - line));
	length = (size_t)(netd_text_or(stop, end) - line);
	if (length && line[length - 1] == '\r')
		length--;
	if (length > place.column + EXCERPT_MORE)
		length = place.column + EXCERPT_MORE;
	return strndup(line, length);
}

/* Where it is told of is the option that @line begins with, if it does. */
static void place_option(struct netd_error *err, struct netd_place place,
			 const char *line)
{
	char name[64], *option = NULL;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(line, " "), line);
	if (*name == '-')
		option = name;
	netd_error_place(err, option, place, line);
}

int netd_topology_error(const struct netd_topology *t, struct netd_error *err,
			struct netd_place place, const char *fmt, ...)
{
	va_list args;
	char *line;

	if (!err || err->count > NETD_PROBLEMS_MAX)
		return -EINVAL;
	va_start(args, fmt);
	netd_error_vadd(err, -EINVAL, fmt, args);
	va_end(args);
	line = excerpt(t, place);
	if (line && netd_place_is_option(&place))
		place_option(err, place, line);
	else
		netd_error_place(err, t->file, place, line);
	free(line);
	return -EINVAL;
}

bool netd_problems_enough(const struct netd_error *err)
{
	return !err || err->count > NETD_PROBLEMS_MAX;
}

/* By place; what has none comes last. */
static int compare_place(const void *a, const void *b)
{
	const struct netd_place *x = &((const struct netd_problem *)a)->place;
	const struct netd_place *y = &((const struct netd_problem *)b)->place;

	if (x->line != y->line)
		return netd_order(x->line - 1, y->line - 1);
	return netd_order(x->column, y->column);
}

void netd_problems_finish(struct netd_error *err)
{
	struct netd_error rest = {0};

	if (!err || err->count == 0)
		return;
	qsort(err->problems, err->count, sizeof(*err->problems), compare_place);
	if (err->count <= NETD_PROBLEMS_MAX)
		return;
	while (err->count > NETD_PROBLEMS_MAX) {
		struct netd_problem *p =
			netd_array_add(&rest.problems, &rest.count, sizeof(*p));

		if (!p)
			return;
		*p = err->problems[--err->count];
	}
	netd_error_done(&rest);
	netd_error_add(err, -EINVAL, "more than %d problems: the rest is not listed",
		       NETD_PROBLEMS_MAX);
}
