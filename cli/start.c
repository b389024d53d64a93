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

/* Problems of one definition are not the next one's. */
static void forget_problems(struct cli *cli)
{
	netd_error_free(cli->err);
	cli->err = netd_error_new();
}

static int start_marked(struct cli *cli, const char *name)
{
	struct starting s = {cli, name};
	enum netd_outcome outcome = NETD_UNTOUCHED;
	int r = netd_start_marked(cli->netd, name, cli->options.again, started, &s,
				  &outcome, cli->err);
	int code = EXIT_DONE;

	if (r)
		code = report(cli, r, r < 0 ? outcome : NETD_UNTOUCHED);
	forget_problems(cli);
	if (code == EXIT_DONE || code == EXIT_BROKEN)
		return code;
	return EXIT_FAILED;
}

/* A definition that cannot be started does not stop the others. */
static int start_all_marked(struct cli *cli)
{
	char **names = NULL;
	int code = EXIT_DONE;
	int r = netd_definition_names(cli->netd, &names, cli->err);

	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	for (size_t i = 0; names[i]; i++) {
		int one = start_marked(cli, names[i]);

		code = one > code ? one : code;
		free(names[i]);
	}
	free(names);
	return code;
}

/*
 * By name
 */

static bool has_network(struct cli *cli, const char *definition, const char *network)
{
	struct netd_topology *t = NULL;
	bool has = netd_definition_load(cli->netd, definition, &t, NULL) == 0 &&
		   netd_network_exists(t, network);

	netd_topology_free(t);
	return has;
}

int definition_find(struct cli *cli, const char *network, char **name)
{
	char **names = NULL, *found = NULL;
	int r = 1;

	if (has_network(cli, TOPOLOGY, network))
		found = strdup(TOPOLOGY);
	else
		netd_definition_names(cli->netd, &names, NULL);
	for (size_t i = 0; names && names[i]; i++) {
		bool has = r > 0 && has_network(cli, names[i], network);

		if (has && found) {
			complain(
				"netdctl: network %s is in %s.yaml and in %s.yaml of the "
				"configuration",
				network, found, names[i]);
			r = -EEXIST;
		} else if (has) {
			found = strdup(names[i]);
		}
		free(names[i]);
	}
	free(names);
	if (r > 0 && found)
		*name = found;
	else
		free(found);
	if (r > 0 && !found)
		return 0;
	return r;
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
	int r = way->by_definition
			? netd_definition_load(cli->netd, name, &p->defined, cli->err)
			: 0;

	if (p->defined)
		name = netd_topology_name(p->defined);
	if (r < 0)
		return r;
	return netd_running_or_empty(cli->netd, name, &p->running, cli->err);
}

/* Changes those of the networks that are in @where, as the first of them is. */
static int change_one(struct cli *cli, const struct way *way, char **where, char **names,
		      int count)
{
	const char *place = where[0] ? where[0] : TOPOLOGY, *only = names[0];
	struct pair p = {0};
	int r = load(cli, way, place, &p), code;

	for (int i = 0; r == 0 && i < count; i++) {
		if (strcmp(where[i] ? where[i] : TOPOLOGY, place) != 0)
			continue;
		only = i ? place : only;
		r = way->change(&p, names[i], cli->err);
	}
	if (r == 0)
		r = netd_nodes_follow(p.running, p.defined ? p.defined : p.running,
				      cli->err);
	code = r < 0 ? report(cli, r, NETD_UNTOUCHED)
		     : apply_topology(cli, p.running, only, way->done);
	pair_done(&p);
	return code;
}

static bool is_first(char **where, int i)
{
	for (int k = 0; k < i; k++)
		if (strcmp(where[k] ? where[k] : TOPOLOGY,
			   where[i] ? where[i] : TOPOLOGY) == 0)
			return false;
	return true;
}

/* One change for each topology. */
static int change_all(struct cli *cli, const struct way *way, char **where, int argc,
		      char **argv)
{
	int code = EXIT_DONE, topologies = 0;

	for (int i = 0; i < argc; i++)
		topologies += is_first(where, i);
	if (cli->trial && topologies > 1)
		return usage(cli, "network %s --confirm: one topology at a time",
			     way->verb);
	for (int i = 0; i < argc && code == EXIT_DONE; i++)
		if (is_first(where, i))
			code = change_one(cli, way, where + i, argv + i, argc - i);
	return code;
}

static int change_named(struct cli *cli, const struct way *way, int argc, char **argv)
{
	char **where = calloc((size_t)argc, sizeof(*where));
	int r, code;

	if (!where)
		return report(cli, -ENOMEM, NETD_UNTOUCHED);
	r = change_begin(cli);
	code = r < 0 ? report(cli, r, NETD_UNTOUCHED) : EXIT_DONE;
	for (int i = 0; code == EXIT_DONE && i < argc; i++)
		if (way->find(cli, argv[i], &where[i]) < 0)
			code = EXIT_USAGE;
	if (code == EXIT_DONE)
		code = change_all(cli, way, where, argc, argv);
	for (int i = 0; i < argc; i++)
		free(where[i]);
	free(where);
	return code;
}

int run_network_start(struct cli *cli, int argc, char **argv)
{
	if (cli->options.all_autostart && cli->trial)
		return usage(cli, "network start: --confirm goes with names");
	if (cli->options.again && !cli->options.all_autostart)
		return usage(cli, "network start: --again goes with --autostart");
	if (cli->options.all_autostart && argc)
		return usage(cli, "network start: --autostart takes no names");
	if (cli->options.all_autostart)
		return start_all_marked(cli);
	if (argc == 0)
		return usage(cli, "network start: which network?");
	return change_named(cli, &starts, argc, argv);
}

int run_network_stop(struct cli *cli, int argc, char **argv)
{
	return change_named(cli, &stops, argc, argv);
}
