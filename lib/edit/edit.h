/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An edit of a topology that leaves it as it was if it fails. */
#ifndef NETD_EDIT_EDIT_H
#define NETD_EDIT_EDIT_H

#include "model/topology.h"

struct netd_error;

/*
 * netd_auto(netd_edit_end) struct netd_edit edit = {0};
 * int r = netd_edit_begin(&edit, t, err);
 *
 * Whatever is done to @t from there on is undone when @edit leaves scope, unless
 * netd_edit_keep() was given a result that is no error.
 */
struct netd_edit {
	struct netd_topology *t;
	struct netd_topology *before; /* a copy; NULL: nothing is to be undone */
};

/* 0, or -ENOMEM with a problem. */
int netd_edit_begin(struct netd_edit *edit, struct netd_topology *t,
		    struct netd_error *err);
/* Returns @result. */
int netd_edit_keep(struct netd_edit *edit, int result);
void netd_edit_end(struct netd_edit *edit);

/* Problems of what comes from @from are told in that one's text from now on; -ENOMEM. */
int netd_share_text(struct netd_topology *to, const struct netd_topology *from);

#endif
