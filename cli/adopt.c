// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl adopt: a bridge that is there already becomes a network of topology `default`.
 */
#include "cli.h"

const struct option_row adopt_options[] = {
	FLAG("print", 0, print, "only print it as a file"),
	FLAG("autostart", 0, autostart, "look after it when the host boots"),
	OPTIONS_END,
};

/* As a file of its own, for people who keep files. */
static int print_adopted(struct cli *cli, const char *bridge, const char *network)
{
	auto_topology struct netd_topology *t = NULL;
	int r = netd_topology_create(network, &t, cli->err);

	if (r < 0)
		return r;
	r = netd_network_adopt(cli->netd, t, network, bridge, cli->err);
	if (r < 0)
		return r;
	return print_topology(cli, t);
}

static int adopt(struct cli *cli, const char *bridge, const char *network)
{
	static const struct netd_option_value autostart[] = {{"autostart", "on"}, {NULL}};
	auto_pair struct pair p = {0};
	int r = pair_load(cli, &p);

	if (r < 0)
		return r;
	r = netd_network_adopt(cli->netd, p.defined, network, bridge, cli->err);
	if (r < 0)
		return r;
	if (cli->options.autostart) {
		r = netd_network_set(p.defined, network, autostart, cli->err);
		if (r < 0)
			return r;
	}
	r = netd_network_take(p.running, p.defined, network, cli->err);
	if (r < 0)
		return r;
	return pair_commit(cli, &p, true, network, "adopted");
}

int run_adopt(struct cli *cli, char **argv)
{
	const char *network = argv[0];

	if (argv[1])
		network = argv[1];
	if (cli->options.print)
		return print_adopted(cli, argv[0], network);
	return adopt(cli, argv[0], network);
}
