/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Named network namespaces, as ip-netns(8) has them: bind mounts in /run/netns. */
#ifndef NETD_HOST_NETNS_H
#define NETD_HOST_NETNS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "rtnl/nl.h"
#include "model/state.h"

#define NETD_NETNS_DIR "/run/netns"

/* A descriptor of that namespace; -ENOENT with a problem in @err if there is none. */
int netd_netns_open(const char *name, struct netd_error *err);

/* A descriptor of the calling thread's own namespace. */
int netd_netns_current(struct netd_error *err);

/* The inode of that namespace, or, for NULL, of the calling thread's own; 0: unknown. */
ino_t netd_netns_inode(const char *name);

/* Moves the calling thread into the namespace @fd.  0 or -errno. */
int netd_netns_enter(int fd, struct netd_error *err);

/*
 * Makes /run/netns what mounts in it must find: there, and shared among all mount
 * namespaces of the host.
 */
int netd_netns_prepare(struct netd_error *err);

/*
 * Makes an empty namespace of that name, its loopback up; the calling thread stays where
 * it is.  -EEXIST if the name is taken, whether by a living namespace or a leftover file.
 */
int netd_netns_create(const char *name, struct netd_error *err);

/*
 * The same for a namespace of ours, which has its mark from the start: @lo (name, group,
 * alias, up) is set on the new namespace's loopback before the namespace gets its name,
 * and the file below the mount holds the alias, so that a leftover file is recognised,
 * too.  A leftover file is replaced; -EEXIST if a living namespace has the name.  *@fd is
 * a descriptor of the namespace, and *@nl a socket in it, which borrows @home's buffer.
 * The calling thread is in the new namespace afterwards, or, after an error, in either
 * one; the caller moves it back.  Call netd_netns_prepare() before the first of them.
 */
int netd_netns_make(const char *name, const struct netd_link_attrs *lo,
		    const struct netd_nl *home, int *fd, struct netd_nl *nl,
		    struct netd_error *err);

/* What a name in /run/netns stands for. */
struct netd_netns_name {
	bool leftover;	       /* a file, and no namespace behind it */
	bool link;	       /* a symbolic link: another program's */
	uint64_t inode;	       /* of the namespace; 0: there is none */
	char mark[NETD_ALIAS]; /* of a leftover: what the file holds, "" if not ours */
};
/* 0; -ENOENT (no problem added) if there is nothing of that name. */
int netd_netns_look(const char *name, struct netd_netns_name *out,
		    struct netd_error *err);
/* The same, and a descriptor of the namespace in *@living; -1: there is none. */
int netd_netns_look_open(const char *name, struct netd_netns_name *out, int *living,
			 struct netd_error *err);

/* All names in /run/netns, sorted; free each, then the array, also after an error. */
int netd_netns_list(char ***names, size_t *count, struct netd_error *err);

/* Unmounts (detached) and removes the name; the namespace dies with its last user. */
int netd_netns_delete(const char *name, struct netd_error *err);

#endif
