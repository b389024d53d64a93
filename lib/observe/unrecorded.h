/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of a topology that runs, but whose record is lost. */
#ifndef NETD_OBSERVE_UNRECORDED_H
#define NETD_OBSERVE_UNRECORDED_H

#include "observe/view.h"

/* A comment in front of what is pending: nobody knows what was before. */
#define NETD_UNRECORDED_LINE "# no record\n"
bool netd_unrecorded_is(const struct netd_topology *pending);

/* Adds to @notes what marked objects of @topology, which has no record, there are. */
int netd_unrecorded_note(const struct netd_state *observed, const char *topology,
			 struct netd_error *notes);

/*
 * Before a change by @v, if there is no record of what runs: says so (@v->unrecorded), by
 * the caller's notice.  -EBUSY with a problem if it is @on_trial, since it could not be
 * taken back.
 */
int netd_unrecorded_begin(struct netd_view *v, bool on_trial,
			  const struct netd_caller *caller, struct netd_error *err);

/*
 * The way back from a change of @t that failed, into the zeroed @out: to what @before had
 * observed.  Nothing that was there goes.
 */
int netd_unrecorded_view(struct netd *netd, const struct netd_topology *t,
			 const struct netd_view *before, struct netd_view *out,
			 struct netd_error *err);

#endif
