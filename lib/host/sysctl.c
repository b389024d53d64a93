// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers below /proc/sys/net of the calling thread's network namespace. */
#include "host/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

/* An interface may be called "a..b"; only a whole ".." leads elsewhere. */
static bool leads_out(const char *path)
{
	for (const char *at = path; at; at = strchr(at, '/')) {
		at += *at == '/';
		if (strncmp(at, "..", 2) == 0 && (!at[2] || at[2] == '/'))
			return true;
	}
	return false;
}

static int open_setting(const char *path, int flags)
{
	char full[PATH_MAX];
	int fd;

	if (leads_out(path) ||
	    snprintf(full, sizeof(full), "/proc/sys/net/%s", path) >= (int)sizeof(full))
		return -EINVAL;
	fd = open(full, flags | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return fd;
}

int netd_sysctl_read(const char *path, int *value)
{
	netd_auto_close int fd = open_setting(path, O_RDONLY);
	char text[32], *end;
	ssize_t n;
	long number;

	if (fd < 0)
		return fd;
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	number = strtol(text, &end, 10);
	if (end == text || (*end && *end != '\n'))
		return -EINVAL;
	*value = (int)number;
	return 0;
}

int netd_sysctl_write(const char *path, int value)
{
	netd_auto_close int fd = open_setting(path, O_WRONLY);
	char text[16];
	int length = snprintf(text, sizeof(text), "%d\n", value);

	if (fd < 0)
		return fd;
	if (write(fd, text, (size_t)length) < 0)
		return -errno;
	return 0;
}
