// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl router and host: namespaces that are part of a topology. */
#include "cli.h"

static const struct option_row router_options[] = {
	SETTINGS("router"),
	TRIAL_OPTIONS,
	OPTIONS_END,
};

static const struct option_row host_options[] = {
	SETTINGS("host"),
	TRIAL_OPTIONS,
	OPTIONS_END,
};

static int run_create(struct cli *cli, char **argv)
{
	auto_pair struct pair p = {0};
	int r = pair_load(cli, &p);

	if (r < 0)
		return r;
	r = netd_node_add(p.defined, cli->verb->subject, argv[0], cli->options.settings,
			  cli->err);
	if (r < 0)
		return r;
	r = netd_nodes_follow(p.running, p.defined, cli->err);
	if (r < 0)
		return r;
	/* It runs at once if the networks that it is plugged into do. */
	if (netd_node_exists(p.running, argv[0]))
		return pair_commit(cli, &p, true, argv[0], "created");
	return pair_commit(cli, &p, false, argv[0],
			   "defined; it starts with its networks");
}

static int run_delete(struct cli *cli, char **argv)
{
	const char *kind = cli->verb->subject;
	auto_pair struct pair p = {0};
	bool runs;
	int r = pair_load(cli, &p);

	if (r < 0)
		return r;
	r = netd_node_remove(p.defined, kind, argv[0], cli->err);
	if (r < 0)
		return r;
	runs = netd_node_exists(p.running, argv[0]);
	if (runs) {
		r = netd_node_remove(p.running, kind, argv[0], cli->err);
		if (r < 0)
			return r;
	}
	return pair_commit(cli, &p, runs, argv[0], "deleted");
}

static int run_nodes(struct cli *cli, char **argv)
{
	char *text = NULL;
	int r = netd_show_nodes(cli->netd, cli->verb->subject, argv[0],
				output_format(cli), &text, cli->err);

	if (r < 0)
		return r;
	return print_text(text);
}

#define EXEC_HELP                                                                        \
	"CMD takes the place of netdctl: signals and the exit status are its own.  It\n" \
	"has its files of /etc/netns/NAME in /etc, a clean environment, and "            \
	"NETD_NODE.\n"                                                                   \
	"Without CMD: $SHELL, or /bin/sh.  Exit status: CMD's; 126 if it cannot be "     \
	"run,\n"                                                                         \
	"127 if it is not there."

const struct verb router_verbs[] = {
	{"create", "NAME", "Define a router in topology `default`, and start it",
	 "It runs when the networks do that it is plugged into.", 1, 1, "<none>",
	 router_options, run_create, .subject = "router"},
	{"delete", "NAME", "Stop a router and forget it", NULL, 1, 1, "<router>",
	 removal_options, run_delete, .subject = "router"},
	{"list", "[NAME]", "List routers, running or only defined", NULL, 0, 1,
	 "<router>", NULL, run_list, .subject = "routers", .by_daemon = true},
	{"show", "[NAME]", "Show interfaces, routes and forwards of routers", NULL, 0, 1,
	 "<router>", NULL, run_nodes, .subject = "router"},
	{"exec", "NAME [--] [CMD…]", "Run a command within a router", EXEC_HELP, 1, -1,
	 "<router> <command>", NULL, run_exec, .subject = "router"},
	{0},
};

const struct verb host_verbs[] = {
	{"create", "NAME", "Define a host in topology `default`, and start it",
	 "It runs when the networks do that it is plugged into.", 1, 1, "<none>",
	 host_options, run_create, .subject = "host"},
	{"delete", "NAME", "Stop a host and forget it", NULL, 1, 1, "<host>",
	 removal_options, run_delete, .subject = "host"},
	{"list", "[NAME]", "List hosts, running or only defined", NULL, 0, 1, "<host>",
	 NULL, run_list, .subject = "hosts", .by_daemon = true},
	{"show", "[NAME]", "Show interfaces and routes of hosts", NULL, 0, 1, "<host>",
	 NULL, run_nodes, .subject = "host"},
	{"exec", "NAME [--] [CMD…]", "Run a command within a host", EXEC_HELP, 1, -1,
	 "<host> <command>", NULL, run_exec, .subject = "host"},
	{0},
};
