// SPDX-License-Identifier: GPL-2.0-or-later
/* The one writer's lock, and who holds it. */
/*
 * Theory of operation.  flock(2) on STATE/lock: the kernel releases it when its holder
 * dies, however that happens.  Whoever can open the file can lock it, even for reading
 * only, and so keep all others out; hence mode 0600.
 *
 * The holder writes "PID COMMAND LINE" and a newline into it.  That is only ever read by
 * those who wait.  What an earlier holder wrote is overwritten in one write, and what is
 * behind the newline does not count, so no reader sees half of two.
 *
 * flock() has no time limit, and a signal is not ours to use in a library: so the lock is
 * asked for again and again, every 10 ms in the end.
 */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "base/str.h"
#include "base/safe.h"

#define NAME "lock"
#define MODE 0600
#define HOLDER_SIZE 256
#define NOTICE_AFTER_MS 1000
#define PAUSE_MAX_MS 10

static int failed(struct netd_error *err, const char *path)
{
	int code = netd_error_errno(err, "lock", path);

	if (code == -EACCES || code == -EPERM || code == -EROFS)
		netd_error_hint(err, "run as root");
	return code;
}

/* "netdctl apply lab.yaml": the words of our command line, without the way to it. */
static void read_command(char out[HOLDER_SIZE])
{
	ssize_t n = netd_file_head(AT_FDCWD, "/proc/self/cmdline", out, HOLDER_SIZE);
	char *slash;

	if (n <= 0) {
		snprintf(out, HOLDER_SIZE, "%s", program_invocation_short_name);
		return;
	}
	while (n > 0 && !out[n - 1])
		n--;
	out[n] = '\0';
	slash = strrchr(out, '/');
	if (slash) {
		n -= slash + 1 - out;
		memmove(out, slash + 1, (size_t)n + 1);
	}
	for (ssize_t i = 0; i < n; i++)
		if (!out[i] || out[i] == '\n')
			out[i] = ' ';
}

/* Says in the lock file who we are, for those who wait; only a courtesy. */
static void sign(int fd)
{
	char command[HOLDER_SIZE], text[HOLDER_SIZE + 16];
	int n;

	read_command(command);
	n = snprintf(text, sizeof(text), "%d %s\n", getpid(), command);
	if (pwrite(fd, text, (size_t)n, 0) == n && ftruncate(fd, n) < 0)
		return;
}

pid_t netd_lock_holder(int dirfd)
{
	netd_auto_close int fd =
		openat(dirfd, NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY);
	unsigned long pid;
	char text[16] = "";

	if (fd < 0 || pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	text[strcspn(text, " ")] = '\0';
	if (netd_parse_number(text, INT_MAX, &pid) == 0)
		return (pid_t)pid;
	return 0;
}

/* "`COMMAND` (pid PID)", fit for a terminal. */
static void describe_holder(int fd, struct netd_str *out)
{
	char text[HOLDER_SIZE + 16] = "", *command;

	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		text[0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	command = strchr(text, ' ');
	if (!command) {
		netd_str_add(out, "another program");
		return;
	}
	*command++ = '\0';
	netd_str_add_char(out, '`');
	netd_render_safe(command, out);
	netd_str_add(out, "` (pid ");
	netd_render_safe(text, out);
	netd_str_add_char(out, ')');
}

static int busy(int fd, unsigned seconds, struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str holder = {0};

	describe_holder(fd, &holder);
	netd_error_add(err, -EBUSY, "another netd is changing things: %s",
		       netd_str_text(&holder));
	netd_error_hint(err, "waited %u s for it; try again when it is done", seconds);
	return -EBUSY;
}

static void tell(int fd, const struct netd_patience *p)
{
	netd_auto(netd_str_done) struct netd_str holder = {0};

	describe_holder(fd, &holder);
	p->notice(netd_str_text(&holder), p->data);
}

/* 0, -EBUSY when the time is over (without a problem), or what flock(2) says. */
static int wait_for(int fd, const struct netd_patience *p)
{
	int64_t start = netd_now_ms(), waited = 0;
	bool told = !p->notice;

	for (long pause = 1; flock(fd, LOCK_EX | LOCK_NB) < 0; pause *= 2) {
		struct timespec t = {0};

		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		waited = netd_now_ms() - start;
		if (waited >= (int64_t)p->seconds * 1000)
			return -EBUSY;
		if (!told && waited >= NOTICE_AFTER_MS) {
			tell(fd, p);
			told = true;
		}
		if (pause > PAUSE_MAX_MS)
			pause = PAUSE_MAX_MS;
		t.tv_nsec = pause * 1000000;
		nanosleep(&t, NULL);
	}
	return 0;
}

/* One that an older netd made might be open to all. */
static int open_file(int dirfd)
{
	int fd = openat(dirfd, NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY,
			MODE);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 07777) != MODE &&
	    fchmod(fd, MODE) < 0) {
		int code = errno;

		close(fd);
		errno = code;
		return -1;
	}
	return fd;
}

int netd_lock_acquire(int dirfd, const char *path, const struct netd_patience *patience,
		      struct netd_error *err)
{
	netd_auto_close int fd = open_file(dirfd);
	int r;

	if (fd < 0)
		return failed(err, path);
	r = wait_for(fd, patience);
	if (r == -EBUSY)
		return busy(fd, patience->seconds, err);
	if (r < 0) {
		errno = -r;
		return failed(err, path);
	}
	sign(fd);
	return netd_take_fd(&fd);
}
