// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl machine: the guests that a network knows, with names and reserved addresses. */
#include "cli.h"

/* @argv: NETWORK NAME MAC [ADDRESS…]; the arguments' number is known to the caller. */
static int add_machine(struct cli *cli, struct netd_topology *t, char **argv)
{
	return netd_machine_add(t, argv[0], argv[1], cli->options.settings, cli->err);
}

static int run_add(struct cli *cli, int argc, char **argv)
{
	setting_add(&cli->options, "mac", argv[2]);
	for (int i = 3; i < argc; i++)
		setting_add(&cli->options, "address", argv[i]);
	return edit_network(cli, argv[0], add_machine, "machine added", argv);
}

static int remove_machine(struct cli *cli, struct netd_topology *t, char **argv)
{
	return netd_machine_remove(t, argv[0], argv[1], cli->err);
}

static int run_remove(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	return edit_network(cli, argv[0], remove_machine, "machine removed", argv);
}

static int run_list(struct cli *cli, int argc, char **argv)
{
	return print_table(cli, "machines", argc ? argv[0] : NULL);
}

const struct verb machine_verbs[] = {
	{"add", "NETWORK NAME MAC [ADDRESS…]",
	 "Make a guest known: its name, and an address that stays",
	 "Without ADDRESS, one is chosen from the DHCP range; it stays the same.  The\n"
	 "guest gets it when it asks next; nothing is restarted.",
	 3, 5, "<network> <none>", trial_options, run_add, NULL},
	{"remove", "NETWORK NAME", "Forget a guest", NULL, 2, 2, "<network> <machine>",
	 trial_options, run_remove, NULL},
	{"list", "[NETWORK]", "List machines, with their addresses", NULL, 0, 1,
	 "<network>", NULL, run_list, NULL, true},
	{0},
};
