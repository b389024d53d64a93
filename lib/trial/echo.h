/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One ICMP echo: is somebody there? */
#ifndef NETD_TRIAL_ECHO_H
#define NETD_TRIAL_ECHO_H

#include "base/addr.h"

/*
 * Sends one echo request to @to (@index: by which link, for a link-local address; else 0)
 * and waits for its reply for up to @ms milliseconds.  0, -ETIMEDOUT, or what the kernel
 * says: -ENETUNREACH, -EHOSTUNREACH, -EPERM, …
 */
int netd_echo(const struct netd_addr *to, unsigned index, unsigned ms);

#endif
