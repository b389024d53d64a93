/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes of a netfilter message, by their type. */
#ifndef NETD_NFT_MESSAGE_H
#define NETD_NFT_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/netlink.h>

/*
 * True if a whole message is in the @left bytes at @nlh.  libmnl's own check takes a
 * length of 2 GiB and more for a negative one.
 */
static inline bool netd_message_ok(const struct nlmsghdr *nlh, int left)
{
	return left >= (int)sizeof(*nlh) && nlh->nlmsg_len >= sizeof(*nlh) &&
	       nlh->nlmsg_len <= (unsigned)left;
}

/* The first attribute of that type; NULL if there is none. */
const struct nlattr *netd_message_attr(const struct nlmsghdr *nlh, uint16_t type);
/* The same in a nest, which may be NULL. */
const struct nlattr *netd_message_inside(const struct nlattr *nest, uint16_t type);
/*
 * True if the rule's strings end, each expression has a name, and each verdict that goes
 * to a chain has its name: libnftnl relies on it.
 */
bool netd_message_is_rule(const struct nlmsghdr *nlh);
/* Its string, "" if there is none. */
const char *netd_message_text(const struct nlmsghdr *nlh, uint16_t type);

/*
 * True if @theirs, an object as nf_tables dumps it, says what @ours, the message that
 * made it, said.  Attributes that only the kernel adds (handles, counts, defaults) are
 * passed over; where we gave a list, theirs must be as long.  @skip has a bit, 1 << type,
 * for each attribute of ours that a dump does not return, or may return otherwise.
 */
bool netd_message_matches(const struct nlmsghdr *ours, const struct nlmsghdr *theirs,
			  uint32_t skip);

#endif
