// SPDX-License-Identifier: GPL-2.0-or-later
/* "Did you mean": the known word nearest to the one that was written. */
#include "base/suggest.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"

#define LONGEST 64

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* The optimal string alignment distance, by rows; two rows back for swaps. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[3][LONGEST + 1];

	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *row = rows[i % 3];
		const size_t *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			bool equal = same(a[i - 1], b[j - 1]);

			row[j] = netd_min(netd_min(row[j - 1], up[j]) + 1,
					  up[j - 1] + !equal);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]))
				row[j] = netd_min(row[j], up2[j - 2] + 1);
		}
	}
	return rows[a_length % 3][b_length];
}

size_t netd_suggest_distance(const char *word, const char *known)
{
	size_t a = strlen(word), b = strlen(known), d;

	if (a == 0 || b == 0 || a > LONGEST || b > LONGEST)
		return SIZE_MAX;
	d = distance(word, a, known, b);
	/* A third of the letters wrong is a typo, more is another word. */
	if (d > 1 && d > b / 3)
		return SIZE_MAX;
	return d;
}

void netd_suggest_try(struct netd_suggest *s, const char *known)
{
	size_t d = netd_suggest_distance(s->word, known);

	if (d < SIZE_MAX && (!s->best || d < s->distance)) {
		s->best = known;
		s->distance = d;
	}
}

bool netd_suggest_hint(const struct netd_suggest *s, struct netd_error *err)
{
	if (s->best)
		netd_error_hint(err, "did you mean \"%s\"?", s->best);
	return s->best;
}
