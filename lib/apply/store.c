// SPDX-License-Identifier: GPL-2.0-or-later
/* The state directory: what is running, what was changed outside, what was under way. */
#include "apply/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "attach/record.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "config/config.h"

#define TOPOLOGIES "topologies"
#define NETWORKS "networks"
#define CLAIMS "claims"
#define PENDING "pending.yaml"
#define LOCK "lock"
#define FILE_MAX (64UL << 20)

static int failed(struct netd_error *err, const char *what, const char *path)
{
	int code = -errno;

	netd_error_add(err, code, "cannot %s %s: %s", what, path, strerror(-code));
	if (code == -EACCES || code == -EPERM)
		netd_error_hint(err, "run as root");
	return code;
}

static int make_directory(const struct netd_store *store, const char *name,
			  struct netd_error *err)
{
	if (mkdirat(store->fd, name, 0755) < 0 && errno != EEXIST)
		return failed(err, "make", name);
	return 0;
}

int netd_store_open(struct netd_store *store, const char *path, bool create,
		    struct netd_error *err)
{
	int r;

	*store = (struct netd_store){.fd = -1, .lock = -1};
	r = create ? netd_dir_make(path, err) : 0;
	if (r < 0)
		return r;
	store->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store->fd < 0)
		return errno == ENOENT && !create ? -ENOENT : failed(err, "open", path);
	store->path = strdup(path);
	if (!store->path)
		r = netd_error_add(err, -ENOMEM, "out of memory");
	if (r < 0)
		netd_store_done(store);
	return r;
}

void netd_store_done(struct netd_store *store)
{
	if (store->lock >= 0)
		close(store->lock);
	if (store->fd >= 0)
		close(store->fd);
	free(store->path);
	*store = (struct netd_store){.fd = -1, .lock = -1};
}

/*
 * Locking
 */

static int lock_busy(int fd, struct netd_error *err)
{
	char holder[64] = "";
	ssize_t n = pread(fd, holder, sizeof(holder) - 1, 0);

	holder[n > 0 ? n : 0] = '\0';
	holder[strcspn(holder, "\n")] = '\0';
	netd_error_add(err, -EBUSY, "another netd is changing things: process %s",
		       holder[0] ? holder : "unknown");
	netd_error_hint(err, "try again when it is done");
	return -EBUSY;
}

/* Says in the lock file who we are, for those who wait. */
static void sign_lock(int fd)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%d %s\n", getpid(),
			 program_invocation_short_name);

	if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) < 0)
		return; /* only a courtesy */
}

int netd_store_lock(struct netd_store *store, unsigned seconds, struct netd_error *err)
{
	const struct timespec pause = {0, 10 * 1000 * 1000};
	int r = make_directory(store, TOPOLOGIES, err);
	netd_auto_close int fd = -1;

	if (r == 0)
		r = make_directory(store, NETWORKS, err);
	if (r < 0)
		return r;
	fd = openat(store->fd, LOCK, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return failed(err, "lock", store->path);
	for (unsigned tries = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; tries++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return failed(err, "lock", store->path);
		if (tries >= seconds * 100)
			return lock_busy(fd, err);
		nanosleep(&pause, NULL);
	}
	sign_lock(fd);
	store->lock = fd;
	fd = -1;
	return 0;
}

/*
 * Topologies
 */

static void topology_path(const char *name, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, TOPOLOGIES "/%s.yaml", name);
}

/* *@out stays NULL if there is no such file. */
static int load_file(const struct netd_store *store, const char *path,
		     struct netd_topology **out, struct netd_error *err)
{
	netd_auto_free char *text = NULL, *full = NULL;
	size_t length;
	int r;

	*out = NULL;
	if (faccessat(store->fd, path, F_OK, 0) < 0 && errno == ENOENT)
		return 0;
	r = netd_file_read(store->fd, path, FILE_MAX, &text, &length, err);
	if (r < 0)
		return r;
	if (asprintf(&full, "%s/%s", store->path, path) < 0) {
		full = NULL;
		return netd_error_add(err, -ENOMEM, "out of memory");
	}
	return netd_config_parse(text, length, full, out, err);
}

static int save_file(const struct netd_store *store, const char *path,
		     const struct netd_topology *t, struct netd_error *err)
{
	struct netd_str text = {0};
	int r = netd_config_write(t, &text);

	if (r < 0)
		netd_error_add(err, r, "out of memory");
	else
		r = netd_file_write(store->fd, path, netd_str_text(&text), text.length,
				    0644, err);
	netd_str_done(&text);
	return r;
}

int netd_store_load(const struct netd_store *store, const char *name,
		    struct netd_topology **out, struct netd_error *err)
{
	char path[PATH_MAX];

	topology_path(name, path);
	return load_file(store, path, out, err);
}

