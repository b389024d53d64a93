// SPDX-License-Identifier: GPL-2.0-or-later
/* Files read whole with a bound, written whole or not at all. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "base/trust.h"

/* *@size is what the file has now. */
static int check_regular(int fd, const char *path, size_t max, size_t *size,
			 struct netd_error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return netd_error_errno(err, "read", path);
	if (!S_ISREG(st.st_mode))
		return netd_error_add(err, -EINVAL, "%s is not a regular file", path);
	if ((unsigned long long)st.st_size > max)
		return netd_error_add(err, -EFBIG,
				      "%s is too large: %lld bytes, at most %zu", path,
				      (long long)st.st_size, max);
	*size = (size_t)st.st_size;
	return 0;
}

int netd_file_read(int dirfd, const char *path, size_t max, char **out, size_t *length,
		   struct netd_error *err)
{
	netd_auto_close int fd =
		openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	netd_auto_free char *data = NULL;
	size_t have = 0, room = 0;
	int r;

	if (fd < 0)
		return netd_error_errno(err, "open", path);
	r = check_regular(fd, path, max, &room, err);
	if (r < 0)
		return r;
	/* A file may grow while it is read, or say 0 (procfs): the size is no promise. */
	for (room += 2;;) {
		ssize_t n;

		if (!data || have + 1 >= room) {
			char *more;

			if (data)
				room *= 2;
			more = realloc(data, room);
			if (!more)
				return netd_error_no_memory(err);
			data = more;
		}
		n = read(fd, data + have, room - have - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return netd_error_errno(err, "read", path);
		if (n == 0)
			break;
		have += (size_t)n;
		if (have > max)
			return netd_error_add(err, -EFBIG, "%s is too large: at most %zu",
					      path, max);
	}
	data[have] = '\0';
	if (length)
		*length = have;
	*out = netd_take(data);
	return 0;
}

ssize_t netd_file_head(int dirfd, const char *path, char *out, size_t size)
{
	netd_auto_close int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -1;

	out[0] = '\0';
	if (fd >= 0)
		n = read(fd, out, size - 1);
	if (n < 0)
		return -errno;
	out[n] = '\0';
	return n;
}

DIR *netd_dir_open(int dirfd, const char *path, int flags)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
	DIR *dir;

	if (fd < 0)
		return NULL;
	dir = fdopendir(fd);
	if (!dir) {
		int code = errno;

		close(fd);
		errno = code;
	}
	return dir;
}

int netd_write_all(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		length -= (size_t)n;
	}
	return 0;
}

