/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of netdctl status for what bears our marks, but has no record. */
#ifndef NETD_SHOW_SHOW_UNRECORDED_H
#define NETD_SHOW_SHOW_UNRECORDED_H

#include "show/show.h"

/* A row for each topology that a link on the host names, and that is not on record. */
void netd_show_unrecorded(const struct netd_scene *s, struct netd_table *table);

#endif
