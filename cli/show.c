// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl status and show. */
#include <stdlib.h>

#include "cli.h"

enum netd_format output_format(const struct cli *cli)
{
	return cli->options.json ? NETD_FORMAT_JSON : NETD_FORMAT_TEXT;
}

int print_table(struct cli *cli, const char *kind, const char *name)
{
	char *text = NULL;
	int r = netd_show(cli->netd, kind, name, output_format(cli), &text, cli->err);

	return r < 0 ? report(cli, r, NETD_UNTOUCHED) : print_text(text);
}

int run_status(struct cli *cli, int argc, char **argv)
{
	char *text = NULL;
	int r = netd_status(cli->netd, output_format(cli), &text, cli->err);

	(void)argc;
	(void)argv;
	return r < 0 ? report(cli, r, NETD_UNTOUCHED) : print_text(text);
}

int run_show(struct cli *cli, int argc, char **argv)
{
	return print_table(cli, argc > 0 ? argv[0] : "networks",
			   argc > 1 ? argv[1] : NULL);
}
