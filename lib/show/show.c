// SPDX-License-Identifier: GPL-2.0-or-later
/* A look at everything, which tables are made of. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "observe/observe.h"
#include "observe/recognise.h"
#include "show/show.h"
#include "trial/definition.h"
#include "store/stuck.h"
#include "base/array.h"
#include "base/str.h"
#include "rtnl/address.h"
#include "kind/link.h"

static void topologies_free(struct netd_topology **all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		netd_topology_free(all[i]);
	free(all);
}

void netd_scene_done(struct netd_scene *s)
{
	topologies_free(s->running, s->running_count);
	topologies_free(s->defined, s->defined_count);
	for (size_t i = 0; i < s->stuck_count; i++)
		free(s->stuck[i]);
	free(s->stuck);
	netd_state_done(&s->state);
}

static void load_definition(struct netd_scene *s, const char *name)
{
	struct netd_topology *t, **slot;
	struct netd_error why = {0};
	int r = netd_definition_load(s->netd, name, &t, &why);

	if (r < 0 && r != -EACCES && s->notes && why.count) {
		netd_error_add(s->notes, 0, "%s.yaml cannot be started: %s", name,
			       why.problems[0].text);
		netd_error_hint(s->notes,
				"`netdctl network list` shows where it says so");
	}
	netd_error_done(&why);
	if (r < 0)
		return;
	slot = netd_array_add(&s->defined, &s->defined_count, sizeof(t));
	if (slot)
		*slot = t;
	else
		netd_topology_free(t);
}

/* Definitions that cannot be read do not keep the rest from being shown. */
static int load_definitions(struct netd_scene *s, struct netd_error *err)
{
	char **names = NULL;
	int r = netd_definition_names(s->netd, &names, err);

	for (size_t i = 0; r == 0 && names[i]; i++)
		load_definition(s, names[i]);
	for (size_t i = 0; names && names[i]; i++)
		free(names[i]);
	free(names);
	return r;
}

int netd_scene_make(struct netd *netd, struct netd_scene *s, struct netd_error *err)
{
	struct netd_topologies running = {0};
	int r = netd_context_open(netd, false, err);

	s->netd = netd;
	if (r)
		return r;
	r = netd_store_load_all(&netd->store, &running, err);
	s->running = running.items;
	s->running_count = running.count;
	if (r)
		return r;
	r = netd_stuck_names(&netd->store, &s->stuck, &s->stuck_count, err);
	if (r)
		return r;
	r = load_definitions(s, err);
	if (r)
		return r;
	r = netd_observe_netlink(&netd->nl, NETD_PART_ROUTES, true, &s->state, err);
	if (r)
		return r;
	return netd_recognise(netd, NULL, 0, &s->state, err);
}

const struct netd_topology *netd_scene_definition(const struct netd_scene *s,
						  const char *name)
{
	for (size_t i = 0; i < s->defined_count; i++)
		if (strcmp(s->defined[i]->name, name) == 0)
			return s->defined[i];
	return NULL;
}

size_t netd_show_count_ports(const struct netd_scene *s, const char *bridge)
{
	size_t count = 0;

	for (size_t i = 0; i < s->state.link_count; i++)
		count += strcmp(s->state.links[i].master, bridge) == 0;
	return count;
}
