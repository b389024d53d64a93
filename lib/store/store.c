// SPDX-License-Identifier: GPL-2.0-or-later
/* The state directory: what is running, what was changed outside, what was under way. */
#include "store/choices.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/previous.h"
#include "store/reserve.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "config/config.h"

#define STUCK "stuck"
#define NETWORKS "networks"
#define CLAIMS "claims"
#define PENDING "pending.yaml"
#define TARGET "target.yaml"
#define REACHED "target.yaml.new"
#define LINKED "linked.yaml.new"

static int failed(struct netd_error *err, const char *what, const char *path)
{
	int code = netd_error_errno(err, what, path);

	if (code == -EACCES || code == -EPERM)
		netd_error_hint(err, "run as root");
	return code;
}

static int make_directory(const struct netd_store *store, const char *name,
			  struct netd_error *err)
{
	if (mkdirat(store->fd, name, 0755) < 0) {
		if (errno != EEXIST)
			return failed(err, "make", name);
		return 0;
	}
	/* whatever the umask is; and there when what is in it is */
	if (fchmodat(store->fd, name, 0755, 0) < 0 || fsync(store->fd) < 0)
		return failed(err, "make", name);
	return 0;
}

/* Only a directory that is in nobody else's hands; made if it is missing and @create. */
static int open_directory(const char *path, bool create, struct netd_error *err)
{
	bool missing = access(path, F_OK) < 0 && errno == ENOENT;
	int fd, r;

	if (missing && !create)
		return -ENOENT;
	r = netd_path_check(path, err);
	if (r < 0)
		return r;
	if (missing) {
		r = netd_dir_make(path, err);
		if (r < 0)
			return r;
		/* In a directory like /tmp, somebody else may have made it first. */
		r = netd_path_check(path, err);
		if (r < 0)
			return r;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return failed(err, "open", path);
	return fd;
}

void netd_store_unlock(struct netd_store *store)
{
	if (store->lock >= 0)
		close(store->lock);
	store->lock = -1;
}

void netd_store_done(struct netd_store *store)
{
	netd_store_unlock(store);
	if (store->fd >= 0)
		close(store->fd);
	free(store->path);
	*store = (struct netd_store){.fd = -1, .lock = -1};
}

int netd_store_open(struct netd_store *store, const char *path, bool create,
		    struct netd_error *err)
{
	int r;

	*store = (struct netd_store){.fd = -1, .lock = -1};
	store->fd = open_directory(path, create, err);
	if (store->fd < 0) {
		r = store->fd;
		store->fd = -1;
		return r;
	}
	store->path = strdup(path);
	if (store->path)
		r = netd_store_guard(store, err);
	else
		r = netd_error_no_memory(err);
	if (r < 0)
		netd_store_done(store);
	return r;
}

int netd_store_lock(struct netd_store *store, const struct netd_patience *patience,
		    struct netd_error *err)
{
	static const char *const directories[] = {NETD_TOPOLOGIES, NETWORKS,
						  NETD_PREVIOUS, STUCK};
	int r;

	for (size_t i = 0; i < NETD_ARRAY_SIZE(directories); i++) {
		r = make_directory(store, directories[i], err);
		if (r < 0)
			return r;
	}
	r = netd_lock_acquire(store->fd, store->path, patience, err);
	if (r < 0)
		return r;
	store->lock = r;
	return 0;
}

/*
 * Topologies
 */

static void topology_path(const char *name, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, NETD_TOPOLOGIES "/%s.yaml", name);
}

/* @head: lines of comments in front of it. */
static int save_topology(const struct netd_store *store, const char *path,
			 const struct netd_topology *t, const char *head,
			 struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	int r;

	netd_str_add(&text, head);
	netd_choices_write(t, &text);
	r = netd_config_write(t, &text);
	if (r < 0)
		return netd_error_add(err, r, "out of memory");
	return netd_store_write(store, path, &text, err);
}

int netd_store_load_named(const struct netd_store *store, const char *directory,
			  const char *name, struct netd_topology **out,
			  struct netd_error *err)
{
	const char *problem = netd_topology_name_problem(name);
	char path[PATH_MAX];

	/* A name from the command line must not lead out of the directory. */
	if (problem)
		return netd_error_add(err, -EINVAL, "topology name \"%s\" %s", name,
				      problem);
	snprintf(path, sizeof(path), "%s/%s.yaml", directory, name);
	return netd_store_load_file(store, path, out, err);
}

