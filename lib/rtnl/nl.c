// SPDX-License-Identifier: GPL-2.0-or-later
/* Talking to the kernel over rtnetlink: requests, bursts of them, dumps, and their
 * errors. */
#include "rtnl/nl.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/number.h"
#include "base/str.h"

#define BUFFER_SIZE                                                        \
	(256 * 1024) /* the kernel fills a dump reply up to 32 KiB at most \
		      */
#define CHUNK 64     /* acks that surely fit the default receive buffer */
#define DUMP_TRIES 20

static int open_socket(struct netd_nl *nl)
{
	int one = 1;

	if (!nl->buffer)
		return -ENOMEM;
	/* Its number is the kernel's choice, with the first message. */
	nl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (nl->fd < 0)
		return -errno;
	/* Without the second, RTM_GETADDR and RTM_GETROUTE ignore their filters. */
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	setsockopt(nl->fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	return 0;
}

int netd_nl_open_sharing(struct netd_nl *nl, const struct netd_nl *with,
			 struct netd_error *err)
{
	int r;

	*nl = (struct netd_nl){.fd = -1, .shared = with};
	if (with)
		nl->buffer = with->buffer;
	else
		nl->buffer = malloc(BUFFER_SIZE);
	r = open_socket(nl);
	if (r >= 0)
		return 0;
	netd_nl_done(nl);
	return netd_error_add(err, r, "cannot open a netlink socket: %s", strerror(-r));
}

int netd_nl_open(struct netd_nl *nl, struct netd_error *err)
{
	return netd_nl_open_sharing(nl, NULL, err);
}

void netd_nl_done(struct netd_nl *nl)
{
	if (nl->fd >= 0)
		close(nl->fd);
	if (!nl->shared)
		free(nl->buffer);
	*nl = (struct netd_nl){.fd = -1};
}

void netd_nl_message_cleanup(struct nl_msg **message)
{
	if (*message)
		nlmsg_free(*message);
}

struct nl_msg *netd_nl_message(int type, int flags, const void *header, size_t size)
{
	struct nl_msg *m = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);

	/* sizeof(header) is a multiple of 4 for every rtnetlink family header */
	if (m && nlmsg_append(m, (void *)(uintptr_t)header, size, NLMSG_ALIGNTO) < 0) {
		nlmsg_free(m);
		return NULL;
	}
	return m;
}

static int send_messages(struct netd_nl *nl, struct nl_msg *const *messages, size_t count)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct iovec iov[CHUNK];
	struct msghdr h = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
		.msg_iov = iov,
		.msg_iovlen = count,
	};
	ssize_t n;

	for (size_t i = 0; i < count; i++) {
		struct nlmsghdr *m = nlmsg_hdr(messages[i]);

		m->nlmsg_seq = ++nl->sequence;
		m->nlmsg_pid = 0;
		iov[i] = (struct iovec){m, m->nlmsg_len};
	}
	do
		n = sendmsg(nl->fd, &h, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return 0;
}

/*
 * Bytes received into the buffer, or -errno; only what the kernel itself sent.  It never
 * waits: rtnetlink works a request off within sendmsg(), and each part of a dump within
 * the recvmsg() before, so what is not there now was lost and will not come
 * (net/netlink/af_netlink.c netlink_unicast_kernel(), netlink_recvmsg()).
 */
static ssize_t receive(struct netd_nl *nl)
{
	struct sockaddr_nl from;
	struct iovec iov = {nl->buffer, BUFFER_SIZE};
	struct msghdr h = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;

	do
		n = recvmsg(nl->fd, &h, MSG_DONTWAIT);
	while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid != 0));
	if (n < 0) {
		if (errno == EAGAIN)
			return -ENOBUFS;
		return -errno;
	}
	if (h.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	return n;
}

/* What is still under way is of no use, and the kernel begins no dump before the last one
 * was read to its end (EBUSY). */
static void drain(struct netd_nl *nl)
{
	while (recv(nl->fd, nl->buffer, BUFFER_SIZE, MSG_DONTWAIT) >= 0 ||
	       errno == ENOBUFS || errno == EINTR)
		;
}

