/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The user that dnsmasq runs as, and which directories that user can enter. */
#ifndef NETD_DHCP_USER_H
#define NETD_DHCP_USER_H

#include <sys/types.h>

#include "base/error.h"

struct netd_dnsmasq_user {
	char name[32];
	uid_t uid;
	gid_t gid;	/* its files are given to this group; 0: root's */
	char group[64]; /* its name; "" if it has none */
};

/*
 * Fills @out: dnsmasq, nobody, or, if neither exists, root.  A negative errno with a
 * problem if that cannot be known: then dnsmasq must not run as root.
 */
int netd_dnsmasq_user(struct netd_dnsmasq_user *out, struct netd_error *err);

/*
 * -EACCES with a problem, of the service @name, if the user may not enter a directory on
 * the way to @directory (absolute): dnsmasq would start, and serve without the files that
 * it cannot read.
 */
int netd_dnsmasq_user_reaches(const struct netd_dnsmasq_user *user, const char *name,
			      const char *directory, struct netd_error *err);

#endif
