// SPDX-License-Identifier: GPL-2.0-or-later
/* Which of its addresses the host uses towards another. */
#include "rtnl/source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"

union address {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

static void *bytes_of(union address *a)
{
	if (a->any.sa_family == AF_INET)
		return &a->four.sin_addr;
	return &a->six.sin6_addr;
}

/* connect() of UDP looks up the route, and sends nothing (udp(7)). */
int netd_source_towards(const struct netd_addr *to, struct netd_addr *out)
{
	netd_auto_close int fd = socket(to->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	union address there = {.any.sa_family = to->family}, here = {0};
	socklen_t length = sizeof(here);

	memcpy(bytes_of(&there), to->bytes, netd_addr_size(to));
	there.four.sin_port = htons(9); /* discard; at the same place in both */
	if (fd < 0 || connect(fd, &there.any, sizeof(there)) < 0 ||
	    getsockname(fd, &here.any, &length) < 0)
		return -errno;
	*out = (struct netd_addr){.family = to->family};
	memcpy(out->bytes, bytes_of(&here), netd_addr_size(out));
	return 0;
}
