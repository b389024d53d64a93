/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A minimal rtnetlink: a fixed buffer of requests, one send, their answers. */
#ifndef NETD_ATTACH_WIRE_H
#define NETD_ATTACH_WIRE_H

#include <linux/netlink.h>
#include <stddef.h>
#include <stdint.h>

/* Longest text of the kernel's (extended ack) that is kept; the rest is cut off. */
#define NETD_WIRE_TEXT 128

/* Requests are collected and then sent together; @full once one did not fit. */
struct netd_wire {
	int fd;
	uint32_t sequence; /* of the request added last */
	uint32_t answered; /* of the request answered last */
	size_t length;
	int full;
	char buffer[512];
	char text[NETD_WIRE_TEXT]; /* what the kernel said of the failure returned last */
};

/* Opens the socket.  0 or -errno. */
int netd_wire_open(struct netd_wire *w);
void netd_wire_close(struct netd_wire *w);

/* Begins a request with a body of @size bytes; NULL if the buffer is full. */
void *netd_wire_request(struct netd_wire *w, uint16_t type, uint16_t flags, size_t size);
/* Appends an attribute to the request begun last. */
void netd_wire_put(struct netd_wire *w, uint16_t type, const void *data, size_t size);
void netd_wire_put_u32(struct netd_wire *w, uint16_t type, uint32_t value);
void netd_wire_put_text(struct netd_wire *w, uint16_t type, const char *text);
/* A nest is opened, filled by the calls above, and closed by what open returned. */
size_t netd_wire_open_nest(struct netd_wire *w, uint16_t type);
void netd_wire_close_nest(struct netd_wire *w, size_t nest);

/* Sends all requests begun since the last send.  0 or -errno (-EMSGSIZE: full). */
int netd_wire_send(struct netd_wire *w);

/*
 * Waits for the next request's answer, in the order in which they were sent.  @answer
 * (aligned for a struct nlmsghdr, @size bytes) gets the message if the request was
 * answered by one, else NULL may be passed.  0, or the kernel's -errno with w->text set.
 */
int netd_wire_answer(struct netd_wire *w, void *answer, size_t size);

/*
 * The answers to a request that was a dump: each message goes to @see.  0; or what @see
 * returned first that was not 0, after the last message; or -errno.
 */
int netd_wire_dump(struct netd_wire *w, int (*see)(const struct nlmsghdr *h, void *data),
		   void *data);

/* The attribute of that type in the @length bytes at @attributes; NULL if not there. */
const struct nlattr *netd_wire_find(const void *attributes, size_t length, uint16_t type);
/* Its payload, and the payload's size. */
const void *netd_wire_data(const struct nlattr *a);
size_t netd_wire_size(const struct nlattr *a);
/* Its number, or @otherwise if @a is NULL or too short. */
uint32_t netd_wire_u32(const struct nlattr *a, uint32_t otherwise);

#endif
