// SPDX-License-Identifier: GPL-2.0-or-later
/* One dnsmasq and its directory: its files, start, reload and end. */
#include "dhcp/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "dhcp/compile.h"
#include "dhcp/guard.h"
#include "dhcp/identity.h"
#include "dhcp/user.h"
#include "dhcp/write.h"
#include "model/topology.h"

/*
 * Theory of operation.  The directory of a service has everything that its dnsmasq reads
 * and writes.  identity.h finds the process of a directory.
 *
 * The configuration on disk is that of the process, if there is one: the old process has
 * ended before the files of a new one are written, and after new names and reservations
 * the process gets a signal.  A service that was interrupted in between shows as not
 * running.
 */

#define TEXT_MAX_SIZE (16UL << 20)
#define LOG_KEEP (1L << 20)
#define PID_MAX_SIZE 64
#define TERM_PATIENCE 3000 /* ms */
#define KILL_PATIENCE 2000

static const char *const program_paths[] = {
	"/usr/sbin/dnsmasq", "/usr/bin/dnsmasq",       "/usr/local/sbin/dnsmasq",
	"/sbin/dnsmasq",     "/usr/local/bin/dnsmasq",
};

int netd_dnsmasq_find(char path[PATH_MAX])
{
	for (size_t i = 0; i < NETD_ARRAY_SIZE(program_paths); i++) {
		struct stat st;

		if (stat(program_paths[i], &st) < 0 || !S_ISREG(st.st_mode) ||
		    access(program_paths[i], X_OK) < 0)
			continue;
		snprintf(path, PATH_MAX, "%s", program_paths[i]);
		return 0;
	}
	return -ENOENT;
}

static int failed(const struct netd_dnsmasq *d, struct netd_error *err, const char *what)
{
	int code = -errno;

	return netd_error_add(err, code, "dhcp %s: cannot %s %s: %s", d->name, what,
			      d->directory, strerror(-code));
}

static void file_path(const char *directory, const char *file, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/%s", directory, file);
}

/*
 * Files
 */

/* For the group that dnsmasq runs as; a user namespace may not map it. */
static int give_to_group(const char *path, mode_t mode, gid_t group)
{
	if (chown(path, 0, group) < 0 && errno != EINVAL && errno != EPERM)
		return -1;
	return chmod(path, mode);
}

static int make_directory(const struct netd_dnsmasq *d, gid_t group,
			  struct netd_error *err)
{
	char parent[PATH_MAX];
	char *slash;
	int r;

	if (!netd_copy(parent, d->directory))
		return netd_error_add(err, -ENAMETOOLONG, "dhcp %s: path too long",
				      d->name);
	slash = strrchr(parent, '/');
	if (slash)
		*slash = '\0';
	r = netd_dir_make(parent, err);
	if (r < 0)
		return r;
	if (mkdir(d->directory, 0750) < 0 && errno != EEXIST)
		return failed(d, err, "make");
	if (give_to_group(d->directory, 0750, group) < 0)
		return failed(d, err, "give away");
	return 0;
}

static int write_one(const struct netd_dnsmasq *d, const char *file, const char *text,
		     gid_t group, struct netd_error *err)
{
	char path[PATH_MAX], fresh[PATH_MAX];
	netd_auto_free char *old = NULL;
	netd_auto_close int fd = -1;
	size_t length = strlen(text);
	int r;

	file_path(d->directory, file, path);
	if (netd_file_read(AT_FDCWD, path, TEXT_MAX_SIZE, &old, NULL, NULL) == 0 &&
	    strcmp(old, text) == 0)
		return 0;
	/* not netd_file_write(): the group must be set before the file gets its name */
	snprintf(fresh, sizeof(fresh), "%s/.%s", d->directory, file);
	unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return failed(d, err, "write into");
	if (netd_write_all(fd, text, length) == 0 &&
	    give_to_group(fresh, 0640, group) == 0 && fsync(fd) == 0 &&
	    rename(fresh, path) == 0)
		return 0;
	r = failed(d, err, "write into");
	unlink(fresh);
	return r;
}