int netd_file_sync_parent(int dirfd, const char *path)
{
	char parent[PATH_MAX];
	netd_auto_close int fd = -1;
	char *slash;

	if (!netd_copy(parent, path))
		return -ENAMETOOLONG;
	slash = strrchr(parent, '/');
	if (!slash && dirfd != AT_FDCWD) {
		if (fsync(dirfd) < 0)
			return -errno;
		return 0;
	}
	if (slash)
		slash[slash == parent] = '\0';
	else
		netd_copy(parent, ".");
	fd = openat(dirfd, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

/* Writes all @parts, down to the disk. */
static int write_synced(int fd, const struct iovec *parts, int count)
{
	for (int i = 0; i < count; i++) {
		int r = netd_write_all(fd, parts[i].iov_base, parts[i].iov_len);

		if (r < 0)
			return r;
	}
	if (fsync(fd) < 0)
		return -errno;
	return 0;
}

/* Makes @temp of @parts, and moves it over @path. */
static int replace(int dirfd, const char *temp, const char *path,
		   const struct iovec *parts, int count, mode_t mode)
{
	netd_auto_close int fd = openat(
		dirfd, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	int r;

	if (fd < 0 || fchmod(fd, mode) < 0) /* whatever the umask is */
		return -errno;
	r = write_synced(fd, parts, count);
	if (r < 0)
		return r;
	if (renameat(dirfd, temp, dirfd, path) < 0)
		return -errno;
	return netd_file_sync_parent(dirfd, path);
}

int netd_file_write_parts(int dirfd, const char *path, const struct iovec *parts,
			  int count, mode_t mode, struct netd_error *err)
{
	char temp[PATH_MAX];
	int r;

	if (snprintf(temp, sizeof(temp), "%s.new", path) >= (int)sizeof(temp))
		return netd_error_add(err, -ENAMETOOLONG, "%s: name too long", path);
	/* What a crashed writer left is ours to replace: the lock has one writer. */
	unlinkat(dirfd, temp, 0);
	r = replace(dirfd, temp, path, parts, count, mode);
	if (r >= 0)
		return 0;
	unlinkat(dirfd, temp, 0);
	errno = -r;
	return netd_error_errno(err, "write", path);
}

int netd_file_write(int dirfd, const char *path, const void *data, size_t length,
		    mode_t mode, struct netd_error *err)
{
	const struct iovec part = {(void *)(uintptr_t)data, length};

	return netd_file_write_parts(dirfd, path, &part, 1, mode, err);
}

int netd_file_append(int dirfd, const char *path, const void *data, size_t length,
		     struct netd_error *err)
{
	const struct iovec part = {(void *)(uintptr_t)data, length};
	netd_auto_close int fd =
		openat(dirfd, path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return netd_error_errno(err, "append to", path);
	r = write_synced(fd, &part, 1);
	if (r >= 0)
		return 0;
	if (ftruncate(fd, st.st_size) < 0)
		r = -errno;
	errno = -r;
	return netd_error_errno(err, "append to", path);
}

int netd_path_check(const char *path, struct netd_error *err)
{
	struct netd_distrust why;
	int r = netd_trust_path(path, geteuid(), &why), length;

	if (r >= 0)
		return r;
	if (r != -EPERM)
		return netd_error_add(err, r, "cannot look at %s: %s", path,
				      strerror(-r));
	length = (int)why.length;
	if (why.foreign)
		netd_error_add(
			err, r,
			"%.*s belongs to user %u, who could put anything in its place",
			length, path, why.owner);
	else
		netd_error_add(err, r, "others than its owner may write %.*s", length,
			       path);
	netd_error_hint(err, "what netd reads and writes must be in nobody else's hands: "
			     "`chown root` and `chmod go-w`, or name another place");
	return r;
}

int netd_file_remove(int dirfd, const char *path, struct netd_error *err)
{
	if (unlinkat(dirfd, path, 0) < 0) {
		if (errno == ENOENT)
			return 0;
		return netd_error_errno(err, "remove", path);
	}
	netd_file_sync_parent(dirfd, path);
	return 0;
}

static int move(int dirfd, const char *from, const char *to)
{
	int r;

	if (renameat(dirfd, from, dirfd, to) < 0)
		return -errno;
	r = netd_file_sync_parent(dirfd, to);
	if (r < 0)
		return r;
	return netd_file_sync_parent(dirfd, from);
}

int netd_file_rename(int dirfd, const char *from, const char *to, struct netd_error *err)
{
	int r = move(dirfd, from, to);

	if (r < 0)
		return netd_error_add(err, r, "cannot move %s to %s: %s", from, to,
				      strerror(-r));
	return 0;
}

/* 1 if it was made now, 0 if it was there. */
static int make_one(const char *path, mode_t mode)
{
	if (mkdir(path, mode) < 0) {
		if (errno == EEXIST)
			return 0;
		return -errno;
	}
	if (chmod(path, mode) < 0) /* whatever the umask is */
		return -errno;
	netd_file_sync_parent(AT_FDCWD, path);
	return 1;
}

int netd_dir_make(const char *path, struct netd_error *err)
{
	char part[PATH_MAX];

	if (!netd_copy(part, path))
		return netd_error_add(err, -ENAMETOOLONG, "%s: name too long", path);
	for (char *slash = part; slash;) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (make_one(part, 0755) < 0)
			return netd_error_errno(err, "make directory", part);
		if (slash)
			*slash = '/';
	}
	return 0;
}
