// SPDX-License-Identifier: GPL-2.0-or-later
/* Which process is the dnsmasq of a directory. */
#include "dhcp/identity.h"

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
 * Theory of operation.  The pid file alone is not believed: numbers are used again, and
 * the file belongs to the user that dnsmasq runs as.  So a pid is turned into a
 * descriptor first (pidfd), then its command line is looked at, and only then is it sent
 * a signal: through the descriptor, which cannot become somebody else's meanwhile.
 *
 * In a container, or with /proc mounted with hidepid, others' processes cannot be looked
 * into without CAP_SYS_PTRACE.  Such a process is not dead.  It is taken for the one of
 * the pid file if it belongs to the user that dnsmasq runs as, which the kernel tells
 * everybody who has a descriptor of it (Linux 6.13); to end another process of its own
 * user that one needs nobody's help.  Where that is not told, it stays unknown.
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

/* Whether it is of the user that dnsmasq runs as: 1, 0, -EACCES if that is not told. */
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

/* 1, 0 if it is not, -ENOENT if /proc shows no such process, another -errno. */
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
	if (r < 0) {
		if (r == -ESRCH)
			return -ENOENT;
		return r;
	}
	return has_argument(line, length, argument);
}

/* 1, 0 if it is not, -errno if that cannot be known; @fd keeps its number. */
static int is_dnsmasq_of(int fd, pid_t pid, const char *directory)
{
	int r = has_our_file(pid, directory);

	if (r != -ENOENT && r != -EACCES && r != -EPERM)
		return r;
	/* what has ended can be sent nothing; what is hidden is there */
	if (pidfd_send_signal(fd, 0, NULL, 0) < 0 && errno == ESRCH)
		return 0;
	return is_of_user(fd);
}

/*
 * Without a pid file: one whose starter was killed before dnsmasq wrote it.  0 if there
 * is none that can be seen, -errno.
 */
static pid_t search_process(const char *directory)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	pid_t pid = 0;
	int r = 0;

	if (!proc)
		return -errno;
	while (r == 0 && (entry = readdir(proc))) {
		pid = (pid_t)strtol(entry->d_name, NULL, 10);
		if (pid > 1 && pid != getpid())
			r = has_our_file(pid, directory);
		if (r == -ENOENT || r == -EACCES || r == -EPERM)
			r = 0;
	}
	closedir(proc);
	if (r > 0)
		return pid;
	return r;
}

/* What the file says; 0 if that is nothing, -EACCES if it is not for the caller. */
static pid_t read_pid(const char *directory)
{
	char path[PATH_MAX];
	netd_auto_free char *text = NULL;
	long pid;
	int r;

	file_path(directory, NETD_DNSMASQ_PID, path);
	r = netd_file_read(AT_FDCWD, path, PID_MAX_SIZE, &text, NULL, NULL);
	if (r < 0) {
		if (r == -ENOENT || r == -EFBIG || r == -EINVAL)
			return 0;
		return r;
	}
	pid = strtol(text, NULL, 10);
	if (pid > 1 && pid < INT_MAX)
		return (pid_t)pid;
	return 0;
}

/* False before the first start, of which nothing can be left. */
static bool has_config(const char *directory)
{
	char path[PATH_MAX];

	file_path(directory, NETD_DNSMASQ_CONFIG, path);
	return access(path, F_OK) == 0;
}

static int open_pid(pid_t pid, const char *directory)
{
	int fd, r;

	if (pid <= 0) {
		if (pid < 0)
			return pid;
		return -ESRCH;
	}
	fd = pidfd_open(pid, 0);
	if (fd < 0)
		return -errno;
	r = is_dnsmasq_of(fd, pid, directory);
	if (r > 0)
		return fd;
	close(fd);
	if (r < 0)
		return r;
	return -ESRCH;
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
	if (pid != -EACCES) {
		if (fd == -ESRCH)
			return 0;
		return fd;
	}
	found = search_process(directory); /* others' command lines are no secret */
	if (found > 0)
		return found;
	return -EACCES;
}

/* True from when it has no command line any more, but perhaps its ports (do_exit()). */
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

/* A descriptor of the process that the pid file names, if it is on its way out. */
static int open_exiting(const char *directory)
{
	pid_t pid = read_pid(directory);
	int fd = pid > 0 ? pidfd_open(pid, 0) : -1;

	if (fd >= 0 && !is_exiting(pid)) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		return -ESRCH;
	return fd;
}

int netd_dnsmasq_search(const char *directory, bool orphan)
{
	int fd = netd_dnsmasq_open(directory);
	pid_t pid;

	if (fd == -ESRCH)
		fd = open_exiting(directory);
	if (fd != -ESRCH || (!orphan && !has_config(directory)))
		return fd;
	pid = search_process(directory);
	if (pid <= 0) {
		if (pid < 0)
			return pid;
		return -ESRCH;
	}
	fd = pidfd_open(pid, 0);
	if (fd < 0)
		return -errno;
	return fd;
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
