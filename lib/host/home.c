// SPDX-License-Identifier: GPL-2.0-or-later
/* Which network namespace a state directory belongs to, and the other way round. */
#include "host/home.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "base/trust.h"
#include "host/netns.h"

/*
 * Theory of operation.  The records in a state directory are about one network namespace,
 * and the marks in a namespace are about one state directory: a netd that does not know
 * of another's directory would take what that one made for its own, without a record, and
 * delete it.  So a network namespace has one state directory, and a directory has one
 * namespace.
 *
 * STATE/namespace says which: a symbolic link to "INODE COOKIE BOOT PIDS", of the
 * namespace, of the boot, and of the PID namespace whose /proc was searched.  And
 * /run/netd-namespaces/COOKIE leads to the directory, unless it is the usual one.
 *
 * Neither counts if nothing is on record: after destroying everything, another directory
 * may be used.  A namespace that no longer exists does not count either: the host was
 * booted since, or no name and no process has it.  If only another PID namespace could
 * tell, it counts as existing.
 */
#define MARK "namespace"
#define MARK_SIZE 160
#define PLACES "/run/netd-namespaces"
#define INITIAL_PIDS 0xEFFFFFFCU /* linux/proc_ns.h PROC_PID_INIT_INO */

struct home {
	uint64_t inode, cookie, pids;
	char boot[40];
};

static uint64_t inode_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return 0;
	return st.st_ino;
}

static void read_own(const struct netd *netd, struct home *out)
{
	netd_auto_free char *boot = NULL;
	socklen_t size = sizeof(out->cookie);

	*out = (struct home){
		.inode = inode_of("/proc/thread-self/ns/net"),
		.pids = inode_of("/proc/self/ns/pid"),
	};
	if (getsockopt(netd->nl.fd, SOL_SOCKET, SO_NETNS_COOKIE, &out->cookie, &size) < 0)
		out->cookie = out->inode; /* before Linux 5.14 */
	if (netd_file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64, &boot, NULL,
			   NULL) == 0)
		snprintf(out->boot, sizeof(out->boot), "%.*s", (int)strcspn(boot, "\n"),
			 boot);
}

static void format(const struct home *h, char out[MARK_SIZE])
{
	snprintf(out, MARK_SIZE, "%" PRIu64 " %" PRIu64 " %s %" PRIu64, h->inode,
		 h->cookie, h->boot, h->pids);
}

/* False if there is no such link. */
static bool read_mark(int directory, const char *name, char *out, size_t size)
{
	ssize_t n = readlinkat(directory, name, out, size - 1);

	if (n < 0)
		return false;
	out[n] = '\0';
	return true;
}

static bool read_home(int directory, struct home *out)
{
	char text[MARK_SIZE];

	return read_mark(directory, MARK, text, sizeof(text)) &&
	       sscanf(text, "%" SCNu64 " %" SCNu64 " %39s %" SCNu64, &out->inode,
		      &out->cookie, out->boot, &out->pids) == 4;
}

static bool is_same(const struct home *a, const struct home *b)
{
	return a->cookie == b->cookie && strcmp(a->boot, b->boot) == 0;
}

/*
 * What is on record
 */

static bool has_entry(int directory, const char *name)
{
	netd_auto_closedir DIR *d = netd_dir_open(directory, name, 0);
	const struct dirent *entry;

	while (d && (entry = readdir(d)))
		if (strstr(entry->d_name, ".yaml") && !strstr(entry->d_name, ".bad-"))
			return true;
	return false;
}

static bool is_empty(int directory)
{
	static const char *const files[] = {"pending.yaml", "unconfirmed.yaml", "claims"};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(files); i++)
		if (faccessat(directory, files[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return false;
	return !has_entry(directory, "topologies") && !has_entry(directory, "stuck");
}

/*
 * Whether a namespace exists
 */

static bool find_name(uint64_t inode, char *out, size_t size)
{
	char **names = NULL;
	size_t count = 0;
	bool found = false;

	netd_netns_list(&names, &count, NULL);
	for (size_t i = 0; i < count; i++) {
		struct netd_netns_name n;

		if (!found && netd_netns_look(names[i], &n, NULL) == 0 &&
		    n.inode == inode) {
			snprintf(out, size, "network namespace %s", names[i]);
			found = true;
		}
		free(names[i]);
	}
	free(names);
	return found;
}

/* By its process with the lowest PID, which is likely to live longest. */
static bool find_process(uint64_t inode, char *out, size_t size)
{
	netd_auto_closedir DIR *proc = opendir("/proc");
	const struct dirent *entry;
	long best = 0;

	while (proc && (entry = readdir(proc))) {
		long pid = strtol(entry->d_name, NULL, 10);
		char path[64];

		snprintf(path, sizeof(path), "/proc/%ld/ns/net", pid);
		if (pid > 0 && (!best || pid < best) && inode_of(path) == inode)
			best = pid;
	}
	if (best == 1)
		snprintf(out, size, "the host's own network namespace (process 1)");
	else if (best)
		snprintf(out, size, "the network namespace of process %ld", best);
	return best;
}

bool netd_home_lives(uint64_t inode, char *out, size_t size)
{
	snprintf(out, size, "network namespace net:[%" PRIu64 "]", inode);
	return find_name(inode, out, size) || find_process(inode, out, size);
}

/* True also if only another PID namespace could tell. */
static bool may_live(const struct home *h, const struct home *own, char *out, size_t size)
{
	if (strcmp(h->boot, own->boot) != 0)
		return false;
	return netd_home_lives(h->inode, out, size) ||
	       (h->pids != own->pids && own->pids != INITIAL_PIDS);
}

/*
 * The two checks
 */

/* That the directory is not another namespace's; 1 if it is nobody's yet. */
static int check_directory(const struct netd *netd, const struct home *own,
			   struct netd_error *err)
{
	char text[128];
	struct home h;

	if (netd->store.fd < 0)
		return 0;
	if (!read_home(netd->store.fd, &h))
		return 1;
	if (is_same(&h, own))
		return 0;
	if (is_empty(netd->store.fd) || !may_live(&h, own, text, sizeof(text)))
		return 1;
	netd_error_add(err, -EPERM,
		       "%s has what runs in %s; this is another network namespace",
		       netd->store.path, text);
	netd_error_hint(err,
			"run netdctl there; or keep what runs here in a directory of its "
			"own, with --state-dir or NETD_STATE_DIR. If that namespace is "
			"gone, remove %s/" MARK,
			netd->store.path);
	return -EPERM;
}

/* True if the usual directory has something on record of this namespace. */
static bool is_usual(const struct home *own)
{
	netd_auto_close int fd = open(NETD_STATE_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct home h;

	return fd >= 0 && !is_empty(fd) && (!read_home(fd, &h) || is_same(&h, own));
}

static bool is_noted(const struct home *own, char out[PATH_MAX])
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), PLACES "/%" PRIu64, own->cookie);
	return netd_trust_at(AT_FDCWD, PLACES, geteuid(), &st, NULL) == 0 &&
	       S_ISDIR(st.st_mode) && read_mark(AT_FDCWD, path, out, PATH_MAX);
}

