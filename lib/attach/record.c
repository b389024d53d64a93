// SPDX-License-Identifier: GPL-2.0-or-later
/* Which bridge a running network has, as the programs that QEMU runs look it up. */
/*
 * Theory of operation.  STATE/networks/NAME is a symbolic link whose target text is the
 * bridge's name: it is read by one system call, nothing has to be parsed, and rename(2)
 * replaces it atomically.  It lives in /run, so nothing is synced: after a reboot no
 * network runs.
 *
 * What replaces a record is first made under NAME:new, which no network can be called.
 */
#include "attach/record.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 512
#define NEW ":new"

static int name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

int netd_record_name_ok(const char *name)
{
	size_t n = 0;

	while (name_char(name[n])) {
		if (++n >= NETD_RECORD_NAME)
			return 0;
	}
	return n && !name[n] && strcmp(name, ".") && strcmp(name, "..");
}

/* STATE/networks/NAME, and what @suffix adds; @name may be "". */
static int make_path(char out[PATH_SIZE], const char *state_dir, const char *name,
		     const char *suffix)
{
	const char *parts[] = {state_dir, "/networks/", name, suffix};
	size_t at = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t n = strlen(parts[i]);

		if (at + n >= PATH_SIZE)
			return -ENAMETOOLONG;
		memcpy(out + at, parts[i], n);
		at += n;
	}
	out[at] = 0;
	return 0;
}

int netd_record_read(const char *state_dir, const char *network,
		     char bridge[NETD_RECORD_NAME])
{
	char path[PATH_SIZE];
	ssize_t n;
	int r;

	if (!netd_record_name_ok(network))
		return -EINVAL;
	r = make_path(path, state_dir, network, "");
	if (r < 0)
		return r;
	n = readlink(path, bridge, NETD_RECORD_NAME);
	if (n < 0)
		return -errno;
	if (n >= NETD_RECORD_NAME)
		return -EINVAL;
	bridge[n] = 0;
	return netd_record_name_ok(bridge) ? 0 : -EINVAL;
}

static int make_directory(const char *path)
{
	if (mkdir(path, 0755) < 0)
		return errno == EEXIST ? 0 : -errno;
	return chmod(path, 0755) < 0 ? -errno : 0; /* whatever the umask is */
}

/* The state directory's parent is /run, or the caller's; only the two below are made. */
static int make_directories(const char *state_dir)
{
	char path[PATH_SIZE];
	int r = make_directory(state_dir);

	if (r == 0)
		r = make_path(path, state_dir, "", "");
	return r < 0 ? r : make_directory(path);
}

static int link_to(const char *bridge, const char *path)
{
	return symlink(bridge, path) < 0 ? -errno : 0;
}

static int replace(const char *bridge, const char *path, const char *fresh)
{
	int r;

	if (unlink(fresh) < 0 && errno != ENOENT)
		return -errno;
	r = link_to(bridge, fresh);
	if (r == 0 && rename(fresh, path) < 0) {
		r = -errno;
		unlink(fresh);
	}
	return r;
}

int netd_record_write(const char *state_dir, const char *network, const char *bridge)
{
	char path[PATH_SIZE], fresh[PATH_SIZE];
	int r;

	if (!netd_record_name_ok(network) || !netd_record_name_ok(bridge))
		return -EINVAL;
	r = make_path(path, state_dir, network, "");
	if (r == 0)
		r = make_path(fresh, state_dir, network, NEW);
	if (r < 0)
		return r;
	r = link_to(bridge, path);
	if (r == -ENOENT) {
		r = make_directories(state_dir);
		if (r == 0)
			r = link_to(bridge, path);
	}
	return r == -EEXIST ? replace(bridge, path, fresh) : r;
}

int netd_record_remove(const char *state_dir, const char *network)
{
	char path[PATH_SIZE];
	int r;

	if (!netd_record_name_ok(network))
		return -EINVAL;
	r = make_path(path, state_dir, network, "");
	if (r < 0)
		return r;
	return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

void netd_record_list(const char *state_dir, char *out, size_t size)
{
	char path[PATH_SIZE];
	const struct dirent *entry;
	size_t at = 0;
	DIR *dir;

	out[0] = 0;
	if (make_path(path, state_dir, "", "") < 0)
		return;
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);

		if (!netd_record_name_ok(entry->d_name))
			continue;
		if (at + n + 3 > size)
			break;
		if (at) {
			memcpy(out + at, ", ", 2);
			at += 2;
		}
		memcpy(out + at, entry->d_name, n + 1);
		at += n;
	}
	closedir(dir);
}
