/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DHCP replies that clients accept which read raw frames. */
#ifndef NETD_DHCP_CHECKSUM_H
#define NETD_DHCP_CHECKSUM_H

/*
 * Has the process behind @pidfd, a dnsmasq that serves already, send its DHCP replies
 * without a UDP checksum.  How many sockets that was; -ENOSYS before Linux 5.6, -EPERM
 * without CAP_SYS_PTRACE.
 */
int netd_checksum_leave_out(int pidfd);

#endif
