// SPDX-License-Identifier: GPL-2.0-or-later
/* The state directory: claims, and the records of networks that the hooks read. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "attach/record.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/str.h"
#include "store/reserve.h"
#include "store/store.h"

#define NETWORKS "networks"
#define CLAIMS "claims"

/*
 * Claims
 */

int netd_store_load_claims(const struct netd_store *store, struct netd_claims *out,
			   struct netd_error *err)
{
	netd_auto_free char *text = NULL;
	struct netd_error why = {0};
	int r;

	*out = (struct netd_claims){0};
	r = netd_store_read(store, CLAIMS, &text, NULL, err);
	if (r < 0 || !text)
		return r;
	r = netd_claims_parse(text, out, &why);
	if (r == -EINVAL)
		r = netd_store_set_aside(store, CLAIMS, why.problems[0].text, err);
	else
		netd_error_move(err, &why);
	netd_error_done(&why);
	return r;
}

int netd_store_save_claims(const struct netd_store *store,
			   const struct netd_claim *claims, size_t count,
			   struct netd_error *err)
{
	netd_auto(netd_str_done) struct netd_str text = {0};

	if (count == 0)
		return netd_file_remove(store->fd, CLAIMS, err);
	netd_claims_write(claims, count, &text);
	return netd_reserve_write(store, CLAIMS, &text, err);
}

/*
 * Records for the hooks
 */

/* Once for all of them. */
static int sync_records(const struct netd_store *store)
{
	netd_auto_close int fd =
		openat(store->fd, NETWORKS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

static void keep_error(int *kept, int r)
{
	if (r < 0)
		*kept = r;
}

/* A record that cannot be written or removed does not stop the others. */
int netd_store_update_records(const struct netd_store *store,
			      const struct netd_topology *previous,
			      const struct netd_topology *t, struct netd_error *err)
{
	bool changed = false;
	int r = 0;

	for (size_t i = 0; previous && i < previous->network_count; i++) {
		const char *name = previous->networks[i].name;

		if (netd_topology_network(t, name))
			continue;
		keep_error(&r, netd_record_remove(store->path, name));
		changed = true;
	}
	for (size_t i = 0; i < t->network_count; i++) {
		const struct netd_network *n = &t->networks[i];
		struct netd_record want = {0}, have;

		netd_copy(want.bridge, n->bridge);
		if (netd_record_read(store->path, n->name, &have) == 0 &&
		    strcmp(have.bridge, want.bridge) == 0 &&
		    strcmp(have.words, want.words) == 0)
			continue;
		keep_error(&r, netd_record_write(store->path, n->name, &want));
		changed = true;
	}
	if (r >= 0 && changed)
		r = sync_records(store);
	if (r < 0)
		return netd_error_add(err, r, "cannot write %s/" NETWORKS ": %s",
				      store->path, strerror(-r));
	return 0;
}
