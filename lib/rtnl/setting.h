/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings below /proc/sys/net that netlink tells, too, and for less. */
#ifndef NETD_RTNL_SETTING_H
#define NETD_RTNL_SETTING_H

#include "rtnl/nl.h"
#include "model/state.h"

/*
 * Theory of operation.  A dump of links has most settings of each of them, so nothing
 * need be opened.  And it need not be looked up: below /proc/sys, the names of all
 * namespaces are in one hash chain (fs/proc/proc_sysctl.c proc_sys_compare()), so that a
 * look-up costs as much as there are namespaces.
 */

/* Takes them out of a link's IFLA_AF_SPEC. */
void netd_setting_read_link(struct netd_link *link, struct nlattr *spec);

/* Adds those that @link knows and that can be set so, IPv4's, to an IFLA_AF_SPEC. */
void netd_setting_put(struct nl_msg *m, const struct netd_link_attrs *link);

/* "rp_filter" … */
const char *netd_setting_name(enum netd_setting setting);

/* The value of that path ("ipv4/conf/eth0/rp_filter"), if the dump of @s had it. */
bool netd_setting_find(const struct netd_state *s, const char *path, int *value);

/* True if it is a setting of a link that the dump of @s had not: it is not there. */
bool netd_setting_is_missing(const struct netd_state *s, const char *path);

/*
 * conf/all/forwarding of @family in the socket's namespace (RTM_GETNETCONF).  -EOPNOTSUPP
 * and the like: that kernel does not tell; no problem is added.
 */
int netd_setting_forwarding(struct netd_nl *nl, uint8_t family, int *value);

#endif
