// SPDX-License-Identifier: GPL-2.0-or-later
/* What each topology was before its last change. */
#include "store/previous.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/choices.h"
#include "store/seal.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "config/config.h"

static void path_of(const char *name, const char *suffix, char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, NETD_PREVIOUS "/%s.%s", name, suffix);
}

/* The line first: it could fit again what runs one day. */
int netd_previous_keep(const struct netd_store *store, const char *from, const char *name,
		       struct netd_error *err)
{
	char path[PATH_MAX];

	path_of(name, "line", path);
	unlinkat(store->fd, path, 0);
	path_of(name, "yaml", path);
	return netd_file_rename(store->fd, from, path, err);
}

void netd_previous_forget(const struct netd_store *store, const char *name)
{
	static const char *const suffixes[] = {"line", "yaml"};
	char path[PATH_MAX];

	for (size_t i = 0; i < NETD_ARRAY_SIZE(suffixes); i++) {
		path_of(name, suffixes[i], path);
		unlinkat(store->fd, path, 0);
	}
}

int netd_previous_save_line(const struct netd_store *store, const char *name,
			    size_t offset, size_t length, const char *seal,
			    struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	char path[PATH_MAX];

	netd_str_addf(&text, "%zu %zu %s", offset, length, seal);
	path_of(name, "line", path);
	return netd_store_write(store, path, &text, err);
}

void netd_previous_commit_line(const struct netd_store *store, const char *name)
{
	char path[PATH_MAX];

	path_of(name, "yaml", path);
	unlinkat(store->fd, path, 0);
}

/* Takes the line that @line speaks of out of @text; false if it is another text. */
static bool cut(const char *line, char *text, size_t *length)
{
	const struct iovec all = {text, *length};
	char seal[NETD_SEAL_SIZE + 1];
	size_t from, bytes;
	int end = 0;

	netd_seal_write(seal, &all, 1);
	if (sscanf(line, "%zu %zu %n", &from, &bytes, &end) != 2 || !end ||
	    strcmp(line + end, seal) != 0 || from > *length || bytes > *length - from)
		return false;
	*length -= bytes;
	memmove(text + from, text + from + bytes, *length - from + 1);
	return true;
}

/* *@out stays NULL if there is no line, or it is not of what runs. */
static int load_by_line(const struct netd_store *store, const char *name,
			struct netd_topology **out, struct netd_error *err)
{
	netd_auto_free char *line = NULL, *text = NULL;
	char path[PATH_MAX], running[PATH_MAX];
	size_t length = 0;
	int r;

	path_of(name, "line", path);
	if (faccessat(store->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	r = netd_store_read(store, path, &line, NULL, err);
	if (r < 0)
		return r;
	snprintf(running, sizeof(running), NETD_TOPOLOGIES "/%s.yaml", name);
	r = netd_store_read(store, running, &text, &length, err);
	if (r < 0 || !line || !text || !cut(line, text, &length))
		return r;
	r = netd_config_parse(text, length, path, out, err);
	if (r < 0 || netd_choices_restore(*out, text) == 0)
		return r;
	*out = netd_topology_free(*out);
	return netd_error_no_memory(err);
}

int netd_previous_load(const struct netd_store *store, const char *name,
		       struct netd_topology **out, struct netd_error *err)
{
	int r = 0;

	*out = NULL;
	if (!netd_topology_name_problem(name))
		r = load_by_line(store, name, out, err);
	if (r < 0 || *out)
		return r;
	return netd_store_load_named(store, NETD_PREVIOUS, name, out, err);
}