bool netd_store_has(const struct netd_store *store, const struct netd_topology *t)
{
	netd_auto_free char *saved = NULL;
	struct netd_str text = {0};
	char path[PATH_MAX];
	bool same;
	int r;

	topology_path(t->name, path);
	r = netd_file_read(store->fd, path, FILE_MAX, &saved, NULL, NULL);
	if (r < 0)
		return r == -ENOENT && t->network_count == 0;
	same = netd_config_write(t, &text) == 0 &&
	       strcmp(saved, netd_str_text(&text)) == 0;
	netd_str_done(&text);
	return same;
}

int netd_store_save(const struct netd_store *store, const struct netd_topology *t,
		    struct netd_error *err)
{
	char path[PATH_MAX];

	topology_path(t->name, path);
	return t->network_count ? save_file(store, path, t, err)
				: netd_file_remove(store->fd, path, err);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of all topologies that are saved, sorted; each the caller's to free. */
static int list_names(const struct netd_store *store, char ***names, size_t *count)
{
	int fd = openat(store->fd, TOPOLOGIES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	if (!dir)
		return fd < 0 && errno == ENOENT ? 0 : -errno;
	while (r == 0 && (entry = readdir(dir))) {
		size_t length = strlen(entry->d_name);
		char **name;

		if (length < 6 || strcmp(entry->d_name + length - 5, ".yaml") != 0)
			continue;
		name = netd_array_add(names, count, sizeof(*name));
		if (!name || !(*name = strndup(entry->d_name, length - 5)))
			r = -ENOMEM;
	}
	closedir(dir);
	if (*count)
		qsort(*names, *count, sizeof(**names), compare_names);
	return r;
}

int netd_store_load_all(const struct netd_store *store, struct netd_topology ***out,
			size_t *count, struct netd_error *err)
{
	struct netd_topology **all = NULL, *t;
	size_t names_count = 0, n = 0;
	char **names = NULL;
	int r = list_names(store, &names, &names_count);

	if (r < 0)
		netd_error_add(err, r, "cannot read %s: %s", store->path, strerror(-r));
	for (size_t i = 0; r == 0 && i < names_count; i++) {
		r = netd_store_load(store, names[i], &t, err);
		if (r == 0 && t) {
			struct netd_topology **slot = netd_array_add(&all, &n, sizeof(t));

			if (slot)
				*slot = t;
			else
				r = netd_error_add(err, -ENOMEM, "out of memory");
		}
	}
	for (size_t i = 0; i < names_count; i++)
		free(names[i]);
	free(names);
	*out = all;
	*count = n;
	return r;
}

bool netd_store_is_pending(const struct netd_store *store)
{
	return faccessat(store->fd, PENDING, F_OK, 0) == 0;
}

int netd_store_load_pending(const struct netd_store *store, struct netd_topology **out,
			    struct netd_error *err)
{
	return load_file(store, PENDING, out, err);
}

int netd_store_save_pending(const struct netd_store *store, const struct netd_topology *t,
			    struct netd_error *err)
{
	return save_file(store, PENDING, t, err);
}

int netd_store_remove_pending(const struct netd_store *store, struct netd_error *err)
{
	return netd_file_remove(store->fd, PENDING, err);
}

/*
 * Claims
 */

int netd_store_load_claims(const struct netd_store *store, struct netd_claims *out,
			   struct netd_error *err)
{
	netd_auto_free char *text = NULL;
	int r;

	*out = (struct netd_claims){0};
	if (faccessat(store->fd, CLAIMS, F_OK, 0) < 0 && errno == ENOENT)
		return 0;
	r = netd_file_read(store->fd, CLAIMS, FILE_MAX, &text, NULL, err);
	if (r == 0)
		r = netd_claims_parse(text, out, err);
	if (r < 0)
		netd_error_context(err, "%s/" CLAIMS, store->path);
	return r;
}

int netd_store_save_claims(const struct netd_store *store,
			   const struct netd_claim *claims, size_t count,
			   struct netd_error *err)
{
	struct netd_str text = {0};
	int r;

	if (count == 0)
		return netd_file_remove(store->fd, CLAIMS, err);
	netd_claims_write(claims, count, &text);
	r = netd_str_error(&text);
	if (r < 0)
		netd_error_add(err, r, "out of memory");
	else
		r = netd_file_write(store->fd, CLAIMS, netd_str_text(&text), text.length,
				    0644, err);
	netd_str_done(&text);
	return r;
}

/*
 * Records for the hooks
 */

int netd_store_update_records(const struct netd_store *store,
			      const struct netd_topology *previous,
			      const struct netd_topology *t, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; previous && i < previous->network_count; i++)
		if (!netd_topology_network(t, previous->networks[i].name))
			netd_record_remove(store->path, previous->networks[i].name);
	for (size_t i = 0; r == 0 && i < t->network_count; i++) {
		const struct netd_network *n = &t->networks[i];
		char bridge[NETD_RECORD_NAME];

		if (netd_record_read(store->path, n->name, bridge) < 0 ||
		    strcmp(bridge, n->bridge) != 0)
			r = netd_record_write(store->path, n->name, n->bridge);
	}
	return r < 0 ? netd_error_add(err, r, "cannot write %s/" NETWORKS ": %s",
				      store->path, strerror(-r))
		     : 0;
}
