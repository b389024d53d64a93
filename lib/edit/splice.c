// SPDX-License-Identifier: GPL-2.0-or-later
/* One line in or out of a topology file as netd_config_write() makes it, without parsing
 * it. */
#include "edit/splice.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "config/config.h"

#define LIST "    forwards:\n"
#define ITEM "      - {listen: "

static bool begins(const char *line, const char *with, size_t length)
{
	return strncmp(line, with, length) == 0;
}
#define BEGINS(line, with) begins(line, with, sizeof(with) - 1)

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	if (end)
		return end + 1;
	return line + strlen(line);
}

/* The end of the items that begin at @line. */
static const char *skip_items(const char *line)
{
	while (BEGINS(line, ITEM))
		line = next_line(line);
	return line;
}

void netd_config_strip_forwards(const char *text, struct netd_str *out)
{
	const char *kept = text, *list;

	while ((list = strstr(kept, "\n" LIST))) {
		netd_str_add_bytes(out, kept, (size_t)(list + 1 - kept));
		kept = skip_items(list + sizeof(LIST));
	}
	netd_str_add(out, kept);
}

/* A router may bear a network's name, and has forwards of its own; it comes later. */
static bool is_network(const char *text, const char *line)
{
	static const char *const others[] = {"\nrouters:\n", "\nhosts:\n", "\nlinks:\n"};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(others); i++)
		if (memmem(text, (size_t)(line - text), others[i], strlen(others[i])))
			return false;
	return true;
}

/* Where the items of @network's list end; NULL if there is no such list. */
static const char *find_end(const char *text, const char *network)
{
	char head[NETD_IFNAME + 8];
	const char *line;

	snprintf(head, sizeof(head), "\n  %s:\n", network);
	line = strstr(text, head);
	if (!line || !is_network(text, line + 1))
		return NULL;
	for (line += strlen(head); BEGINS(line, "    "); line = next_line(line))
		if (BEGINS(line, LIST ITEM))
			return skip_items(next_line(line));
	return NULL;
}

int netd_config_forward_offset(const char *text, const char *network, size_t *offset)
{
	const char *end = find_end(text, network);

	if (!end)
		return -EAGAIN;
	*offset = (size_t)(end - text);
	return 0;
}

int netd_config_forward_line(const struct netd_forward *f, struct netd_str *out)
{
	netd_str_add(out, "      - ");
	netd_config_write_forward(f, out);
	netd_str_add_char(out, '\n');
	return netd_str_error(out);
}
