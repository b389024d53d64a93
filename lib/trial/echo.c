// SPDX-License-Identifier: GPL-2.0-or-later
/* One ICMP echo: is somebody there? */
#include "trial/echo.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

/*
 * A raw socket rather than an ICMP one: those are subject to net.ipv4.ping_group_range,
 * which is empty in a new namespace.  Raw sockets see every ICMP message of the peer, so
 * replies are told by id and sequence.
 */
struct echo {
	uint8_t type, code;
	uint16_t checksum, id, sequence;
};

/* RFC 1071.  ICMPv6's is made by the kernel (RFC 3542, 3.1). */
static uint16_t checksum(const struct echo *e)
{
	uint16_t words[sizeof(*e) / 2];
	uint32_t sum = 0;

	memcpy(words, e, sizeof(*e));
	for (size_t i = 0; i < sizeof(words) / 2; i++)
		sum += words[i];
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t) ~(sum + (sum >> 16));
}

static int open_socket(const struct netd_addr *to, unsigned index)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_scope_id = index};
	bool v6 = to->family == AF_INET6;
	int fd = socket(to->family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	int code;

	if (fd < 0)
		return -errno;
	memcpy(&in.sin_addr, to->bytes, sizeof(in.sin_addr));
	memcpy(&in6.sin6_addr, to->bytes, sizeof(in6.sin6_addr));
	if (connect(fd, v6 ? (struct sockaddr *)&in6 : (struct sockaddr *)&in,
		    v6 ? sizeof(in6) : sizeof(in)) == 0)
		return fd;
	code = -errno;
	close(fd);
	return code;
}

/* IPv4's raw sockets hand out the IP header, too (raw(7)); IPv6's do not. */
static bool is_reply(const uint8_t *data, size_t length, bool v6, const struct echo *sent)
{
	size_t skip = v6 || !length ? 0 : (size_t)(data[0] & 15) * 4;
	struct echo e;

	if (length < skip + sizeof(e))
		return false;
	memcpy(&e, data + skip, sizeof(e));
	return e.type == (v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY) && e.id == sent->id &&
	       e.sequence == sent->sequence;
}

static int wait_reply(int fd, bool v6, const struct echo *sent, unsigned ms)
{
	int64_t end = netd_now_ms() + ms, left;
	uint8_t data[2048];

	while ((left = end - netd_now_ms()) > 0) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n;

		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = recv(fd, data, sizeof(data), 0);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n > 0 && is_reply(data, (size_t)n, v6, sent))
			return 0;
	}
	return -ETIMEDOUT;
}

int netd_echo(const struct netd_addr *to, unsigned index, unsigned ms)
{
	static uint16_t sequence;
	bool v6 = to->family == AF_INET6;
	netd_auto_close int fd = open_socket(to, index);
	struct echo e = {
		.type = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO,
		.id = (uint16_t)getpid(),
		.sequence = sequence,
	};

	if (fd < 0)
		return fd;
	sequence++;
	if (!v6)
		e.checksum = checksum(&e);
	if (send(fd, &e, sizeof(e), 0) < 0)
		return -errno;
	return wait_reply(fd, v6, &e, ms);
}
