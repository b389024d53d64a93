// SPDX-License-Identifier: GPL-2.0-or-later
/* dnsmasqs of ours whose files are gone. */
#include "dhcp/orphan.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "dhcp/process.h"
#include "model/state.h"

/*
 * Theory of operation.  A dnsmasq has read its configuration and keeps its leases open:
 * it goes on when its directory is removed, and is known by the path on its command line.
 */

#define LINE_MAX_SIZE (128UL << 10)
#define END "/" NETD_DNSMASQ_CONFIG

/* "--conf-file=PARENT/NAME/config" → NAME. */
static bool parse_argument(const char *argument, const char *start, char *name,
			   size_t size)
{
	size_t head = strlen(start), length = strlen(argument);

	if (strncmp(argument, start, head) != 0 || length < head + sizeof(END) ||
	    strcmp(argument + length - (sizeof(END) - 1), END) != 0)
		return false;
	length -= head + sizeof(END) - 1;
	if (length >= size || memchr(argument + head, '/', length))
		return false;
	memcpy(name, argument + head, length);
	name[length] = '\0';
	return true;
}

static bool find_name(const char *pid, const char *start, char *name, size_t size)
{
	netd_auto_free char *line = NULL;
	char path[NAME_MAX + 16];
	size_t length;

	snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
	if (netd_file_read(AT_FDCWD, path, LINE_MAX_SIZE, &line, &length, NULL) < 0)
		return false;
	for (size_t at = 0; at < length; at += strlen(line + at) + 1)
		if (parse_argument(line + at, start, name, size))
			return true;
	return false;
}

int netd_dnsmasq_each(const char *parent,
		      int (*visit)(pid_t pid, const char *name, void *data), void *data)
{
	char start[PATH_MAX + 32], name[NETD_SERVICE_NAME];
	const struct dirent *entry;
	DIR *proc = opendir("/proc");
	int r = 0;

	if (!proc)
		return 0;
	snprintf(start, sizeof(start), "--conf-file=%s/", parent);
	while (r == 0 && (entry = readdir(proc)))
		if (isdigit((unsigned char)*entry->d_name) &&
		    find_name(entry->d_name, start, name, sizeof(name)))
			r = visit((pid_t)strtol(entry->d_name, NULL, 10), name, data);
	closedir(proc);
	return r;
}