/* True if a line of @reserved ends in ",NAME": that of a machine called so. */
static bool is_machine(const char *reserved, const char *name)
{
	size_t length = strlen(name);

	for (const char *end; *reserved; reserved = end + (*end == '\n')) {
		end = reserved + strcspn(reserved, "\n");
		if ((size_t)(end - reserved) > length && *(end - length - 1) == ',' &&
		    strncasecmp(end - length, name, length) == 0)
			return true;
	}
	return false;
}

/* Guests may not take the host's own name, unless a machine has it. */
static void refuse_host(const char *reserved, char *out, size_t size)
{
	char name[HOST_NAME_MAX + 1] = "";

	*out = '\0';
	if (gethostname(name, sizeof(name) - 1) < 0)
		return;
	name[strcspn(name, ".")] = '\0';
	if (!netd_machine_name_problem(name) && !is_machine(reserved, name))
		snprintf(out, size, "%s,set:" NETD_DHCP_REFUSED "\n", name);
}

int netd_dnsmasq_write(const struct netd_dnsmasq *d, const struct netd_service *service,
		       struct netd_error *err)
{
	char host[HOST_NAME_MAX + 32];
	const struct {
		const char *file, *text;
	} files[] = {
		{NETD_DNSMASQ_RESERVED, service->reserved},
		{NETD_DNSMASQ_HOST, host},
		{NETD_DNSMASQ_NAMES, service->names},
		{NETD_DNSMASQ_RESOLV, d->resolv ? d->resolv : ""},
		{NETD_DNSMASQ_CONFIG, service->config},
	};
	struct netd_dnsmasq_user user;
	int r = netd_dnsmasq_user(&user, err);

	if (r)
		return r;
	r = make_directory(d, user.gid, err);
	if (r)
		return r;
	r = netd_dnsmasq_user_reaches(&user, d->name, d->directory, err);
	if (r)
		return r;
	refuse_host(service->reserved, host, sizeof(host));
	for (size_t i = 0; i < NETD_ARRAY_SIZE(files); i++) {
		r = write_one(d, files[i].file, files[i].text, user.gid, err);
		if (r)
			return r;
	}
	return 0;
}

/*
 * The log
 */

/* Empties a large log: logrotate does not know it. */
static void trim_log(const char *directory)
{
	char path[PATH_MAX];
	struct stat st;

	file_path(directory, NETD_DNSMASQ_LOG, path);
	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > LOG_KEEP &&
	    truncate(path, 0) < 0)
		return; /* the log stays as it is */
}

/* "Nov 21 10:00:00 dnsmasq[12]: TEXT", "…-dhcp[12]: TEXT" → "TEXT". */
static const char *skip_head(const char *line)
{
	const char *bracket = strstr(line, "]: ");

	if (bracket)
		return bracket + 3;
	return line;
}

