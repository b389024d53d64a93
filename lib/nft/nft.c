// SPDX-License-Identifier: GPL-2.0-or-later
/* A netfilter netlink socket: requests and batches, with the kernel's own error texts. */
#include "nft/nft.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "base/error.h"
#include "base/str.h"
#include "nft/message.h"

/*
 * Theory of operation.  nfnetlink handles all messages before sendmsg() returns, so all
 * answers to a batch, and the first part of a dump, are in the receive buffer then (the
 * next part after the recvmsg() before it).  So nothing ever waits: an answer that is not
 * there was lost.  The *FORCE options, which raise the buffers, need CAP_NET_ADMIN, as
 * nf_tables itself does; if they fail the send fails with an error.
 */
#define ANSWER_ROOM \
	(128U * 1024) /* a dump skb is 32 KiB at most, an error message less */
#define RECEIVE_BUFFER (4U * 1024 * 1024)
#define DEFAULT_SEND_BUFFER (64U * 1024)

static int set_option(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

int netd_nft_open(struct netd_nft *nft, struct netd_error *err)
{
	*nft = (struct netd_nft){.fd = -1};
	nft->buffer = malloc(ANSWER_ROOM);
	if (!nft->buffer)
		return netd_error_no_memory(err);
	nft->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (nft->fd < 0) {
		int r = netd_error_add(err, -errno, "cannot open a netfilter socket: %s",
				       strerror(errno));

		netd_error_hint(err, "the kernel needs nf_tables (CONFIG_NF_TABLES, "
				     "CONFIG_NF_TABLES_INET)");
		netd_nft_close(nft);
		return r;
	}
	/* without these three there are fewer texts, but all errors */
	set_option(nft->fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
	set_option(nft->fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
	set_option(nft->fd, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER);
	return 0;
}

void netd_nft_close(struct netd_nft *nft)
{
	if (nft->buffer && nft->fd >= 0)
		close(nft->fd);
	free(nft->buffer);
	*nft = (struct netd_nft){.fd = -1};
}

/* netlink_sendmsg() wants the messages and 32 bytes within sk_sndbuf, which SO_SNDBUF
 * sets to twice what it is given.  The default is over 200 KB. */
static int make_room(struct netd_nft *nft, size_t length)
{
	if (length < DEFAULT_SEND_BUFFER || length <= nft->sndbuf)
		return 0;
	if (length > INT32_MAX / 2)
		return -EMSGSIZE;
	if (set_option(nft->fd, SOL_SOCKET, SO_SNDBUFFORCE, (int)length) < 0)
		return -errno;
	nft->sndbuf = length;
	return 0;
}

int netd_nft_send(struct netd_nft *nft, const struct iovec *iov, size_t n,
		  struct netd_error *err)
{
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	struct msghdr msg = {.msg_name = &kernel,
			     .msg_namelen = sizeof(kernel),
			     .msg_iov = (struct iovec *)iov,
			     .msg_iovlen = n};
	size_t length = 0;
	int r;

	for (size_t i = 0; i < n; i++)
		length += iov[i].iov_len;
	r = make_room(nft, length);
	while (r >= 0 && sendmsg(nft->fd, &msg, 0) < 0)
		if (errno != EINTR)
			r = -errno;
	if (r < 0)
		return netd_error_add(
			err, r, "cannot send %zu bytes to the kernel's firewall: %s",
			length, strerror(-r));
	return 0;
}

struct nlmsghdr *netd_nft_request(struct netd_nft *nft, void *buffer, uint16_t type,
				  uint16_t flags, uint8_t family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nft->seq;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = family;
	nfg->version = NFNETLINK_V0;
	return nlh;
}

ssize_t netd_nft_receive(struct netd_nft *nft)
{
	struct sockaddr_nl from;
	struct iovec iov = {nft->buffer, ANSWER_ROOM};
	struct msghdr msg = {.msg_name = &from, .msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	do {
		msg.msg_namelen = sizeof(from);
		n = recvmsg(nft->fd, &msg, MSG_DONTWAIT);
	} while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid != 0));
	if (n < 0) {
		if (errno == EAGAIN)
			return 0;
		return -errno;
	}
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	return n;
}

static void parse_ack_attributes(const struct nlmsghdr *nlh, size_t offset,
				 struct netd_nft_refusal *out)
{
	const struct nlattr *attr;

	mnl_attr_for_each (attr, nlh, offset) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			netd_str_copy(out->text, sizeof(out->text),
				      mnl_attr_get_str(attr));
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			out->offset = mnl_attr_get_u32(attr);
	}
}

void netd_nft_refusal_parse(const struct nlmsghdr *nlh, struct netd_nft_refusal *out)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*e);

	*out = (struct netd_nft_refusal){.code = -EBADMSG, .seq = nlh->nlmsg_seq};
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
		return;
	/* linux/err.h MAX_ERRNO; anything else is no errno */
	if (e->error <= 0 && e->error >= -4095)
		out->code = e->error;
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && e->msg.nlmsg_len > sizeof(e->msg))
		offset += e->msg.nlmsg_len - sizeof(e->msg);
	if (offset < mnl_nlmsg_get_payload_len(nlh))
		parse_ack_attributes(nlh, offset, out);
}

