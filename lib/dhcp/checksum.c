// SPDX-License-Identifier: GPL-2.0-or-later
/* DHCP replies that clients accept which read raw frames. */
#include "dhcp/checksum.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/pidfd.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/cleanup.h"

/*
 * Theory of operation.  A datagram to a bridge has its checksum filled in by the hardware
 * (CHECKSUM_PARTIAL), of which a veth pair or a virtio NIC has none: what a raw socket
 * sees there is the sum of the pseudo header only, and a client that checks it and knows
 * nothing of offloads drops the reply.  No checksum, zero, is right everywhere (RFC 768).
 *
 * nftables can write a zero, but leaves the packet CHECKSUM_PARTIAL: on the way to a port
 * without offload, such as QEMU's e1000, skb_checksum_help() then adds up what is there
 * and leaves out the pseudo header, and nobody accepts that.  The socket option does it
 * right (net/ipv4/udp.c udp_send_skb()), on dnsmasq's own socket, at no cost to any other
 * packet.  The socket lives as long as the process.
 */
#define DESCRIPTORS 64 /* the sockets are opened first of all */

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
