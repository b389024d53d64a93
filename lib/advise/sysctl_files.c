// SPDX-License-Identifier: GPL-2.0-or-later
/* What sysctl.conf(5) and the files of sysctl.d(5) set. */
#include "advise/sysctl_files.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"

#define FILE_MAX (256 * 1024)
#define KEY_MAX 256

static const char *const patterns[] = {
	"/etc/sysctl.d/*.conf",
	"/run/sysctl.d/*.conf",
	"/usr/local/lib/sysctl.d/*.conf",
	"/usr/lib/sysctl.d/*.conf",
	"/etc/sysctl.conf",
};

/*
 * Makes it a path below /proc/sys.  If the first separator is a dot, dots and slashes
 * are swapped, so that "net.ipv4.conf.eth0/5.rp_filter" is of eth0.5: sysctl.d(5).
 */
static void key_to_path(char *key)
{
	if (key[strcspn(key, "./")] != '.')
		return;
	for (; *key; key++)
		if (*key == '.')
			*key = '/';
		else if (*key == '/')
			*key = '.';
}

/* Replaces the interface of "ipv4/conf/IFACE/NAME"; false if there is none. */
static bool replace_link(const char *path, const char *by, char *out, size_t size)
{
	const char *conf = strstr(path, "/conf/"), *name = strrchr(path, '/');

	if (!conf || name <= conf + 6)
		return false;
	snprintf(out, size, "%.*s/conf/%s%s", (int)(conf - path), path, by, name);
	return true;
}

static bool is_about(const char *key, const char *path)
{
	static const char *const wide[] = {"all", "default"};
	char other[KEY_MAX];

	if (strncmp(key, "net/", 4) != 0)
		return false;
	key += 4;
	if (fnmatch(key, path, FNM_PATHNAME) == 0)
		return true;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(wide); i++)
		if (replace_link(path, wide[i], other, sizeof(other)) &&
		    strcmp(key, other) == 0)
			return true;
	/* an older name of conf/all/forwarding: net/ipv4/devinet.c */
	return strcmp(key, "ipv4/ip_forward") == 0 &&
	       replace_link(path, "all", other, sizeof(other)) &&
	       strcmp(other, "ipv4/conf/all/forwarding") == 0;
}

/* True if the line sets @path to @value.  A leading dash only ignores errors. */
static bool sets(char *line, const char *path, int value)
{
	char *equals = strchr(line, '='), *key, *end;
	long number;

	line += strspn(line, " \t");
	if (!equals || *line == '#' || *line == ';')
		return false;
	*equals++ = '\0';
	key = line + (*line == '-');
	key += strspn(key, " \t");
	key[strcspn(key, " \t")] = '\0';
	key_to_path(key);
	number = strtol(equals, &end, 10);
	return end != equals && !end[strspn(end, " \t\r")] && number == value &&
	       is_about(key, path);
}

unsigned netd_sysctl_text_find(const char *text, const char *path, int value)
{
	netd_auto_free char *copy = strdup(text);
	char *rest = copy, *line;
	unsigned number = 0, found = 0;

	while (rest && (line = strsep(&rest, "\n"))) {
		number++;
		if (sets(line, path, value))
			found = number; /* the last one counts */
	}
	return found;
}

static unsigned search(const char *file, const char *path, int value)
{
	netd_auto_free char *text = NULL;

	if (netd_file_read(AT_FDCWD, file, FILE_MAX, &text, NULL, NULL) < 0)
		return 0;
	return netd_sysctl_text_find(text, path, value);
}

bool netd_sysctl_files_find(const char *path, int value, char *file, size_t size)
{
	bool found = false;

	for (size_t i = 0; !found && i < NETD_ARRAY_SIZE(patterns); i++) {
		glob_t files = {0};

		if (glob(patterns[i], 0, NULL, &files) != 0)
			continue;
		for (size_t k = 0; !found && k < files.gl_pathc; k++) {
			unsigned line = search(files.gl_pathv[k], path, value);

			found = line > 0;
			if (found)
				snprintf(file, size, "%s:%u", files.gl_pathv[k], line);
		}
		globfree(&files);
	}
	return found;
}
