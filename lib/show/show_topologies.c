// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables of topologies, and of what differs from them. */
#include "show/show_topologies.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/safe.h"
#include "host/netns.h"
#include "observe/foresee.h"
#include "plan/difference.h"
#include "show/plan.h"
#include "show/show_unrecorded.h"
#include "store/stuck.h"
#include "trial/confirm.h"
#include "trial/start.h"

#define DIFFERENCES_SAID 20

const struct netd_column netd_topology_columns[NETD_TOPOLOGY_COLUMNS] = {
	{"TOPOLOGY", "topology", NETD_COLUMN_TEXT},
	{"NETWORKS", "networks", NETD_COLUMN_NUMBER},
	{"ROUTERS", "routers", NETD_COLUMN_NUMBER},
	{"HOSTS", "hosts", NETD_COLUMN_NUMBER},
	{"PORTS", "ports", NETD_COLUMN_NUMBER},
	{"FORWARDS", "forwards", NETD_COLUMN_NUMBER},
	{"STATE", "state", NETD_COLUMN_TEXT},
	{NULL, "differences", NETD_COLUMN_LINES},
	{NULL, "notes", NETD_COLUMN_LINES},
	{NULL, "unconfirmed", NETD_COLUMN_OPTIONAL}, /* seconds left */
};

void netd_show_add_notes(const struct netd_scene *s, const char *topology,
			 const struct netd_error *notes, struct netd_table *table)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	for (size_t i = 0; i < notes->count; i++) {
		netd_str_next(&text, "\n");
		netd_str_add(&text, notes->problems[i].text);
	}
	netd_table_add_text(table, netd_str_text(&text));
	for (size_t i = 0; s->notes && i < notes->count; i++) {
		netd_error_add(s->notes, 0, "%s: %s", topology, notes->problems[i].text);
		if (notes->problems[i].hint)
			netd_error_hint(s->notes, "%s", notes->problems[i].hint);
	}
}

/* A namespace that somebody deleted; the plan has what that means in detail. */
static void note_missing(const struct netd_topology *t, struct netd_plan *plan)
{
	for (size_t i = 0; i < t->node_count; i++) {
		const struct netd_node *n = &t->nodes[i];
		int fd = netd_netns_open(n->name, NULL);

		if (fd >= 0) {
			close(fd);
			continue;
		}
		netd_plan_note(plan, "%s %s has lost its namespace",
			       netd_node_kind_name(n->kind), n->name);
		netd_error_hint(&plan->notes,
				"apply the topology again; `netdctl export "
				"%s` has its file",
				t->name);
	}
}

/* The first of @lines, indented; true if that is all of them. */
static bool add_lines(const struct netd_str *lines, struct netd_str *out)
{
	const char *line = netd_str_text(lines);

	for (size_t i = 0; *line && i < DIFFERENCES_SAID; i++) {
		size_t length = strcspn(line, "\n");

		netd_str_addf(out, "  %.*s\n", (int)length, line);
		line += length + (line[length] == '\n');
	}
	return !*line;
}

/* @lines as the next cell; indented, and with what to do, they are the scene's. */
static void add_differences(const struct netd_scene *s, const struct netd_topology *t,
			    const struct netd_str *lines, const char *todo,
			    struct netd_table *table)
{
	bool all;

	netd_table_add_text(table, netd_str_text(lines));
	if (!s->drift || !lines->length)
		return;
	netd_str_addf(s->drift, "%s differs from what was applied:\n", t->name);
	all = add_lines(lines, s->drift);
	if (!all)
		netd_str_addf(s->drift,
			      "  … `netdctl export %s | netdctl plan -` has all of it\n",
			      t->name);
	netd_str_addf(s->drift, "  `netdctl repair %s` %s\n", t->name, todo);
}

/* One line: what, in the kernel's words, too, and what to do. */
static void add_problem(const struct netd_problem *p, struct netd_str *out)
{
	netd_str_add(out, "! ");
	netd_render_safe(p->text, out);
	if (p->kernel) {
		netd_str_add(out, " (kernel: ");
		netd_render_safe(p->kernel, out);
		netd_str_add_char(out, ')');
	}
	if (p->hint) {
		netd_str_add(out, "; ");
		netd_render_safe(p->hint, out);
	}
}

static void add_conflict(const struct netd_scene *s, const struct netd_topology *t, int r,
			 const struct netd_error *why, struct netd_table *table)
{
	netd_auto(netd_str_done) struct netd_str lines = {0};
	bool hidden = r == -EPERM || r == -EACCES;

	netd_table_add_text(table, hidden ? "unknown, only root sees it"
					  : "in conflict with the host");
	for (size_t i = 0; !hidden && i < why->count; i++) {
		netd_str_next(&lines, "\n");
		add_problem(&why->problems[i], &lines);
	}
	add_differences(s, t, &lines, "makes it so again when that is done", table);
	netd_table_add_text(table, "");
}

static void add_plan(const struct netd_scene *s, const struct netd_topology *t,
		     struct netd_plan *plan, struct netd_table *table)
{
	netd_auto(netd_table_done) struct netd_table changes = {0};
	netd_auto(netd_str_done) struct netd_str lines = {0};

	netd_show_plan(plan, &changes);
	if (netd_render_changes(&changes, &lines) < 0)
		table->failed = true;
	if (!plan->op_count) {
		netd_table_add_text(table, "in effect");
	} else {
		note_missing(t, plan);
		netd_table_addf(table, "differs in %zu place%s", plan->op_count,
				plan->op_count == 1 ? "" : "s");
	}
	add_differences(s, t, &lines, "makes it so again", table);
	netd_show_add_notes(s, t->name, &plan->notes, table);
}

