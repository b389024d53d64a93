// SPDX-License-Identifier: GPL-2.0-or-later
/* The calls that others may make: netd.h, with words for arguments and results. */
/*
 * Theory of operation.  Each row is a translation of a call of netd.h, and nothing that
 * netd.h does not have.  Each call has a context of its own, so that it sees what anybody
 * else changed meanwhile, and leaves neither a lock nor a socket behind.
 */
#include "call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* clang-format 14 takes a macro in braces for a block, 19 does not. */
/* clang-format off */
#define OPTION(name, type, field) {name, type, offsetof(struct call_options, field)}
/* clang-format on */

const struct call_option_row call_option_rows[] = {
	OPTION("format", 's', format),
	OPTION("color", 'b', color),
	OPTION("color-errors", 'b', color_errors),
	OPTION("force", 'b', force),
	OPTION("keep-processes", 'b', keep_processes),
	OPTION("confirm", 'u', confirm),
	OPTION("lock-wait", 'u', lock_wait),
	OPTION("probe", 's', probe),
	{0},
};

static enum netd_format format_of(const struct call *c)
{
	if (c->options.format && strcmp(c->options.format, "json") == 0)
		return NETD_FORMAT_JSON;
	return NETD_FORMAT_TEXT;
}

static int no_memory(struct call *c)
{
	return netd_error_put(c->err, -ENOMEM, "out of memory", NULL);
}

/* A name that may be left out. */
static const char *optional(const char *word)
{
	if (*word)
		return word;
	return NULL;
}

/* Makes texts of @plan, and frees it; returns @r, unless that was well and memory ran
 * out. */
static int tell_plan(struct call *c, int r, struct netd_plan *plan)
{
	if (!plan)
		return r;
	c->changes = netd_plan_size(plan);
	c->plan = netd_plan_format(plan, format_of(c), c->options.color);
	c->notes = netd_plan_notes(plan, format_of(c), c->options.color_errors);
	netd_plan_free(plan);
	if (r >= 0 && (!c->plan || !c->notes))
		return no_memory(c);
	return r;
}

/*
 * Looks
 */

static int run_status(struct call *c, struct netd *netd)
{
	return netd_status(netd, format_of(c), &c->text, c->err);
}

static int run_list(struct call *c, struct netd *netd)
{
	return netd_list(netd, c->words[0], optional(c->words[1]), &c->table, c->err);
}

static int run_leases(struct call *c, struct netd *netd)
{
	return netd_leases(netd, optional(c->words[0]), &c->table, c->err);
}

static int run_show(struct call *c, struct netd *netd)
{
	int r = run_list(c, netd);

	if (r < 0)
		return r;
	c->text = netd_table_format(c->table, format_of(c));
	if (!c->text)
		return no_memory(c);
	return 0;
}

static int run_plan(struct call *c, struct netd *netd)
{
	struct netd_topology *t = NULL;
	struct netd_plan *plan = NULL;
	int r = netd_topology_parse(c->words[0], c->words[1], &t, c->err);

	if (r < 0)
		return r;
	c->name = strdup(netd_topology_name(t));
	r = netd_plan(netd, t, &plan, c->err);
	netd_topology_free(t);
	return tell_plan(c, r, plan);
}

static int run_plan_destroy(struct call *c, struct netd *netd)
{
	struct netd_plan *plan = NULL;
	int r = netd_plan_destroy(netd, c->words[0], &plan, c->err);

	return tell_plan(c, r, plan);
}

/*
 * Changes
 */

static int apply_on_trial(struct call *c, struct netd *netd,
			  const struct netd_topology *t)
{
	const struct netd_trial trial = {
		.seconds = c->options.confirm,
		.probe = c->options.probe,
	};
	struct netd_plan *plan = NULL;
	int r = netd_apply_unconfirmed(netd, t, &trial, &plan, &c->outcome, c->err);

	return tell_plan(c, r, plan);
}

static int apply(struct call *c, struct netd *netd, const struct netd_topology *t)
{
	struct netd_plan *plan = NULL;
	int r;

	if (c->options.confirm)
		return apply_on_trial(c, netd, t);
	r = netd_apply(netd, t, &plan, &c->outcome, c->err);
	return tell_plan(c, r, plan);
}

static int run_apply(struct call *c, struct netd *netd)
{
	struct netd_topology *t = NULL;
	int r = netd_topology_parse(c->words[0], c->words[1], &t, c->err);

	if (r < 0)
		return r;
	c->name = strdup(netd_topology_name(t));
	r = apply(c, netd, t);
	netd_topology_free(t);
	return r;
}

static int run_repair(struct call *c, struct netd *netd)
{
	struct netd_topology *t = NULL;
	int r = netd_running(netd, c->words[0], &t, c->err);

	if (r < 0)
		return r;
	r = apply(c, netd, t);
	netd_topology_free(t);
	return r;
}

/* On trial, what it is to become is a topology without networks. */
static int destroy_on_trial(struct call *c, struct netd *netd)
{
	struct netd_topology *t = NULL;
	int r = netd_running(netd, c->words[0], &t, c->err);

	if (r < 0)
		return r;
	t = netd_topology_free(t);
	r = netd_topology_create(c->words[0], &t, c->err);
	if (r < 0)
		return r;
	r = apply_on_trial(c, netd, t);
	netd_topology_free(t);
	return r;
}

