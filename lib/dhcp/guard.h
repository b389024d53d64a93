/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps dnsmasq from giving out an address in use: asks by ARP before a reply is sent. */
#ifndef NETD_DHCP_GUARD_H
#define NETD_DHCP_GUARD_H

#include <sys/types.h>

/* Directory, in that of a service: a file for each address in use, which dnsmasq reads.
 */
#define NETD_GUARD_USED "used"
#define NETD_GUARD_PID "guard"

/*
 * Starts @program (netdctl) as the guard of the dnsmasq @pid, in the network namespace
 * @space (-1: the caller's own), and waits until it works, or has failed: if the kernel
 * lacks what the guard needs, dnsmasq runs unguarded, and netd_guard_state() says why.
 * The guard ends with dnsmasq.  A guard that works already stays.
 */
void netd_guard_start(const char *program, const char *directory, const char *link,
		      pid_t pid, int space);

/* The process that guards the dnsmasq of @directory; 0 if there is none. */
pid_t netd_guard_pid(const char *directory);

/*
 * 0 if it is on guard, or nobody started one, or the caller may not look; -ESRCH if it
 * has been killed since; or the -errno with which it ended, or could not begin.
 */
int netd_guard_state(const char *directory);

/* Waits until the guard of @directory has ended with its dnsmasq. */
void netd_guard_wait_end(const char *directory);

/* The guard itself; standard output is closed once it is on guard.  -errno. */
int netd_guard_run(const char *directory, const char *link, pid_t pid);

#endif
