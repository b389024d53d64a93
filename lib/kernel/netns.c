// SPDX-License-Identifier: GPL-2.0-or-later
/* Named network namespaces, as ip-netns(8) has them: bind mounts in /run/netns. */
#include "kernel/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/* The thread's own: /proc/self is the first thread's, which may be somewhere else. */
#define OWN "/proc/thread-self/ns/net"

static int netns_path(const char *name, char out[PATH_MAX], struct netd_error *err)
{
	if (!*name || *name == '.' || strchr(name, '/') || strlen(name) > NAME_MAX)
		return netd_error_add(err, -EINVAL, "\"%s\" cannot name a namespace",
				      name);
	snprintf(out, PATH_MAX, NETD_NETNS_DIR "/%s", name);
	return 0;
}

static int failed(struct netd_error *err, const char *what, const char *name)
{
	int code = -errno;

	return netd_error_add(err, code, "cannot %s namespace %s: %s", what, name,
			      strerror(-code));
}

int netd_netns_open(const char *name, struct netd_error *err)
{
	char path[PATH_MAX];
	int r = netns_path(name, path, err);
	int fd;

	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0)
		return fd;
	r = failed(err, "open", name);
	if (r == -ENOENT)
		netd_error_hint(err, "`ip netns list` shows those that exist");
	return r;
}

int netd_netns_current(struct netd_error *err)
{
	int fd = open(OWN, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? failed(err, "open", OWN) : fd;
}

int netd_netns_enter(int fd, struct netd_error *err)
{
	return setns(fd, CLONE_NEWNET) < 0 ? failed(err, "enter", "by its descriptor")
					   : 0;
}

/*
 * A mount made in /run/netns must be seen by every mount namespace of the host and must
 * outlive ours, so the directory is made a shared mount of its own, as `ip netns` does.
 */
static int prepare_directory(struct netd_error *err)
{
	if (mkdir(NETD_NETNS_DIR, 0755) < 0 && errno != EEXIST)
		return failed(err, "make directory for", NETD_NETNS_DIR);
	if (mount("", NETD_NETNS_DIR, "none", MS_SHARED | MS_REC, NULL) == 0)
		return 0;
	if (errno != EINVAL ||
	    mount(NETD_NETNS_DIR, NETD_NETNS_DIR, "none", MS_BIND | MS_REC, NULL) < 0 ||
	    mount("", NETD_NETNS_DIR, "none", MS_SHARED | MS_REC, NULL) < 0)
		return failed(err, "mount", NETD_NETNS_DIR);
	return 0;
}

static void loopback_up(void)
{
	netd_auto_close int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};

	if (fd >= 0)
		ioctl(fd, SIOCSIFFLAGS, &request);
}

/* In a new namespace: gives it its name.  The thread goes back to @home. */
static int make_and_name(const char *name, const char *path, int home,
			 struct netd_error *err)
{
	int r = 0;

	if (unshare(CLONE_NEWNET) < 0)
		return failed(err, "make", name);
	loopback_up();
	if (mount(OWN, path, "none", MS_BIND, NULL) < 0)
		r = failed(err, "mount", name);
	if (setns(home, CLONE_NEWNET) < 0 && r == 0)
		r = failed(err, "leave", name);
	return r;
}

int netd_netns_create(const char *name, struct netd_error *err)
{
	netd_auto_close int home = -1, file = -1;
	char path[PATH_MAX];
	int r = netns_path(name, path, err);

	if (r == 0)
		r = prepare_directory(err);
	if (r < 0)
		return r;
	home = netd_netns_current(err);
	if (home < 0)
		return home;
	file = open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
	if (file < 0)
		return failed(err, "make", name);
	r = make_and_name(name, path, home, err);
	if (r < 0)
		unlink(path);
	return r;
}

int netd_netns_delete(const char *name, struct netd_error *err)
{
	char path[PATH_MAX];
	int r = netns_path(name, path, err);

	if (r < 0)
		return r;
	/* A leftover file has no mount: EINVAL. */
	if (umount2(path, MNT_DETACH) < 0 && errno != EINVAL)
		return failed(err, "unmount", name);
	return unlink(path) < 0 ? failed(err, "remove", name) : 0;
}
