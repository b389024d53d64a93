// SPDX-License-Identifier: GPL-2.0-or-later
/* Removes leases before they end. */
#include "dhcp/forget.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "dhcp/identity.h"

/*
 * Theory of operation.  dnsmasq reads its leases when it starts and keeps them in memory;
 * no signal makes it read them again.  So a lease is removed from the file while no
 * dnsmasq runs.
 */

#define LEASES_MAX (64UL << 20)
#define ARGUMENTS_MAX (64UL << 10)

static void leases_path(const struct netd_dnsmasq *d, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/" NETD_DNSMASQ_LEASES, d->directory);
}

/* *@out stays NULL if there is no such file. */
static int read_leases(const struct netd_dnsmasq *d, char **out, struct netd_error *err)
{
	char path[PATH_MAX];
	int r;

	leases_path(d, path);
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	r = netd_file_read(AT_FDCWD, path, LEASES_MAX, out, NULL, err);
	if (r == -ENOENT)
		return 0;
	return r;
}

int netd_dnsmasq_count_leases(const struct netd_dnsmasq *d, netd_lease_is is, void *data,
			      struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str rest = {0};
	netd_auto_free char *text = NULL;
	int r = read_leases(d, &text, err);

	if (r < 0 || !text)
		return r;
	return (int)netd_leases_without(text, is, data, &rest);
}

/* Keeps owner and mode: dnsmasq writes the file, too. */
static int replace(const char *path, const struct netd_str *text)
{
	char fresh[PATH_MAX + 8];
	netd_auto_close int fd = -1;
	struct stat st;
	int r;

	snprintf(fresh, sizeof(fresh), "%s.new", path);
	if (stat(path, &st) < 0)
		return -errno;
	unlink(fresh);
	fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (netd_write_all(fd, netd_str_text(text), text->length) == 0 &&
	    fchown(fd, st.st_uid, st.st_gid) == 0 && fchmod(fd, st.st_mode & 0777) == 0 &&
	    fsync(fd) == 0 && rename(fresh, path) == 0)
		return 0;
	r = -errno;
	unlink(fresh);
	return r;
}

int netd_dnsmasq_drop_leases(const struct netd_dnsmasq *d, netd_lease_is drop, void *data,
			     struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str rest = {0};
	netd_auto_free char *text = NULL;
	char path[PATH_MAX];
	int r = read_leases(d, &text, err);

	if (r < 0 || !text || netd_leases_without(text, drop, data, &rest) == 0)
		return r;
	leases_path(d, path);
	if (netd_str_error(&rest) < 0)
		return netd_error_no_memory(err);
	r = replace(path, &rest);
	if (r < 0)
		netd_error_add(err, r, "dhcp %s: cannot write %s: %s", d->name, path,
			       strerror(-r));
	return r;
}

/* What the process was started with, to start another one in the same way. */
struct start {
	char *arguments;
	struct netd_dnsmasq d;
	int space;
};

static void start_done(struct start *s)
{
	free(s->arguments);
	if (s->space >= 0)
		close(s->space);
}

static int read_start(pid_t pid, const struct netd_dnsmasq *d, struct start *out,
		      struct netd_error *err)
{
	static const char resolv[] = "--resolv-file=";
	size_t length = 0, own = strlen(d->directory);
	char path[64];
	int r;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	r = netd_file_read(AT_FDCWD, path, ARGUMENTS_MAX, &out->arguments, &length, err);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	out->space = open(path, O_RDONLY | O_CLOEXEC);
	if (out->space < 0)
		return netd_error_add(err, -errno,
				      "dhcp %s: cannot look at process %d: %s", d->name,
				      pid, strerror(errno));
	out->d = (struct netd_dnsmasq){.name = d->name,
				       .directory = d->directory,
				       .space = out->space,
				       .guard = d->guard};
	for (size_t at = 0; at < length; at += strlen(out->arguments + at) + 1) {
		const char *file = out->arguments + at + sizeof(resolv) - 1;

		if (strncmp(out->arguments + at, resolv, sizeof(resolv) - 1) != 0)
			continue;
		if (strncmp(file, d->directory, own) == 0 && file[own] == '/')
			out->d.resolv = file;
		else
			out->d.host_resolv = file;
	}
	return 0;
}

int netd_dnsmasq_forget(const struct netd_dnsmasq *d, netd_lease_is drop, void *data,
			struct netd_error *err)
{
	netd_auto(start_done) struct start s = {.space = -1};
	struct netd_launching launching;
	pid_t pid = netd_dnsmasq_pid(d->directory);
	int r;

	if (pid == 0)
		return netd_dnsmasq_drop_leases(d, drop, data, err);
	if (pid < 0)
		return netd_dnsmasq_unknown(d->name, pid, err);
	r = read_start(pid, d, &s, err);
	if (r < 0)
		return r;
	r = netd_dnsmasq_wait_end(d, netd_dnsmasq_end(d), err);
	if (r < 0)
		return r;
	/* it is started again even if the file could not be written */
	r = netd_dnsmasq_drop_leases(d, drop, data, err);
	if (netd_dnsmasq_begin(&s.d, &launching, err) < 0 ||
	    netd_dnsmasq_finish(&s.d, &launching, err) < 0)
		return -EIO;
	return r;
}
