// SPDX-License-Identifier: GPL-2.0-or-later
/* Processes that run in a router's or host's namespace, and end with it. */
#include "observe/processes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "observe/services.h"
#include "host/space.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "dhcp/guard.h"
#include "dhcp/process.h"

/*
 * Theory of operation.  A namespace lives as long as a process is in it, whether it has a
 * name or not.  So what is left in a router that is deleted would go on without any way
 * out, and keep its pid file, its sockets and its memory.
 *
 * Whose network namespace is that very one (by inode) is in it; who only has a descriptor
 * of it is not.  A descriptor of /proc/PID is both the way to look at a process and a
 * pidfd (pidfd_send_signal(2)): all that is read and sent through it concerns the process
 * that was there when it was opened, or fails.  /proc/PID/cmdline is not read: that waits
 * for a lock which a process in the D state may have.
 *
 * Whoever is seen is asked to end.  Three seconds later all are killed that are there
 * then, so what somebody has started meanwhile to clean up had its time.  What the kernel
 * does not let go of is named and left.
 */

#define NAMED_MAX 8   /* processes in one note */
#define NAP 10000000  /* ns, between looks */
#define EXPECTED 4096 /* processes: a descriptor each */

enum fate {
	STAYS, /* was not sent anything */
	ASKED,
	KILLED,
};

static const struct step {
	int signal;
	enum fate fate;
	unsigned patience; /* ms */
} steps[] = {
	{SIGTERM, ASKED, 3000},
	{SIGKILL, KILLED, 1000},
	{SIGKILL, KILLED, 1000}, /* of what a killed one had just started */
};

struct process {
	int fd; /* of /proc/PID; -1: it is gone */
	pid_t pid;
	const struct netd_op *op; /* which deletes its namespace */
	enum fate fate;
	bool own;      /* this process, or one that it was started from */
	char name[32]; /* as in /proc/PID/comm, which has 15 bytes of it at most */
};

struct processes {
	struct process *items;
	size_t count;
	size_t hidden; /* those that this process may not look into */
};

static void processes_done(struct processes *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].fd >= 0)
			close(p->items[i].fd);
	free(p->items);
}

/* The inode of its network namespace; 0 if it has none any more, or @hidden. */
static uint64_t space_of(int fd, bool *hidden)
{
	struct stat st;
	bool seen = fstatat(fd, "ns/net", &st, 0) == 0;

	*hidden = !seen && (errno == EACCES || errno == EPERM);
	if (seen)
		return st.st_ino;
	return 0;
}

/* Descriptors are few: what is gone keeps none. */
static bool lives(struct process *p)
{
	bool hidden, does = p->fd >= 0 && space_of(p->fd, &hidden) == p->op->node.inode;

	if (!does && p->fd >= 0) {
		close(p->fd);
		p->fd = -1;
	}
	return does;
}

static const struct netd_op *op_of(const struct netd_op *ops, size_t count,
				   uint64_t inode)
{
	for (size_t i = 0; i < count; i++)
		if (ops[i].kind == NETD_OP_DELETE_NAMESPACE && ops[i].node.inode &&
		    ops[i].node.inode == inode)
			return &ops[i];
	return NULL;
}

static bool is_known(struct processes *p, pid_t pid)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].pid == pid && lives(&p->items[i]))
			return true;
	return false;
}

static void read_name(int directory, char *out, size_t size)
{
	netd_file_head(directory, "comm", out, size);
	out[strcspn(out, "\n")] = '\0';
}

/* Its parent; 0 if it has none that can be seen. */
static pid_t parent_of(pid_t pid)
{
	char path[64], text[512];
	const char *name_end;
	pid_t parent = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	netd_file_head(AT_FDCWD, path, text, sizeof(text));
	name_end = strrchr(text, ')');
	if (!name_end || sscanf(name_end, ") %*c %d", &parent) != 1)
		return 0;
	return parent;
}

/* A shell, sshd or terminal that this command was started from must live to see its end.
 */
static bool is_own(pid_t pid)
{
	pid_t at = getpid();

	while (at > 1 && at != pid)
		at = parent_of(at);
	return at == pid;
}

