/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What went wrong, where, in whose words, and what to do about it. */
#ifndef NETD_BASE_ERROR_H
#define NETD_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* A spot in a text that a person wrote: 1-based; line 0 means "nowhere". */
struct netd_place {
	unsigned line;
	unsigned column;
	unsigned width; /* columns the caret underlines; 0 counts as 1 */
};

/* @place, or @otherwise if that is nowhere. */
static inline struct netd_place netd_place_or(struct netd_place place,
					      struct netd_place otherwise)
{
	if (place.line)
		return place;
	return otherwise;
}

/*
 * Lines from here on are options of a command: a text of one option a line, "--mtu 9000",
 * whose first line has this number.
 */
#define NETD_PLACE_OPTIONS (1U << 24)
static inline bool netd_place_is_option(const struct netd_place *place)
{
	return place->line >= NETD_PLACE_OPTIONS;
}

/* Of a file; 0 for an option, and for nowhere. */
static inline unsigned netd_place_file_line(const struct netd_place *place)
{
	if (netd_place_is_option(place))
		return 0;
	return place->line;
}

/* One problem.  Every pointer is owned and may be NULL, text excepted. */
struct netd_problem {
	int code;     /* negative errno */
	char *text;   /* what failed, with the object's name */
	char *kernel; /* the kernel's extended ack */
	char *hint;   /* what to do */
	char *file;   /* what @place points into */
	struct netd_place place;
	char *excerpt; /* the line at @place, without its newline */
};

/*
 * A call that can fail takes a struct netd_error as its last parameter, returns a
 * negative errno, and has added at least one problem then.  Callers may pass NULL when
 * the code alone is enough.  A zeroed struct is an empty list.
 */
struct netd_error {
	struct netd_problem *problems;
	size_t count;
};

/* Frees what @err holds and empties it; NULL is fine. */
void netd_error_done(struct netd_error *err);

/*
 * Adds a problem and returns @code, so that `return netd_error_add(err, -EINVAL, …)`
 * reads well.  If memory runs out the problem is kept with a fixed text.
 */
int netd_error_add(struct netd_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int netd_error_vadd(struct netd_error *err, int code, const char *fmt, va_list args)
	__attribute__((format(printf, 3, 0)));

/* "cannot WHAT OBJECT: " and what errno says; returns -errno. */
int netd_error_errno(struct netd_error *err, const char *what, const char *object);

/* "out of memory": returns -ENOMEM. */
int netd_error_no_memory(struct netd_error *err);

/* The next four complete the problem added last; without one they do nothing. */
void netd_error_hint(struct netd_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void netd_error_kernel(struct netd_error *err, const char *text);
void netd_error_place(struct netd_error *err, const char *file, struct netd_place place,
		      const char *excerpt);
/* Puts "CONTEXT: " before the text. */
void netd_error_context(struct netd_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The first problem's code; 0 if there is none. */
int netd_error_code(const struct netd_error *err);

/* Moves all problems of @from behind those of @to. */
void netd_error_move(struct netd_error *to, struct netd_error *from);

#endif
