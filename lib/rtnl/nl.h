/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Talking to the kernel over rtnetlink: requests, bursts of them, dumps, and their
 * errors. */
#ifndef NETD_RTNL_NL_H
#define NETD_RTNL_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netlink/attr.h>
#include <netlink/msg.h>

#include "base/error.h"

/*
 * Theory of operation.  libnl makes the messages; sockets, sending, receiving and errors
 * are done here, because libnl 3.7 folds errno into codes of its own (EXFULL,
 * ELOOP and others become one "Unspecific failure") and drops the kernel's extended ack.
 * So this is the one place that turns a netlink reply into an errno and a text.
 */
struct netd_nl {
	int fd;
	uint32_t sequence;
	char *buffer; /* for replies */
	bool shared;  /* … and it is another socket's */
};

/* Opens a socket in the calling thread's network namespace. */
int netd_nl_open(struct netd_nl *nl, struct netd_error *err);
/* The same; it borrows @with's buffer, and must be done before that. */
int netd_nl_open_sharing(struct netd_nl *nl, const struct netd_nl *with,
			 struct netd_error *err);
void netd_nl_done(struct netd_nl *nl);

/* What the kernel said to one message of a burst. */
struct netd_reply {
	int code;	/* 0 or negative errno */
	char text[160]; /* the extended ack, "" if there was none */
};

/*
 * Sends @count messages in one go (in chunks that the socket can hold) and reads their
 * acks, in order.  The kernel runs them one after the other and goes on after a failed
 * one.  Returns 0 if the talk itself worked; each message's fate is in @replies.
 */
int netd_nl_burst(struct netd_nl *nl, struct nl_msg *const *messages, size_t count,
		  struct netd_reply *replies, struct netd_error *err);

/*
 * Sends one message and waits for its ack.  On failure the returned -errno comes with a
 * problem in @err that has the kernel's text; callers put what they were about in front.
 */
int netd_nl_request(struct netd_nl *nl, struct nl_msg *message, struct netd_error *err);

/* Called for each message of a dump; a negative return ends the dump with that code. */
typedef int (*netd_nl_visit)(const struct nlmsghdr *message, void *data);

/*
 * Sends a dump request and visits the replies.  A dump that the kernel calls inconsistent
 * (NLM_F_DUMP_INTR) is asked for anew, up to 20 times: @restart (may be NULL) is called
 * before each further try so that the visitor can forget what it saw.
 */
int netd_nl_dump(struct netd_nl *nl, struct nl_msg *message, netd_nl_visit visit,
		 void (*restart)(void *data), void *data, struct netd_error *err);

/*
 * Sends a request that is answered by one message, and visits that.  0 or the kernel's
 * -errno; no problem is added.
 */
int netd_nl_ask(struct netd_nl *nl, struct nl_msg *message, netd_nl_visit visit,
		void *data);

/* Frees a message; for netd_auto. */
void netd_nl_message_cleanup(struct nl_msg **message);
#define netd_auto_message __attribute__((cleanup(netd_nl_message_cleanup)))

/* A message of that type and flags (NLM_F_REQUEST | NLM_F_ACK are added) or NULL. */
struct nl_msg *netd_nl_message(int type, int flags, const void *header, size_t size);

/* The value of an attribute; @otherwise if it is NULL. */
static inline uint32_t netd_nl_u32(const struct nlattr *a, uint32_t otherwise)
{
	if (a)
		return nla_get_u32(a);
	return otherwise;
}

static inline uint8_t netd_nl_u8(const struct nlattr *a, uint8_t otherwise)
{
	if (a)
		return nla_get_u8(a);
	return otherwise;
}

/* The index of the interface of that name in the socket's namespace, or -errno. */
int netd_nl_ifindex(struct netd_nl *nl, const char *name);
/* Its MTU in bytes, 0 if there is no such interface. */
uint32_t netd_nl_mtu(struct netd_nl *nl, const char *name);

#endif
