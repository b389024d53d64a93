// SPDX-License-Identifier: GPL-2.0-or-later
/* Moves the process into a router or host: its network, its /sys, its files of /etc. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "observe/nodes.h"
#include "base/cleanup.h"
#include "host/netns.h"
#include "netd.h"

/*
 * Theory of operation.  As `ip netns exec` does: sysfs shows the network namespace that
 * it was mounted in, so a fresh one is mounted over /sys; and what is in /etc/netns/NAME
 * is bound over the file of that name in /etc.  Both happen in a mount namespace of the
 * process's own, whose mounts do not reach the host's (slave), while those that the host
 * makes later still arrive.
 *
 * What /etc does not have cannot be bound over.  Then a read-only overlay is laid over
 * /etc first, whose upper layer has an empty file for each such name.  That layer is made
 * on a tmpfs, which needs a mount point for as long as the overlay is not there: /sys,
 * since something else will be mounted there anyway.
 */
#define ETC_NETNS "/etc/netns"
#define SCRATCH "/sys"

static int failed(struct netd_error *err, const char *what, const char *path)
{
	int code = netd_error_errno(err, what, path);

	if (code == -EPERM || code == -EACCES)
		netd_error_hint(err, "only root may enter a namespace");
	return code;
}

static int own_mounts(struct netd_error *err)
{
	if (unshare(CLONE_NEWNS) < 0)
		return failed(err, "make", "a mount namespace");
	if (mount("", "/", "none", MS_SLAVE | MS_REC, NULL) < 0)
		return failed(err, "detach the mounts of", "the host");
	return 0;
}

static int mount_sysfs(const char *name, struct netd_error *err)
{
	unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	struct statvfs now;

	if (statvfs("/sys", &now) == 0 && now.f_flag & ST_RDONLY)
		flags |= MS_RDONLY;
	if (mount(name, "/sys", "sysfs", flags, NULL) < 0)
		return failed(err, "mount", "/sys");
	return 0;
}

static bool is_missing(const char *file)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "/etc/%s", file) < PATH_MAX &&
	       access(path, F_OK) < 0 && errno == ENOENT;
}

static int place_hold(const char *directory, const char *file, struct netd_error *err)
{
	char from[PATH_MAX], to[PATH_MAX];
	struct stat st;
	int fd;

	if (!is_missing(file))
		return 0;
	if (snprintf(from, sizeof(from), "%s/%s", directory, file) >= PATH_MAX ||
	    snprintf(to, sizeof(to), SCRATCH "/%s", file) >= PATH_MAX)
		return netd_error_add(err, -ENAMETOOLONG, "%s/%s: the name is too long",
				      directory, file);
	if (stat(from, &st) < 0)
		return failed(err, "read", from);
	if (S_ISDIR(st.st_mode)) {
		if (mkdir(to, 0755) < 0)
			return failed(err, "hold a place for", from);
		return 0;
	}
	fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return failed(err, "hold a place for", from);
	close(fd);
	return 0;
}

static int bind_file(const char *directory, const char *file, struct netd_error *err)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (snprintf(from, sizeof(from), "%s/%s", directory, file) >= PATH_MAX ||
	    snprintf(to, sizeof(to), "/etc/%s", file) >= PATH_MAX)
		return netd_error_add(err, -ENAMETOOLONG, "%s/%s: the name is too long",
				      directory, file);
	if (mount(from, to, "none", MS_BIND, NULL) < 0)
		return failed(err, "mount over", to);
	return 0;
}

static int count_missing(const char *directory, const char *file, struct netd_error *err)
{
	(void)directory;
	(void)err;
	return is_missing(file);
}

/* The sum of what @visit returns for each file, or its first negative code. */
static int each_file(const char *directory,
		     int (*visit)(const char *directory, const char *file,
				  struct netd_error *err),
		     struct netd_error *err)
{
	DIR *dir = opendir(directory);
	const struct dirent *entry;
	int sum = 0, r = 0;

	if (!dir) {
		if (errno != ENOENT)
			return failed(err, "read", directory);
		return 0;
	}
	while (r >= 0 && (entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		r = visit(directory, entry->d_name, err);
		sum += r;
	}
	closedir(dir);
	if (r < 0)
		return r;
	return sum;
}

/* Lays over /etc what it lacks of @directory; SCRATCH is a tmpfs. */
static int mount_overlay(const char *directory, struct netd_error *err)
{
	static const char options[] = "lowerdir=" SCRATCH ":/etc";
	int r = each_file(directory, place_hold, err);

	if (r < 0)
		return r;
	if (mount("netd", "/etc", "overlay", MS_RDONLY, options) == 0)
		return 0;
	r = failed(err, "lay the node's files over", "/etc");
	netd_error_hint(err, "make what is in %s and not in /etc there, too", directory);
	return r;
}

static int overlay_etc(const char *directory, struct netd_error *err)
{
	int r;

	if (mount("netd", SCRATCH, "tmpfs", 0, NULL) < 0)
		return failed(err, "mount a tmpfs over", SCRATCH);
	r = mount_overlay(directory, err);
	if (umount2(SCRATCH, MNT_DETACH) < 0 && r >= 0)
		return failed(err, "unmount", SCRATCH);
	return r;
}

static int bind_etc(const char *name, struct netd_error *err)
{
	char directory[PATH_MAX];
	int r;

	snprintf(directory, sizeof(directory), ETC_NETNS "/%s", name);
	r = each_file(directory, count_missing, err);
	if (r > 0)
		r = overlay_etc(directory, err);
	if (r < 0)
		return r;
	return each_file(directory, bind_file, err);
}

/* Refuses a namespace that somebody else made under that name. */
static int check_owner(struct netd *netd, const struct netd_topology *t,
		       const struct netd_node *node, struct netd_error *err)
{
	netd_auto(netd_state_done) struct netd_state space = {0};
	int r = netd_node_observe(netd, node->name, &space, err);

	if (r == -EPERM)
		netd_error_hint(err, "only root may enter a namespace");
	if (r == -ENOENT)
		netd_error_hint(err,
				"%s %s of topology %s has lost it; apply the "
				"topology again (`netdctl export %s` has its file)",
				netd_node_kind_name(node->kind), node->name, t->name,
				t->name);
	if (r < 0)
		return r;
	if (netd_node_is_ours(&space, t->name, node->name))
		return 0;
	netd_error_add(err, -EPERM, "namespace %s is not that of topology %s", node->name,
		       t->name);
	netd_error_hint(err, "something else made it; `ip netns exec %s` enters it",
			node->name);
	return -EPERM;
}

int netd_node_enter(struct netd *netd, const char *kind, const char *name,
		    struct netd_error *err)
{
	netd_auto_topology struct netd_topology *t = NULL;
	enum netd_node_kind number;
	netd_auto_close int fd = -1;
	struct netd_node *node;
	int r = netd_node_kind_parse(kind, &number, err);

	if (r < 0)
		return r;
	r = netd_node_find_running(netd, number, name, &t, &node, err);
	if (r < 0)
		return r;
	r = check_owner(netd, t, node, err);
	if (r < 0)
		return r;
	fd = netd_netns_open(name, err);
	if (fd < 0)
		return fd;
	r = netd_netns_enter(fd, err);
	if (r < 0)
		return r;
	r = own_mounts(err);
	if (r < 0)
		return r;
	r = bind_etc(name, err);
	if (r < 0)
		return r;
	return mount_sysfs(name, err);
}
