// SPDX-License-Identifier: GPL-2.0-or-later
/* The user that dnsmasq runs as, and which directories that user can enter. */
#include "dhcp/user.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/str.h"

static const char *const users[] = {"dnsmasq", "nobody"};

/* Opens /etc/passwd or /etc/group; *@f stays NULL if there is no such file. */
static int open_file(const char *path, FILE **f)
{
	*f = fopen(path, "re");
	if (!*f && errno != ENOENT)
		return -errno;
	return 0;
}

/* Closes @f, which may be NULL; -EIO if not all of it could be read. */
static int close_file(FILE *f)
{
	bool failed = f && ferror(f);

	if (f)
		fclose(f);
	if (failed)
		return -EIO;
	return 0;
}

/*
 * The C library treats a file that it cannot read like one without that name, and asks
 * the next source of nsswitch.conf(5).  So the files are read here, and only a user who
 * is not in them is looked up there.  0, and NULL for an unknown user; the result is the
 * library's.
 */
static int find_passwd(const char *name, struct passwd **out)
{
	FILE *f;
	int r = open_file("/etc/passwd", &f);

	if (r < 0)
		return r;
	*out = NULL;
	while (f && (*out = fgetpwent(f)) && strcmp((*out)->pw_name, name) != 0)
		;
	r = close_file(f);
	if (r < 0)
		return r;
	if (!*out)
		*out = getpwnam(name);
	return 0;
}

static int find_group(gid_t gid, struct group **out)
{
	FILE *f;
	int r = open_file("/etc/group", &f);

	if (r < 0)
		return r;
	*out = NULL;
	while (f && (*out = fgetgrent(f)) && (*out)->gr_gid != gid)
		;
	r = close_file(f);
	if (r < 0)
		return r;
	if (!*out)
		*out = getgrgid(gid);
	return 0;
}

/* 1 if @map, a file of user_namespaces(7), has the number, 0 if not. */
static int has_number(const char *map, unsigned long id)
{
	unsigned long first, count;
	FILE *f = fopen(map, "re");
	int found = 0;

	if (!f && errno == ENOENT) /* a kernel without user namespaces maps all */
		return 1;
	if (!f)
		return -errno;
	while (fscanf(f, "%lu %*s %lu", &first, &count) == 2)
		found = found || (id >= first && id - first < count);
	if (ferror(f))
		found = -EIO;
	fclose(f);
	return found;
}

/* Outside of a user namespace every number is mapped; inside it may be only root's. */
static int is_mapped(const struct passwd *pw)
{
	int r = has_number("/proc/self/uid_map", pw->pw_uid);

	if (r > 0)
		return has_number("/proc/self/gid_map", pw->pw_gid);
	return r;
}

/* 1 if there is such a user, in @out; 0 if not. */
static int find_user(const char *name, struct netd_dnsmasq_user *out)
{
	struct passwd *pw = NULL;
	struct group *group = NULL;
	int r = find_passwd(name, &pw);

	if (r < 0 || !pw)
		return r;
	r = is_mapped(pw);
	if (r <= 0)
		return r;
	netd_copy(out->name, name);
	out->uid = pw->pw_uid;
	out->gid = pw->pw_gid;
	r = find_group(out->gid, &group);
	if (r)
		return r;
	if (group && !netd_copy(out->group, group->gr_name))
		r = -ENAMETOOLONG;
	if (r < 0)
		return r;
	return 1;
}

int netd_dnsmasq_user(struct netd_dnsmasq_user *out, struct netd_error *err)
{
	*out = (struct netd_dnsmasq_user){.name = "root"};
	for (size_t i = 0; i < NETD_ARRAY_SIZE(users); i++) {
		int r = find_user(users[i], out);

		if (r < 0)
			return netd_error_add(
				err, r,
				"cannot look up user %s, whom dnsmasq would run as: %s",
				users[i], strerror(-r));
		if (r > 0)
			return 0;
	}
	return 0;
}

/* By the mode alone: access control lists are not read. */
static bool may_pass(const struct netd_dnsmasq_user *user, const struct stat *st)
{
	if (st->st_uid == user->uid)
		return st->st_mode & S_IXUSR;
	if (st->st_gid == user->gid)
		return st->st_mode & S_IXGRP;
	return st->st_mode & S_IXOTH;
}

int netd_dnsmasq_user_reaches(const struct netd_dnsmasq_user *user, const char *name,
			      const char *directory, struct netd_error *err)
{
	char path[PATH_MAX];
	struct stat st;

	if (user->uid == 0 || !netd_copy(path, directory))
		return 0;
	for (char *end = path + strlen(path); end; end = strrchr(path, '/')) {
		const char *at = end > path ? path : "/";

		*end = '\0';
		if (stat(at, &st) < 0 || may_pass(user, &st))
			continue;
		netd_error_add(err, -EACCES,
			       "dhcp %s: dnsmasq runs as user %s, to whom %s is closed",
			       name, user->name, at);
		netd_error_hint(err,
				"its files are in %s: choose another state "
				"directory, or `chmod o+x %s`",
				directory, at);
		return -EACCES;
	}
	return 0;
}
