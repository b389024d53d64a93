/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How dnsmasq is run: command line, user, a clean process. */
#ifndef NETD_DHCP_LAUNCH_H
#define NETD_DHCP_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

struct netd_launch {
	const char *program;
	const char *name;	 /* of the service, for messages */
	const char *directory;	 /* absolute; the files are there */
	int space;		 /* a network namespace; -1: the caller's own */
	bool uses_resolv;	 /* asks the servers of a resolv.conf … */
	bool own_resolv;	 /* … in the directory, … */
	const char *host_resolv; /* … or of this one; NULL: /etc/resolv.conf */
};

/* A first process that has not ended yet. */
struct netd_launching {
	pid_t pid;
	int words; /* what it says on standard error */
};

/* See netd_dnsmasq_begin() and _finish(); finish needs no program. */
int netd_launch_begin(const struct netd_launch *l, struct netd_launching *out,
		      struct netd_error *err);
int netd_launch_finish(const struct netd_launch *l, struct netd_launching *launching,
		       struct netd_error *err);

/*
 * Runs l->program, which starts nothing: -EIO with a problem if it cannot be run, as
 * while it is being upgraded.
 */
int netd_launch_test(const struct netd_launch *l, struct netd_error *err);

#endif
