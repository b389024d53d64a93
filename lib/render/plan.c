// SPDX-License-Identifier: GPL-2.0-or-later
/* A plan as text or JSON. */
#include "render/plan.h"

#include <string.h>

#include "base/str.h"
#include "base/json.h"

static const char *color_of(char sign)
{
	return sign == '+' ? "\033[32m" : sign == '-' ? "\033[31m" : "\033[33m";
}

/* The lines of @text, each indented. */
static void add_indented(struct netd_str *out, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		netd_str_add(out, "    ");
		netd_str_add_bytes(out, text, length);
		netd_str_add_char(out, '\n');
		text += length + (text[length] == '\n');
	}
}

void netd_render_plan(const struct netd_plan *plan, bool color, struct netd_str *out)
{
	for (size_t i = 0; i < plan->op_count; i++) {
		const struct netd_op *op = &plan->ops[i];
		struct netd_str entries = {0};
		char sign = netd_op_sign(op);

		netd_str_addf(out, "%s%c ", color ? color_of(sign) : "", sign);
		netd_op_describe(op, plan, out);
		netd_str_addf(out, "%s\n", color ? "\033[0m" : "");
		if (op->kind == NETD_OP_FIREWALL)
			netd_ruleset_delta_print(&entries, &plan->firewall);
		add_indented(out, netd_str_text(&entries));
		netd_str_done(&entries);
	}
}

static void add_entries(struct netd_json *j, const struct netd_plan *plan)
{
	struct netd_str entries = {0};
	char *rest, *line;

	netd_ruleset_delta_print(&entries, &plan->firewall);
	netd_json_key(j, "entries");
	netd_json_begin_array(j);
	rest = entries.text;
	while (rest && (line = strsep(&rest, "\n")))
		if (*line)
			netd_json_string(j, line);
	netd_json_end_array(j);
	netd_str_done(&entries);
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
		netd_json_key(&j, "text");
		netd_json_string(&j, netd_str_text(&text));
		if (op->kind == NETD_OP_FIREWALL)
			add_entries(&j, plan);
		netd_json_end_object(&j);
		netd_str_done(&text);
	}
	netd_json_end_array(&j);
	netd_json_finish(&j);
}
