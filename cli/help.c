// SPDX-License-Identifier: GPL-2.0-or-later
/* Help texts, made from the verbs' tables. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

#define COLUMN 27

/* Pads @text, in which "…" takes one column, and prints @help behind it. */
static void print_row(const char *text, const char *help, const char *more)
{
	int blanks = COLUMN;

	for (const char *s = text; *s; s++)
		blanks -= (*s & 0xc0) != 0x80;
	if (blanks < 0)
		blanks = 0;
	printf("  %s%*s %s%s\n", text, blanks, "", help, more);
}

/* "NAME", or "NAME ARGUMENTS". */
static void print_named(const char *name, const char *arguments, const char *help,
			const char *more)
{
	char text[96];

	snprintf(text, sizeof(text), "%s", name);
	if (arguments)
		snprintf(text, sizeof(text), "%s %s", name, arguments);
	print_row(text, help, more);
}

static void print_options(const char *title, const struct option_row *rows)
{
	struct option_walk w = {.row = rows};
	const struct option_row *row;

	if (!rows || !rows->name)
		return;
	printf("\n%s:\n", title);
	while ((row = option_next(&w))) {
		char name[48], letter[] = "   ";
		const char *more = "";

		if (row->letter)
			snprintf(letter, sizeof(letter), "-%c,", row->letter);
		snprintf(name, sizeof(name), "%s --%s", letter, row->name);
		if (row->list)
			more = " (may be repeated)";
		print_named(name, row->argument, row->help, more);
	}
}

static void print_verbs(const struct verb *verbs)
{
	printf("\nVerbs:\n");
	for (; verbs->name; verbs++)
		if (verbs->summary)
			print_named(verbs->name, verbs->arguments, verbs->summary, "");
}

static void print_usage(const char *path, const struct verb *verb)
{
	printf("Usage: %s", path);
	if (verb->options || !verb->verbs)
		printf(" [OPTION…]");
	if (verb->verbs)
		printf(" VERB …");
	else if (verb->arguments)
		printf(" %s", verb->arguments);
	printf("\n\n%s.\n", verb->summary);
	if (verb->more)
		printf("\n%s\n", verb->more);
}

void help_print(const char *path, const struct verb *verb)
{
	print_usage(path, verb);
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
