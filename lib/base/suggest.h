/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean": the known word nearest to the one that was written. */
#ifndef NETD_BASE_SUGGEST_H
#define NETD_BASE_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

struct netd_error;

/*
 * How far apart the words are: the number of letters inserted, left out, changed or
 * swapped with their neighbour, case aside.  SIZE_MAX: another word is meant.
 */
size_t netd_suggest_distance(const char *word, const char *known);

/* Set @word, offer every known word to netd_suggest_try(): @best is the nearest, or NULL.
 */
struct netd_suggest {
	const char *word;
	const char *best; /* a pointer that was offered */
	size_t distance;
};

void netd_suggest_try(struct netd_suggest *s, const char *known);

/* Adds "did you mean …" to the last problem; false, and nothing added, without @best. */
bool netd_suggest_hint(const struct netd_suggest *s, struct netd_error *err);

#endif
