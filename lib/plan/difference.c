// SPDX-License-Identifier: GPL-2.0-or-later
/* What a plan would change, field by field: what is wanted there, and what was found. */
#include "plan/difference.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kind/attribute.h"

const struct netd_column netd_difference_columns[NETD_DIFFERENCE_COLUMNS] = {
	{"TOPOLOGY", "topology", NETD_COLUMN_TEXT},
	{"KIND", "kind", NETD_COLUMN_TEXT},
	{"NAME", "name", NETD_COLUMN_TEXT},
	{"NAMESPACE", "namespace", NETD_COLUMN_TEXT},
	{"FIELD", "field", NETD_COLUMN_TEXT},
	{"WANTED", "wanted", NETD_COLUMN_TEXT},
	{"FOUND", "found", NETD_COLUMN_TEXT},
	{"BY", "by", NETD_COLUMN_TEXT},
};

/* What is said of a whole object, by the sign of its op. */
static const struct {
	char sign;
	const char *wanted, *found;
} words[] = {
	{'+', "present", "missing"},
	{'-', "missing", "present"},
	{'~', "as defined", "otherwise"},
};

struct difference {
	const struct netd_plan *plan;
	const struct netd_state *observed; /* of the op's namespace; may be NULL */
	const struct netd_op *op;
	const struct netd_evidence *evidence;
	struct netd_table *table;
};

static void add_row(const char *name, const char *field, const char *wanted,
		    const char *found, const struct difference *d)
{
	netd_table_add_text(d->table, d->plan->topology);
	netd_table_add_text(d->table, netd_op_object(d->op));
	netd_table_add_text(d->table, name);
	netd_table_add_text(d->table, d->op->space);
	netd_table_add_text(d->table, field);
	netd_table_add_text(d->table, wanted);
	netd_table_add_text(d->table, found);
	netd_table_add_text(d->table, d->evidence->by);
}

static void add_field(const char *field, const char *wanted, const char *found,
		      void *data)
{
	const struct difference *d = data;

	add_row(d->op->link.name, field, wanted, found, d);
}

/* False if its link is not there. */
static bool add_link(struct difference *d)
{
	const struct netd_link *have;

	if (!d->op->fields || !d->observed)
		return false;
	have = netd_state_link(d->observed, d->op->link.name);
	if (!have)
		return false;
	netd_link_compare(&d->op->link.attrs, &have->attrs, d->op->fields, add_field, d);
	return true;
}

static void add_whole(char sign, const char *name, const struct difference *d)
{
	const char *found = d->evidence->now;
	size_t i = 0;

	while (words[i].sign != sign)
		i++;
	if (!*found)
		found = words[i].found;
	add_row(name, "", words[i].wanted, found, d);
}

/* Each line is one entry: "add element inet netd …", "delete …". */
static bool add_entries(const struct difference *d)
{
	const struct netd_plan_firewall *firewall =
		netd_plan_firewall(d->plan, d->op->space);
	netd_auto(netd_str_done) struct netd_str text = {0};
	char *rest, *line;

	if (d->op->kind != NETD_OP_FIREWALL || !firewall)
		return false;
	netd_ruleset_delta_print(&text, &firewall->delta);
	rest = text.text;
	while ((line = strsep(&rest, "\n"))) {
		char *name = strchr(line, ' ');

		if (name)
			add_whole(strncmp(line, "delete", 6) == 0 ? '-' : '+', name + 1,
				  d);
	}
	return true;
}

static void add_op(struct difference *d)
{
	netd_auto(netd_str_done) struct netd_str name = {0};
	char value[16];

	if (add_link(d) || add_entries(d))
		return;
	netd_op_name(d->op, &name);
	if (netd_op_rows[d->op->kind].name != offsetof(struct netd_op, sysctl.path)) {
		add_whole(netd_op_sign(d->op), netd_str_text(&name), d);
		return;
	}
	snprintf(value, sizeof(value), "%d", d->op->sysctl.value);
	add_row(netd_str_text(&name), "value", value, d->evidence->now, d);
}

/* True if @op is a step without which the kernel would refuse the next one. */
static bool is_first_step(const struct netd_op *op, const struct netd_op *end)
{
	const struct netd_op *next = op + 1;

	return op->fields && next < end && next->kind == op->kind &&
	       !(op->fields & ~next->fields) && strcmp(next->space, op->space) == 0 &&
	       strcmp(next->link.name, op->link.name) == 0;
}

void netd_plan_differences(const struct netd_plan *plan,
			   const struct netd_state *observed, struct netd_table *table)
{
	static const struct netd_evidence none;

	for (size_t i = 0; i < plan->op_count; i++) {
		struct difference d = {plan, observed, &plan->ops[i], &none, table};

		if (is_first_step(d.op, plan->ops + plan->op_count))
			continue;
		if (d.op->space[0])
			d.observed = netd_state_space(observed, d.op->space);
		if (plan->evidence)
			d.evidence = &plan->evidence[i];
		add_op(&d);
	}
}

void netd_difference_problem(const char *topology, const char *problem,
			     struct netd_table *table)
{
	const char *const cells[NETD_DIFFERENCE_COLUMNS] = {
		topology, "topology", topology, "", "", "in effect", problem, ""};

	for (size_t i = 0; i < NETD_DIFFERENCE_COLUMNS; i++)
		netd_table_add_text(table, cells[i]);
}
