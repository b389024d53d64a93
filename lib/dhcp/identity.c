// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the dnsmasq of a directory, and those whose directory is gone. */
#include "dhcp/identity.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "dhcp/process.h"
#include "dhcp/user.h"

/*
 * Theory of operation.  The pid file alone is not believed: numbers are reused, and the
 * file belongs to the user that dnsmasq runs as.  So netd opens a descriptor of the
 * process first (pidfd), then checks its command line, and only then sends a signal:
 * through the descriptor, which always means the same process.
 *
 * In a container, or if /proc is mounted with hidepid, nobody can look into processes of
 * others without CAP_SYS_PTRACE.  Such a process counts as that of the pid file if it
 * belongs to the user that dnsmasq runs as, which the kernel tells to whoever has a
 * descriptor of it (Linux 6.13); that user could end its other processes without netd's
 * help, too.  An older kernel does not tell, so the process stays unknown.
 *
 * A dnsmasq has read its configuration and keeps its leases open: it goes on if its
 * directory is removed, and is found by the path on its command line.
 */

#define TEXT_MAX_SIZE (16UL << 20)
#define PID_MAX_SIZE 64

static void file_path(const char *directory, const char *file, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/%s", directory, file);
}

/* linux/pidfd.h, as of Linux 6.13 */
struct pidfd_info {
	uint64_t mask, cgroup;
	uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid, spare;
};
#define INFO_CREDENTIALS 2 /* PIDFD_INFO_CREDS */
#define GET_INFO _IOWR(0xff, 11, struct pidfd_info)

/* 1 if it belongs to the user that dnsmasq runs as, 0 if not, -EACCES: unknown. */
static int is_of_user(int fd)
{
	struct pidfd_info info = {.mask = INFO_CREDENTIALS};
	struct netd_dnsmasq_user user;

	if (ioctl(fd, GET_INFO, &info) < 0 || !(info.mask & INFO_CREDENTIALS) ||
	    netd_dnsmasq_user(&user, NULL) < 0)
		return -EACCES;
	return info.euid == user.uid;
}

/* True if that text is one of the arguments in @line. */
static bool has_argument(const char *line, size_t length, const char *argument)
{
	for (size_t at = 0; at < length; at += strlen(line + at) + 1)
		if (strcmp(line + at, argument) == 0)
			return true;
	return false;
}

/* 1, 0; -ENOENT if /proc shows no such process, or another -errno. */
static int has_our_file(pid_t pid, const char *directory)
{
	char path[64], argument[PATH_MAX + 16];
	netd_auto_free char *line = NULL;
	size_t length;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	snprintf(argument, sizeof(argument), "--conf-file=%s/" NETD_DNSMASQ_CONFIG,
		 directory);
	r = netd_file_read(AT_FDCWD, path, TEXT_MAX_SIZE, &line, &length, NULL);
	if (r == -ESRCH)
		return -ENOENT;
	if (r < 0)
		return r;
	return has_argument(line, length, argument);
}

/* 1, 0; -errno if that cannot be known.  @fd: its descriptor. */
static int is_dnsmasq_of(int fd, pid_t pid, const char *directory)
{
	int r = has_our_file(pid, directory);

	if (r != -ENOENT && r != -EACCES && r != -EPERM)
		return r;
	/* a process that has ended gets no signal; one that is hidden does */
	if (pidfd_send_signal(fd, 0, NULL, 0) < 0 && errno == ESRCH)
		return 0;
	return is_of_user(fd);
}

/*
 * Without a pid file: netd may have been killed before dnsmasq wrote it.  0 if no process
 * that can be seen is the one; -errno.
 */
static pid_t search_process(const char *directory)
{
	netd_auto_closedir DIR *proc = opendir("/proc");
	const struct dirent *entry;

	if (!proc)
		return -errno;
	while ((entry = readdir(proc))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		int r;

		if (pid <= 1 || pid == getpid())
			continue;
		r = has_our_file(pid, directory);
		if (r > 0)
			return pid;
		if (r < 0 && r != -ENOENT && r != -EACCES && r != -EPERM)
			return r;
	}
	return 0;
}

/* The pid in the file; 0 if there is none, -EACCES if the caller may not read it. */
static pid_t read_pid(const char *directory)
{
	char path[PATH_MAX];
	netd_auto_free char *text = NULL;
	long pid;
	int r;

	file_path(directory, NETD_DNSMASQ_PID, path);
	r = netd_file_read(AT_FDCWD, path, PID_MAX_SIZE, &text, NULL, NULL);
	if (r == -ENOENT || r == -EFBIG || r == -EINVAL)
		return 0;
	if (r < 0)
		return r;
	pid = strtol(text, NULL, 10);
	if (pid > 1 && pid < INT_MAX)
		return (pid_t)pid;
	return 0;
}

/* False before the first start. */
static bool has_config(const char *directory)
{
	char path[PATH_MAX];

	file_path(directory, NETD_DNSMASQ_CONFIG, path);
	return access(path, F_OK) == 0;
}

