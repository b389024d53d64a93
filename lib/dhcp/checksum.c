// SPDX-License-Identifier: GPL-2.0-or-later
/* DHCP replies that clients accept which read raw frames. */
#include "dhcp/process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/pidfd.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/cleanup.h"

/*
 * Theory of operation.  The hardware is to fill in the checksum of a datagram to a bridge
 * (CHECKSUM_PARTIAL), and a veth pair or a virtio NIC has none: a raw socket behind it
 * gets the sum of the pseudo header only, and a client that checks it and does not know
 * of offloads drops the reply.  No checksum, zero, is right everywhere (RFC 768).
 *
 * nftables can write a zero, but leaves the packet CHECKSUM_PARTIAL: on the way to a port
 * without offload, such as QEMU's e1000, skb_checksum_help() then sums up without the
 * pseudo header, and every client drops that.  The socket option is right (net/ipv4/udp.c
 * udp_send_skb()); it is set on dnsmasq's own socket, and costs no other packet anything.
 */
#define DESCRIPTORS 64 /* dnsmasq opens its sockets first */

static const uint16_t ports[] = {67, 4011}; /* RFC 2131; PXE 2.1, 2.2.3 */

static bool sends_dhcp(int fd)
{
	struct sockaddr_in a = {0};
	socklen_t length = sizeof(a);
	int type = 0;

	if (getsockname(fd, (struct sockaddr *)&a, &length) < 0 || length != sizeof(a) ||
	    a.sin_family != AF_INET)
		return false;
	length = sizeof(type);
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) < 0 || type != SOCK_DGRAM)
		return false;
	for (size_t i = 0; i < NETD_ARRAY_SIZE(ports); i++)
		if (ntohs(a.sin_port) == ports[i])
			return true;
	return false;
}

int netd_checksum_leave_out(int pidfd)
{
	static const int on = 1;
	int done = 0;

	for (int i = 0; i < DESCRIPTORS; i++) {
		netd_auto_close int fd = pidfd_getfd(pidfd, i, 0);

		if (fd < 0 && errno != EBADF)
			return -errno;
		if (fd < 0 || !sends_dhcp(fd))
			continue;
		if (setsockopt(fd, SOL_SOCKET, SO_NO_CHECK, &on, sizeof(on)) < 0)
			return -errno;
		done++;
	}
	return done;
}
