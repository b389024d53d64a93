// SPDX-License-Identifier: GPL-2.0-or-later
/* A minimal rtnetlink: a fixed buffer of requests, one send, their answers. */
/*
 * Theory of operation.  The programs that QEMU runs live for less than a millisecond and
 * most of that is their start, so they do without libnl, stdio and malloc: requests are
 * built in place, several go in one send, and the kernel has answered all of them when
 * that send returns (rtnetlink works in the caller's context), so no read ever waits.
 *
 * The socket is not bound: the first send binds it.  Nobody but the kernel can send to
 * it, since NETLINK_ROUTE lets only CAP_NET_ADMIN address other sockets
 * (net/netlink/af_netlink.c, netlink_sendmsg()); a sequence number that is not the
 * awaited one is skipped.
 */
#include "attach/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int netd_wire_open(struct netd_wire *w)
{
	int on = 1;

	w->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	w->sequence = 0;
	w->answered = 0;
	w->length = 0;
	w->full = 0;
	w->text[0] = 0;
	if (w->fd < 0)
		return -errno;
	/* Without it there are only numbers; every kernel since 4.12 has it. */
	setsockopt(w->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	return 0;
}

void netd_wire_close(struct netd_wire *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

/* Room for @size more bytes, zeroed up to the next multiple of four; NULL if none. */
static void *take(struct netd_wire *w, size_t size)
{
	size_t padded = NLMSG_ALIGN(size);
	char *at = w->buffer + w->length;

	if (padded > sizeof(w->buffer) - w->length) {
		w->full = 1;
		return NULL;
	}
	memset(at, 0, padded);
	w->length += padded;
	return at;
}

/* The request begun last, whose length still grows. */
static struct nlmsghdr *last_request(struct netd_wire *w)
{
	char *at = w->buffer;

	for (;;) {
		struct nlmsghdr *h = (void *)at;

		if (h->nlmsg_seq == w->sequence)
			return h;
		at += NLMSG_ALIGN(h->nlmsg_len);
	}
}

void *netd_wire_request(struct netd_wire *w, uint16_t type, uint16_t flags, size_t size)
{
	struct nlmsghdr *h = take(w, sizeof(*h) + size);

	if (!h)
		return NULL;
	h->nlmsg_len = NLMSG_LENGTH(size);
	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | flags;
	h->nlmsg_seq = ++w->sequence;
	return h + 1;
}

void netd_wire_put(struct netd_wire *w, uint16_t type, const void *data, size_t size)
{
	struct nlattr *a;

	if (w->full)
		return;
	a = take(w, NLA_HDRLEN + size);
	if (!a)
		return;
	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + size;
	if (size)
		memcpy(a + 1, data, size);
	last_request(w)->nlmsg_len += NLA_ALIGN(a->nla_len);
}

void netd_wire_put_u32(struct netd_wire *w, uint16_t type, uint32_t value)
{
	netd_wire_put(w, type, &value, sizeof(value));
}

void netd_wire_put_text(struct netd_wire *w, uint16_t type, const char *text)
{
	netd_wire_put(w, type, text, strlen(text) + 1);
}

size_t netd_wire_open_nest(struct netd_wire *w, uint16_t type)
{
	size_t nest = w->length;

	netd_wire_put(w, type | NLA_F_NESTED, NULL, 0);
	return nest;
}

void netd_wire_close_nest(struct netd_wire *w, size_t nest)
{
	struct nlattr *a = (void *)(w->buffer + nest);

	if (!w->full)
		a->nla_len = w->length - nest;
}

int netd_wire_send(struct netd_wire *w)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	ssize_t r;

	if (w->full)
		return -EMSGSIZE;
	do
		r = sendto(w->fd, w->buffer, w->length, 0, (void *)&kernel,
			   sizeof(kernel));
	while (r < 0 && errno == EINTR);
	w->length = 0;
	if (r < 0)
		return -errno;
	return 0;
}

/* Behind the error number: the request's header or (if it failed) all of it, then TLVs.
 */
static void keep_text(struct netd_wire *w, const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = (const void *)(h + 1);
	size_t skip = sizeof(*h) + sizeof(*e);
	const struct nlattr *a;
	size_t size;

	w->text[0] = 0;
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(h->nlmsg_flags & NLM_F_CAPPED) && e->msg.nlmsg_len > sizeof(e->msg))
		skip += NLMSG_ALIGN(e->msg.nlmsg_len) - sizeof(e->msg);
	if (skip > h->nlmsg_len)
		return;
	a = netd_wire_find((const char *)h + skip, h->nlmsg_len - skip,
			   NLMSGERR_ATTR_MSG);
	if (!a)
		return;
	size = netd_wire_size(a);
	if (size >= sizeof(w->text))
		size = sizeof(w->text) - 1;
	memcpy(w->text, netd_wire_data(a), size);
	w->text[size] = 0;
}