static int open_process(pid_t pid)
{
	int fd;

	if (pid == 0)
		return -ESRCH;
	if (pid < 0)
		return pid;
	fd = pidfd_open(pid, 0);
	if (fd < 0)
		return -errno;
	return fd;
}

static int open_pid(pid_t pid, const char *directory)
{
	netd_auto_close int fd = open_process(pid);
	int r;

	if (fd < 0)
		return fd;
	r = is_dnsmasq_of(fd, pid, directory);
	if (r < 0)
		return r;
	if (r == 0)
		return -ESRCH;
	return netd_take_fd(&fd);
}

int netd_dnsmasq_open(const char *directory)
{
	return open_pid(read_pid(directory), directory);
}

pid_t netd_dnsmasq_pid(const char *directory)
{
	pid_t pid = read_pid(directory), found;
	netd_auto_close int fd = open_pid(pid, directory);

	if (fd >= 0)
		return pid;
	if (fd == -ESRCH)
		return 0;
	if (pid != -EACCES)
		return fd;
	found = search_process(directory); /* everybody may read command lines */
	if (found > 0)
		return found;
	return -EACCES;
}

/* True while it ends: it has no command line any more, but may have its ports
 * (do_exit()). */
static bool is_exiting(pid_t pid)
{
	char path[64];
	netd_auto_free char *text = NULL;
	const char *name_end;
	unsigned flags = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (netd_file_read(AT_FDCWD, path, TEXT_MAX_SIZE, &text, NULL, NULL) < 0)
		return false;
	name_end = strrchr(text, ')');
	return name_end &&
	       sscanf(name_end, ") %*c %*d %*d %*d %*d %*d %u", &flags) == 1 &&
	       flags & 0x4; /* linux/sched.h PF_EXITING */
}

/* A descriptor of the process in the pid file, if that is ending. */
static int open_exiting(const char *directory)
{
	pid_t pid = read_pid(directory);
	netd_auto_close int fd = -1;

	if (pid > 0)
		fd = pidfd_open(pid, 0);
	if (fd < 0 || !is_exiting(pid))
		return -ESRCH;
	return netd_take_fd(&fd);
}

int netd_dnsmasq_search(const char *directory, bool orphan)
{
	int fd = netd_dnsmasq_open(directory);

	if (fd == -ESRCH)
		fd = open_exiting(directory);
	if (fd != -ESRCH || (!orphan && !has_config(directory)))
		return fd;
	return open_process(search_process(directory));
}

int netd_dnsmasq_space(pid_t pid, ino_t *inode)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	if (stat(path, &st) < 0) {
		if (errno == EPERM)
			return -EACCES;
		return -errno;
	}
	*inode = st.st_ino;
	return 0;
}

int netd_dnsmasq_unknown(const char *name, int code, struct netd_error *err)
{
	netd_error_add(err, code, "dhcp %s: cannot tell if dnsmasq runs: %s", name,
		       strerror(-code));
	if (code == -EACCES)
		netd_error_hint(err, "looking into others' processes needs "
				     "CAP_SYS_PTRACE");
	return code;
}

/*
 * Those whose directory is gone
 */

#define END "/" NETD_DNSMASQ_CONFIG

/* "--conf-file=PARENT/NAME/config" → NAME. */
static bool parse_argument(const char *argument, const char *start, char *name,
			   size_t size)
{
	size_t head = strlen(start), length = strlen(argument);

	if (strncmp(argument, start, head) != 0 || length < head + sizeof(END) ||
	    strcmp(argument + length - (sizeof(END) - 1), END) != 0)
		return false;
	length -= head + sizeof(END) - 1;
	if (length >= size || memchr(argument + head, '/', length))
		return false;
	memcpy(name, argument + head, length);
	name[length] = '\0';
	return true;
}

static bool find_service(const char *pid, const char *start, char *name, size_t size)
{
	netd_auto_free char *line = NULL;
	char path[NAME_MAX + 16];
	size_t length;

	snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
	if (netd_file_read(AT_FDCWD, path, TEXT_MAX_SIZE, &line, &length, NULL) < 0)
		return false;
	for (size_t at = 0; at < length; at += strlen(line + at) + 1)
		if (parse_argument(line + at, start, name, size))
			return true;
	return false;
}

int netd_dnsmasq_each(const char *parent,
		      int (*visit)(pid_t pid, const char *name, void *data), void *data)
{
	char start[PATH_MAX + 32], name[NETD_SERVICE_NAME];
	netd_auto_closedir DIR *proc = opendir("/proc");
	const struct dirent *entry;
	int r = 0;

	snprintf(start, sizeof(start), "--conf-file=%s/", parent);
	while (proc && r >= 0 && (entry = readdir(proc)))
		if (isdigit((unsigned char)*entry->d_name) &&
		    find_service(entry->d_name, start, name, sizeof(name)))
			r = visit((pid_t)strtol(entry->d_name, NULL, 10), name, data);
	return r;
}
