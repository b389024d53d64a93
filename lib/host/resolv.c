// SPDX-License-Identifier: GPL-2.0-or-later
/* /etc/netns/NAME/resolv.conf, which `ip netns exec` shows as /etc/resolv.conf. */
#include "host/resolv.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"

#define DIRECTORY "/etc/netns"
#define MARK "# netd "
#define BESIDE ".netd" /* suffix of the file that replaces it */
#define SIZE_MAX_OF_OURS 65536

static void path_of(const char *space, const char *file, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, DIRECTORY "/%s%s", space, file);
}

static int failed(struct netd_error *err, const char *what, const char *path)
{
	int code = -errno;

	return netd_error_add(err, code, "cannot %s %s: %s", what, path, strerror(-code));
}

/* "# netd lab/h1" → "lab/h1"; false if the file is not ours. */
static bool read_mark(const char *text, char owner[NETD_OWNER])
{
	char line[NETD_OWNER + sizeof(MARK)];

	if (strncmp(text, MARK, sizeof(MARK) - 1) != 0)
		return false;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
	return netd_str_copy(owner, NETD_OWNER, line + sizeof(MARK) - 1) &&
	       strchr(owner, '/');
}

int netd_resolv_read(struct netd_state *space, char owner[NETD_OWNER],
		     struct netd_error *err)
{
	netd_auto_free char *text = NULL;
	char path[PATH_MAX];
	struct stat st;

	owner[0] = '\0';
	path_of(space->space, "/resolv.conf", path);
	if (lstat(path, &st) < 0) {
		if (errno != ENOENT)
			return failed(err, "read", path);
		return 0;
	}
	if (!S_ISREG(st.st_mode) ||
	    netd_file_read(AT_FDCWD, path, SIZE_MAX_OF_OURS, &text, NULL, NULL) < 0 ||
	    !read_mark(text, owner)) {
		space->resolv_foreign = true;
		return 0;
	}
	space->resolv = netd_take(text);
	return 0;
}

static bool is_foreign(const char *space)
{
	netd_auto(netd_state_done) struct netd_state s = {0};
	char owner[NETD_OWNER];

	netd_copy(s.space, space);
	return netd_resolv_read(&s, owner, NULL) < 0 || s.resolv_foreign;
}

static int make_directory(const char *path, struct netd_error *err)
{
	if (mkdir(path, 0755) < 0) {
		if (errno == EEXIST)
			return 0;
		return failed(err, "make", path);
	}
	/* whatever the umask is */
	if (chmod(path, 0755) < 0)
		return failed(err, "make", path);
	return 0;
}

/*
 * Not netd_file_write(): the directory is shared with others, so the file beside it has a
 * name of ours.  Synced, since a file that lost its content in a power failure has no
 * mark, and would count as somebody else's.
 */
static int put(const char *path, const char *text, struct netd_error *err)
{
	netd_auto_close int fd = -1;
	char beside[PATH_MAX];
	int r;

	if (snprintf(beside, sizeof(beside), "%s" BESIDE, path) >= (int)sizeof(beside))
		return netd_error_add(err, -ENAMETOOLONG, "%s: the path is too long",
				      path);
	unlink(beside);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return failed(err, "write", path);
	r = netd_write_all(fd, text, strlen(text));
	if (r < 0)
		errno = -r;
	else if (fchmod(fd, 0644) == 0 && fsync(fd) == 0 && rename(beside, path) == 0)
		return 0;
	r = failed(err, "write", path);
	unlink(beside);
	return r;
}

int netd_resolv_write(const char *space, const char *text, struct netd_error *err)
{
	char path[PATH_MAX], directory[PATH_MAX];
	int r;

	path_of(space, "", directory);
	path_of(space, "/resolv.conf", path);
	if (is_foreign(space))
		return netd_error_add(err, -EEXIST, "netd did not write %s", path);
	r = make_directory(DIRECTORY, err);
	if (r)
		return r;
	r = make_directory(directory, err);
	if (r)
		return r;
	return put(path, text, err);
}

void netd_resolv_tidy(const char *space)
{
	char path[PATH_MAX];

	path_of(space, "/resolv.conf" BESIDE, path);
	unlink(path);
}

int netd_resolv_remove(const char *space, struct netd_error *err)
{
	char path[PATH_MAX];

	if (is_foreign(space))
		return 0;
	path_of(space, "/resolv.conf", path);
	if (unlink(path) < 0 && errno != ENOENT)
		return failed(err, "remove", path);
	netd_resolv_tidy(space);
	/* others may have files there, too */
	path_of(space, "", path);
	rmdir(path);
	return 0;
}
