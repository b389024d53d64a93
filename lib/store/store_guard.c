// SPDX-License-Identifier: GPL-2.0-or-later
/* What is in the state directory is netd's own: no link, and in nobody else's hands. */
/*
 * Theory of operation.  Nobody but root can put anything there (base/trust.h), so what is
 * found here is a mistake rather than an attack: a directory that was moved elsewhere and
 * linked back, a chown too many.  But who owns the place that a link leads to, or a file,
 * would write what root believes.  A name cannot change between the look and the use,
 * since nobody else can change it at all.
 */
#include <errno.h>
#include <unistd.h>

#include "store/store.h"
#include "base/array.h"
#include "base/error.h"
#include "base/trust.h"

static const char *const directories[] = {"topologies", "previous", "stuck", "reserve",
					  "networks",	"uplinks",  "dhcp"};

/* NULL: it is what it should be, or it is not there. */
static const char *problem_of(const struct netd_store *store, const char *path,
			      mode_t kind)
{
	struct netd_distrust why = {0};
	struct stat st;
	int r = netd_trust_at(store->fd, path, geteuid(), &st, &why);

	if (r == -EPERM) {
		if (why.foreign)
			return "it belongs to somebody else";
		return "others than its owner may write it";
	}
	if (r < 0) /* what opens it will say why */
		return NULL;
	if (S_ISLNK(st.st_mode))
		return "it is a symbolic link";
	if ((st.st_mode & S_IFMT) == kind)
		return NULL;
	if (kind == S_IFDIR)
		return "it is not a directory";
	return "it is not a regular file";
}

const char *netd_store_file_problem(const struct netd_store *store, const char *path)
{
	return problem_of(store, path, S_IFREG);
}

int netd_store_guard(const struct netd_store *store, struct netd_error *err)
{
	int r = 0;

	for (size_t i = 0; i < NETD_ARRAY_SIZE(directories); i++) {
		const char *problem = problem_of(store, directories[i], S_IFDIR);

		if (!problem)
			continue;
		r = netd_error_add(err, -EPERM, "%s/%s cannot be used: %s", store->path,
				   directories[i], problem);
		netd_error_hint(err, "put a directory of root's there that nobody else "
				     "can write, with the files that belong into it; or "
				     "move it away: netd makes another one");
	}
	return r;
}
