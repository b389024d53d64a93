// SPDX-License-Identifier: GPL-2.0-or-later
/* The rows of netdctl status for what bears our marks, but has no record. */
#include "show/show_unrecorded.h"

#include <stdio.h>
#include <string.h>

#include "observe/observe.h"
#include "observe/unrecorded.h"
#include "base/cleanup.h"
#include "kind/kind.h"

/* The topology of a marked link that nothing is on record of; "" if there is none. */
static void unrecorded_name(const struct netd_scene *s, const struct netd_link *link,
			    char out[NETD_TOPOLOGY_NAME])
{
	const char *owner = netd_link_owner(link);

	*out = '\0';
	if (!netd_link_is_ours(link))
		return;
	for (size_t i = 0; owner && i < s->running_count; i++)
		if (netd_owner_is(owner, s->running[i]->name))
			return;
	if (owner && strcspn(owner, "/") < NETD_TOPOLOGY_NAME)
		snprintf(out, NETD_TOPOLOGY_NAME, "%.*s", (int)strcspn(owner, "/"),
			 owner);
}

/* With its namespaces, which only root sees. */
static void note_unrecorded(const struct netd_scene *s, const char *name,
			    struct netd_error *notes)
{
	struct netd_scope scope = {.topology = name};
	netd_auto(netd_state_done) struct netd_state seen = {0};
	struct netd_error why = {0};

	if (netd_observe(s->netd, 0, &scope, &seen, &why) == 0)
		netd_unrecorded_note(&seen, name, notes);
	else
		netd_unrecorded_note(&s->state, name, notes);
	netd_scope_done(&scope);
	netd_error_done(&why);
}

static void add_unrecorded(const struct netd_scene *s, const char *name,
			   struct netd_table *table)
{
	struct netd_error notes = {0};
	size_t bridges = 0, others = 0;

	for (size_t i = 0; i < s->state.link_count; i++) {
		const struct netd_link *link = &s->state.links[i];
		const char *owner = netd_link_owner(link);

		if (!netd_link_is_ours(link) || !owner || !netd_owner_is(owner, name))
			continue;
		bridges += netd_kind_of(link)->is_network;
		others += !netd_kind_of(link)->is_network;
	}
	netd_table_add_text(table, name);
	netd_table_add_number(table, bridges);
	netd_table_add_number(table, 0);
	netd_table_add_number(table, 0);
	netd_table_add_number(table, others);
	netd_table_add_number(table, 0);
	netd_table_add_text(table, "no record");
	netd_table_add_text(table, "");
	note_unrecorded(s, name, &notes);
	netd_show_add_notes(s, name, &notes, table);
	netd_table_add_text(table, "");
	netd_error_done(&notes);
}

void netd_show_unrecorded(const struct netd_scene *s, struct netd_table *table)
{
	for (size_t i = 0; i < s->state.link_count; i++) {
		char name[NETD_TOPOLOGY_NAME], other[NETD_TOPOLOGY_NAME] = "";

		unrecorded_name(s, &s->state.links[i], name);
		for (size_t j = 0; *name && j < i && strcmp(name, other) != 0; j++)
			unrecorded_name(s, &s->state.links[j], other);
		if (*name && strcmp(name, other) != 0)
			add_unrecorded(s, name, table);
	}
}
