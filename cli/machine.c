// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl machine: the guests that a network knows, with names and reserved addresses. */
#include "cli.h"

/* @argv: NETWORK NAME MAC [ADDRESS…]. */
static int add_machine(struct cli *cli, struct netd_topology *t, char **argv)
{
	return netd_machine_add(t, argv[0], argv[1], cli->options.settings, cli->err);
}

static int run_add(struct cli *cli, char **argv)
{
	setting_add(&cli->options, "mac", argv[2]);
	for (char **address = argv + 3; *address; address++)
		setting_add(&cli->options, "address", *address);
	return run_edit(cli, argv);
}

static int remove_machine(struct cli *cli, struct netd_topology *t, char **argv)
{
	return netd_machine_remove(t, argv[0], argv[1], cli->err);
}

const struct verb machine_verbs[] = {
	{"add", "NETWORK NAME MAC [ADDRESS…]",
	 "Make a guest known: its name, and an address that stays",
	 "Without ADDRESS, one is chosen from the DHCP range; it stays the same.  The\n"
	 "guest gets it when it asks next; nothing is restarted.",
	 3, 5, "<network> <none>", trial_options, run_add, .change = add_machine,
	 .done = "machine added"},
	{"remove", "NETWORK NAME", "Forget a guest", NULL, 2, 2, "<network> <machine>",
	 trial_options, run_edit, .change = remove_machine, .done = "machine removed"},
	{"list", "[NETWORK]", "List machines, with their addresses", NULL, 0, 1,
	 "<network>", NULL, run_list, .subject = "machines", .by_daemon = true},
	{0},
};
