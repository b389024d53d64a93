// SPDX-License-Identifier: GPL-2.0-or-later
/* A netdctl whose kernel, memory or life fails at a place that the caller names. */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/run.h"
#include "base/str.h"
#include "plan/plan.h"

/*
 * Theory of operation.  The linker puts these functions in front of the library's own
 * calls (ld's --wrap; the list stands in meson.build), so the code that is tested is the
 * code that is installed, and what is installed has no such door.
 *
 * FAULTS names what goes wrong: "op-kill:17" is the 17th op, "alloc:300,op-fail:4" two
 * things.  Each kind of event has a counter, which goes on through the way back.  What
 * came to pass, and the counters in the end, are written to the file FAULTS_LOG.
 *
 * Ops that go to the kernel together are taken apart for it: those before the named one
 * run, then comes the fault.  A refused message is one whose type the kernel does not
 * know; its answer is then changed to EIO.  A lost answer is blanked out.
 */

enum event { OP, MESSAGE, SEND, RECEIVE, ALLOCATION, EVENT_COUNT };
enum fault { FAIL, KILL, KILL_BEHIND, LOSE, OVERRUN, INTERRUPT };

static const char *const event_names[EVENT_COUNT] = {"op", "message", "send", "receive",
						     "alloc"};

static const struct {
	const char *name;
	enum event event;
	enum fault fault;
} kinds[] = {
	{"op-fail", OP, FAIL},
	{"op-kill", OP, KILL},
	{"op-kill-behind", OP, KILL_BEHIND},
	{"message-refused", MESSAGE, FAIL},
	{"message-kill", MESSAGE, KILL},
	{"message-lost", MESSAGE, LOSE},
	{"message-overrun", MESSAGE, OVERRUN},
	{"send-interrupted", SEND, INTERRUPT},
	{"receive-interrupted", RECEIVE, INTERRUPT},
	{"alloc", ALLOCATION, FAIL},
};

#define POINTS_MAX 4
static struct point {
	enum event event;
	enum fault fault;
	unsigned long at;
} points[POINTS_MAX];
static size_t point_count;
static unsigned long counters[EVENT_COUNT];
static pid_t self;
static int out = -1;

/* The answer that is changed, and how. */
static struct {
	int fd; /* 0: none */
	uint32_t seq;
	enum fault fault;
} answer;
static bool overrun;

ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t length);
int __real_vasprintf(char **out, const char *format, va_list ap);

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (n > 0 && out >= 0 && write(out, line, strnlen(line, sizeof(line))) < 0)
		_exit(99);
}

static void add_point(const char *kind, unsigned long at)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(kind, kinds[i].name) != 0 || point_count == POINTS_MAX)
			continue;
		points[point_count++] =
			(struct point){kinds[i].event, kinds[i].fault, at};
		return;
	}
	fprintf(stderr, "FAULTS: \"%s\" is no fault\n", kind);
	_exit(99);
}

static void __attribute__((constructor)) begin(void)
{
	const char *faults = getenv("FAULTS"), *log = getenv("FAULTS_LOG");
	char kind[64];
	unsigned long at;
	int n;

	self = getpid();
	for (; faults && sscanf(faults, "%63[^:]:%lu%n", kind, &at, &n) == 2;
	     faults += n) {
		add_point(kind, at);
		n += faults[n] == ',';
	}
	if (log)
		out = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
			   0644);
}

static void __attribute__((destructor)) end(void)
{
	for (size_t i = 0; i < EVENT_COUNT && getpid() == self; i++)
		say("total %s %lu\n", event_names[i], counters[i]);
}

/* Counts the event; what is to happen there, NULL as a rule. */
static const struct point *next(enum event event)
{
	if (getpid() != self)
		return NULL; /* a child that becomes dnsmasq */
	counters[event]++;
	for (size_t i = 0; i < point_count; i++)
		if (points[i].event == event && points[i].at == counters[event])
			return &points[i];
	return NULL;
}

static void __attribute__((noreturn)) die(void)
{
	kill(self, SIGKILL);
	_exit(99);
}

/*
 * Ops
 */

int __real_netd_run_ops(const struct netd_run *run);
int __wrap_netd_run_ops(const struct netd_run *all);

static int run_first(const struct netd_run *all, size_t count)
{
	struct netd_run part = *all;

	part.count = count;
	return count ? __real_netd_run_ops(&part) : 0;
}

static int fault_at(const struct netd_run *all, size_t i, enum fault fault)
{
	const struct netd_op *op = &all->ops[i];
	struct netd_str text = {0};
	int r;

	netd_op_describe(op, all->plan, &text);
	say("hit op %s%s%s\n", netd_str_text(&text), *op->space ? " in " : "", op->space);
	netd_str_done(&text);
	r = run_first(all, i + (fault == KILL_BEHIND));
	if (fault != FAIL)
		die();
	return r ? r : netd_run_failed(all, op, -EIO, "injected");
}

int __wrap_netd_run_ops(const struct netd_run *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct point *p = next(OP);

		if (p)
			return fault_at(all, i, p->fault);
	}
	return __real_netd_run_ops(all);
}

/*
 * Messages
 */

