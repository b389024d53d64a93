// SPDX-License-Identifier: GPL-2.0-or-later
/* What netdctl says on standard error: names from elsewhere do nothing to a terminal. */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"

__attribute__((format(printf, 2, 0))) static void say(const char *before, const char *fmt,
						      va_list args)
{
	auto_text char *text = NULL, *safe = NULL;
	const char *words = "out of memory";

	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	if (text)
		safe = netd_text_printable(text);
	if (safe)
		words = safe;
	fprintf(stderr, "%s%s\n", before, words);
}

int usage(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say("netdctl: ", fmt, args);
	va_end(args);
	return EXIT_USAGE;
}

int out_of_memory(void)
{
	fputs("netdctl: out of memory\n", stderr);
	return EXIT_FAILED;
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

void guess(const char *word, const char *known, const char **best)
{
	size_t distance = netd_text_distance(word, known);

	if (distance < SIZE_MAX && (!*best || distance < netd_text_distance(word, *best)))
		*best = known;
}
