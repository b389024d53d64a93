// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl network: the verbs for single networks of topology `default`. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const struct option_row autostart_options[] = {
	FLAG("off", 0, off, "do not start it when the host boots"),
	OPTIONS_END,
};

static const struct option_row start_options[] = {
	FLAG("autostart", 0, all_autostart,
	     "every network marked so, of every definition"),
	TRIAL_OPTIONS,
	OPTIONS_END,
};

/*
 * Reports a failed edit.  These verbs are about topology `default`: a network that is not
 * there may have been brought up by a file.
 */
static int refuse(struct cli *cli, int r, int argc, char **argv)
{
	int code = report(cli, r, NETD_UNTOUCHED);
	char *topology = NULL;

	for (int i = 0; r == -ENOENT && i < argc; i++) {
		if (netd_network_find(cli->netd, argv[i], &topology, NULL) < 0)
			continue;
		if (strcmp(topology, TOPOLOGY) != 0)
			note(cli,
			     "network %s is in topology %s: change its file and apply "
			     "that, or `netdctl destroy %s`",
			     argv[i], topology, topology);
		free(topology);
	}
	return code;
}

static int run_create(struct cli *cli, int argc, char **argv)
{
	bool start = !cli->options.no_start;
	char *settings = NULL;
	struct pair p = {0};
	int r = pair_load(cli, &p), code;

	(void)argc;
	if (r == 0)
		r = preset_apply(cli);
	if (r == 0)
		settings = network_settings(&cli->options);
	if (r == 0)
		r = netd_network_add(p.defined, argv[0], settings, cli->err);
	if (r == 0 && start)
		r = netd_network_take(p.running, p.defined, argv[0], cli->err);
	code = r < 0 ? report(cli, r, NETD_UNTOUCHED)
		     : pair_commit(cli, &p, start, argv[0],
				   start ? "created" : "defined");
	preset_done(cli);
	pair_done(&p);
	free(settings);
	return code;
}

static int run_set(struct cli *cli, int argc, char **argv)
{
	char *settings = network_settings(&cli->options);
	struct pair p = {0};
	bool runs = false;
	int r = pair_load(cli, &p), code;

	if (r == 0)
		r = netd_network_set(p.defined, argv[0], settings, cli->err);
	if (r == 0)
		runs = netd_network_exists(p.running, argv[0]);
	if (runs)
		r = netd_network_take(p.running, p.defined, argv[0], cli->err);
	code = r < 0 ? refuse(cli, r, argc, argv)
		     : pair_commit(cli, &p, runs, argv[0], "changed");
	pair_done(&p);
	free(settings);
	return code;
}

static int run_delete(struct cli *cli, int argc, char **argv)
{
	struct pair p = {0};
	bool runs = false;
	int r = pair_load(cli, &p), code;

	if (r == 0)
		r = netd_network_unused(p.defined, argv[0], cli->err);
	if (r == 0)
		r = netd_network_remove(p.defined, argv[0], cli->err);
	if (r == 0)
		runs = netd_network_exists(p.running, argv[0]);
	if (runs)
		r = netd_network_remove(p.running, argv[0], cli->err);
	code = r < 0 ? refuse(cli, r, argc, argv)
		     : pair_commit(cli, &p, runs, argv[0], "deleted");
	if (code == EXIT_DONE && !cli->trial)
		netd_network_forget(cli->netd, argv[0]);
	pair_done(&p);
	return code;
}

/* Brings up every network marked so in one definition. */
static int start_marked(struct cli *cli, const char *name)
{
	struct netd_topology *defined = NULL, *running = NULL;
	int code = EXIT_DONE;
	int r = change_begin(cli);
	const char **names = NULL;
	bool any = false;

	if (r == 0)
		r = netd_definition_load(cli->netd, name, &defined, cli->err);
	if (r == 0)
		names = netd_network_names(defined);
	if (r == 0)
		r = netd_running_or_empty(cli->netd, netd_topology_name(defined),
					  &running, cli->err);
	for (size_t i = 0; r == 0 && names && names[i]; i++) {
		if (!netd_network_autostart(defined, names[i]))
			continue;
		any = true;
		r = netd_network_take(running, defined, names[i], cli->err);
	}
	if (r == 0 && any)
		r = netd_nodes_follow(running, defined, cli->err);
	if (r < 0)
		code = report(cli, r, NETD_UNTOUCHED);
	else if (any)
		code = apply_topology(cli, running, name, "started");
	free(names);
	netd_topology_free(defined);
	netd_topology_free(running);
	return code;
}

static int start_all_marked(struct cli *cli)
{
	char **names = NULL;
	int code = EXIT_DONE;
	int r = netd_definition_names(cli->netd, &names, cli->err);

	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	for (size_t i = 0; names[i]; i++) {
		int one = start_marked(cli, names[i]);

		code = code == EXIT_DONE ? one : code;
		free(names[i]);
	}
	free(names);
	return code;
}

