// SPDX-License-Identifier: GPL-2.0-or-later
/* Edits of a topology in memory: its routers and hosts, and the links between them. */
#include <errno.h>
#include <string.h>

#include "edit/edit.h"
#include "observe/nodes.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "edit/pieces.h"
#include "edit/settings.h"
#include "netd.h"

static int no_memory(struct netd_error *err)
{
	return netd_error_no_memory(err);
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
	netd_topology_drop_node(t, n);
	return 0;
}

bool netd_node_exists(const struct netd_topology *t, const char *name)
{
	return netd_topology_node(t, name) != NULL;
}