int netd_store_load(const struct netd_store *store, const char *name,
		    struct netd_topology **out, struct netd_error *err)
{
	if (netd_topology_name_problem(name)) { /* so nothing can run under it */
		*out = NULL;
		return 0;
	}
	return netd_store_load_named(store, NETD_TOPOLOGIES, name, out, err);
}

bool netd_store_has(const struct netd_store *store, const struct netd_topology *t)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	netd_auto_free char *saved = NULL;
	char path[PATH_MAX];

	topology_path(t->name, path);
	if (netd_store_read(store, path, &saved, NULL, NULL) < 0)
		return false;
	if (!saved)
		return netd_topology_is_empty(t);
	netd_choices_write(t, &text);
	return netd_config_write(t, &text) == 0 &&
	       strcmp(saved, netd_str_text(&text)) == 0;
}

int netd_store_save(const struct netd_store *store, const struct netd_topology *t,
		    struct netd_error *err)
{
	char path[PATH_MAX];

	topology_path(t->name, path);
	if (!netd_topology_is_empty(t))
		return save_topology(store, path, t, "", err);
	return netd_file_remove(store->fd, path, err);
}

/* Gives the file @from the second name @to. */
static int link_over(const struct netd_store *store, const char *from, const char *to)
{
	unlinkat(store->fd, LINKED, 0);
	if (linkat(store->fd, from, store->fd, LINKED, 0) < 0 ||
	    renameat(store->fd, LINKED, store->fd, to) < 0)
		return -errno;
	return netd_file_sync_parent(store->fd, to);
}

int netd_store_restore_pending(const struct netd_store *store,
			       const struct netd_topology *t, struct netd_error *err)
{
	struct netd_error why = {0};
	char path[PATH_MAX];
	int r;

	if (netd_store_has(store, t))
		return 0;
	r = netd_store_save(store, t, &why);
	topology_path(t->name, path);
	if (r == -ENOSPC && link_over(store, PENDING, path) == 0) {
		netd_error_done(&why);
		return 0;
	}
	netd_error_move(err, &why);
	return r;
}

