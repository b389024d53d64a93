// SPDX-License-Identifier: GPL-2.0-or-later
/* Options: one parser over the verbs' tables. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

/* The row of "--NAME", "--NAME=VALUE" or "-L" in the verb's table, then in the common. */
static const struct option_row *find(const struct option_row *rows, const char *word)
{
	const struct option_row *const tables[] = {rows, common_options};
	size_t length = strcspn(word + 2, "=");

	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (const struct option_row *row = tables[t]; row && row->name; row++) {
			if (word[1] != '-' && word[1] == row->letter && !word[2])
				return row;
			if (word[1] == '-' && strlen(row->name) == length &&
			    memcmp(row->name, word + 2, length) == 0)
				return row;
		}
	}
	return NULL;
}

static int store(const struct option_row *row, struct options *options, const char *value)
{
	char *field = (char *)options + row->offset;
	struct list *list = (struct list *)(void *)field;

	if (!row->argument) {
		*(bool *)field = true;
	} else if (!row->list) {
		*(const char **)(void *)field = value;
	} else if (list->count == LIST_MAX) {
		fprintf(stderr, "netdctl: --%s: more than %d times\n", row->name,
			LIST_MAX);
		return -1;
	} else {
		list->items[list->count++] = value;
	}
	return 0;
}

/* Takes the option at argv[*i], and its value, which may be the next word. */
static int take(const struct option_row *rows, struct options *options, int argc,
		char **argv, int *i)
{
	const char *word = argv[*i];
	const struct option_row *row = find(rows, word);
	const char *value = word[1] == '-' ? strchr(word, '=') : NULL;

	if (!row) {
		complain("netdctl: unknown option %s", word);
		return -1;
	}
	if (value && !row->argument) {
		fprintf(stderr, "netdctl: --%s takes no value\n", row->name);
		return -1;
	}
	if (row->argument && !value && *i + 1 >= argc) {
		fprintf(stderr, "netdctl: --%s needs a value: %s\n", row->name,
			row->argument);
		return -1;
	}
	if (row->argument)
		value = value ? value + 1 : argv[++*i];
	return store(row, options, value);
}

/* With "--" before the command, or without: options end where it begins. */
int options_parse(const struct option_row *rows, struct options *options, int command,
		  int argc, char **argv)
{
	bool words_only = false;
	int count = 0;

	for (int i = 0; i < argc; i++) {
		if (!words_only && strcmp(argv[i], "--") == 0) {
			words_only = true;
		} else if (words_only || argv[i][0] != '-' || !argv[i][1]) {
			words_only = words_only || count == command;
			argv[count++] = argv[i];
		} else if (take(rows, options, argc, argv, &i) < 0) {
			return -1;
		}
	}
	return count;
}