void netd_dnsmasq_last_words(const char *directory, char *out, size_t size)
{
	char path[PATH_MAX], tail[1024];
	netd_auto_close int fd = -1;
	const char *line;
	struct stat st;
	off_t start = 0;
	ssize_t n;

	*out = '\0';
	file_path(directory, NETD_DNSMASQ_LOG, path);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	if (st.st_size >= (off_t)sizeof(tail))
		start = st.st_size - (off_t)sizeof(tail) + 1;
	n = pread(fd, tail, sizeof(tail) - 1, start);
	while (n > 0 && (tail[n - 1] == '\n' || !tail[n - 1]))
		n--;
	if (n <= 0)
		return;
	tail[n] = '\0';
	line = strrchr(tail, '\n');
	if (!line)
		line = tail;
	line += *line == '\n';
	snprintf(out, size, "%.*s", (int)size - 1, skip_head(line));
	for (char *c = out; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
}

/*
 * Running it
 */

/* Errors are ignored: only few clients need it. */
static void leave_out_checksums(const char *directory)
{
	netd_auto_close int fd = netd_dnsmasq_open(directory);

	if (fd >= 0)
		netd_checksum_leave_out(fd);
}

/* Removes what the guard of an earlier dnsmasq found out. */
static int empty_used(const struct netd_dnsmasq *d, struct netd_error *err)
{
	char path[PATH_MAX];
	netd_auto_closedir DIR *dir = NULL;
	struct dirent *entry;
	struct stat st;

	file_path(d->directory, NETD_GUARD_USED, path);
	if ((mkdir(path, 0750) < 0 && errno != EEXIST) || stat(d->directory, &st) < 0 ||
	    give_to_group(path, 0750, st.st_gid) < 0)
		return failed(d, err, "make a directory in");
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			unlinkat(dirfd(dir), entry->d_name, 0);
	return 0;
}

/* If guests get IPv4 addresses of it. */
static void start_guard(const struct netd_dnsmasq *d)
{
	char config[PATH_MAX], owner[NETD_OWNER], link[NETD_IFNAME],
		space[NETD_NODE_NAME];
	netd_auto_free char *text = NULL;
	pid_t pid = netd_dnsmasq_pid(d->directory);

	file_path(d->directory, NETD_DNSMASQ_CONFIG, config);
	if (!d->guard || pid <= 0 ||
	    netd_file_read(AT_FDCWD, config, TEXT_MAX_SIZE, &text, NULL, NULL) < 0 ||
	    !netd_dhcp_config_gives_ipv4(text) ||
	    netd_dhcp_parse_marks(text, owner, link, space) < 0)
		return;
	netd_guard_start(d->guard, d->directory, link, pid, d->space);
}

int netd_dnsmasq_begin(const struct netd_dnsmasq *d, struct netd_launching *launching,
		       struct netd_error *err)
{
	char program[PATH_MAX], config[PATH_MAX];
	netd_auto_free char *text = NULL;
	int r = netd_dnsmasq_find(program);

	if (r < 0) {
		netd_error_add(err, r, "dhcp %s: dnsmasq is not installed", d->name);
		netd_error_hint(err, "on Debian: apt-get install dnsmasq-base");
		return r;
	}
	file_path(d->directory, NETD_DNSMASQ_CONFIG, config);
	r = netd_file_read(AT_FDCWD, config, TEXT_MAX_SIZE, &text, NULL, err);
	if (r < 0)
		return r;
	trim_log(d->directory);
	r = empty_used(d, err);
	if (r < 0)
		return r;
	return netd_launch_begin(d, program, netd_dhcp_config_uses_resolv(text),
				 launching, err);
}

int netd_dnsmasq_test(const char *name, struct netd_error *err)
{
	char program[PATH_MAX];

	/* that it is not installed is reported elsewhere */
	if (netd_dnsmasq_find(program) < 0)
		return 0;
	return netd_launch_test(name, program, err);
}

int netd_dnsmasq_finish(const struct netd_dnsmasq *d, struct netd_launching *launching,
			struct netd_error *err)
{
	int r = netd_launch_finish(d, launching, err);

	if (r)
		return r;
	leave_out_checksums(d->directory);
	start_guard(d);
	return 0;
}

int netd_dnsmasq_reload(const struct netd_dnsmasq *d, struct netd_error *err)
{
	netd_auto_close int fd = netd_dnsmasq_open(d->directory);

	if (fd < 0 || pidfd_send_signal(fd, SIGHUP, NULL, 0) < 0)
		return netd_error_add(err, -ESRCH, "dhcp %s: dnsmasq is not running",
				      d->name);
	trim_log(d->directory);
	start_guard(d);
	return 0;
}

/* True if the process ended within that time. */
static bool wait_gone(int fd, int milliseconds)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int r;

	do
		r = poll(&p, 1, milliseconds);
	while (r < 0 && errno == EINTR);
	return r > 0;
}

int netd_dnsmasq_end(const struct netd_dnsmasq *d)
{
	int fd = netd_dnsmasq_search(d->directory, d->orphan);

	if (fd >= 0)
		pidfd_send_signal(fd, SIGTERM, NULL, 0);
	return fd;
}

int netd_dnsmasq_wait_end(const struct netd_dnsmasq *d, int process,
			  struct netd_error *err)
{
	netd_auto_close int fd = process;
	char path[PATH_MAX];

	if (fd < 0 && fd != -ESRCH)
		return netd_dnsmasq_unknown(d->name, fd, err);
	if (fd >= 0 && !wait_gone(fd, TERM_PATIENCE)) {
		pidfd_send_signal(fd, SIGKILL, NULL, 0);
		if (!wait_gone(fd, KILL_PATIENCE))
			return netd_error_add(err, -ETIMEDOUT,
					      "dhcp %s: dnsmasq does not end", d->name);
	}
	netd_guard_wait_end(d->directory);
	file_path(d->directory, NETD_DNSMASQ_PID, path);
	unlink(path);
	return 0;
}
