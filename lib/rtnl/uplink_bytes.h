/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes in a held object's bytes: what the files about uplinks share. */
#ifndef NETD_RTNL_UPLINK_BYTES_H
#define NETD_RTNL_UPLINK_BYTES_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "base/str.h"
#include "rtnl/uplink.h"

/* Size of the family's header in front of the attributes. */
size_t netd_held_header(enum netd_held_kind kind);
/* Appends an attribute with its padding. */
void netd_held_put(struct netd_str *out, uint16_t type, const void *data, size_t length);
/* The attributes of @held, from the first on; the length of all in *@length. */
struct nlattr *netd_held_attributes(const struct netd_held *held, int *length);
/* The attribute of that type; NULL if there is none. */
struct nlattr *netd_held_attribute(const struct netd_held *held, int type);

/* The way behind @way in RTA_MULTIPATH, of which *@left bytes are left. */
struct rtnexthop *netd_held_next_way(const struct rtnexthop *way, int *left);

#endif
