// SPDX-License-Identifier: GPL-2.0-or-later
/* What runs, by its record, or without one. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "api/begin.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "host/netns.h"
#include "netd.h"
#include "plan/seen.h"
#include "store/stuck.h"
#include "trial/definition.h"

/* -ENOENT without a problem if there is no state directory: nothing runs. */
static int open_store(struct netd *netd, struct netd_error *err)
{
	if (netd->store.fd >= 0)
		return 0;
	return netd_store_open(&netd->store, netd->state_dir, false, err);
}

/* *@out is NULL if nothing runs under that name. */
static int load_running(struct netd *netd, const char *name, struct netd_topology **out,
			struct netd_error *err)
{
	int r = open_store(netd, err);

	*out = NULL;
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	r = netd_store_load(&netd->store, name, out, err);
	if (r == -ENOENT)
		return 0;
	return r;
}

struct name_list {
	char **names;
	size_t count;
};

static void name_list_done(struct name_list *list)
{
	for (size_t i = 0; list->names && i < list->count; i++)
		free(list->names[i]);
	free(list->names);
}

/* The names of the records, and NULL behind the last one. */
static int list_records(const struct netd_store *store, struct name_list *list)
{
	int r = 0;

	if (store->fd >= 0)
		r = netd_store_names(store, NETD_TOPOLOGIES, &list->names, &list->count);
	if (r < 0)
		return r;
	if (!netd_array_add(&list->names, &list->count, sizeof(*list->names)))
		return -ENOMEM;
	return 0;
}

int netd_running_names(struct netd *netd, char ***out, struct netd_error *err)
{
	netd_auto(name_list_done) struct name_list list = {0};
	int r = open_store(netd, err);

	if (r < 0 && r != -ENOENT)
		return r;
	r = list_records(&netd->store, &list);
	if (r < 0)
		return netd_error_add(err, r, "cannot list what runs: %s", strerror(-r));
	*out = netd_take(list.names);
	return 0;
}

int netd_running(struct netd *netd, const char *name, struct netd_topology **out,
		 struct netd_error *err)
{
	struct netd_topology *t = NULL;
	int r = load_running(netd, name, &t, err);

	if (r < 0)
		return r;
	if (!t)
		return netd_not_running(netd, name, err);
	*out = t;
	return 0;
}

static bool has_bridge(const struct netd_state *s, const char *topology,
		       const struct netd_network *n)
{
	const struct netd_link *link = netd_state_link(s, n->bridge);
	const char *owner;

	if (!link || !netd_link_is_ours(link))
		return false;
	owner = netd_link_owner(link);
	return owner && netd_owner_is(owner, topology);
}

/* Removes from @t the nodes and networks that do not exist. */
static int keep_present(const struct netd_state *s, struct netd_topology *t)
{
	int r = 0;

	for (size_t i = t->node_count; r >= 0 && i-- > 0;) {
		const struct netd_node *n = &t->nodes[i];

		if (!netd_netns_inode(n->name))
			r = netd_node_remove(t, netd_node_kind_name(n->kind), n->name,
					     NULL);
	}
	for (size_t i = t->network_count; r >= 0 && i-- > 0;)
		if (!has_bridge(s, t->name, &t->networks[i]))
			r = netd_network_remove(t, t->networks[i].name, NULL);
	return r;
}

/*
 * What runs of @topology, by its definition, as far as marked bridges and namespaces are
 * there; *@out stays NULL if none is.  -EBUSY with a problem if they are, and there is no
 * definition.
 */
static int guess(struct netd *netd, const char *topology, struct netd_topology **out,
		 struct netd_error *err)
{
	netd_auto_topology struct netd_topology *t = NULL;
	netd_auto(netd_state_done) struct netd_state s = {0};
	int r = netd_context_open(netd, false, err);

	if (r < 0)
		return r;
	r = netd->ops->observe_links(netd, &s, err);
	if (r < 0 || !netd_seen_is(&s, topology))
		return r;
	if (netd_definition_load(netd, topology, &t, NULL) == 0 &&
	    keep_present(&s, t) == 0 && !netd_topology_is_empty(t)) {
		*out = netd_take(t);
		return 0;
	}
	netd_error_add(err, -EBUSY,
		       "there is no record of what runs of topology %s, and no "
		       "definition that tells",
		       topology);
	netd_error_hint(err,
			"`netdctl apply FILE` takes it over, `netdctl destroy %s` "
			"removes it; `netdctl status` has the objects",
			topology);
	return -EBUSY;
}

int netd_running_or_empty(struct netd *netd, const char *name, struct netd_topology **out,
			  struct netd_error *err)
{
	struct netd_topology *t = NULL;
	int r = load_running(netd, name, &t, err);

	if (r < 0)
		return r;
	if (!t)
		r = guess(netd, name, &t, err);
	if (r < 0)
		return r;
	if (!t)
		return netd_topology_create(name, out, err);
	*out = t;
	return 0;
}
