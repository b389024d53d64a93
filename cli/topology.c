// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl plan, apply, destroy, recover, export. */
#include <stdio.h>
#include <string.h>

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
	auto_topology struct netd_topology *t = NULL;
	int r;

	if (strchr(word, '/') || strchr(word, '.')) {
		r = netd_topology_load(word, &t, cli->err);
		if (r < 0)
			return r;
		word = netd_topology_name(t);
	}
	snprintf(name, 64, "%s", word);
	return 0;
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
	auto_plan struct netd_plan *plan = NULL;
	int r = make_plan(cli, name, t, &plan);

	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	print_text(netd_plan_format(plan, output_format(cli), cli->color));
	say_notes(cli, plan);
	if (netd_plan_size(plan))
		return EXIT_CHANGES;
	note(cli, "%s: nothing to do", name);
	return EXIT_DONE;
}

static int plan_one(struct cli *cli, const char *word)
{
	auto_topology struct netd_topology *t = NULL;
	char name[64];
	int r = load_for_plan(cli, word, name, &t);

	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	if (cli->daemon)
		return daemon_plan(cli, name, t);
	return plan_here(cli, name, t);
}

int worse(int a, int b)
{
	static const int rank[] = {
		[EXIT_DONE] = 0,   [EXIT_CHANGES] = 1, [EXIT_USAGE] = 2,
		[EXIT_FAILED] = 3, [EXIT_BROKEN] = 4,
	};

	if (rank[a] >= rank[b])
		return a;
	return b;
}

int run_plan(struct cli *cli, char **argv)
{
	int code = EXIT_DONE;

	for (; *argv; argv++)
		code = worse(code, plan_one(cli, *argv));
	return code;
}

void say_done(struct cli *cli, const char *what, const struct netd_plan *plan,
	      const char *done)
{
	auto_text char *text = NULL;

	say_notes(cli, plan);
	if (cli->options.json)
		text = netd_plan_format(plan, NETD_FORMAT_JSON, false);
	say_changes(cli, what, text, netd_plan_size(plan), done);
}

void say_changes(struct cli *cli, const char *what, const char *plan, size_t size,
		 const char *done)
{
	if (cli->options.json && plan)
		print_text(strdup(plan));
	else if (size == 1)
		note(cli, "%s: %s, 1 change", what, done);
	else if (size)
		note(cli, "%s: %s, %zu changes", what, done, size);
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
	auto_plan struct netd_plan *plan = NULL;
	int r;

	if (cli->daemon)
		return daemon_apply(cli, t, what, done);
	if (cli->trial)
		return apply_on_trial(cli, t, NULL, what, done);
	r = netd_apply(cli->netd, t, &plan, &outcome, cli->err);
	if (r < 0)
		return report(cli, r, outcome);
	say_done(cli, what, plan, done);
	return EXIT_DONE;
}

int count(char **argv)
{
	int n = 0;

	while (argv[n])
		n++;
	return n;
}

/* While a change is on trial there is no other. */
static int one_on_trial(const struct cli *cli, const char *verb, char **argv)
{
	if (cli->trial && count(argv) != 1)
		return usage("%s --confirm: one topology at a time", verb);
	return EXIT_DONE;
}

static int apply_one(struct cli *cli, const char *file)
{
	auto_topology struct netd_topology *t = NULL;
	int r = netd_topology_load(file, &t, cli->err);

	if (r < 0)
		return r;
	return apply_topology(cli, t, netd_topology_name(t), "applied");
}

int run_apply(struct cli *cli, char **argv)
{
	int code = one_on_trial(cli, "apply", argv);

	for (; *argv && code == EXIT_DONE; argv++)
		code = apply_one(cli, *argv);
	return code;
}

/*
 * The change on trial is to a topology without networks.  One that is stuck, or has lost
 * its record, can be destroyed, too.
 */
