/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The namespaces that a context works in: a descriptor and sockets for each. */
#ifndef NETD_HOST_SPACE_H
#define NETD_HOST_SPACE_H

#include "host/context.h"
#include "host/netns.h"

/*
 * Theory of operation.  A netlink socket stays in the namespace that its thread was in
 * when it was opened.  So each namespace is entered once, and its sockets and descriptor
 * are kept as long as the context, or until the name stands for another namespace.  Only
 * sysctls need the thread in there again, since /proc/sys shows the thread's own.
 *
 * A caller that enters a namespace calls netd_spaces_leave() before it does anything
 * else.
 */
struct netd_space {
	char name[NETD_NODE_NAME];
	int fd;
	uint64_t inode;
	struct netd_nl nl;
	struct netd_nft nft;
	bool has_nft;
};

/* The namespace of that name, if it is open; NULL for "" and unknown ones. */
struct netd_space *netd_space_find(const struct netd *netd, const char *name);

/*
 * Opens it, unless that very namespace is open already; the calling thread may be in it
 * then.  -ENOENT (no problem added) if no living namespace has that name.
 */
int netd_space_open(struct netd *netd, const char *name, struct netd_space **out,
		    struct netd_error *err);

/* Makes it, marked by @lo; the calling thread is in it then. */
int netd_space_make(struct netd *netd, const char *name, const struct netd_link_attrs *lo,
		    struct netd_space **out, struct netd_error *err);

/* Deletes the namespace of that name and inode, and closes it; -EBUSY: another inode. */
int netd_space_delete(struct netd *netd, const char *name, uint64_t inode,
		      struct netd_error *err);

/* Closes the namespace of that name, if it is open. */
void netd_space_forget(struct netd *netd, const char *name);

/* Moves the calling thread into it, and back to the namespace of the context. */
int netd_space_enter(struct netd *netd, struct netd_space *space, struct netd_error *err);
int netd_spaces_leave(struct netd *netd, struct netd_error *err);
/* The same after a step that returned @r, which is returned if it is an error. */
int netd_spaces_return(struct netd *netd, int r, struct netd_error *err);

/* The sockets of a namespace; "" is the host's.  NULL if it is not open. */
struct netd_nl *netd_space_nl(struct netd *netd, const char *name);
/* Opened at first use. */
int netd_space_nft(struct netd *netd, const char *name, struct netd_nft **out,
		   struct netd_error *err);

/* Closes all. */
void netd_spaces_done(struct netd *netd);

/* Makes room for the descriptors of @count namespaces, as far as the hard limit goes. */
void netd_spaces_expect(size_t count);

#endif
