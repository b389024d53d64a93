// SPDX-License-Identifier: GPL-2.0-or-later
/* A topology as the YAML that people would write. */
#include <string.h>

#include "base/addr.h"
#include "base/array.h"
#include "base/json.h"
#include "base/str.h"
#include "config/config.h"
#include "config/emit.h"

/*
 * Theory of operation.  Where a mapping begins it is not known yet whether it has keys:
 * the line of its own key stays open until the first of them, and an empty one becomes
 * {}.  A list in block style is never empty, and holds mappings on one line only.
 */
struct writer {
	struct netd_str *out;
	unsigned indent;
	unsigned nested; /* levels open on the line */
	bool has_items;	 /* of what was opened last */
	bool after_key;	 /* the line ends with "key:" */
};

static void indent(struct writer *w)
{
	for (unsigned i = 0; i < w->indent; i++)
		netd_str_add(w->out, "  ");
}

static void separate(struct writer *w)
{
	if (w->has_items)
		netd_str_add(w->out, ", ");
	w->has_items = true;
}

/* What stands before a value: a blank behind its key, a comma, or the mark of an item. */
static void before_value(struct writer *w)
{
	if (w->after_key) {
		netd_str_add_char(w->out, ' ');
	} else if (w->nested) {
		separate(w);
	} else {
		indent(w);
		netd_str_add(w->out, "- ");
	}
	w->after_key = false;
}

static void after_value(struct writer *w)
{
	if (!w->nested)
		netd_str_add_char(w->out, '\n');
	w->has_items = true;
}

static void begin_line(struct writer *w, char c)
{
	before_value(w);
	netd_str_add_char(w->out, c);
	w->nested++;
	w->has_items = false;
}

static void end_line(struct writer *w, char c)
{
	netd_str_add_char(w->out, c);
	w->nested--;
	after_value(w);
}

static void begin_mapping(void *to, bool one_line)
{
	struct writer *w = to;

	if (one_line) {
		begin_line(w, '{');
		return;
	}
	if (w->after_key)
		w->indent++;
	w->has_items = false;
}

static void end_mapping(void *to)
{
	struct writer *w = to;

	if (w->nested) {
		end_line(w, '}');
		return;
	}
	if (!w->has_items)
		netd_str_add(w->out, " {}\n");
	if (w->indent)
		w->indent--;
	w->after_key = false;
	w->has_items = true;
}

static void begin_list(void *to, bool one_line)
{
	struct writer *w = to;

	if (one_line || w->nested) {
		begin_line(w, '[');
		return;
	}
	netd_str_add_char(w->out, '\n');
	w->after_key = false;
	w->indent++;
}

static void end_list(void *to)
{
	struct writer *w = to;

	if (w->nested)
		end_line(w, ']');
	else
		w->indent--;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(const char *text)
{
	if (!is_letter(*text))
		return false;
	while (is_letter(*text) || (*text >= '0' && *text <= '9') || *text == '.' ||
	       *text == '_' || *text == '-')
		text++;
	return *text == '\0';
}

static bool means_something(const char *word)
{
	static const char *const words[] = {"null", "true", "false", "yes", "no",
					    "on",   "off",  "y",     "n"};

	if (strlen(word) > strlen("false"))
		return false;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(words); i++)
		if (strcasecmp(word, words[i]) == 0)
			return true;
	return false;
}

/*
 * True for what every reader of YAML, 1.1 too, takes for this very text when it has no
 * quotes: a word that means nothing else, and an IPv4 address (no number has three dots).
 * Asked of every word of a file, which may be many.
 */
static bool is_plain(const char *text)
{
	struct netd_prefix prefix;
	struct netd_addr addr;

	if (is_word(text))
		return !means_something(text);
	return *text >= '0' && *text <= '9' && !strchr(text, ':') &&
	       (netd_addr_parse(text, &addr) == 0 ||
		netd_prefix_parse(text, &prefix) == 0);
}

static void scalar(struct writer *w, const char *text)
{
	if (is_plain(text))
		netd_str_add(w->out, text);
	else
		netd_json_quote(w->out, text, strlen(text));
}

/* Our own keys are plain though YAML 1.1 may think otherwise of "on". */
static void key(void *to, const char *name)
{
	struct writer *w = to;

	if (w->nested) {
		separate(w);
	} else {
		if (w->after_key)
			netd_str_add_char(w->out, '\n');
		indent(w);
	}
	if (strcmp(name, "on") == 0 && w->nested)
		netd_str_add(w->out, name);
	else
		scalar(w, name);
	netd_str_add_char(w->out, ':');
	w->after_key = true;
	w->has_items = true;
}

static void string(void *to, const char *text)
{
	struct writer *w = to;

	before_value(w);
	scalar(w, text);
	after_value(w);
}

static void number(void *to, uint64_t n)
{
	struct writer *w = to;

	before_value(w);
	netd_str_addf(w->out, "%llu", (unsigned long long)n);
	after_value(w);
}

static void truth(void *to, bool value)
{
	struct writer *w = to;

	before_value(w);
	netd_str_add(w->out, netd_true_false(value));
	after_value(w);
}

int netd_config_write(const struct netd_topology *t, struct netd_str *out)
{
	struct writer w = {.out = out};
	struct netd_emitter e = {begin_mapping, end_mapping, begin_list, end_list, key,
				 string,	number,	     truth,	 &w};

	netd_emit_object(&e, &netd_topology_object, t, "");
	return netd_str_error(out);
}

int netd_config_write_forward(const struct netd_forward *f, struct netd_str *out)
{
	/* as the only item of a list that is open on the line */
	struct writer w = {.out = out, .nested = 1};
	struct netd_emitter e = {begin_mapping, end_mapping, begin_list, end_list, key,
				 string,	number,	     truth,	 &w};

	netd_emit_object(&e, &netd_forward_object, f, "");
	return netd_str_error(out);
}