/* Takes errno and extended ack out of an NLMSG_ERROR or NLMSG_DONE. */
static void parse_reply(const struct nlmsghdr *m, struct netd_reply *out)
{
	const struct nlmsgerr *e = nlmsg_data(m);
	size_t head = sizeof(*e);
	struct nlattr *attrs, *text;

	*out = (struct netd_reply){0};
	if ((size_t)nlmsg_datalen(m) < sizeof(int))
		return;
	out->code = e->error;
	/* linux/err.h MAX_ERRNO; anything else is no errno */
	if (e->error > 0 || e->error < -4095)
		out->code = -EBADMSG;
	if (!(m->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (m->nlmsg_type == NLMSG_DONE)
		head = sizeof(int);
	/* NETLINK_CAP_ACK is on: no copy of the request stands before the attributes */
	attrs = (struct nlattr *)(void *)((char *)nlmsg_data(m) + NLMSG_ALIGN(head));
	text = nla_find(attrs, nlmsg_datalen(m) - (int)NLMSG_ALIGN(head),
			NLMSGERR_ATTR_MSG);
	if (text)
		snprintf(out->text, sizeof(out->text), "%.*s", nla_len(text),
			 (const char *)nla_data(text));
}

static int burst_chunk(struct netd_nl *nl, struct nl_msg *const *messages, size_t count,
		       struct netd_reply *replies)
{
	uint32_t first = nl->sequence + 1;
	size_t open = count;
	int r = send_messages(nl, messages, count);

	if (r < 0)
		return r;
	while (open) {
		ssize_t n = receive(nl);
		struct nlmsghdr *m = (struct nlmsghdr *)(void *)nl->buffer;
		int left = (int)n;

		if (n < 0)
			return (int)n;
		for (; nlmsg_ok(m, left); m = nlmsg_next(m, &left)) {
			if (m->nlmsg_type != NLMSG_ERROR || m->nlmsg_seq - first >= count)
				continue;
			parse_reply(m, &replies[m->nlmsg_seq - first]);
			open--;
		}
	}
	return 0;
}

int netd_nl_burst(struct netd_nl *nl, struct nl_msg *const *messages, size_t count,
		  struct netd_reply *replies, struct netd_error *err)
{
	for (size_t done = 0; done < count;) {
		size_t chunk = netd_min(count - done, CHUNK);
		int r = burst_chunk(nl, messages + done, chunk, replies + done);

		if (r < 0) {
			drain(nl);
			return netd_error_add(err, r, "netlink: %s", strerror(-r));
		}
		done += chunk;
	}
	return 0;
}

int netd_nl_request(struct netd_nl *nl, struct nl_msg *message, struct netd_error *err)
{
	struct netd_reply reply = {0};
	int r = netd_nl_burst(nl, &message, 1, &reply, err);

	if (r < 0 || reply.code == 0)
		return r;
	netd_error_add(err, reply.code, "%s", strerror(-reply.code));
	if (reply.text[0])
		netd_error_kernel(err, reply.text);
	return reply.code;
}

enum { DUMP_MORE, DUMP_DONE };

/* Receives once, and visits what that brought. */
static int visit_next(struct netd_nl *nl, netd_nl_visit visit, void *data,
		      bool *interrupted, struct netd_reply *reply)
{
	struct nlmsghdr *m = (struct nlmsghdr *)(void *)nl->buffer;
	int length = (int)receive(nl);

	if (length < 0)
		return length;
	for (; nlmsg_ok(m, length); m = nlmsg_next(m, &length)) {
		int r;

		if (m->nlmsg_seq != nl->sequence)
			continue;
		if (m->nlmsg_flags & NLM_F_DUMP_INTR)
			*interrupted = true;
		if (m->nlmsg_type == NLMSG_DONE || m->nlmsg_type == NLMSG_ERROR) {
			parse_reply(m, reply);
			if (reply->code < 0)
				return reply->code;
			return DUMP_DONE;
		}
		r = visit(m, data);
		if (r < 0)
			return r;
	}
	return DUMP_MORE;
}

static int dump_once(struct netd_nl *nl, struct nl_msg *message, netd_nl_visit visit,
		     void *data, bool *interrupted, struct netd_reply *reply)
{
	int r = send_messages(nl, &message, 1);

	*interrupted = false;
	if (r < 0)
		return r;
	do
		r = visit_next(nl, visit, data, interrupted, reply);
	while (r == DUMP_MORE);
	if (r >= 0)
		return 0;
	drain(nl);
	return r;
}

struct answer {
	netd_nl_visit visit;
	void *data;
	bool came;
};

static int visit_answer(const struct nlmsghdr *m, void *data)
{
	struct answer *a = data;

	a->came = true;
	return a->visit(m, a->data);
}

int netd_nl_ask(struct netd_nl *nl, struct nl_msg *message, netd_nl_visit visit,
		void *data)
{
	struct answer answer = {.visit = visit, .data = data};
	struct netd_reply reply = {0};
	bool interrupted = false;
	int r;

	nlmsg_hdr(message)->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
	r = send_messages(nl, &message, 1);
	if (r < 0)
		return r;
	do
		r = visit_next(nl, visit_answer, &answer, &interrupted, &reply);
	while (r == DUMP_MORE && !answer.came);
	if (r < 0)
		return r;
	return 0;
}

int netd_nl_dump(struct netd_nl *nl, struct nl_msg *message, netd_nl_visit visit,
		 void (*restart)(void *data), void *data, struct netd_error *err)
{
	struct nlmsghdr *h = nlmsg_hdr(message);
	struct netd_reply reply = {0};
	bool interrupted = true;
	int r = 0;

	h->nlmsg_flags = (uint16_t)((h->nlmsg_flags & ~NLM_F_ACK) | NLM_F_DUMP);
	for (int tries = 0; interrupted && tries < DUMP_TRIES; tries++) {
		struct timespec pause = {0, tries * 500000L};

		if (tries)
			nanosleep(&pause, NULL);
		if (tries && restart)
			restart(data);
		r = dump_once(nl, message, visit, data, &interrupted, &reply);
		if (r == -ENOBUFS) { /* a part of it got lost */
			interrupted = true;
			r = 0;
		}
		if (r < 0)
			break;
	}
	if (r < 0) {
		netd_error_add(err, r, "cannot read from the kernel: %s", strerror(-r));
		if (reply.text[0])
			netd_error_kernel(err, reply.text);
		return r;
	}
	if (interrupted)
		return netd_error_add(
			err, -EAGAIN,
			"the kernel's tables changed during each of %d reads",
			DUMP_TRIES);
	return 0;
}

int netd_nl_ifindex(struct netd_nl *nl, const char *name)
{
	struct ifreq request = {0};

	if (!netd_copy(request.ifr_name, name))
		return -ENODEV;
	if (ioctl(nl->fd, SIOCGIFINDEX, &request) < 0)
		return -errno;
	return request.ifr_ifindex;
}

uint32_t netd_nl_mtu(struct netd_nl *nl, const char *name)
{
	struct ifreq request = {0};

	if (!netd_copy(request.ifr_name, name) || ioctl(nl->fd, SIOCGIFMTU, &request) < 0)
		return 0;
	return (uint32_t)request.ifr_mtu;
}
