/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is marked to be started at boot, and what of it does not run. */
#ifndef NETD_TRIAL_START_H
#define NETD_TRIAL_START_H

#include "host/context.h"

/* A marked network, or a router or host on no other networks. */
struct netd_start_part {
	bool is_node;
	const char *name; /* the definition's */
};

struct netd_start {
	struct netd *netd;
	const struct netd_topology *defined;
	struct netd_topology *running; /* what runs of it by now */
	char *unstarted;	       /* the file; NULL: there is none */
	struct netd_start_part *parts; /* those that did not run at first */
	size_t count;
};

void netd_start_done(struct netd_start *s);

/* True if anything of it is. */
bool netd_start_is_marked(const struct netd_topology *defined);
/* Adds the parts that do not run; @again: only those that could not be started before.
 * -ENOMEM. */
int netd_start_list(struct netd_start *s, bool again);
/*
 * What runs, with @count parts from @first on; *@grown: one of them could be added.  A
 * part whose network is not there is left out.
 */
int netd_start_compose(const struct netd_start *s, size_t first, size_t count,
		       struct netd_topology **out, bool *grown, struct netd_error *err);
bool netd_start_runs(const struct netd_start *s, const struct netd_start_part *p);
/* "network", "router", "host". */
const char *netd_start_kind(const struct netd_start *s, const struct netd_start_part *p);
/* The first network that part @p needs and @t does not have; NULL: @t has all. */
const char *netd_start_missing(const struct netd_start *s,
			       const struct netd_start_part *p,
			       const struct netd_topology *t);

/* Reads the file `unstarted`: the parts that could not be started. */
void netd_start_read(struct netd_start *s);
/* Replaces the lines of this topology by the parts that do not run; others' lines stay.
 */
void netd_start_write(const struct netd_start *s);

/*
 * Notes which parts of @defined could not be started and are not in @running (NULL:
 * nothing runs), and why, as a start would say now.
 */
void netd_unstarted_note(struct netd *netd, const struct netd_topology *defined,
			 const struct netd_topology *running, struct netd_error *notes);

#endif
