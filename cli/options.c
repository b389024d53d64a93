// SPDX-License-Identifier: GPL-2.0-or-later
/* Options: one parser over the verbs' tables. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* "a|b|c" */
static void join(const char *const *choices, char *out, size_t size)
{
	size_t used = (size_t)snprintf(out, size, "%s", *choices);

	while (*++choices && used < size)
		used += (size_t)snprintf(out + used, size - used, "|%s", *choices);
}

/* The row of the setting that @w is at; NULL behind the last. */
static const struct option_row *make_row(struct option_walk *w)
{
	struct netd_option o = {0};

	if (!netd_option_get(w->row->object, w->i, &o))
		return NULL;
	w->i++;
	w->made = (struct option_row){
		.name = o.name,
		.letter = o.letter,
		.argument = o.argument,
		.help = o.help,
		.list = o.list,
		.values = o.kind,
		.setting = true,
	};
	if (o.choices) {
		join(o.choices, w->values, sizeof(w->values));
		w->made.values = w->values;
	}
	return &w->made;
}

const struct option_row *option_next(struct option_walk *w)
{
	while (w->row && w->row->name) {
		const struct option_row *made;

		if (!w->row->object)
			return w->row++;
		made = make_row(w);
		if (made)
			return made;
		w->row++;
		w->i = 0;
	}
	return NULL;
}

/* "--NAME", "--NAME=VALUE" or "-L". */
static bool is_word_of(const struct option_row *row, const char *word)
{
	size_t length = strcspn(word + 2, "=");

	if (word[1] != '-')
		return word[1] == row->letter && !word[2];
	return strlen(row->name) == length && memcmp(row->name, word + 2, length) == 0;
}

/* Its row in the verb's table, or in the common one. */
static bool find(const struct option_row *rows, const char *word, struct option_row *out)
{
	const struct option_row *const tables[] = {rows, common_options};

	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		struct option_walk w = {.row = tables[t]};
		const struct option_row *row;

		while ((row = option_next(&w))) {
			if (!is_word_of(row, word))
				continue;
			*out = *row;
			return true;
		}
	}
	return false;
}

/* Out of memory the program ends here: nothing has been touched yet. */
void setting_add(struct options *o, const char *name, const char *value)
{
	size_t count = o->setting_count;
	struct netd_option_value *more =
		realloc(o->settings, (count + 2) * sizeof(*more));

	if (!more)
		exit(out_of_memory());
	more[count] = (struct netd_option_value){name, value};
	more[count + 1] = (struct netd_option_value){NULL, NULL};
	o->settings = more;
	o->setting_count++;
}

bool setting_has(const struct options *o, const char *name)
{
	for (size_t i = 0; i < o->setting_count; i++)
		if (o->settings[i].value && strcmp(o->settings[i].name, name) == 0)
			return true;
	return false;
}

static int store(const struct option_row *row, struct options *options, const char *value)
{
	char *field = (char *)options + row->offset;
	struct list *list = (struct list *)(void *)field;

	if (row->setting) {
		setting_add(options, row->name, value);
	} else if (!row->argument) {
		*(bool *)field = true;
	} else if (!row->list) {
		*(const char **)(void *)field = value;
	} else if (list->count == LIST_MAX) {
		usage("--%s: more than %d times", row->name, LIST_MAX);
		return -1;
	} else {
		list->items[list->count++] = value;
	}
	return 0;
}

static void guess_option(const struct option_row *rows, const char *name,
			 const char **best)
{
	struct option_walk w = {.row = rows};
	const struct option_row *row;

	while ((row = option_next(&w)))
		guess(name, row->name, best);
}

static int unknown_option(const struct option_row *rows, const char *word)
{
	const char *best = NULL;
	char name[64];

	if (word[1] == '-') {
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(word + 2, "="),
			 word + 2);
		guess_option(rows, name, &best);
		guess_option(common_options, name, &best);
	}
	if (best)
		usage("unknown option %s; did you mean --%s?", word, best);
	else
		usage("unknown option %s", word);
	return -1;
}

/* Takes the option at argv[*i], and its value, which may be the next word. */
static int take(const struct option_row *rows, struct options *options, char **argv,
		int *i)
{
	const char *word = argv[*i], *value = NULL;
	struct option_row row;

	if (!find(rows, word, &row))
		return unknown_option(rows, word);
	if (word[1] == '-')
		value = strchr(word, '=');
	if (!row.argument) {
		if (!value)
			return store(&row, options, "on");
		usage("--%s takes no value", row.name);
		return -1;
	}
	if (value)
		return store(&row, options, value + 1);
	value = argv[*i + 1];
	if (!value) {
		usage("--%s needs a value: %s", row.name, row.argument);
		return -1;
	}
	++*i;
	return store(&row, options, value);
}

/* With "--" before the command, or without: options end where it begins. */
int options_parse(const struct option_row *rows, struct options *options, int command,
		  char **argv)
{
	bool words_only = false;
	int count = 0, i;

	for (i = 0; argv[i]; i++) {
		if (!words_only && strcmp(argv[i], "--") == 0) {
			words_only = true;
		} else if (words_only || argv[i][0] != '-' || !argv[i][1]) {
			words_only = words_only || count == command;
			argv[count++] = argv[i];
		} else if (take(rows, options, argv, &i) < 0) {
			return -1;
		}
	}
	for (int k = count; k < i; k++)
		argv[k] = NULL;
	return count;
}