/* Another command of netd's, which only looks in: it leaves by itself, and at once. */
static bool is_visitor(int fd)
{
	struct stat own, other;

	return stat("/proc/self/exe", &own) == 0 && fstatat(fd, "exe", &other, 0) == 0 &&
	       own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

static int add(struct processes *p, int fd, pid_t pid, const struct netd_op *op)
{
	struct process *slot = netd_array_add(&p->items, &p->count, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	slot->fd = fd;
	slot->pid = pid;
	slot->op = op;
	slot->own = is_own(pid);
	read_name(fd, slot->name, sizeof(slot->name));
	return 0;
}

/* Adds who runs in the namespaces of @ops and is not known yet. */
static void look(struct processes *p, const struct netd_op *ops, size_t count)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;

	p->hidden = 0;
	while (proc && (entry = readdir(proc))) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
		const struct netd_op *op;
		bool hidden;
		int fd;

		if (pid <= 0)
			continue;
		fd = openat(dirfd(proc), entry->d_name,
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			continue;
		op = op_of(ops, count, space_of(fd, &hidden));
		p->hidden += hidden;
		if (!op || is_visitor(fd) || is_known(p, pid) || add(p, fd, pid, op) < 0)
			close(fd);
	}
	if (proc)
		closedir(proc);
}

static void send_signal(struct processes *p, const struct step *step)
{
	for (size_t i = 0; i < p->count; i++) {
		struct process *one = &p->items[i];

		if (one->own || !lives(one) ||
		    pidfd_send_signal(one->fd, step->signal, NULL, 0) < 0)
			continue;
		/* one that is stopped hears nothing else */
		pidfd_send_signal(one->fd, SIGCONT, NULL, 0);
		one->fate = step->fate;
	}
}

static bool any_lives(struct processes *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (!p->items[i].own && lives(&p->items[i]))
			return true;
	return false;
}

/* True if nobody is there any more, those included who came meanwhile. */
static bool wait_gone(struct processes *p, const struct netd_op *ops, size_t count,
		      unsigned milliseconds)
{
	unsigned naps = milliseconds / (NAP / 1000000);

	for (; naps > 0; naps--) {
		if (!any_lives(p))
			look(p, ops, count);
		if (!any_lives(p))
			return true;
		nanosleep(&(struct timespec){.tv_nsec = NAP}, NULL);
	}
	return false;
}

/*
 * What is said of them
 */

typedef bool (*selection)(struct process *p);

static bool was_ended(struct process *p)
{
	return p->fate == ASKED && !lives(p);
}

static bool was_killed(struct process *p)
{
	return p->fate == KILLED && !lives(p);
}

static bool is_stuck(struct process *p)
{
	return p->fate == KILLED && lives(p);
}

static bool is_ours(struct process *p)
{
	return p->own && lives(p);
}

static bool is_kept(struct process *p)
{
	return p->fate == STAYS && !p->own && lives(p);
}

static bool will_end(struct process *p)
{
	return !p->own && lives(p);
}

/* "NODE: WHAT: 12 (sleep), 13 (bash)", for each of the namespaces that has some. */
static void say(struct processes *p, const struct netd_op *ops, size_t count,
		selection selected, const char *what, struct netd_error *notes)
{
	for (size_t i = 0; i < count; i++) {
		netd_auto(netd_str_done) struct netd_str names = {0};
		size_t n = 0;

		for (size_t k = 0; k < p->count; k++) {
			struct process *one = &p->items[k];

			if (one->op != &ops[i] || !selected(one))
				continue;
			if (n++ >= NAMED_MAX)
				continue;
			netd_str_next(&names, ", ");
			netd_str_addf(&names, "%d (%s)", one->pid, one->name);
		}
		if (n > NAMED_MAX)
			netd_str_addf(&names, " and %zu more", n - NAMED_MAX);
		if (n)
			netd_error_add(notes, 0, "%s: %s: %s", ops[i].space, what,
				       netd_str_text(&names));
	}
}

static void say_hidden(const struct processes *p, struct netd_error *notes)
{
	if (!p->hidden)
		return;
	netd_error_add(notes, 0,
		       "%zu process%s could not be looked into: what of them runs in a "
		       "namespace that was deleted goes on",
		       p->hidden, p->hidden == 1 ? "" : "es");
	netd_error_hint(notes, "looking needs CAP_SYS_PTRACE");
}

void netd_processes_end(const struct netd *netd, const struct netd_op *ops, size_t count,
			bool keep, struct netd_error *notes)
{
	netd_auto(processes_done) struct processes p = {0};
	static const struct {
		selection selected;
		const char *what;
	} texts[] = {
		{was_ended, "ended what ran there"},
		{was_killed, "killed what ran there and did not end when asked"},
		{is_stuck, "killed what ran there, but it is not gone yet (frozen, or "
			   "within a system call)"},
		{is_ours, "goes on without a network, since this command was started "
			  "from it"},
		{is_kept, "goes on without a network"},
	};

	netd_spaces_expect(netd->space_count + EXPECTED);
	look(&p, ops, count);
	for (size_t i = 0; !keep && i < NETD_ARRAY_SIZE(steps); i++) {
		send_signal(&p, &steps[i]);
		if (wait_gone(&p, ops, count, steps[i].patience))
			break;
		look(&p, ops, count);
	}
	for (size_t i = 0; i < NETD_ARRAY_SIZE(texts); i++)
		say(&p, ops, count, texts[i].selected, texts[i].what, notes);
	say_hidden(&p, notes);
}

static void leave_out(struct processes *p, pid_t pid)
{
	for (size_t i = 0; pid > 0 && i < p->count; i++)
		p->items[i].own |= p->items[i].pid == pid;
}

/* netd's own dnsmasqs are stopped by ops of their own, and their guards end with them. */
static void leave_out_services(const struct netd *netd, const struct netd_plan *plan,
			       struct processes *p)
{
	for (size_t i = 0; i < plan->op_count; i++) {
		const struct netd_op *op = &plan->ops[i];
		char directory[PATH_MAX];

		if (op->kind != NETD_OP_STOP_SERVICE ||
		    netd_services_directory(netd, op->service.name, directory,
					    sizeof(directory)) < 0)
			continue;
		leave_out(p, netd_dnsmasq_pid(directory));
		leave_out(p, netd_guard_pid(directory));
	}
}

void netd_processes_announce(const struct netd *netd, struct netd_plan *plan)
{
	netd_auto(processes_done) struct processes p = {0};
	bool any = false;

	for (size_t i = 0; i < plan->op_count && !any; i++)
		any = plan->ops[i].kind == NETD_OP_DELETE_NAMESPACE;
	if (!any)
		return;
	look(&p, plan->ops, plan->op_count);
	leave_out_services(netd, plan, &p);
	say(&p, plan->ops, plan->op_count, will_end, "what runs there ends",
	    &plan->notes);
}
