// SPDX-License-Identifier: GPL-2.0-or-later
/* Definitions: topologies as they are kept in the configuration directory. */
#include "trial/definition.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trial/confirm.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "config/config.h"
#include "edit/pieces.h"

/* The path of its file; no name may lead to another directory. */
static int definition_path(const struct netd *netd, const char *name, char out[PATH_MAX],
			   struct netd_error *err)
{
	const char *problem = netd_topology_name_problem(name);

	if (problem)
		return netd_error_add(err, -EINVAL, "topology name \"%s\" %s", name,
				      problem);
	if (snprintf(out, PATH_MAX, "%s/%s.yaml", netd->config_dir, name) >= PATH_MAX)
		return netd_error_add(err, -ENAMETOOLONG, "%s: name too long",
				      netd->config_dir);
	return netd_path_check(out, err);
}

int netd_definition_load(struct netd *netd, const char *name, struct netd_topology **out,
			 struct netd_error *err)
{
	char path[PATH_MAX];
	int r = definition_path(netd, name, path, err);

	if (r < 0)
		return r;
	if (access(path, F_OK) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return netd_topology_create(name, out, err);
		r = -errno;
		return netd_error_add(err, r, "cannot read %s: %s", path, strerror(-r));
	}
	r = netd_config_load(path, out, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < (*out)->network_count; i++)
		(*out)->networks[i].defined = true;
	return 0;
}

/* The mode that the file has: an admin may have kept others from reading it. */
static mode_t mode_of(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0)
		return st.st_mode & 0777;
	return 0644;
}

int netd_definition_write(struct netd *netd, const struct netd_topology *t,
			  struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};
	char path[PATH_MAX];
	int r = definition_path(netd, t->name, path, err);

	if (r < 0)
		return r;
	if (netd_topology_is_empty(t)) {
		if (access(path, F_OK))
			return 0;
		return netd_file_remove(AT_FDCWD, path, err);
	}
	if (netd_config_write(t, &text) < 0)
		return netd_error_no_memory(err);
	r = netd_dir_make(netd->config_dir, err);
	if (r < 0)
		return r;
	return netd_file_write(AT_FDCWD, path, netd_str_text(&text), text.length,
			       mode_of(path), err);
}

int netd_definition_save(struct netd *netd, const struct netd_topology *t,
			 struct netd_error *err)
{
	netd_auto_topology struct netd_topology *copy = NULL;
	int r = netd_topology_checked(&t, &copy, err);

	if (r < 0)
		return r;
	r = netd_confirm_gate(netd, err);
	if (r < 0)
		return r;
	return netd_definition_write(netd, t, err);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds the NAME of a file NAME.yaml that is not hidden.  -ENOMEM. */
static int add_name(char ***names, size_t *count, const char *file)
{
	size_t length = strlen(file);
	char **slot;

	if (*file == '.' || length < 6 || strcmp(file + length - 5, ".yaml") != 0)
		return 0;
	slot = netd_array_add(names, count, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = strndup(file, length - 5);
	if (!*slot)
		return -ENOMEM;
	return 0;
}

int netd_definition_names(struct netd *netd, char ***out, struct netd_error *err)
{
	netd_auto_closedir DIR *dir = opendir(netd->config_dir);
	const struct dirent *entry;
	char **names = NULL;
	size_t count = 0;
	int r = 0;

	while (dir && r >= 0 && (entry = readdir(dir)))
		r = add_name(&names, &count, entry->d_name);
	if (r >= 0)
		netd_array_sort(names, count, sizeof(*names), compare_names);
	if (r < 0 || !netd_array_add(&names, &count, sizeof(*names))) {
		for (size_t i = 0; i < count; i++)
			free(names[i]);
		free(names);
		return netd_error_no_memory(err);
	}
	*out = names;
	return 0;
}
