// SPDX-License-Identifier: GPL-2.0-or-later
/* The process that takes a change back if nobody confirms it: its start. */
#include "trial/watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"

/*
 * Theory of operation.  The watchdog is a program that is executed, not only forked: it
 * has nothing of the command's memory, descriptors and locks.  It has its own session and
 * is a child of init, so it survives the end of the terminal and of the command.  Its
 * standard input is the leash, a socket whose other end the command holds; the other
 * descriptors are /dev/null.
 *
 * It holds a lock on STATE/watchdog as long as it lives (trial/watch.c), by which others
 * see that it does: the lock of an open file description, which can be tested without
 * being taken.
 */
#define ARMED_MS 10000

static void become(const char *program, int leash, char *const *arguments)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale[] = "LC_ALL=C";
	char *environment[] = {path, locale, NULL};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* a second fork: only a session leader gets a terminal by opening one */
	if (setsid() < 0 || null < 0)
		_exit(1);
	switch (fork()) {
	case -1:
		_exit(1);
	case 0:
		break;
	default:
		_exit(0);
	}
	if (dup2(leash, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0 ||
	    chdir("/") < 0 || close_range(3, ~0U, 0) < 0)
		_exit(1);
	execve(program, arguments, environment);
	_exit(127);
}

/* The first child ends at once. */
static int spawn(const struct netd *netd, int leash)
{
	char state[PATH_MAX + 16], directory[PATH_MAX];
	char name[] = "netdctl", verb[] = "watchdog";
	char *arguments[] = {name, verb, state, NULL};
	int status;
	pid_t pid;

	/* the watchdog has another working directory */
	if (!realpath(netd->state_dir, directory))
		return -errno;
	snprintf(state, sizeof(state), "--state-dir=%s", directory);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		become(netd->watchdog, leash, arguments);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (status)
		return -ECHILD;
	return 0;
}

/* The watchdog writes one byte when it is armed; without, it has ended. */
static int wait_armed(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char byte;
	int r;

	do
		r = poll(&p, 1, ARMED_MS);
	while (r < 0 && errno == EINTR);
	if (r <= 0) {
		if (r < 0)
			return -errno;
		return -ETIMEDOUT;
	}
	if (recv(fd, &byte, 1, 0) != 1 || byte != NETD_WATCH_ARMED)
		return -ECHILD;
	return 0;
}

static int start(const struct netd *netd, const int ends[2])
{
	int r = spawn(netd, ends[1]);

	close(ends[1]);
	if (r < 0)
		return r;
	return wait_armed(ends[0]);
}

int netd_watchdog_start(struct netd *netd, int *leash, struct netd_error *err)
{
	int ends[2], r;

	if (!netd->watchdog)
		return netd_error_add(err, -EOPNOTSUPP,
				      "no program was named that would take the change "
				      "back");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		r = -errno;
		return netd_error_add(err, r, "cannot make a socket: %s", strerror(-r));
	}
	r = start(netd, ends);
	if (r >= 0 && leash) {
		*leash = ends[0];
		return 0;
	}
	if (r >= 0)
		netd_watchdog_release(ends[0]);
	close(ends[0]);
	if (r < 0)
		return netd_error_add(err, r,
				      "the process that would take the change back does "
				      "not start: %s",
				      strerror(-r));
	return 0;
}

/* If the watchdog has ended, the next command notices. */
static void say(int leash, char byte)
{
	if (send(leash, &byte, 1, MSG_NOSIGNAL) < 0)
		return;
}

void netd_watchdog_release(int leash)
{
	say(leash, NETD_WATCH_DONE);
}

void netd_watchdog_may_kill(int leash)
{
	say(leash, NETD_WATCH_MAY_KILL);
}

bool netd_watchdog_lives(const struct netd *netd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	netd_auto_close int fd =
		openat(netd->store.fd, NETD_WATCH_LOCK, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return errno != ENOENT;
	return fcntl(fd, F_OFD_GETLK, &lock) < 0 || lock.l_type != F_UNLCK;
}