/* Discards all answers: the kernel begins no dump before the last one was read to its end
 * (EBUSY). */
static void drain(struct netd_nft *nft)
{
	while (recv(nft->fd, nft->buffer, ANSWER_ROOM, MSG_DONTWAIT) >= 0 ||
	       errno == ENOBUFS || errno == EINTR)
		;
}

struct question {
	uint32_t seq;
	netd_nft_answer answer;
	void *data;
	char *kernel;
	int result;
	bool done, interrupted;
};

static void set_result(struct question *q, int code)
{
	q->done = true;
	if (!q->result)
		q->result = code;
}

static void take_answer(struct question *q, const struct nlmsghdr *nlh)
{
	struct netd_nft_refusal refusal;

	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		q->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_DONE) {
		const int *code = mnl_nlmsg_get_payload(nlh);

		q->done = true;
		if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(*code) && *code < 0 &&
		    *code >= -4095)
			set_result(q, *code);
	} else if (nlh->nlmsg_type == NLMSG_ERROR) {
		netd_nft_refusal_parse(nlh, &refusal);
		set_result(q, refusal.code);
		if (q->kernel)
			netd_str_copy(q->kernel, NETD_NFT_TEXT, refusal.text);
	} else if (!q->result && q->answer) {
		q->result = q->answer(nlh, q->data);
	}
}

int netd_nft_ask(struct netd_nft *nft, struct nlmsghdr *nlh, netd_nft_answer answer,
		 void *data, char kernel[NETD_NFT_TEXT])
{
	struct question q = {
		.seq = nlh->nlmsg_seq, .answer = answer, .data = data, .kernel = kernel};
	int r;

	if (kernel)
		*kernel = '\0';
	r = netd_nft_send(nft, &(struct iovec){nlh, nlh->nlmsg_len}, 1, NULL);
	while (r >= 0 && !q.done) {
		ssize_t n = netd_nft_receive(nft);
		const struct nlmsghdr *part = (const void *)nft->buffer;
		int left = (int)n;

		if (n <= 0) {
			drain(nft);
			if (n == 0 || n == -ENOBUFS)
				return -EINTR;
			return (int)n;
		}
		for (; netd_message_ok(part, left); part = mnl_nlmsg_next(part, &left))
			if (part->nlmsg_seq == q.seq)
				take_answer(&q, part);
	}
	if (r < 0)
		return r;
	if (q.result)
		return q.result;
	if (q.interrupted)
		return -EINTR;
	return 0;
}

int netd_nft_get(struct netd_nft *nft, uint8_t type, uint16_t flags, uint8_t family,
		 const char *table, const char *name, netd_nft_answer answer, void *data)
{
	char buffer[2 * NFT_NAME_MAXLEN + 128] = {0};
	struct nlmsghdr *nlh = netd_nft_request(
		nft, buffer, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type), flags, family);

	/* the attributes of all objects have the same numbers */
	_Static_assert((int)NFTA_RULE_TABLE == (int)NFTA_TABLE_NAME &&
			       (int)NFTA_RULE_TABLE == (int)NFTA_SET_TABLE &&
			       (int)NFTA_RULE_TABLE == (int)NFTA_SET_ELEM_LIST_TABLE &&
			       (int)NFTA_RULE_CHAIN == (int)NFTA_SET_ELEM_LIST_SET,
		       "linux/netfilter/nf_tables.h");
	if (table)
		mnl_attr_put_strz(nlh, NFTA_RULE_TABLE, table);
	if (name)
		mnl_attr_put_strz(nlh, NFTA_RULE_CHAIN, name);
	return netd_nft_ask(nft, nlh, answer, data, NULL);
}
