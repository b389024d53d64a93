// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl network start and stop: networks of whichever definition has them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

const struct option_row network_start_options[] = {
	FLAG("autostart", 0, all_autostart, "all that is marked so, of every definition"),
	FLAG("again", 0, again, "only what --autostart could not start before"),
	TRIAL_OPTIONS,
	OPTIONS_END,
};

/*
 * All that is marked
 */

struct starting {
	struct cli *cli;
	const char *name;
};

static void started(const struct netd_plan *plan, void *data)
{
	const struct starting *s = data;

	say_done(s->cli, s->name, plan, "started");
}

/* Clears the problems of this definition before the next one is started. */
static int start_marked(struct cli *cli, const char *name)
{
	struct starting s = {cli, name};
	enum netd_outcome outcome = NETD_UNTOUCHED;
	int r = netd_start_marked(cli->netd, name, cli->options.again, started, &s,
				  &outcome, cli->err);
	int code;

	if (r == 0)
		return EXIT_DONE;
	if (r > 0) /* the rest of it runs */
		outcome = NETD_UNTOUCHED;
	code = report(cli, r, outcome);
	netd_error_clear(cli->err);
	if (code == EXIT_BROKEN)
		return code;
	return EXIT_FAILED;
}

/* A definition that cannot be started does not stop the others. */
static int start_all_marked(struct cli *cli)
{
	auto_names char **names = NULL;
	int code = EXIT_DONE;
	int r = netd_definition_names(cli->netd, &names, cli->err);

	if (r < 0)
		return r;
	for (size_t i = 0; names[i]; i++)
		code = worse(code, start_marked(cli, names[i]));
	return code;
}

/*
 * By name
 */

static bool has_network(struct cli *cli, const char *definition, const char *network)
{
	auto_topology struct netd_topology *t = NULL;

	return netd_definition_load(cli->netd, definition, &t, NULL) == 0 &&
	       netd_network_exists(t, network);
}

int definition_find(struct cli *cli, const char *network, char **name)
{
	auto_names char **names = NULL;
	const char *found = NULL;

	if (has_network(cli, TOPOLOGY, network))
		found = TOPOLOGY;
	else
		netd_definition_names(cli->netd, &names, NULL);
	for (size_t i = 0; names && names[i]; i++) {
		if (!has_network(cli, names[i], network))
			continue;
		if (found) {
			usage("network %s is in %s.yaml and in %s.yaml of the "
			      "configuration",
			      network, found, names[i]);
			return -EEXIST;
		}
		found = names[i];
	}
	if (!found)
		return 0;
	*name = strdup(found);
	if (!*name)
		exit(out_of_memory());
	return 1;
}

/* The running topology that has it: 1, or 0. */
static int running_find(struct cli *cli, const char *network, char **name)
{
	return netd_network_find(cli->netd, network, name, NULL) == 0;
}

/* What start and stop differ in. */
struct way {
	const char *verb, *done;
	int (*find)(struct cli *cli, const char *network, char **name);
	/* does it to p->running */
	int (*change)(const struct pair *p, const char *name, struct netd_error *err);
	bool by_definition; /* else by what runs, which may be of no definition */
};

static int take(const struct pair *p, const char *name, struct netd_error *err)
{
	return netd_network_take(p->running, p->defined, name, err);
}

static int drop(const struct pair *p, const char *name, struct netd_error *err)
{
	return netd_network_remove(p->running, name, err);
}

static const struct way starts = {"start", "started", definition_find, take, true};
static const struct way stops = {"stop", "stopped", running_find, drop, false};

/* A definition, if it counts, and what runs of it. */
static int load(struct cli *cli, const struct way *way, const char *name, struct pair *p)
{
	int r;

	if (way->by_definition) {
		r = netd_definition_load(cli->netd, name, &p->defined, cli->err);
		if (r < 0)
			return r;
		name = netd_topology_name(p->defined);
	}
	return netd_running_or_empty(cli->netd, name, &p->running, cli->err);
}

/* Changes those of the networks that are in @where, as the first of them is. */
static int change_one(struct cli *cli, const struct way *way, char **where, char **names)
{
	const struct netd_topology *defined;
	const char *what = names[0];
	auto_pair struct pair p = {0};
	int r = load(cli, way, where[0], &p);

	if (r < 0)
		return r;
	for (int i = 0; names[i]; i++) {
		if (strcmp(where[i], where[0]) != 0)
			continue;
		if (i)
			what = where[0];
		r = way->change(&p, names[i], cli->err);
		if (r < 0)
			return r;
	}
	defined = p.running;
	if (p.defined)
		defined = p.defined;
	r = netd_nodes_follow(p.running, defined, cli->err);
	if (r < 0)
		return r;
	return apply_topology(cli, p.running, what, way->done);
}

static bool is_first(char **where, int i)
{
	for (int k = 0; k < i; k++)
		if (strcmp(where[k], where[i]) == 0)
			return false;
	return true;
}

/* One change for each topology. */
static int change_all(struct cli *cli, const struct way *way, char **where, char **argv)
{
	int code = EXIT_DONE, topologies = 0;

	for (int i = 0; argv[i]; i++)
		topologies += is_first(where, i);
	if (cli->trial && topologies > 1)
		return usage("network %s --confirm: one topology at a time", way->verb);
	for (int i = 0; argv[i] && code == EXIT_DONE; i++)
		if (is_first(where, i))
			code = change_one(cli, way, where + i, argv + i);
	return code;
}

static int change_named(struct cli *cli, const struct way *way, char **argv)
{
	auto_names char **where = NULL;
	int r = change_begin(cli);

	if (r < 0)
		return r;
	where = calloc((size_t)count(argv) + 1, sizeof(*where));
	if (!where)
		return out_of_memory();
	for (int i = 0; argv[i]; i++) {
		if (way->find(cli, argv[i], &where[i]) < 0)
			return EXIT_USAGE;
		if (!where[i] && !(where[i] = strdup(TOPOLOGY)))
			return out_of_memory();
	}
	return change_all(cli, way, where, argv);
}

int run_network_start(struct cli *cli, char **argv)
{
	bool all = cli->options.all_autostart;

	if (all && cli->trial)
		return usage("network start: --confirm goes with names");
	if (cli->options.again && !all)
		return usage("network start: --again goes with --autostart");
	if (all && argv[0])
		return usage("network start: --autostart takes no names");
	if (all)
		return start_all_marked(cli);
	if (!argv[0])
		return usage("network start: which network?");
	return change_named(cli, &starts, argv);
}

int run_network_stop(struct cli *cli, char **argv)
{
	return change_named(cli, &stops, argv);
}
