// SPDX-License-Identifier: GPL-2.0-or-later
/* Builds settings in the file's words out of options. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* Out of memory the program ends here: nothing has been touched yet. */
static void add(struct settings *s, const char *text)
{
	size_t more = strlen(text);
	char *bigger = realloc(s->text, s->length + more + 1);

	if (!bigger) {
		fputs("netdctl: out of memory\n", stderr);
		exit(EXIT_FAILED);
	}
	s->text = bigger;
	memcpy(s->text + s->length, text, more + 1);
	s->length += more;
}

/* A double-quoted YAML scalar (YAML 1.2.2, 7.3.1). */
static void add_quoted(struct settings *s, const char *value)
{
	add(s, "\"");
	for (; *value; value++) {
		char text[8];

		if (*value == '"' || *value == '\\')
			snprintf(text, sizeof(text), "\\%c", *value);
		else if ((unsigned char)*value < 0x20 || *value == 0x7f)
			snprintf(text, sizeof(text), "\\x%02x", (unsigned char)*value);
		else
			snprintf(text, sizeof(text), "%c", *value);
		add(s, text);
	}
	add(s, "\"");
}

static void add_key(struct settings *s, const char *key)
{
	if (s->length && s->text[s->length - 1] != '{')
		add(s, ", ");
	if (key) {
		add(s, key);
		add(s, ": ");
	}
}

void settings_open(struct settings *s, const char *key)
{
	add_key(s, key);
	add(s, "{");
}

void settings_close(struct settings *s)
{
	add(s, "}");
}

void settings_word(struct settings *s, const char *key, const char *value)
{
	if (!value)
		return;
	add_key(s, key);
	add_quoted(s, value);
}

void settings_number(struct settings *s, const char *key, const char *value)
{
	if (!value)
		return;
	add_key(s, key);
	if (*value &&
	    value[strspn(value, "0123456789abcdefghijklmnopqrstuvwxyz")] == '\0')
		add(s, value);
	else
		add_quoted(s, value);
}

void settings_flag(struct settings *s, const char *key, bool value)
{
	if (!value)
		return;
	add_key(s, key);
	add(s, "true");
}

void settings_list(struct settings *s, const char *key, const struct list *values)
{
	if (!values->count)
		return;
	add_key(s, key);
	add(s, "[");
	for (size_t i = 0; i < values->count; i++) {
		if (i)
			add(s, ", ");
		add_quoted(s, values->items[i]);
	}
	add(s, "]");
}
