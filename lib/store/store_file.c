// SPDX-License-Identifier: GPL-2.0-or-later
/* Single files of the state directory: sealed, and kept aside if they are damaged. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "store/choices.h"
#include "store/seal.h"
#include "store/store.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "base/str.h"
#include "config/config.h"

#define FILE_MAX (64UL << 20)
#define FILE_MODE 0644
#define BAD_MAX 1000

/* To the first of PATH.bad-1, PATH.bad-2 … that is free; false if that cannot be. */
static bool move_aside(const struct netd_store *store, const char *path,
		       char out[PATH_MAX])
{
	for (unsigned i = 1; i <= BAD_MAX; i++) {
		if (snprintf(out, PATH_MAX, "%s.bad-%u", path, i) >= PATH_MAX)
			return false;
		if (renameat2(store->fd, path, store->fd, out, RENAME_NOREPLACE) == 0) {
			fsync(store->fd);
			return true;
		}
		if (errno != EEXIST)
			return false;
	}
	return false;
}

int netd_store_set_aside(const struct netd_store *store, const char *path,
			 const char *why, struct netd_error *err)
{
	char kept[PATH_MAX];

	netd_error_add(err, -EBADMSG, "%s/%s cannot be used: %s", store->path, path, why);
	if (store->lock < 0)
		netd_error_hint(err, "`netdctl recover` puts it aside");
	else if (move_aside(store, path, kept))
		netd_error_hint(err,
				"it is kept as %s/%s; nothing was changed for it. "
				"`netdctl plan FILE` shows what the host lacks, and "
				"`netdctl apply FILE` takes it from there",
				store->path, kept);
	return -EBADMSG;
}

int netd_store_read(const struct netd_store *store, const char *path, char **text,
		    size_t *length, struct netd_error *err)
{
	netd_auto_free char *sealed = NULL;
	struct netd_error why = {0};
	const char *problem = netd_store_file_problem(store, path);
	size_t size;
	int r;

	if (problem)
		return netd_store_set_aside(store, path, problem, err);
	/* It may go at any time for those who read without the lock. */
	r = netd_file_read(store->fd, path, FILE_MAX, &sealed, &size, &why);
	if (r == -EFBIG)
		r = netd_store_set_aside(store, path, "it is too large", err);
	else if (r != -ENOENT)
		netd_error_move(err, &why);
	netd_error_done(&why);
	if (r < 0) {
		if (r == -ENOENT)
			return 0;
		return r;
	}
	problem = netd_seal_problem(sealed, size);
	if (problem)
		return netd_store_set_aside(store, path, problem, err);
	size -= NETD_SEAL_SIZE;
	memmove(sealed, sealed + NETD_SEAL_SIZE, size + 1);
	if (length)
		*length = size;
	*text = netd_take(sealed);
	return 0;
}

int netd_store_load_file(const struct netd_store *store, const char *path,
			 struct netd_topology **out, struct netd_error *err)
{
	netd_auto_free char *text = NULL, *full = NULL;
	netd_auto(netd_error_done) struct netd_error why = {0};
	const char *reason;
	size_t length;
	int r;

	*out = NULL;
	r = netd_store_read(store, path, &text, &length, err);
	if (r < 0 || !text)
		return r;
	if (asprintf(&full, "%s/%s", store->path, path) < 0) {
		full = NULL;
		return netd_error_no_memory(err);
	}
	r = netd_config_parse(text, length, full, out, &why);
	if (r == -ENOMEM) {
		netd_error_move(err, &why);
		return r;
	}
	if (r < 0) {
		reason = strerror(-r);
		if (why.count)
			reason = why.problems[0].text;
		return netd_store_set_aside(store, path, reason, err);
	}
	if (netd_choices_restore(*out, text) < 0) {
		*out = netd_topology_free(*out);
		return netd_error_no_memory(err);
	}
	return 0;
}

int netd_store_write(const struct netd_store *store, const char *path,
		     const struct netd_str *text, struct netd_error *err)
{
	char seal[NETD_SEAL_SIZE + 1];
	const struct iovec parts[] = {
		{seal, NETD_SEAL_SIZE},
		{text->text, text->length},
	};
	int r = netd_str_error(text);

	if (r < 0)
		return netd_error_no_memory(err);
	netd_seal_write(seal, &parts[1], 1);
	return netd_file_write_parts(store->fd, path, parts, NETD_ARRAY_SIZE(parts),
				     FILE_MODE, err);
}
