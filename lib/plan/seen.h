/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What runs of a topology, as the kernel shows it, where there is no record of it. */
#ifndef NETD_PLAN_SEEN_H
#define NETD_PLAN_SEEN_H

#include "model/claims.h"

struct netd_str;

/* True if anything in @observed bears the mark of @topology. */
bool netd_seen_is(const struct netd_state *observed, const char *topology);

/* "bridge lan, tap vm1, namespace r1": the marked objects of @topology, the first 20. */
void netd_seen_print(const struct netd_state *observed, const char *topology,
		     struct netd_str *out);

/*
 * Adds to @claims, where there is none, that of each uplink that a marked bridge shows to
 * have: a port of somebody else's with the bridge's MAC.  Its NIC is given back by that.
 * -ENOMEM.
 */
int netd_seen_claims(const struct netd_state *observed, const char *topology,
		     struct netd_claims *claims);

/*
 * Fills the zeroed @out with all that bears @topology's mark in @observed, as a desired
 * state: planning the way to it puts back what was changed since, as far as a dump shows
 * it.  @claims, of that time, have the settings of others' that are wanted.  -ENOMEM.
 */
int netd_seen_make(const struct netd_state *observed, const struct netd_claims *claims,
		   const char *topology, struct netd_desired *out);

/* Adds to @out, or to the namespace of it where that runs, service @name of @observed, if
 * it runs.  -ENOMEM. */
int netd_seen_service(const struct netd_state *observed, const char *name,
		      struct netd_desired *out);

#endif
