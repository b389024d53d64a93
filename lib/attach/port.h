/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hot path for callers inside the library: with a struct netd_error. */
#ifndef NETD_ATTACH_PORT_H
#define NETD_ATTACH_PORT_H

struct netd_error;

/*
 * As netd_attach_port() in attach/attach.h, with the failure put into words.  @flags: 0
 * or NETD_ATTACH_HIGH_MAC.  0 or -errno.
 */
int netd_attach(const char *bridge, const char *port, unsigned flags,
		struct netd_error *err);

/* As netd_attach_release(). */
int netd_detach(const char *bridge, const char *port, struct netd_error *err);

#endif
