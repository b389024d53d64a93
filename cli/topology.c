// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl plan, apply, destroy, recover, export. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

const struct option_row destroy_options[] = {
	FLAG("force", 0, force,
	     "what cannot be removed or given back is left, and nothing kept of it"),
	KEEP_OPTION,
	TRIAL_OPTIONS,
	OPTIONS_END,
};

const struct option_row plan_options[] = {
	FLAG("destroy", 0, destroy, "what `netdctl destroy` would do"),
	OPTIONS_END,
};

/* The topology's name: @word itself, or what the file of that name says. */
static int destroy_name(struct cli *cli, const char *word, char name[64])
{
	struct netd_topology *t = NULL;
	int r;

	if (!strchr(word, '/') && !strchr(word, '.')) {
		snprintf(name, 64, "%s", word);
		return 0;
	}
	r = netd_topology_load(word, &t, cli->err);
	if (r == 0)
		snprintf(name, 64, "%s", netd_topology_name(t));
	netd_topology_free(t);
	return r;
}

/* File @word; or, to be destroyed, the name of the topology alone. */
static int load_for_plan(struct cli *cli, const char *word, char name[64],
			 struct netd_topology **t)
{
	int r;

	if (cli->options.destroy)
		return destroy_name(cli, word, name);
	r = netd_topology_load(word, t, cli->err);
	if (r < 0)
		return r;
	snprintf(name, 64, "%s", netd_topology_name(*t));
	return 0;
}

/* What applying @t would take, or destroying @name without it. */
static int make_plan(struct cli *cli, const char *name, const struct netd_topology *t,
		     struct netd_plan **plan)
{
	if (t)
		return netd_plan(cli->netd, t, plan, cli->err);
	return netd_plan_destroy(cli->netd, name, plan, cli->err);
}

static int plan_here(struct cli *cli, const char *name, const struct netd_topology *t)
{
	struct netd_plan *plan = NULL;
	int code = EXIT_CHANGES;
	int r = make_plan(cli, name, t, &plan);

	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	print_text(netd_plan_format(plan, output_format(cli), cli->color));
	say_notes(cli, plan);
	if (!netd_plan_size(plan)) {
		note(cli, "%s: nothing to do", name);
		code = EXIT_DONE;
	}
	netd_plan_free(plan);
	return code;
}

static int plan_one(struct cli *cli, const char *word)
{
	struct netd_topology *t = NULL;
	char name[64];
	int r = load_for_plan(cli, word, name, &t), code;

	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	if (cli->daemon)
		code = daemon_plan(cli, name, t);
	else
		code = plan_here(cli, name, t);
	netd_topology_free(t);
	return code;
}

/* The worst code of several: a failure outranks pending changes. */
static int worse(int a, int b)
{
	static const int rank[] = {
		[EXIT_DONE] = 0,   [EXIT_CHANGES] = 1, [EXIT_USAGE] = 2,
		[EXIT_FAILED] = 3, [EXIT_BROKEN] = 4,
	};

	if (rank[a] >= rank[b])
		return a;
	return b;
}

int run_plan(struct cli *cli, int argc, char **argv)
{
	int code = EXIT_DONE;

	for (int i = 0; i < argc; i++)
		code = worse(code, plan_one(cli, argv[i]));
	return code;
}

void say_done(struct cli *cli, const char *what, const struct netd_plan *plan,
	      const char *done)
{
	char *text = NULL;

	say_notes(cli, plan);
	if (cli->options.json)
		text = netd_plan_format(plan, NETD_FORMAT_JSON, false);
	say_changes(cli, what, text, netd_plan_size(plan), done);
	free(text);
}

void say_changes(struct cli *cli, const char *what, const char *plan, size_t size,
		 const char *done)
{
	if (cli->options.json && plan)
		print_text(strdup(plan));
	else if (size)
		note(cli, "%s: %s, %zu change%s", what, done, size, size == 1 ? "" : "s");
	else
		note(cli, "%s: nothing to do", what);
}

int change_begin(struct cli *cli)
{
	return netd_begin(cli->netd, &cli->recovery, cli->err);
}

int apply_topology(struct cli *cli, const struct netd_topology *t, const char *what,
		   const char *done)
{
	enum netd_outcome outcome = NETD_UNTOUCHED;
	struct netd_plan *plan = NULL;
	int code = EXIT_DONE;
	int r;

	if (cli->daemon)
		return daemon_apply(cli, t, what, done);
	if (cli->trial)
		return apply_on_trial(cli, t, NULL, what, done);
	r = netd_apply(cli->netd, t, &plan, &outcome, cli->err);
	if (r < 0)
		code = report(cli, r, outcome);
	else
		say_done(cli, what, plan, done);
	netd_plan_free(plan);
	return code;
}

/* While a change is on trial there is no other. */
static int one_on_trial(struct cli *cli, const char *verb, int count)
{
	if (cli->trial && count > 1)
		return usage(cli, "%s --confirm: one topology at a time", verb);
	return EXIT_DONE;
}

