// SPDX-License-Identifier: GPL-2.0-or-later
/* Room on the disk for what undoing and destroying have to write. */
#include "store/reserve.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/seal.h"
#include "store/uplink_file.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"

#define DIRECTORY "reserve"
#define SERVICES DIRECTORY "/services"
#define BLOCK 4096UL
#define SERVICE_ROOM (6 * BLOCK) /* each file's last block; leases, log and pid */
#define FILES_MAX 4096U
#define SOUGHT 64U /* of these, by who needs one */
#define FILE_MODE 0644

static void path_of(unsigned number, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, DIRECTORY "/%u", number);
}

/* What a file takes on the disk; 0 if it is not there. */
static size_t room_of(const struct netd_store *store, const char *path)
{
	struct stat st;

	if (fstatat(store->fd, path, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return 0;
	return (size_t)st.st_blocks * 512;
}

/* How many files of which size are needed; none if nothing is claimed or captured. */
static void measure(const struct netd_store *store, unsigned *count, size_t *size)
{
	netd_auto_closedir DIR *dir = netd_dir_open(store->fd, "uplinks", 0);
	size_t largest = room_of(store, "claims");
	const struct dirent *entry;
	unsigned captures = 0;
	char path[PATH_MAX];

	while (dir && (entry = readdir(dir))) {
		size_t room;

		if (!netd_capture_is_record(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "uplinks/%s", entry->d_name);
		room = room_of(store, path);
		captures += room != 0;
		if (room > largest)
			largest = room;
	}
	/* leases are renewed, people add routes */
	*size = largest + BLOCK;
	*count = 0;
	/* the claims, one that takes another's place, and a NIC's that comes anew */
	if (largest)
		*count = captures + 2;
	if (*count > FILES_MAX)
		*count = FILES_MAX;
}

static int allocate(const struct netd_store *store, const char *path, size_t size)
{
	netd_auto_close int fd =
		openat(store->fd, path,
		       O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
	int r;

	if (fd < 0)
		return -errno;
	/* whatever the umask is: it may become the file of claims */
	if (fchmod(fd, FILE_MODE) < 0)
		r = -errno;
	else
		r = -posix_fallocate(fd, 0, (off_t)size);
	if (r < 0)
		unlinkat(store->fd, path, 0);
	return r;
}

static int make_directory(const struct netd_store *store)
{
	if (mkdirat(store->fd, DIRECTORY, 0755) < 0) {
		if (errno == EEXIST)
			return 0;
		return -errno;
	}
	if (fchmodat(store->fd, DIRECTORY, 0755, 0) < 0)
		return -errno;
	return 0;
}

/* Files for what is claimed and captured. */
static int make_files(const struct netd_store *store)
{
	unsigned count;
	size_t size;
	int r = 0;

	measure(store, &count, &size);
	if (count)
		r = make_directory(store);
	if (r)
		return r;
	for (unsigned i = 1; i <= count; i++) {
		char path[PATH_MAX];

		path_of(i, path);
		if (room_of(store, path) < size)
			r = allocate(store, path, size);
		if (r)
			return r;
	}
	return 0;
}

/* What the files of all services take, with what they write themselves. */
static size_t service_room(const struct netd_state *now)
{
	size_t bytes = 0;

	for (size_t i = 0; i < now->service_count; i++)
		bytes += strlen(now->services[i].config) +
			 strlen(now->services[i].reserved) +
			 strlen(now->services[i].names) + SERVICE_ROOM;
	return bytes;
}

static int make_service_room(const struct netd_store *store, size_t bytes)
{
	int r;

	if (!bytes)
		return 0;
	r = make_directory(store);
	if (r < 0 || room_of(store, SERVICES) >= bytes)
		return r;
	return allocate(store, SERVICES, bytes);
}

static int make_room(const struct netd_store *store, size_t service_bytes)
{
	int r = make_files(store);

	if (r < 0)
		return r;
	return make_service_room(store, service_bytes);
}

int netd_reserve_make(const struct netd_store *store, const struct netd_state *observed,
		      bool services, struct netd_error *err)
{
	size_t bytes = 0;
	int r;

	if (services)
		bytes = service_room(observed);
	r = make_room(store, bytes);
	if (r < 0)
		netd_error_add(err, r, "cannot reserve room in %s for undoing it: %s",
			       store->path, strerror(-r));
	if (r == -ENOSPC)
		netd_error_hint(err, "make some room there, and try again");
	return r;
}

void netd_reserve_release(const struct netd_store *store)
{
	if (faccessat(store->fd, SERVICES, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		unlinkat(store->fd, SERVICES, 0);
}

/* All behind number @count: one that was killed doing so may have left gaps. */
static void remove_behind(const struct netd_store *store, unsigned count)
{
	netd_auto_closedir DIR *dir = netd_dir_open(store->fd, DIRECTORY, 0);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (strtoul(entry->d_name, NULL, 10) > count)
			unlinkat(dirfd(dir), entry->d_name, 0);
}

void netd_reserve_tidy(const struct netd_store *store)
{
	unsigned count;
	size_t size;

	if (faccessat(store->fd, DIRECTORY, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	netd_reserve_release(store);
	measure(store, &count, &size);
	remove_behind(store, count);
	make_files(store);
	if (!count)
		unlinkat(store->fd, DIRECTORY, AT_REMOVEDIR);
}

static int fill(int fd, const struct iovec *parts, int count)
{
	off_t at = 0;

	for (int i = 0; i < count; i++)
		for (size_t done = 0; done < parts[i].iov_len;) {
			ssize_t n = pwrite(fd, (const char *)parts[i].iov_base + done,
					   parts[i].iov_len - done, at);

			if (n < 0 && errno == EINTR)
				continue;
			if (n < 0)
				return -errno;
			done += (size_t)n;
			at += n;
		}
	if (ftruncate(fd, at) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

/* Exchanges the two files, or renames the first where there is no second. */
static int put(const struct netd_store *store, const char *spare, const char *path)
{
	int r = renameat2(store->fd, spare, store->fd, path, RENAME_EXCHANGE);

	if (r < 0)
		r = renameat(store->fd, spare, store->fd, path);
	if (r < 0)
		return -errno;
	return 0;
}

static int write_over(const struct netd_store *store, const char *spare, const char *path,
		      const struct iovec *parts, int count)
{
	netd_auto_close int fd =
		openat(store->fd, spare, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	int r;

	if (fd < 0)
		return -errno;
	r = fill(fd, parts, count);
	if (r)
		return r;
	r = put(store, spare, path);
	if (r < 0)
		return r;
	return netd_file_sync_parent(store->fd, path);
}

/* -ENOSPC: there is none that is large enough. */
static int write_reserved(const struct netd_store *store, const char *path,
			  const struct netd_str *text)
{
	char seal[NETD_SEAL_SIZE + 1], spare[PATH_MAX];
	const struct iovec parts[] = {
		{seal, NETD_SEAL_SIZE},
		{text->text, text->length},
	};

	netd_seal_write(seal, &parts[1], 1);
	for (unsigned i = 1; i <= SOUGHT; i++) {
		path_of(i, spare);
		if (room_of(store, spare) >= NETD_SEAL_SIZE + text->length)
			return write_over(store, spare, path, parts, 2);
	}
	return -ENOSPC;
}

int netd_reserve_write(const struct netd_store *store, const char *path,
		       const struct netd_str *text, struct netd_error *err)
{
	struct netd_error why = {0};
	int r = netd_store_write(store, path, text, &why);

	if ((r == -ENOSPC || r == -EDQUOT) && write_reserved(store, path, text) == 0) {
		netd_error_done(&why);
		return 0;
	}
	netd_error_move(err, &why);
	return r;
}