/* The next datagram's length; -EBADMSG if it does not begin with one whole message. */
static long receive(struct netd_wire *w, struct nlmsghdr *h, size_t size)
{
	ssize_t r;

	do
		r = recv(w->fd, h, size, MSG_TRUNC);
	while (r < 0 && errno == EINTR);
	if (r < 0)
		return -errno;
	if ((size_t)r > size)
		return -EMSGSIZE;
	if ((size_t)r < sizeof(*h) || h->nlmsg_len < sizeof(*h) ||
	    h->nlmsg_len > (size_t)r)
		return -EBADMSG;
	return r;
}

int netd_wire_answer(struct netd_wire *w, void *answer, size_t size)
{
	union {
		struct nlmsghdr header;
		char bytes[1024]; /* an error that quotes our request, and its text */
	} own;
	struct nlmsghdr *h = answer ? answer : &own.header;
	int r;

	if (!answer)
		size = sizeof(own);
	w->answered++;
	do {
		r = receive(w, h, size);
		if (r < 0)
			return r;
	} while (h->nlmsg_seq != w->answered);
	if (h->nlmsg_type != NLMSG_ERROR)
		return 0;
	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(struct nlmsgerr)))
		return -EBADMSG;
	r = ((const struct nlmsgerr *)(h + 1))->error;
	if (r < 0)
		keep_text(w, h);
	return r;
}

/* 1: that was the last message; 0: more to come; or -errno. */
static int dump_ended(const struct nlmsghdr *h)
{
	if (h->nlmsg_type == NLMSG_DONE)
		return 1;
	if (h->nlmsg_type != NLMSG_ERROR)
		return 0;
	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(struct nlmsgerr)))
		return -EBADMSG;
	return ((const struct nlmsgerr *)(h + 1))->error;
}

/* NLMSG_NEXT() without its cast to a stricter alignment. */
static const struct nlmsghdr *next_message(const struct nlmsghdr *h, long *left)
{
	size_t step = NLMSG_ALIGN(h->nlmsg_len);

	*left -= (long)step;
	return (const void *)((const char *)h + step);
}

int netd_wire_dump(struct netd_wire *w, int (*see)(const struct nlmsghdr *h, void *data),
		   void *data)
{
	union {
		struct nlmsghdr header;
		char bytes[32768]; /* the most that the kernel puts into one datagram */
	} buffer;
	int found = 0, ended = 0;

	w->answered++;
	while (!ended) {
		const struct nlmsghdr *h = &buffer.header;
		long left = receive(w, &buffer.header, sizeof(buffer));

		if (left < 0)
			return left;
		for (; !ended && NLMSG_OK(h, left); h = next_message(h, &left)) {
			if (h->nlmsg_seq != w->answered)
				continue;
			ended = dump_ended(h);
			if (!ended && !found)
				found = see(h, data);
		}
	}
	if (ended < 0)
		return ended;
	return found;
}

const struct nlattr *netd_wire_find(const void *attributes, size_t length, uint16_t type)
{
	const char *at = attributes;

	while (length >= NLA_HDRLEN) {
		const struct nlattr *a = (const void *)at;
		size_t step = NLA_ALIGN(a->nla_len);

		if (a->nla_len < NLA_HDRLEN || a->nla_len > length)
			return NULL;
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		if (step >= length)
			return NULL;
		at += step;
		length -= step;
	}
	return NULL;
}

const void *netd_wire_data(const struct nlattr *a)
{
	return a + 1;
}

size_t netd_wire_size(const struct nlattr *a)
{
	return a->nla_len - NLA_HDRLEN;
}

uint32_t netd_wire_u32(const struct nlattr *a, uint32_t otherwise)
{
	uint32_t value;

	if (!a || netd_wire_size(a) < sizeof(value))
		return otherwise;
	memcpy(&value, netd_wire_data(a), sizeof(value));
	return value;
}
