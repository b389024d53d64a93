// SPDX-License-Identifier: GPL-2.0-or-later
/* Built without libsystemd: there is no daemon, and verbs run in process. */
#include "cli.h"

int daemon_open(struct cli *cli, const char *state_dir)
{
	(void)cli;
	(void)state_dir;
	return EXIT_DONE;
}

void daemon_close(struct cli *cli)
{
	(void)cli;
}

/* Nobody calls these: they are for a daemon that was opened. */
int daemon_status(struct cli *cli)
{
	(void)cli;
	return EXIT_FAILED;
}

int daemon_show(struct cli *cli, const char *kind, const char *name)
{
	(void)cli;
	(void)kind;
	(void)name;
	return EXIT_FAILED;
}

int daemon_plan(struct cli *cli, const char *name, const struct netd_topology *t)
{
	(void)cli;
	(void)name;
	(void)t;
	return EXIT_FAILED;
}

int daemon_apply(struct cli *cli, const struct netd_topology *t, const char *what,
		 const char *done)
{
	(void)cli;
	(void)t;
	(void)what;
	(void)done;
	return EXIT_FAILED;
}

int daemon_change(struct cli *cli, const char *member, const char *name, const char *done)
{
	(void)cli;
	(void)member;
	(void)name;
	(void)done;
	return EXIT_FAILED;
}
