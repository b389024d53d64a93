// SPDX-License-Identifier: GPL-2.0-or-later
/* What netdctl says on standard error: names from elsewhere do nothing to a terminal. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"

__attribute__((format(printf, 2, 0))) static void say(const char *before, const char *fmt,
						      va_list args)
{
	char *text = NULL, *safe = NULL;

	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	if (text)
		safe = netd_text_printable(text);
	fprintf(stderr, "%s%s\n", before, safe ? safe : "out of memory");
	free(safe);
	free(text);
}

int usage(const struct cli *cli, const char *fmt, ...)
{
	va_list args;

	(void)cli;
	va_start(args, fmt);
	say("netdctl: ", fmt, args);
	va_end(args);
	return EXIT_USAGE;
}

void complain(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("", fmt, args);
	va_end(args);
}

void note(const struct cli *cli, const char *fmt, ...)
{
	va_list args;

	if (cli->options.quiet)
		return;
	va_start(args, fmt);
	say("", fmt, args);
	va_end(args);
}
