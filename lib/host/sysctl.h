/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers below /proc/sys/net of the calling thread's network namespace. */
#ifndef NETD_HOST_SYSCTL_H
#define NETD_HOST_SYSCTL_H

/*
 * @path is relative to /proc/sys/net, with slashes ("ipv4/conf/eth0.5/forwarding": an
 * interface's dots need no care).  0 or -errno; -ENOENT: this kernel (or interface) has
 * no such setting.
 */
int netd_sysctl_read(const char *path, int *value);
int netd_sysctl_write(const char *path, int value);

#endif
