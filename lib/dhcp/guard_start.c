// SPDX-License-Identifier: GPL-2.0-or-later
/* The guard's start, and how its end is waited for. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "dhcp/guard.h"

#define PATIENCE 2000 /* ms */
#define LINE_MAX_SIZE 4096

/* The guard closes its standard output, a pipe, once it works. */
static void become(const char *program, char *const *arguments, int output, int space)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale[] = "LC_ALL=C";
	char *environment[] = {path, locale, NULL};
	struct sigaction fresh = {.sa_handler = SIG_DFL};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	if (setsid() < 0 || null < 0 || (space >= 0 && setns(space, CLONE_NEWNET) < 0))
		_exit(1);
	if (fork() != 0)
		_exit(0);
	for (int i = 1; i < NSIG; i++)
		sigaction(i, &fresh, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(output, 1) < 0 || dup2(null, 0) < 0 || dup2(null, 2) < 0 ||
	    chdir("/") < 0 || close_range(3, ~0U, 0) < 0)
		_exit(1);
	execve(program, arguments, environment);
	_exit(127);
}

static int read_number(const char *directory, long *out)
{
	netd_auto_free char *text = NULL;
	char path[PATH_MAX];
	int r;

	snprintf(path, sizeof(path), "%s/" NETD_GUARD_PID, directory);
	r = netd_file_read(AT_FDCWD, path, LINE_MAX_SIZE, &text, NULL, NULL);
	if (r < 0)
		return r;
	*out = strtol(text, NULL, 10);
	return 0;
}

/* True if that process is a guard of @directory. */
static bool is_guard_of(pid_t pid, const char *directory)
{
	netd_auto_free char *line = NULL;
	char path[64];
	size_t length = 0, at;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	if (netd_file_read(AT_FDCWD, path, LINE_MAX_SIZE, &line, &length, NULL) < 0)
		return false;
	at = strlen(line) + 1;
	if (at >= length || strcmp(line + at, "guard") != 0)
		return false;
	at += strlen(line + at) + 1;
	return at < length && strcmp(line + at, directory) == 0;
}

pid_t netd_guard_pid(const char *directory)
{
	long pid;

	if (read_number(directory, &pid) < 0 || pid <= 1 || pid >= INT_MAX ||
	    !is_guard_of((pid_t)pid, directory))
		return 0;
	return (pid_t)pid;
}

int netd_guard_state(const char *directory)
{
	long number;

	if (read_number(directory, &number) < 0)
		return 0;
	if (number < 0 && number > INT_MIN)
		return (int)number;
	if (!netd_guard_pid(directory))
		return -ESRCH;
	return 0;
}

/* The guard overwrites this. */
static void write_not_begun(const char *directory)
{
	char path[PATH_MAX];
	netd_auto_close int fd = -1;

	snprintf(path, sizeof(path), "%s/" NETD_GUARD_PID, directory);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd >= 0)
		dprintf(fd, "%d\n", -ENOEXEC);
}

void netd_guard_start(const char *program, const char *directory, const char *link,
		      pid_t pid, int space)
{
	char name[] = "netdctl", verb[] = "guard", number[16];
	char *arguments[] = {
		name,	verb, (char *)(uintptr_t)directory, (char *)(uintptr_t)link,
		number, NULL};
	struct pollfd p = {.events = POLLIN};
	int ends[2];
	pid_t child;

	if (netd_guard_pid(directory))
		return;
	write_not_begun(directory);
	snprintf(number, sizeof(number), "%d", pid);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	child = fork();
	if (child == 0)
		become(program, arguments, ends[1], space);
	close(ends[1]);
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	p.fd = ends[0];
	while (child > 0 && poll(&p, 1, PATIENCE) < 0 && errno == EINTR)
		;
	close(ends[0]);
}

void netd_guard_wait_end(const char *directory)
{
	pid_t pid = netd_guard_pid(directory);
	netd_auto_close int fd = -1;
	struct pollfd p = {.events = POLLIN};
	char path[PATH_MAX];

	if (pid)
		fd = pidfd_open(pid, 0);
	p.fd = fd;
	/* checked again: the number may have been reused before pidfd_open() */
	if (fd >= 0 && is_guard_of(pid, directory) && poll(&p, 1, PATIENCE) == 0)
		pidfd_send_signal(fd, SIGKILL, NULL, 0);
	snprintf(path, sizeof(path), "%s/" NETD_GUARD_PID, directory);
	unlink(path);
}
