/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes of a netfilter message, by their type. */
#ifndef NETD_FIREWALL_MESSAGE_H
#define NETD_FIREWALL_MESSAGE_H

#include <stdint.h>

#include <linux/netlink.h>

/* The first attribute of that type; NULL if there is none. */
const struct nlattr *netd_message_attr(const struct nlmsghdr *nlh, uint16_t type);
/* Its string, "" if there is none. */
const char *netd_message_text(const struct nlmsghdr *nlh, uint16_t type);

#endif
