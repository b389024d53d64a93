// SPDX-License-Identifier: GPL-2.0-or-later
/* The process that takes a change back if nobody confirms it: what it does. */
#include "trial/watchdog.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "trial/confirm.h"
#include "store/lock.h"
#include "trial/recover.h"
#include "store/stuck.h"
#include "store/unconfirmed.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"

/*
 * Theory of operation.  The watchdog sleeps until one of four events: the deadline; the
 * end of the leash before the command said that the change is done; a signal to end; the
 * record is removed, which means that somebody confirmed the change or took it back.  In
 * the last case the watchdog ends; in the others it takes the writer's lock, however long
 * that takes, and takes the change back if it still waits.  If the topology is stuck
 * then, whoever tried, it tries again for some minutes.  It never holds the lock while it
 * waits.
 *
 * The command itself may hold the lock for good: it was stopped, or nobody reads what it
 * prints.  After the deadline the watchdog waits a little longer, and then kills the
 * command, if that allowed it: what the command leaves half done is taken back like what
 * any killed command leaves.  A program other than netdctl is never killed.
 */
#define GRACE_SECONDS 5
#define LOCK_SECONDS 86400
#define LOCK_TRIES 300 /* 10 ms each */
#define TRIES 10
#define PAUSE_MAX 60 /* seconds */

enum { LEASH, TIMER, SIGNAL, RECORD, SOURCES };

struct watch {
	struct netd *netd;
	uint64_t deadline;
	struct pollfd sources[SOURCES];
	pid_t command;	 /* the process at the other end of the leash; 0: unknown */
	int command_fd;	 /* a descriptor of that process, or -1 */
	const char *why; /* the change is to be taken back; NULL: not yet */
	bool over;	 /* the change was confirmed or taken back */
	bool may_kill;	 /* the command is netdctl, which may be killed */
	char name[NETD_TOPOLOGY_NAME];
};

static void watch_done(struct watch *w)
{
	for (size_t i = TIMER; i < SOURCES; i++)
		if (w->sources[i].fd >= 0)
			close(w->sources[i].fd);
	if (w->command_fd >= 0)
		close(w->command_fd);
}

static int failed(struct netd_error *err, const char *what)
{
	int r = -errno;

	return netd_error_add(err, r, "cannot make a %s: %s", what, strerror(-r));
}

/*
 * Held until the process ends, so the descriptor is never closed.  The watchdog of the
 * previous change may not have ended yet.
 */