static void add_state(const struct netd_scene *s, const struct netd_topology *t,
		      struct netd_table *table)
{
	const struct netd_topology *defined = netd_scene_definition(s, t->name);
	netd_auto(netd_view_done) struct netd_view v = {0};
	netd_auto(netd_error_done) struct netd_error why = {0};
	int r = netd_foresee(s->netd, t, &v, &why);

	if (r < 0) {
		add_conflict(s, t, r, &why, table);
		return;
	}
	if (defined)
		netd_unstarted_note(s->netd, defined, t, &v.plan.notes);
	add_plan(s, t, &v.plan, table);
}

/* What it could not return to, and why not. */
static void add_stuck(const struct netd_scene *s, const struct netd_topology *t,
		      struct netd_table *table)
{
	netd_auto(netd_str_done) struct netd_str lines = {0};
	const char *name = t->name, *goal = "return to what it was before a change";
	struct netd_error why = {0};

	if (netd_topology_is_empty(t))
		goal = "be removed wholly";
	netd_stuck_problems(&s->netd->store, name, &why);
	if (!why.count)
		netd_error_add(&why, -EIO, "`netdctl recover` tells what is left");
	for (size_t i = 0; i < why.count; i++) {
		netd_str_next(&lines, "\n");
		add_problem(&why.problems[i], &lines);
	}
	netd_table_add_text(table, "stuck");
	netd_table_add_text(table, netd_str_text(&lines));
	netd_table_add_text(table, "");
	if (s->drift) {
		netd_str_addf(s->drift, "%s is stuck: it could not %s\n", name, goal);
		add_lines(&lines, s->drift);
		netd_str_addf(
			s->drift,
			"  when that is cured, `netdctl recover` tries again, and so "
			"does every change of %s;\n"
			"  `netdctl destroy %s` removes what can be removed\n",
			name, name);
	}
	netd_error_done(&why);
}

static void add_counts(const struct netd_scene *s, const struct netd_topology *t,
		       struct netd_table *table)
{
	size_t ports = 0, forwards = 0, routers = 0;

	for (size_t j = 0; j < t->network_count; j++) {
		ports += netd_show_count_ports(s, t->networks[j].bridge);
		forwards += t->networks[j].forward_count;
	}
	for (size_t j = 0; j < t->node_count; j++) {
		routers += t->nodes[j].kind == NETD_NODE_ROUTER;
		forwards += t->nodes[j].forward_count;
	}
	netd_table_add_text(table, t->name);
	netd_table_add_number(table, t->network_count);
	netd_table_add_number(table, routers);
	netd_table_add_number(table, t->node_count - routers);
	netd_table_add_number(table, ports);
	netd_table_add_number(table, forwards);
}

static void add_topology(const struct netd_scene *s, const struct netd_topology *t,
			 bool stuck, struct netd_table *table)
{
	unsigned left;

	add_counts(s, t, table);
	if (stuck)
		add_stuck(s, t, table);
	else
		add_state(s, t, table);
	if (netd_confirm_left(s->netd, t->name, &left))
		netd_table_add_number(table, left);
	else
		netd_table_add_text(table, "");
}

/* A definition of which nothing could be started. */
static void add_unstarted(const struct netd_scene *s, const struct netd_topology *t,
			  struct netd_table *table)
{
	struct netd_topology nothing = {0};
	struct netd_error notes = {0};

	netd_unstarted_note(s->netd, t, NULL, &notes);
	if (!notes.count)
		return;
	netd_copy(nothing.name, t->name);
	add_counts(s, &nothing, table);
	netd_table_add_text(table, "not started");
	netd_table_add_text(table, "");
	netd_show_add_notes(s, t->name, &notes, table);
	netd_table_add_text(table, "");
	netd_error_done(&notes);
}

static bool is_running(const struct netd_scene *s, const char *name)
{
	for (size_t i = 0; i < s->running_count; i++)
		if (strcmp(s->running[i]->name, name) == 0)
			return true;
	return false;
}

/* Those of which nothing is to run, too: something is left of them. */
void netd_show_topologies(const struct netd_scene *s, struct netd_table *table)
{
	for (size_t i = 0; i < s->running_count; i++)
		add_topology(s, s->running[i],
			     netd_stuck_is(&s->netd->store, s->running[i]->name), table);
	for (size_t i = 0; i < s->stuck_count; i++) {
		netd_auto_topology struct netd_topology *t = NULL;

		if (!is_running(s, s->stuck[i]))
			t = netd_topology_new(s->stuck[i]);
		if (t)
			add_topology(s, t, true, table);
	}
	for (size_t i = 0; i < s->defined_count; i++)
		if (!is_running(s, s->defined[i]->name))
			add_unstarted(s, s->defined[i], table);
	netd_show_unrecorded(s, table);
}

/*
 * Differences
 */

static bool is_asked_for(const struct netd_scene *s, const struct netd_topology *t)
{
	return !s->network || strcmp(s->network, t->name) == 0 ||
	       netd_topology_network(t, s->network) || netd_topology_node(t, s->network);
}

static void add_problems(const struct netd_topology *t, const struct netd_error *why,
			 struct netd_table *table)
{
	for (size_t i = 0; i < why->count; i++)
		netd_difference_problem(t->name, why->problems[i].text, table);
}

void netd_show_differences(const struct netd_scene *s, struct netd_table *table)
{
	for (size_t i = 0; i < s->running_count; i++) {
		const struct netd_topology *t = s->running[i];
		netd_auto(netd_view_done) struct netd_view v = {0};
		netd_auto(netd_error_done) struct netd_error why = {0};

		if (!is_asked_for(s, t))
			continue;
		if (netd_foresee(s->netd, t, &v, &why) < 0)
			add_problems(t, &why, table);
		else
			netd_plan_differences(&v.plan, &v.observed, table);
	}
}
