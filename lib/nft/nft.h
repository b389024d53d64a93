/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A netfilter netlink socket: requests and batches, with the kernel's own error texts. */
#ifndef NETD_NFT_NFT_H
#define NETD_NFT_NFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <linux/netlink.h>

struct netd_error;

/* One NETLINK_NETFILTER socket in the network namespace that it was opened in. */
struct netd_nft {
	int fd;
	uint32_t seq;  /* of the last message sent */
	char *buffer;  /* for answers */
	size_t sndbuf; /* what the kernel lets us send at once */
};

/* Opens the socket.  -errno of socket(2), -ENOMEM. */
int netd_nft_open(struct netd_nft *nft, struct netd_error *err);
/* Closes it; a zeroed or closed one is fine if @nft->buffer is NULL. */
void netd_nft_close(struct netd_nft *nft);

/* Sends the messages in @iov's @n parts in one sendmsg(2), with a larger buffer if need
 * be.  -errno of sendmsg(2), -EMSGSIZE. */
int netd_nft_send(struct netd_nft *nft, const struct iovec *iov, size_t n,
		  struct netd_error *err);

/* Begins an nfnetlink request in @buffer, which must be large enough and zeroed, since
 * padding is sent, too: @type is subsystem << 8 | message, @family an NFPROTO_*. */
struct nlmsghdr *netd_nft_request(struct netd_nft *nft, void *buffer, uint16_t type,
				  uint16_t flags, uint8_t family);

/* Gets each answer; a negative return value ends the request with that code. */
typedef int (*netd_nft_answer)(const struct nlmsghdr *nlh, void *data);

/*
 * Sends @nlh (with NLM_F_ACK or NLM_F_DUMP) and hands its answers to @answer.  0, the
 * kernel's -errno, or -EINTR if an answer was lost, or a change interrupted the dump: it
 * must be repeated.  Adds no problem, since the caller knows what it asked for; @kernel,
 * if not NULL, gets the text of the extended ack ("" if there was none).
 */
#define NETD_NFT_TEXT 160
int netd_nft_ask(struct netd_nft *nft, struct nlmsghdr *nlh, netd_nft_answer answer,
		 void *data, char kernel[NETD_NFT_TEXT]);

/*
 * Asks for objects of nf_tables: @type is an NFT_MSG_GET*, @flags NLM_F_DUMP, or
 * NLM_F_ACK for one object.  Of @family; @table NULL: of all tables; @name: only the
 * rules of that chain, or the elements of that set.  Else as netd_nft_ask().
 */
int netd_nft_get(struct netd_nft *nft, uint8_t type, uint16_t flags, uint8_t family,
		 const char *table, const char *name, netd_nft_answer answer, void *data);

/* One error message of the kernel, parsed. */
struct netd_nft_refusal {
	int code; /* negative errno; 0 is an ack */
	uint32_t seq;
	uint32_t offset; /* of the attribute it dislikes, in the message; 0 = unknown */
	char text[NETD_NFT_TEXT];
};
void netd_nft_refusal_parse(const struct nlmsghdr *nlh, struct netd_nft_refusal *out);

/* Receives what is there without waiting.  Length, 0 if there is nothing, -errno. */
ssize_t netd_nft_receive(struct netd_nft *nft);

#endif