/* True if this namespace's state is in @other, which is not @mine. */
static bool is_elsewhere(const struct home *own, const char *mine, char other[PATH_MAX])
{
	netd_auto_close int fd = -1;
	struct home h;

	if (is_noted(own, other) && strcmp(other, mine) != 0) {
		fd = open(other, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd >= 0 && !is_empty(fd) && read_home(fd, &h) && is_same(&h, own))
			return true;
	}
	snprintf(other, PATH_MAX, NETD_STATE_DIR);
	return strcmp(mine, NETD_STATE_DIR) != 0 && is_usual(own);
}

static int check_namespace(const struct home *own, const char *mine,
			   struct netd_error *err)
{
	char other[PATH_MAX];

	if (!is_elsewhere(own, mine, other))
		return 0;
	netd_error_add(err, -EPERM,
		       "what netd runs in this network namespace is on record in %s, not "
		       "in %s",
		       other, mine);
	netd_error_hint(
		err,
		"say --state-dir %s; a test suite works in a network namespace of "
		"its own, as `unshare --net` makes one",
		other);
	return -EPERM;
}

/*
 * Writing both links
 */

/* Makes or replaces the link in one step. */
static int replace_link(const char *text, int directory, const char *name)
{
	char fresh[NAME_MAX + 8];

	if (symlinkat(text, directory, name) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	snprintf(fresh, sizeof(fresh), ".%s.new", name);
	unlinkat(directory, fresh, 0);
	if (symlinkat(text, directory, fresh) < 0 ||
	    renameat(directory, fresh, directory, name) < 0)
		return -errno;
	return 0;
}

/* Errors are ignored: netd works where /run cannot be written, too. */
static void note_place(const struct home *own, const char *mine)
{
	char name[32], noted[PATH_MAX];
	netd_auto_close int fd = -1;
	bool is = is_noted(own, noted);

	if (!is)
		netd_copy(noted, NETD_STATE_DIR);
	if (strcmp(noted, mine) == 0)
		return;
	if (!is && mkdir(PLACES, 0755) < 0 && errno != EEXIST)
		return;
	fd = open(PLACES, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	snprintf(name, sizeof(name), "%" PRIu64, own->cookie);
	if (fd >= 0)
		replace_link(mine, fd, name);
}

/*
 * Sets aside the claims of a namespace that no longer exists, and the change that was
 * under way there; after a boot only the claims, since a change that nobody confirmed is
 * to be taken back.
 */
static void set_aside(const struct netd_store *store, bool booted)
{
	static const char *const files[] = {"claims", "pending.yaml", "unconfirmed.yaml"};
	struct netd_error dropped = {0};
	size_t count = NETD_ARRAY_SIZE(files);

	if (booted)
		count = 1;
	for (size_t i = 0; i < count; i++)
		if (faccessat(store->fd, files[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			netd_store_set_aside(store, files[i], "", &dropped);
	netd_error_done(&dropped);
}

static int claim_directory(struct netd *netd, const struct home *own,
			   struct netd_error *err)
{
	char text[MARK_SIZE];
	struct home h;
	int r;

	if (read_home(netd->store.fd, &h))
		set_aside(&netd->store, strcmp(h.boot, own->boot) != 0);
	format(own, text);
	r = replace_link(text, netd->store.fd, MARK);
	if (r < 0)
		return netd_error_add(err, r, "cannot write %s/" MARK ": %s",
				      netd->store.path, strerror(-r));
	return 0;
}

int netd_home_check(struct netd *netd, bool write, struct netd_error *err)
{
	char mine[PATH_MAX];
	struct home own;
	int r, unclaimed;

	read_own(netd, &own);
	netd->home_inode = own.inode;
	if (!realpath(netd->state_dir, mine) && !netd_copy(mine, netd->state_dir))
		return -ENAMETOOLONG;
	unclaimed = check_directory(netd, &own, err);
	if (unclaimed < 0)
		return unclaimed;
	r = check_namespace(&own, mine, err);
	if (r < 0 || !write)
		return r;
	if (unclaimed)
		r = claim_directory(netd, &own, err);
	if (r < 0)
		return r;
	note_place(&own, mine);
	return 0;
}
