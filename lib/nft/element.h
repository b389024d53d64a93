/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One element of a set or map, to and from netlink attributes. */
#ifndef NETD_NFT_ELEMENT_H
#define NETD_NFT_ELEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/netlink.h>

struct netd_element;

/* No element is longer than this in a message. */
#define NETD_ELEMENT_ROOM 320

/* Appends the element as an NFTA_LIST_ELEM; only its key if not @whole. */
void netd_element_put(struct nlmsghdr *nlh, const struct netd_element *e, bool whole);

/* Reads an NFTA_LIST_ELEM into @out, whose map is set already.  -EBADMSG if it is not
 * one that netd makes (another key length, an interval, a foreign verdict). */
int netd_element_get(const struct nlattr *elem, struct netd_element *out);

/* Reads nft's comment out of userdata @attr: "" if there is none.  @type is the TLV's
 * number, 0 for each kind of object but a set. */
void netd_comment_get(const struct nlattr *attr, unsigned type, char *out, size_t size);

#endif
