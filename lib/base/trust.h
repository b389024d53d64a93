/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a path can be in the hands of somebody else. */
#ifndef NETD_BASE_TRUST_H
#define NETD_BASE_TRUST_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/* What is wrong with a path, and which of its leading parts it is. */
struct netd_distrust {
	size_t length; /* of that part, in bytes from the path's start */
	uid_t owner;   /* whose it is, if @foreign; else others may write it */
	int foreign;
};

/*
 * 0 if nobody but root and @user can change what @path is or where it leads to: each of
 * its parts, the last included, is root's or @user's and not writable by others.  Parts
 * that are not there yet are fine.  @user 0: root alone.
 * -EPERM with *@why filled (may be NULL), -ENAMETOOLONG, or what lstat(2) says.
 */
int netd_trust_path(const char *path, uid_t user, struct netd_distrust *why);

/*
 * The same of what is at @path below @dirfd alone; a link there is looked at, not
 * followed.  *@st is what lstat(2) says of it.
 */
int netd_trust_at(int dirfd, const char *path, uid_t user, struct stat *st,
		  struct netd_distrust *why);

#endif