static int take(const struct pair *p, const char *name, struct netd_error *err)
{
	return netd_network_take(p->running, p->defined, name, err);
}

static int drop(const struct pair *p, const char *name, struct netd_error *err)
{
	return netd_network_remove(p->running, name, err);
}

/* Does @change to what runs for each network named, and applies that. */
static int change_running(struct cli *cli, int argc, char **argv,
			  int (*change)(const struct pair *, const char *,
					struct netd_error *),
			  const char *done)
{
	struct pair p = {0};
	int r = pair_load(cli, &p), code;

	for (int i = 0; r == 0 && i < argc; i++)
		r = change(&p, argv[i], cli->err);
	if (r == 0)
		r = netd_nodes_follow(p.running, p.defined, cli->err);
	code = r < 0 ? refuse(cli, r, argc, argv)
		     : apply_topology(cli, p.running, argc == 1 ? argv[0] : TOPOLOGY,
				      done);
	pair_done(&p);
	return code;
}

static int run_start(struct cli *cli, int argc, char **argv)
{
	if (cli->options.all_autostart && cli->trial)
		return usage(cli, "network start: --confirm goes with names");
	if (cli->options.all_autostart)
		return start_all_marked(cli);
	if (argc == 0)
		return usage(cli, "network start: which network?");
	return change_running(cli, argc, argv, take, "started");
}

static int run_stop(struct cli *cli, int argc, char **argv)
{
	return change_running(cli, argc, argv, drop, "stopped");
}

static int run_autostart(struct cli *cli, int argc, char **argv)
{
	const char *settings =
		cli->options.off ? "{autostart: false}" : "{autostart: true}";
	struct pair p = {0};
	bool runs = false;
	int r = pair_load(cli, &p), code;

	if (r == 0)
		r = netd_network_set(p.defined, argv[0], settings, cli->err);
	if (r == 0)
		runs = netd_network_exists(p.running, argv[0]);
	if (runs)
		r = netd_network_set(p.running, argv[0], settings, cli->err);
	if (r == 0 && runs) /* nothing in the kernel knows of it */
		r = netd_apply(cli->netd, p.running, NULL, NULL, cli->err);
	code = r < 0 ? refuse(cli, r, argc, argv)
		     : pair_commit(cli, &p, false, argv[0],
				   cli->options.off ? "will not start at boot"
						    : "will start at boot");
	pair_done(&p);
	return code;
}

/* A definition that cannot be read is missing in the list: say so. */
static void note_unreadable(struct cli *cli)
{
	char **names = NULL;

	if (netd_definition_names(cli->netd, &names, NULL) < 0)
		return;
	for (size_t i = 0; names[i]; i++) {
		struct netd_error *err = netd_error_new();
		struct netd_topology *t = NULL;

		if (netd_definition_load(cli->netd, names[i], &t, err) < 0) {
			char *text = netd_error_format(err, NETD_FORMAT_TEXT, false);

			note(cli, "not listed, since its file has errors: %s\n%s",
			     names[i], text ? text : "");
			free(text);
		}
		netd_topology_free(t);
		netd_error_free(err);
		free(names[i]);
	}
	free(names);
}

static int run_list(struct cli *cli, int argc, char **argv)
{
	note_unreadable(cli);
	return print_table(cli, "networks", argc ? argv[0] : NULL);
}

const struct verb network_verbs[] = {
	{"create", "NAME", "Define a network in topology `default`, and start it",
	 "A network is a bridge.  isolated: its ports see each other and the bridge's "
	 "own\n"
	 "addresses; nat: they may open flows to the outside; routed: forwarded both "
	 "ways;\n"
	 "open: forwarded, without any filter rule of netd's.",
	 1, 1, NULL, network_create_options, run_create, NULL},
	{"set", "NAME",
	 "Change a network; if it runs, at once and with its ports plugged in",
	 "Only what the options name is changed.", 1, 1, "<network>", network_set_options,
	 run_set, NULL},
	{"delete", "NAME", "Stop a network and forget it", NULL, 1, 1, "<network>",
	 removal_options, run_delete, NULL},
	{"start", "NAME…", "Start defined networks", NULL, 0, -1, "<network>",
	 start_options, run_start, NULL},
	{"stop", "NAME…", "Stop networks; their definitions stay", NULL, 1, -1,
	 "<network>", removal_options, run_stop, NULL},
	{"autostart", "NAME", "Start it when the host boots", NULL, 1, 1, "<network>",
	 autostart_options, run_autostart, NULL},
	{"list", "[NAME]", "List networks, running or only defined", NULL, 0, 1,
	 "<network>", NULL, run_list, NULL},
	{0},
};