static int hold_lock(const struct netd_store *store, struct netd_error *err)
{
	const struct timespec pause = {.tv_nsec = 10000000};
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = openat(store->fd, NETD_WATCH_LOCK,
			O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return failed(err, "lock file");
	for (unsigned i = 0; i < LOCK_TRIES; i++) {
		if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
			return 0;
		nanosleep(&pause, NULL);
	}
	close(fd);
	return netd_error_add(err, -EBUSY, "another watchdog is there");
}

static int open_timer(uint64_t deadline)
{
	struct itimerspec when = {
		.it_value = {.tv_sec = (time_t)(deadline / 1000000000),
			     .tv_nsec = (long)(deadline % 1000000000)},
	};
	int fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd >= 0 && timerfd_settime(fd, TFD_TIMER_ABSTIME, &when, NULL) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Signals that a terminal, a shell or the end of a session sends are ignored. */
static int open_signals(void)
{
	static const int ignored[] = {SIGHUP,  SIGINT,	SIGQUIT, SIGTSTP,
				      SIGTTIN, SIGTTOU, SIGPIPE};
	sigset_t set;

	for (size_t i = 0; i < NETD_ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* taking back may start a service */
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_SETMASK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Without it the process sleeps until the deadline, and finds nothing to do then. */
static int open_record(const struct netd *netd)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd >= 0 &&
	    inotify_add_watch(fd, netd->state_dir, IN_DELETE | IN_MOVED_FROM) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * The command waits until we are armed.  If its end of the leash is open after
 * pidfd_open(), the command has not ended, so the descriptor is that of the command.
 */
static void open_command(struct watch *w, int leash)
{
	struct pollfd other_end = {.fd = leash};
	struct ucred who;
	socklen_t size = sizeof(who);

	if (getsockopt(leash, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0 || who.pid <= 0)
		return;
	w->command = who.pid;
	w->command_fd = pidfd_open(who.pid, 0);
	if (w->command_fd < 0 || poll(&other_end, 1, 0) == 0)
		return;
	close(w->command_fd);
	w->command_fd = -1;
}

static int arm(struct watch *w, int leash, struct netd_error *err)
{
	const struct netd_store *store = &w->netd->store;
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	const char byte = NETD_WATCH_ARMED;
	int r = hold_lock(store, err);

	if (r < 0)
		return r;
	w->sources[RECORD].fd = open_record(w->netd);
	w->sources[SIGNAL].fd = open_signals();
	if (w->sources[SIGNAL].fd < 0)
		return failed(err, "descriptor for signals");
	r = netd_unconfirmed_load(store, &u, err);
	if (r < 0)
		return r;
	w->over = !u.previous;
	w->deadline = u.deadline;
	if (u.previous)
		netd_copy(w->name, u.previous->name);
	w->sources[TIMER].fd = open_timer(u.rebooted ? 1 : u.deadline);
	if (w->sources[TIMER].fd < 0)
		return failed(err, "timer");
	w->sources[LEASH].fd = leash;
	open_command(w, leash);
	if (write(leash, &byte, 1) != 1)
		return failed(err, "start");
	return 0;
}

static void on_leash(struct watch *w)
{
	char byte;
	ssize_t n = read(w->sources[LEASH].fd, &byte, 1);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n == 1 && byte == NETD_WATCH_MAY_KILL) {
		w->may_kill = true;
		return;
	}
	if (n != 1 || byte != NETD_WATCH_DONE)
		w->why = "the command ended before it was done";
	w->sources[LEASH].fd = -1; /* poll() skips it */
}

static void on_timer(struct watch *w)
{
	uint64_t count;

	if (read(w->sources[TIMER].fd, &count, sizeof(count)) == sizeof(count))
		w->why = "it was not confirmed in time";
}

static void on_signal(struct watch *w)
{
	struct signalfd_siginfo info;

	if (read(w->sources[SIGNAL].fd, &info, sizeof(info)) == sizeof(info))
		w->why = "its watchdog was told to end";
}

static void on_record(struct watch *w)
{
	netd_auto(netd_unconfirmed_done) struct netd_unconfirmed u = {0};
	char events[4096];

	while (read(w->sources[RECORD].fd, events, sizeof(events)) > 0)
		;
	/* another deadline is another change, with a watchdog of its own */
	w->over = netd_unconfirmed_load(&w->netd->store, &u, NULL) == 0 &&
		  (!u.previous || u.deadline != w->deadline);
}

static void (*const handlers[SOURCES])(struct watch *w) = {
	[LEASH] = on_leash,
	[TIMER] = on_timer,
	[SIGNAL] = on_signal,
	[RECORD] = on_record,
};

static void wait_for_event(struct watch *w)
{
	while (!w->why && !w->over) {
		if (poll(w->sources, SOURCES, -1) < 0 && errno != EINTR)
			w->why = "its watchdog cannot wait";
		for (size_t i = 0; i < SOURCES && !w->why; i++)
			if (w->sources[i].revents)
				handlers[i](w);
	}
}

/* Kills the command if that holds the lock, and allowed it. */
static void free_lock(const struct watch *w)
{
	struct netd *netd = w->netd;

	netd_set_patience(netd, GRACE_SECONDS, NULL, NULL);
	if (netd_context_open(netd, true, NULL) == -EBUSY && w->may_kill &&
	    w->command_fd >= 0 && netd_lock_holder(netd->store.fd) == w->command)
		pidfd_send_signal(w->command_fd, SIGKILL, NULL, 0);
	netd_set_patience(netd, LOCK_SECONDS, NULL, NULL);
}

static int try_once(const struct watch *w, struct netd_error *err)
{
	struct netd *netd = w->netd;
	static const struct netd_caller nobody;
	const char *why = "it had been stuck";
	bool stuck = netd_stuck_is(&netd->store, w->name);
	int r;

	if (!stuck && !w->why)
		return 0;
	r = netd_context_open(netd, true, err);
	if (r < 0)
		return r;
	if (netd_stuck_is(&netd->store, w->name)) {
		r = netd_recover_stuck(netd, &nobody, w->name, NULL, err);
		if (r < 0)
			return r;
	} else if (w->why) {
		return netd_confirm_revert(netd, &nobody, w->why, err);
	}
	if (w->why)
		why = w->why;
	if (stuck)
		netd_reverted_note(&netd->store, w->name, why);
	return 1;
}

/* The lock is free between two tries; if all fail, the topology stays stuck. */
static int take_back(const struct watch *w, struct netd_error *err)
{
	int r = -EAGAIN;

	for (unsigned i = 0, pause = 1; r < 0 && i < TRIES; i++) {
		if (i)
			sleep(pause);
		pause *= 2;
		if (pause > PAUSE_MAX)
			pause = PAUSE_MAX;
		netd_error_done(err);
		r = try_once(w, err);
		netd_unlock(w->netd);
	}
	return r;
}

int netd_watch(struct netd *netd, int leash, struct netd_error *err)
{
	netd_auto(watch_done) struct watch w = {.netd = netd, .command_fd = -1};
	int r;

	for (size_t i = 0; i < SOURCES; i++)
		w.sources[i] = (struct pollfd){.fd = -1, .events = POLLIN};
	prctl(PR_SET_NAME, "netd-watchdog", 0, 0, 0);
	r = netd_store_open(&netd->store, netd->state_dir, false, err);
	if (r < 0)
		return r;
	r = arm(&w, leash, err);
	if (r < 0)
		return r;
	wait_for_event(&w);
	if (w.why)
		free_lock(&w);
	return take_back(&w, err);
}
