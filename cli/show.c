// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl status, show and all verbs `list`: what the library has, printed. */
#include "cli.h"

enum netd_format output_format(const struct cli *cli)
{
	if (cli->options.json)
		return NETD_FORMAT_JSON;
	return NETD_FORMAT_TEXT;
}

int print_result(struct cli *cli, int r, struct netd_table *table)
{
	int code;

	if (r < 0)
		return r;
	code = print_text(netd_table_format(table, output_format(cli)));
	netd_table_free(table);
	return code;
}

static int print_table(struct cli *cli, const char *kind, const char *name)
{
	struct netd_table *table = NULL;
	int r;

	if (cli->daemon)
		return daemon_show(cli, kind, name);
	r = netd_list(cli->netd, kind, name, &table, cli->err);
	return print_result(cli, r, table);
}

int run_list(struct cli *cli, char **argv)
{
	return print_table(cli, cli->verb->subject, argv[0]);
}

int run_status(struct cli *cli, char **argv)
{
	char *text = NULL;
	int r;

	(void)argv;
	if (cli->daemon)
		return daemon_status(cli);
	r = netd_status(cli->netd, output_format(cli), &text, cli->err);
	if (r < 0)
		return r;
	return print_text(text);
}

int run_show(struct cli *cli, char **argv)
{
	if (!argv[0])
		return print_table(cli, "networks", NULL);
	return print_table(cli, argv[0], argv[1]);
}
