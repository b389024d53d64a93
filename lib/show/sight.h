/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A router or host as it is asked for, and as its namespace has it. */
#ifndef NETD_SHOW_SIGHT_H
#define NETD_SHOW_SIGHT_H

#include "show/show.h"

/* space.link_count is 0 unless the namespace was seen. */
struct netd_sight {
	struct netd *netd;
	const struct netd_topology *topology;
	const struct netd_node *node;
	bool runs;
	const char *state; /* "up", "incomplete", "missing", "foreign", "stopped" … */
	struct netd_state space;
};

/*
 * Calls @visit for each node of that kind, running ones first, or only for the one that
 * scene->network names; how many there were.
 */
int netd_sight_each(const struct netd_scene *scene, enum netd_node_kind kind,
		    void (*visit)(const struct netd_sight *s, void *data), void *data);

/*
 * The addresses of @link as a cell; NULL: of all interfaces but lo, without what IPv6
 * gives to every one.
 */
void netd_sight_addresses(const struct netd_state *space, const char *link,
			  struct netd_table *table);

#endif
