// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl network: the verbs for single networks of topology `default`. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define TOPOLOGY "default"

static const struct option_row create_options[] = {
	VALUE("mode", 'm', mode, "MODE", "isolated (default), nat, routed or open",
	      "isolated|nat|routed|open"),
	LIST("address", 'a', addresses, "CIDR", "the bridge's address, e.g. 10.1.0.1/24"),
	VALUE("bridge", 0, bridge, "NAME", "the bridge's name, if not the network's",
	      NULL),
	VALUE("mac", 0, mac, "MAC", "the bridge's MAC address", NULL),
	VALUE("mtu", 0, mtu, "BYTES", "the MTU of the bridge and its ports", NULL),
	VALUE("stp", 0, stp, "on|off", "spanning tree (default off)", "on|off"),
	LIST("nat-source", 0, nat_sources, "ADDR[-ADDR]",
	     "source address or pool, instead of masquerade"),
	VALUE("nat-ports", 0, nat_ports, "A-B", "source ports (default 1024-65535)",
	      NULL),
	VALUE("nat-out", 0, nat_out, "IFACE", "the only interface to leave by",
	      "<interface>"),
	VALUE("nat-on", 0, nat_on, "IFACE", "add the sources to this interface",
	      "<interface>"),
	FLAG("autostart", 0, autostart, "start it when the host boots"),
	FLAG("no-start", 0, no_start, "define it only"),
	OPTIONS_END,
};

static const struct option_row autostart_options[] = {
	FLAG("off", 0, off, "do not start it when the host boots"),
	OPTIONS_END,
};

static const struct option_row start_options[] = {
	FLAG("autostart", 0, all_autostart,
	     "every network marked so, of every definition"),
	OPTIONS_END,
};

/* Both sides of topology `default`: what is defined, and what runs. */
struct pair {
	struct netd_topology *defined, *running;
};

static int pair_load(struct cli *cli, struct pair *p)
{
	int r = change_begin(cli);

	if (r == 0)
		r = netd_definition_load(cli->netd, TOPOLOGY, &p->defined, cli->err);
	if (r == 0)
		r = netd_running(cli->netd, TOPOLOGY, &p->running, NULL);
	if (r == -ENOENT)
		r = netd_topology_create(TOPOLOGY, &p->running, cli->err);
	return r;
}

static void pair_done(struct pair *p)
{
	netd_topology_free(p->defined);
	netd_topology_free(p->running);
}

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

static int pair_commit(struct cli *cli, const struct pair *p, bool apply,
		       const char *network, const char *done)
{
	return commit_definition(cli, apply ? p->running : NULL, p->defined, network,
				 done);
}

/* "on" and "off" in YAML 1.2's words; anything else stays, to be refused. */
static const char *switch_word(const char *value)
{
	if (value && strcmp(value, "on") == 0)
		return "true";
	return value && strcmp(value, "off") == 0 ? "false" : value;
}

static char *network_settings(const struct options *o)
{
	struct settings s = {0};
	bool nat = o->nat_sources.count || o->nat_ports || o->nat_out || o->nat_on;

	settings_open(&s, NULL);
	settings_word(&s, "mode", o->mode ? o->mode : nat ? "nat" : NULL);
	settings_word(&s, "bridge", o->bridge);
	settings_list(&s, "addresses", &o->addresses);
	settings_word(&s, "mac", o->mac);
	settings_number(&s, "mtu", o->mtu);
	settings_number(&s, "stp", switch_word(o->stp));
	settings_flag(&s, "autostart", o->autostart);
	if (nat) {
		settings_open(&s, "nat");
		settings_list(&s, "source", &o->nat_sources);
		settings_word(&s, "ports", o->nat_ports);
		settings_word(&s, "out", o->nat_out);
		settings_word(&s, "on", o->nat_on);
		settings_close(&s);
	}
	settings_close(&s);
	return s.text;
}

static int run_create(struct cli *cli, int argc, char **argv)
{
	char *settings = network_settings(&cli->options);
	bool start = !cli->options.no_start;
	struct pair p = {0};
	int r = pair_load(cli, &p), code;

	(void)argc;
	if (r == 0)
		r = netd_network_add(p.defined, argv[0], settings, cli->err);
	if (r == 0 && start)
		r = netd_network_take(p.running, p.defined, argv[0], cli->err);
	code = r < 0 ? report(cli, r, NETD_UNTOUCHED)
		     : pair_commit(cli, &p, start, argv[0],
				   start ? "created" : "defined");
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
		r = netd_network_remove(p.defined, argv[0], cli->err);
	if (r == 0)
		runs = netd_network_exists(p.running, argv[0]);
	if (runs)
		r = netd_network_remove(p.running, argv[0], cli->err);
	code = r < 0 ? refuse(cli, r, argc, argv)
		     : pair_commit(cli, &p, runs, argv[0], "deleted");
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
	if (r == 0 &&
	    netd_running(cli->netd, netd_topology_name(defined), &running, NULL) < 0)
		r = netd_topology_create(netd_topology_name(defined), &running, cli->err);
	for (size_t i = 0; r == 0 && names && names[i]; i++) {
		if (!netd_network_autostart(defined, names[i]))
			continue;
		any = true;
		r = netd_network_take(running, defined, names[i], cli->err);
	}
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

static int run_start(struct cli *cli, int argc, char **argv)
{
	struct pair p = {0};
	int r, code;

	if (cli->options.all_autostart)
		return start_all_marked(cli);
	if (argc == 0)
		return usage(cli, "network start: which network?");
	r = pair_load(cli, &p);
	for (int i = 0; r == 0 && i < argc; i++)
		r = netd_network_take(p.running, p.defined, argv[i], cli->err);
	code = r < 0 ? refuse(cli, r, argc, argv)
		     : apply_topology(cli, p.running, argc == 1 ? argv[0] : TOPOLOGY,
				      "started");
	pair_done(&p);
	return code;
}

static int run_stop(struct cli *cli, int argc, char **argv)
{
	struct pair p = {0};
	int r = pair_load(cli, &p), code;

	for (int i = 0; r == 0 && i < argc; i++)
		r = netd_network_remove(p.running, argv[i], cli->err);
	code = r < 0 ? refuse(cli, r, argc, argv)
		     : apply_topology(cli, p.running, argc == 1 ? argv[0] : TOPOLOGY,
				      "stopped");
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
	char *text = NULL;
	int r = netd_show(cli->netd, "networks", argc ? argv[0] : NULL,
			  cli->options.json ? NETD_FORMAT_JSON : NETD_FORMAT_TEXT, &text,
			  cli->err);

	note_unreadable(cli);
	return r < 0 ? report(cli, r, NETD_UNTOUCHED) : print_text(text);
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
	 "Only what the options name is changed.", 1, 1, "<network>", create_options,
	 run_set, NULL},
	{"delete", "NAME", "Stop a network and forget it", NULL, 1, 1, "<network>", NULL,
	 run_delete, NULL},
	{"start", "NAME…", "Start defined networks", NULL, 0, -1, "<network>",
	 start_options, run_start, NULL},
	{"stop", "NAME…", "Stop networks; their definitions stay", NULL, 1, -1,
	 "<network>", NULL, run_stop, NULL},
	{"autostart", "NAME", "Start it when the host boots", NULL, 1, 1, "<network>",
	 autostart_options, run_autostart, NULL},
	{"list", "[NAME]", "List networks, running or only defined", NULL, 0, 1,
	 "<network>", NULL, run_list, NULL},
	{0},
};
