/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One nf_tables transaction: its messages, and what became of it. */
#ifndef NETD_NFT_BATCH_H
#define NETD_NFT_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netlink.h>

struct netd_error;
struct netd_nft;
struct netd_element;

/* A zeroed struct is an empty batch.  Once memory ran out it stays failed. */
struct netd_batch {
	char *data;
	size_t length, capacity;
	size_t last;  /* where the last message begins */
	uint32_t seq; /* messages so far; theirs count from 1, BEGIN is 0 */
	bool failed;
};

void netd_batch_done(struct netd_batch *b);

/*
 * Starts the message @type (NFT_MSG_*) with room for @room bytes, or returns NULL.  The
 * pointer is good until netd_batch_commit_message(), which must follow.
 */
struct nlmsghdr *netd_batch_message(struct netd_batch *b, uint16_t type, uint16_t flags,
				    size_t room);
/* The message is about a table of that NFPROTO_*, not of NFPROTO_INET. */
void netd_batch_set_family(struct nlmsghdr *nlh, uint8_t family);
void netd_batch_commit_message(struct netd_batch *b, const struct nlmsghdr *nlh);

/*
 * Adds (NFT_MSG_NEWSETELEM) or deletes (NFT_MSG_DELSETELEM) @n elements, sorted by map at
 * least, in as few messages as their 16-bit attribute lengths allow.  @flags may be
 * NLM_F_EXCL.
 */
void netd_batch_elements(struct netd_batch *b, uint16_t type, uint16_t flags,
			 const struct netd_element *e, size_t n);

/*
 * Sends the batch as one transaction and reads what the kernel says.  @generation, if not
 * 0, makes it a compare-and-swap.  0: committed.  -ERESTART: the generation is stale,
 * nothing was changed; read again (no problem is added).  Else the first refusal's errno,
 * with what was refused and the kernel's text; nothing was changed.
 */
int netd_batch_send(struct netd_batch *b, struct netd_nft *nft, uint32_t generation,
		    struct netd_error *err);

#endif
