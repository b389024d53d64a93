/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean": the known word nearest to the one that was written. */
#ifndef NETD_BASE_SUGGEST_H
#define NETD_BASE_SUGGEST_H

/*
 * Set @word, offer every known word to netd_suggest_try(), then ask netd_suggest_best().
 * Nearness is the number of letters inserted, left out, changed or swapped with their
 * neighbour, case aside.
 */
struct netd_suggest {
	const char *word;
	const char *best; /* a pointer that was offered */
	unsigned distance;
};

void netd_suggest_try(struct netd_suggest *s, const char *known);

/* The nearest word if it is near enough to be meant, else NULL. */
const char *netd_suggest_best(const struct netd_suggest *s);

#endif
