// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines for the journal, or for standard error where there is none. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>

#include "netd.h"

/* systemd sets that where standard error is the journal. */
static void write_line(int priority, const char *topology, const char *text)
{
	if (!getenv("JOURNAL_STREAM"))
		fprintf(stderr, "netd: %s\n", text);
	else if (topology)
		sd_journal_send("MESSAGE=%s", text, "PRIORITY=%i", priority,
				"NETD_TOPOLOGY=%s", topology, NULL);
	else
		sd_journal_send("MESSAGE=%s", text, "PRIORITY=%i", priority, NULL);
}

void log_line(int priority, const char *topology, const char *fmt, ...)
{
	char *text = NULL, *safe = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		safe = netd_text_printable(text);
	if (safe)
		safe[strcspn(safe, "\n")] = '\0';
	if (safe)
		write_line(priority, topology, safe);
	free(safe);
	free(text);
}
