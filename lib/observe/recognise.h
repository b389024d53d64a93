/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links of ours that lost one of their three marks: group, alias, name. */
#ifndef NETD_OBSERVE_RECOGNISE_H
#define NETD_OBSERVE_RECOGNISE_H

#include "host/context.h"
#include "model/state.h"

/*
 * Fills `recorded` of each link in @observed, and in its namespaces, that has two of the
 * three marks.  The names are those of the topologies on record, and of @known (@count;
 * each may be NULL), which are about to be.  Reads the records only if a link needs it.
 */
int netd_recognise(struct netd *netd, const struct netd_topology *const *known,
		   size_t count, struct netd_state *observed, struct netd_error *err);

#endif
