/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One dnsmasq and its directory: its files, start, reload and end. */
#ifndef NETD_DHCP_PROCESS_H
#define NETD_DHCP_PROCESS_H

#include <limits.h>
#include <sys/types.h>

#include "base/error.h"
#include "model/state.h"

/* The program's path; -ENOENT without a problem if it is not installed. */
int netd_dnsmasq_find(char path[PATH_MAX]);

/* The files in the directory of a service. */
#define NETD_DNSMASQ_CONFIG "config"
#define NETD_DNSMASQ_RESERVED "reserved"
#define NETD_DNSMASQ_NAMES "names"
#define NETD_DNSMASQ_STOPPED "stopped" /* the config, of one that was stopped */
#define NETD_DNSMASQ_LEASES "leases"
#define NETD_DNSMASQ_LOG "log"
#define NETD_DNSMASQ_PID "pid"
#define NETD_DNSMASQ_RESOLV "resolv"
#define NETD_DNSMASQ_HOST "host" /* refuses the host's own name */

/* What to do where somebody has port 53. */
#define NETD_DNSMASQ_PORT_HINT \
	"have it listen on other addresses only, or say `dns: false` here"

struct netd_dnsmasq {
	const char *name;      /* for messages */
	const char *directory; /* absolute */
	int space; /* a network namespace's descriptor; -1: the caller's own */
	/* the content of a resolv.conf; NULL: a file of the host's, as it changes … */
	const char *resolv;
	const char *host_resolv; /* … this one, or, NULL, /etc/resolv.conf */
	bool orphan;		 /* its files are gone: find it by its command line */
	const char *guard; /* the program that guards it (dhcp/guard.h); NULL: none */
};

/*
 * Makes the directory if it is missing and writes the files of @service there, atomically
 * and readable by root and dnsmasq's group only.
 */
int netd_dnsmasq_write(const struct netd_dnsmasq *d, const struct netd_service *service,
		       struct netd_error *err);

/* The first process of a dnsmasq, which has not ended yet. */
struct netd_launching {
	pid_t pid;
	int words; /* its standard output and error */
};

/*
 * Starts a dnsmasq with the written files; no other may run.  finish() waits until it
 * serves, or returns dnsmasq's own words if it does not: -EADDRINUSE (says who has the
 * port), -ENOENT (not installed), or -EIO.  Each begin() needs a finish().
 */
int netd_dnsmasq_begin(const struct netd_dnsmasq *d, struct netd_launching *launching,
		       struct netd_error *err);
int netd_dnsmasq_finish(const struct netd_dnsmasq *d, struct netd_launching *launching,
			struct netd_error *err);

/* -EIO with a problem, of the service @name, if dnsmasq is installed and cannot be run.
 */
int netd_dnsmasq_test(const char *name, struct netd_error *err);

/* The parts of these three in launch.c, with the path of the program. */
int netd_launch_begin(const struct netd_dnsmasq *d, const char *program, bool uses_resolv,
		      struct netd_launching *out, struct netd_error *err);
int netd_launch_finish(const struct netd_dnsmasq *d, struct netd_launching *launching,
		       struct netd_error *err);
int netd_launch_test(const char *name, const char *program, struct netd_error *err);

/*
 * Has the process behind @pidfd, a dnsmasq that serves already, send its DHCP replies
 * without a UDP checksum.  The number of sockets that it has for that; -ENOSYS before
 * Linux 5.6, -EPERM without CAP_SYS_PTRACE.
 */
int netd_checksum_leave_out(int pidfd);

/*
 * Calls @visit with the name of each service below @parent that a process on this host
 * serves, by its command line, until it returns something else than 0, which is returned.
 * Processes that the caller may not look into are left out.
 */
int netd_dnsmasq_each(const char *parent,
		      int (*visit)(pid_t pid, const char *name, void *data), void *data);

/*
 * Has it read reservations and names again, and starts its guard if that has ended;
 * -ESRCH with a problem if none runs.
 */
int netd_dnsmasq_reload(const struct netd_dnsmasq *d, struct netd_error *err);

/*
 * Asks it to end: a descriptor of the process, -ESRCH if there is none, or -errno if that
 * cannot be known.  wait_end() is told that; it waits until the process is gone, by force
 * if need be, and closes the descriptor; its files stay.  -ETIMEDOUT, or that -errno.
 */
int netd_dnsmasq_end(const struct netd_dnsmasq *d);
int netd_dnsmasq_wait_end(const struct netd_dnsmasq *d, int process,
			  struct netd_error *err);

/*
 * The process that serves @directory, 0 if there is none, -errno if that cannot be known
 * (-EACCES: the caller may not look): a pid is believed only if that process has our file
 * on its command line, or cannot be looked into, and is of dnsmasq's user.
 */
pid_t netd_dnsmasq_pid(const char *directory);
/* The inode of the network namespace of a process; -ENOENT; -EACCES: it is not told. */
int netd_dnsmasq_space(pid_t pid, ino_t *inode);

/* The last line of its log, without time and name; "" if there is none. */
void netd_dnsmasq_last_words(const char *directory, char *out, size_t size);

#endif
