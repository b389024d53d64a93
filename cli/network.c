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

/* A file that somebody wrote is not written over: it has comments, and an order. */
static bool note_definition(struct cli *cli, const char *network)
{
	char *name = NULL;

	if (definition_find(cli, network, &name) <= 0)
		return false;
	note(cli, "network %s is in %s.yaml of the configuration: change it there",
	     network, name);
	free(name);
	return true;
}

/*
 * Reports a failed edit.  These verbs are about topology `default`: a network that is not
 * there may be of another file.
 */
static int refuse(struct cli *cli, int r, int argc, char **argv)
{
	int code = report(cli, r, NETD_UNTOUCHED);
	char *topology = NULL;

	for (int i = 0; r == -ENOENT && i < argc; i++) {
		if (note_definition(cli, argv[i]) ||
		    netd_network_find(cli->netd, argv[i], &topology, NULL) < 0)
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

	if (r == 0) {
		note_disagreement(cli, p.defined, p.running, argv[0]);
		r = netd_network_set(p.defined, argv[0], settings, cli->err);
	}
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

static int run_autostart(struct cli *cli, int argc, char **argv)
{
	const char *settings =
		cli->options.off ? "{autostart: false}" : "{autostart: true}";
	struct pair p = {0};
	bool runs = false;
	int r = pair_load(cli, &p), code;

	if (r == 0)
		r = netd_network_set(p.defined, argv[0], settings, cli->err);
	if (r == 0 && cli->options.off && netd_network_autostart(p.defined, argv[0]))
		note(cli,
		     "all of %s.yaml is marked, by `autostart: true` at its beginning",
		     TOPOLOGY);
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
	 network_start_options, run_network_start, NULL},
	{"stop", "NAME…", "Stop networks; their definitions stay", NULL, 1, -1,
	 "<network>", removal_options, run_network_stop, NULL},
	{"autostart", "NAME", "Start it when the host boots", NULL, 1, 1, "<network>",
	 autostart_options, run_autostart, NULL},
	{"list", "[NAME]", "List networks, running or only defined", NULL, 0, 1,
	 "<network>", NULL, run_list, NULL},
	{0},
};