int run_apply(struct cli *cli, int argc, char **argv)
{
	int code = one_on_trial(cli, "apply", argc);

	for (int i = 0; i < argc && code == EXIT_DONE; i++) {
		struct netd_topology *t = NULL;
		int r = netd_topology_load(argv[i], &t, cli->err);

		code = r < 0 ? report(cli, r, NETD_UNTOUCHED)
			     : apply_topology(cli, t, netd_topology_name(t), "applied");
		netd_topology_free(t);
	}
	return code;
}

/* Nothing is what it becomes.  What is stuck, or has lost its record, is there, too. */
static int destroy_on_trial(struct cli *cli, const char *name)
{
	struct netd_topology *empty = NULL;
	struct netd_plan *plan = NULL;
	int r = change_begin(cli), code;

	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	r = netd_plan_destroy(cli->netd, name, &plan, cli->err);
	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	netd_plan_free(plan);
	r = netd_topology_create(name, &empty, cli->err);
	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	code = apply_on_trial(cli, empty, NULL, name, "destroyed");
	netd_topology_free(empty);
	return code;
}

void say_left(const struct cli *cli, const char *name, const char *left)
{
	note(cli,
	     "%s: released; what was known of it is kept in %s, and the name is free",
	     name, left);
}

static int destroy(struct cli *cli, const char *name, struct netd_plan **plan,
		   enum netd_outcome *outcome)
{
	char *left = NULL;
	int r;

	if (!cli->options.force)
		return netd_destroy(cli->netd, name, plan, outcome, cli->err);
	r = netd_destroy_anyhow(cli->netd, name, plan, &left, outcome, cli->err);
	if (left)
		say_left(cli, name, left);
	free(left);
	return r;
}

static int destroy_one(struct cli *cli, const char *word)
{
	enum netd_outcome outcome = NETD_UNTOUCHED;
	struct netd_plan *plan = NULL;
	char name[64];
	int code = EXIT_DONE;
	int r = destroy_name(cli, word, name);

	if (r == 0 && cli->daemon)
		return daemon_change(cli, "Destroy", name, "destroyed");
	if (r == 0 && cli->trial)
		return destroy_on_trial(cli, name);
	if (r == 0)
		r = destroy(cli, name, &plan, &outcome);
	if (r < 0)
		code = report(cli, r, outcome);
	else
		say_done(cli, name, plan, "destroyed");
	netd_plan_free(plan);
	return code;
}

int run_destroy(struct cli *cli, int argc, char **argv)
{
	int code = one_on_trial(cli, "destroy", argc);

	if (cli->options.force && cli->trial)
		return usage(cli, "destroy: --force or --confirm, not both");

	for (int i = 0; i < argc && code == EXIT_DONE; i++)
		code = destroy_one(cli, argv[i]);
	return code;
}

/* Applies again what runs under that name: what somebody changed or removed comes back.
 */
static int repair_one(struct cli *cli, const char *name)
{
	struct netd_topology *t = NULL;
	int r, code;

	if (cli->daemon)
		return daemon_change(cli, "Repair", name, "repaired");
	netd_error_clear(cli->err); /* the one before may have failed */
	r = netd_running(cli->netd, name, &t, cli->err);
	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	code = apply_topology(cli, t, name, "repaired");
	netd_topology_free(t);
	return code;
}

/* One that cannot be repaired does not keep the others waiting. */
static int repair_all(struct cli *cli)
{
	char **names = NULL;
	int r = netd_running_names(cli->netd, &names, cli->err);
	int code = EXIT_DONE;

	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	for (size_t i = 0; names[i]; i++) {
		code = worse(code, repair_one(cli, names[i]));
		free(names[i]);
	}
	free(names);
	return code;
}

int run_repair(struct cli *cli, int argc, char **argv)
{
	int code = one_on_trial(cli, "repair", argc ? argc : 2);

	if (code == EXIT_DONE && argc == 0)
		return repair_all(cli);
	for (int i = 0; i < argc; i++)
		code = worse(code, repair_one(cli, argv[i]));
	return code;
}

int run_recover(struct cli *cli, int argc, char **argv)
{
	enum netd_outcome outcome = NETD_UNTOUCHED;
	int state, r = netd_recover(cli->netd, &outcome, cli->err);

	(void)argc;
	(void)argv;
	if (r < 0)
		return report(cli, r, outcome);
	state = netd_check_state(cli->netd, cli->err);
	if (state < 0)
		report(cli, state, NETD_UNTOUCHED);
	if (r == 0)
		note(cli, "nothing to recover");
	if (state < 0)
		return EXIT_FAILED;
	return EXIT_DONE;
}

int print_topology(struct cli *cli, struct netd_topology *t)
{
	enum netd_format format = cli->options.json ? NETD_FORMAT_JSON : NETD_FORMAT_YAML;
	char *text = NULL;
	int r = netd_topology_format(t, format, &text, cli->err);

	netd_topology_free(t);
	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	return print_text(text);
}

int run_export(struct cli *cli, int argc, char **argv)
{
	struct netd_topology *t = NULL;
	int r = netd_running(cli->netd, argc ? argv[0] : "default", &t, cli->err);

	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	return print_topology(cli, t);
}
