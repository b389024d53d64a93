// SPDX-License-Identifier: GPL-2.0-or-later
/* Networks, routers and hosts that go from one topology to another. */
#include "edit/pieces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/str.h"
#include "check/check.h"
#include "edit/edit.h"

int netd_topology_create(const char *name, struct netd_topology **out,
			 struct netd_error *err)
{
	const char *problem = netd_topology_name_problem(name);
	struct netd_topology *t;

	if (problem)
		return netd_error_add(err, -EINVAL, "topology name \"%s\" %s", name,
				      problem);
	t = netd_topology_new(name);
	if (!t)
		return netd_error_no_memory(err);
	t->checked = true; /* there is nothing else to check */
	*out = t;
	return 0;
}

int netd_share_text(struct netd_topology *to, const struct netd_topology *from)
{
	char *file = from->file ? strdup(from->file) : NULL;
	char *text = from->text ? strdup(from->text) : NULL;

	if ((from->file && !file) || (from->text && !text)) {
		free(file);
		free(text);
		return -ENOMEM;
	}
	netd_topology_forget_places(to);
	free(to->file);
	free(to->text);
	to->file = file;
	to->text = text;
	to->text_length = text ? from->text_length : 0;
	return 0;
}

int netd_network_take(struct netd_topology *to, const struct netd_topology *from,
		      const char *name, struct netd_error *err)
{
	netd_auto(netd_edit_end) struct netd_edit edit = {0};
	const struct netd_network *n = netd_topology_network(from, name);
	struct netd_network *slot;

	if (!n)
		return netd_error_add(err, -ENOENT, "topology %s has no network %s",
				      from->name, name);
	if (netd_edit_begin(&edit, to, err) < 0)
		return -ENOMEM;
	if (netd_share_text(to, from) < 0)
		return netd_error_no_memory(err);
	slot = netd_topology_network(to, name);
	if (slot) {
		netd_network_done(slot);
		memset(slot, 0, sizeof(*slot));
	} else {
		slot = netd_topology_add_network(to);
	}
	if (!slot || netd_network_copy(slot, n) < 0)
		return netd_error_no_memory(err);
	return netd_edit_keep(&edit, netd_topology_check(to, err));
}

bool netd_network_autostart(const struct netd_topology *t, const char *name)
{
	const struct netd_network *n = netd_topology_network(t, name);

	return n && (n->autostart || t->autostart);
}

static bool ends_at(const struct netd_cable *c, const char *node)
{
	return strcmp(c->ends[0].node, node) == 0 || strcmp(c->ends[1].node, node) == 0;
}

void netd_topology_drop_node(struct netd_topology *t, struct netd_node *n)
{
	for (size_t i = t->cable_count; i-- > 0;)
		if (ends_at(&t->cables[i], n->name))
			netd_topology_remove_cable(t, i);
	netd_topology_remove_node(t, (size_t)(n - t->nodes));
	t->checked = false;
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

		if (has_cable(to, c->name) || !netd_topology_node(to, c->ends[0].node) ||
		    !netd_topology_node(to, c->ends[1].node))
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
		return netd_error_no_memory(err);
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
			netd_topology_drop_node(running, &running->nodes[i]);
	for (size_t i = 0; i < defined->node_count; i++) {
		const struct netd_node *n = &defined->nodes[i];

		if (!networks_run(running, n) || netd_topology_node(running, n->name))
			continue;
		if (netd_share_text(running, defined) < 0 || take_node(running, n) < 0)
			return netd_error_no_memory(err);
	}
	if (take_cables(running, defined) < 0)
		return netd_error_no_memory(err);
	return netd_edit_keep(&edit, netd_topology_check(running, err));
}