int netd_store_link_pending(const struct netd_store *store, const char *name)
{
	char path[PATH_MAX];
	int r = netd_file_remove(store->fd, TARGET, NULL);

	topology_path(name, path);
	if (r < 0)
		return r;
	return link_over(store, path, PENDING);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int netd_store_names(const struct netd_store *store, const char *directory, char ***names,
		     size_t *count)
{
	netd_auto_closedir DIR *dir = netd_dir_open(store->fd, directory, 0);
	const struct dirent *entry;
	int r = 0;

	if (!dir) {
		if (errno == ENOENT)
			return 0;
		return -errno;
	}
	while (r >= 0 && (entry = readdir(dir))) {
		size_t length = strlen(entry->d_name);
		char **name;

		if (length < 6 || strcmp(entry->d_name + length - 5, ".yaml") != 0)
			continue;
		name = netd_array_add(names, count, sizeof(*name));
		if (!name || !(*name = strndup(entry->d_name, length - 5)))
			r = -ENOMEM;
		else if (netd_topology_name_problem(*name))
			free(names[0][--*count]);
	}
	if (*count)
		qsort(*names, *count, sizeof(**names), compare_names);
	return r;
}

struct names {
	char **items;
	size_t count;
};

static void names_done(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
}

void netd_topologies_done(struct netd_topologies *all)
{
	for (size_t i = 0; i < all->count; i++)
		netd_topology_free(all->items[i]);
	free(all->items);
}

int netd_store_load_all(const struct netd_store *store, struct netd_topologies *out,
			struct netd_error *err)
{
	netd_auto(names_done) struct names names = {0};
	int r;

	if (store->fd < 0)
		return 0;
	r = netd_store_names(store, NETD_TOPOLOGIES, &names.items, &names.count);
	if (r < 0)
		return netd_error_add(err, r, "cannot read %s: %s", store->path,
				      strerror(-r));
	for (size_t i = 0; i < names.count; i++) {
		netd_auto_topology struct netd_topology *t = NULL;
		struct netd_topology **slot;

		r = netd_store_load(store, names.items[i], &t, err);
		if (r < 0)
			return r;
		if (!t)
			continue;
		slot = netd_array_add(&out->items, &out->count, sizeof(t));
		if (!slot)
			return netd_error_no_memory(err);
		*slot = netd_take(t);
	}
	return 0;
}

/* Loads every file of @directory, even if one of them fails. */
static int check_directory(const struct netd_store *store, const char *directory,
			   struct netd_error *err)
{
	netd_auto(names_done) struct names names = {0};
	int r = netd_store_names(store, directory, &names.items, &names.count);

	for (size_t i = 0; i < names.count; i++) {
		netd_auto_topology struct netd_topology *t = NULL;
		char path[PATH_MAX];
		int one;

		snprintf(path, sizeof(path), "%s/%s.yaml", directory, names.items[i]);
		one = netd_store_load_file(store, path, &t, err);
		if (one < 0)
			r = one;
	}
	return r;
}

int netd_store_check(const struct netd_store *store, struct netd_error *err)
{
	netd_auto_free char *unplugged = NULL;
	struct netd_claims claims = {0};
	/* all of them, whatever is wrong with one */
	const int results[] = {
		check_directory(store, NETD_TOPOLOGIES, err),
		check_directory(store, NETD_PREVIOUS, err),
		check_directory(store, STUCK, err),
		netd_store_read(store, NETD_UNPLUGGED, &unplugged, NULL, err),
		netd_store_load_claims(store, &claims, err),
	};

	free(claims.items);
	for (size_t i = 0; i < NETD_ARRAY_SIZE(results); i++)
		if (results[i] < 0)
			return results[i];
	return 0;
}

bool netd_store_is_pending(const struct netd_store *store)
{
	return faccessat(store->fd, PENDING, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

void netd_store_load_target(const struct netd_store *store, struct netd_topology **out)
{
	if (netd_store_load_file(store, TARGET, out, NULL) < 0)
		*out = NULL;
}

int netd_store_commit_target(const struct netd_store *store,
			     const struct netd_topology *t, struct netd_error *err)
{
	char path[PATH_MAX];

	if (netd_topology_is_empty(t))
		return netd_store_save(store, t, err);
	topology_path(t->name, path);
	/* The target stays one as long as there is something pending. */
	unlinkat(store->fd, REACHED, 0);
	if (linkat(store->fd, TARGET, store->fd, REACHED, 0) < 0)
		return netd_store_save(store, t, err);
	return netd_file_rename(store->fd, REACHED, path, err);
}

/* Without pending.yaml it means nothing, so its removal need not be synced. */
void netd_store_forget_target(const struct netd_store *store)
{
	static const char *const names[] = {REACHED, TARGET};

	for (size_t i = 0; i < NETD_ARRAY_SIZE(names); i++)
		if (faccessat(store->fd, names[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			unlinkat(store->fd, names[i], 0);
}

int netd_store_load_pending(const struct netd_store *store, struct netd_topology **out,
			    struct netd_error *err)
{
	return netd_store_load_file(store, PENDING, out, err);
}

int netd_store_save_pending(const struct netd_store *store, const struct netd_topology *t,
			    const char *head, const struct netd_topology *target,
			    struct netd_error *err)
{
	int r;

	if (target)
		r = save_topology(store, TARGET, target, "", err);
	else
		r = netd_file_remove(store->fd, TARGET, err);
	if (r < 0)
		return r;
	return save_topology(store, PENDING, t, head, err);
}

int netd_store_keep_pending(const struct netd_store *store, const char *name,
			    struct netd_error *err)
{
	int r = netd_previous_keep(store, PENDING, name, err);

	if (r)
		return r;
	netd_store_forget_target(store);
	return 0;
}

int netd_store_move_pending(const struct netd_store *store, const char *path,
			    struct netd_error *err)
{
	int r = netd_file_rename(store->fd, PENDING, path, err);

	if (r)
		return r;
	netd_store_forget_target(store);
	return 0;
}

/* It is to be returned to, whatever was meant to be. */
int netd_store_make_pending(const struct netd_store *store, const char *path,
			    struct netd_error *err)
{
	int r = netd_file_remove(store->fd, TARGET, err);

	if (r < 0)
		return r;
	return netd_file_rename(store->fd, path, PENDING, err);
}

int netd_store_remove_pending(const struct netd_store *store, struct netd_error *err)
{
	int r = netd_file_remove(store->fd, PENDING, err);

	if (r)
		return r;
	netd_store_forget_target(store);
	return 0;
}
