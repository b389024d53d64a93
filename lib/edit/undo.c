// SPDX-License-Identifier: GPL-2.0-or-later
/* An edit of a topology that leaves it as it was if it fails. */

#include "base/error.h"
#include "edit/edit.h"

int netd_edit_begin(struct netd_edit *edit, struct netd_topology *t,
		    struct netd_error *err)
{
	edit->before = netd_topology_copy(t);
	if (!edit->before)
		return netd_error_no_memory(err);
	edit->t = t;
	/* until netd_topology_check() says so again */
	t->checked = false;
	return 0;
}

int netd_edit_keep(struct netd_edit *edit, int result)
{
	if (result >= 0)
		edit->before = netd_topology_free(edit->before);
	return result;
}

void netd_edit_end(struct netd_edit *edit)
{
	struct netd_topology failed;

	if (!edit->before)
		return;
	failed = *edit->t;
	*edit->t = *edit->before;
	*edit->before = failed;
	edit->before = netd_topology_free(edit->before);
}
