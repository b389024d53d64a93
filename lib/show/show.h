/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `netdctl show` draws from, and the tables that it can draw. */
#ifndef NETD_SHOW_SHOW_H
#define NETD_SHOW_SHOW_H

#include "host/context.h"
#include "model/state.h"
#include "base/table.h"

/* All topologies, and the links, addresses and routes of the host. */
struct netd_scene {
	struct netd *netd;
	struct netd_topology **running, **defined;
	size_t running_count, defined_count;
	char **stuck; /* names; store/stuck.h */
	size_t stuck_count;
	struct netd_state state;
	const char *network;	  /* only this one; NULL: all */
	struct netd_error *notes; /* gets what plans had to say; may be NULL */
	struct netd_str *drift;	  /* gets what differs, in lines; may be NULL */
};

/* Looks at all of it, into a zeroed @s (whose notes and network may be set). */
int netd_scene_make(struct netd *netd, struct netd_scene *s, struct netd_error *err);
void netd_scene_done(struct netd_scene *s);
/* The definition that becomes the topology of that name; NULL: there is none. */
const struct netd_topology *netd_scene_definition(const struct netd_scene *s,
						  const char *name);

/* "up", "no carrier", "down"; @link NULL: "missing". */
const char *netd_show_link_state(const struct netd_link *link);

/* How many links are ports of that bridge. */
size_t netd_show_count_ports(const struct netd_scene *s, const char *bridge);

/* One kind of table. */
struct netd_show_kind {
	const char *name;
	const struct netd_column *columns;
	size_t column_count;
	void (*fill)(const struct netd_scene *s, struct netd_table *table);
};

/* The texts of @notes as a cell; then they, and what to do, are the scene's. */
void netd_show_add_notes(const struct netd_scene *s, const char *topology,
			 const struct netd_error *notes, struct netd_table *table);

/* The kind called @name ("port" does as well as "ports"), or NULL. */
const struct netd_show_kind *netd_show_kind_find(const char *name);

#endif
