/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files read whole with a bound, written whole or not at all. */
#ifndef NETD_BASE_FILE_H
#define NETD_BASE_FILE_H

#include <dirent.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

struct netd_error;

/*
 * Reads the regular file @path (relative to the directory @dirfd, or AT_FDCWD) of at most
 * @max bytes.  *@out is NUL-terminated and the caller's to free; *@length leaves the NUL
 * out and may be NULL.  A FIFO, device or directory is refused without being read from or
 * waited for (-EINVAL), a larger file with -EFBIG.
 */
int netd_file_read(int dirfd, const char *path, size_t max, char **out, size_t *length,
		   struct netd_error *err);

/*
 * Reads the first @size - 1 bytes of @path, for the short files of procfs and sysfs:
 * *@out is NUL-terminated, and "" if that fails.  How many there are, or -errno.
 */
ssize_t netd_file_head(int dirfd, const char *path, char *out, size_t size);

/*
 * Replaces @path by @length bytes of @data: written to a file beside it (mode @mode,
 * whatever the umask is), fsynced, renamed over it, and the directory fsynced, so that
 * after a crash either the old or the new content is there.
 */
int netd_file_write(int dirfd, const char *path, const void *data, size_t length,
		    mode_t mode, struct netd_error *err);

/* The same for a content in @count parts. */
int netd_file_write_parts(int dirfd, const char *path, const struct iovec *parts,
			  int count, mode_t mode, struct netd_error *err);

/*
 * Appends in one write and fsyncs; the file is cut back to what it was if that fails.
 * What is there already is never at risk.
 */
int netd_file_append(int dirfd, const char *path, const void *data, size_t length,
		     struct netd_error *err);

/* Removes @path and fsyncs the directory; a missing file is fine. */
int netd_file_remove(int dirfd, const char *path, struct netd_error *err);

/* fsyncs the directory of @path: a rename or unlink in it survives a crash then. */
int netd_file_sync_parent(int dirfd, const char *path);

/* Moves @from to @to, over what is there, and fsyncs both directories. */
int netd_file_rename(int dirfd, const char *from, const char *to, struct netd_error *err);

/*
 * Refuses (-EPERM) what anybody but root and the calling user could have put there, or
 * can change: see base/trust.h.  A path that is not there yet passes.
 */
int netd_path_check(const char *path, struct netd_error *err);

/* Makes @path and its missing parents (mode 0755, whatever the umask is). */
int netd_dir_make(const char *path, struct netd_error *err);

/*
 * The directory @path (relative to @dirfd, as openat(2)) for readdir(3), opened with
 * @flags besides the usual ones.  NULL and errno if that fails.
 */
DIR *netd_dir_open(int dirfd, const char *path, int flags);

static inline void netd_cleanup_closedir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define netd_auto_closedir __attribute__((cleanup(netd_cleanup_closedir)))

/* Writes all of @data to the descriptor, whatever interrupts it; 0 or -errno. */
int netd_write_all(int fd, const char *data, size_t length);

#endif
