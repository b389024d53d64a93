/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a change would do, and why, without the writer's lock. */
#ifndef NETD_OBSERVE_FORESEE_H
#define NETD_OBSERVE_FORESEE_H

#include "observe/view.h"

/*
 * Looks at the host, and plans the way to @t, which was checked, into the zeroed @v: with
 * what stands there now, who seems to have put it there, and notes.  As netd_plan().
 */
int netd_foresee(struct netd *netd, const struct netd_topology *t, struct netd_view *v,
		 struct netd_error *err);

#endif
