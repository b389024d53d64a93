// SPDX-License-Identifier: GPL-2.0-or-later
/* The records of running networks for the programs that QEMU runs. */
/*
 * Theory of operation.  STATE/networks/NAME is a symbolic link whose target text is the
 * bridge's name, and a blank and further words if there are any: it is read by one system
 * call, and rename(2) replaces it atomically.  It lives in /run, so nothing is synced:
 * after a reboot no network runs.
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
#define TEXT_SIZE (NETD_RECORD_NAME + NETD_RECORD_WORDS) /* with a blank and the NUL */

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

/* @text: "BRIDGE", or "BRIDGE WORD WORD…". */
static int parse(const char *text, struct netd_record *out)
{
	char bridge[NETD_RECORD_NAME] = "";
	size_t n = strcspn(text, " "), rest;

	if (n >= NETD_RECORD_NAME)
		return -EINVAL;
	memcpy(bridge, text, n);
	text += n + (text[n] == ' ');
	rest = strlen(text);
	if (rest >= NETD_RECORD_WORDS || !netd_record_name_ok(bridge))
		return -EINVAL;
	memcpy(out->bridge, bridge, sizeof(bridge));
	memcpy(out->words, text, rest + 1);
	return 0;
}

int netd_record_read(const char *state_dir, const char *network, struct netd_record *out)
{
	char path[PATH_SIZE], text[TEXT_SIZE];
	ssize_t n;
	int r;

	if (!netd_record_name_ok(network))
		return -EINVAL;
	r = make_path(path, state_dir, network, "");
	if (r < 0)
		return r;
	n = readlink(path, text, sizeof(text));
	if (n < 0)
		return -errno;
	if (n >= TEXT_SIZE)
		return -EINVAL;
	text[n] = 0;
	return parse(text, out);
}

static int make_directory(const char *path)
{
	if (mkdir(path, 0755) < 0) {
		if (errno == EEXIST)
			return 0;
		return -errno;
	}
	if (chmod(path, 0755) < 0) /* whatever the umask is */
		return -errno;
	return 0;
}

/* The state directory's parent is /run, or the caller's; only the two below are made. */
static int make_directories(const char *state_dir)
{
	char path[PATH_SIZE];
	int r = make_directory(state_dir);

	if (r < 0)
		return r;
	r = make_path(path, state_dir, "", "");
	if (r < 0)
		return r;
	return make_directory(path);
}

static int link_to(const char *text, const char *path)
{
	if (symlink(text, path) < 0)
		return -errno;
	return 0;
}

static int replace(const char *text, const char *path, const char *fresh)
{
	int r;

	if (unlink(fresh) < 0 && errno != ENOENT)
		return -errno;
	r = link_to(text, fresh);
	if (r < 0)
		return r;
	if (rename(fresh, path) == 0)
		return 0;
	r = -errno;
	unlink(fresh);
	return r;
}

static void put(char *text, const struct netd_record *record)
{
	size_t n = strlen(record->bridge);

	memcpy(text, record->bridge, n + 1);
	if (!record->words[0])
		return;
	text[n++] = ' ';
	memcpy(text + n, record->words, strlen(record->words) + 1);
}

int netd_record_write(const char *state_dir, const char *network,
		      const struct netd_record *record)
{
	char path[PATH_SIZE], fresh[PATH_SIZE], text[TEXT_SIZE];
	int r;

	if (!netd_record_name_ok(network) || !netd_record_name_ok(record->bridge))
		return -EINVAL;
	r = make_path(path, state_dir, network, "");
	if (r < 0)
		return r;
	r = make_path(fresh, state_dir, network, NEW);
	if (r < 0)
		return r;
	put(text, record);
	r = link_to(text, path);
	if (r == -EEXIST)
		return replace(text, path, fresh);
	if (r != -ENOENT)
		return r;
	r = make_directories(state_dir);
	if (r < 0)
		return r;
	return link_to(text, path);
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
	if (unlink(path) < 0 && errno != ENOENT)
		return -errno;
	return 0;
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
