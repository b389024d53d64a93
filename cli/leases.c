// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl leases: who has which address by DHCP. */
#include <errno.h>
#include <stdlib.h>

#include "cli.h"

#define TIMEOUT_DEFAULT 60
#define TIMEOUT_MAX 86400

const struct option_row lease_options[] = {
	VALUE("wait", 'w', wait, "NAME", "wait until the machine of that name has one",
	      "<machine>"),
	VALUE("timeout", 't', timeout, "SECONDS", "for at most so long (default 60)",
	      NULL),
	OPTIONS_END,
};

/* -1: it is no number of seconds. */
static long read_timeout(const char *text)
{
	char *end;
	long seconds;

	if (!text)
		return TIMEOUT_DEFAULT;
	errno = 0;
	seconds = strtol(text, &end, 10);
	if (errno || end == text || *end || seconds < 0 || seconds > TIMEOUT_MAX)
		return -1;
	return seconds;
}

int run_leases(struct cli *cli, char **argv)
{
	const struct options *o = &cli->options;
	long seconds = read_timeout(o->timeout);
	struct netd_table *table = NULL;
	int r;

	if (seconds < 0)
		return usage("leases: --timeout is a number of seconds, 0 to %d",
			     TIMEOUT_MAX);
	if (o->timeout && !o->wait)
		return usage("leases: --timeout is for --wait");
	if (o->wait && argv[0])
		return usage("leases: --wait looks in all networks");
	if (o->wait)
		r = netd_lease_wait(cli->netd, o->wait, (unsigned)seconds, &table,
				    cli->err);
	else
		r = netd_leases(cli->netd, argv[0], &table, cli->err);
	return print_result(cli, r, table);
}

static int run_release(struct cli *cli, char **argv)
{
	struct netd_table *table = NULL;
	int r = change_begin(cli);

	if (r < 0)
		return r;
	r = netd_lease_release(cli->netd, argv[0], argv[1], &table, cli->err);
	return print_result(cli, r, table);
}

int run_guard(struct cli *cli, char **argv)
{
	(void)cli;
	if (netd_guard(argv[0], argv[1], atoi(argv[2])) < 0)
		return EXIT_FAILED;
	return EXIT_DONE;
}

const struct verb lease_verbs[] = {
	{"release", "NETWORK ADDRESS|MAC|NAME", "End a lease, and list what was ended",
	 "The address is free for others at once.  Who had it is told when it next "
	 "asks,\n"
	 "so this is for guests that are gone.",
	 2, 2, "<network> <machine>", NULL, run_release},
	{"list", "[NETWORK]", "Show who has which address by DHCP", NULL, 0, 1,
	 "<network>", NULL, run_leases},
	{0},
};
