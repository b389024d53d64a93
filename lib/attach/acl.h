/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's bridge.conf: which bridges a user may plug a machine into. */
#ifndef NETD_ATTACH_ACL_H
#define NETD_ATTACH_ACL_H

#include <stddef.h>

#include "attach/text.h"

#define NETD_ACL_FILE_DEFAULT "/etc/qemu/bridge.conf"
#define NETD_ACL_SIZE 65536 /* bytes; a larger file is refused */
#define NETD_ACL_DEPTH 8    /* files that include each other */
#define NETD_ACL_PATH 256

/* What is asked for, and the answer of the lines read so far. */
struct netd_acl {
	const char *network; /* what was asked for… */
	const char *bridge;  /* …and the bridge that it stands for */
	/* Once the bridge was looked at; NULL: it was not, or has none. */
	const char *link;      /* its name, should @bridge be an alternative one */
	const char *marked;    /* the network that its mark names */
	const char *state_dir; /* whose records say which network has which bridge */
	int allowed, denied;
	unsigned depth;
	/* Where it went wrong: set when a call returns an error; line 0: the file itself.
	 */
	char file[NETD_ACL_PATH];
	unsigned line;
	/* Called for `include FILE`; 0 or -errno. */
	int (*include)(struct netd_acl *acl, const char *path);
};

/*
 * A line counts if its name is "all", one of those above, or a network that has this
 *bridge by the records in @state_dir (NULL: none).  If the record of a name cannot be
 *read, its `deny` counts, an `allow` does not.
 *
 * Reads one file's lines:
 *	allow all|BRIDGE	deny all|BRIDGE		include /PATH		# comment
 * 0, or -EINVAL with acl->line set if a line is none of these.
 */
int netd_acl_parse(struct netd_acl *acl, const char *text, size_t length);

/*
 * Reads @path and what it includes, as QEMU's helper does: an included file that is
 * missing or not readable for the caller is passed over, which is how a file per user
 * works.  Files that are not root's, or that all may write, are an error (-EPERM).
 */
int netd_acl_read(struct netd_acl *acl, const char *path);

/* True if a line allows it, and none denies it. */
int netd_acl_permits(const struct netd_acl *acl);

#endif
