// SPDX-License-Identifier: GPL-2.0-or-later
/* Help texts, made from the verbs' tables. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

#define COLUMN 27

/* Pads @text, in which "…" takes one column, and prints @help behind it. */
static void print_row(const char *text, const char *help, const char *more)
{
	int columns = 0;

	for (const char *s = text; *s; s++)
		columns += (*s & 0xc0) != 0x80;
	printf("  %s%*s %s%s\n", text, columns < COLUMN ? COLUMN - columns : 0, "", help,
	       more);
}

static void print_options(const char *title, const struct option_row *rows)
{
	struct option_walk w = {.row = rows};
	const struct option_row *row;

	if (!rows || !rows->name)
		return;
	printf("\n%s:\n", title);
	while ((row = option_next(&w))) {
		const char *argument = "", *blank = "";
		char text[80], letter[] = "   ";

		if (row->letter)
			snprintf(letter, sizeof(letter), "-%c,", row->letter);
		if (row->argument) {
			argument = row->argument;
			blank = " ";
		}
		snprintf(text, sizeof(text), "%s --%s%s%s", letter, row->name, blank,
			 argument);
		print_row(text, row->help, row->list ? " (may be repeated)" : "");
	}
}

static void print_verbs(const struct verb *verbs)
{
	printf("\nVerbs:\n");
	for (; verbs->name; verbs++) {
		char text[80];

		if (!verbs->summary)
			continue; /* not for people */
		snprintf(text, sizeof(text), "%s%s%s", verbs->name,
			 verbs->arguments ? " " : "",
			 verbs->arguments ? verbs->arguments : "");
		print_row(text, verbs->summary, "");
	}
}

void help_print(const char *path, const struct verb *verb)
{
	printf("Usage: %s%s%s%s\n", path,
	       verb->options || !verb->verbs ? " [OPTION…]" : "",
	       verb->verbs	 ? " VERB …"
	       : verb->arguments ? " "
				 : "",
	       verb->arguments && !verb->verbs ? verb->arguments : "");
	printf("\n%s.\n", verb->summary);
	if (verb->more)
		printf("\n%s\n", verb->more);
	if (verb->verbs)
		print_verbs(verb->verbs);
	print_options("Options", verb->options);
	print_options("Common options", common_options);
	if (verb->verbs)
		printf("\n`%s VERB --help` tells more of each.\n", path);
}

const struct verb *verb_find(const struct verb *verbs, const char *name)
{
	for (; verbs->name; verbs++)
		if (strcmp(verbs->name, name) == 0)
			return verbs;
	return NULL;
}

const struct verb *verb_guess(const struct verb *verbs, const char *name)
{
	const struct verb *best = NULL;
	size_t least = SIZE_MAX;

	for (; verbs->name; verbs++) {
		size_t d = netd_text_distance(name, verbs->name);

		if (verbs->summary && d < least) {
			least = d;
			best = verbs;
		}
	}
	return best;
}
