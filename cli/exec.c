// SPDX-License-Identifier: GPL-2.0-or-later
/* netdctl router exec and host exec: a command in the place of a node. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/*
 * Theory of operation.  The command takes the place of this process, so signals, job
 * control and the exit status need no passing on.  It gets the descriptors 0 to 2, the
 * variables below, and NETD_NODE; what else the caller's environment holds (proxies,
 * agents, preloads) belongs to another place.
 */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* As shells have it (POSIX.1-2017, 2.8.2): found but not run; not found. */
enum { EXIT_NOT_RUN = 126, EXIT_NOT_FOUND = 127 };

static char default_shell[] = "/bin/sh";

static const char *const kept[] = {"PATH",     "HOME",	"TERM", "LANG",
				   "LANGUAGE", "SHELL", "USER", "LOGNAME"};

#define ENVIRONMENT_MAX 64

static bool is_kept(const char *variable)
{
	size_t length = strcspn(variable, "=");

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (strlen(kept[i]) == length && memcmp(kept[i], variable, length) == 0)
			return true;
	return strncmp(variable, "LC_", 3) == 0;
}

/* "NAME=VALUE", or NULL out of memory. */
static char *variable(const char *name, const char *value)
{
	char *text;

	if (asprintf(&text, "%s=%s", name, value) < 0)
		return NULL;
	return text;
}

/*
 * The command's variables.  An interactive shell also gets debian_chroot, which the
 * prompts of Debian's and Ubuntu's bashrc show.  What is allocated lives until exec.
 */
static int clean_environment(const char *node, bool interactive)
{
	static char *clean[ENVIRONMENT_MAX + 4];
	size_t count = 0;

	for (char **v = environ; *v && count < ENVIRONMENT_MAX; v++)
		if (is_kept(*v))
			clean[count++] = *v;
	if (!getenv("PATH") && !(clean[count++] = variable("PATH", DEFAULT_PATH)))
		return -ENOMEM;
	if (!(clean[count++] = variable("NETD_NODE", node)))
		return -ENOMEM;
	if (interactive && !(clean[count++] = variable("debian_chroot", node)))
		return -ENOMEM;
	environ = clean;
	return 0;
}

static int run(char **command)
{
	int code;

	closefrom(STDERR_FILENO + 1);
	execvp(command[0], command);
	code = errno;
	complain("netdctl: cannot run %s: %s", command[0], strerror(code));
	if (code == ENOENT)
		return EXIT_NOT_FOUND;
	return EXIT_NOT_RUN;
}

int run_exec(struct cli *cli, char **argv)
{
	char *shell[] = {getenv("SHELL"), NULL};
	char **command = argv + 1;
	bool interactive = !*command;
	int r = netd_node_enter(cli->netd, cli->verb->subject, argv[0], cli->err);

	if (r < 0)
		return r;
	if (clean_environment(argv[0], interactive) < 0)
		return out_of_memory();
	if (!shell[0] || !*shell[0])
		shell[0] = default_shell;
	if (interactive)
		command = shell;
	fflush(NULL);
	return run(command);
}
