// SPDX-License-Identifier: GPL-2.0-or-later
/* Problems as people and programs read them. */
#include "show/error.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/number.h"
#include "base/str.h"
#include "base/excerpt.h"
#include "base/safe.h"

/* Escape sequences (ECMA-48 SGR), all empty without colour. */
struct style {
	const char *place, *error, *text, *off;
	struct netd_excerpt_style excerpt;
};

static const struct style plain = {"", "", "", "", {"", ""}};
static const struct style colored = {
	"\033[1m", "\033[1;31m", "\033[1m", "\033[0m", {"\033[1;32m", "\033[0m"},
};

static void add_place(const struct netd_problem *p, const struct style *s,
		      struct netd_str *out)
{
	if (!p->file && !netd_place_file_line(&p->place))
		return;
	netd_str_add(out, s->place);
	netd_render_safe(netd_text_or(p->file, "(text)"), out);
	if (netd_place_file_line(&p->place))
		netd_str_addf(out, ":%u:%zu", p->place.line,
			      netd_max(p->place.column, 1));
	netd_str_addf(out, ":%s ", s->off);
}

static void add_line(const char *before, const char *text, struct netd_str *out)
{
	if (!text)
		return;
	netd_str_add(out, before);
	netd_render_safe(text, out);
	netd_str_add_char(out, '\n');
}

static void render_problem(const struct netd_problem *p, const struct style *s,
			   struct netd_str *out)
{
	add_place(p, s, out);
	netd_str_addf(out, "%serror:%s %s", s->error, s->off, s->text);
	netd_render_safe(p->text, out);
	netd_str_addf(out, "%s\n", s->off);
	if (p->excerpt && *p->excerpt && p->place.line)
		netd_render_excerpt(p->excerpt, p->place, &s->excerpt, out);
	add_line("    kernel: ", p->kernel, out);
	add_line("    ", p->hint, out);
}

void netd_render_error(const struct netd_error *err, bool color, struct netd_str *out)
{
	static const struct style *const styles[] = {&plain, &colored};

	for (size_t i = 0; i < err->count; i++)
		render_problem(&err->problems[i], styles[color], out);
}

static void add_number(struct netd_json *j, const char *key, unsigned n)
{
	netd_json_key(j, key);
	if (n)
		netd_json_unsigned(j, n);
	else
		netd_json_null(j);
}

static void add_text(struct netd_json *j, const char *key, const char *text)
{
	netd_json_key(j, key);
	netd_json_string(j, text);
}

void netd_render_error_json(const struct netd_error *err, struct netd_str *out)
{
	struct netd_json j = netd_json_to(out);

	netd_json_begin_object(&j);
	netd_json_key(&j, "errors");
	netd_json_begin_array(&j);
	for (size_t i = 0; i < err->count; i++) {
		const struct netd_problem *p = &err->problems[i];

		netd_json_begin_object(&j);
		add_text(&j, "code", strerrorname_np(-p->code));
		add_text(&j, "message", p->text);
		add_text(&j, "file", p->file);
		add_number(&j, "line", netd_place_file_line(&p->place));
		add_number(&j, "column", p->place.column);
		add_text(&j, "hint", p->hint);
		add_text(&j, "kernel", p->kernel);
		netd_json_end_object(&j);
	}
	netd_json_end_array(&j);
	netd_json_end_object(&j);
	netd_json_finish(&j);
}

void netd_render_notes(const struct netd_error *notes, bool color, struct netd_str *out)
{
	static const char *const words[] = {"note: ", "\033[1;35mnote:\033[0m "};

	for (size_t i = 0; i < notes->count; i++) {
		add_line(words[color], notes->problems[i].text, out);
		add_line("    ", notes->problems[i].hint, out);
	}
}

void netd_render_notes_json(const struct netd_error *notes, struct netd_str *out)
{
	struct netd_json j = netd_json_to(out);

	if (!notes->count)
		return;
	netd_json_begin_object(&j);
	netd_json_key(&j, "notes");
	netd_json_begin_array(&j);
	for (size_t i = 0; i < notes->count; i++) {
		netd_json_begin_object(&j);
		add_text(&j, "message", notes->problems[i].text);
		add_text(&j, "hint", notes->problems[i].hint);
		netd_json_end_object(&j);
	}
	netd_json_end_array(&j);
	netd_json_end_object(&j);
	netd_json_finish(&j);
}
