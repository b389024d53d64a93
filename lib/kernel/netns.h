/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Named network namespaces, as ip-netns(8) has them: bind mounts in /run/netns. */
#ifndef NETD_KERNEL_NETNS_H
#define NETD_KERNEL_NETNS_H

#include "base/error.h"

#define NETD_NETNS_DIR "/run/netns"

/* A descriptor of that namespace; -ENOENT with a problem in @err if there is none. */
int netd_netns_open(const char *name, struct netd_error *err);

/* A descriptor of the calling thread's own. */
int netd_netns_current(struct netd_error *err);

/* Moves the calling thread into the namespace @fd.  0 or -errno. */
int netd_netns_enter(int fd, struct netd_error *err);

/*
 * Makes an empty namespace of that name, its loopback up; the calling thread stays where
 * it is.  -EEXIST if the name is taken, whether by a living namespace or a leftover file.
 */
int netd_netns_create(const char *name, struct netd_error *err);

/* Unmounts (detached) and removes the name; the namespace dies with its last user. */
int netd_netns_delete(const char *name, struct netd_error *err);

#endif
