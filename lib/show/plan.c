// SPDX-License-Identifier: GPL-2.0-or-later
/* A plan as text or JSON. */
#include "show/plan.h"

#include <errno.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "base/safe.h"

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

enum { ACTION, KIND, NAME, NAMESPACE, INTERFACE, TEXT, NOW, BY, ENTRIES, COLUMNS };

static const struct netd_column columns[COLUMNS] = {
	[ACTION] = {NULL, "action", NETD_COLUMN_TEXT},
	[KIND] = {NULL, "kind", NETD_COLUMN_TEXT},
	[NAME] = {NULL, "name", NETD_COLUMN_TEXT},
	[NAMESPACE] = {NULL, "namespace", NETD_COLUMN_TEXT},
	[INTERFACE] = {NULL, "interface", NETD_COLUMN_TEXT},
	[TEXT] = {NULL, "text", NETD_COLUMN_TEXT},
	[NOW] = {NULL, "now", NETD_COLUMN_TEXT},
	[BY] = {NULL, "by", NETD_COLUMN_TEXT},
	[ENTRIES] = {NULL, "entries", NETD_COLUMN_LINES},
};

static const struct {
	char sign;
	const char *action, *color;
} actions[] = {
	{'+', "add", "\033[32m"},
	{'~', "change", "\033[33m"},
	{'-', "remove", "\033[31m"},
};

static const char *action_of(char sign)
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(actions); i++)
		if (actions[i].sign == sign)
			return actions[i].action;
	return "";
}

/* The next cell is what @text has got, without the newline at its end; it is used up. */
static void add_text(struct netd_table *table, struct netd_str *text)
{
	if (text->length && text->text[text->length - 1] == '\n')
		text->text[text->length - 1] = '\0';
	netd_table_add_text(table, netd_str_text(text));
	table->failed |= text->failed;
	netd_str_done(text);
	*text = (struct netd_str){0};
}

static void add_op(const struct netd_plan *plan, const struct netd_op *op,
		   const struct netd_evidence *evidence, struct netd_table *table)
{
	const struct netd_plan_firewall *firewall = NULL;
	struct netd_str text = {0};

	netd_table_add_text(table, action_of(netd_op_sign(op)));
	netd_table_add_text(table, netd_op_object(op));
	netd_op_name(op, &text);
	add_text(table, &text);
	netd_table_add_text(table, op->space);
	netd_table_add_text(table, netd_op_link(op));
	netd_op_describe(op, plan, &text);
	add_text(table, &text);
	netd_table_add_text(table, evidence->now);
	netd_table_add_text(table, evidence->by);
	if (op->kind == NETD_OP_FIREWALL)
		firewall = netd_plan_firewall(plan, op->space);
	if (firewall)
		netd_ruleset_delta_print(&text, &firewall->delta);
	add_text(table, &text);
}

void netd_show_plan(const struct netd_plan *plan, struct netd_table *table)
{
	static const struct netd_evidence none;

	table->columns = columns;
	table->column_count = COLUMNS;
	for (size_t i = 0; i < plan->op_count; i++) {
		const struct netd_evidence *evidence = &none;

		if (plan->evidence)
			evidence = &plan->evidence[i];
		add_op(plan, &plan->ops[i], evidence, table);
	}
}

/* " (now mtu 9000; NetworkManager manages it)", or nothing. */
static void add_evidence(struct netd_str *out, const char *now, const char *by)
{
	const char *between = "";

	if (!*now && !*by)
		return;
	netd_str_add(out, " (");
	if (*now)
		netd_str_addf(out, "now %s", now);
	if (*now && *by)
		between = "; ";
	netd_str_addf(out, "%s%s)", between, by);
}

static size_t find_action(const char *action)
{
	size_t i = 0;

	while (strcmp(actions[i].action, action) != 0)
		i++;
	return i;
}

/* An op may name an interface that somebody else gave its name. */
static void render_row(char *const *cells, struct netd_str *out)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	netd_str_addf(&text, "%c %s", actions[find_action(cells[ACTION])].sign,
		      cells[TEXT]);
	add_evidence(&text, cells[NOW], cells[BY]);
	netd_render_safe(netd_str_text(&text), out);
}

int netd_render_plan(const struct netd_table *plan, bool color, struct netd_str *out)
{
	const char *begin = "", *end = "";

	if (plan->failed)
		return -ENOMEM;
	for (size_t i = 0; i < plan->cell_count; i += COLUMNS) {
		char *const *cells = &plan->cells[i];

		if (color) {
			begin = actions[find_action(cells[ACTION])].color;
			end = "\033[0m";
		}
		netd_str_add(out, begin);
		render_row(cells, out);
		netd_str_addf(out, "%s\n", end);
		add_indented(out, cells[ENTRIES]);
	}
	return netd_str_error(out);
}

int netd_render_changes(const struct netd_table *plan, struct netd_str *out)
{
	if (plan->failed)
		return -ENOMEM;
	for (size_t i = 0; i < plan->cell_count; i += COLUMNS) {
		netd_str_next(out, "\n");
		render_row(&plan->cells[i], out);
	}
	return netd_str_error(out);
}
