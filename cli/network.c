// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl network: the verbs for single networks of topology `default`. */
#include <errno.h>
#include <stdint.h>
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
	auto_text char *name = NULL;

	if (definition_find(cli, network, &name) <= 0)
		return false;
	note(cli, "network %s is in %s.yaml of the configuration: change it there",
	     network, name);
	return true;
}

/*
 * Reports a failed edit of network @name; the exit code.  These verbs are about topology
 * `default`: a network that is not there may be of another file.
 */
static int refuse(struct cli *cli, int r, const char *name)
{
	auto_text char *topology = NULL;
	int code;

	if (r >= 0)
		return r;
	code = report(cli, r, NETD_UNTOUCHED);
	if (r != -ENOENT || note_definition(cli, name) ||
	    netd_network_find(cli->netd, name, &topology, NULL) < 0)
		return code;
	if (strcmp(topology, TOPOLOGY) != 0)
		note(cli,
		     "network %s is in topology %s: change its file and apply that, or "
		     "`netdctl destroy %s`",
		     name, topology, topology);
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

static int create_and_commit(struct cli *cli, const char *name)
{
	auto_pair struct pair p = {0};
	bool start = !cli->options.no_start;
	int r = create(cli, &p, name, start);

	if (r < 0)
		return r;
	if (start)
		return pair_commit(cli, &p, true, name, "created");
	return pair_commit(cli, &p, false, name, "defined");
}

static int run_create(struct cli *cli, char **argv)
{
	int code = create_and_commit(cli, argv[0]);

	preset_done(cli);
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

static int set(struct cli *cli, const char *name)
{
	auto_pair struct pair p = {0};
	bool runs;
	int r = pair_load(cli, &p);

	if (r < 0)
		return r;
	note_disagreement(cli, &p, name);
	r = netd_network_set(p.defined, name, cli->options.settings, cli->err);
	if (r < 0)
		return r;
	runs = netd_network_exists(p.running, name);
	if (runs) {
		r = netd_network_take(p.running, p.defined, name, cli->err);
		if (r < 0)
			return r;
	}
	return pair_commit(cli, &p, runs, name, "changed");
}

static int run_set(struct cli *cli, char **argv)
{
	imply_mode(&cli->options);
	add_unset(&cli->options);
	return refuse(cli, set(cli, argv[0]), argv[0]);
}

static int delete_network(struct cli *cli, const char *name)
{
	auto_pair struct pair p = {0};
	bool runs;
	int r = pair_load(cli, &p);

	if (r < 0)
		return r;
	r = netd_network_unused(p.defined, name, cli->err);
	if (r < 0)
		return r;
	r = netd_network_remove(p.defined, name, cli->err);
	if (r < 0)
		return r;
	runs = netd_network_exists(p.running, name);
	if (runs) {
		r = netd_network_remove(p.running, name, cli->err);
		if (r < 0)
			return r;
	}
	return pair_commit(cli, &p, runs, name, "deleted");
}

static int run_delete(struct cli *cli, char **argv)
{
	int code = refuse(cli, delete_network(cli, argv[0]), argv[0]);

	if (code == EXIT_DONE && !cli->trial)
		netd_network_forget(cli->netd, argv[0]);
	return code;
}

/* Nothing in the kernel knows of it, so what runs is never on trial. */
static int set_autostart(struct cli *cli, const char *name, const char *value,
			 const char *done)
{
	const struct netd_option_value settings[] = {{"autostart", value}, {NULL, NULL}};
	auto_pair struct pair p = {0};
	int r = pair_load(cli, &p);

	if (r < 0)
		return r;
	r = netd_network_set(p.defined, name, settings, cli->err);
	if (r < 0)
		return r;
	if (cli->options.off && netd_network_autostart(p.defined, name))
		note(cli,
		     "all of %s.yaml is marked, by `autostart: true` at its beginning",
		     TOPOLOGY);
	if (netd_network_exists(p.running, name)) {
		r = netd_network_set(p.running, name, settings, cli->err);
		if (r < 0)
			return r;
		r = netd_apply(cli->netd, p.running, NULL, NULL, cli->err);
		if (r < 0)
			return r;
	}
	return pair_commit(cli, &p, false, name, done);
}

static int run_autostart(struct cli *cli, char **argv)
{
	const char *value = "on", *done = "will start at boot";

	if (cli->options.off) {
		value = "off";
		done = "will not start at boot";
	}
	return refuse(cli, set_autostart(cli, argv[0], value, done), argv[0]);
}

/* A definition that cannot be read is missing in the list: say so. */
static void note_unreadable(struct cli *cli, const char *name)
{
	auto_topology struct netd_topology *t = NULL;
	auto_text char *text = NULL;

	if (netd_definition_load(cli->netd, name, &t, cli->err) < 0) {
		text = netd_error_format(cli->err, NETD_FORMAT_TEXT, false);
		if (text)
			note(cli, "not listed, since its file has errors: %s\n%s", name,
			     text);
	}
	netd_error_clear(cli->err);
}

static int run_network_list(struct cli *cli, char **argv)
{
	auto_names char **names = NULL;

	netd_definition_names(cli->netd, &names, NULL);
	for (size_t i = 0; names && names[i]; i++)
		note_unreadable(cli, names[i]);
	return run_list(cli, argv);
}

const struct verb network_verbs[] = {
	{"create", "NAME", "Define a network in topology `default`, and start it",
	 "A network is a bridge.  isolated: its ports see each other and the bridge's "
	 "own\n"
	 "addresses; nat: they may open flows to the outside; routed: forwarded both "
	 "ways;\n"
	 "open: forwarded, without any filter rule of netd's.",
	 1, 1, NULL, create_options, run_create},
	{"set", "NAME",
	 "Change a network; if it runs, at once and with its ports plugged in",
	 "Only what the options name is changed.", 1, 1, "<network>", set_options,
	 run_set},
	{"delete", "NAME", "Stop a network and forget it", NULL, 1, 1, "<network>",
	 removal_options, run_delete},
	{"start", "NAME…", "Start defined networks", NULL, 0, -1, "<network>",
	 network_start_options, run_network_start},
	{"stop", "NAME…", "Stop networks; their definitions stay", NULL, 1, -1,
	 "<network>", removal_options, run_network_stop},
	{"autostart", "NAME", "Start it when the host boots", NULL, 1, 1, "<network>",
	 autostart_options, run_autostart},
	{"list", "[NAME]", "List networks, running or only defined", NULL, 0, 1,
	 "<network>", NULL, run_network_list, .subject = "networks", .by_daemon = true},
	{0},
};