static char *flatten(const struct msghdr *m, size_t *length)
{
	char *flat, *at;

	*length = 0;
	for (size_t i = 0; i < m->msg_iovlen; i++)
		*length += m->msg_iov[i].iov_len;
	at = flat = __real_malloc(*length ? *length : 1);
	if (!flat)
		die();
	for (size_t i = 0; i < m->msg_iovlen; i++) {
		memcpy(at, m->msg_iov[i].iov_base, m->msg_iov[i].iov_len);
		at += m->msg_iov[i].iov_len;
	}
	return flat;
}

/* A part of the parts' bytes, from the first on, sent as one. */
static ssize_t send_flat(int fd, const struct msghdr *m, char *flat, size_t length,
			 int flags)
{
	struct iovec part = {flat, length};
	struct msghdr one = *m;

	one.msg_iov = &part;
	one.msg_iovlen = 1;
	return length ? __real_sendmsg(fd, &one, flags) : 0;
}

/* An unknown message of the same subsystem: rtnetlink's types are below 256. */
static uint16_t unknown_type(uint16_t type)
{
	return type < 256 ? 0xfe : (uint16_t)(type | 0xff);
}

static void spoil(int fd, const struct msghdr *m, char *flat, struct nlmsghdr *victim,
		  enum fault fault)
{
	say("hit message type %u\n", victim->nlmsg_type);
	if (fault == KILL) {
		send_flat(fd, m, flat, (size_t)((char *)victim - flat), 0);
		die();
	}
	answer.fd = fd;
	answer.seq = victim->nlmsg_seq;
	answer.fault = fault;
	if (fault == FAIL)
		victim->nlmsg_type = unknown_type(victim->nlmsg_type);
}

static bool is_netlink(const struct msghdr *m)
{
	const struct sockaddr *name = m->msg_name;

	return name && name->sa_family == AF_NETLINK;
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags)
{
	const struct point *p;
	size_t length, at = 0;
	bool spoilt = false;
	ssize_t n;
	char *flat;

	if (!is_netlink(m))
		return __real_sendmsg(fd, m, flags);
	if (next(SEND)) {
		say("hit send\n");
		errno = EINTR;
		return -1;
	}
	flat = flatten(m, &length);
	while (at + sizeof(struct nlmsghdr) <= length) {
		struct nlmsghdr *one = (void *)(flat + at);

		p = next(MESSAGE);
		if (p) {
			spoil(fd, m, flat, one, p->fault);
			spoilt = true;
		}
		if (one->nlmsg_len < sizeof(*one))
			break;
		at += NLMSG_ALIGN(one->nlmsg_len);
	}
	n = spoilt ? send_flat(fd, m, flat, length, flags) : __real_sendmsg(fd, m, flags);
	free(flat);
	return n;
}

/* Changes or blanks what answers the message that was spoilt. */
static void change_answer(char *buffer, ssize_t length)
{
	for (ssize_t at = 0; at + (ssize_t)sizeof(struct nlmsghdr) <= length;) {
		struct nlmsghdr *m = (void *)(buffer + at);

		if (m->nlmsg_len < sizeof(*m))
			return;
		at += NLMSG_ALIGN(m->nlmsg_len);
		if (m->nlmsg_seq != answer.seq)
			continue;
		if (answer.fault == FAIL && m->nlmsg_type == NLMSG_ERROR)
			((struct nlmsgerr *)NLMSG_DATA(m))->error = -EIO;
		if (answer.fault == FAIL)
			continue;
		if (answer.fault == OVERRUN) {
			overrun = true;
			answer.fd = 0; /* once */
		}
		m->nlmsg_seq = 0;
		m->nlmsg_type = NLMSG_NOOP;
	}
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *m, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *m, int flags)
{
	ssize_t n;

	if (next(RECEIVE)) {
		say("hit receive\n");
		errno = EINTR;
		return -1;
	}
	if (overrun) {
		overrun = false;
		errno = ENOBUFS;
		return -1;
	}
	n = __real_recvmsg(fd, m, flags);
	if (n > 0 && fd == answer.fd)
		change_answer(m->msg_iov->iov_base, n);
	return n;
}

/*
 * Memory
 */

static bool no_memory(void)
{
	if (!next(ALLOCATION))
		return false;
	say("hit alloc\n");
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	return no_memory() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
	return no_memory() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size)
{
	return no_memory() ? NULL : __real_realloc(old, size);
}

void *__wrap_reallocarray(void *old, size_t count, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
	return no_memory() ? NULL : __real_reallocarray(old, count, size);
}

char *__wrap_strdup(const char *text);
char *__wrap_strdup(const char *text)
{
	return no_memory() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t length);
char *__wrap_strndup(const char *text, size_t length)
{
	return no_memory() ? NULL : __real_strndup(text, length);
}

int __wrap_vasprintf(char **to, const char *format, va_list ap);
int __wrap_vasprintf(char **to, const char *format, va_list ap)
{
	return no_memory() ? -1 : __real_vasprintf(to, format, ap);
}

int __wrap_asprintf(char **to, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int __wrap_asprintf(char **to, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = __wrap_vasprintf(to, format, ap);
	va_end(ap);
	return n;
}
