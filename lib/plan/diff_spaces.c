// SPDX-License-Identifier: GPL-2.0-or-later
/* Namespaces as a whole: which go, and their resolv.conf. */
#include <errno.h>
#include <string.h>

#include "plan/diff.h"

int netd_diff_gone_spaces(struct netd_diff *d)
{
	const struct netd_state *observed = d->host->observed;

	for (size_t i = 0; i < observed->space_count; i++) {
		const struct netd_state *have = &observed->spaces[i];
		struct netd_op *op;

		if (!netd_owner_is(have->owner, d->in->topology) ||
		    netd_desired_space(d->host->desired, have->space))
			continue;
		op = netd_diff_add(d, NETD_OP_DELETE_NAMESPACE);
		if (!op)
			return -ENOMEM;
		memcpy(op->space, have->space, sizeof(op->space));
		op->node.inode = have->inode;
	}
	return 0;
}

/* A file that somebody else wrote stays; netd_conflict_check() refuses where it must go.
 */
int netd_diff_resolv(struct netd_diff *d)
{
	const char *want = d->in->desired->resolv, *have = d->in->observed->resolv;
	struct netd_op *op;

	if (d->in->observed->resolv_foreign || (!want && !have) ||
	    (want && have && strcmp(want, have) == 0))
		return 0;
	op = netd_diff_add(d, NETD_OP_WRITE_RESOLV);
	if (!op)
		return -ENOMEM;
	if (!want)
		op->sign = '-';
	op->resolv.place = d->in->desired->place;
	return 0;
}