static int run_destroy(struct call *c, struct netd *netd)
{
	struct netd_plan *plan = NULL;
	int r;

	if (c->options.force && c->options.confirm)
		return netd_error_put(c->err, -EINVAL,
				      "\"force\" or \"confirm\", not both", NULL);
	if (c->options.confirm)
		return destroy_on_trial(c, netd);
	if (c->options.force)
		r = netd_destroy_anyhow(netd, c->words[0], &plan, &c->left, &c->outcome,
					c->err);
	else
		r = netd_destroy(netd, c->words[0], &plan, &c->outcome, c->err);
	return tell_plan(c, r, plan);
}

static int run_confirm(struct call *c, struct netd *netd)
{
	return netd_confirm(netd, optional(c->words[0]), &c->name, c->err);
}

static int run_rollback(struct call *c, struct netd *netd)
{
	struct netd_plan *plan = NULL;
	int r = netd_rollback(netd, optional(c->words[0]), &c->name, &plan, &c->outcome,
			      c->err);

	return tell_plan(c, r, plan);
}

/* What the arguments and the result of several calls are, with their names. */
#define OPTIONS "options\0"
#define RESULT "result\0"
#define STATUS "a{sv}", "s", OPTIONS "text\0"
#define LIST "ss", "aa{sv}", "kind\0name\0rows\0"
#define LEASES "s", "aa{sv}", "network\0rows\0"
#define SHOW "ssa{sv}", "s", "kind\0name\0" OPTIONS "text\0"
#define DOCUMENT "ssa{sv}", "a{sv}", "topology\0file\0" OPTIONS RESULT
#define NAME "sa{sv}", "a{sv}", "name\0" OPTIONS RESULT

const struct call_row call_rows[] = {
	{"Status", STATUS, "status", LANE_LOOK, true, run_status},
	{"List", LIST, "status", LANE_LOOK, true, run_list},
	{"Show", SHOW, "status", LANE_LOOK, true, run_show},
	{"Leases", LEASES, "leases", LANE_LOOK, false, run_leases},
	{"Plan", DOCUMENT, "plan", LANE_LOOK, true, run_plan},
	{"PlanDestroy", NAME, "plan", LANE_LOOK, true, run_plan_destroy},
	{"Apply", DOCUMENT, "apply", LANE_CHANGE, false, run_apply},
	{"Destroy", NAME, "destroy", LANE_CHANGE, false, run_destroy},
	{"Confirm", NAME, "confirm", LANE_CHANGE, false, run_confirm},
	{"Rollback", NAME, "rollback", LANE_CHANGE, false, run_rollback},
	{"Repair", NAME, "repair", LANE_CHANGE, false, run_repair},
	{0},
};

const struct call_row *call_find(const char *member)
{
	for (const struct call_row *row = call_rows; row->member; row++)
		if (strcmp(row->member, member) == 0)
			return row;
	return NULL;
}

/* What is told on the way is kept, and told at the end. */
static void recovered(const char *name, enum netd_outcome outcome, void *data)
{
	struct call *c = data;
	struct call_recovered *grown =
		reallocarray(c->recovered, c->recovered_count + 1, sizeof(*c->recovered));

	if (!grown)
		return;
	c->recovered = grown;
	grown[c->recovered_count].name = strdup(name);
	grown[c->recovered_count].outcome = outcome;
	if (grown[c->recovered_count].name)
		c->recovered_count++;
}

static void forewarned(const struct netd_plan *notes, void *data)
{
	struct call *c = data;

	free(c->forewarned);
	c->forewarned = netd_plan_notes(notes, format_of(c), c->options.color_errors);
}

static int run(struct call *c)
{
	struct netd *netd = NULL;
	int r = netd_new(c->state_dir, c->config_dir, &netd, c->err);

	if (r < 0)
		return r;
	netd_set_watchdog(netd, "/proc/self/exe");
	netd_set_keep_processes(netd, c->options.keep_processes);
	netd_set_recovered(netd, recovered, c);
	netd_set_forewarned(netd, forewarned, c);
	if (c->options.lock_wait > CALL_LOCK_SECONDS)
		c->options.lock_wait = CALL_LOCK_SECONDS; /* others wait behind it */
	netd_set_patience(netd, c->options.lock_wait, NULL, NULL);
	r = c->row->run(c, netd);
	netd_free(netd);
	return r;
}

void call_run(struct call *c)
{
	c->result = run(c);
}

char *call_problems(const struct call *c)
{
	return netd_error_format(c->err, format_of(c), c->options.color_errors);
}

void call_done(struct call *c)
{
	for (size_t i = 0; i < c->recovered_count; i++)
		free(c->recovered[i].name);
	free(c->recovered);
	free(c->text);
	free(c->plan);
	free(c->notes);
	free(c->name);
	free(c->left);
	free(c->forewarned);
	netd_table_free(c->table);
	netd_error_free(c->err);
}
