/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netlink by hand, for the floors: requests written into one buffer and sent at once. */
#ifndef BENCH_MESSAGE_H
#define BENCH_MESSAGE_H

#include <endian.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Theory of operation.  A floor does the least that can be done, so nothing here checks
 * whether the buffer holds what is put into it: it is static, larger than the largest
 * floor needs, and untouched pages cost nothing.  The answers are read until as many came
 * as were asked for; the first error ends the program with it.
 */
#define BUFFER (16U << 20)

static char buffer[BUFFER] __attribute__((aligned(8)));
static char *at = buffer;
static struct nlmsghdr *message;
static unsigned wanted; /* acknowledgements */

/* Opens a request; @size bytes of family header follow and are returned. */
static inline void *begin(uint16_t type, uint16_t flags, size_t size)
{
	message = (void *)at;
	*message = (struct nlmsghdr){
		.nlmsg_type = type,
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
	};
	at += NLMSG_HDRLEN + NLMSG_ALIGN(size);
	wanted += (flags & NLM_F_ACK) != 0;
	return NLMSG_DATA(message);
}

static inline void end(void)
{
	message->nlmsg_len = (uint32_t)(at - (char *)message);
}

static inline void *put(uint16_t type, const void *data, size_t size)
{
	struct nlattr a = {(uint16_t)(NLA_HDRLEN + size), type};
	char *start = at;

	memcpy(at, &a, sizeof(a));
	memcpy(at + NLA_HDRLEN, data, size);
	at += NLA_ALIGN(NLA_HDRLEN + size);
	return start;
}

static inline void put_text(uint16_t type, const char *text)
{
	put(type, text, strlen(text) + 1);
}

static inline void put32(uint16_t type, uint32_t value)
{
	put(type, &value, sizeof(value));
}

/* nf_tables has its numbers in network order. */
static inline void put_be32(uint16_t type, uint32_t value)
{
	put32(type, htobe32(value));
}

static inline void *nest(uint16_t type)
{
	return put(type | NLA_F_NESTED, "", 0);
}

static inline void unnest(void *start)
{
	((struct nlattr *)start)->nla_len = (uint16_t)(at - (char *)start);
}

static inline int open_netlink(int protocol)
{
	int fd = socket(AF_NETLINK, SOCK_RAW, protocol), size = 32 << 20;

	if (fd < 0)
		exit(1);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

/* Sends what was written since the last time; the answers are receive()'s. */
static inline void send_all(int fd)
{
	static const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

	if (sendto(fd, buffer, (size_t)(at - buffer), 0, (const void *)&kernel,
		   sizeof(kernel)) < 0)
		exit(1);
	at = buffer;
}

/* Reads answers until all that are wanted, or the end of a dump, came. */
static inline void receive(int fd)
{
	static char answers[256 << 10] __attribute__((aligned(8)));
	ssize_t left;

	while (wanted) {
		ssize_t offset = 0;

		left = recv(fd, answers, sizeof(answers), 0);
		if (left < 0)
			exit(1);
		while (offset < left) {
			const struct nlmsghdr *h = (void *)(answers + offset);
			const struct nlmsgerr *e = NLMSG_DATA(h);

			offset += NLMSG_ALIGN(h->nlmsg_len);
			if (h->nlmsg_type == NLMSG_ERROR && e->error)
				exit(1);
			wanted -= h->nlmsg_type == NLMSG_ERROR ||
				  h->nlmsg_type == NLMSG_DONE;
		}
	}
}

static inline void talk(int fd)
{
	send_all(fd);
	receive(fd);
}

#endif
