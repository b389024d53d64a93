// SPDX-License-Identifier: GPL-2.0-or-later
/* A plan as text or JSON. */
#include "show/plan.h"

#include <string.h>

#include "base/str.h"
#include "base/json.h"
#include "base/safe.h"

static const char *color_of(char sign)
{
	if (sign == '+')
		return "\033[32m";
	if (sign == '-')
		return "\033[31m";
	return "\033[33m";
}

/* The lines of @text, each indented. */
static void add_indented(struct netd_str *out, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		netd_str_add(out, "    ");
		netd_render_safe_bytes(text, length, out);
		netd_str_add_char(out, '\n');
		text += length + (text[length] == '\n');
	}
}

static void print_entries(const struct netd_plan *plan, const struct netd_op *op,
			  struct netd_str *out)
{
	const struct netd_plan_firewall *firewall = netd_plan_firewall(plan, op->space);

	if (firewall)
		netd_ruleset_delta_print(out, &firewall->delta);
}

static const struct netd_evidence *evidence_of(const struct netd_plan *plan, size_t i)
{
	static const struct netd_evidence none;

	if (plan->evidence)
		return &plan->evidence[i];
	return &none;
}

/* " (now mtu 9000; NetworkManager manages it)", or nothing. */
static void add_evidence(struct netd_str *out, const struct netd_evidence *e)
{
	if (e->now[0] || e->by[0])
		netd_str_addf(out, " (%s%s%s%s)", e->now[0] ? "now " : "", e->now,
			      e->now[0] && e->by[0] ? "; " : "", e->by);
}

/* An op may name an interface that somebody else gave its name. */
void netd_render_op(const struct netd_plan *plan, size_t i, struct netd_str *out)
{
	struct netd_str text = {0};

	netd_str_addf(&text, "%c ", netd_op_sign(&plan->ops[i]));
	netd_op_describe(&plan->ops[i], plan, &text);
	add_evidence(&text, evidence_of(plan, i));
	netd_render_safe(netd_str_text(&text), out);
	netd_str_done(&text);
}

void netd_render_plan(const struct netd_plan *plan, bool color, struct netd_str *out)
{
	for (size_t i = 0; i < plan->op_count; i++) {
		const struct netd_op *op = &plan->ops[i];
		struct netd_str entries = {0};

		netd_str_add(out, color ? color_of(netd_op_sign(op)) : "");
		netd_render_op(plan, i, out);
		netd_str_addf(out, "%s\n", color ? "\033[0m" : "");
		if (op->kind == NETD_OP_FIREWALL)
			print_entries(plan, op, &entries);
		add_indented(out, netd_str_text(&entries));
		netd_str_done(&entries);
	}
}

static void add_entries(struct netd_json *j, const struct netd_plan *plan,
			const struct netd_op *op)
{
	struct netd_str entries = {0};
	char *rest, *line;

	print_entries(plan, op, &entries);
	netd_json_key(j, "entries");
	netd_json_begin_array(j);
	rest = entries.text;
	while (rest && (line = strsep(&rest, "\n")))
		if (*line)
			netd_json_string(j, line);
	netd_json_end_array(j);
	netd_str_done(&entries);
}

/* Nothing if there is nothing to say. */
static void add_words(struct netd_json *j, const char *key, const char *words)
{
	if (!*words)
		return;
	netd_json_key(j, key);
	netd_json_string(j, words);
}

void netd_render_plan_json(const struct netd_plan *plan, struct netd_str *out)
{
	struct netd_json j = {.out = out};

	netd_json_begin_array(&j);
	for (size_t i = 0; i < plan->op_count; i++) {
		const struct netd_op *op = &plan->ops[i];
		char sign = netd_op_sign(op);
		struct netd_str text = {0};

		netd_op_describe(op, plan, &text);
		netd_json_begin_object(&j);
		netd_json_key(&j, "action");
		netd_json_string(&j, sign == '+'   ? "add"
				     : sign == '-' ? "remove"
						   : "change");
		netd_json_key(&j, "kind");
		netd_json_string(&j, netd_op_object(op));
		if (op->space[0]) {
			netd_json_key(&j, "namespace");
			netd_json_string(&j, op->space);
		}
		netd_json_key(&j, "text");
		netd_json_string(&j, netd_str_text(&text));
		add_words(&j, "now", evidence_of(plan, i)->now);
		add_words(&j, "by", evidence_of(plan, i)->by);
		if (op->kind == NETD_OP_FIREWALL)
			add_entries(&j, plan, op);
		netd_json_end_object(&j);
		netd_str_done(&text);
	}
	netd_json_end_array(&j);
	netd_json_finish(&j);
}
