// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl network: the verbs for single networks of topology `default`. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const struct option_row create_options[] = {
	VALUE("preset", 'p', preset, "PRESET",
	      "libvirt: NAT, DHCP and DNS on virbr0, 192.168.122.1/24; hostonly: "
	      "isolated, with DHCP, 192.168.56.1/24; options come first",
	      "libvirt|hostonly"),
	SETTINGS("network"),
	FLAG("no-start", 0, no_start, "define it only"),
	TRIAL_OPTIONS,
	OPTIONS_END,
};

static const struct option_row set_options[] = {
	SETTINGS("network"),
	{"unset", 0, "OPTION", "back to the default: mtu, nat-source, address …",
	 offsetof(struct options, unset), true, "<setting>"},
	TRIAL_OPTIONS,
	OPTIONS_END,
};

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

/* Source NAT and an uplink say what the network is for. */
static void imply_mode(struct options *o)
{
	static const struct {
		const char *setting, *mode;
	} rows[] = {{"nat-source", "nat"},
		    {"nat-ports", "nat"},
		    {"nat-out", "nat"},
		    {"nat-on", "nat"},
		    {"uplink", "bridged"}};

	if (setting_has(o, "mode"))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!setting_has(o, rows[i].setting))
			continue;
		setting_add(o, "mode", rows[i].mode);
		return;
	}
}

static int create(struct cli *cli, struct pair *p, const char *name, bool start)
{
	int r = pair_load(cli, p);

	if (r < 0)
		return r;
	r = preset_apply(cli);
	if (r < 0)
		return r;
	imply_mode(&cli->options);
	r = netd_network_add(p->defined, name, cli->options.settings, cli->err);
	if (r < 0 || !start)
		return r;
	return netd_network_take(p->running, p->defined, name, cli->err);
}

static int run_create(struct cli *cli, int argc, char **argv)
{
	bool start = !cli->options.no_start;
	struct pair p = {0};
	int r = create(cli, &p, argv[0], start), code;

	(void)argc;
	if (r < 0)
		code = report(cli, r, NETD_UNTOUCHED);
	else
		code = pair_commit(cli, &p, start, argv[0],
				   start ? "created" : "defined");
	preset_done(cli);
	pair_done(&p);
	return code;
}

/* --unset NAME,NAME…: in the arguments, which stay. */
static void add_unset(struct options *o)
{
	for (size_t i = 0; i < o->unset.count; i++) {
		char *rest = (char *)(uintptr_t)o->unset.items[i], *name;

		while ((name = strsep(&rest, ",")))
			setting_add(o, name, NULL);
	}
}

static int set(struct cli *cli, struct pair *p, const char *name, bool *runs)
{
	int r = pair_load(cli, p);

	if (r < 0)
		return r;
	note_disagreement(cli, p->defined, p->running, name);
	r = netd_network_set(p->defined, name, cli->options.settings, cli->err);
	if (r < 0)
		return r;
	*runs = netd_network_exists(p->running, name);
	if (!*runs)
		return 0;
	return netd_network_take(p->running, p->defined, name, cli->err);
}

static int run_set(struct cli *cli, int argc, char **argv)
{
	struct pair p = {0};
	bool runs = false;
	int r, code;

	imply_mode(&cli->options);
	add_unset(&cli->options);
	r = set(cli, &p, argv[0], &runs);
	if (r < 0)
		code = refuse(cli, r, argc, argv);
	else
		code = pair_commit(cli, &p, runs, argv[0], "changed");
	pair_done(&p);
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
	const struct netd_option_value settings[] = {
		{"autostart", cli->options.off ? "off" : "on"},
		{NULL, NULL},
	};
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
	 1, 1, NULL, create_options, run_create, NULL},
	{"set", "NAME",
	 "Change a network; if it runs, at once and with its ports plugged in",
	 "Only what the options name is changed.", 1, 1, "<network>", set_options,
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
	 "<network>", NULL, run_list, NULL, true},
	{0},
};
