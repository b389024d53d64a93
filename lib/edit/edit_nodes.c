// SPDX-License-Identifier: GPL-2.0-or-later
/* Edits of a topology in memory: its routers and hosts, and the links between them. */
#include <errno.h>
#include <string.h>

#include "edit/edit.h"
#include "observe/nodes.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "edit/settings.h"
#include "netd.h"

static int no_memory(struct netd_error *err)
{
	return netd_error_add(err, -ENOMEM, "out of memory");
}

int netd_node_add(struct netd_topology *t, const char *kind, const char *name,
		  const struct netd_option_value *settings, struct netd_error *err)
{
	netd_auto(netd_edit_end) struct netd_edit edit = {0};
	const struct netd_node *other = netd_topology_node(t, name);
	enum netd_node_kind number;
	struct netd_node *n;
	int r = netd_node_kind_parse(kind, &number, err);

	if (r < 0)
		return r;
	if (other)
		return netd_error_add(err, -EEXIST, "there is a %s %s already",
				      netd_node_kind_name(other->kind), name);
	if (netd_node_name_problem(name))
		return netd_error_add(err, -EINVAL, "%s name \"%s\" %s", kind, name,
				      netd_node_name_problem(name));
	if (netd_edit_begin(&edit, t, err) < 0)
		return -ENOMEM;
	n = netd_topology_add_node(t);
	if (!n)
		return no_memory(err);
	n->kind = number;
	netd_copy(n->name, name);
	if (number == NETD_NODE_HOST)
		return netd_edit_keep(&edit, netd_settings_edit(t, &netd_host_object, n,
								settings, err));
	return netd_edit_keep(
		&edit, netd_settings_edit(t, &netd_router_object, n, settings, err));
}

static bool ends_at(const struct netd_cable *c, const char *node)
{
	return strcmp(c->ends[0].node, node) == 0 || strcmp(c->ends[1].node, node) == 0;
}

/* Takes out a node, and the cables that end at it. */
static void remove_node(struct netd_topology *t, struct netd_node *n)
{
	for (size_t i = t->cable_count; i-- > 0;)
		if (ends_at(&t->cables[i], n->name))
			netd_topology_remove_cable(t, i);
	netd_topology_remove_node(t, (size_t)(n - t->nodes));
	t->checked = false;
}

int netd_node_remove(struct netd_topology *t, const char *kind, const char *name,
		     struct netd_error *err)
{
	struct netd_node *n = netd_topology_node(t, name);
	enum netd_node_kind number;
	int r = netd_node_kind_parse(kind, &number, err);

	if (r < 0)
		return r;
	if (!n || n->kind != number)
		return netd_node_unknown(&t, 1, number, name, err);
	remove_node(t, n);
	return 0;
}

bool netd_node_exists(const struct netd_topology *t, const char *name)
{
	return netd_topology_node(t, name) != NULL;
}

static int take_node(struct netd_topology *to, const struct netd_node *from)
{
	struct netd_node *slot = netd_topology_node(to, from->name);

	if (slot)
		netd_node_done(slot);
	else
		slot = netd_topology_add_node(to);
	if (!slot)
		return -ENOMEM;
	return netd_node_copy(slot, from);
}

static bool has_cable(const struct netd_topology *t, const char *name)
{
	for (size_t i = 0; i < t->cable_count; i++)
		if (strcmp(t->cables[i].name, name) == 0)
			return true;
	return false;
}

/* Cables whose both ends are there now. */
static int take_cables(struct netd_topology *to, const struct netd_topology *from)
{
	for (size_t i = 0; i < from->cable_count; i++) {
		const struct netd_cable *c = &from->cables[i];
		struct netd_cable *slot;

		if (has_cable(to, c->name) || !netd_node_exists(to, c->ends[0].node) ||
		    !netd_node_exists(to, c->ends[1].node))
			continue;
		slot = netd_topology_add_cable(to);
		if (!slot || netd_cable_copy(slot, c) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* True if @t has every network that @n is plugged into. */
static bool networks_run(const struct netd_topology *t, const struct netd_node *n)
{
	for (size_t i = 0; i < n->interface_count; i++)
		if (!netd_topology_network(t, n->interfaces[i].network))
			return false;
	return true;
}

int netd_node_take(struct netd_topology *to, const struct netd_topology *from,
		   const char *name, struct netd_error *err)
{
	netd_auto(netd_edit_end) struct netd_edit edit = {0};
	const struct netd_node *n = netd_topology_node(from, name);

	if (!n)
		return netd_error_add(err, -ENOENT, "topology %s has no node %s",
				      from->name, name);
	if (netd_edit_begin(&edit, to, err) < 0)
		return -ENOMEM;
	if (netd_share_text(to, from) < 0 || take_node(to, n) < 0 ||
	    take_cables(to, from) < 0)
		return no_memory(err);
	return netd_edit_keep(&edit, netd_topology_check(to, err));
}

int netd_nodes_follow(struct netd_topology *running, const struct netd_topology *defined,
		      struct netd_error *err)
{
	netd_auto(netd_edit_end) struct netd_edit edit = {0};
	if (netd_edit_begin(&edit, running, err) < 0)
		return -ENOMEM;
	for (size_t i = running->node_count; i-- > 0;)
		if (!networks_run(running, &running->nodes[i]))
			remove_node(running, &running->nodes[i]);
	for (size_t i = 0; i < defined->node_count; i++) {
		const struct netd_node *n = &defined->nodes[i];

		if (!networks_run(running, n) || netd_node_exists(running, n->name))
			continue;
		if (netd_share_text(running, defined) < 0 || take_node(running, n) < 0)
			return no_memory(err);
	}
	if (take_cables(running, defined) < 0)
		return no_memory(err);
	return netd_edit_keep(&edit, netd_topology_check(running, err));
}
