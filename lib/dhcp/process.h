/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One dnsmasq and its directory: start, reload, stop, look. */
#ifndef NETD_DHCP_PROCESS_H
#define NETD_DHCP_PROCESS_H

#include <limits.h>
#include <sys/types.h>

#include "dhcp/launch.h"
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
	bool orphan;	   /* its files are gone: it is looked for by its command line */
	const char *guard; /* the program that guards it (dhcp/guard.h); NULL: none */
};

/*
 * Makes the directory if it is missing and writes the files of @service there, atomically
 * and readable by root and dnsmasq's group only.
 */
int netd_dnsmasq_write(const struct netd_dnsmasq *d, const struct netd_service *service,
		       struct netd_error *err);

/*
 * Starts a dnsmasq over the written files, where none runs any more.  It is on its way
 * then; finish() returns when it serves, or with its own words if it does not:
 * -EADDRINUSE (says who has the port), -ENOENT (not installed), or -EIO.  What was begun
 * must be finished.
 */
int netd_dnsmasq_begin(const struct netd_dnsmasq *d, struct netd_launching *launching,
		       struct netd_error *err);
int netd_dnsmasq_finish(const struct netd_dnsmasq *d, struct netd_launching *launching,
			struct netd_error *err);

/* -EIO with a problem, of the service @name, if the program does not run. */
int netd_dnsmasq_test(const char *name, struct netd_error *err);

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
