/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Borrowed privileges, cut down to the one that is needed. */
#ifndef NETD_HOOKS_PRIVILEGE_H
#define NETD_HOOKS_PRIVILEGE_H

/*
 * Becomes the calling user again (after setuid root) and keeps CAP_NET_ADMIN alone, for
 * this process and not for what it might run (no_new_privs); nobody can trace it.
 * 0 or -errno; -EPERM: there is no CAP_NET_ADMIN to keep.
 */
int privilege_keep_net_admin(void);

#endif
