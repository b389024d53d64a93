// SPDX-License-Identifier: GPL-2.0-or-later
/* Named network namespaces, as ip-netns(8) has them: bind mounts in /run/netns. */
#include "host/netns.h"

#include <dirent.h>
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
#include <sys/vfs.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "kind/link.h"

/* The thread's own: /proc/self is that of the first thread, which may be in another. */
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

	if (fd < 0)
		return failed(err, "open", OWN);
	return fd;
}

ino_t netd_netns_inode(const char *name)
{
	netd_auto_close int fd = -1;
	struct stat st;

	if (name)
		fd = netd_netns_open(name, NULL);
	else
		fd = netd_netns_current(NULL);
	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	return st.st_ino;
}

int netd_netns_enter(int fd, struct netd_error *err)
{
	if (setns(fd, CLONE_NEWNET) < 0)
		return failed(err, "enter", "by its descriptor");
	return 0;
}

/*
 * A mount made in /run/netns must be seen by every mount namespace of the host and must
 * outlive ours, so the directory is made a shared mount of its own, as `ip netns` does.
 */
int netd_netns_prepare(struct netd_error *err)
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

/* Makes a namespace and names it; the thread returns to @home. */
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

	if (r < 0)
		return r;
	r = netd_netns_prepare(err);
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

static bool is_namespace(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == NSFS_MAGIC &&
	       ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET;
}

int netd_netns_look_open(const char *name, struct netd_netns_name *out, int *living,
			 struct netd_error *err)
{
	netd_auto_close int fd = -1;
	char path[PATH_MAX];
	int r = netns_path(name, path, err);
	struct stat st;
	ssize_t n = 0;

	if (r < 0)
		return r;
	*living = -1;
	*out = (struct netd_netns_name){0};
	/* without waiting for a FIFO */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	out->link = fd < 0 && errno == ELOOP;
	if (out->link)
		return 0;
	if (fd < 0) {
		if (errno == ENOENT)
			return -ENOENT;
		return failed(err, "open", name);
	}
	if (fstat(fd, &st) < 0)
		return failed(err, "open", name);
	if (is_namespace(fd)) {
		out->inode = st.st_ino;
		*living = netd_take_fd(&fd);
		return 0;
	}
	out->leftover = true;
	if (S_ISREG(st.st_mode))
		n = read(fd, out->mark, sizeof(out->mark) - 1);
	if (n < 0)
		n = 0;
	out->mark[n] = '\0';
	if (strncmp(out->mark, NETD_ALIAS_PREFIX, sizeof(NETD_ALIAS_PREFIX) - 1) != 0)
		out->mark[0] = '\0';
	return 0;
}

int netd_netns_look(const char *name, struct netd_netns_name *out, struct netd_error *err)
{
	netd_auto_close int living = -1;

	return netd_netns_look_open(name, out, &living, err);
}

/* A file of that content appears at @path in one step; -EEXIST. */
static int put_file(const char *path, const char *content)
{
	char link[64];
	netd_auto_close int fd =
		open(NETD_NETNS_DIR, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0444);

	if (fd < 0)
		return -errno;
	snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", fd);
	if (write(fd, content, strlen(content)) < 0 ||
	    linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) < 0)
		return -errno;
	return 0;
}

/* The file that the namespace will be mounted on; a leftover makes room. */
static int make_mark_file(const char *name, const char *path, const char *mark,
			  struct netd_error *err)
{
	int r = put_file(path, mark);
	struct netd_netns_name found;

	if (r == -EEXIST && netd_netns_look(name, &found, NULL) == 0 && found.leftover &&
	    unlink(path) == 0)
		r = put_file(path, mark);
	if (r < 0)
		return netd_error_add(err, r, "cannot make namespace %s: %s", name,
				      strerror(-r));
	return 0;
}

/* Marks the loopback, and gives the namespace its name. */
static int mark_and_name(const char *name, const char *path,
			 const struct netd_link_attrs *lo, struct netd_nl *nl,
			 struct netd_error *err)
{
	netd_auto_message struct nl_msg *m = netd_link_set_message(
		lo, NETD_LINK_UP | NETD_LINK_ALIAS_TEXT | NETD_LINK_GROUP_NUMBER, 0);
	int r;

	if (!m)
		return netd_error_no_memory(err);
	r = netd_nl_request(nl, m, err);
	if (r < 0)
		return r;
	r = make_mark_file(name, path, lo->alias, err);
	if (r < 0)
		return r;
	if (mount(OWN, path, "none", MS_BIND, NULL) < 0) {
		r = failed(err, "mount", name);
		unlink(path);
	}
	return r;
}

int netd_netns_make(const char *name, const struct netd_link_attrs *lo,
		    const struct netd_nl *home, int *fd, struct netd_nl *nl,
		    struct netd_error *err)
{
	netd_auto_close int own = -1;
	char path[PATH_MAX];
	int r = netns_path(name, path, err);

	if (r < 0)
		return r;
	if (unshare(CLONE_NEWNET) < 0)
		return failed(err, "make", name);
	own = netd_netns_current(err);
	if (own < 0)
		return own;
	r = netd_nl_open_sharing(nl, home, err);
	if (r < 0)
		return r;
	r = mark_and_name(name, path, lo, nl, err);
	if (r < 0) {
		netd_nl_done(nl);
		return r;
	}
	*fd = netd_take_fd(&own);
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int netd_netns_list(char ***names, size_t *count, struct netd_error *err)
{
	netd_auto_closedir DIR *dir = opendir(NETD_NETNS_DIR);
	const struct dirent *entry;

	*names = NULL;
	*count = 0;
	if (!dir) {
		if (errno != ENOENT)
			return failed(err, "list", NETD_NETNS_DIR);
		return 0;
	}
	while ((entry = readdir(dir))) {
		char **name;

		if (entry->d_name[0] == '.')
			continue;
		name = netd_array_add(names, count, sizeof(*name));
		if (!name || !(*name = strdup(entry->d_name)))
			return netd_error_no_memory(err);
	}
	netd_array_sort(*names, *count, sizeof(**names), compare_names);
	return 0;
}

int netd_netns_delete(const char *name, struct netd_error *err)
{
	char path[PATH_MAX];
	int r = netns_path(name, path, err);

	if (r < 0)
		return r;
	/* EINVAL: a leftover file has no mount */
	if (umount2(path, MNT_DETACH) < 0 && errno != EINVAL)
		return failed(err, "unmount", name);
	if (unlink(path) < 0)
		return failed(err, "remove", name);
	return 0;
}
