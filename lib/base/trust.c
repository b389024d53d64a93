// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a path can be in the hands of somebody else. */
/*
 * Theory of operation.  Whoever owns a directory on the way, or may write it, can put
 * another thing (or a symbolic link) where a name leads to; O_NOFOLLOW would see that of
 * the last name only, and would forbid the links that root itself makes.  So every part
 * of the path is looked at: once none of them is anybody else's, nobody else can change
 * any of them between this look and the use.  A sticky directory (/tmp) may be on the
 * way, since what is root's in there stays; it must not be the end of it.
 *
 * Where a link leads to, other than its last part, is not followed up: who made it is
 * trusted, and so is his choice.
 *
 * In a user namespace the real root's files show up as those of an unknown user; whoever
 * owns "/" counts as root.
 *
 * It needs neither malloc nor stdio: the bridge helper uses it, too.
 */
#include "base/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
	char path[PATH_MAX];
	size_t length; /* of the part that is looked at */
	uid_t user, root;
	gid_t group;
	struct netd_distrust *why;
};

static int blame(const struct walk *w, int foreign, uid_t owner)
{
	if (w->why)
		*w->why = (struct netd_distrust){w->length, owner, foreign};
	return -EPERM;
}

static int is_known(const struct walk *w, uid_t owner)
{
	return owner == 0 || owner == w->user || owner == w->root;
}

/* Groups other than root's, or the user's own, are others. */
static int others_write(const struct walk *w, const struct stat *st)
{
	if (st->st_mode & S_IWOTH)
		return 1;
	return st->st_mode & S_IWGRP && st->st_gid != 0 && st->st_gid != w->group;
}

/* Looks at the part that w->path ends with now. */
static int check_part(const struct walk *w, int is_last)
{
	struct stat st;

	if (lstat(w->path, &st) < 0)
		return -errno;
	if (!is_known(w, st.st_uid))
		return blame(w, 1, st.st_uid);
	if (S_ISLNK(st.st_mode)) {
		if (stat(w->path, &st) < 0)
			return -errno;
		if (!is_known(w, st.st_uid))
			return blame(w, 1, st.st_uid);
	}
	if (others_write(w, &st) && (is_last || !(st.st_mode & S_ISVTX)))
		return blame(w, 0, st.st_uid);
	return 0;
}

/* Each part in turn: w->path is cut off behind it for that long. */
static int check_parts(struct walk *w)
{
	char *at = w->path + strspn(w->path, "/");

	while (*at) {
		char *end = at + strcspn(at, "/"), cut = *end;
		int is_last = !end[strspn(end, "/")], r;

		*end = '\0';
		w->length = (size_t)(end - w->path);
		r = check_part(w, is_last);
		*end = cut;
		if (r < 0)
			return r;
		at = end + strspn(end, "/");
	}
	return 0;
}

static void begin(struct walk *w, uid_t user, struct netd_distrust *why)
{
	struct stat st;

	w->user = user;
	w->group = 0;
	w->root = 0;
	w->why = why;
	if (user)
		w->group = getegid();
	if (stat("/", &st) == 0)
		w->root = st.st_uid;
}

int netd_trust_path(const char *path, uid_t user, struct netd_distrust *why)
{
	struct walk w;
	size_t length = strlen(path);
	int r;

	if (length >= sizeof(w.path))
		return -ENAMETOOLONG;
	begin(&w, user, why);
	memcpy(w.path, path, length + 1);
	r = check_parts(&w);
	if (r == -ENOENT)
		return 0;
	return r;
}

int netd_trust_at(int dirfd, const char *path, uid_t user, struct stat *st,
		  struct netd_distrust *why)
{
	struct walk w;

	if (fstatat(dirfd, path, st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	begin(&w, user, why);
	w.length = strlen(path);
	if (!is_known(&w, st->st_uid))
		return blame(&w, 1, st->st_uid);
	/* a link's own mode says nothing */
	if (!S_ISLNK(st->st_mode) && others_write(&w, st))
		return blame(&w, 0, st->st_uid);
	return 0;
}
