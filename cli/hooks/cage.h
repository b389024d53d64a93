/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The system calls that are left to the bridge helper. */
#ifndef NETD_HOOKS_CAGE_H
#define NETD_HOOKS_CAGE_H

/*
 * From now on all system calls but those that making a tap needs fail with EPERM; sockets
 * can only be rtnetlink's, files only be read (or be the tun device), and the only ioctl
 * is the one that makes a tap.  Needs privilege_keep_net_admin() before.  Where the
 * kernel or the architecture has no filters, nothing happens.
 */
void cage_enter(void);

#endif
