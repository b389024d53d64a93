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
static void add_quoted(struct settings *s, const char *value, size_t length)
{
	add(s, "\"");
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)value[i];
		char text[8];

		if (c == '"' || c == '\\')
			snprintf(text, sizeof(text), "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			snprintf(text, sizeof(text), "\\x%02x", c);
		else
			snprintf(text, sizeof(text), "%c", c);
		add(s, text);
	}
	add(s, "\"");
}

static void add_key(struct settings *s, const char *key)
{
	if (s->length && !strchr("{[", s->text[s->length - 1]))
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

void settings_open_named(struct settings *s, const char *key, size_t length)
{
	add_key(s, NULL);
	add_quoted(s, key, length);
	add(s, ": {");
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
	add_quoted(s, value, strlen(value));
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
		add_quoted(s, value, strlen(value));
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
		add_quoted(s, values->items[i], strlen(values->items[i]));
	}
	add(s, "]");
}

void settings_part(struct settings *s, const char *key, const char *value, size_t length)
{
	add_key(s, key);
	add_quoted(s, value, length);
}

void settings_split(struct settings *s, const char *key, const char *text)
{
	add_key(s, key);
	add(s, "[");
	for (;;) {
		size_t length = strcspn(text, ",");

		add_quoted(s, text, length);
		text += length;
		if (!*text++)
			break;
		add(s, ", ");
	}
	add(s, "]");
}

void settings_begin(struct settings *s, const char *key)
{
	add_key(s, key);
	add(s, "[");
}

void settings_end(struct settings *s)
{
	add(s, "]");
}

static const char *const route_types[] = {"blackhole", "unreachable", "prohibit"};

/* "TO=VIA", where VIA may be a type. */
static void add_route(struct settings *s, const char *text)
{
	size_t to = strcspn(text, "=");
	const char *via = text[to] ? text + to + 1 : text + to, *key = "via";

	for (size_t i = 0; i < sizeof(route_types) / sizeof(route_types[0]); i++)
		if (strcmp(via, route_types[i]) == 0)
			key = "type";
	settings_open(s, NULL);
	settings_part(s, "to", text, to);
	settings_word(s, key, via);
	settings_close(s);
}

void settings_routes(struct settings *s, const struct list *values)
{
	if (!values->count)
		return;
	settings_begin(s, "routes");
	for (size_t i = 0; i < values->count; i++)
		add_route(s, values->items[i]);
	settings_end(s);
}