static int destroy_on_trial(struct cli *cli, const char *name)
{
	auto_topology struct netd_topology *empty = NULL;
	auto_plan struct netd_plan *plan = NULL;
	int r = change_begin(cli);

	if (r < 0)
		return r;
	r = netd_plan_destroy(cli->netd, name, &plan, cli->err);
	if (r < 0)
		return r;
	r = netd_topology_create(name, &empty, cli->err);
	if (r < 0)
		return r;
	return apply_on_trial(cli, empty, NULL, name, "destroyed");
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
	auto_text char *left = NULL;
	int r;

	if (!cli->options.force)
		return netd_destroy(cli->netd, name, plan, outcome, cli->err);
	r = netd_destroy_anyhow(cli->netd, name, plan, &left, outcome, cli->err);
	if (left)
		say_left(cli, name, left);
	return r;
}

static int destroy_one(struct cli *cli, const char *word)
{
	enum netd_outcome outcome = NETD_UNTOUCHED;
	auto_plan struct netd_plan *plan = NULL;
	char name[64];
	int r = destroy_name(cli, word, name);

	if (r < 0)
		return r;
	if (cli->daemon)
		return daemon_change(cli, "Destroy", name, "destroyed");
	if (cli->trial)
		return destroy_on_trial(cli, name);
	r = destroy(cli, name, &plan, &outcome);
	if (r < 0)
		return report(cli, r, outcome);
	say_done(cli, name, plan, "destroyed");
	return EXIT_DONE;
}

int run_destroy(struct cli *cli, char **argv)
{
	int code = one_on_trial(cli, "destroy", argv);

	if (cli->options.force && cli->trial)
		return usage("destroy: --force or --confirm, not both");
	for (; *argv && code == EXIT_DONE; argv++)
		code = destroy_one(cli, *argv);
	return code;
}

/* Applies again what runs under that name: what somebody changed or removed comes back.
 */
static int repair_one(struct cli *cli, const char *name)
{
	auto_topology struct netd_topology *t = NULL;
	int r;

	if (cli->daemon)
		return daemon_change(cli, "Repair", name, "repaired");
	netd_error_clear(cli->err); /* the one before may have failed */
	r = netd_running(cli->netd, name, &t, cli->err);
	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	return apply_topology(cli, t, name, "repaired");
}

/* One that cannot be repaired does not keep the others waiting. */
int run_repair(struct cli *cli, char **argv)
{
	auto_names char **all = NULL;
	int code = one_on_trial(cli, "repair", argv), r;

	if (code != EXIT_DONE)
		return code;
	if (!*argv) {
		r = netd_running_names(cli->netd, &all, cli->err);
		if (r < 0)
			return r;
		argv = all;
	}
	for (; *argv; argv++)
		code = worse(code, repair_one(cli, *argv));
	return code;
}

int run_recover(struct cli *cli, char **argv)
{
	enum netd_outcome outcome = NETD_UNTOUCHED;
	int recovered = netd_recover(cli->netd, &outcome, cli->err), r;

	(void)argv;
	if (recovered < 0)
		return report(cli, recovered, outcome);
	r = netd_check_state(cli->netd, cli->err);
	if (r < 0)
		report(cli, r, NETD_UNTOUCHED);
	if (!recovered)
		note(cli, "nothing to recover");
	if (r < 0)
		return EXIT_FAILED;
	return EXIT_DONE;
}

int print_topology(struct cli *cli, const struct netd_topology *t)
{
	enum netd_format format = NETD_FORMAT_YAML;
	char *text = NULL;
	int r;

	if (cli->options.json)
		format = NETD_FORMAT_JSON;
	r = netd_topology_format(t, format, &text, cli->err);
	if (r < 0)
		return r;
	return print_text(text);
}

int run_export(struct cli *cli, char **argv)
{
	auto_topology struct netd_topology *t = NULL;
	const char *name = TOPOLOGY;
	int r;

	if (argv[0])
		name = argv[0];
	r = netd_running(cli->netd, name, &t, cli->err);
	if (r < 0)
		return r;
	return print_topology(cli, t);
}
