// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl router and host: namespaces that are part of a topology. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

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

/* It runs at once if the networks that it is plugged into do. */
static int take_and_commit(struct cli *cli, const struct pair *p, const char *name)
{
	int r = netd_nodes_follow(p->running, p->defined, cli->err);
	bool runs = r == 0 && netd_node_exists(p->running, name);

	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	return pair_commit(cli, p, runs, name,
			   runs ? "created" : "defined; it starts with its networks");
}

static int create_node(struct cli *cli, const char *kind, char **argv)
{
	struct pair p = {0};
	int r = pair_load(cli, &p), code;

	if (r == 0)
		r = netd_node_add(p.defined, kind, argv[0], cli->options.settings,
				  cli->err);
	if (r < 0)
		code = report(cli, r, NETD_UNTOUCHED);
	else
		code = take_and_commit(cli, &p, argv[0]);
	pair_done(&p);
	return code;
}

static int delete_node(struct cli *cli, const char *kind, char **argv)
{
	struct pair p = {0};
	bool runs = false;
	int r = pair_load(cli, &p), code;

	if (r == 0)
		r = netd_node_remove(p.defined, kind, argv[0], cli->err);
	if (r == 0)
		runs = netd_node_exists(p.running, argv[0]);
	if (runs)
		r = netd_node_remove(p.running, kind, argv[0], cli->err);
	code = r < 0 ? report(cli, r, NETD_UNTOUCHED)
		     : pair_commit(cli, &p, runs, argv[0], "deleted");
	pair_done(&p);
	return code;
}

static int run_router_create(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	return create_node(cli, "router", argv);
}

static int run_host_create(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	return create_node(cli, "host", argv);
}

static int run_router_delete(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	return delete_node(cli, "router", argv);
}

static int run_host_delete(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	return delete_node(cli, "host", argv);
}

static int show_nodes(struct cli *cli, const char *kind, int argc, char **argv)
{
	char *text = NULL;
	int r = netd_show_nodes(cli->netd, kind, argc ? argv[0] : NULL,
				output_format(cli), &text, cli->err);

	if (r < 0)
		return report(cli, r, NETD_UNTOUCHED);
	return print_text(text);
}

static int run_router_show(struct cli *cli, int argc, char **argv)
{
	return show_nodes(cli, "router", argc, argv);
}

static int run_host_show(struct cli *cli, int argc, char **argv)
{
	return show_nodes(cli, "host", argc, argv);
}

static int run_router_list(struct cli *cli, int argc, char **argv)
{
	return print_table(cli, "routers", argc ? argv[0] : NULL);
}

static int run_host_list(struct cli *cli, int argc, char **argv)
{
	return print_table(cli, "hosts", argc ? argv[0] : NULL);
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
	 router_options, run_router_create, NULL},
	{"delete", "NAME", "Stop a router and forget it", NULL, 1, 1, "<router>",
	 removal_options, run_router_delete, NULL},
	{"list", "[NAME]", "List routers, running or only defined", NULL, 0, 1,
	 "<router>", NULL, run_router_list, NULL, true},
	{"show", "[NAME]", "Show interfaces, routes and forwards of routers", NULL, 0, 1,
	 "<router>", NULL, run_router_show, NULL},
	{"exec", "NAME [--] [CMD…]", "Run a command within a router", EXEC_HELP, 1, -1,
	 "<router> <command>", NULL, run_router_exec, NULL},
	{0},
};

const struct verb host_verbs[] = {
	{"create", "NAME", "Define a host in topology `default`, and start it",
	 "It runs when the networks do that it is plugged into.", 1, 1, "<none>",
	 host_options, run_host_create, NULL},
	{"delete", "NAME", "Stop a host and forget it", NULL, 1, 1, "<host>",
	 removal_options, run_host_delete, NULL},
	{"list", "[NAME]", "List hosts, running or only defined", NULL, 0, 1, "<host>",
	 NULL, run_host_list, NULL, true},
	{"show", "[NAME]", "Show interfaces and routes of hosts", NULL, 0, 1, "<host>",
	 NULL, run_host_show, NULL},
	{"exec", "NAME [--] [CMD…]", "Run a command within a host", EXEC_HELP, 1, -1,
	 "<host> <command>", NULL, run_host_exec, NULL},
	{0},
};
